package dev.sallyport.sql.lexer;

import dev.sallyport.sql.Span;

/// The tokens of a text, by index; the last is {@link TokenKind#END}. Immutable once made.
public final class Tokens {
    private final String source;
    private final byte[] kinds;
    private final int[] starts;
    private final int[] ends;
    private final int size;

    private static final TokenKind[] KINDS = TokenKind.values();

    Tokens(String source, byte[] kinds, int[] starts, int[] ends, int size) {
        this.source = source;
        this.kinds = kinds;
        this.starts = starts;
        this.ends = ends;
        this.size = size;
    }

    /// How many, END not counted.
    public int size() {
        return size;
    }

    public TokenKind kind(int index) {
        return KINDS[kinds[index]];
    }

    public int start(int index) {
        return starts[index];
    }

    public int end(int index) {
        return ends[index];
    }

    public Span span(int index) {
        return new Span(starts[index], ends[index]);
    }

    /// The name that a WORD or QUOTED_IDENTIFIER stands for: unquoted, unescaped, folded,
    /// truncated.
    public String name(int index) {
        return source.substring(starts[index], ends[index]);
    }

    @Override
    public String toString() {
        return "Tokens[" + size + "]";
    }
}
