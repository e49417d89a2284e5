package dev.sallyport.sql.lexer;

/// What lexing depends on besides the text.
///
/// @param standardConformingStrings off: a backslash in a plain literal is an escape
/// @param maxLength texts longer than this many UTF-16 units are refused
/// @param serverMajor the server's major version, 15 to 18: what is a keyword to a newer one may be
///   a function or a column to an older one
/// @param utf8Server whether the database's own encoding is UTF8: then it is known how names with
///   letters beyond ASCII are folded and cut, and they need not be refused
public record LexMode(
        boolean standardConformingStrings, int maxLength, int serverMajor, boolean utf8Server) {
    /// For texts that no server is known of yet: the newest, of unknown encoding. What a server is
    /// sent is read by {@link dev.sallyport.sql.catalog.Catalog#lexMode}.
    public LexMode(boolean standardConformingStrings, int maxLength) {
        this(standardConformingStrings, maxLength, 18, false);
    }

    /// The newest server, of unknown encoding, with its default settings, and no limit of its own.
    public static final LexMode STANDARD = new LexMode(true, Integer.MAX_VALUE);
}
