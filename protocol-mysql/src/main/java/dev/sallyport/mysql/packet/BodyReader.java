package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Reads one payload and lets nothing pass that doesn't fit: too short, no terminator, bytes left
/// over (MySQL internals manual, Protocol Basics: Data Types).
public final class BodyReader {
    /// First byte of a length that is NULL's in a row, or LOCAL INFILE's in an answer.
    private static final int NULL_VALUE = 0xFB;

    private final ByteBuf body;
    private final String packet;

    /// @param packet its name in the manual, for errors
    public BodyReader(ByteBuf body, String packet) {
        this.body = body;
        this.packet = packet;
    }

    public int int1() {
        need(1);
        return body.readUnsignedByte();
    }

    public int int2() {
        need(2);
        return body.readUnsignedShortLE();
    }

    public int int3() {
        need(3);
        return body.readUnsignedMediumLE();
    }

    public long int4() {
        need(4);
        return body.readUnsignedIntLE();
    }

    public long int8() {
        need(8);
        return body.readLongLE();
    }

    /// int&lt;lenenc&gt;; never negative.
    public long lengthEncoded() {
        int first = int1();
        if (first < NULL_VALUE) return first;
        long value =
                switch (first) {
                    case 0xFC -> int2();
                    case 0xFD -> int3();
                    case 0xFE -> int8();
                    default -> throw violation("has a malformed length");
                };
        if (value < 0) throw violation("has a length of more than 63 bits");
        return value;
    }

    public byte[] bytes(long length) {
        need(length);
        var bytes = new byte[(int) length];
        body.readBytes(bytes);
        return bytes;
    }

    public byte[] rest() {
        return bytes(body.readableBytes());
    }

    public byte[] lengthEncodedBytes() {
        return bytes(lengthEncoded());
    }

    public void skip(long length) {
        need(length);
        body.skipBytes((int) length);
    }

    public boolean hasMore() {
        return body.isReadable();
    }

    public int left() {
        return body.readableBytes();
    }

    /// Bytes up to the NUL, which is consumed.
    public byte[] terminatedBytes() {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) throw violation("has text without its terminating NUL");
        byte[] bytes = bytes(length);
        body.skipBytes(1);
        return bytes;
    }

    /// In UTF-8, of which ASCII is a part.
    public String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            throw violation("has text that is not UTF-8");
        }
    }

    /// For names of plugins and other words that are ASCII; any other byte becomes a replacement.
    public static String word(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /// Every decoder ends with this.
    public void end() {
        if (body.isReadable()) throw violation("has " + body.readableBytes() + " trailing bytes");
    }

    private void need(long bytes) {
        if (bytes < 0 || body.readableBytes() < bytes) throw violation("is cut short");
    }

    public ProtocolViolation violation(String what) {
        return new ProtocolViolation(packet + " " + what);
    }
}
