package dev.sallyport.mysql.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;

/// Puts payloads into packets.
public final class PacketWriter {
    private PacketWriter() {}

    /// @param sequence of the first packet
    /// @param payload ownership is taken
    /// @return the packets; to be released by the caller
    public static ByteBuf frame(ByteBufAllocator alloc, int sequence, ByteBuf payload) {
        int left = payload.readableBytes();
        if (left < PacketReader.MAX_BODY_BYTES) {
            ByteBuf header = header(alloc, left, sequence);
            return alloc.compositeBuffer(2).addComponent(true, header).addComponent(true, payload);
        }
        CompositeByteBuf packets = alloc.compositeBuffer(Integer.MAX_VALUE);
        int next = sequence;
        int length;
        do {
            length = Math.min(left, PacketReader.MAX_BODY_BYTES);
            packets.addComponent(true, header(alloc, length, next++));
            if (length > 0) packets.addComponent(true, payload.readRetainedSlice(length));
            left -= length;
        } while (length == PacketReader.MAX_BODY_BYTES);
        payload.release();
        return packets;
    }

    /// How many packets {@link #frame} makes of a payload.
    public static int packets(long payloadBytes) {
        return Math.toIntExact(payloadBytes / PacketReader.MAX_BODY_BYTES) + 1;
    }

    public static ByteBuf header(ByteBufAllocator alloc, int bodyLength, int sequence) {
        return alloc.buffer(PacketReader.HEADER_BYTES)
                .writeIntLE(bodyLength | (sequence & 0xFF) << 24);
    }

    /// Begins a packet in `out`; {@link #end} puts its length in. For bodies that are short.
    ///
    /// @return what {@link #end} needs
    public static int begin(ByteBuf out, int sequence) {
        int at = out.writerIndex();
        out.writeIntLE((sequence & 0xFF) << 24);
        return at;
    }

    public static void end(ByteBuf out, int begun) {
        int length = out.writerIndex() - begun - PacketReader.HEADER_BYTES;
        if (length >= PacketReader.MAX_BODY_BYTES)
            throw new IllegalArgumentException("a body of " + length + " bytes in one packet");
        out.setMediumLE(begun, length);
    }
}
