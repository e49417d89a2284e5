package dev.sallyport.sql.lexer;

/// How a name in the text becomes the name that the server looks up.
final class Names {
    /// PostgreSQL's NAMEDATALEN less its end mark: in bytes.
    static final int MAX_BYTES = 63;

    private Names() {}

    /// ASCII letters to lower case: what the server does in every multi-byte encoding.
    static String fold(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (Keyword.fold(text.charAt(i)) != text.charAt(i)) {
                var folded = new StringBuilder(end - start).append(text, start, i);
                for (int j = i; j < end; j++) folded.append(Keyword.fold(text.charAt(j)));
                return truncate(folded.toString());
            }
        }
        return truncate(text.substring(start, end));
    }

    /// The inside of a quoted identifier with doubled quotes made single.
    static String unquote(String text, int start, int end) {
        String name = text.substring(start, end);
        return truncate(name.indexOf('"') < 0 ? name : name.replace("\"\"", "\""));
    }

    /// Cut at 63 bytes of UTF-8, never inside a character.
    static String truncate(String name) {
        if (name.length() <= MAX_BYTES / 3) return name;
        int bytes = 0;
        for (int i = 0; i < name.length(); ) {
            int c = name.codePointAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (bytes > MAX_BYTES) return name.substring(0, i);
            i += Character.charCount(c);
        }
        return name;
    }
}
