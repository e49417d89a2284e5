/// From text to tokens, exactly as MySQL's and MariaDB's scanners cut it under a given version,
/// `sql_mode` and character set.
///
/// {@link dev.sallyport.sql.mysql.lexer.MySqlLexer} is the entry point; {@link
/// dev.sallyport.sql.mysql.lexer.Dialect} holds what lexing depends on; {@link
/// dev.sallyport.sql.mysql.lexer.ClientText} makes text of a client's bytes so that no character
/// hides a quote. Stateless; safe for any number of threads.
@NullMarked
package dev.sallyport.sql.mysql.lexer;

import org.jspecify.annotations.NullMarked;
