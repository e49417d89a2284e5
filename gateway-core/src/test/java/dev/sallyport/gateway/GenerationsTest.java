package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GenerationsTest {
    private static final int BYTES = 1000;
    private static final int FIT = 20;

    private final Generations<String, String> generations = new Generations<>(FIT * BYTES);

    @Test
    void whatIsKeptStaysWithinTheBudget() {
        for (int i = 0; i < 100 * FIT; i++) generations.keep("key " + i, "value", BYTES);
        long kept = IntStream.range(0, 100 * FIT).filter(i -> isKnown("key " + i)).count();
        assertThat(kept).isBetween(1L, (long) FIT);
    }

    @Test
    void whatIsUsedOutlivesWhatIsNot() {
        generations.keep("used", "value", BYTES);
        generations.keep("unused", "value", BYTES);
        for (int i = 0; i < 10 * FIT; i++) {
            generations.keep("key " + i, "value", BYTES);
            if (generations.old("used") != null) generations.keep("used", "value", BYTES);
        }
        assertThat(isKnown("used")).isTrue();
        assertThat(isKnown("unused")).isFalse();
    }

    @Test
    void onlyTheSecondTimeIsWorthKeeping() {
        assertThat(generations.comesFirst("a")).isTrue();
        assertThat(generations.comesFirst("a")).isFalse();
        assertThat(generations.comesFirst("b")).isTrue();
    }

    @Test
    void clearedIsForgotten() {
        generations.keep("a", "value", BYTES);
        generations.clear();
        assertThat(isKnown("a")).isFalse();
    }

    private boolean isKnown(String key) {
        return generations.young(key) != null || generations.old(key) != null;
    }
}
