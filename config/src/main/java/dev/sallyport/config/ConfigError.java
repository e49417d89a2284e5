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

    /// Messages quote what they are about, and go to terminals and logs: a character that would act
    /// there is shown as `?`.
    public ConfigError {
        message = printable(message);
    }

    private static String printable(String message) {
        if (message.codePoints().noneMatch(ConfigError::acts)) return message;
        var shown = new StringBuilder(message.length());
        message.codePoints().forEach(c -> shown.appendCodePoint(acts(c) ? '?' : c));
        return shown.toString();
    }

    private static boolean acts(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    true;
            default -> false;
        };
    }

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
