package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// `sallyport audit tail`: the latest entries, and what is written from then on.
public final class LogTail {
    /// Who is who, and which statements run, may have been said before.
    private static final long BEFORE = 1_000;

    private static final long POLL_MILLIS = 100;

    private final EntryFilter filter;
    private final Format format;
    private final Appendable out;
    private final EntryText text = new EntryText();
    private final StatementPairs pairs = new StatementPairs();
    private long matches;

    public enum Format {
        TEXT,
        JSON
    }

    private LogTail(EntryFilter filter, Format format, Appendable out) {
        this.filter = filter;
        this.format = format;
        this.out = out;
    }

    /// Writes the last `count` entries, of which those that match, a line each; then goes on with
    /// what is written to the log, until the supplier says false. When the outcome is asked for, an
    /// intent is shown together with it.
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
        LogTail tail = new LogTail(filter, format, out);
        try (LogReader reader = LogReader.open(store, Math.max(1, from - BEFORE))) {
            while (true) {
                Entry entry = reader.next();
                if (entry == null) {
                    if (!follow.getAsBoolean() || !pause()) return tail.matches;
                } else {
                    tail.show(entry, from);
                }
            }
        }
    }

    private void show(Entry entry, long from) throws IOException {
        text.follow(entry);
        Entry intent = pairs.follow(entry);
        if (entry.sequence() < from) return;
        String person = text.person(intent == null ? entry : intent);
        if (filter.asksForOutcome() && intent != null && intent.sequence() >= from)
            write(intent, null, entry, person);
        write(entry, intent, null, person);
    }

    private void write(Entry entry, @Nullable Entry intent, @Nullable Entry outcome, String person)
            throws IOException {
        if (!filter.matches(entry, intent, outcome, person)) return;
        matches++;
        out.append(
                switch (format) {
                    case TEXT -> text.line(entry);
                    case JSON -> new String(entry.encode(), StandardCharsets.UTF_8);
                });
        out.append('\n');
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
}
