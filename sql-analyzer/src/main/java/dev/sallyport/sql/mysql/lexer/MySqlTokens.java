package dev.sallyport.sql.mysql.lexer;

import dev.sallyport.sql.Span;

/// The tokens of a text, by index; behind the last stands one {@link MySqlTokenKind#END}. They are
/// offsets into the text: names and values are made when asked for. Immutable; `toString` shows
/// nothing of the text.
public final class MySqlTokens {
    private static final MySqlTokenKind[] KINDS = MySqlTokenKind.values();

    private final String source;
    private final Dialect dialect;
    private final byte[] kinds;
    private final int[] starts;
    private final int[] ends;
    private final int size;

    MySqlTokens(String source, Dialect dialect, byte[] kinds, int[] starts, int[] ends, int size) {
        this.source = source;
        this.dialect = dialect;
        this.kinds = kinds;
        this.starts = starts;
        this.ends = ends;
        this.size = size;
    }

    public Dialect dialect() {
        return dialect;
    }

    /// How many, END not counted.
    public int size() {
        return size;
    }

    /// END for every index from {@link #size()} on.
    public MySqlTokenKind kind(int index) {
        return index < size ? KINDS[kinds[index]] : MySqlTokenKind.END;
    }

    public int start(int index) {
        return index < size ? starts[index] : source.length();
    }

    public int end(int index) {
        return index < size ? ends[index] : source.length();
    }

    public Span span(int index) {
        return new Span(start(index), end(index));
    }

    /// Whether the token is a word that may be a keyword, and this one.
    ///
    /// @param keyword upper case
    public boolean isWord(int index, String keyword) {
        return index < size
                && kinds[index] == 0
                && ends[index] - starts[index] == keyword.length()
                && equalsAscii(starts[index], keyword);
    }

    /// ASCII only: no other letter is ever taken for one of a keyword.
    private boolean equalsAscii(int start, String keyword) {
        for (int i = 0; i < keyword.length(); i++) {
            char c = source.charAt(start + i);
            if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
            if (c != keyword.charAt(i)) return false;
        }
        return true;
    }

    /// Whether the token is written exactly as `symbol`.
    public boolean is(int index, String symbol) {
        return index < size
                && ends[index] - starts[index] == symbol.length()
                && source.startsWith(symbol, starts[index]);
    }

    /// The token as it stands in the text. May be PHI for literals.
    public String text(int index) {
        return source.substring(starts[index], ends[index]);
    }

    /// A WORD with ASCII letters in upper case.
    public String upper(int index) {
        var upper = new StringBuilder(ends[index] - starts[index]);
        for (int i = starts[index]; i < ends[index]; i++) {
            char c = source.charAt(i);
            upper.append(c >= 'a' && c <= 'z' ? (char) (c - ('a' - 'A')) : c);
        }
        return upper.toString();
    }

    /// The name that a word or quoted identifier stands for, as written; whether case matters is
    /// the server's business.
    public String name(int index) {
        int start = starts[index];
        int end = ends[index];
        return kind(index) == MySqlTokenKind.QUOTED_IDENTIFIER
                ? undoubled(start + 1, end - 1, source.charAt(start))
                : source.substring(start, end);
    }

    /// Of a USER_VARIABLE, without `@` and quotes.
    public String variable(int index) {
        int start = starts[index] + 1;
        int end = ends[index];
        if (start == end) return "";
        char quote = source.charAt(start);
        return switch (quote) {
            case '`' -> undoubled(start + 1, end - 1, quote);
            case '\'', '"' -> string(start, end);
            default -> source.substring(start, end);
        };
    }

    /// The value of a STRING, unescaped; the digits of a HEX or BIT as written.
    public String value(int index) {
        int start = starts[index];
        return switch (kind(index)) {
            case STRING ->
                    string(
                            source.charAt(start) == 'N' || source.charAt(start) == 'n'
                                    ? start + 1
                                    : start,
                            ends[index]);
            case WORD,
                    NAME,
                    QUOTED_IDENTIFIER,
                    HEX,
                    BIT,
                    INTEGER,
                    NUMERIC,
                    PARAMETER,
                    USER_VARIABLE,
                    AT_AT,
                    INTRODUCER,
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
                    END ->
                    text(index);
        };
    }

    private String undoubled(int from, int to, char quote) {
        String inside = source.substring(from, to);
        if (inside.indexOf(quote) < 0) return inside;
        return inside.replace(String.valueOf(new char[] {quote, quote}), String.valueOf(quote));
    }

    /// MySQL manual, 11.1.1 String Literals.
    private String string(int start, int end) {
        char quote = source.charAt(start);
        boolean backslashes = !dialect.is(Dialect.SqlMode.NO_BACKSLASH_ESCAPES);
        var value = new StringBuilder(end - start);
        for (int i = start + 1; i < end - 1; i++) {
            char c = source.charAt(i);
            if (c == quote) {
                i++;
                value.append(quote);
            } else if (c == '\\' && backslashes) {
                i++;
                char escaped = source.charAt(i);
                switch (escaped) {
                    case '0' -> value.append('\0');
                    case 'b' -> value.append('\b');
                    case 'n' -> value.append('\n');
                    case 'r' -> value.append('\r');
                    case 't' -> value.append('\t');
                    case 'Z' -> value.append('\u001a');
                    case '%', '_' -> value.append('\\').append(escaped);
                    default -> value.append(escaped);
                }
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }

    @Override
    public String toString() {
        return "MySqlTokens[" + size + "]";
    }
}
