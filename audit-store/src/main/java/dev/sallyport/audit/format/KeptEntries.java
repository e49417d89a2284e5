package dev.sallyport.audit.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The entries of pruned parts of a log that stay in full, each in a file of its own: without them
/// nobody could say which key signed, what was held, and what was pruned before. Their hashes are
/// in the tree, as those of all others.
public final class KeptEntries {
    public static final String FOLDER = "kept";

    private static final Pattern NAME = Pattern.compile("\\d{20}");

    private KeptEntries() {}

    /// Relative to the store, with `/`.
    public static String path(long sequence) {
        return FOLDER + "/" + String.format(Locale.ROOT, "%020d", sequence);
    }

    /// By sequence, as the files' names say it.
    public static SortedMap<Long, byte[]> read(Path store) throws IOException {
        TreeMap<Long, byte[]> entries = new TreeMap<>();
        Path folder = store.resolve(FOLDER);
        if (!Files.isDirectory(folder)) return entries;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (!NAME.matcher(name).matches() || name.compareTo("1") >= 0) continue;
                if (Files.size(file) <= Entry.MAX_BYTES)
                    entries.put(Long.parseLong(name), Files.readAllBytes(file));
            }
        }
        return entries;
    }
}
