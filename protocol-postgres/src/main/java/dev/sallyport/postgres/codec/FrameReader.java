package dev.sallyport.postgres.codec;

import dev.sallyport.postgres.message.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Finds the messages in a stream of chunks, which may be cut anywhere.
///
/// Pull what you need from each chunk in turn:
///
/// ```java
/// while (reader.inBody() || reader.readHeader(chunk)) {
///     // type(), bodyLength() are known. Either a whole body ...
///     ByteBuf body = reader.readBody(chunk);   // null until all of it has come
///     if (body == null) break;
///     // ... or body bytes as they come, at most to the message's end
///     int count = reader.skipBody(chunk);      // chunk.readerIndex() has moved by count
/// }
/// ```
///
/// The length is checked against {@link FrameLimits} as soon as it's known and before a body byte
/// is kept, in `long`. At most four header bytes are carried from chunk to chunk. A body that spans
/// chunks is gathered only if {@link #readBody} asks for it, in a buffer that grows with what has
/// really come. A message stays current until its last byte is consumed. Every chunk stays the
/// caller's. Belongs to one event loop; {@link #close()} when the connection ends.
public final class FrameReader implements AutoCloseable {
    /// Type and length.
    public static final int HEADER_BYTES = 5;

    private FrameLimits limits;
    private final boolean typed;

    /// Header bytes read so far, big endian; INVARIANT: at most 4 bytes when a call returns without
    /// a header.
    private long header;

    private int headerBytes;

    private byte type;
    private int bodyLength;
    private int bodyLeft;
    private boolean inBody;
    private @Nullable ByteBuf gathered;

    private FrameReader(FrameLimits limits, boolean typed) {
        this.limits = limits;
        this.typed = typed;
    }

    /// For the first messages of a connection, which have no type byte; {@link #type()} is 0.
    public static FrameReader untyped() {
        return new FrameReader(FrameLimits.startup(), false);
    }

    public static FrameReader typed(FrameLimits limits) {
        return new FrameReader(limits, true);
    }

    /// The limits for the messages whose header has not been read yet.
    public void limits(FrameLimits limits) {
        this.limits = limits;
    }

    /// Whether a message has begun: its header is known, its body not yet consumed to the end.
    public boolean inBody() {
        return inBody;
    }

    /// Whether part of a header or body has been consumed: the stream must not end here.
    public boolean inMessage() {
        return inBody || headerBytes > 0;
    }

    /// Consumes the next message's header, or what is there of it.
    ///
    /// @return whether the header is complete; the message is then current even if its body is
    ///   empty
    /// @throws ProtocolViolation on an unknown type or a length out of bounds
    public boolean readHeader(ByteBuf chunk) {
        if (inBody) throw new IllegalStateException("the current message's body is not consumed");
        int wanted = typed ? HEADER_BYTES : 4;
        if (headerBytes == 0 && chunk.readableBytes() >= wanted) {
            begin(typed ? chunk.readByte() : 0, chunk.readUnsignedInt());
            return true;
        }
        while (headerBytes < wanted) {
            if (!chunk.isReadable()) return false;
            header = header << 8 | chunk.readUnsignedByte();
            headerBytes++;
            // An unknown type is refused at once, so that something that isn't this protocol gets
            // no further.
            if (typed && headerBytes == 1) limits.maxBytes((byte) header);
        }
        byte messageType = typed ? (byte) (header >>> 32) : 0;
        long length = header & 0xFFFFFFFFL;
        header = 0;
        headerBytes = 0;
        begin(messageType, length);
        return true;
    }

    /// The current message's type byte.
    public byte type() {
        return type;
    }

    /// The current message's whole body, in bytes.
    public int bodyLength() {
        return bodyLength;
    }

    /// What isn't consumed of the current body yet. Where it is 0 the next {@link #readBody} or
    /// {@link #skipBody} ends the message.
    public int bodyLeft() {
        return bodyLeft;
    }

    /// The current message's whole body once all of it has come; consumes from `chunk` what belongs
    /// to it. Not to be mixed with {@link #skipBody} on the same message.
    ///
    /// @return null if more is needed; else a buffer to be released by the caller, a slice of
    ///   `chunk` if possible
    public @Nullable ByteBuf readBody(ByteBuf chunk) {
        requireBody();
        if (gathered == null && chunk.readableBytes() >= bodyLength) {
            endMessage();
            return chunk.readRetainedSlice(bodyLength);
        }
        if (gathered == null) {
            if (!chunk.isReadable()) return null;
            gathered =
                    chunk.alloc()
                            .buffer(Math.min(bodyLength, Math.max(256, 2 * chunk.readableBytes())));
        }
        int take = Math.min(bodyLeft, chunk.readableBytes());
        gathered.writeBytes(chunk, take);
        bodyLeft -= take;
        if (bodyLeft > 0) return null;
        ByteBuf body = gathered;
        gathered = null;
        endMessage();
        return body;
    }

    /// Consumes what `chunk` holds of the current message's body by moving its reader index.
    ///
    /// @return how many bytes; the message is over when {@link #inBody()} is false afterwards
    public int skipBody(ByteBuf chunk) {
        requireBody();
        if (gathered != null) throw new IllegalStateException("the body is being gathered");
        int take = Math.min(bodyLeft, chunk.readableBytes());
        chunk.skipBytes(take);
        bodyLeft -= take;
        if (bodyLeft == 0) endMessage();
        return take;
    }

    /// Writes the current message's header as it came, for one whose header bytes are gone with an
    /// earlier chunk.
    public void writeHeader(ByteBuf out) {
        if (typed) out.writeByte(type);
        out.writeInt(bodyLength + 4);
    }

    /// Releases what has been gathered.
    @Override
    public void close() {
        ByteBuf buffer = gathered;
        gathered = null;
        if (buffer != null) buffer.release();
    }

    private void begin(byte messageType, long length) {
        int limit = limits.maxBytes(messageType);
        if (length < 4)
            throw new ProtocolViolation(
                    "message " + describe(messageType) + "has an invalid length " + length);
        if (length > limit) {
            throw new ProtocolViolation(
                    "message "
                            + describe(messageType)
                            + "has "
                            + length
                            + " bytes, more than the limit of "
                            + limit);
        }
        type = messageType;
        bodyLength = (int) length - 4;
        bodyLeft = bodyLength;
        inBody = true;
    }

    private void endMessage() {
        bodyLeft = 0;
        inBody = false;
    }

    private void requireBody() {
        if (!inBody) throw new IllegalStateException("no message is current");
    }

    private String describe(byte messageType) {
        return typed ? "of type '" + (char) messageType + "' " : "at the start ";
    }
}
