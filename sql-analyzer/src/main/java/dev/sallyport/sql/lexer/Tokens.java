package dev.sallyport.sql.lexer;

import dev.sallyport.sql.Span;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tokens of a text, by index; behind the last stands one {@link TokenKind#END}. They are
/// offsets into the text: names and values are made when asked for. Immutable; `toString` shows
/// nothing of the text.
public final class Tokens {
    private static final TokenKind[] KINDS = TokenKind.values();
    private static final Keyword[] KEYWORDS = Keyword.values();

    private final String source;
    private final byte[] kinds;
    private final short[] keywords;
    private final int[] starts;
    private final int[] ends;
    private final int size;
    private final Map<Integer, String> decoded;

    Tokens(
            String source,
            byte[] kinds,
            short[] keywords,
            int[] starts,
            int[] ends,
            int size,
            Map<Integer, String> decoded) {
        this.source = source;
        this.kinds = kinds;
        this.keywords = keywords;
        this.starts = starts;
        this.ends = ends;
        this.size = size;
        this.decoded = decoded;
    }

    /// How many, END not counted.
    public int size() {
        return size;
    }

    /// END for every index from {@link #size()} on.
    public TokenKind kind(int index) {
        return index < size ? KINDS[kinds[index]] : TokenKind.END;
    }

    /// The keyword that a WORD is, or null for another word or kind.
    public @Nullable Keyword keyword(int index) {
        if (index >= size) return null;
        int keyword = keywords[index];
        return keyword < 0 ? null : KEYWORDS[keyword];
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

    /// Whether the token is written exactly as `symbol`.
    public boolean is(int index, String symbol) {
        return index < size
                && ends[index] - starts[index] == symbol.length()
                && source.startsWith(symbol, starts[index]);
    }

    /// Of a token, never END.
    public char firstChar(int index) {
        return source.charAt(starts[index]);
    }

    /// The token as it stands in the text. May be PHI for literals.
    public String text(int index) {
        return source.substring(starts[index], ends[index]);
    }

    /// Appends the token as it stands in the text. May be PHI for literals.
    void appendTo(StringBuilder out, int index) {
        out.append(source, starts[index], ends[index]);
    }

    /// The name that a WORD or QUOTED_IDENTIFIER stands for: unquoted, unescaped, folded and
    /// truncated as the server does.
    public String name(int index) {
        String known = decoded(index);
        if (known != null) return known;
        Keyword keyword = keyword(index);
        if (keyword != null) return keyword.word();
        return kind(index) == TokenKind.WORD
                ? Names.fold(source, starts[index], ends[index])
                : Names.unquote(source, starts[index] + 1, ends[index] - 1);
    }

    /// The value of a STRING or BIT_STRING, unescaped and its continuations joined.
    public String value(int index) {
        String known = decoded(index);
        return known != null ? known : Strings.value(source, starts[index], ends[index]);
    }

    /// Most texts have none: no index is boxed for them.
    private @Nullable String decoded(int index) {
        return decoded.isEmpty() ? null : decoded.get(index);
    }

    @Override
    public String toString() {
        return "Tokens[" + size + "]";
    }
}
