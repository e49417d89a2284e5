/// The server as the judge of the analyzer: it says which privileges a statement needs and which
/// relations it opens, and each must be in the footprint.
@NullMarked
package dev.sallyport.conformance.oracle;

import org.jspecify.annotations.NullMarked;
