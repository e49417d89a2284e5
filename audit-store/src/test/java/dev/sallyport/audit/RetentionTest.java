package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.KeptEntries;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.reads.ReadSocket;
import dev.sallyport.audit.reads.RetentionRequest;
import dev.sallyport.audit.retention.Retention;
import dev.sallyport.audit.search.Criterion;
import dev.sallyport.audit.search.EntryFilter;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.search.LogSearch;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.Position;
import dev.sallyport.audit.verify.ProofBundle;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Old months go by a record of the log only, never under a hold or before their time, and what is
/// left verifies: with both verifiers, and with each attack performed on a copy.
class RetentionTest {
    private static final int MONTHS = 72;
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(128 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);

    @TempDir Path folder;
    private Path store = Path.of("");
    private Path key = Path.of("");
    private volatile Instant now = Instant.parse("2019-11-28T10:00:00Z");
    private final InstantSource clock = () -> now;

    /// Three months of 2019 and 2020, then today: 300 entries a month.
    @BeforeEach
    void makeLog() throws Exception {
        store = folder.resolve("audit");
        key = folder.resolve("audit.key");
        try (AuditLog log = open()) {
            for (String month : List.of("2019-11", "2019-12", "2020-01", "2026-11")) {
                now = Instant.parse(month + "-28T10:00:00Z");
                append(log, month, 300);
            }
        }
    }

    private AuditLog open() throws Exception {
        return new AuditLog(
                new DiskStorage(store),
                "old",
                SMALL,
                clock,
                task -> Thread.ofPlatform().daemon().start(task),
                true,
                new Sealer(store, "old", key),
                new PartSealer("old", List.of()));
    }

    private static void append(AuditLog log, String session, int entries) throws Exception {
        for (int i = 1; i < entries; i++) log.append(Events.denied(session, i));
        log.commit(Events.denied(session, entries)).get(20, TimeUnit.SECONDS);
    }

    private Retention retention(AuditLog log) {
        return new Retention(store, log, MONTHS, clock);
    }

    private Retention.Pruned prune(String before) throws Exception {
        try (AuditLog log = open()) {
            return retention(log).prune("os:op", before, "its time is over", false);
        }
    }

    private interface Work {
        void with(AuditLog log, Retention retention) throws Exception;
    }

    private void work(Work work) throws Exception {
        try (AuditLog log = open()) {
            work.with(log, retention(log));
        }
    }

    /// Copies that were verified, for the test that takes the verifier's checks out.
    final List<Checked> checked = new ArrayList<>();

    boolean python = true;

    record Checked(Path store, List<Position> known, Outcome outcome) {}

    private VerifyResult check(Path of, Outcome expected) throws Exception {
        return check(of, Evidence.NONE, expected);
    }

    private VerifyResult check(Path of, Evidence evidence, Outcome expected) throws Exception {
        if (!of.equals(store)) checked.add(new Checked(of, evidence.entries(), expected));
        VerifyResult result = LogVerifier.verify(of, evidence);
        assertThat(result.outcome()).as(result.describe()).isEqualTo(expected);
        if (python) Python.agrees(of, evidence, expected);
        return result;
    }

    private Path copy() throws IOException {
        Path to = folder.resolve("copy-" + System.nanoTime());
        try (Stream<Path> files = Files.walk(store)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(store.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(target);
                else Files.copy(file, target);
            }
        }
        return to;
    }

