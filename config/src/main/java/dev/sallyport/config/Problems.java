package dev.sallyport.config;

import java.util.ArrayList;
import java.util.List;

/// The errors found so far. Reading goes on after each of them, so that all are reported at once.
final class Problems {
    /// More than anybody reads; a hostile file can't make the list grow.
    private static final int MAX = 200;

    private final List<ConfigError> errors = new ArrayList<>();
    private int more;

    void report(Position at, String message) {
        if (errors.size() < MAX) errors.add(new ConfigError(at, message));
        else more++;
    }

    boolean none() {
        return errors.isEmpty();
    }

    int count() {
        return errors.size() + more;
    }

    /// In file order.
    List<ConfigError> all() {
        var sorted = new ArrayList<>(errors);
        sorted.sort(ConfigError.IN_FILE_ORDER);
        if (more > 0)
            sorted.add(
                    new ConfigError(
                            Position.ofWhole(sorted.getLast().file()), "and " + more + " more"));
        return sorted;
    }
}
