package dev.sallyport.mysql.codec;

import dev.sallyport.mysql.packet.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Finds the packets in a stream of chunks, which may be cut anywhere.
///
/// A packet is a length of three bytes, a sequence id and a body. A body of {@link #MAX_BODY_BYTES}
/// goes on in the next packet; what they make together is a payload. Pull what you need from each
/// chunk in turn:
///
/// ```java
/// while (reader.inBody() || reader.readHeader(chunk)) {
///     // bodyLength(), sequence(), continues() are known. Either the whole payload ...
///     ByteBuf payload = reader.readPayload(chunk);   // null until all of it has come
///     // ... or body bytes as they come, at most to the packet's end
///     int count = reader.skipBody(chunk);
/// }
/// ```
///
/// Sequence ids are checked: a packet out of turn ends the connection, since nobody can tell any
/// more which answer belongs to which question. Lengths are checked before a byte of the body is
/// kept, in `long`. A payload that spans chunks is gathered in a buffer that grows with what has
/// really come. Every chunk stays the caller's.
public final class PacketReader implements AutoCloseable {
    public static final int HEADER_BYTES = 4;

    /// A body of this length goes on in the next packet.
    public static final int MAX_BODY_BYTES = 0xFF_FFFF;

    private long maxPayloadBytes;
    private int expected;

    /// Header bytes read so far, little endian.
    private int header;

    private int headerBytes;
    private boolean inBody;
    private int bodyLength;
    private int bodyLeft;
    private int sequence;
    private boolean continues;
    private boolean goesOn;
    private long payloadBytes;
    private @Nullable ByteBuf gathered;

    /// @param maxPayloadBytes of everything that is read from now on
    public PacketReader(long maxPayloadBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /// For the payloads that have not begun yet, and for what is left of one that has.
    public void limit(long bytes) {
        maxPayloadBytes = bytes;
    }

    /// The sequence id that the next packet must have.
    public void expect(int sequenceId) {
        expected = sequenceId & 0xFF;
    }

    public int expected() {
        return expected;
    }

    /// Whether a packet has begun: its header is known, its body not yet consumed to the end.
    public boolean inBody() {
        return inBody;
    }

    /// Whether part of a packet, or of a payload that goes on, has been consumed: the stream must
    /// not end here.
    public boolean inPayload() {
        return inBody || headerBytes > 0 || goesOn;
    }

    /// Consumes the next packet's header, or what is there of it.
    ///
    /// @return whether the header is complete; the packet is then current even if its body is empty
    /// @throws ProtocolViolation out of turn, or too long
    public boolean readHeader(ByteBuf chunk) {
        if (inBody) throw new IllegalStateException("the current packet's body is not consumed");
        if (headerBytes == 0 && chunk.readableBytes() >= HEADER_BYTES) {
            begin(chunk.readIntLE());
            return true;
        }
        while (headerBytes < HEADER_BYTES) {
            if (!chunk.isReadable()) return false;
            header |= chunk.readUnsignedByte() << (8 * headerBytes);
            headerBytes++;
        }
        int whole = header;
        header = 0;
        headerBytes = 0;
        begin(whole);
        return true;
    }

    private void begin(int whole) {
        int length = whole & MAX_BODY_BYTES;
        sequence = whole >>> 24;
        continues = goesOn;
        if (sequence != expected)
            throw new ProtocolViolation(
                    "packet with sequence id " + sequence + " where " + expected + " was due");
        expected = (expected + 1) & 0xFF;
        payloadBytes = (continues ? payloadBytes : 0) + length;
        if (payloadBytes > maxPayloadBytes)
            throw new ProtocolViolation(
                    "packet is longer than the limit of " + maxPayloadBytes + " bytes");
        bodyLength = length;
        bodyLeft = length;
        goesOn = length == MAX_BODY_BYTES;
        inBody = true;
    }

    /// Of the current packet.
    public int bodyLength() {
        return bodyLength;
    }

    /// What isn't consumed of the current packet's body yet.
    public int bodyLeft() {
        return bodyLeft;
    }

    public int sequence() {
        return sequence;
    }

    /// Whether the current packet goes on with the payload of the one before it.
    public boolean continues() {
        return continues;
    }

    /// Whether the payload goes on behind the current packet.
    public boolean goesOn() {
        return goesOn;
    }

    /// The current payload once all of it has come, however many packets it takes; consumes from
    /// `chunk` what belongs to it. Not to be mixed with {@link #skipBody} on the same payload.
    ///
    /// @return null if more is needed; else a buffer to be released by the caller
    public @Nullable ByteBuf readPayload(ByteBuf chunk) {
        requireBody();
        if (gathered == null && !goesOn && bodyLeft == bodyLength) {
            if (chunk.readableBytes() >= bodyLength) {
                endPacket();
                return chunk.readRetainedSlice(bodyLength);
            }
        }
        while (true) {
            int take = Math.min(bodyLeft, chunk.readableBytes());
            if (take > 0) gather(chunk, take);
            bodyLeft -= take;
            if (bodyLeft > 0) return null;
            boolean more = goesOn;
            endPacket();
            if (!more) break;
            if (!readHeader(chunk)) return null;
        }
        ByteBuf payload = gathered;
        gathered = null;
        return payload == null ? chunk.alloc().buffer(0) : payload;
    }

    private void gather(ByteBuf chunk, int take) {
        ByteBuf all = gathered;
        if (all == null) {
            all = chunk.alloc().buffer(Math.max(256, Math.min(bodyLength, 2 * take)));
            gathered = all;
        }
        all.writeBytes(chunk, take);
    }

    /// Consumes what `chunk` holds of the current packet's body by moving its reader index.
    ///
    /// @return how many bytes; the packet is over when {@link #inBody()} is false afterwards
    public int skipBody(ByteBuf chunk) {
        requireBody();
        if (gathered != null) throw new IllegalStateException("the payload is being gathered");
        int take = Math.min(bodyLeft, chunk.readableBytes());
        chunk.skipBytes(take);
        bodyLeft -= take;
        if (bodyLeft == 0) endPacket();
        return take;
    }

    /// Releases what has been gathered.
    @Override
    public void close() {
        ByteBuf buffer = gathered;
        gathered = null;
        if (buffer != null) buffer.release();
    }

    private void endPacket() {
        bodyLeft = 0;
        inBody = false;
    }

    private void requireBody() {
        if (!inBody) throw new IllegalStateException("no packet is current");
    }
}
