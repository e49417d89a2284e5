package dev.sallyport.postgres.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.postgres.message.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    /// Query "a", Sync, CopyData of 9 bytes, Terminate.
    private static final byte[] STREAM =
            ByteBufUtil.decodeHexDump(
                    "51000000066100"
                            + "5300000004"
                            + "640000000d"
                            + "010203040506070809"
                            + "5800000004");

    @Test
    void findsTheSameMessagesHoweverTheStreamIsCutInThree() {
        List<String> whole = bodies(STREAM);
        assertThat(whole).containsExactly("Q:6100", "S:", "d:010203040506070809", "X:");
        for (int first = 0; first <= STREAM.length; first++) {
            for (int second = first; second <= STREAM.length; second++) {
                assertThat(
                                bodies(
                                        Arrays.copyOf(STREAM, first),
                                        Arrays.copyOfRange(STREAM, first, second),
                                        Arrays.copyOfRange(STREAM, second, STREAM.length)))
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void passesBodiesOnAsTheyComeHoweverTheyAreCut() {
        for (int first = 0; first <= STREAM.length; first++) {
            ByteBuf out = Unpooled.buffer();
            try (FrameReader reader = FrameReader.typed(FrameLimits.client(1_000))) {
                for (byte[] chunk :
                        List.of(
                                Arrays.copyOf(STREAM, first),
                                Arrays.copyOfRange(STREAM, first, STREAM.length))) {
                    ByteBuf in = Unpooled.wrappedBuffer(chunk);
                    while (true) {
                        if (!reader.inBody()) {
                            if (!reader.readHeader(in)) break;
                            reader.writeHeader(out);
                        }
                        int start = in.readerIndex();
                        int count = reader.skipBody(in);
                        out.writeBytes(in, start, count);
                        if (reader.inBody()) break;
                    }
                }
                assertThat(reader.inMessage()).isFalse();
            }
            assertThat(ByteBufUtil.getBytes(out)).isEqualTo(STREAM);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "2147483647", "2147483648", "4294967295", "1073741824"})
    void refusesALengthOutOfBoundsBeforeAnythingIsKept(long length) {
        for (int type : new int[] {'Q', 'P', 'B', 'd', 'E', 'S', 'X', 'F', 'f'}) {
            ByteBuf in = Unpooled.buffer().writeByte(type).writeInt((int) length);
            try (FrameReader reader = FrameReader.typed(FrameLimits.client(1 << 20))) {
                assertThatExceptionOfType(ProtocolViolation.class)
                        .isThrownBy(() -> reader.readHeader(in));
            }
        }
        ByteBuf startup = Unpooled.buffer().writeInt((int) length);
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> FrameReader.untyped().readHeader(startup));
    }

    @Test
    void limitsDependOnTheType() {
        assertThat(accepts(FrameLimits.client(50_000), 'Q', 50_000)).isTrue();
        assertThat(accepts(FrameLimits.client(50_000), 'Q', 50_001)).isFalse();
        assertThat(accepts(FrameLimits.client(50_000), 'E', 10_000)).isTrue();
        assertThat(accepts(FrameLimits.client(50_000), 'E', 10_001)).isFalse();
        assertThat(accepts(FrameLimits.client(50_000), 'd', 0x3FFFFFFE)).isTrue();
        assertThat(accepts(FrameLimits.client(50_000), 'd', 0x3FFFFFFF)).isFalse();
        assertThat(accepts(FrameLimits.client(50_000), 'p', 10)).isFalse();
        assertThat(accepts(FrameLimits.clientLogin(), 'p', 65_535)).isTrue();
        assertThat(accepts(FrameLimits.clientLogin(), 'p', 65_536)).isFalse();
        assertThat(accepts(FrameLimits.clientLogin(), 'Q', 10)).isFalse();
        assertThat(accepts(FrameLimits.server(), 'D', 900 << 20)).isTrue();
        assertThat(accepts(FrameLimits.server(), 'Z', 1_000)).isFalse();
        assertThat(accepts(FrameLimits.server(), 'R', 8)).isFalse();
        assertThat(accepts(FrameLimits.serverLogin(), 'R', 8)).isTrue();
        assertThat(accepts(FrameLimits.serverLogin(), 'D', 8)).isFalse();
        assertThat(accepts(FrameLimits.serverLogin(), 'E', 1 << 20)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 1, 0x16, 'G', -1, 'a'})
    void anUnknownTypeIsRefusedAtItsFirstByte(byte type) {
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() ->
                        FrameReader.typed(FrameLimits.client(1_000))
                                .readHeader(Unpooled.wrappedBuffer(new byte[] {type})));
    }

    @Test
    void aLongAnnouncementTakesNoMemoryUntilItsBytesCome() {
        try (FrameReader reader = FrameReader.typed(FrameLimits.client(1 << 30))) {
            assertThat(reader.readHeader(Unpooled.buffer().writeByte('Q').writeInt(0x3FFFFFF0)))
                    .isTrue();
            ByteBuf few = PooledByteBufAllocator.DEFAULT.buffer().writeZero(100);
            long before = used();
            assertThat(reader.readBody(few)).isNull();
            assertThat(used() - before).isLessThan(64 << 10);
            few.release();
        }
    }

    @Test
    void aBodyThatIsThereIsASliceAndNotACopy() {
        ByteBuf in = Unpooled.buffer().writeBytes(STREAM);
        try (FrameReader reader = FrameReader.typed(FrameLimits.client(1_000))) {
            assertThat(reader.readHeader(in)).isTrue();
            ByteBuf body = Objects.requireNonNull(reader.readBody(in));
            in.setByte(5, 'z');
            assertThat(body.getByte(0)).isEqualTo((byte) 'z');
            body.release();
        }
        assertThat(in.refCnt()).isEqualTo(1);
    }

    @Test
    void everyCutOfRandomStreamsGivesTheSameMessages() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ByteBuf stream = Unpooled.buffer();
            List<String> expected = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                byte type = (byte) "QPBdSE".charAt(random.nextInt(6));
                byte[] body = new byte[random.nextInt(400)];
                random.nextBytes(body);
                stream.writeByte(type).writeInt(body.length + 4).writeBytes(body);
                expected.add((char) type + ":" + ByteBufUtil.hexDump(body));
            }
            List<byte[]> chunks = new ArrayList<>();
            while (stream.isReadable()) {
                byte[] chunk =
                        new byte
                                [Math.min(
                                        stream.readableBytes(),
                                        1 + random.nextInt(random.nextBoolean() ? 4 : 500))];
                stream.readBytes(chunk);
                chunks.add(chunk);
            }
            assertThat(bodies(chunks.toArray(byte[][]::new)))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected);
        }
    }

    private static boolean accepts(FrameLimits limits, char type, int length) {
        try {
            return FrameReader.typed(limits)
                    .readHeader(Unpooled.buffer().writeByte(type).writeInt(length));
        } catch (ProtocolViolation _) {
            return false;
        }
    }

    private static long used() {
        var metric = PooledByteBufAllocator.DEFAULT.metric();
        return metric.directArenas().stream().mapToLong(a -> a.numActiveBytes()).sum()
                + metric.heapArenas().stream().mapToLong(a -> a.numActiveBytes()).sum();
    }

    private static List<String> bodies(byte[]... chunks) {
        List<String> found = new ArrayList<>();
        try (FrameReader reader = FrameReader.typed(FrameLimits.client(1_000))) {
            for (byte[] chunk : chunks) {
                ByteBuf in = PooledByteBufAllocator.DEFAULT.buffer().writeBytes(chunk);
                while (reader.inBody() || reader.readHeader(in)) {
                    ByteBuf body = reader.readBody(in);
                    if (body == null) break;
                    found.add((char) reader.type() + ":" + ByteBufUtil.hexDump(body));
                    body.release();
                }
                assertThat(in.isReadable()).isFalse();
                in.release();
            }
            assertThat(reader.inMessage()).isFalse();
        }
        return found;
    }
}
