package dev.sallyport.mysql.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.mysql.packet.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
    private EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void begin(CompressionMethod method) {
        channel.finishAndReleaseAll();
        channel = new EmbeddedChannel(new Compression(method));
    }

    @ParameterizedTest
    @EnumSource(CompressionMethod.class)
    void whatIsPackedIsUnpackedWhereverItIsCut(CompressionMethod method) {
        byte[] text = "SELECT 'x' FROM t WHERE a = 1 AND b = 1 ".repeat(5).getBytes(US_ASCII);
        byte[] both = joined(packed(method, 0, text), plain(1, "the rest".getBytes(US_ASCII)));
        for (int cut = 1; cut < both.length; cut++) {
            begin(method);
            channel.writeInbound(Unpooled.copiedBuffer(both, 0, cut));
            channel.writeInbound(Unpooled.copiedBuffer(both, cut, both.length - cut));
            assertThat(unpacked()).as("cut at %d", cut).isEqualTo(ascii(text) + "the rest");
        }
        begin(method);
        for (byte one : both) channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
        assertThat(unpacked()).isEqualTo(ascii(text) + "the rest");
    }

    @ParameterizedTest
    @EnumSource(CompressionMethod.class)
    void lengthsAroundSlicesAndPacketsPassBothWays(CompressionMethod method) {
        var random = new Random(7);
        for (int length :
                new int[] {1, 49, 50, 65_535, 65_536, 65_537, 131_072, 131_073, 400_000}) {
            begin(method);
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            // Half of it can be compressed.
            Arrays.fill(bytes, 0, length / 2, (byte) 'a');
            channel.writeInbound(Unpooled.wrappedBuffer(packed(method, 0, bytes)));
            assertThat(unpackedBytes()).as("%d bytes in", length).isEqualTo(bytes);
            channel.writeOneOutbound(Unpooled.wrappedBuffer(new byte[] {'O', 'K'}));
            channel.writeOneOutbound(Unpooled.wrappedBuffer(bytes.clone()));
            channel.flushOutbound();
            ByteBuf ok = channel.readOutbound();
            assertThat(ok.toString(US_ASCII)).as("as it is").isEqualTo("OK");
            ok.release();
            assertThat(unpackedByClient(method, 1)).as("%d bytes out", length).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionMethod.class)
    void aPacketIsUnpackedOnlyAsItIsRead(CompressionMethod method) {
        begin(method);
        channel.config().setAutoRead(false);
        byte[] zeros = new byte[0xFF_FFFF];
        byte[] bomb = packed(method, 0, zeros);
        assertThat(bomb.length).isLessThan(20_000);
        channel.writeInbound(Unpooled.wrappedBuffer(bomb));
        assertThat(channel.inboundMessages()).as("nobody reads").isEmpty();
        channel.pipeline().addLast(new ReadsOne());
        channel.config().setAutoRead(true);
        channel.runPendingTasks();
        assertThat(channel.inboundMessages()).as("one slice").hasSize(1);
        ByteBuf slice = channel.readInbound();
        assertThat(slice.readableBytes()).isEqualTo(64 * 1024);
        slice.release();
    }

    /// As a session that has enough with the first.
    private static final class ReadsOne extends io.netty.channel.ChannelInboundHandlerAdapter {
        @Override
        public void channelReadComplete(io.netty.channel.ChannelHandlerContext own) {
            own.channel().config().setAutoRead(false);
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionMethod.class)
    void aPacketHoldsWhatItsHeaderSays(CompressionMethod method) {
        byte[] text = "a text that is long enough for anybody, or so ".repeat(3).getBytes(US_ASCII);
        byte[] right = packed(method, 0, text);
        for (int wrong : new int[] {1, text.length - 1, text.length + 1, 0xFF_FFFF}) {
            begin(method);
            byte[] changed = right.clone();
            changed[4] = (byte) wrong;
            changed[5] = (byte) (wrong >> 8);
            changed[6] = (byte) (wrong >> 16);
            assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(changed)))
                    .as("%d", wrong)
                    .isInstanceOf(ProtocolViolation.class);
            assertThat(unpackedBytes().length).isLessThanOrEqualTo(text.length);
            channel.writeInbound(Unpooled.wrappedBuffer(right.clone()));
            assertThat(unpacked()).as("nothing behind it is read").isEmpty();
        }
        begin(method);
        byte[] trailing = packed(0, joined(method.compress(text), new byte[20]), text.length);
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(trailing)))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void packetsComeInTurn() {
        begin(CompressionMethod.ZLIB);
        channel.writeInbound(Unpooled.wrappedBuffer(plain(0, new byte[] {'a'})));
        channel.writeInbound(Unpooled.wrappedBuffer(plain(1, new byte[] {'b'})));
        // Another command.
        channel.writeInbound(Unpooled.wrappedBuffer(plain(0, new byte[] {'c'})));
        assertThat(unpacked()).isEqualTo("abc");
        assertThatThrownBy(
                        () -> channel.writeInbound(Unpooled.wrappedBuffer(plain(3, new byte[1]))))
                .isInstanceOf(ProtocolViolation.class);
        begin(CompressionMethod.ZLIB);
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[7])))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("empty");
    }

    @ParameterizedTest
    @EnumSource(CompressionMethod.class)
    void noBytesMakeItHangOrThrowAnythingElse(CompressionMethod method) {
        byte[] sample =
                packed(method, 0, "SELECT 1 FROM t WHERE b = 2 ".repeat(9).getBytes(US_ASCII));
        long seed = 99;
        for (int round = 0; round < 2_000; round++) {
            var random = new Random(seed + round);
            begin(method);
            byte[] changed = sample.clone();
            for (int i = 0; i <= random.nextInt(4); i++)
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            // Or it would wait for the rest.
            changed[1] = 0;
            changed[2] = 0;
            try {
                channel.writeInbound(Unpooled.wrappedBuffer(changed));
            } catch (ProtocolViolation _) {
                // As it should be, where it isn't text by chance.
            }
            unpackedBytes();
        }
    }

    @Test
    void whatIsWrittenIsToldWhenItIsSent() {
        begin(CompressionMethod.ZLIB);
        channel.writeOneOutbound(Unpooled.wrappedBuffer(new byte[] {'O', 'K'}));
        var written = channel.writeOneOutbound(Unpooled.wrappedBuffer(new byte[200]));
        var empty = channel.writeOneOutbound(Unpooled.buffer(0));
        assertThat(written.isDone()).isFalse();
        channel.flushOutbound();
        assertThat(written.isSuccess()).isTrue();
        assertThat(empty.isSuccess()).isTrue();
    }

    // --- packets

    private static final java.nio.charset.Charset US_ASCII = StandardCharsets.US_ASCII;

    /// As a client makes them: not by the gateway's own code where the JDK has it.
    private static byte[] packed(CompressionMethod method, int sequence, byte[] bytes) {
        byte[] content =
                switch (method) {
                    case ZLIB -> {
                        var deflater = new Deflater();
                        deflater.setInput(bytes);
                        deflater.finish();
                        byte[] out = new byte[bytes.length + 100];
                        int length = deflater.deflate(out);
                        deflater.end();
                        yield Arrays.copyOf(out, length);
                    }
                    case ZSTD -> com.github.luben.zstd.Zstd.compress(bytes, 19);
                };
        return packed(sequence, content, bytes.length);
    }

    private static byte[] packed(int sequence, byte[] content, int length) {
        ByteBuf out = Unpooled.buffer();
        out.writeMediumLE(content.length).writeByte(sequence).writeMediumLE(length);
        return ByteBufUtil.getBytes(out.writeBytes(content));
    }

    private static byte[] plain(int sequence, byte[] content) {
        return packed(sequence, content, 0);
    }

    private byte[] unpackedByClient(CompressionMethod method, int sequence) {
        ByteBuf all = Unpooled.buffer();
        int next = sequence;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            int length = out.readUnsignedMediumLE();
            assertThat(out.readUnsignedByte()).isEqualTo((short) next++);
            int plain = out.readUnsignedMediumLE();
            byte[] content = new byte[length];
            out.readBytes(content);
            assertThat(out.isReadable()).isFalse();
            out.release();
            if (plain == 0) all.writeBytes(content);
            else
                all.writeBytes(
                        switch (method) {
                            case ZLIB -> inflated(content, plain);
                            case ZSTD -> com.github.luben.zstd.Zstd.decompress(content, plain);
                        });
        }
        return ByteBufUtil.getBytes(all);
    }

    private static byte[] inflated(byte[] content, int length) {
        var inflater = new java.util.zip.Inflater();
        inflater.setInput(content);
        byte[] out = new byte[length];
        try {
            assertThat(inflater.inflate(out)).isEqualTo(length);
        } catch (java.util.zip.DataFormatException e) {
            throw new AssertionError(e);
        } finally {
            inflater.end();
        }
        return out;
    }

    private String unpacked() {
        return ascii(unpackedBytes());
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, US_ASCII);
    }

    private byte[] unpackedBytes() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf in = channel.readInbound(); in != null; in = channel.readInbound()) {
            all.writeBytes(in);
            in.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
