/// Proof rather than promise: the whole product against real servers, real clients, corpora, faults
/// and attacks.
@NullMarked
package dev.sallyport.conformance;

import org.jspecify.annotations.NullMarked;
