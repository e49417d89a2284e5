package dev.sallyport.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Confidential.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the guard is given of a Bind's values, however its bytes come.
class BoundValuesTest {

    @Test
    void valuesComeAsTheyWereSentWhereverTheBytesAreCut() {
        byte[] bind =
                Wire.message(
                        'B',
                        Wire.text("portal"),
                        Wire.text("s"),
                        Wire.int16(4),
                        Wire.int16(0),
                        Wire.int16(1),
                        Wire.int16(0),
                        Wire.int16(1),
                        Wire.int16(4),
                        Wire.int32(3),
                        "Ä2".getBytes(StandardCharsets.UTF_8),
                        Wire.int32(4),
                        Wire.int32(42),
                        Wire.int32(-1),
                        Wire.int32(0),
                        Wire.int16(0));
        for (int cut = 1; cut < bind.length; cut++) {
            var session = new SessionFixture();
            session.guard.keepsAll = true;
            session.sends(Wire.parse("s", "select 1"));
            session.sends(Arrays.copyOf(bind, cut));
            session.sends(Arrays.copyOfRange(bind, cut, bind.length));
            assertThat(session.guard.bindings).hasSize(1);
            var values = session.guard.bindings.getFirst().values();
            assertThat(values.get(0)).isEqualTo(new Parameter.Text("Ä2"));
            assertThat(binary(values.get(1))).containsExactly(0, 0, 0, 42);
            assertThat(values.get(2)).isEqualTo(new Parameter.Null());
            assertThat(binary(values.get(3))).isEmpty();
            session.close();
        }
    }

    /// The first 64 KiB count, no matter in how many pieces they come.
    @Test
    void ofALongBindAsMuchIsKeptHoweverItComes() {
        byte[] big = new byte[100_000];
        byte[] bind =
                Wire.message(
                        'B',
                        Wire.text(""),
                        Wire.text("s"),
                        Wire.int16(0),
                        Wire.int16(4),
                        Wire.int32(2),
                        "42".getBytes(StandardCharsets.US_ASCII),
                        Wire.int32(60_000),
                        new byte[60_000],
                        Wire.int32(big.length),
                        big,
                        Wire.int32(2),
                        "43".getBytes(StandardCharsets.US_ASCII),
                        Wire.int16(0));
        for (int piece : new int[] {100, 1_000, 30_000, 65_535, 65_537, 150_000, 200_000}) {
            var session = new SessionFixture();
            session.guard.keepsAll = true;
            session.sends(Wire.parse("s", "select 1"));
            session.toUpstream();
            for (int at = 0; at < bind.length; at += piece)
                session.sends(Arrays.copyOfRange(bind, at, Math.min(bind.length, at + piece)));
            assertThat(session.toUpstream()).as("pieces of %d", piece).isEqualTo(bind);
            var values = session.guard.bindings.getFirst().values();
            assertThat(values.get(0)).isEqualTo(new Parameter.Text("42"));
            assertThat(values.get(1)).isEqualTo(new Parameter.Text("\u0000".repeat(60_000)));
            assertThat(values.subList(2, 4))
                    .as("pieces of %d", piece)
                    .isEqualTo(List.of(new Parameter.Passed(100_000), new Parameter.Passed(-1)));
            session.close();
        }
    }

    @Test
    void withoutAnybodyToReadThemNoneAreTaken() {
        try (var session = new SessionFixture()) {
            session.sends(Wire.parse("s", "select 1"), Wire.bind("", "s", new byte[] {'7'}));
            var bound = session.guard.bindings.getFirst();
            assertThat(bound.count()).isEqualTo(1);
            assertThat(bound.values()).isEmpty();
        }
    }

    private static byte[] binary(Parameter parameter) {
        if (parameter instanceof Parameter.Binary(byte[] value)) return value;
        throw new AssertionError(parameter);
    }
}
