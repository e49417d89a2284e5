package dev.sallyport.audit.tree;

import dev.sallyport.audit.format.Leaf;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The place of a tile, as C2SP tlog-tiles has it: up to 256 hashes of one level, each over 256 of
/// the level below.
///
/// @param level 0 holds leaf hashes
/// @param index of the tile within its level, from 0
/// @param width hashes in it: 256, or fewer at the tree's right edge
public record Tile(int level, long index, int width) {
    /// Below the store's folder.
    public static final String FOLDER = "tile";

    /// Hashes of a full tile, and the levels of the tree that a tile spans.
    public static final int FULL = 256;

    public static final int HEIGHT = 8;

    /// More levels than 2^53 entries fill.
    static final int MAX_LEVEL = 6;

    private static final Pattern PATH =
            Pattern.compile("tile/([0-6])/((?:x\\d{3}/)*\\d{3})(?:\\.p/([1-9]\\d{0,2}))?");

    /// Relative to the store, with `/`.
    public String path() {
        StringBuilder number = new StringBuilder(String.format(Locale.ROOT, "%03d", index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000)
            number.insert(0, String.format(Locale.ROOT, "x%03d/", rest % 1000));
        String full = FOLDER + "/" + level + "/" + number;
        return width == FULL ? full : full + ".p/" + width;
    }

    /// Empty when the path is none that {@link #path} makes.
    public static Optional<Tile> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches() || path.length() > 60) return Optional.empty();
        long index = 0;
        for (String part : matcher.group(2).replace("x", "").split("/", -1)) {
            if (index > 1L << 53) return Optional.empty();
            index = index * 1000 + Integer.parseInt(part);
        }
        String width = matcher.group(3);
        int hashes = width == null ? FULL : Integer.parseInt(width);
        if (width != null && hashes >= FULL) return Optional.empty();
        Tile tile = new Tile(Integer.parseInt(matcher.group(1)), index, hashes);
        return tile.path().equals(path) ? Optional.of(tile) : Optional.empty();
    }

    public int bytes() {
        return width * Leaf.HASH_BYTES;
    }

    /// How many leaves the tree has when the tile's last hash is complete.
    public long end() {
        return (index * FULL + width) << (HEIGHT * level);
    }

    Tile full() {
        return new Tile(level, index, FULL);
    }
}
