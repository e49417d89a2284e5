/// PostgreSQL's own regression suite, sent to a server and through the gateway to another, and the
/// answers compared. `PostgresRegressionTest` is the way in.
@NullMarked
package dev.sallyport.conformance.regress;

import org.jspecify.annotations.NullMarked;
