/// A witness (C2SP tlog-witness): a small program that another team runs, which remembers the last
/// checkpoint of each log and cosigns only what continues it; and the gateway's side of it.
@NullMarked
package dev.sallyport.audit.witness;

import org.jspecify.annotations.NullMarked;
