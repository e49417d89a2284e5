package dev.sallyport.audit.verify;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.tree.Tile;
import dev.sallyport.audit.tree.TreeBuilder;
import dev.sallyport.audit.verify.CheckpointVerifier.Flaw;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What lies beside a store's entries: holds every tile and every checkpoint against the tree that
/// {@link CheckpointVerifier} computes anew while the chain is walked.
final class TreeVerifier {
    static final String KEPT_FOLDER = "checkpoints";

    private static final Pattern KEPT_NAME = Pattern.compile("\\d{20}");
    private static final byte[] RECOVERED = Leaf.ascii("recovered");

    private final Path store;
    private final Evidence evidence;
    private final CheckpointVerifier checkpoints;
    private final @Nullable Checkpoint newest;

    /// Those that were there at the beginning and were not looked at yet.
    private final Set<Tile> tiles = new HashSet<>();

    /// The widths of partial tiles, by the full tile they are the beginning of.
    private final Map<Tile, List<Tile>> partial = new java.util.HashMap<>();

    private final boolean wanted;

    /// Looks at what is there, before head and entries are read: whatever it finds is over entries
    /// that are there already.
    TreeVerifier(Path store, Evidence evidence) throws IOException, Flaw {
        this.store = store;
        this.evidence = evidence;
        this.checkpoints = new CheckpointVerifier(evidence, new TreeBuilder());
        this.newest = newest();
        readKept();
        listTiles();
        wanted = checkpoints.isWaiting() || !tiles.isEmpty();
        if (newest != null)
            for (Tile tile : TreeBuilder.partial(newest.size()))
                if (!tiles.contains(tile) && !tiles.contains(full(tile)))
                    throw new Flaw(0, tile.path(), "the tile is missing");
    }

    private static Tile full(Tile tile) {
        return new Tile(tile.level(), tile.index(), Tile.FULL);
    }

