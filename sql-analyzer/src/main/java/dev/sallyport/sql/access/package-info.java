/// What a statement touches, in terms that policy and audit understand: the only part of the
/// analyzer that `policy-engine` may import. Immutable values, free to share between threads. Entry
/// point: {@link Footprint}.
@NullMarked
package dev.sallyport.sql.access;

import org.jspecify.annotations.NullMarked;
