package dev.sallyport.sql.resolve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/// The keywords of PostgreSQL 15 to 18, as `pg_get_keywords()` lists them. Not the parser's list:
/// the second net shares nothing with it.
final class Keywords {
    private static final Set<String> ALL = load();

    private Keywords() {}

    static boolean contains(String word) {
        return ALL.contains(word);
    }

    private static Set<String> load() {
        try (InputStream in = Keywords.class.getResourceAsStream("keywords.txt")) {
            if (in == null) throw new IllegalStateException("keywords.txt is missing");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
