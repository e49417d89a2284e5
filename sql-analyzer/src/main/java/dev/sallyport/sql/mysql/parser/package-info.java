/// From tokens to the tree of {@link dev.sallyport.sql.ast}: the grammars of MySQL (8.0 to 9.x) and
/// MariaDB (10.11 to 11.x) by recursive descent.
///
/// {@link dev.sallyport.sql.mysql.parser.MySqlParser} is the one entry point. It answers {@link
/// dev.sallyport.sql.mysql.parser.MySqlParseResult} and never throws for bad SQL. What doesn't
/// parse completely is refused; there is no opaque fall-back. Syntax of one vendor is mostly taken
/// for the other, too, which then refuses it itself; it is told apart where both take it and mean
/// different things. Stateless; safe for any number of threads.
@NullMarked
package dev.sallyport.sql.mysql.parser;

import org.jspecify.annotations.NullMarked;
