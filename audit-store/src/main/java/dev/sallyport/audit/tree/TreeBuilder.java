package dev.sallyport.audit.tree;

import dev.sallyport.audit.format.Leaf;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The right edge of a tree that grows leaf by leaf; gives away each tile when it is full. Holds 8
/// KiB per level. Not for several threads.
public final class TreeBuilder {
    /// A tile that has become full, and its hashes.
    public record Full(Tile tile, byte[] hashes) {}

    private final MessageDigest sha256 = Leaf.sha256();
    private final List<byte[]> edge = new ArrayList<>();
    private long size;

    public long size() {
        return size;
    }

    /// Returns the tiles that became full with this leaf, from the lowest level up: mostly none.
    public List<Full> append(byte[] leafHash) {
        List<Full> full = List.of();
        byte[] hash = leafHash;
        long count = size++;
        for (int level = 0; ; level++) {
            byte[] hashes = level(level);
            int at = (int) (count % Tile.FULL);
            System.arraycopy(hash, 0, hashes, at * Leaf.HASH_BYTES, Leaf.HASH_BYTES);
            if (at != Tile.FULL - 1) return full;
            edge.set(level, new byte[Tile.FULL * Leaf.HASH_BYTES]);
            count /= Tile.FULL;
            if (full.isEmpty()) full = new ArrayList<>();
            full.add(new Full(new Tile(level, count, Tile.FULL), hashes));
            hash = Merkle.complete(sha256, hashes, 0, Tile.FULL);
        }
    }

    private byte[] level(int level) {
        if (level == edge.size()) edge.add(new byte[Tile.FULL * Leaf.HASH_BYTES]);
        return edge.get(level);
    }

    /// The tiles at the right edge that are not full.
    public List<Tile> partial() {
        return partial(size);
    }

    /// Those of a tree of `size` leaves.
    public static List<Tile> partial(long size) {
        List<Tile> tiles = new ArrayList<>();
        for (int level = 0; level <= Tile.MAX_LEVEL; level++) {
            long hashes = size >>> (Tile.HEIGHT * level);
            if (hashes == 0) break;
            int width = (int) (hashes % Tile.FULL);
            if (width > 0) tiles.add(new Tile(level, hashes / Tile.FULL, width));
        }
        return tiles;
    }

    /// The first `width` hashes of the tile at the right edge of that level.
    public byte[] hashes(int level, int width) {
        return Arrays.copyOf(level(level), width * Leaf.HASH_BYTES);
    }

    /// Goes on from a tree whose right edge is known.
    public static TreeBuilder of(long size, List<Tile> partial, List<byte[]> hashes) {
        TreeBuilder builder = new TreeBuilder();
        builder.size = size;
        for (int i = 0; i < partial.size(); i++) {
            Tile tile = partial.get(i);
            while (builder.edge.size() <= tile.level()) builder.level(builder.edge.size());
            System.arraycopy(hashes.get(i), 0, builder.edge.get(tile.level()), 0, tile.bytes());
        }
        // A level that is just full has no partial tile but is there.
        while (size >>> (Tile.HEIGHT * builder.edge.size()) > 0) builder.level(builder.edge.size());
        return builder;
    }

    /// From the right edge alone: the complete subtrees, smallest first.
    public byte[] root() {
        byte @Nullable [] root = null;
        for (int level = 0; level < edge.size(); level++) {
            int width = (int) ((size >>> (Tile.HEIGHT * level)) % Tile.FULL);
            while (width > 0) {
                int count = Integer.lowestOneBit(width);
                width -= count;
                byte[] left = Merkle.complete(sha256, edge.get(level), width, count);
                root = root == null ? left : Merkle.node(sha256, left, root);
            }
        }
        return root == null ? Merkle.emptyRoot() : root;
    }
}
