package dev.sallyport.sql.lexer;

/// What a token is. Comments and blanks are no tokens.
public enum TokenKind {
    /// A word, keyword or not. Which keywords are names is the parser's business.
    WORD,
    /// `"..."` or `U&"..."`.
    QUOTED_IDENTIFIER,
    /// Any string literal: plain, E, N, U&, dollar-quoted, with its continuations.
    STRING,
    /// `B'...'` or `X'...'`.
    BIT_STRING,
    INTEGER,
    NUMERIC,
    /// `$1`.
    PARAMETER,
    OPERATOR,
    /// `(`.
    LEFT_PAREN,
    RIGHT_PAREN,
    LEFT_BRACKET,
    RIGHT_BRACKET,
    COMMA,
    SEMICOLON,
    DOT,
    COLON,
    /// `::`.
    TYPECAST,
    /// `..`.
    DOT_DOT,
    /// `:=`.
    COLON_EQUALS,
    /// `=>`.
    EQUALS_GREATER,
    /// Behind the last token.
    END
}
