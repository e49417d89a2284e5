package dev.sallyport.audit.tree;

import dev.sallyport.audit.format.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The hashes of a tree of `size` leaves, from the tiles of a store. What it reads is as good as
/// the files: hold the root or the proof made from it against a checkpoint.
public final class TileReader implements Merkle.Nodes<IOException> {
    private final Path store;
    private final long size;
    private final Map<Tile, byte[]> read = new HashMap<>();

    public TileReader(Path store, long size) {
        this.store = store;
        this.size = size;
    }

    @Override
    public byte[] hash(int level, long index) throws IOException {
        int tileLevel = level / Tile.HEIGHT;
        int within = level % Tile.HEIGHT;
        long first = index << within;
        long tileIndex = first / Tile.FULL;
        long hashes = size >>> (Tile.HEIGHT * tileLevel);
        long width = Math.min(Tile.FULL, hashes - tileIndex * Tile.FULL);
        int from = (int) (first % Tile.FULL);
        int count = 1 << within;
        if (from + count > width)
            throw new IllegalArgumentException("no complete subtree " + level + ", " + index);
        byte[] tile = tile(new Tile(tileLevel, tileIndex, (int) width));
        return Merkle.complete(Leaf.sha256(), tile, from, count);
    }

    /// The tile's hashes: from its own file, or from the full tile's, for which a partial one may
    /// be deleted.
    public byte[] tile(Tile tile) throws IOException {
        byte[] known = read.get(tile);
        if (known != null) return known;
        byte[] hashes;
        try {
            hashes = bytes(tile);
        } catch (NoSuchFileException e) {
            if (tile.width() == Tile.FULL) throw e;
            hashes = Arrays.copyOf(bytes(tile.full()), tile.bytes());
        }
        read.put(tile, hashes);
        return hashes;
    }

    private byte[] bytes(Tile tile) throws IOException {
        Path file = store.resolve(tile.path());
        if (Files.size(file) != tile.bytes())
            throw new IOException("the tile " + tile.path() + " has not the length it should have");
        return Files.readAllBytes(file);
    }
}
