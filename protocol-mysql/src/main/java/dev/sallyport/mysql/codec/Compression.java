package dev.sallyport.mysql.codec;

import dev.sallyport.mysql.packet.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The layer of compressed packets on a client's connection (MySQL internals manual, Compression):
/// a header of seven bytes, and behind it any stretch of what would be sent without it. Added when
/// the login is over but for its last packet, which goes as it is; what comes from then on is
/// compressed, both ways.
///
/// Nothing is believed of a length before that much has come: what a packet holds is handed on in
/// slices as it is unpacked, as long as the session wants to read, and a slice more than the packet
/// promised, or one less, ends the connection. So a small packet can't make much of anything wait
/// in memory. Limits on statements and messages are those of the layer above, which sees each
/// packet's header before what is behind it has been unpacked.
///
/// Sequence ids are one row for both directions, and begin anew where the client says so: with each
/// command. Commands that are sent ahead stay packed until the one before them has been answered.
public final class Compression extends ChannelDuplexHandler {
    private static final int HEADER_BYTES = 7;

    /// Shorter ones aren't worth it; as servers do.
    private static final int MIN_BYTES = 50;

    /// Of what is unpacked, handed on at a time.
    private static final int SLICE_BYTES = 64 * 1024;

    /// Of what goes into one packet.
    private static final int PACKET_BYTES = 128 * 1024;

    private final CompressionMethod method;
    private @Nullable CoalescingBufferQueue unsent;
    private boolean loginEnded;
    private int sequence;

    /// What has come and isn't unpacked.
    private @Nullable ByteBuf packed;

    /// {@link #packed} is a buffer that can grow, and not a chunk as it came.
    private boolean gathers;

    /// Of the packet that is being unpacked; null between two.
    private @Nullable InputStream unpacking;

    private int left;
    private boolean inputOver;

    /// There may be more to unpack, and the session did not want to read it.
    private boolean paused;

    public Compression(CompressionMethod method) {
        this.method = method;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext own) {
        unsent = new CoalescingBufferQueue(own.channel(), 4, true);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext own) {
        drop();
    }

    private void drop() {
        ByteBuf bytes = packed;
        packed = null;
        if (bytes != null) bytes.release();
        closeStream();
        var queue = unsent;
        if (queue != null && !queue.isEmpty())
            queue.releaseAndFailAll(new IOException("the connection is closed"));
    }

    private void closeStream() {
        InputStream stream = unpacking;
        unpacking = null;
        if (stream == null) return;
        try {
            stream.close();
        } catch (IOException _) {
            // It reads from memory.
        }
    }

    // --- from the client

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (inputOver) {
            bytes.release();
            return;
        }
        ByteBuf before = packed;
        if (before == null) {
            packed = bytes;
            gathers = false;
        } else {
            gathered(own, before).discardSomeReadBytes().writeBytes(bytes);
            bytes.release();
        }
        unpack(own);
    }

    /// Reading is on again.
    @Override
    public void read(ChannelHandlerContext own) {
        own.read();
        if (!paused) return;
        paused = false;
        own.executor()
                .execute(() -> {
                    if (!inputOver && !own.isRemoved()) unpack(own);
                });
    }

    private void unpack(ChannelHandlerContext own) {
        try {
            while (!inputOver) {
                if (!own.channel().config().isAutoRead()) {
                    paused = true;
                    break;
                }
                if (!step(own)) break;
                own.fireChannelReadComplete();
            }
            keep(own);
        } catch (ProtocolViolation | IOException e) {
            inputOver = true;
            drop();
            own.fireExceptionCaught(
                    e instanceof ProtocolViolation violation
                            ? violation
                            : new ProtocolViolation("compressed packet is malformed"));
        }
    }

    /// What is left of a chunk is kept in a buffer that can grow.
    private void keep(ChannelHandlerContext own) {
        ByteBuf bytes = packed;
        if (bytes == null) return;
        if (bytes.isReadable()) {
            ByteBuf _ = gathered(own, bytes);
            return;
        }
        bytes.release();
        packed = null;
    }

    private ByteBuf gathered(ChannelHandlerContext own, ByteBuf bytes) {
        if (gathers) return bytes;
        ByteBuf all = own.alloc().buffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        packed = all;
        gathers = true;
        return all;
    }

    /// @return whether something was handed on
    private boolean step(ChannelHandlerContext own) throws IOException {
        InputStream stream = unpacking;
        if (stream == null) {
            ByteBuf bytes = packed;
            if (bytes == null || bytes.readableBytes() < HEADER_BYTES) return false;
            int at = bytes.readerIndex();
            int length = bytes.getUnsignedMediumLE(at);
            if (length == 0) throw new ProtocolViolation("compressed packet is empty");
            int id = bytes.getUnsignedByte(at + 3);
            if (id != sequence && id != 0)
                throw new ProtocolViolation(
                        "compressed packet with sequence id "
                                + id
                                + " where "
                                + sequence
                                + " was due");
            if (bytes.readableBytes() < HEADER_BYTES + length) return false;
            sequence = id + 1 & 0xFF;
            int plainLength = bytes.getUnsignedMediumLE(at + 4);
            bytes.skipBytes(HEADER_BYTES);
            if (plainLength == 0) {
                own.fireChannelRead(bytes.readBytes(length));
                return true;
            }
            byte[] content = new byte[length];
            bytes.readBytes(content);
            left = plainLength;
            unpacking = stream = method.open(content);
        }
        byte[] slice = new byte[Math.min(SLICE_BYTES, left + 1)];
        int count = stream.readNBytes(slice, 0, slice.length);
        left -= count;
        // Less than was asked for: the packet is at its end.
        boolean atEnd = count < slice.length;
        if (left < 0 || atEnd && left > 0)
            throw new ProtocolViolation("compressed packet does not hold what its header says");
        if (atEnd) closeStream();
        if (count > 0) own.fireChannelRead(own.alloc().buffer(count).writeBytes(slice, 0, count));
        return true;
    }

    // --- to the client

    @Override
    public void write(ChannelHandlerContext own, Object message, ChannelPromise promise) {
        var queue = unsent;
        if (!loginEnded || queue == null) {
            loginEnded = true;
            own.write(message, promise);
            return;
        }
        queue.add((ByteBuf) message, promise);
        while (queue.readableBytes() >= PACKET_BYTES) pack(own, queue);
    }

    @Override
    public void flush(ChannelHandlerContext own) {
        var queue = unsent;
        // Also what has no bytes has a promise.
        while (queue != null && !queue.isEmpty()) pack(own, queue);
        own.flush();
    }

    private void pack(ChannelHandlerContext own, CoalescingBufferQueue queue) {
        ChannelPromise promise = own.newPromise();
        ByteBuf plain = queue.remove(PACKET_BYTES, promise);
        int length = plain.readableBytes();
        if (length == 0) {
            own.write(plain, promise);
            return;
        }
        ByteBuf out = own.alloc().buffer(HEADER_BYTES + length);
        byte[] compressed = null;
        if (length >= MIN_BYTES) {
            byte[] bytes = new byte[length];
            plain.getBytes(plain.readerIndex(), bytes);
            compressed = method.compress(bytes);
            if (compressed.length >= length) compressed = null;
        }
        out.writeMediumLE(compressed == null ? length : compressed.length);
        out.writeByte(sequence++ & 0xFF);
        out.writeMediumLE(compressed == null ? 0 : length);
        if (compressed == null) out.writeBytes(plain);
        else out.writeBytes(compressed);
        plain.release();
        own.write(out, promise);
    }
}
