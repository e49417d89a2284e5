package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// Reads one message's body and lets nothing pass that doesn't fit: too short, no terminator, bytes
/// left over.
final class BodyReader {
    private final ByteBuf body;
    private final String message;
    private final ClientEncoding encoding;

    /// @param message the message's name in the manual, for errors
    BodyReader(ByteBuf body, String message, ClientEncoding encoding) {
        this.body = body;
        this.message = message;
        this.encoding = encoding;
    }

    byte int8() {
        need(1);
        return body.readByte();
    }

    int uint16() {
        need(2);
        return body.readUnsignedShort();
    }

    short int16() {
        need(2);
        return body.readShort();
    }

    int int32() {
        need(4);
        return body.readInt();
    }

    byte[] bytes(int length) {
        if (length < 0) throw violation("has a negative length");
        need(length);
        byte[] bytes = new byte[length];
        body.readBytes(bytes);
        return bytes;
    }

    byte[] rest() {
        return bytes(body.readableBytes());
    }

    boolean hasMore() {
        return body.isReadable();
    }

    void skip(int length) {
        if (length < 0) throw violation("has a negative length");
        need(length);
        body.skipBytes(length);
    }

    /// Text up to and including its NUL.
    String text() {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) throw violation("has text without its terminating NUL");
        String text = encoding.decode(body, body.readerIndex(), length);
        body.skipBytes(length + 1);
        return text;
    }

    Format format() {
        return Format.of(uint16(), message);
    }

    /// A count and as many format codes.
    List<Format> formats() {
        int count = uint16();
        need(2L * count);
        List<Format> formats = new ArrayList<>(count);
        for (int i = 0; i < count; i++) formats.add(format());
        return formats;
    }

    /// Every decoder ends with this.
    void end() {
        if (body.isReadable()) throw violation("has " + body.readableBytes() + " trailing bytes");
    }

    /// Checked before a list of `count` elements is allocated.
    void need(long bytes) {
        if (body.readableBytes() < bytes) throw violation("is cut short");
    }

    ProtocolViolation violation(String what) {
        return new ProtocolViolation(message + " message " + what);
    }
}
