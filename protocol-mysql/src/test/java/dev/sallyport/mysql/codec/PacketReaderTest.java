package dev.sallyport.mysql.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.mysql.packet.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketReaderTest {
    private static final ByteBufAllocator ALLOC = UnpooledByteBufAllocator.DEFAULT;
    private static final int MAX = PacketReader.MAX_BODY_BYTES;

    @Test
    void packetsAreTheSameWhereverTheStreamIsCut() {
        byte[] stream = hex("0300000061626300000001" + "0200000268690000" + "0003");
        for (int first = 0; first <= stream.length; first++)
            for (int second = first; second <= stream.length; second++)
                assertThat(read(stream, first, second))
                        .as("cut at %d and %d", first, second)
                        .containsExactly("abc", "", "hi", "");
    }

    @Test
    void aSequenceIdOutOfTurnEndsIt() {
        for (int wrong : new int[] {0, 2, 255}) {
            var reader = new PacketReader(1_000);
            reader.expect(1);
            ByteBuf chunk = PacketWriter.frame(ALLOC, wrong, text("x"));
            assertThatThrownBy(() -> reader.readHeader(chunk))
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessage("packet with sequence id " + wrong + " where 1 was due");
            chunk.release();
        }
    }

    @Test
    void sequenceIdsBeginAnewBehind255() {
        var reader = new PacketReader(1_000);
        reader.expect(255);
        ByteBuf chunk = Unpooled.buffer();
        for (int id : new int[] {255, 0, 1}) {
            ByteBuf packet = PacketWriter.frame(ALLOC, id, text("x"));
            chunk.writeBytes(packet);
            packet.release();
        }
        assertThat(drain(reader, chunk)).containsExactly("x", "x", "x");
        chunk.release();
    }

    @Test
    void aLengthBeyondTheLimitIsRefusedBeforeItsBodyIsKept() {
        var reader = new PacketReader(10);
        ByteBuf chunk = Unpooled.wrappedBuffer(hex("0b000000"));
        assertThatThrownBy(() -> reader.readHeader(chunk))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("packet is longer than the limit of 10 bytes");
    }

    @Test
    void sixteenMegabytesAndMoreAreOnePayload() {
        for (int length : new int[] {MAX - 1, MAX, MAX + 1, 2 * MAX, 2 * MAX + 5}) {
            ByteBuf payload = ALLOC.buffer(length);
            payload.writeZero(length).setByte(0, 7).setByte(length - 1, 9);
            ByteBuf packets = PacketWriter.frame(ALLOC, 3, payload);
            assertThat(packets.readableBytes())
                    .as("an empty packet follows a full one")
                    .isEqualTo(length + 4 * PacketWriter.packets(length));
            var reader = new PacketReader(1L << 30);
            reader.expect(3);
            ByteBuf whole = null;
            while (whole == null) {
                ByteBuf chunk =
                        packets.readRetainedSlice(Math.min(64 * 1024, packets.readableBytes()));
                if (reader.inBody() || reader.readHeader(chunk)) whole = reader.readPayload(chunk);
                chunk.release();
            }
            assertThat(whole.readableBytes()).isEqualTo(length);
            assertThat(whole.getByte(0)).isEqualTo((byte) 7);
            assertThat(whole.getByte(length - 1)).isEqualTo((byte) 9);
            assertThat(reader.inPayload()).isFalse();
            assertThat(reader.expected()).isEqualTo(3 + PacketWriter.packets(length));
            whole.release();
            packets.release();
        }
    }

    @Test
    void theLimitCountsAllPacketsOfAPayload() {
        ByteBuf packets = PacketWriter.frame(ALLOC, 0, ALLOC.buffer(MAX + 10).writeZero(MAX + 10));
        var reader = new PacketReader(MAX + 9);
        assertThatThrownBy(() -> drain(reader, packets)).isInstanceOf(ProtocolViolation.class);
        reader.close();
        packets.release();
    }

    @Test
    void noBytesMakeItFailOtherwiseThanByAViolation() {
        long seed = 20_261_123;
        for (int round = 0; round < 20_000; round++) {
            var random = new Random(seed + round);
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            // Most lengths small, most ids in turn: or nothing gets past the first header.
            for (int i = 1; i + 2 < bytes.length; i += 4) {
                bytes[i] = 0;
                if (random.nextInt(4) > 0) bytes[i + 1] = 0;
            }
            var reader = new PacketReader(100);
            ByteBuf stream = Unpooled.wrappedBuffer(bytes);
            try {
                while (stream.isReadable()) {
                    ByteBuf chunk =
                            stream.readRetainedSlice(1 + random.nextInt(stream.readableBytes()));
                    try {
                        drain(reader, chunk);
                    } finally {
                        chunk.release();
                    }
                }
            } catch (ProtocolViolation expected) {
                assertThat(expected).hasMessageStartingWith("packet ");
            } finally {
                reader.close();
            }
            assertThat(stream.refCnt()).as("seed %d", seed + round).isEqualTo(1);
        }
    }

    private static List<String> read(byte[] stream, int first, int second) {
        var reader = new PacketReader(1_000);
        var all = new ArrayList<String>();
        ByteBuf whole = Unpooled.wrappedBuffer(stream);
        for (int[] part : new int[][] {{0, first}, {first, second}, {second, stream.length}})
            all.addAll(drain(reader, whole.slice(part[0], part[1] - part[0])));
        assertThat(reader.inPayload()).isFalse();
        assertThat(whole.refCnt()).isEqualTo(1);
        return all;
    }

    private static List<String> drain(PacketReader reader, ByteBuf chunk) {
        var all = new ArrayList<String>();
        while (reader.inBody() || reader.readHeader(chunk)) {
            ByteBuf payload = reader.readPayload(chunk);
            if (payload == null) break;
            all.add(payload.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
            payload.release();
        }
        return all;
    }

    private static ByteBuf text(String text) {
        return ALLOC.buffer().writeBytes(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static byte[] hex(String digits) {
        return ByteBufUtil.decodeHexDump(digits);
    }
}
