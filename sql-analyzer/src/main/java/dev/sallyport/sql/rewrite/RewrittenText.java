package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A text with edits applied, and the way back from positions in it to the client's text.
public final class RewrittenText {
    private final String original;
    private final List<Edit> edits;
    private final SqlText text;

    private RewrittenText(String original, List<Edit> edits, SqlText text) {
        this.original = original;
        this.edits = edits;
        this.text = text;
    }

    /// @param edits in any order
    /// @throws IllegalArgumentException when they overlap or lie outside
    public static RewrittenText of(SqlText sql, List<Edit> edits) {
        List<Edit> ordered = new ArrayList<>(edits);
        // Stable: insertions at one place stay in the order given.
        ordered.sort(
                Comparator.comparingInt((Edit e) -> e.span().start())
                        .thenComparingInt(e -> e.span().end()));
        StringBuilder out = new StringBuilder(sql.text().length() + 128 * ordered.size());
        int at = 0;
        for (Edit edit : ordered) {
            Span span = edit.span();
            if (span.start() < at || span.end() > sql.text().length())
                throw new IllegalArgumentException("edits overlap");
            out.append(sql.text(), at, span.start()).append(edit.replacement());
            at = span.end();
        }
        out.append(sql.text(), at, sql.text().length());
        return new RewrittenText(sql.text(), List.copyOf(ordered), new SqlText(out.toString()));
    }

    public SqlText text() {
        return text;
    }

    /// Where a character of the rewritten text stands in the original one; one that was put in
    /// stands where the text begins that it replaces.
    ///
    /// @param position as the server counts: characters from 1
    /// @return the same, 0 when it isn't in the text
    public int originalPosition(int position) {
        String rewritten = text.text();
        if (position < 1 || position > rewritten.codePointCount(0, rewritten.length()) + 1)
            return 0;
        int offset = rewritten.offsetByCodePoints(0, position - 1);
        int shift = 0;
        for (Edit edit : edits) {
            int start = edit.span().start() + shift;
            int end = start + edit.replacement().length();
            if (offset < start) break;
            if (offset < end) return original.codePointCount(0, edit.span().start()) + 1;
            shift += edit.replacement().length() - (edit.span().end() - edit.span().start());
        }
        return original.codePointCount(0, offset - shift) + 1;
    }

    @Override
    public String toString() {
        return "RewrittenText[" + edits.size() + " edits]";
    }
}
