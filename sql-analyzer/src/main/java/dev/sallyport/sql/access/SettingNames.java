package dev.sallyport.sql.access;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// PostgreSQL's own settings, 15 to 18, and the variables of MySQL 9.7 and MariaDB 11.4. Another
/// name is whatever somebody typed.
public final class SettingNames {
    private static final Set<String> OWN = own();

    private SettingNames() {}

    private static Set<String> own() {
        var all = new HashSet<>(names("settings.txt"));
        all.addAll(names("mysql-settings.txt"));
        return Set.copyOf(all);
    }

    private static Set<String> names(String resource) {
        try (var in = SettingNames.class.getResourceAsStream(resource);
                var reader =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
            return reader.lines().collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param name in any case; `all` and `*` are names here
    public static boolean areOwn(String name) {
        return OWN.contains(name.toLowerCase(Locale.ROOT));
    }
}
