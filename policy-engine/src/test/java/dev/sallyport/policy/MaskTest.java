package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskTest {
    private static final List<Mask> FROM_WEAKEST =
            List.of(
                    new Mask.Bucket(10),
                    new Mask.Bucket(100),
                    new Mask.Year(),
                    new Mask.AgeBand(5),
                    new Mask.AgeBand(10),
                    new Mask.Partial(0, 4),
                    new Mask.Partial(2, 0),
                    new Mask.Zip3(),
                    new Mask.Hash(),
                    new Mask.Redact(),
                    new Mask.Constant("a"),
                    new Mask.Constant("b"),
                    new Mask.Null());

    @Test
    void oneOrderFromShowingMostToShowingLeast() {
        var shuffled = new ArrayList<>(FROM_WEAKEST);
        Collections.shuffle(shuffled, new Random(4));
        shuffled.sort(Mask.WEAKEST_FIRST);
        assertThat(shuffled).isEqualTo(FROM_WEAKEST);
    }

    @Test
    void wordsTellMasksApart() {
        assertThat(FROM_WEAKEST.stream().map(Mask::word)).doesNotHaveDuplicates();
        assertThat(new Mask.Partial(1, 4).word()).isEqualTo("partial(keepFirst: 1, keepLast: 4)");
    }

    /// The lists of the Department's guidance (census of 2000) and of the census of 2020.
    @Test
    void zipCodesOfFewPeopleAreBlank() {
        assertThat(Mask.Zip3.SPARSE)
                .contains("036", "059", "063", "102", "203", "556", "692", "790", "821", "823")
                .contains("830", "831", "878", "879", "884", "890", "893")
                .contains("202", "204", "205", "369", "753", "772")
                .as("where nobody lives: military post, offices, nothing")
                .contains("000", "001", "090", "340", "569", "963")
                .doesNotContain("021", "100", "006", "576", "606", "941", "999");
        assertThat(ZipAreas.populations()).hasSize(894);
        assertThat(ZipAreas.populations().values().stream().mapToLong(n -> n).sum())
                .as("all that the census counted, Puerto Rico with it")
                .isEqualTo(334_726_586);
    }

    @Test
    void aMaskThatMasksNothingIsNone() {
        assertThatThrownBy(() -> new Mask.Partial(0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mask.Bucket(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mask.AgeBand(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mask.AgeBand(7))
                .as("a band over 90 would tell ages over 89 apart")
                .isInstanceOf(IllegalArgumentException.class);
    }
}
