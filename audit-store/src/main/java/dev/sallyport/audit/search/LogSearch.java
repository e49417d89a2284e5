package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// `sallyport audit search` and `tail`: reads a store and writes what matches, as text for people
/// or as JSON lines (each the exact bytes of an entry). Nothing is kept between calls.
public final class LogSearch {
    private static final long POLL_MILLIS = 100;
    private static final int MAX_OPEN_STATEMENTS = 100_000;

    public enum Format {
        TEXT,
        JSON
    }

    private final EntryFilter filter;
    private final Format format;
    private final Appendable out;
    private final EntryText text = new EntryText();

    /// Statements whose intent matched and whose outcome is still to come, with their row of the
    /// table, if there is one.
    private final Map<String, Row> open = new HashMap<>();

    private LogSearch(EntryFilter filter, Format format, Appendable out) {
        this.filter = filter;
        this.format = format;
        this.out = out;
    }

    /// Searches the log up to its present end. As text it is a table with one row per statement or
    /// other event, the latest `limit` of them; as JSON every matching entry, statements with their
    /// outcomes.
    ///
    /// @return how many entries matched
    public static long search(
            Path store, EntryFilter filter, Format format, int limit, Appendable out)
            throws AuditException, IOException {
        LogSearch search = new LogSearch(filter, format, out);
        return switch (format) {
            case TEXT -> search.table(store, limit);
            case JSON -> search.stream(store, 1, 0, () -> false);
        };
    }

    /// Writes the last `count` entries, of which those that match, a line each; with `follow` goes
    /// on with what is written to the log, until the supplier says false.
    ///
    /// @return how many entries matched
    public static long tail(
            Path store,
            long count,
            EntryFilter filter,
            Format format,
            Appendable out,
            BooleanSupplier follow)
            throws AuditException, IOException {
        long from = Math.max(1, LogReader.reached(store) - count + 1);
        // Who is who may have been said before: begin a little earlier, silently.
        long silent = Math.max(1, from - 1_000);
        return new LogSearch(filter, format, out).stream(store, silent, from, follow);
    }

    private long stream(Path store, long begin, long from, BooleanSupplier follow)
            throws AuditException, IOException {
        long matches = 0;
        try (LogReader reader = LogReader.open(store, begin)) {
            while (true) {
                Entry entry = reader.next();
                if (entry == null) {
                    if (!follow.getAsBoolean() || !pause()) return matches;
                    continue;
                }
                if (isDone(entry)) return matches;
                text.follow(entry);
                if (entry.sequence() < from || !matches(entry, null)) continue;
                matches++;
                switch (format) {
                    case TEXT -> out.append(text.line(entry));
                    case JSON -> out.append(new String(reader.raw(), StandardCharsets.UTF_8));
                }
                out.append('\n');
            }
        }
    }

    private long table(Path store, int limit) throws AuditException, IOException {
        Deque<Row> rows = new ArrayDeque<>();
        long matches = 0;
        long found = 0;
        try (LogReader reader = LogReader.open(store, 1)) {
            for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
                if (isDone(entry)) break;
                text.follow(entry);
                Row row = new Row(entry, text.person(entry));
                if (!matches(entry, row)) continue;
                matches++;
                if (row.belongsToAnother) continue;
                found++;
                rows.addLast(row);
                if (rows.size() > limit) rows.removeFirst();
            }
        }
        print(new ArrayList<>(rows));
        out.append(
                found == rows.size()
                        ? found + (found == 1 ? " row\n" : " rows\n")
                        : "the last " + rows.size() + " of " + found + " rows\n");
        return matches;
    }

    private boolean isDone(Entry entry) {
        return entry.sequence() > filter.lastSequence();
    }

    /// Also tells an outcome from its intent's row: it matches when the intent did.
    private boolean matches(Entry entry, @Nullable Row row) {
        boolean outcome = entry.type().equals("statement-outcome");
        String key = entry.text("session") + " " + entry.number("statement", 0);
        if (outcome) {
            Row intent = open.remove(key);
            if (intent != null) {
                intent.outcome = EntryText.outcome(entry);
                if (row != null) row.belongsToAnother = true;
                return filter.type().isEmpty() || filter.type().equals(entry.type());
            }
            if (filter.asksForStatements()) return false;
        }
        if (!filter.matches(entry, text.person(entry))) return false;
        if (entry.type().equals("statement-intent") && open.size() < MAX_OPEN_STATEMENTS)
            open.put(key, row == null ? new Row(entry, "") : row);
        return true;
    }

    private void print(List<Row> rows) throws IOException {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("SEQUENCE", "TIME", "USER", "VERDICT", "OUTCOME", "WHAT"));
        for (Row row : rows) cells.add(row.cells());
        int columns = cells.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> line : cells)
            for (int i = 0; i < columns; i++) widths[i] = Math.max(widths[i], line.get(i).length());
        for (List<String> line : cells) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                text.append(line.get(i));
                if (i < columns - 1) text.repeat(' ', widths[i] - line.get(i).length() + 2);
            }
            out.append(text.toString().stripTrailing()).append('\n');
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(POLL_MILLIS);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// One line of the table: a statement with its outcome, or another event.
    private static final class Row {
        private final Entry entry;
        private final String person;
        private String outcome = "";
        private boolean belongsToAnother;

        Row(Entry entry, String person) {
            this.entry = entry;
            this.person = person;
        }

        List<String> cells() {
            boolean statement = entry.type().equals("statement-intent");
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
                    outcome,
                    statement
                            ? EntryText.statement(entry) + because
                            : EntryText.what(entry).strip());
        }
    }
}
