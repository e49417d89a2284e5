/// From text to tokens, exactly as PostgreSQL's scanner cuts it, and to a redacted text.
///
/// {@link dev.sallyport.sql.lexer.Lexer} yields {@link dev.sallyport.sql.lexer.Tokens}; the parser
/// and the second net read them, and share nothing else. {@link dev.sallyport.sql.lexer.Redactor}
/// makes the text that may be logged. Stateless; safe for any number of threads.
@NullMarked
package dev.sallyport.sql.lexer;

import org.jspecify.annotations.NullMarked;
