package dev.sallyport.sql.mysql.lexer;

/// What a token is. Comments and blanks are no tokens, and version comments that the server runs
/// are none either: their inside is.
public enum MySqlTokenKind {
    /// A word that may be a keyword.
    WORD,
    /// A word that is none, whatever it says: it stands directly before or behind a dot.
    NAME,
    /// In backticks, or in double quotes under ANSI_QUOTES.
    QUOTED_IDENTIFIER,
    /// Also `N'...'`. One literal: adjacent ones are joined by the parser.
    STRING,
    /// `x'...'` or `0x...`.
    HEX,
    /// `b'...'` or `0b...`.
    BIT,
    INTEGER,
    NUMERIC,
    /// `?`.
    PARAMETER,
    /// `@name`, quoted or not; also the host of an account.
    USER_VARIABLE,
    /// `@@`.
    AT_AT,
    /// `_utf8mb4` and the like.
    INTRODUCER,
    /// `\N` of MariaDB.
    NULL,
    OPERATOR,
    LEFT_PAREN,
    RIGHT_PAREN,
    LEFT_BRACE,
    RIGHT_BRACE,
    COMMA,
    SEMICOLON,
    DOT,
    COLON,
    /// Behind the last token.
    END
}
