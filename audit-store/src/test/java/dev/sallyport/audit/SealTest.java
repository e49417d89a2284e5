package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.note.SigningKey;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.Tile;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.ProofBundle;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the tree, its checkpoints and its keys add to the chain: the attacks that a careful forger
/// performs on a copy, and what a writer finds when it opens a store.
class SealTest {
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(256 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);

    /// The tiles of a tree of 701 leaves.
    private static final List<String> NEEDED =
            List.of("tile/0/000", "tile/0/001", "tile/0/002.p/189", "tile/1/000.p/2");

    @TempDir Path folder;
    private Path store = Path.of("");
    private Path key = Path.of("");

    @BeforeEach
    void makeLog() throws Exception {
        store = folder.resolve("audit");
        key = folder.resolve("audit.key");
        write(700);
    }

    private AuditLog open() throws AuditException {
        return AuditLog.openSealed(store, "sealed", SMALL, key);
    }

    private void write(int entries) throws Exception {
        try (AuditLog log = open()) {
            append(log, entries);
        }
    }

    private static void append(AuditLog log, int entries) throws Exception {
        for (int i = 1; i <= entries; i++)
            log.commit(Events.denied("s", i)).get(20, TimeUnit.SECONDS);
    }

    private Checkpoint checkpoint(Path of) throws Exception {
        return Checkpoint.parse(Files.readAllBytes(of.resolve(Checkpoint.FILE_NAME)));
    }

    private static Outcome check(Path of, Checkpoint... since) throws Exception {
        return check(of, List.of(), since).outcome();
    }

    private static VerifyResult check(Path of, List<VerifierKey> keys, Checkpoint... since)
            throws Exception {
        Evidence evidence = new Evidence(List.of(), List.of(since), keys);
        VerifyResult result = LogVerifier.verify(of, evidence);
        Python.agrees(of, evidence, result.outcome());
        return result;
    }

    private Path copy(String name) throws IOException {
        Path to = folder.resolve(name);
        try (Stream<Path> files = Files.walk(store)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(store.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(target);
                else Files.copy(file, target);
            }
        }
        return to;
    }

