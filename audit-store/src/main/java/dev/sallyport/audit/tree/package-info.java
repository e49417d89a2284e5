/// The Merkle tree over a log's entries (RFC 6962), its tiles (C2SP tlog-tiles) and the proofs that
/// are made from them.
@NullMarked
package dev.sallyport.audit.tree;

import org.jspecify.annotations.NullMarked;
