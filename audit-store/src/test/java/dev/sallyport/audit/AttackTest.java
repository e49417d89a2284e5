package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Frame;
import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.Position;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Performs each attack on a copy of a log and asks both verifiers: the one in Java and, where
/// there is a python3, the one in Python that knows the format document only.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttackTest {
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(128 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);
    private static final int ENTRIES = 600;

    @TempDir Path folder;

    /// Closed cleanly; of three segments or more.
    Store closed = new Store(java.util.Map.of());

    /// The same, but as after a crash; its last batch has three entries.
    Store crashed = closed;

    /// Another log of the same origin and length, with other content.
    private Store twin = closed;

    @BeforeAll
    void makeLogs() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = fill(disk, "attacked", "s");
        crashed = new Store(disk.now());
        log.close();
        closed = new Store(disk.now());
        SimulatedDisk other = new SimulatedDisk();
        fill(other, "attacked", "other").close();
        twin = new Store(other.now());
        assertThat(closed.segments()).hasSizeGreaterThanOrEqualTo(3);
    }

    private static AuditLog fill(SimulatedDisk disk, String origin, String session)
            throws AuditException {
        AuditLog log =
                new AuditLog(disk, origin, SMALL, InstantSource.system(), Runnable::run, false);
        for (int i = 1; i <= ENTRIES; i++) {
            log.append(
                    i % 2 == 1
                            ? Events.intent(session, i, "SELECT ? -- né 😂 " + i)
                            : Events.outcome(session, i - 1));
            if (i % 3 == 0) log.step(0);
        }
        return log;
    }

    @Test
    void soundLogsAreSound() throws Exception {
        assertThat(check(closed, List.of(), Outcome.SOUND).closed()).isTrue();
        assertThat(check(crashed, List.of(), Outcome.SOUND).closed()).isFalse();
        assertThat(check(closed, noted(17, 600), Outcome.SOUND).entries()).isEqualTo(ENTRIES);
    }

    interface Attack {
        Store on(Store store) throws Exception;
    }

    private static Arguments attack(String name, long badSequence, Attack attack) {
        return Arguments.of(name, badSequence, attack);
    }

    Stream<Arguments> attacks() {
        return Stream.of(
                attack(
                        "change an entry, frame and CRC made right",
                        300,
                        s -> edit(s, 300, "dora", "dana")),
                attack("change the first entry", 1, s -> edit(s, 1, "dora", "dana")),
                attack("change the last entry", 600, s -> edit(s, 600, "completed", "cancelled")),
                attack(
                        "change an entry's sequence",
                        42,
                        s -> edit(s, 42, "\"seq\":42", "\"seq\":43")),
                attack(
                        "change an entry's time",
                        43,
                        s -> edit(s, 43, "\"time\":\"2", "\"time\":\"3")),
                attack("delete an entry", 0, s -> rearrange(s, 300, e -> e.remove(e.size() / 2))),
                attack(
                        "insert an entry",
                        0,
                        s ->
                                rearrange(
                                        s,
                                        300,
                                        e -> e.add(9, e.get(9).replace("completed", "failed")))),
                attack(
                        "swap two entries",
                        0,
                        s -> rearrange(s, 300, e -> Collections.swap(e, 7, 8))),
                attack("duplicate an entry", 0, s -> rearrange(s, 300, e -> e.add(8, e.get(7)))),
                attack("delete the first entry", 1, s -> rearrange(s, 1, e -> e.remove(0))),
                attack(
                        "splice in an entry of another log",
                        300,
                        s -> replace(s, 300, twin.entry(300))),
                attack(
                        "splice in a segment of another log",
                        0,
                        s -> file(s, s.segments().get(1), twin.bytes(twin.segments().get(1)))),
                attack("cut off the last entry", 600, s -> s.cutFrom(600)),
                attack("cut off ten entries", 591, s -> s.cutFrom(591)),
                attack("cut off everything", 1, s -> s.cutFrom(1)),
                attack("remove the last segment", 0, s -> without(s, s.segments().getLast())),
                attack("remove a middle segment", 0, s -> without(s, s.segments().get(1))),
                attack("remove the first segment", 1, s -> without(s, s.segments().getFirst())),
                attack("remove all segments", 1, AttackTest::withoutSegments),
                attack("exchange two segments", 0, AttackTest::exchange),
                attack("a segment twice", 0, AttackTest::twice),
                attack("rename the last segment", 0, AttackTest::rename),
                attack(
                        "an empty segment beyond a gap",
                        601,
                        s -> empty(s, 605, 605, 600, "attacked")),
                attack(
                        "an empty segment that goes back",
                        0,
                        s -> empty(s, 300, 300, lastOfSegment(s, 300), "attacked")),
                attack(
                        "an empty segment of another name",
                        601,
                        s -> empty(s, 602, 601, 600, "attacked")),
                attack(
                        "an empty segment that does not chain",
                        601,
                        s -> empty(s, 601, 601, 599, "attacked")),
                attack(
                        "an empty segment of another log",
                        601,
                        s -> empty(s, 601, 601, 600, "another")),
                attack("shorten a middle segment by an entry", 0, AttackTest::shortenMiddle),
                attack("change a segment's header", 0, s -> flip(s, s.segments().get(1), 20)),
                attack("change a segment's magic", 1, s -> flip(s, s.segments().getFirst(), 3)),
                attack("change a frame's CRC", 300, s -> flip(s, s.place(300), 8)),
                attack("change a frame's length", 300, s -> flip(s, s.place(300), 3)),
                attack("change a frame's batch start", 300, AttackTest::otherBatch),
                attack("zero a frame", 300, AttackTest::zeroFrame),
                attack("write behind the end", 601, AttackTest::writeBehind),
                attack("append a well chained entry", 601, AttackTest::append),
                attack(
                        "both slots of the head damaged",
                        0,
                        s -> file(s, Head.FILE_NAME, new byte[Head.FILE_BYTES])),
                attack(
                        "entry rewritten with a blank and chained",
                        10,
                        s -> s.rechain(10, s.entry(10).replace(",\"seq\"", ", \"seq\""))),
                attack(
                        "entry with an unknown member chained",
                        10,
                        s ->
                                s.rechain(
                                        10,
                                        s.entry(10)
                                                .replace("\"writer\"", "\"what\":1,\"writer\""))),
                attack(
                        "entry of another writer chained",
                        10,
                        s ->
                                s.rechain(
                                        10,
                                        s.entry(10)
                                                .replace(
                                                        "\"writer\":\"attacked\"",
                                                        "\"writer\":\"another\""))),
                attack(
                        "an epoch that ends before it begins",
                        11,
                        s -> s.rechain(10, s.entry(10).replace("\"epoch\":1", "\"epoch\":2"))),
                attack(
                        "an epoch that never began",
                        600,
                        s -> s.rechain(600, s.entry(600).replace("\"epoch\":1", "\"epoch\":2"))),
                attack(
                        "time in another form chained",
                        10,
                        s -> s.rechain(10, s.entry(10).replaceFirst("\\.\\d{6}Z", "Z"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void everyAttackOnAClosedLogIsFound(String name, long badSequence, Attack attack)
            throws Exception {
        VerifyResult result = check(attack.on(closed.copy()), List.of(), Outcome.ALTERED);
        assertThat(result.reason()).isNotEmpty();
        if (badSequence > 0)
            assertThat(result.badSequence()).as(result.describe()).isEqualTo(badSequence);
    }

    /// After a crash the head is only a lower bound, and what lies behind it may be torn: attacks
    /// on everything else are found the same.
    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void attacksOnALogThatCrashedAreFoundButForItsUnacknowledgedEnd(
            String name, long badSequence, Attack attack) throws Exception {
        Store store = attack.on(crashed.copy());
        switch (name) {
            // Looks like the beginning of a batch that was never acknowledged.
            case "write behind the end" -> check(store, List.of(), Outcome.TORN_TAIL);
            // Who can chain can write: only a clean close or a note tells this from the log.
            case "append a well chained entry" -> check(store, List.of(), Outcome.SOUND);
            default -> {
                VerifyResult result = LogVerifier.verify(store.write(folder.resolve("copy")));
                assertThat(result.outcome()).as(result.describe()).isEqualTo(Outcome.ALTERED);
            }
        }
    }

    /// What nothing inside the folder can show, and what a note kept outside shows.
    @Test
    void aCarefulForgerIsFoundByANoteOnly() throws Exception {
        Store cut = closed.copy().cutFrom(501);
        cut.head(new Head(1, 500, cut.leafHash(500), true));
        check(cut, List.of(), Outcome.SOUND);
        assertThat(check(cut, noted(600), Outcome.ALTERED).badSequence()).isEqualTo(501);

        Store rechained = closed.copy();
        rechained.rechain(200, rechained.entry(200).replace("completed", "cancelled"));
        check(rechained, List.of(), Outcome.SOUND);
        assertThat(check(rechained, noted(600), Outcome.ALTERED).badSequence()).isEqualTo(600);
        assertThat(check(rechained, noted(200, 600), Outcome.ALTERED).badSequence()).isEqualTo(200);
        check(rechained, noted(199), Outcome.SOUND);

        check(twin, List.of(), Outcome.SOUND);
        assertThat(check(twin, noted(3), Outcome.ALTERED).badSequence()).isEqualTo(3);
    }

    @Test
    void whatCannotBeReadCannotBeTold() throws Exception {
        check(without(closed.copy(), Head.FILE_NAME), List.of(), Outcome.CANNOT_TELL);
        check(new Store(java.util.Map.of()), List.of(), Outcome.CANNOT_TELL);
        assertThat(LogVerifier.verify(folder.resolve("nowhere")).outcome())
                .isEqualTo(Outcome.CANNOT_TELL);
        Path file = Files.writeString(folder.resolve("file"), "no store");
        assertThat(LogVerifier.verify(file).outcome()).isEqualTo(Outcome.CANNOT_TELL);
    }

    @Test
    void everyFlippedBitInASegmentIsFound() throws Exception {
        long seed = Long.getLong("sallyport.seed", 20261123);
        Random random = new Random(seed);
        List<String> segments = closed.segments();
        for (int i = 0; i < 400; i++) {
            String segment = segments.get(random.nextInt(segments.size()));
            int offset = random.nextInt(closed.bytes(segment).length);
            Store store = closed.copy();
            store.bytes(segment)[offset] ^= (byte) (1 << random.nextInt(8));
            VerifyResult result = LogVerifier.verify(store.write(folder.resolve("flipped")));
            assertThat(result.outcome())
                    .as("seed %d, %s at %d: %s", seed, segment, offset, result.describe())
                    .isEqualTo(Outcome.ALTERED);
            assertThat(result.file()).isEqualTo(segment);
            if (i % 40 == 0) python(folder.resolve("flipped"), List.of(), Outcome.ALTERED);
        }
    }

    @Test
    void recoveryRefusesEveryAlteredStoreThatItReads() throws Exception {
        // The last segment is read in full at start; those before it are the verifier's.
        String last = crashed.segments().getLast();
        long seed = Long.getLong("sallyport.seed", 20261123);
        Random random = new Random(seed);
        int end = crashed.place(ENTRIES).end();
        for (int i = 0; i < 300; i++) {
            int offset = random.nextInt(end);
            Store store = crashed.copy();
            store.bytes(last)[offset] ^= (byte) (1 << random.nextInt(8));
            try {
                new AuditLog(
                        new SimulatedDisk(store.files),
                        "attacked",
                        SMALL,
                        InstantSource.system(),
                        Runnable::run,
                        false);
                throw new AssertionError("opened, seed " + seed + " offset " + offset);
            } catch (AuditException e) {
                assertThat(e.reason()).isEqualTo(AuditException.Reason.DAMAGED);
                assertThat(e.getMessage())
                        .contains(last)
                        .contains("at offset")
                        .contains("sequence");
            }
        }
    }

    private VerifyResult check(Store store, List<Position> known, Outcome expected)
            throws Exception {
        Path copy = store.write(folder.resolve("copy"));
        VerifyResult result = LogVerifier.verify(copy, Evidence.of(known));
        assertThat(result.outcome()).as(result.describe()).isEqualTo(expected);
        python(copy, known, expected);
        return result;
    }

    private List<Position> noted(long... sequences) {
        List<Position> positions = new ArrayList<>();
        for (long sequence : sequences)
            positions.add(new Position(sequence, Leaf.hex(closed.leafHash(sequence))));
        return positions;
    }

    @Test
    void theSecondVerifierRan() {
        Assumptions.assumeTrue(
                Python.isThere(), "python3 is missing: conformance/verify.py was not tried");
    }

    private static void python(Path store, List<Position> known, Outcome expected)
            throws IOException, InterruptedException {
        Python.agrees(store, Evidence.of(known), expected);
    }

    private static Store edit(Store store, long sequence, String old, String replacement) {
        String entry = store.entry(sequence);
        String changed = entry.replace(old, replacement);
        if (changed.equals(entry)) changed = entry.replace("\"rows\":3", "\"rows\":4");
        if (changed.equals(entry)) throw new IllegalArgumentException("nothing to change");
        return replace(store, sequence, changed);
    }

    private static Store replace(Store store, long sequence, String entry) {
        String segment = store.place(sequence).segment();
        long first = Segment.firstSequence(segment).orElseThrow();
        List<String> entries = store.entries(segment);
        entries.set((int) (sequence - first), entry);
        return store.entries(segment, entries);
    }

    private interface Change {
        void to(List<String> entries);
    }

    private static Store rearrange(Store store, long sequence, Change change) {
        String segment = store.place(sequence).segment();
        List<String> entries = store.entries(segment);
        change.to(entries);
        return store.entries(segment, entries);
    }

    private static Store file(Store store, String name, byte[] bytes) {
        store.files.put(name, bytes.clone());
        return store;
    }

    private static Store without(Store store, String name) {
        store.files.remove(name);
        return store;
    }

    private static Store withoutSegments(Store store) {
        store.segments().forEach(store.files::remove);
        return store;
    }

    private static Store exchange(Store store) {
        List<String> names = store.segments();
        byte[] first = store.bytes(names.get(0));
        store.files.put(names.get(0), store.bytes(names.get(1)));
        store.files.put(names.get(1), first);
        return store;
    }

    private static Store twice(Store store) {
        byte[] middle = store.bytes(store.segments().get(1));
        store.files.put(
                Segment.name(Segment.firstSequence(store.segments().get(1)).orElseThrow() + 1),
                middle.clone());
        return store;
    }

    private static Store rename(Store store) {
        String last = store.segments().getLast();
        byte[] bytes = store.bytes(last);
        store.files.remove(last);
        store.files.put(Segment.name(Segment.firstSequence(last).orElseThrow() + 1), bytes);
        return store;
    }

    /// Adds a segment without entries, its header well made.
    private static Store empty(
            Store store, long name, long firstSequence, long prevSequence, String origin) {
        byte[] bytes = new byte[4096];
        byte[] header = new Segment(firstSequence, store.leafHash(prevSequence), origin).header();
        System.arraycopy(header, 0, bytes, 0, header.length);
        store.files.put(Segment.name(name), bytes);
        return store;
    }

    private static long lastOfSegment(Store store, long sequence) {
        String segment = store.place(sequence).segment();
        return Segment.firstSequence(segment).orElseThrow() + store.entries(segment).size() - 1;
    }

    private static Store shortenMiddle(Store store) {
        String middle = store.segments().get(1);
        List<String> entries = store.entries(middle);
        return store.entries(middle, entries.subList(0, entries.size() - 1));
    }

    private static Store flip(Store store, String segment, int offset) {
        store.bytes(segment)[offset] ^= 1;
        return store;
    }

    private static Store flip(Store store, Store.Place place, int offset) {
        return flip(store, place.segment(), place.offset() + offset);
    }

    private static Store otherBatch(Store store) {
        Store.Place place = store.place(300);
        Frame.seal(store.bytes(place.segment()), place.offset(), place.entryLength(), 256 + 77);
        return store;
    }

    private static Store zeroFrame(Store store) {
        Store.Place place = store.place(300);
        java.util.Arrays.fill(store.bytes(place.segment()), place.offset(), place.end(), (byte) 0);
        return store;
    }

    private static Store writeBehind(Store store) {
        Store.Place last = store.place(ENTRIES);
        store.bytes(last.segment())[last.end() + 3] = 9;
        return store;
    }

    private static Store append(Store store) {
        String segment = store.segments().getLast();
        List<String> entries = store.entries(segment);
        String entry =
                store.entry(ENTRIES)
                        .replace("\"seq\":600", "\"seq\":601")
                        .replaceFirst(
                                "\"prev\":\"[0-9a-f]{64}",
                                "\"prev\":\"" + Leaf.hex(store.leafHash(ENTRIES)));
        entries.add(entry);
        return store.entries(segment, entries);
    }
}
