package dev.sallyport.sql.lexer;

/// What lexing depends on besides the text.
///
/// @param standardConformingStrings off: a backslash in a plain literal is an escape
/// @param maxLength texts longer than this many UTF-16 units are refused
public record LexMode(boolean standardConformingStrings, int maxLength) {
    /// The server's default, and no limit of its own.
    public static final LexMode STANDARD = new LexMode(true, Integer.MAX_VALUE);
}
