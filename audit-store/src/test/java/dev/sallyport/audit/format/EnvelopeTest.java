package dev.sallyport.audit.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final List<String> ENTRIES =
            List.of(
                    "{\"epoch\":1,\"event\":{},\"prev\":\""
                            + "0".repeat(64)
                            + "\",\"seq\":1,\"time\":\"2026-11-23T05:00:00.000000Z\","
                            + "\"type\":\"heartbeat\",\"writer\":\"g\"}",
                    "{\"epoch\":17,\"event\":{\"accesses\":[\"select a.b (c)\"],\"bytes\":0,"
                            + "\"cut\":{\"session\":{\"bytes\":9}},\"flag\":true,"
                            + "\"session\":\"s\\\"1é\",\"sql\":\"x,\\\"session\\\":\\\"y\\n😂\","
                            + "\"statement\":42},\"prev\":\""
                            + "0123456789abcdef".repeat(4)
                            + "\",\"seq\":9007199254740991,"
                            + "\"time\":\"2026-11-23T05:00:00.123456Z\","
                            + "\"type\":\"statement-intent\",\"writer\":\"gw-1.clinic\"}");

    @Test
    void findsWhatTheEntryHolds() throws FormatException {
        byte[] bytes = ("junk" + ENTRIES.get(1) + "junk").getBytes(StandardCharsets.UTF_8);
        Envelope envelope = new Envelope();
        envelope.parse(bytes, 4, bytes.length - 8);
        envelope.checkEvent();
        assertThat(envelope.epoch()).isEqualTo(17);
        assertThat(envelope.sequence()).isEqualTo(9007199254740991L);
        assertThat(envelope.typeIs(Leaf.ascii("statement-intent"))).isTrue();
        assertThat(envelope.typeIs(Leaf.ascii("statement-inten"))).isFalse();
        assertThat(envelope.writerIs(Leaf.ascii("gw-1.clinic"))).isTrue();
        assertThat(envelope.writerIs(Leaf.ascii("gw-1.clini"))).isFalse();
        byte[] hash = new byte[32];
        for (int i = 0; i < 32; i++) hash[i] = (byte) (0x0123456789abcdefL >> 56 - 8 * (i % 8));
        assertThat(envelope.prevIs(hash)).isTrue();
        hash[31] ^= 1;
        assertThat(envelope.prevIs(hash)).isFalse();
        assertThat(envelope.eventText("session")).isEqualTo("s\"1é");
        assertThat(envelope.eventText("decision")).isEmpty();
        assertThat(envelope.eventNumber("statement")).isEqualTo(42);
        assertThat(envelope.eventNumber("rows")).isEqualTo(-1);
    }

    /// The reader that makes nothing and the one that makes everything accept the same bytes.
    @Test
    void acceptsExactlyWhatEntryAccepts() {
        long seed = Long.getLong("sallyport.seed", 20261123);
        Random random = new Random(seed);
        byte[] alphabet = "{}[]\",:\\u0019azAZ-_.TZ \u00e9".getBytes(StandardCharsets.UTF_8);
        int accepted = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] entry = ENTRIES.get(i % 2).getBytes(StandardCharsets.UTF_8);
            for (int change = random.nextInt(3); change > 0; change--) {
                int at = random.nextInt(entry.length);
                switch (random.nextInt(3)) {
                    case 0 -> entry[at] = alphabet[random.nextInt(alphabet.length)];
                    case 1 -> {
                        byte[] shorter = Arrays.copyOf(entry, entry.length - 1);
                        System.arraycopy(entry, at + 1, shorter, at, shorter.length - at);
                        entry = shorter;
                    }
                    default -> {
                        byte[] longer = Arrays.copyOf(entry, entry.length + 1);
                        System.arraycopy(entry, at, longer, at + 1, entry.length - at);
                        longer[at] = alphabet[random.nextInt(alphabet.length)];
                        entry = longer;
                    }
                }
            }
            boolean whole = acceptsEntry(entry);
            if (whole) accepted++;
            if (whole != acceptsEnvelope(entry))
                throw new AssertionError(
                        "seed "
                                + seed
                                + ": entry says "
                                + whole
                                + ": "
                                + new String(entry, StandardCharsets.UTF_8));
        }
        assertThat(accepted).isBetween(70_000, 199_000);
    }

    private static boolean acceptsEntry(byte[] bytes) {
        try {
            Entry.parse(bytes, 0, bytes.length);
            return true;
        } catch (FormatException _) {
            return false;
        }
    }

    private static boolean acceptsEnvelope(byte[] bytes) {
        try {
            Envelope envelope = new Envelope();
            envelope.parse(bytes, 0, bytes.length);
            envelope.checkEvent();
            return true;
        } catch (FormatException _) {
            return false;
        }
    }
}
