package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"500ms,500", "30s,30000", "5m,300000", "12h,43200000", "7d,604800000", "0s,0"})
    void durationsReadAndPrint(String text, long millis) {
        assertThat(Units.parseDuration(text)).contains(Duration.ofMillis(millis));
        assertThat(Units.duration(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1B,1", "4KiB,4096", "64MiB,67108864", "1GiB,1073741824", "3TiB,3298534883328"})
    void sizesReadAndPrint(String text, long bytes) {
        assertThat(Units.parseSize(text)).contains(bytes);
        assertThat(Units.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                "s",
                "-1s",
                "1.5h",
                "30 s",
                "1h30m",
                "64MB",
                "64M",
                "1kb",
                "99999999999999999s"
            })
    void anythingElseIsNoMeasure(String text) {
        assertThat(Units.parseDuration(text)).isEmpty();
        assertThat(Units.parseSize(text)).isEmpty();
    }

    @Test
    void aSizeBeyondCountingStaysLarge() {
        assertThat(Units.parseSize("999999999999TiB")).contains(Long.MAX_VALUE);
    }

    @Test
    void loopbackIsJudgedByTheText() {
        assertThat(Places.isLoopback("127.0.0.1")).isTrue();
        assertThat(Places.isLoopback("127.8.8.8")).isTrue();
        assertThat(Places.isLoopback("localhost")).isTrue();
        assertThat(Places.isLoopback("::1")).isTrue();
        assertThat(Places.isLoopback("0.0.0.0")).isFalse();
        assertThat(Places.isLoopback("127.0.0.1.example.org")).isFalse();
        assertThat(Places.isLoopback("localhost.example.org")).isFalse();
        assertThat(Places.isLoopback("::")).isFalse();
    }
}
