package dev.sallyport.audit.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {

    @Test
    void stringsAreEscapedAsInRfc8785Section322() {
        assertThat(write("\u20ac$\u000F\nA'B\"\\\\\"/"))
                .isEqualTo("\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
        assertThat(write("\b\t\n\f\r\u0000\u001f\u007f"))
                .isEqualTo("\"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f\"");
        assertThat(write("Ünïcødé 😂 漢字")).isEqualTo("\"Ünïcødé 😂 漢字\"");
    }

    /// The example of RFC 8785 3.2.3.
    @Test
    void membersAreSortedByUtf16CodeUnits() {
        Map<String, Object> members =
                Map.of(
                        "\u20ac", "Euro Sign",
                        "\r", "Carriage Return",
                        "\ufb33", "Hebrew Letter Dalet With Dagesh",
                        "1", "One",
                        "\ud83d\ude00", "Emoji: Grinning Face",
                        "\u0080", "Control",
                        "\u00f6", "Latin Small Letter O With Diaeresis");
        assertThat(write(members))
                .isEqualTo(
                        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                                + "\"ö\":\"Latin Small Letter O With Diaeresis\","
                                + "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\","
                                + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    @Test
    void unpairedSurrogatesBecomeTheReplacementCharacter() {
        assertThat(write("a\ud83db")).isEqualTo("\"a\ufffdb\"");
        assertThat(write("\ude00")).isEqualTo("\"\ufffd\"");
        assertThat(write("\ud83d")).isEqualTo("\"\ufffd\"");
    }

    @Test
    void integersUpTo53BitsAreWrittenAndNoOthers() {
        assertThat(write(0L)).isEqualTo("0");
        assertThat(write(-1L)).isEqualTo("-1");
        assertThat(write(JsonWriter.MAX_INTEGER)).isEqualTo("9007199254740991");
        assertThat(write(-JsonWriter.MAX_INTEGER)).isEqualTo("-9007199254740991");
        assertThatThrownBy(() -> write(JsonWriter.MAX_INTEGER + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> write(Long.MIN_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsWrittenIsReadBackTheSame() throws FormatException {
        long seed = Long.getLong("sallyport.seed", 20261123);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Map<String, Object> value = object(random, 0);
            byte[] json = new JsonWriter(16).value(value).toByteArray();
            Map<String, Object> read = JsonReader.object(json, 0, json.length);
            assertThat(read).as("seed %d", seed).isEqualTo(value);
            assertThat(new JsonWriter(16).value(read).toByteArray())
                    .as("seed %d", seed)
                    .isEqualTo(json);
        }
    }

    @Test
    void encodedLengthTellsTheBytesOfEachCodePoint() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point >= 0xD800 && point <= 0xDFFF) continue;
            int length = new JsonWriter(16).string(Character.toString(point)).length() - 2;
            if (length != JsonWriter.encodedLength(point))
                assertThat(JsonWriter.encodedLength(point)).as("U+%x", point).isEqualTo(length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "\"a\"",
                "{} ",
                " {}",
                "{ }",
                "{\"a\":1,}",
                "{\"a\" :1}",
                "{\"a\": 1}",
                "{\"b\":1,\"a\":2}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":01}",
                "{\"a\":-0}",
                "{\"a\":1.0}",
                "{\"a\":1e3}",
                "{\"a\":+1}",
                "{\"a\":9007199254740992}",
                "{\"a\":99999999999999999999999}",
                "{\"a\":null}",
                "{\"a\":tru}",
                "{\"a\":\"\\u0041\"}",
                "{\"a\":\"\\u000A\"}",
                "{\"a\":\"\\u000a\"}",
                "{\"a\":\"\\u001F\"}",
                "{\"a\":\"\\u002f\"}",
                "{\"a\":\"\\/\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"",
                "{\"a\":[1,]}",
                "{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}",
                "{'a':1}"
            })
    void whateverIsNotCanonicalIsRefused(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> JsonReader.object(bytes, 0, bytes.length))
                .isInstanceOf(FormatException.class);
    }

    @Test
    void invalidUtf8IsRefused() {
        for (byte[] text :
                List.of(
                        new byte[] {(byte) 0x80},
                        new byte[] {(byte) 0xC0, (byte) 0xAF},
                        new byte[] {(byte) 0xE2, (byte) 0x82},
                        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                        new byte[] {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80})) {
            byte[] json = new byte[text.length + 8];
            System.arraycopy("{\"a\":\"".getBytes(StandardCharsets.US_ASCII), 0, json, 0, 6);
            System.arraycopy(text, 0, json, 6, text.length);
            json[json.length - 2] = '"';
            json[json.length - 1] = '}';
            assertThatThrownBy(() -> JsonReader.object(json, 0, json.length))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("UTF-8");
        }
    }

    private static String write(Object value) {
        return new String(new JsonWriter(4).value(value).toByteArray(), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> object(Random random, int depth) {
        Map<String, Object> members = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--)
            members.put(text(random), value(random, depth + 1));
        return members;
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 3 : 5)) {
            case 0 -> text(random);
            case 1 -> random.nextLong(-JsonWriter.MAX_INTEGER, JsonWriter.MAX_INTEGER);
            case 2 -> random.nextBoolean();
            case 3 -> object(random, depth);
            default -> {
                List<Object> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) items.add(value(random, depth + 1));
                yield items;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int point =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x20);
                        case 1 -> random.nextInt(0x80);
                        case 2 -> random.nextInt(0xD800);
                        default -> 0x10000 + random.nextInt(0x100000);
                    };
            text.appendCodePoint(point);
        }
        return text.toString();
    }
}
