package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Confidential.Parameter;
import dev.sallyport.sql.selection.Constant;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One spelling for each value, by the column's type; none for what isn't certain.
class SubjectValuesTest {
    private static final long INT4 = 23;
    private static final long INT8 = 20;
    private static final long TEXT = 25;
    private static final long NUMERIC = 1700;

    @ParameterizedTest
    @CsvSource({
        "42, 23, 42",
        "042, 23, 42",
        "' +42 ', 23, 42",
        "-0, 23, 0",
        "-7, 20, -7",
        "42.0, 23, 42",
        "42.5, 23, ",
        "42.50, 1700, 42.5",
        "1e2, 1700, 100",
        "4_2, 23, 42",
        "0x2A, 23, 42",
        "0b101010, 23, 42",
        "x, 23, ",
        "'', 23, ",
        "NaN, 1700, ",
        "042, 25, 042",
        "'a ', 25, 'a '",
        "'a ', 1042, a",
        "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11, 2950, a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "{a0eebc999c0b4ef8bb6d6bb9bd380a11}, 2950, a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc99, 2950, "
    })
    void textIsReadAsTheColumnReadsIt(String text, long type, @Nullable String value) {
        var read = SubjectValues.value(text, type);
        assertThat(read == null ? null : read.text()).isEqualTo(value);
    }

    @Test
    void aNumberIsTheSameInEveryFormat() {
        for (var parameter :
                List.of(new Parameter.Text("42"), new Parameter.Binary(new byte[] {0, 0, 0, 42})))
            assertThat(of(new Constant.Parameter(1, ""), INT4, parameter, 0)).contains("42");
        assertThat(
                        of(
                                new Constant.Parameter(1, ""),
                                INT8,
                                new Parameter.Binary(new byte[] {0, 42}),
                                21))
                .contains("42");
        assertThat(
                        of(
                                new Constant.Parameter(1, ""),
                                NUMERIC,
                                new Parameter.Binary(
                                        HexFormat.of().parseHex("0001000000000000002a")),
                                0))
                .contains("42");
        // 12345.678: digits 1, 2345, 6780 with weight 1.
        assertThat(
                        of(
                                new Constant.Parameter(1, ""),
                                NUMERIC,
                                new Parameter.Binary(
                                        HexFormat.of()
                                                .parseHex("00030001000000030001" + "09291a7c")),
                                0))
                .contains("12345.678");
    }

    @Test
    void whatTheServerMightTakeForAnotherValueIsUnknown() {
        var parameter = new Constant.Parameter(1, "");
        // A float is rounded, a numeric cast to an integer as well.
        assertThat(of(parameter, INT4, new Parameter.Binary(new byte[] {0x42, 0x28, 0, 0}), 700))
                .isEmpty();
        assertThat(of(new Constant.Parameter(1, "int4"), INT4, new Parameter.Text("41.7"), 1700))
                .isEmpty();
        assertThat(of(parameter, INT4, new Parameter.Text("41.7"), 0)).isEmpty();
        assertThat(of(parameter, INT4, new Parameter.Passed(2), 0)).isEmpty();
        assertThat(of(parameter, INT4, new Parameter.Binary(new byte[] {1}), 0)).isEmpty();
        assertThat(of(parameter, INT4, null, 0)).isEmpty();
        assertThat(of(new Constant.Parameter(1, "text"), TEXT, new Parameter.Text("a"), 23))
                .isEmpty();
        // A date, say.
        assertThat(of(new Constant.Text("2020-01-01"), 1082, null, 0)).isEmpty();
        assertThat(of(new Constant.Number("42"), TEXT, null, 0)).isEmpty();
    }

    @Test
    void arraysCountByTheirElements() {
        var elements = new Constant.Elements(1, "");
        assertThat(of(elements, INT4, new Parameter.Text("{1, 02,NULL}"), 0)).contains("1", "2");
        assertThat(of(elements, INT4, new Parameter.Text("{{1},{2}}"), 0)).isEmpty();
        assertThat(of(elements, TEXT, new Parameter.Text("{\"a\"}"), 0)).isEmpty();
        var binary = ByteBuffer.allocate(36);
        binary.putInt(1).putInt(0).putInt(23).putInt(2).putInt(1);
        binary.putInt(4).putInt(7).putInt(4).putInt(8);
        assertThat(of(elements, INT4, new Parameter.Binary(binary.array()), 1007))
                .contains("7", "8");
        assertThat(of(elements, INT4, new Parameter.Binary(new byte[] {1, 2, 3}), 1007)).isEmpty();
    }

    private static List<String> of(
            Constant constant, long type, @Nullable Parameter value, int declared) {
        var bound = new SubjectValues.Bound(_ -> value, _ -> declared, true);
        Optional<List<SubjectValues.Value>> values = SubjectValues.of(constant, type, bound);
        return values.map(all -> all.stream().map(SubjectValues.Value::text).toList())
                .orElse(List.of());
    }
}
