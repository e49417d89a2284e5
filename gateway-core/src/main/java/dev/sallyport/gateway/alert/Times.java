package dev.sallyport.gateway.alert;

import java.time.Duration;

/// Durations as the file of alerts writes them.
final class Times {
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final long DAY = 86_400;

    private Times() {}

    static String words(Duration time) {
        long s = time.toSeconds();
        if (s > DAY && s % DAY == 0) return s / DAY + "d";
        if (s >= HOUR && s % HOUR == 0) return s / HOUR + "h";
        if (s >= MINUTE && s % MINUTE == 0) return s / MINUTE + "m";
        return s + "s";
    }
}
