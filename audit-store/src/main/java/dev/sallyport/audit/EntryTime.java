package dev.sallyport.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;

/// Words the time of a batch's entries: `2026-01-02T03:04:05.678901Z`. Batches follow each other
/// within a second, so only the microseconds are written anew. Not for several threads.
final class EntryTime {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /// Digits of a second's fraction, and what follows them.
    private static final int FRACTION_DIGITS = 6;

    private static final int AFTER_FRACTION = 1;

    private long second = Long.MIN_VALUE;
    private byte[] text = {};

    /// Valid until the next call.
    byte[] at(Instant instant) {
        if (instant.getEpochSecond() == second) {
            int rest = instant.get(ChronoField.MICRO_OF_SECOND);
            int end = text.length - AFTER_FRACTION;
            for (int i = end - 1; i >= end - FRACTION_DIGITS; i--, rest /= 10)
                text[i] = (byte) ('0' + rest % 10);
        } else {
            text = FORMAT.format(instant).getBytes(StandardCharsets.US_ASCII);
            second = instant.getEpochSecond();
        }
        return text;
    }
}
