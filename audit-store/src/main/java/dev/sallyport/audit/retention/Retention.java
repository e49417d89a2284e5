package dev.sallyport.audit.retention;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.KeptEntries;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.note.KeyChange;
import dev.sallyport.audit.sealed.PartOpener;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.tree.LeafReader;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.RetentionRecords;
import dev.sallyport.audit.verify.RetentionRecords.Hold;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What may be done to an open log besides adding to it, by whoever owns it: legal holds, and
/// taking out months whose time is over. Nothing goes without a record that a signed checkpoint
/// covers, before the retention period has passed, or under a hold; the verifiers hold the log to
/// the same.
///
/// One for an open log. Reads all of it, so each call may take minutes; any thread, one at a time.
public final class Retention {
    public static final int MAX_REASON_CHARS = 500;

    private static final long SEAL_SECONDS = 30;
    private static final int MAX_KEPT = 2_000;
    private static final byte[] LOG_KEY = Leaf.ascii(KeyChange.TYPE);
    private static final byte[] SEAL_KEY = Leaf.ascii(PartOpener.SEAL_KEY);

    private final Path store;
    private final AuditLog log;
    private final int keepMonths;
    private final InstantSource clock;

    /// Refused, and why; nothing has changed.
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    /// What pruning took out, or would take out.
    ///
    /// @param last sequence of the last entry that goes; 0: none
    /// @param record the sequence of the record; 0: none was needed, or nothing was done yet
    /// @param segments files
    /// @param bytes of these
    /// @param kept how many of the entries stay in full
    public record Pruned(long last, long record, int segments, long bytes, int kept) {}

    /// @param log open, of this store
    /// @param keepMonths nothing younger is ever taken out
    public Retention(Path store, AuditLog log, int keepMonths, InstantSource clock) {
        this.store = store;
        this.log = log;
        this.keepMonths = keepMonths;
        this.clock = clock;
    }

    /// What the log says about its keeping so far.
    ///
    /// @throws IOException the log can't be read, or does not hold together
    public static RetentionRecords records(Path store) throws IOException {
        try {
            return scan(store, "", LogReader.reached(store)).records;
        } catch (AuditException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// All that is written from a month on is kept until {@link #release}.
    ///
    /// @param from as `2026-11`; empty: everything
    /// @return the hold's number
    public synchronized long hold(String user, String from, String reason)
            throws Refused, AuditException, IOException {
        if (!from.isEmpty()) month(from);
        return write(new AuditEvent.HoldAdded(from, words(reason), user));
    }

    public synchronized long release(String user, long hold, String reason)
            throws Refused, AuditException, IOException {
        if (scan(store, "", log.durableSequence()).records.holds().stream()
                .noneMatch(each -> each.number() == hold))
            throw new Refused("there is no hold " + hold + " in force: see `audit hold list`");
        return write(new AuditEvent.HoldReleased(hold, words(reason), user));
    }

    /// Takes out what was written before a month, as whole segments; each month begins one.
    ///
    /// @param before the first month that stays
    /// @param dryRun only says what would go
    public synchronized Pruned prune(String user, String before, String reason, boolean dryRun)
            throws Refused, AuditException, IOException {
        YearMonth first = month(before);
        String why = words(reason);
        Scan scan = scan(store, before, log.durableSequence());
        checkMayGo(scan.records, first);
        long prunedBefore =
                scan.records.pruned().isEmpty() ? 0 : scan.records.pruned().getLast().last();
        List<Path> files = segments(scan.last);
        long bytes = 0;
        for (Path file : files) bytes += Files.size(file);
        Pruned plan = new Pruned(scan.last, 0, files.size(), bytes, scan.kept.size());
        if (dryRun || files.isEmpty()) return plan;
        VerifyResult result = LogVerifier.verify(store);
        if (result.outcome() != Outcome.SOUND)
            throw new Refused(
                    "nothing is taken out of a log that is not sound: " + result.describe());
        if (scan.kept.size() > MAX_KEPT)
            throw new Refused(
                    scan.kept.size() + " entries would have to be kept, " + MAX_KEPT + " can be");
        keep(scan.kept);
        long record = 0;
        if (scan.last <= prunedBefore) {
            // Of a run that ended between its record and its end, perhaps before the checkpoint.
            awaitSealed(scan.records.pruned().getLast().sequence());
        } else {
            record =
                    write(
                            new AuditEvent.LogPruned(
                                    before,
                                    scan.records.holds().stream().map(Hold::text).toList(),
                                    keepMonths,
                                    scan.kept.keySet().stream().map(String::valueOf).toList(),
                                    scan.last,
                                    why,
                                    user));
        }
        // INVARIANT: from the oldest on, so that what is left is one piece whenever this ends. Not
        // every file system keeps the order of what was not forced.
        for (Path file : files) {
            Files.delete(file);
            force(store);
        }
        return new Pruned(scan.last, record, files.size(), bytes, scan.kept.size());
    }

    private static YearMonth month(String text) throws Refused {
        if (!text.matches("\\d{4}-(0[1-9]|1[0-2])"))
            throw new Refused("a month is written as 2026-11, not " + text);
        return YearMonth.parse(text);
    }

    private static String words(String reason) throws Refused {
        String words = reason.strip();
        if (words.isEmpty()) throw new Refused("a reason is needed");
        if (words.length() > MAX_REASON_CHARS)
            throw new Refused("a reason has " + MAX_REASON_CHARS + " characters at most");
        if (words.codePoints().anyMatch(Character::isISOControl))
            throw new Refused("a reason has no control characters");
        return words;
    }

    private void checkMayGo(RetentionRecords records, YearMonth before) throws Refused {
        for (Hold hold : records.holds())
            if (hold.keepsBefore(before.toString()))
                throw new Refused(
                        "the hold "
                                + hold.number()
                                + " keeps "
                                + (hold.from().isEmpty() ? "everything" : "all from " + hold.from())
                                + " ("
                                + hold.reason()
                                + "; "
                                + hold.user()
                                + "): it has to be released first");
        YearMonth latest =
                YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC)).minusMonths(keepMonths);
        if (before.isAfter(latest))
            throw new Refused(
                    "the retention period is "
                            + keepMonths
                            + " months (audit.retentionMonths): what was written from "
                            + latest
                            + " on stays");
    }

