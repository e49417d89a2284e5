package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryTimeTest {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final EntryTime time = new EntryTime();

    @Test
    void theFormIsFixed() {
        assertThat(at(Instant.parse("2026-01-02T03:04:05.678901999Z")))
                .isEqualTo("2026-01-02T03:04:05.678901Z");
        assertThat(at(Instant.parse("2026-01-02T03:04:05Z")))
                .isEqualTo("2026-01-02T03:04:05.000000Z");
        assertThat(at(Instant.parse("2026-01-02T03:04:05.999999999Z")))
                .isEqualTo("2026-01-02T03:04:05.999999Z");
    }

    /// Forwards, backwards and across the ends of seconds, days and years.
    @Test
    void whateverCameBeforeItIsTheTime() {
        var random = new Random(7);
        var now = Instant.parse("2025-12-31T23:59:58Z");
        for (int i = 0; i < 20_000; i++) {
            now = now.plusNanos(random.nextLong(-300_000_000, 301_000_000));
            assertThat(at(now)).isEqualTo(FORMAT.format(now));
        }
    }

    private String at(Instant instant) {
        return new String(time.at(instant), StandardCharsets.US_ASCII);
    }
}
