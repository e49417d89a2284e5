package dev.sallyport.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Durations and sizes as people write them: `30m`, `64MiB`.
final class Units {
    static final String DURATION_FORM = "a number with ms, s, m, h or d, as 30s";
    static final String SIZE_FORM = "a number with B, KiB, MiB, GiB or TiB, as 64MiB";

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB|TiB)");

    private Units() {}

    static Optional<Duration> parseDuration(String text) {
        var m = DURATION.matcher(text);
        if (!m.matches()) return Optional.empty();
        var n = Long.parseLong(m.group(1));
        return Optional.of(
                switch (m.group(2)) {
                    case "ms" -> Duration.ofMillis(n);
                    case "s" -> Duration.ofSeconds(n);
                    case "m" -> Duration.ofMinutes(n);
                    case "h" -> Duration.ofHours(n);
                    case "d" -> Duration.ofDays(n);
                    default -> throw new IllegalStateException(m.group(2));
                });
    }

    static String duration(Duration d) {
        var ms = d.toMillis();
        if (ms % 1_000 != 0) return ms + "ms";
        var s = ms / 1_000;
        if (s == 0 || s % 60 != 0) return s + "s";
        if (s % 3_600 != 0) return s / 60 + "m";
        return s % 86_400 != 0 || s == 86_400 ? s / 3_600 + "h" : s / 86_400 + "d";
    }

    /// In bytes; too large for a `long` counts as its largest value.
    static Optional<Long> parseSize(String text) {
        var m = SIZE.matcher(text);
        if (!m.matches()) return Optional.empty();
        var shift =
                switch (m.group(2)) {
                    case "B" -> 0;
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    case "GiB" -> 30;
                    case "TiB" -> 40;
                    default -> throw new IllegalStateException(m.group(2));
                };
        var n = Long.parseLong(m.group(1));
        return Optional.of(n > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : n << shift);
    }

    static String size(long bytes) {
        var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
        int i = 0;
        while (i < units.length - 1 && bytes >= 1024 && bytes % 1024 == 0) {
            bytes /= 1024;
            i++;
        }
        return bytes + units[i];
    }
}
