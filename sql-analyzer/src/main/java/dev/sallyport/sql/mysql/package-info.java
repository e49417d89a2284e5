/// MySQL's and MariaDB's language: {@link dev.sallyport.sql.mysql.MySqlAnalyzer} goes from a text
/// and a {@link dev.sallyport.sql.mysql.MySqlContext} to footprints; the packages below are its
/// lexer, parser and resolver.
@NullMarked
package dev.sallyport.sql.mysql;

import org.jspecify.annotations.NullMarked;
