package dev.sallyport.sql.lexer;

import dev.sallyport.sql.Span;

/// The tokens of a text, or why it has none.
public sealed interface LexResult {
    record Lexed(Tokens tokens) implements LexResult {}

    /// @param reason lower case, for people, free of literals
    record Failed(LexFailure failure, String reason, Span span) implements LexResult {}

    enum LexFailure {
        SYNTAX,
        /// NUL or a lone surrogate, or an escape for one, or escaped bytes that are no UTF-8; a
        /// name that means another one under another encoding of the server.
        ENCODING,
        TOO_LONG
    }
}
