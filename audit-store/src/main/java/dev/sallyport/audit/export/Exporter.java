package dev.sallyport.audit.export;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.EntryFilter;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.search.People;
import dev.sallyport.audit.search.StatementPairs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Sends the entries of a log, in order, each at least once. A receiver that is away is tried again
/// ever less often until it is back; nothing is skipped, and the log's writer notices nothing of
/// it.
public final class Exporter {
    private static final int MAX_BATCH = 500;
    private static final int MAX_BATCH_BYTES = 1 << 20;
    private static final long POLL_MILLIS = 100;
    private static final long FIRST_RETRY_MILLIS = 200;
    private static final long LAST_RETRY_MILLIS = 30_000;

    /// Whose session it is, and which statement an outcome ends, may have been said before.
    private static final long BEFORE = 2_000;

    private final Path store;
    private final EntryFilter filter;
    private final ExportFormat format;
    private final Receiver receiver;
    private final Optional<Path> cursorFile;
    private final Consumer<String> problems;

    /// Sent, but not settled: what is left of it is sent again when the receiver is lost.
    private final Deque<Sent> unsettled = new ArrayDeque<>();

    private ExportCursor settled = ExportCursor.START;
    private long retryMillis = FIRST_RETRY_MILLIS;

    private record Sent(long nanos, ExportCursor cursor) {}

    /// @param cursorFile where to go on, and to remember it; empty to begin with the first entry
    /// @param problems told why nothing can be sent, whenever that changes
    public Exporter(
            Path store,
            EntryFilter filter,
            ExportFormat format,
            Receiver receiver,
            Optional<Path> cursorFile,
            Consumer<String> problems) {
        this.store = store;
        this.filter = filter;
        this.format = format;
        this.receiver = receiver;
        this.cursorFile = cursorFile;
        this.problems = problems;
    }

    /// Sends what the log holds, then what is written to it until the supplier says false. The
    /// supplier is asked again while a receiver is away, too.
    ///
    /// @throws IOException the cursor cannot be read or written, or is of another log
    /// @throws AuditException the log cannot be read on
    public void run(BooleanSupplier goOn, boolean follow) throws IOException, AuditException {
        settled = cursorFile.isEmpty() ? ExportCursor.START : ExportCursor.read(cursorFile.get());
        boolean done = false;
        while (!done) {
            try {
                done = send(goOn, follow);
            } catch (Lost e) {
                problems.accept(
                        "entries from sequence "
                                + (settled.sequence() + 1)
                                + " on wait: "
                                + e.getMessage());
                done = !pause(goOn, retryMillis);
                retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
            }
        }
    }

    /// The receiver, not the log.
    private static final class Lost extends Exception {
        private static final long serialVersionUID = 1;

        Lost(IOException cause) {
            super(String.valueOf(cause.getMessage()), cause);
        }
    }

    private boolean send(BooleanSupplier goOn, boolean follow)
            throws IOException, AuditException, Lost {
        unsettled.clear();
        People people = new People();
        StatementPairs pairs = new StatementPairs();
        List<Exported> batch = new ArrayList<>();
        ExportCursor read = settled;
        long batchBytes = 0;
        try (LogReader reader = LogReader.open(store, Math.max(1, settled.sequence() - BEFORE))) {
            while (true) {
                Entry entry = reader.next();
                if (entry != null) {
                    people.follow(entry);
                    Entry intent = pairs.follow(entry);
                    String person = people.person(intent == null ? entry : intent);
                    Exported exported = Exported.of(entry, reader.raw(), intent, person);
                    if (entry.sequence() < settled.sequence()) continue;
                    if (entry.sequence() == settled.sequence()) {
                        checkSame(exported);
                        continue;
                    }
                    read = new ExportCursor(entry.sequence(), exported.leafHash());
                    if (filter.matches(entry, intent, null, person)) {
                        batch.add(exported);
                        batchBytes += exported.raw().length;
                    }
                    if (batch.size() < MAX_BATCH && batchBytes < MAX_BATCH_BYTES) continue;
                }
                if (entry == null && LogReader.reached(store) < settled.sequence())
                    throw otherLog("it has " + LogReader.reached(store) + " entries");
                if (!batch.isEmpty()) deliver(batch);
                batch.clear();
                batchBytes = 0;
                settle(read);
                if (!goOn.getAsBoolean()) return true;
                if (entry != null) continue;
                if (!follow) {
                    flush(read);
                    return true;
                }
                if (!pause(goOn, POLL_MILLIS)) return true;
            }
        }
    }

    private void checkSame(Exported exported) throws IOException {
        if (!exported.leafHash().equals(settled.leafHash()))
            throw otherLog("its entry " + settled.sequence() + " is another one");
    }

    private IOException otherLog(String why) {
        return new IOException(
                "the cursor "
                        + cursorFile.map(Path::toString).orElse("")
                        + " is not of this log: "
                        + why
                        + "; run `sallyport audit verify`");
    }

    private void deliver(List<Exported> batch) throws Lost {
        try {
            receiver.send(batch, batch.stream().map(format::line).toList());
            retryMillis = FIRST_RETRY_MILLIS;
            problems.accept("");
        } catch (IOException e) {
            throw new Lost(e);
        }
    }

    private void settle(ExportCursor read) throws IOException {
        long now = System.nanoTime();
        if (unsettled.isEmpty()
                ? read.sequence() > settled.sequence()
                : read.sequence() > unsettled.getLast().cursor.sequence())
            unsettled.addLast(new Sent(now, read));
        ExportCursor before = settled;
        while (!unsettled.isEmpty()
                && now - unsettled.getFirst().nanos >= receiver.settling().toNanos())
            settled = unsettled.removeFirst().cursor;
        if (settled != before) save();
    }

    /// At the end of an export that doesn't follow, what was sent is taken as arrived once the
    /// connection was closed in order.
    private void flush(ExportCursor read) throws IOException, Lost {
        try {
            receiver.close();
        } catch (IOException e) {
            throw new Lost(e);
        }
        if (read.sequence() == settled.sequence()) return;
        settled = read;
        save();
    }

    private void save() throws IOException {
        if (cursorFile.isPresent()) settled.write(cursorFile.get());
    }

    private static boolean pause(BooleanSupplier goOn, long millis) {
        try {
            for (long left = millis; left > 0; left -= POLL_MILLIS) {
                Thread.sleep(Math.min(left, POLL_MILLIS));
                if (!goOn.getAsBoolean()) return false;
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