    /// Returns when a checkpoint covers the entry.
    private long write(AuditEvent event) throws AuditException, IOException {
        try {
            long sequence = log.commit(event).get();
            awaitSealed(sequence);
            return sequence;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuditException cause) throw cause;
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void awaitSealed(long sequence) throws IOException {
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SEAL_SECONDS);
            while (log.sealedSequence() < sequence) {
                if (System.nanoTime() - end > 0)
                    throw new IOException(
                            "no checkpoint covers the record "
                                    + sequence
                                    + " yet ("
                                    + log.sealProblem().orElse("the log is not signed")
                                    + "): nothing was taken out; try again");
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// @param records all there are
    /// @param last up to which entries whole segments hold nothing of that month or later
    /// @param kept what has to stay of them
    private record Scan(RetentionRecords records, long last, SortedMap<Long, byte[]> kept) {}

    /// Reads the log.
    ///
    /// @param end up to which it is durable
    private static Scan scan(Path store, String before, long end) throws IOException {
        RetentionRecords records = new RetentionRecords(true);
        TreeMap<Long, byte[]> kept = new TreeMap<>();
        TreeMap<Long, byte[]> found = new TreeMap<>();
        try (LeafReader reader = LeafReader.first(store)) {
            long first = reader.sequence() + 1;
            for (Map.Entry<Long, byte[]> each : KeptEntries.read(store).entrySet()) {
                if (each.getKey() >= first) continue;
                records.follow(each.getValue(), 0, each.getValue().length);
                found.put(each.getKey(), each.getValue());
            }
            kept.putAll(found);
            long last = 0;
            boolean old = !before.isEmpty();
            byte[] sealKey = null;
            long sealKeyAt = 0;
            Set<Long> starts = new HashSet<>(starts(store));
            while (reader.sequence() < end) {
                reader.next();
                Envelope entry = reader.entry();
                // The segment that this one begins ends what may go.
                if (old && starts.contains(reader.sequence())) {
                    last = reader.sequence() - 1;
                    kept = new TreeMap<>(found);
                    if (sealKey != null) kept.put(sealKeyAt, sealKey);
                }
                if (old && entry.time().compareTo(before) >= 0) old = false;
                if (RetentionRecords.isOne(entry)) {
                    byte[] bytes = reader.bytes();
                    records.follow(bytes, 0, bytes.length);
                    found.put(reader.sequence(), bytes);
                } else if (entry.typeIs(LOG_KEY)) {
                    found.put(reader.sequence(), reader.bytes());
                } else if (entry.typeIs(SEAL_KEY) && old) {
                    sealKey = reader.bytes();
                    sealKeyAt = reader.sequence();
                }
            }
            return new Scan(records, last, kept);
        } catch (FormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<Long> starts(Path store) throws IOException {
        List<Long> starts = new ArrayList<>();
        try (Stream<Path> files = Files.list(store)) {
            files.forEach(file ->
                    Segment.firstSequence(String.valueOf(file.getFileName()))
                            .ifPresent(starts::add));
        }
        return starts;
    }

    /// The segments whose entries all come up to this one, the oldest first.
    private List<Path> segments(long last) throws IOException {
        List<Long> starts = starts(store).stream().sorted().toList();
        List<Path> files = new ArrayList<>();
        for (int i = 0; i + 1 < starts.size(); i++)
            if (starts.get(i + 1) - 1 <= last)
                files.add(store.resolve(Segment.name(starts.get(i))));
        return files;
    }

    private void keep(SortedMap<Long, byte[]> entries) throws IOException {
        Path folder = store.resolve(KeptEntries.FOLDER);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder);
            force(store);
        }
        for (Map.Entry<Long, byte[]> entry : entries.entrySet()) {
            Path file = store.resolve(KeptEntries.path(entry.getKey()));
            Path draft = folder.resolve("draft");
            try (FileChannel channel =
                    FileChannel.open(
                            draft,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(entry.getValue());
                while (bytes.hasRemaining()) channel.write(bytes);
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
        force(folder);
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }
}
