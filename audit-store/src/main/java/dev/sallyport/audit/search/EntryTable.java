package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Entries as a table for people, a row per statement or other event. Where the screen is too
/// narrow the last column is shortened, and before it the outcome.
final class EntryTable {
    private static final List<String> HEADER =
            List.of("SEQUENCE", "TIME", "USER", "VERDICT", "OUTCOME", "WHAT");
    private static final int OUTCOME = 4;
    private static final int LAST = 5;

    /// Below this the last column says nothing: the outcome then gives way.
    private static final int LEGIBLE = 24;

    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>(List.of(HEADER));

    /// One line: a statement with its outcome, or another event.
    static final class Row {
        private final Entry entry;
        private final String person;
        private @Nullable Entry outcome;

        Row(Entry entry, String person) {
            this.entry = entry;
            this.person = person;
        }

        Entry entry() {
            return entry;
        }

        void outcome(Entry found) {
            outcome = found;
        }

        private List<String> cells() {
            boolean statement = entry.type().equals(EntryFilter.INTENT);
            String decision = EntryText.printable(entry.text("decision"));
            String because =
                    statement && !decision.equals("permit") && !entry.text("reason").isEmpty()
                            ? "  because " + EntryText.printable(entry.text("reason"))
                            : "";
            return List.of(
                    Long.toString(entry.sequence()),
                    EntryText.time(entry),
                    EntryText.printable(person),
                    decision,
                    outcome == null ? "" : EntryText.outcome(outcome),
                    statement
                            ? EntryText.statement(entry) + because
                            : EntryText.what(entry).strip());
        }
    }

    void add(Row row) {
        rows.add(row.cells());
    }

    /// @param width in characters; 0 for as wide as it gets
    void print(int width, Appendable out) throws IOException {
        int[] widths = new int[HEADER.size()];
        for (List<String> cells : rows)
            for (int i = 0; i < widths.length; i++)
                widths[i] = Math.max(widths[i], length(cells.get(i)));
        if (width > 0) shrink(widths, width);
        for (List<String> cells : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = fitted(cells.get(i), widths[i]);
                line.append(cell);
                if (i < LAST) line.repeat(' ', widths[i] - length(cell)).append(GAP);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static void shrink(int[] widths, int width) {
        int others = (widths.length - 1) * GAP.length();
        for (int i = 0; i < LAST; i++) others += widths[i];
        int missing = LEGIBLE - (width - others);
        if (missing > 0) {
            int given = Math.clamp(widths[OUTCOME] - HEADER.get(OUTCOME).length(), 0, missing);
            widths[OUTCOME] -= given;
            others -= given;
        }
        widths[LAST] = Math.clamp(width - others, LEGIBLE, Math.max(LEGIBLE, widths[LAST]));
    }

    private static String fitted(String text, int width) {
        if (length(text) <= width) return text;
        return text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
