package dev.sallyport.sql.mysql.lexer;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.lexer.LexResult.LexFailure;

/// The tokens of a text, or why it has none.
public sealed interface MySqlLexResult {
    record Lexed(MySqlTokens tokens) implements MySqlLexResult {}

    /// @param reason lower case, for people, free of literals
    record Failed(LexFailure failure, String reason, Span span) implements MySqlLexResult {}
}