    private static List<String> segments(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> Segment.firstSequence(name).isPresent())
                    .sorted()
                    .toList();
        }
    }

    private static List<Entry> entries(Path of) throws Exception {
        List<Entry> entries = new ArrayList<>();
        try (LogReader reader = LogReader.open(of, 1)) {
            for (Entry entry = reader.next(); entry != null; entry = reader.next())
                entries.add(entry);
        }
        return entries;
    }

    @Test
    void aMonthBeginsASegmentAlsoWhenTheLogIsOpenedAnew() throws Exception {
        now = Instant.parse("2026-12-01T00:00:00Z");
        work((log, _) -> append(log, "2026-12", 1));
        List<String> beginnings = new ArrayList<>();
        for (String segment : segments(store)) {
            long first = Segment.firstSequence(segment).orElseThrow();
            try (LogReader reader = LogReader.open(store, first)) {
                Entry entry = reader.next();
                beginnings.add(entry == null ? "" : entry.time().substring(0, 7));
            }
        }
        assertThat(beginnings).contains("2019-11", "2019-12", "2020-01", "2026-11", "2026-12");
        for (Entry entry : entries(store)) {
            String month = entry.time().substring(0, 7);
            long first =
                    segments(store).stream()
                            .mapToLong(name -> Segment.firstSequence(name).orElseThrow())
                            .filter(start -> start <= entry.sequence())
                            .max()
                            .orElseThrow();
            if (entry.sequence() == first) continue;
            Entry begin = entries(store).get((int) first - 1);
            assertThat(begin.time()).startsWith(month);
            if (entry.sequence() % 100 != 0) break;
        }
    }

    @Test
    void whatWasPrunedByARecordIsMissingAndTheLogIsSound() throws Exception {
        byte[] early = Files.readAllBytes(store.resolve(Checkpoint.FILE_NAME));
        Position noted = new Position(200, hash(200));
        long entries = entries(store).size();
        var before = LogSearch.ask(store, folder.resolve("index"), EntryFilter.ALL, _ -> {});
        assertThat(before.entries()).isEqualTo(entries);
        Retention.Pruned done = prune("2020-01");
        assertThat(done.last()).isEqualTo(601);
        VerifyResult result = check(store, Outcome.SOUND);
        assertThat(result.describe())
                .contains(
                        "pruned: entries 1 to 601, of before 2020-01, by the record "
                                + done.record())
                .contains(
                        "kept for "
                                + MONTHS
                                + " months as it says; the oldest that is left is of"
                                + " 2020-01-28T10:00")
                .contains("signed: ");
        assertThat(entries(store).getFirst().time()).startsWith("2020-01");
        // The key's entry stays, or nobody could say who signed.
        assertThat(KeptEntries.read(store)).containsOnlyKeys(1L);
        // What was noted outside before still counts.
        Evidence outside =
                new Evidence(
                        List.of(noted),
                        List.of(Checkpoint.parse(early)),
                        List.of(KeyFile.read(key).getFirst().verifier()));
        check(store, outside, Outcome.SOUND);
        check(copy(), Evidence.of(List.of(new Position(200, "0".repeat(64)))), Outcome.ALTERED);
        // An index that knew what is gone is made anew; a proof of what is there is possible.
        var found =
                LogSearch.ask(
                        store,
                        folder.resolve("index"),
                        EntryFilter.ALL.with(Criterion.TYPE, "log-pruned"),
                        _ -> {});
        assertThat(found.entries()).isEqualTo(1);
        ProofBundle.of(store, 700).verify(List.of(KeyFile.read(key).getFirst().verifier()));
        // And it goes on: opened, written, pruned again.
        assertThat(prune("2020-02").last()).isEqualTo(901);
        work((log, _) -> append(log, "later", 10));
        assertThat(check(store, Outcome.SOUND).describe()).contains("entries 1 to 901");
    }

    private String hash(long sequence) throws Exception {
        try (LogReader reader = LogReader.open(store, sequence)) {
            var _ = reader.next();
            return dev.sallyport.audit.format.Leaf.hex(reader.leafHash());
        }
    }

    @Test
    void pruningThatWasInterruptedIsSoundAndIsFinishedLater() throws Exception {
        Path whole = copy();
        prune("2020-01");
        // As after a crash behind the record: the second of the segments is still there.
        List<String> gone = new ArrayList<>(segments(whole));
        gone.removeAll(segments(store));
        assertThat(gone).hasSizeGreaterThan(1);
        Files.copy(whole.resolve(gone.getLast()), store.resolve(gone.getLast()));
        check(store, Outcome.SOUND);
        Retention.Pruned rest = prune("2020-01");
        assertThat(rest.record()).isZero();
        assertThat(rest.segments()).isEqualTo(1);
        assertThat(segments(store)).doesNotContainAnyElementsOf(gone);
        check(store, Outcome.SOUND);
    }

    /// As after a run that ended right behind its record: nothing goes before a checkpoint covers
    /// it, and what has to stay is there.
    @Test
    void anEarlierRecordIsWaitedForAndWhatItKeepsIsThere() throws Exception {
        long last = 601;
        work((log, retention) -> {
            long record =
                    log.commit(
                                    new AuditEvent.LogPruned(
                                            "2020-01",
                                            List.of(),
                                            MONTHS,
                                            List.of("1"),
                                            last,
                                            "its time is over",
                                            "os:op"))
                            .get();
            Retention.Pruned rest = retention.prune("os:op", "2020-01", "its time is over", false);
            assertThat(log.sealedSequence()).isGreaterThanOrEqualTo(record);
            assertThat(rest.record()).isZero();
            assertThat(rest.last()).isEqualTo(last);
        });
        check(store, Outcome.SOUND);
    }

    @Test
    void nothingIsTakenOutUnderAHoldBeforeItsTimeOrWithoutAReason() throws Exception {
        List<String> before = segments(store);
        work((_, retention) -> {
            long first = retention.hold("os:op", "2019-12", "matter 7");
            long second = retention.hold("os:op", "", "matter 8");
            assertThatThrownBy(() -> retention.prune("os:op", "2020-01", "over", false))
                    .isInstanceOf(Retention.Refused.class)
                    .hasMessageContaining("matter 7")
                    .hasMessageContaining("released first");
            retention.release("os:op", first, "settled");
            assertThatThrownBy(() -> retention.release("os:op", first, "again"))
                    .hasMessageContaining("no hold " + first + " in force");
            assertThatThrownBy(() -> retention.prune("os:op", "2020-01", "over", false))
                    .hasMessageContaining("matter 8");
            retention.release("os:op", second, "settled");
            assertThatThrownBy(() -> retention.prune("os:op", "2020-12", "over", false))
                    .hasMessageContaining("72 months");
            assertThatThrownBy(() -> retention.prune("os:op", "2020-01", " ", false))
                    .hasMessageContaining("reason");
            assertThatThrownBy(() -> retention.prune("os:op", "2020-13", "over", false))
                    .hasMessageContaining("2026-11");
            assertThat(retention.prune("os:op", "2020-01", "over", true).last()).isEqualTo(601);
        });
        assertThat(segments(store)).containsAll(before);
        // A hold of what comes later keeps nothing of before.
        work((_, retention) -> {
            retention.hold("os:op", "2020-01", "matter 9");
            assertThat(retention.prune("os:op", "2020-01", "over", false).last()).isEqualTo(601);
        });
        assertThat(Retention.records(store).holds())
                .singleElement()
                .satisfies(hold -> assertThat(hold.reason()).isEqualTo("matter 9"));
        check(store, Outcome.SOUND);
    }

    @Test
    void holdsAndRecordsOfPrunedMonthsStay() throws Exception {
        Path empty = store;
        store = folder.resolve("second");
        now = Instant.parse("2012-01-05T00:00:00Z");
        long[] hold = {0};
        try (AuditLog log = open()) {
            append(log, "2012-01", 10);
            hold[0] = retention(log).hold("os:op", "2019-12", "matter 1");
            long gone = retention(log).hold("os:op", "", "matter 2");
            retention(log).release("os:op", gone, "settled");
            now = Instant.parse("2019-12-05T00:00:00Z");
            append(log, "2019-12", 10);
            now = Instant.parse("2026-11-05T00:00:00Z");
            append(log, "2026-11", 10);
            retention(log).prune("os:op", "2012-02", "over", false);
        }
        assertThat(entries(store).getFirst().time()).startsWith("2019-12");
        check(store, Outcome.SOUND);
        work((_, retention) ->
                assertThatThrownBy(() -> retention.prune("os:op", "2020-01", "over", false))
                        .hasMessageContaining("matter 1"));
        // Without the file of the hold's entry one could prune what it keeps.
        Path without = copy();
        Files.delete(without.resolve(KeptEntries.path(hold[0])));
        check(without, Outcome.ALTERED);
        // Nor may those of one that was released be missing, though it keeps nothing any more.
        Path released = copy();
        for (Map.Entry<Long, byte[]> kept : KeptEntries.read(released).entrySet())
            if (new String(kept.getValue(), StandardCharsets.UTF_8)
                    .matches(".*\"reason\":\"(matter 2|settled)\".*"))
                Files.delete(released.resolve(KeptEntries.path(kept.getKey())));
        assertThat(check(released, Outcome.ALTERED).reason()).contains("had to be kept");
        store = empty;
    }

    /// As the command does it: through a running gateway's socket, and without one.
    @Test
    void aRunningGatewayIsAskedAndWithoutOneItIsDoneHere() throws Exception {
        var hold = new RetentionRequest("hold", "2019-11", 0, "matter 3", false);
        var prune = new RetentionRequest("prune", "2020-01", 0, "over", false);
        try (AuditLog log = open()) {
            Retention retention = retention(log);
            try (var _ = ReadSocket.listen(store, log)) {
                assertThatThrownBy(() -> ask(hold)).hasMessageContaining("own account and root");
            }
            try (var _ = ReadSocket.listen(store, log, retention)) {
                assertThat(ask(hold)).contains("is in force: all from 2019-11 is kept");
                assertThatThrownBy(() -> ask(prune)).hasMessageContaining("matter 3");
                long number = Retention.records(store).holds().getFirst().number();
                var release = new RetentionRequest("release", "", number, "settled", false);
                assertThat(ask(release)).contains("hold " + number + " is released");
                assertThatThrownBy(() -> ask(release)).hasMessageContaining("no hold " + number);
                assertThatThrownBy(() -> ask(new RetentionRequest("burn", "", 0, "x", false)))
                        .hasMessageContaining("nothing called burn");
                assertThat(ask(new RetentionRequest("prune", "2019-12", 0, "over", true)))
                        .startsWith("would take out entries up to 301 ");
                assertThat(ask(prune)).startsWith("took out, by the record ").contains("601");
            }
        }
        Entry record = entries(store).getLast();
        assertThat(record.type()).isEqualTo("log-pruned");
        assertThat(record.text("user")).isEqualTo("os:" + System.getProperty("user.name"));
        check(store, Outcome.SOUND);
        assertThat(ask(new RetentionRequest("prune", "2020-02", 0, "over", false)))
                .startsWith("took out");
        check(store, Outcome.SOUND);
    }

    private String ask(RetentionRequest request) throws Exception {
        return request.ask(store, "old", key, MONTHS);
    }

    // ------------------------------------------------------------------ attacks, each on a copy

    @Test
    void deletionWithoutARecordIsAnAlteration() throws Exception {
        Path one = copy();
        Files.delete(one.resolve(segments(one).getFirst()));
        check(one, Outcome.ALTERED);
        // The entry that names the key is there, as only pruning keeps it.
        Files.createDirectory(one.resolve(KeptEntries.FOLDER));
        Files.writeString(one.resolve(KeptEntries.path(1)), flat(store).entry(1));
        assertThat(check(one, Outcome.ALTERED).reason()).contains("no record");
        Path all = copy();
        for (String segment : segments(all).subList(0, segments(all).size() - 1))
            Files.delete(all.resolve(segment));
        check(all, Outcome.ALTERED);
    }

    @Test
    void moreThanTheRecordSaysMayNotBeMissing() throws Exception {
        prune("2019-12");
        check(store, Outcome.SOUND);
        Path more = copy();
        Files.delete(more.resolve(segments(more).getFirst()));
        assertThat(check(more, Outcome.ALTERED).reason()).contains("no record");
        // Nor what lies behind: a gap within is none that a record speaks of.
        Path within = copy();
        Files.delete(within.resolve(segments(within).get(1)));
        check(within, Outcome.ALTERED);
    }

    @Test
    void aRecordThatNoCheckpointCoversLetsNothingBeMissing() throws Exception {
        Path old = copy();
        prune("2020-01");
        Path without = copy();
        Files.copy(
                old.resolve(Checkpoint.FILE_NAME),
                without.resolve(Checkpoint.FILE_NAME),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        check(without, Outcome.ALTERED);
        Path none = copy();
        Files.delete(none.resolve(Checkpoint.FILE_NAME));
        check(none, Outcome.ALTERED);
    }

    /// Chained anew with a record of its own, head included, but without the key.
    @Test
    void aForgedRecordIsFound() throws Exception {
        Path forged = copy();
        Store files = flat(forged);
        long last = entries(store).size();
        String entry = files.entry(last);
        String record =
                entry.replaceFirst(
                                "\"event\":\\{.*\\},\"prev\"",
                                "\"event\":{\"before\":\"2020-01\",\"keepMonths\":72,\"kept\":[\"1\"],"
                                    + "\"last\":601,\"reason\":\"over\",\"user\":\"os:op\"},\"prev\"")
                        .replaceFirst("\"type\":\"[a-z-]+\"", "\"type\":\"log-pruned\"");
        files.rechain(last, record);
        Files.createDirectory(forged.resolve(KeptEntries.FOLDER));
        Files.writeString(forged.resolve(KeptEntries.path(1)), files.entry(1));
        for (String segment : files.segments())
            if (Segment.firstSequence(segment).orElseThrow() <= 601) files.files.remove(segment);
        for (String segment : segments(forged)) Files.delete(forged.resolve(segment));
        for (var file : files.files.entrySet())
            Files.write(forged.resolve(file.getKey()), file.getValue());
        check(forged, Outcome.ALTERED);
    }

    private static Store flat(Path of) throws IOException {
        java.util.Map<String, byte[]> files = new java.util.TreeMap<>();
        try (Stream<Path> paths = Files.list(of)) {
            for (Path path : paths.filter(Files::isRegularFile).toList())
                files.put(String.valueOf(path.getFileName()), Files.readAllBytes(path));
        }
        return new Store(files);
    }

    /// What only a gateway with the log's key can write, and shouldn't: each is found by who
    /// verifies, whether something was deleted or not.
    @Test
    void aRecordAgainstAHoldOrBeforeTheTimeIsFound() throws Exception {
        List<String> kept = List.of("1");
        bad(
                "under a hold",
                "keeps what it lets go",
                log -> {
                    long hold =
                            log.commit(new AuditEvent.HoldAdded("2019-12", "matter", "os:op"))
                                    .get();
                    return new AuditEvent.LogPruned(
                            "2020-01",
                            List.of(hold + " 2019-12"),
                            MONTHS,
                            kept,
                            601,
                            "over",
                            "os:op");
                });
        bad(
                "the hold not listed",
                "leaves out the hold",
                log -> {
                    var _ = log.commit(new AuditEvent.HoldAdded("", "matter", "os:op")).get();
                    return new AuditEvent.LogPruned(
                            "2020-01", List.of(), MONTHS, kept, 601, "over", "os:op");
                });
        // The first hold's release, said again, doesn't release the second.
        bad(
                "released by replay",
                "releases no hold",
                log -> {
                    long first = log.commit(new AuditEvent.HoldAdded("", "one", "os:op")).get();
                    var _ =
                            log.commit(new AuditEvent.HoldReleased(first, "settled", "os:op"))
                                    .get();
                    var _ = log.commit(new AuditEvent.HoldAdded("", "two", "os:op")).get();
                    var _ =
                            log.commit(new AuditEvent.HoldReleased(first, "settled", "os:op"))
                                    .get();
                    return new AuditEvent.LogPruned(
                            "2020-01", List.of(), MONTHS, kept, 601, "over", "os:op");
                });
        bad(
                "a hold that there is not",
                "lists a hold",
                _ ->
                        new AuditEvent.LogPruned(
                                "2020-01",
                                List.of("7 2026-01"),
                                MONTHS,
                                kept,
                                601,
                                "over",
                                "os:op"));
        bad(
                "too young",
                "younger",
                _ ->
                        new AuditEvent.LogPruned(
                                "2020-12", List.of(), MONTHS, kept, 601, "over", "os:op"));
        bad(
                "no period",
                "retention period",
                _ -> new AuditEvent.LogPruned("2020-01", List.of(), 0, kept, 601, "over", "os:op"));
        bad(
                "a later hold not listed",
                "leaves out the hold",
                log -> {
                    var _ =
                            log.commit(new AuditEvent.HoldAdded("2026-01", "matter", "os:op"))
                                    .get();
                    return new AuditEvent.LogPruned(
                            "2020-01", List.of(), MONTHS, kept, 601, "over", "os:op");
                });
        bad(
                "a release of nothing",
                "releases no hold",
                _ -> new AuditEvent.HoldReleased(5, "settled", "os:op"));
        bad(
                "a hold from no month",
                "names no month",
                _ -> new AuditEvent.HoldAdded("yesterday", "matter", "os:op"));
        bad(
                "a record of no month",
                "names no month",
                _ ->
                        new AuditEvent.LogPruned(
                                "2020-13", List.of(), MONTHS, kept, 601, "over", "os:op"));
        bad(
                "a record with strange holds",
                "lists no holds",
                _ ->
                        new AuditEvent.LogPruned(
                                "2020-01", List.of("all"), MONTHS, kept, 601, "over", "os:op"));
        bad(
                "a record that keeps no number",
                "keeps no entry",
                _ ->
                        new AuditEvent.LogPruned(
                                "2020-01",
                                List.of(),
                                MONTHS,
                                List.of("one"),
                                601,
                                "over",
                                "os:op"));
        bad(
                "a record that leaves out a record",
                "does not keep the record",
                log -> {
                    long hold =
                            log.commit(new AuditEvent.HoldAdded("2026-01", "matter", "os:op"))
                                    .get();
                    return new AuditEvent.LogPruned(
                            "2020-01",
                            List.of(hold + " 2026-01"),
                            MONTHS,
                            kept,
                            hold,
                            "over",
                            "os:op");
                });
        bad(
                "of what comes behind",
                "does not come before",
                _ ->
                        new AuditEvent.LogPruned(
                                "2020-01", List.of(), MONTHS, kept, 999_999, "over", "os:op"));
        bad(
                "of no month",
                "names no month",
                _ ->
                        new AuditEvent.LogPruned(
                                "2019-13", List.of(), MONTHS, kept, 601, "over", "os:op"));
    }

    private interface BadRecord {
        AuditEvent after(AuditLog log) throws Exception;
    }

    private void bad(String name, String words, BadRecord record) throws Exception {
        Path good = store;
        store = copy();
        try (AuditLog log = open()) {
            var _ = log.commit(record.after(log)).get(20, TimeUnit.SECONDS);
        }
        Path made = store;
        store = good;
        assertThat(check(made, Outcome.ALTERED).reason()).as(name).contains(words);
    }

    @Test
    void whatStaysOfPrunedMonthsIsHeldAgainstTheTree() throws Exception {
        prune("2020-01");
        Path changed = copy();
        Path kept = changed.resolve(KeptEntries.path(1));
        Files.writeString(kept, Files.readString(kept).replace("T10:00", "T11:00"));
        assertThat(check(changed, Outcome.ALTERED).file()).startsWith("kept/");
        Path without = copy();
        Files.delete(without.resolve(KeptEntries.path(1)));
        check(without, Outcome.ALTERED);
        Path moved = copy();
        Files.copy(moved.resolve(KeptEntries.path(1)), moved.resolve(KeptEntries.path(2)));
        check(moved, Outcome.ALTERED);
        for (String tile : List.of("tile/0/000", "tile/0/001", "tile/1/000.p/4")) {
            Path missing = copy();
            if (!Files.exists(missing.resolve(tile))) continue;
            Files.delete(missing.resolve(tile));
            check(missing, Outcome.ALTERED);
            Path flipped = copy();
            byte[] bytes = Files.readAllBytes(flipped.resolve(tile));
            bytes[40] ^= 1;
            Files.write(flipped.resolve(tile), bytes);
            check(flipped, Outcome.ALTERED);
            Path shorter = copy();
            Files.write(shorter.resolve(tile), java.util.Arrays.copyOf(bytes, bytes.length - 32));
            check(shorter, Outcome.ALTERED);
        }
    }
}
