package dev.sallyport.audit;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyChange;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.note.Note;
import dev.sallyport.audit.note.SigningKey;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.LeafReader;
import dev.sallyport.audit.tree.Tile;
import dev.sallyport.audit.tree.TileReader;
import dev.sallyport.audit.tree.TreeBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds the Merkle tree over a log's durable entries and signs its heads. Reads back what the
/// writer wrote, so that the writer does nothing for it. A tile is forced before the checkpoint
/// that needs it takes its place; whatever is missing is built anew from the entries, with the same
/// bytes. One thread at a time.
final class Sealer {
    private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);

    /// Checkpoints that are kept beside the newest.
    static final String KEPT_FOLDER = "checkpoints";

    private static final String DRAFT_NAME = "seal-draft";
    private static final long KEEP_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final byte[] LOG_KEY = Leaf.ascii(KeyChange.TYPE);
    private static final byte[] RECOVERED = Leaf.ascii("recovered");

    private final Path store;
    private final String origin;
    private final Path keyFile;
    private final List<SigningKey> keys = new ArrayList<>();

    private @Nullable LeafReader reader;
    private TreeBuilder tree = new TreeBuilder();
    private volatile long sealed;

    /// The newest checkpoint lacks a tile.
    private boolean edgeIsMissing;

    /// Of the last entry `log-key`, as text; empty when there is none.
    private String keyInForce = "";

    private long keySequence;

    /// Folders with new names in them, to be forced before the next checkpoint.
    private final Set<Path> unforced = new LinkedHashSet<>();

    private final List<Tile> filled = new ArrayList<>();
    private long nextKeptNanos = System.nanoTime();

    Sealer(Path store, String origin, Path keyFile) {
        this.store = store;
        this.origin = origin;
        this.keyFile = keyFile;
    }

    /// How many entries the newest checkpoint covers.
    long sealed() {
        return sealed;
    }

    /// Finds tree and key and holds them against the entries. Returns what has to be appended
    /// before anything else, when the key in the file is not the one in force.
    ///
    /// @param durable the log's last entry
    /// @throws AuditException the tree contradicts the entries, or the key is not the log's
    Optional<AuditEvent> start(long durable) throws AuditException {
        try {
            Checkpoint newest = newest();
            readKeys(newest == null);
            load(newest, durable);
            return keyChange();
        } catch (FormatException e) {
            throw damaged(e);
        } catch (IOException e) {
            throw new AuditException(
                    AuditException.Reason.INPUT_OUTPUT,
                    "the audit log's tree or key cannot be read or made: " + e,
                    e);
        }
    }

    private static AuditException damaged(FormatException e) {
        return new AuditException(
                AuditException.Reason.DAMAGED,
                "the audit log's tree and entries contradict each other, it is not opened: "
                        + e.getMessage()
                        + "; keep a copy of the store and run `sallyport audit verify`",
                e);
    }

    private void readKeys(boolean mayCreate) throws IOException, AuditException {
        keys.clear();
        try {
            if (!Files.exists(keyFile) && mayCreate) {
                KeyFile.create(keyFile, origin, VerifierKey.Use.NOTE);
                LOG.info("made a key for the audit log's checkpoints: {}", keyFile);
            }
            keys.addAll(KeyFile.read(keyFile));
        } catch (FormatException e) {
            throw wrongKey(String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            throw wrongKey("the file " + keyFile + " is missing, and the log has been signed");
        }
        VerifierKey newest = keys.getFirst().verifier();
        if (!newest.name().equals(origin) || newest.use() != VerifierKey.Use.NOTE)
            throw wrongKey(keyFile + " holds a key of " + newest.name() + ", not of " + origin);
    }

    private static AuditException wrongKey(String what) {
        return new AuditException(
                AuditException.Reason.WRONG_KEY, "the audit log cannot be signed: " + what);
    }

    private Optional<AuditEvent> keyChange() throws AuditException {
        VerifierKey wanted = keys.getFirst().verifier();
        if (keyInForce.equals(wanted.toString())) return Optional.empty();
        KeyChange change =
                keyInForce.isEmpty()
                        ? KeyChange.first(wanted)
                        : KeyChange.vouched(key(keyInForce), wanted);
        LOG.info("audit log checkpoints are signed from now on by {}", wanted);
        return Optional.of(
                new AuditEvent.LogKey(change.key(), change.previous(), change.signature()));
    }

    private SigningKey key(String verifier) throws AuditException {
        for (SigningKey key : keys) if (key.verifier().toString().equals(verifier)) return key;
        throw wrongKey(
                keyFile
                        + " does not hold the log's key in force, "
                        + verifier
                        + ": a new key needs the old one to vouch for it");
    }

    private @Nullable Checkpoint newest() throws IOException, FormatException {
        Path file = store.resolve(Checkpoint.FILE_NAME);
        if (!Files.exists(file)) return null;
        Checkpoint newest = Checkpoint.parse(Files.readAllBytes(file));
        if (!newest.origin().equals(origin))
            throw new FormatException("the checkpoint is of the log " + newest.origin());
        if (newest.size() == 0) throw new FormatException("the checkpoint covers nothing");
        return newest;
    }

    private void load(@Nullable Checkpoint newest, long durable)
            throws IOException, FormatException, AuditException {
        forget();
        keyInForce = "";
        keySequence = 0;
        long size = newest == null ? 0 : newest.size();
        if (size > durable)
            throw new FormatException(
                    "a checkpoint covers " + size + " entries, but the log ends with " + durable);
        if (newest != null) {
            keyInForce = signer(newest).verifier().toString();
            edgeIsMissing = !edge(newest);
            if (edgeIsMissing) {
                LOG.warn("a tile of the audit log's tree is missing: it is built anew");
                keyInForce = "";
                size = 0;
            }
        }
        if (size == 0) tree = new TreeBuilder();
        sealed = newest == null ? 0 : newest.size();
        if (durable > 0 && size == 0) reader = new LeafReader(store, 1);
        advance(durable);
        if (newest != null && size == 0 && !keyInForceCovers(newest))
            throw new FormatException("the checkpoint is not signed by the log's key");
    }

    private boolean keyInForceCovers(Checkpoint newest) throws FormatException {
        return keySequence > newest.size()
                || newest.note().verify(VerifierKey.parse(keyInForce)) == Note.Verdict.SIGNED;
    }

    private SigningKey signer(Checkpoint newest) throws FormatException, AuditException {
        for (SigningKey key : keys)
            switch (newest.note().verify(key.verifier())) {
                case SIGNED -> {
                    return key;
                }
                case FORGED -> throw new FormatException("the checkpoint's signature is wrong");
                case NOT_SIGNED -> {}
            }
        throw wrongKey(keyFile + " does not hold the key that signed the newest checkpoint");
    }

    /// Takes the right edge from the tiles, if all are there, and compares the last of them with
    /// the entries.
    private boolean edge(Checkpoint newest) throws IOException, FormatException {
        TileReader tiles = new TileReader(store, newest.size());
        List<Tile> partial = TreeBuilder.partial(newest.size());
        List<byte[]> hashes = new ArrayList<>();
        long first = (newest.size() - 1) / Tile.FULL * Tile.FULL;
        byte[] leaves;
        try {
            for (Tile tile : partial) hashes.add(tiles.tile(tile));
            leaves =
                    tiles.tile(
                            new Tile(0, first / Tile.FULL, Math.toIntExact(newest.size() - first)));
        } catch (NoSuchFileException _) {
            return false;
        }
        tree = TreeBuilder.of(newest.size(), partial, hashes);
        if (!Arrays.equals(tree.root(), newest.root()))
            throw new FormatException("the tiles do not have the checkpoint's root");
        // The first of them may have been pruned.
        LeafReader entries = LeafReader.first(store);
        if (entries.sequence() <= first) {
            entries.close();
            entries = new LeafReader(store, first + 1);
        }
        reader = entries;
        while (entries.sequence() < newest.size()) {
            entries.next();
            int at = (int) (entries.sequence() - 1 - first) * Leaf.HASH_BYTES;
            if (!Arrays.equals(
                    entries.hash(), 0, Leaf.HASH_BYTES, leaves, at, at + Leaf.HASH_BYTES))
                throw new FormatException(
                        "a tile does not hold the entry of sequence " + entries.sequence());
        }
        return true;
    }

    /// Reads entries into the tree, and writes each tile that becomes full.
    private void advance(long to) throws IOException, FormatException {
        if (tree.size() >= to) return;
        LeafReader entries = reader;
        if (entries == null) reader = entries = new LeafReader(store, 1);
        while (tree.size() < to) {
            entries.next();
            Envelope entry = entries.entry();
            if (entry.typeIs(LOG_KEY)) {
                KeyChange change =
                        new KeyChange(
                                entry.eventText("key"),
                                entry.eventText("previousKey"),
                                entry.eventText("signature"));
                keyInForce = change.check(origin, keyInForce).toString();
                keySequence = entries.sequence();
            } else if (keySequence > sealed && !entry.typeIs(RECOVERED)) {
                // INVARIANT: nothing but its recovery follows a new key before the key has signed.
                throw new FormatException(
                        "no checkpoint covers the log key of sequence " + keySequence);
            }
            for (TreeBuilder.Full full : tree.append(entries.hash())) {
                write(full.tile(), full.hashes());
                filled.add(full.tile());
            }
            if (tree.size() == sealed) checkRoot();
        }
    }

    private void checkRoot() throws IOException, FormatException {
        Checkpoint newest = newest();
        if (newest == null || !Arrays.equals(tree.root(), newest.root()))
            throw new FormatException("the entries do not have the checkpoint's root");
    }

    /// Signs the tree of the first `durable` entries, which are on the disk. After a failure the
    /// next call begins with what is on the disk.
    void seal(long durable) throws IOException, AuditException {
        boolean done = false;
        try {
            if (reader == null) load(newest(), durable);
            if (durable <= sealed && !edgeIsMissing) {
                done = true;
                return;
            }
            advance(durable);
            for (Tile tile : tree.partial()) write(tile, tree.hashes(tile.level(), tile.width()));
            for (Path folder : unforced) force(folder);
            unforced.clear();
            SigningKey key = keys.getFirst();
            if (!keyInForce.equals(key.verifier().toString()))
                throw new FormatException("the key in force is not the one in the key file");
            byte[] checkpoint = Checkpoint.sign(origin, durable, tree.root(), key).note().bytes();
            replace(store.resolve(Checkpoint.FILE_NAME), checkpoint);
            force(store);
            sealed = durable;
            edgeIsMissing = false;
            if (System.nanoTime() - nextKeptNanos >= 0) keep(checkpoint);
            done = true;
        } catch (FormatException e) {
            throw damaged(e);
        } finally {
            if (!done) forget();
        }
        dropPartial();
    }

    /// A copy of the newest checkpoint that stays.
    private void keep(byte[] checkpoint) throws IOException {
        Path folder = store.resolve(KEPT_FOLDER);
        makeFolder(folder);
        replace(folder.resolve(String.format(Locale.ROOT, "%020d", sealed)), checkpoint);
        force(folder);
        force(store);
        nextKeptNanos = System.nanoTime() + KEEP_NANOS;
    }

    private void write(Tile tile, byte[] hashes) throws IOException, FormatException {
        Path file = store.resolve(tile.path());
        if (Files.exists(file)) {
            if (!Arrays.equals(Files.readAllBytes(file), hashes))
                throw new FormatException("the tile " + tile.path() + " does not hold the entries");
            return;
        }
        Path folder = file.getParent();
        if (folder == null) throw new IllegalStateException("a tile has a folder");
        makeFolder(folder);
        replace(file, hashes);
        unforced.add(folder);
    }

    private void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) return;
        Path parent = folder.getParent();
        if (parent != null && !folder.equals(store)) makeFolder(parent);
        Files.createDirectory(folder);
        restrict(folder, "rwxr-x---");
        if (parent != null) unforced.add(parent);
    }

    /// The file has either its old content or the new one, whatever happens.
    private void replace(Path file, byte[] content) throws IOException {
        Path draft = store.resolve(DRAFT_NAME);
        Files.deleteIfExists(draft);
        try (FileChannel channel =
                FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            restrict(draft, "rw-r-----");
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void restrict(Path path, String permissions) throws IOException {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        } catch (UnsupportedOperationException _) {
            // No POSIX permissions here: the folder's access list decides.
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    /// Partial tiles may go when the full one is there (tlog-tiles).
    private void dropPartial() throws IOException {
        for (Tile tile : filled) {
            Path folder = store.resolve(tile.path() + ".p");
            if (!Files.isDirectory(folder)) continue;
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) Files.delete(file);
            }
            Files.delete(folder);
        }
        filled.clear();
    }

    /// Keeps the last checkpoint before the log is closed.
    void sealLast(long durable) throws IOException, AuditException {
        nextKeptNanos = System.nanoTime();
        seal(durable);
    }

    void forget() {
        filled.clear();
        unforced.clear();
        try {
            if (reader != null) reader.close();
        } catch (IOException e) {
            LOG.debug("a segment could not be closed", e);
        }
        reader = null;
        tree = new TreeBuilder();
    }
}
