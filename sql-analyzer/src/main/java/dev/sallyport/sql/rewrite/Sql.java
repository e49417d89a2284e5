package dev.sallyport.sql.rewrite;

/// Pieces of SQL that mean the same in every setting of a session and every encoding: ASCII, no
/// backslash outside of `E''`.
public final class Sql {
    private Sql() {}

    /// A quoted identifier.
    ///
    /// @throws IllegalArgumentException for a name that no identifier can be
    public static String name(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0)
            throw new IllegalArgumentException("no identifier");
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String name(String schema, String name) {
        return name(schema) + '.' + name(name);
    }

    /// A string literal of unknown type.
    ///
    /// @throws IllegalArgumentException for a text that the server can't hold
    public static String literal(String value) {
        StringBuilder out = new StringBuilder(value.length() + 8);
        boolean escapes = false;
        out.append('\'');
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            i += Character.charCount(c);
            if (c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                throw new IllegalArgumentException("no text that a server holds");
            if (c == '\'') out.append("''");
            else if (c == '\\') {
                out.append("\\\\");
                escapes = true;
            } else if (c >= 0x7F || c < 0x20) {
                out.append(c > 0xFFFF ? "\\U%08X".formatted(c) : "\\u%04X".formatted(c));
                escapes = true;
            } else out.append((char) c);
        }
        out.append('\'');
        return escapes ? "E" + out : out.toString();
    }
}