    private @Nullable Checkpoint newest() throws IOException, Flaw {
        try {
            return read(Checkpoint.FILE_NAME);
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    /// Whether there is another newest checkpoint by now.
    boolean moved() throws IOException {
        Path file = store.resolve(Checkpoint.FILE_NAME);
        if (!Files.exists(file)) return newest != null;
        return newest == null || !Arrays.equals(newest.note().bytes(), Files.readAllBytes(file));
    }

    private Checkpoint read(String name) throws IOException, Flaw {
        try {
            Checkpoint checkpoint = Checkpoint.parse(Files.readAllBytes(store.resolve(name)));
            checkpoints.add(name, checkpoint);
            return checkpoint;
        } catch (FormatException e) {
            throw new Flaw(0, name, String.valueOf(e.getMessage()));
        }
    }

    private void readKept() throws IOException, Flaw {
        Path folder = store.resolve(KEPT_FOLDER);
        if (!Files.isDirectory(folder)) return;
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
        for (String name : names) {
            if (!KEPT_NAME.matcher(name).matches()) continue;
            String path = KEPT_FOLDER + "/" + name;
            if (read(path).size() != Long.parseLong(name))
                throw new Flaw(0, path, "the checkpoint's size is not that of its name");
        }
    }

    private void listTiles() throws IOException {
        Path folder = store.resolve(Tile.FOLDER);
        if (!Files.isDirectory(folder)) return;
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        String path = store.relativize(file).toString().replace('\\', '/');
                        Tile.parse(path).ifPresent(TreeVerifier.this::add);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        // A partial tile may go when the full one is there.
                        if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path at, @Nullable IOException e)
                            throws IOException {
                        if (e != null && !(e instanceof NoSuchFileException)) throw e;
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private void add(Tile tile) {
        tiles.add(tile);
        if (tile.width() != Tile.FULL)
            partial.computeIfAbsent(full(tile), _ -> new ArrayList<>()).add(tile);
    }

    /// Leaf hashes as the store has them, of entries that were pruned: those of the level-0 tile of
    /// that index, as many as the newest checkpoint covers. Good are they only as far as a
    /// checkpoint behind them holds.
    byte[] leaves(long index) throws IOException, Flaw {
        Tile full = new Tile(0, index, Tile.FULL);
        int width = (int) Math.min(Tile.FULL, sealed() - index * Tile.FULL);
        Tile tile = tiles.contains(full) ? full : new Tile(0, index, width);
        if (!tiles.contains(tile))
            throw new Flaw(first(full, 0), full.path(), "the tile is missing");
        byte[] hashes = Files.readAllBytes(store.resolve(tile.path()));
        if (hashes.length != tile.bytes())
            throw new Flaw(first(full, 0), tile.path(), "the tile does not hold the entries");
        return hashes;
    }

    /// The next entry of the chain.
    ///
    /// @param entry null for one that was pruned, of which the hash is left
    void entry(String log, long sequence, byte[] leafHash, @Nullable Envelope entry)
            throws IOException, Flaw, FormatException {
        if (entry != null) {
            checkpoints.follow(log, sequence, entry);
            if (checkpoints.keySequence() > sealed()
                    && !CheckpointVerifier.isKey(entry)
                    && !entry.typeIs(RECOVERED))
                throw new Flaw(
                        checkpoints.keySequence(),
                        Checkpoint.FILE_NAME,
                        "no checkpoint covers the log key of sequence "
                                + checkpoints.keySequence());
        }
        if (!wanted) return;
        for (TreeBuilder.Full full : checkpoints.append(log, sequence, leafHash))
            full(full.tile(), full.hashes());
    }

    /// How many entries the newest checkpoint in the store covers.
    long sealed() {
        return newest == null ? 0 : newest.size();
    }

    private void full(Tile tile, byte[] hashes) throws IOException, Flaw {
        if (tiles.remove(tile)) compare(tile, hashes);
        else if (tile.end() <= sealed())
            throw new Flaw(first(tile, 0), tile.path(), "the tile is missing");
        List<Tile> beginnings = partial.remove(tile);
        if (beginnings == null) return;
        for (Tile beginning : beginnings) {
            tiles.remove(beginning);
            compare(beginning, hashes);
        }
    }

    private static long first(Tile tile, int hash) {
        return ((tile.index() * Tile.FULL + hash) << (Tile.HEIGHT * tile.level())) + 1;
    }

    private void compare(Tile tile, byte[] hashes) throws IOException, Flaw {
        byte[] found;
        try {
            found = Files.readAllBytes(store.resolve(tile.path()));
        } catch (NoSuchFileException e) {
            if (tile.width() != Tile.FULL && Files.exists(store.resolve(full(tile).path()))) return;
            throw e;
        }
        int at = Arrays.mismatch(found, 0, found.length, hashes, 0, tile.bytes());
        if (at >= 0)
            throw new Flaw(
                    first(tile, Math.min(at / Leaf.HASH_BYTES, tile.width() - 1)),
                    tile.path(),
                    "the tile does not hold the entries");
    }

    /// The chain ends here.
    void end(String log, long sequence, boolean closed) throws IOException, Flaw {
        checkpoints.end(log, 0, sequence);
        for (Tile tile : tiles.stream().sorted(Comparator.comparing(Tile::path)).toList()) {
            if (tile.end() > sequence)
                throw new Flaw(
                        sequence + 1,
                        tile.path(),
                        "the log ends here, though a tile tells of entries up to sequence "
                                + tile.end());
            int width = (int) ((sequence >>> (Tile.HEIGHT * tile.level())) % Tile.FULL);
            compare(tile, checkpoints.tree().hashes(tile.level(), width));
        }
        if (closed && checkpoints.keySequence() > 0 && sealed() != sequence)
            throw new Flaw(
                    sealed() + 1,
                    Checkpoint.FILE_NAME,
                    "the log was closed, but no checkpoint covers its last entries");
        checkpoints.checkTrusted();
    }

    /// What a sound log's signatures cover.
    VerifyResult.Seal seal() {
        return new VerifyResult.Seal(sealed(), checkpoints.key(), !evidence.keys().isEmpty());
    }
}
