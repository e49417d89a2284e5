package dev.sallyport.audit.verify;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyChange;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.Tile;
import dev.sallyport.audit.tree.TreeBuilder;
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
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Computes the tree anew while the chain is walked, and holds every checkpoint and every tile
/// against it.
final class TreeVerifier {
    static final String KEPT_FOLDER = "checkpoints";

    private static final Pattern KEPT_NAME = Pattern.compile("\\d{20}");
    private static final byte[] LOG_KEY = Leaf.ascii(KeyChange.TYPE);
    private static final byte[] RECOVERED = Leaf.ascii("recovered");

    /// The tree or a key is not as it should be.
    ///
    /// <p>`sequence` is the first entry concerned; 0 when that can't be said.
    static final class TreeFlaw extends Exception {
        private static final long serialVersionUID = 1L;
        final long sequence;
        final String file;

        TreeFlaw(long sequence, String file, String reason) {
            super(reason, null, false, false);
            this.sequence = sequence;
            this.file = file;
        }
    }

    private record Named(String file, Checkpoint checkpoint) {}

    private final Path store;
    private final Evidence evidence;
    private final @Nullable Checkpoint newest;
    private final TreeMap<Long, List<Named>> checkpoints = new TreeMap<>();

    /// Those that were there at the beginning and were not looked at yet.
    private final Set<Tile> tiles = new HashSet<>();

    /// The widths of partial tiles, by the full tile they are the beginning of.
    private final Map<Tile, List<Tile>> partial = new java.util.HashMap<>();

    private final TreeBuilder tree = new TreeBuilder();
    private final boolean wanted;
    private String origin = "";
    private String key = "";
    private long keySequence;
    private boolean keyTrusted;

    /// Looks at what is there, before head and entries are read: whatever it finds is over entries
    /// that are there already.
    TreeVerifier(Path store, Evidence evidence) throws IOException, TreeFlaw {
        this.store = store;
        this.evidence = evidence;
        this.newest = newest();
        readKept();
        for (Checkpoint checkpoint : evidence.checkpoints())
            add("the checkpoint that was kept outside", checkpoint);
        listTiles();
        wanted = !checkpoints.isEmpty() || !tiles.isEmpty();
        if (newest != null)
            for (Tile tile : TreeBuilder.partial(newest.size()))
                if (!tiles.contains(tile) && !tiles.contains(full(tile)))
                    throw new TreeFlaw(0, tile.path(), "the tile is missing");
    }

    private static Tile full(Tile tile) {
        return new Tile(tile.level(), tile.index(), Tile.FULL);
    }

