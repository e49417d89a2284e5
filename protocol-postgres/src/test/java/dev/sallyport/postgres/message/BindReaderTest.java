package dev.sallyport.postgres.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BindReaderTest {
    @Test
    void namesAreKnownAsSoonAsTheirBytesHaveComeHoweverTheyAreCut() {
        byte[] body = body("portal", "stätement", 3);
        for (int cut = 0; cut <= body.length; cut++) {
            var reader = new BindReader(body.length, ClientEncoding.UTF8);
            reader.read(Unpooled.wrappedBuffer(body, 0, cut));
            reader.read(Unpooled.wrappedBuffer(body, cut, body.length - cut));
            reader.end();
            assertThat(reader.bind()).isEqualTo(expected());
        }
        var reader = new BindReader(body.length, ClientEncoding.UTF8);
        int head = "portal\0stätement\0".getBytes(StandardCharsets.UTF_8).length + 2 + 3 * 2 + 2;
        for (int i = 0; i < body.length; i++) {
            assertThat(reader.hasBind()).as("before byte %d", i).isEqualTo(i >= head);
            reader.read(Unpooled.wrappedBuffer(body, i, 1));
        }
        reader.end();
        assertThat(reader.bind()).isEqualTo(expected());
    }

    @Test
    void valuesOfAnySizeTakeNoMemory() {
        int size = 500 << 20;
        ByteBuf chunk = Unpooled.wrappedBuffer(new byte[1 << 20]);
        var reader = new BindReader(1 + 1 + 2 + 2 + 4 + size + 2, ClientEncoding.UTF8);
        reader.read(
                Unpooled.buffer()
                        .writeBytes(new byte[2])
                        .writeShort(0)
                        .writeShort(1)
                        .writeInt(size));
        assertThat(reader.hasBind()).isTrue();
        for (int i = 0; i < 500; i++) reader.read(chunk.duplicate());
        reader.read(Unpooled.buffer().writeShort(0));
        reader.end();
    }

    @Test
    void aLengthBeyondTheFrameIsRefusedAtOnce() {
        var reader = new BindReader(100, ClientEncoding.UTF8);
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() ->
                        reader.read(
                                Unpooled.buffer()
                                        .writeBytes(new byte[2])
                                        .writeShort(0)
                                        .writeShort(1)
                                        .writeInt(95)));
    }

    @Test
    void endlessNamesAreRefused() {
        byte[] name = new byte[BindReader.MAX_NAME_BYTES + 1];
        Arrays.fill(name, (byte) 'x');
        var reader = new BindReader(1 << 20, ClientEncoding.UTF8);
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> reader.read(Unpooled.wrappedBuffer(name)));
    }

    @Test
    void isStrictWhateverIsMutated() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        byte[] body = body("p", "s", 3);
        for (int round = 0; round < 20_000; round++) {
            byte[] mutated = body.clone();
            for (int i = random.nextInt(3); i >= 0; i--)
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            assertThat(outcome(mutated, mutated.length))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(outcome(mutated, 1 + random.nextInt(5)));
        }
    }

    /// What comes of it, as text, must not depend on how it was cut.
    private static String outcome(byte[] body, int step) {
        try {
            var reader = new BindReader(body.length, ClientEncoding.UTF8);
            for (int at = 0; at < body.length; at += step) {
                reader.read(Unpooled.wrappedBuffer(body, at, Math.min(step, body.length - at)));
            }
            reader.end();
            return reader.bind().toString();
        } catch (ProtocolViolation _) {
            return "violation";
        }
    }

    private static Bind expected() {
        return new Bind("portal", "stätement", List.of(Format.TEXT, Format.BINARY, Format.TEXT), 3);
    }

    private static byte[] body(String portal, String statement, int parameters) {
        ByteBuf out = Unpooled.buffer();
        out.writeBytes((portal + "\0" + statement + "\0").getBytes(StandardCharsets.UTF_8));
        out.writeShort(parameters);
        for (int i = 0; i < parameters; i++) out.writeShort(i % 2);
        out.writeShort(parameters).writeInt(-1).writeInt(0).writeInt(5).writeBytes(new byte[5]);
        out.writeShort(2).writeShort(0).writeShort(1);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }
}