    /// Rewrites the journal's flat files of a copy.
    private static void journal(Path of, java.util.function.UnaryOperator<Store> change)
            throws IOException {
        Map<String, byte[]> flat = new TreeMap<>();
        try (Stream<Path> files = Files.list(of)) {
            for (Path file : files.filter(Files::isRegularFile).toList())
                flat.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
        }
        Store changed = change.apply(new Store(flat));
        for (String name : flat.keySet())
            if (!changed.files.containsKey(name)) Files.delete(of.resolve(name));
        for (Map.Entry<String, byte[]> file : changed.files.entrySet())
            Files.write(of.resolve(file.getKey()), file.getValue());
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList())
                Files.delete(file);
        }
    }

    @Test
    void aSealedLogIsSoundAndWhollyCovered() throws Exception {
        VerifyResult result = check(store, List.of());
        assertThat(result.describe()).startsWith("sound: 701 entries");
        assertThat(result.seal().entries()).isEqualTo(701);
        VerifierKey own = KeyFile.read(key).getFirst().verifier();
        assertThat(result.seal().key()).isEqualTo(own.toString());
        assertThat(check(store, List.of(own)).outcome()).isEqualTo(Outcome.SOUND);
        assertThat(Files.exists(store.resolve("tile/0/001"))).isTrue();
        assertThat(Files.exists(store.resolve("tile/0/002.p/189"))).isTrue();
        assertThat(Files.exists(store.resolve("tile/0/000.p"))).isFalse();
    }

    @Test
    void checkpointsComeWhileTheLogIsWritten() throws Exception {
        try (AuditLog log = open()) {
            append(log, 5);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (log.sealedSequence() < log.durableSequence() && System.nanoTime() < deadline)
                Thread.sleep(20);
            assertThat(checkpoint(store).size()).isEqualTo(log.durableSequence());
            assertThat(log.sealProblem()).isEmpty();
            assertThat(check(store)).isEqualTo(Outcome.SOUND);
        }
    }

    /// The tree is a function of the entries: thrown away, it comes back with the same bytes.
    @Test
    void theTreeIsBuiltAnewFromTheEntries() throws Exception {
        Map<String, byte[]> before = tiles();
        delete(store.resolve("tile"));
        assertThat(check(copy("no-tiles"))).isEqualTo(Outcome.ALTERED);
        open().close();
        Map<String, byte[]> after = tiles();
        assertThat(after.keySet()).containsAll(NEEDED);
        after.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(before.get(name)));
        assertThat(check(store)).isEqualTo(Outcome.SOUND);
    }

    private Map<String, byte[]> tiles() throws IOException {
        Map<String, byte[]> tiles = new TreeMap<>();
        try (Stream<Path> files = Files.walk(store.resolve(Tile.FOLDER))) {
            for (Path file : files.filter(Files::isRegularFile).toList())
                tiles.put(store.relativize(file).toString(), Files.readAllBytes(file));
        }
        return tiles;
    }

    @Test
    void everyTileIsHeldAgainstTheEntries() throws Exception {
        for (String name : tiles().keySet()) {
            Path copy = copy("tile-" + name.replace('/', '-'));
            byte[] bytes = Files.readAllBytes(copy.resolve(name));
            bytes[bytes.length / 2] ^= 4;
            Files.write(copy.resolve(name), bytes);
            assertThat(check(copy)).as("changed %s", name).isEqualTo(Outcome.ALTERED);
            Files.delete(copy.resolve(name));
            // Those of earlier checkpoints may go.
            if (!NEEDED.contains(name)) continue;
            assertThat(check(copy)).as("without %s", name).isEqualTo(Outcome.ALTERED);
        }
        Path copy = copy("longer");
        Files.createDirectories(copy.resolve("tile/0/003.p"));
        Files.write(copy.resolve("tile/0/003.p/1"), new byte[32]);
        assertThat(check(copy)).as("a tile beyond the end").isEqualTo(Outcome.ALTERED);
    }

    @Test
    void aChangedTileOrCheckpointKeepsTheLogFromOpening() throws Exception {
        byte[] tile = Files.readAllBytes(store.resolve("tile/0/002.p/189"));
        tile[9] ^= 1;
        Files.write(store.resolve("tile/0/002.p/189"), tile);
        refuses(AuditException.Reason.DAMAGED);
        tile[9] ^= 1;
        Files.write(store.resolve("tile/0/002.p/189"), tile);
        byte[] good = Files.readAllBytes(store.resolve("checkpoint"));
        for (String text :
                List.of(
                        new String(good, StandardCharsets.UTF_8).replaceFirst("701", "700"),
                        new String(good, StandardCharsets.UTF_8).replaceFirst("sealed", "sealer"),
                        "nothing")) {
            Files.writeString(store.resolve("checkpoint"), text);
            refuses(AuditException.Reason.DAMAGED);
        }
        Files.delete(store.resolve("checkpoint"));
        refuses(AuditException.Reason.DAMAGED);
        Files.write(store.resolve("checkpoint"), good);
        Path kept = folder.resolve("kept.key");
        Files.move(key, kept);
        refuses(AuditException.Reason.WRONG_KEY);
        KeyFile.create(key, "sealed", VerifierKey.Use.NOTE);
        refuses(AuditException.Reason.WRONG_KEY);
        Files.delete(key);
        Files.move(kept, key);
        open().close();
    }

    private void refuses(AuditException.Reason reason) {
        assertThatThrownBy(() -> open().close())
                .isInstanceOfSatisfying(
                        AuditException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void entriesCutOffBelowACheckpointAreFound() throws Exception {
        for (boolean closed : new boolean[] {true, false}) {
            Path copy = copy("cut-" + closed);
            journal(copy, s -> s.head(head(s, 650, closed)).cutFrom(651));
            assertThat(check(copy)).isEqualTo(Outcome.ALTERED);
        }
        journal(store, s -> s.head(head(s, 650, false)).cutFrom(651));
        refuses(AuditException.Reason.DAMAGED);
    }

    /// With the head set back the tail looks torn, but the checkpoint remembers.
    @Test
    void aTailTornBelowACheckpointIsAltered() throws Exception {
        journal(
                store,
                s -> {
                    Store.Place last = s.place(690);
                    s.head(head(s, 650, false)).cutFrom(691);
                    s.bytes(last.segment())[last.end() - 3] ^= 1;
                    return s;
                });
        assertThat(check(store)).isEqualTo(Outcome.ALTERED);
        for (String gone : List.of("checkpoint", "checkpoints")) delete(store.resolve(gone));
        assertThat(check(store)).as("the tiles remember, too").isEqualTo(Outcome.ALTERED);
    }

    private static dev.sallyport.audit.format.Head head(Store s, long sequence, boolean closed) {
        return new dev.sallyport.audit.format.Head(
                s.head().epoch(), sequence, s.leafHash(sequence), closed);
    }

    /// The store has no memory of its own: whoever kept a checkpoint has.
    @Test
    void aFolderRolledBackIsFoundByACheckpointFromOutside() throws Exception {
        Path old = copy("old");
        write(20);
        Checkpoint kept = checkpoint(store);
        assertThat(check(store, kept, checkpoint(old))).isEqualTo(Outcome.SOUND);
        assertThat(check(old)).as("consistent in itself").isEqualTo(Outcome.SOUND);
        assertThat(check(old, kept)).isEqualTo(Outcome.ALTERED);
    }

    @Test
    void aReplayedOrForeignCheckpointIsFound() throws Exception {
        byte[] old = Files.readAllBytes(store.resolve("checkpoint"));
        write(20);
        Path copy = copy("replayed");
        Files.write(copy.resolve("checkpoint"), old);
        assertThat(check(copy)).as("replayed in a closed log").isEqualTo(Outcome.ALTERED);
        Path other = folder.resolve("other");
        AuditLog.openSealed(other, "other", SMALL, folder.resolve("other.key")).close();
        Files.copy(
                other.resolve("checkpoint"),
                copy.resolve("checkpoint"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(check(copy)).as("foreign").isEqualTo(Outcome.ALTERED);
        assertThat(check(store, checkpoint(other))).as("of another log").isEqualTo(Outcome.ALTERED);
        Files.delete(copy.resolve("checkpoint"));
        assertThat(check(copy)).as("none").isEqualTo(Outcome.ALTERED);
    }

    @Test
    void keptCheckpointsAreChecked() throws Exception {
        List<Path> kept;
        try (Stream<Path> files = Files.list(store.resolve("checkpoints"))) {
            kept = files.sorted().toList();
        }
        assertThat(kept).hasSizeGreaterThanOrEqualTo(2);
        Path copy = copy("kept");
        Path first = copy.resolve("checkpoints/" + kept.getFirst().getFileName());
        byte[] newest = Files.readAllBytes(copy.resolve("checkpoint"));
        byte[] good = Files.readAllBytes(first);
        Files.write(first, newest);
        assertThat(check(copy)).as("not of its name").isEqualTo(Outcome.ALTERED);
        SigningKey thief = SigningKey.generate("sealed", VerifierKey.Use.NOTE);
        Checkpoint real = Checkpoint.parse(good);
        Files.write(
                first, Checkpoint.sign("sealed", real.size(), real.root(), thief).note().bytes());
        assertThat(check(copy)).as("by another key").isEqualTo(Outcome.ALTERED);
        SigningKey own = KeyFile.read(key).getFirst();
        Files.write(
                first, Checkpoint.sign("sealed", real.size(), new byte[32], own).note().bytes());
        assertThat(check(copy)).as("of another tree").isEqualTo(Outcome.ALTERED);
        Files.write(first, good);
        assertThat(check(copy)).isEqualTo(Outcome.SOUND);
    }

    /// The forger rewrites an entry, chains anew and makes new tiles. Without the key the
    /// checkpoint stays wrong; with a key of his own whoever knows the real one sees it; with the
    /// stolen key only a checkpoint from before does.
    @Test
    void aLogChainedAnewIsFound() throws Exception {
        Checkpoint before = checkpoint(store);
        VerifierKey real = KeyFile.read(key).getFirst().verifier();
        Path unsigned = copy("unsigned");
        journal(unsigned, s -> s.rechain(300, s.entry(300).replace("dora", "dana")));
        delete(unsigned.resolve("tile"));
        assertThat(check(unsigned)).isEqualTo(Outcome.ALTERED);

        Path stripped = copy("stripped");
        journal(
                stripped,
                s -> s.rechain(1, s.entry(1).replace("\"type\":\"log-key\"", "\"type\":\"log\"")));
        for (String gone : List.of("tile", "checkpoints", "checkpoint"))
            delete(stripped.resolve(gone));
        assertThat(check(stripped)).as("a log without a key").isEqualTo(Outcome.SOUND);
        assertThat(check(stripped, List.of(real)).outcome()).isEqualTo(Outcome.ALTERED);
        assertThat(check(stripped, before)).isEqualTo(Outcome.ALTERED);

        SigningKey own = SigningKey.generate("sealed", VerifierKey.Use.NOTE);
        Path resigned = copy("resigned");
        journal(
                resigned,
                s -> s.rechain(1, s.entry(1).replace(real.toString(), own.verifier().toString())));
        seal(resigned, own);
        assertThat(check(resigned)).as("sound by his own key").isEqualTo(Outcome.SOUND);
        assertThat(check(resigned, List.of(real)).outcome()).isEqualTo(Outcome.ALTERED);
        assertThat(check(resigned, before)).isEqualTo(Outcome.ALTERED);

        Path stolen = copy("stolen");
        journal(stolen, s -> s.rechain(300, s.entry(300).replace("dora", "dana")));
        seal(stolen, KeyFile.read(key).getFirst());
        assertThat(check(stolen, List.of(real)).outcome())
                .as("stolen key")
                .isEqualTo(Outcome.SOUND);
        assertThat(check(stolen, before)).isEqualTo(Outcome.ALTERED);
    }

    /// Tiles and checkpoint as their writer would make them, by another implementation of the tree.
    private static void seal(Path of, SigningKey by) throws Exception {
        for (String gone : List.of("tile", "checkpoints")) delete(of.resolve(gone));
        List<byte[]> hashes = new ArrayList<>();
        Store flat;
        try (Stream<Path> files = Files.list(of)) {
            Map<String, byte[]> bytes = new TreeMap<>();
            for (Path file : files.filter(Files::isRegularFile).toList())
                bytes.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            flat = new Store(bytes);
        }
        Leaf leaf = new Leaf();
        for (String segment : flat.segments())
            for (String entry : flat.entries(segment)) {
                byte[] bytes = entry.getBytes(StandardCharsets.UTF_8);
                hashes.add(leaf.hash(bytes, 0, bytes.length));
            }
        long size = hashes.size();
        byte[] root = root(hashes);
        for (int level = 0; !hashes.isEmpty(); level++) {
            List<byte[]> above = new ArrayList<>();
            for (int at = 0; at < hashes.size(); at += Tile.FULL) {
                List<byte[]> in = hashes.subList(at, Math.min(hashes.size(), at + Tile.FULL));
                Tile tile = new Tile(level, at / Tile.FULL, in.size());
                java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
                in.forEach(bytes::writeBytes);
                Path file = of.resolve(tile.path());
                Files.createDirectories(file.resolveSibling("x").getParent());
                Files.write(file, bytes.toByteArray());
                if (in.size() == Tile.FULL) above.add(root(in));
            }
            hashes = above;
        }
        Files.write(
                of.resolve("checkpoint"), Checkpoint.sign("sealed", size, root, by).note().bytes());
    }

    private static byte[] root(List<byte[]> hashes) {
        if (hashes.size() == 1) return hashes.getFirst();
        int split = Integer.highestOneBit(hashes.size() - 1);
        java.security.MessageDigest sha256 = Leaf.sha256();
        sha256.update((byte) 1);
        sha256.update(root(hashes.subList(0, split)));
        return sha256.digest(root(hashes.subList(split, hashes.size())));
    }

    @Test
    void aNewKeyIsVouchedForByTheOld() throws Exception {
        VerifierKey old = KeyFile.read(key).getFirst().verifier();
        Checkpoint before = checkpoint(store);
        VerifierKey next = KeyFile.rotate(key).verifier();
        write(300);
        assertThat(checkpoint(store).note().verify(next).name()).isEqualTo("SIGNED");
        assertThat(check(store, List.of(old), before).outcome()).isEqualTo(Outcome.SOUND);
        VerifyResult result = check(store, List.of(next));
        assertThat(result.outcome()).isEqualTo(Outcome.SOUND);
        assertThat(result.seal().key()).isEqualTo(next.toString());
        VerifierKey stranger = SigningKey.generate("sealed", VerifierKey.Use.NOTE).verifier();
        assertThat(check(store, List.of(stranger)).outcome()).isEqualTo(Outcome.ALTERED);

        SigningKey oldKey = KeyFile.read(key).getLast();
        Checkpoint newest = checkpoint(store);
        Path copy = copy("by-the-old-key");
        Files.write(
                copy.resolve("checkpoint"),
                Checkpoint.sign("sealed", newest.size(), newest.root(), oldKey).note().bytes());
        assertThat(check(copy)).as("signed by the key before").isEqualTo(Outcome.ALTERED);

        Path swapped = copy("swapped");
        SigningKey thief = SigningKey.generate("sealed", VerifierKey.Use.NOTE);
        journal(
                swapped,
                s ->
                        s.rechain(
                                702,
                                s.entry(702)
                                        .replace(next.toString(), thief.verifier().toString())));
        seal(swapped, thief);
        VerifyResult found = check(swapped, List.of());
        assertThat(found.outcome()).as("nobody vouched").isEqualTo(Outcome.ALTERED);
        assertThat(found.badSequence()).isEqualTo(702);
    }

    /// What can't be sealed is durable all the same, is told, and is sealed later.
    @Test
    void aTileThatCannotBeWrittenPoisonsNothing() throws Exception {
        try (AuditLog log = open()) {
            Path blocked = store.resolve("tile/0/002");
            Files.createDirectories(blocked.resolve("in-the-way"));
            append(log, 80);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (log.sealProblem().isEmpty() && System.nanoTime() < deadline) Thread.sleep(20);
            assertThat(log.sealProblem()).isPresent();
            append(log, 1);
            assertThat(log.durableSequence()).isEqualTo(701 + 81);
            VerifyResult result = LogVerifier.verify(store);
            assertThat(result.outcome()).isEqualTo(Outcome.SOUND);
            assertThat(result.describe()).contains(" of 782 entries");
            delete(blocked);
            deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (log.sealProblem().isPresent() && System.nanoTime() < deadline) Thread.sleep(20);
            assertThat(log.sealProblem()).isEmpty();
        }
        assertThat(check(store)).isEqualTo(Outcome.SOUND);
    }

    /// A log that was never sealed gets its tree when it is opened with a key.
    @Test
    void anOldLogIsSealedFromItsBeginning() throws Exception {
        store = folder.resolve("before");
        try (AuditLog log = AuditLog.open(store, "sealed", SMALL)) {
            append(log, 600);
        }
        write(1);
        assertThat(check(store, List.of()).seal().entries()).isEqualTo(602);
    }

    /// A bundle verifies without the store, and only as it was made.
    @Test
    void oneEntryIsProvenWithoutTheStore() throws Exception {
        VerifierKey own = KeyFile.read(key).getFirst().verifier();
        SigningKey thief = SigningKey.generate("sealed", VerifierKey.Use.NOTE);
        Path file = folder.resolve("proof");
        Path keys = folder.resolve("keys");
        Files.writeString(keys, own + "\n");
        for (long sequence : new long[] {1, 2, 256, 257, 512, 513, 701}) {
            ProofBundle proof = ProofBundle.of(store, sequence);
            assertThat(ProofBundle.parse(proof.bytes()).bytes()).isEqualTo(proof.bytes());
            ProofBundle.parse(proof.bytes()).verify(List.of(own));
            Files.write(file, proof.bytes());
            Python.run(List.of("--keys", keys.toString(), "--proof", file.toString()), 0);
        }
        assertThatThrownBy(() -> ProofBundle.of(store, 702)).isInstanceOf(FormatException.class);
        ProofBundle good = ProofBundle.of(store, 300);
        ProofBundle other = ProofBundle.of(store, 301);
        byte[] edited =
                new String(good.entry(), StandardCharsets.UTF_8)
                        .replace("dora", "dana")
                        .getBytes(StandardCharsets.UTF_8);
        Checkpoint head = good.checkpoint();
        Checkpoint forged = Checkpoint.sign("sealed", head.size(), head.root(), thief);
        for (ProofBundle bad :
                List.of(
                        new ProofBundle(own, edited, 300, good.path(), head),
                        new ProofBundle(own, good.entry(), 301, good.path(), head),
                        new ProofBundle(own, good.entry(), 300, other.path(), head),
                        new ProofBundle(own, good.entry(), 300, good.path(), forged),
                        new ProofBundle(
                                thief.verifier(), good.entry(), 300, good.path(), forged))) {
            assertThatThrownBy(() -> ProofBundle.parse(bad.bytes()).verify(List.of(own)))
                    .isInstanceOf(FormatException.class);
            Files.write(file, bad.bytes());
            Python.run(List.of("--keys", keys.toString(), "--proof", file.toString()), 1);
        }
    }
}
