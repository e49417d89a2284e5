package dev.sallyport.sql.mysql.resolve;

/// When two names are the same to the server. Columns, aliases of columns and routines ignore case;
/// beyond ASCII the servers fold case, and in places accents, by tables of their own that differ by
/// version (a table of more than 32 columns finds its columns by a hash that takes `é` for `e`). So
/// such names are the same only when written the same, and a name that might be taken for another
/// one is refused.
final class Folding {
    private Folding() {}

    /// Equal but for the case of ASCII letters.
    static boolean same(String a, String b) {
        int length = a.length();
        if (length != b.length()) return false;
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y && lower(x) != lower(y)) return false;
        }
        return true;
    }

    /// Not the same, but perhaps to the server: every difference is in a character beyond ASCII.
    static boolean confusable(String a, String b) {
        int length = a.length();
        if (length != b.length()) return false;
        boolean differs = false;
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x == y || lower(x) == lower(y)) continue;
            if (x < 0x80 && y < 0x80) return false;
            differs = true;
        }
        return differs;
    }

    /// ASCII letters in lower case.
    static String lower(String name) {
        for (int i = 0; i < name.length(); i++)
            if (lower(name.charAt(i)) != name.charAt(i)) {
                var folded = new StringBuilder(name.length());
                for (int j = 0; j < name.length(); j++) folded.append(lower(name.charAt(j)));
                return folded.toString();
            }
        return name;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }
}
