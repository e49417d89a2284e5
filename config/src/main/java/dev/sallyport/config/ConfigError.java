package dev.sallyport.config;

import java.nio.file.Path;
import java.util.Comparator;

/// One thing wrong in a configuration file, for the person who wrote it: what, where, and what to
/// write instead. Holds no secrets.
public record ConfigError(Position at, String message) {
    static final Comparator<ConfigError> IN_FILE_ORDER =
            Comparator.comparing((ConfigError e) -> e.at().file())
                    .thenComparingInt(e -> e.at().line())
                    .thenComparingInt(e -> e.at().column());

    public Path file() {
        return at.file();
    }

    public int line() {
        return at.line();
    }

    public int column() {
        return at.column();
    }

    /// As compilers write it, so that editors can jump there: `policies/clinic.yaml:12:7: unknown
    /// key 'grant'; did you mean 'grants'?`
    @Override
    public String toString() {
        return at + ": " + message;
    }
}