    private @Nullable Checkpoint newest() throws IOException, TreeFlaw {
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

    private Checkpoint read(String name) throws IOException, TreeFlaw {
        try {
            Checkpoint checkpoint = Checkpoint.parse(Files.readAllBytes(store.resolve(name)));
            add(name, checkpoint);
            return checkpoint;
        } catch (FormatException e) {
            throw new TreeFlaw(0, name, String.valueOf(e.getMessage()));
        }
    }

    private void add(String name, Checkpoint checkpoint) {
        checkpoints
                .computeIfAbsent(checkpoint.size(), _ -> new ArrayList<>())
                .add(new Named(name, checkpoint));
    }

    private void readKept() throws IOException, TreeFlaw {
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
                throw new TreeFlaw(0, path, "the checkpoint's size is not that of its name");
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

    /// The next entry of the chain.
    void entry(String log, long sequence, byte[] leafHash, Envelope entry)
            throws IOException, TreeFlaw, FormatException {
        origin = log;
        if (entry.typeIs(LOG_KEY)) {
            changeKey(sequence, entry);
        } else if (keySequence > sealed() && !entry.typeIs(RECOVERED)) {
            throw new TreeFlaw(
                    keySequence,
                    Checkpoint.FILE_NAME,
                    "no checkpoint covers the log key of sequence " + keySequence);
        }
        if (!wanted) return;
        for (TreeBuilder.Full full : tree.append(leafHash)) full(full.tile(), full.hashes());
        List<Named> here = checkpoints.remove(sequence);
        if (here != null) for (Named each : here) check(each);
    }

    private long sealed() {
        return newest == null ? 0 : newest.size();
    }

    private void changeKey(long sequence, Envelope entry) throws FormatException {
        KeyChange change =
                new KeyChange(
                        entry.eventText("key"),
                        entry.eventText("previousKey"),
                        entry.eventText("signature"));
        VerifierKey next = change.check(origin, key);
        keyTrusted = keyTrusted || evidence.keys().isEmpty() || evidence.keys().contains(next);
        key = next.toString();
        keySequence = sequence;
    }

    private void check(Named named) throws TreeFlaw, FormatException {
        Checkpoint checkpoint = named.checkpoint;
        if (!checkpoint.origin().equals(origin))
            throw flaw(named, "the checkpoint is of the log " + checkpoint.origin());
        if (!Arrays.equals(checkpoint.root(), tree.root()))
            throw flaw(named, "the entries are not those that this checkpoint covers");
        if (key.isEmpty()) throw flaw(named, "a checkpoint of a log that names no key");
        switch (checkpoint.note().verify(VerifierKey.parse(key))) {
            case SIGNED -> {}
            case NOT_SIGNED, FORGED ->
                    throw flaw(named, "the checkpoint is not signed by the log's key");
        }
    }

    private static TreeFlaw flaw(Named named, String reason) {
        return new TreeFlaw(named.checkpoint.size(), named.file, reason);
    }

    private void full(Tile tile, byte[] hashes) throws IOException, TreeFlaw {
        if (tiles.remove(tile)) compare(tile, hashes);
        else if (tile.end() <= sealed())
            throw new TreeFlaw(first(tile, 0), tile.path(), "the tile is missing");
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

    private void compare(Tile tile, byte[] hashes) throws IOException, TreeFlaw {
        byte[] found;
        try {
            found = Files.readAllBytes(store.resolve(tile.path()));
        } catch (NoSuchFileException e) {
            if (tile.width() != Tile.FULL && Files.exists(store.resolve(full(tile).path()))) return;
            throw e;
        }
        int at = Arrays.mismatch(found, 0, found.length, hashes, 0, tile.bytes());
        if (at >= 0)
            throw new TreeFlaw(
                    first(tile, Math.min(at / Leaf.HASH_BYTES, tile.width() - 1)),
                    tile.path(),
                    "the tile does not hold the entries");
    }

    /// The chain ends here.
    void end(String log, long sequence, boolean closed) throws IOException, TreeFlaw {
        for (Named named : checkpoints.values().stream().flatMap(List::stream).toList()) {
            if (!log.isEmpty() && !named.checkpoint.origin().equals(log))
                throw flaw(named, "the checkpoint is of the log " + named.checkpoint.origin());
            if (named.checkpoint.size() == 0) throw flaw(named, "the checkpoint covers nothing");
            throw new TreeFlaw(
                    sequence + 1,
                    named.file,
                    "the log ends here, though a checkpoint covers entries up to sequence "
                            + named.checkpoint.size());
        }
        for (Tile tile : tiles.stream().sorted(Comparator.comparing(Tile::path)).toList()) {
            if (tile.end() > sequence)
                throw new TreeFlaw(
                        sequence + 1,
                        tile.path(),
                        "the log ends here, though a tile tells of entries up to sequence "
                                + tile.end());
            int width = (int) ((sequence >>> (Tile.HEIGHT * tile.level())) % Tile.FULL);
            compare(tile, tree.hashes(tile.level(), width));
        }
        if (closed && keySequence > 0 && sealed() != sequence)
            throw new TreeFlaw(
                    sealed() + 1,
                    Checkpoint.FILE_NAME,
                    "the log was closed, but no checkpoint covers its last entries");
        if (!evidence.keys().isEmpty() && !keyTrusted)
            throw new TreeFlaw(
                    Math.max(keySequence, 1),
                    Checkpoint.FILE_NAME,
                    key.isEmpty()
                            ? "the log names no key, though one was expected"
                            : "the log's key is none of those that are trusted");
    }

    /// What a sound log's signatures cover.
    VerifyResult.Seal seal() {
        return new VerifyResult.Seal(sealed(), key, !evidence.keys().isEmpty());
    }
}
