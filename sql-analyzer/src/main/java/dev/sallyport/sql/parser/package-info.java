/// From tokens to the tree of {@link dev.sallyport.sql.ast}: PostgreSQL's grammar (15 to 18) by
/// recursive descent.
///
/// {@link dev.sallyport.sql.parser.PostgresParser} is the one entry point. It answers {@link
/// dev.sallyport.sql.parser.ParseResult} and never throws for bad SQL. What doesn't parse
/// completely is refused; there is no opaque fall-back. Stateless; safe for any number of threads.
@NullMarked
package dev.sallyport.sql.parser;

import org.jspecify.annotations.NullMarked;
