package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Writes the protocol's data types.
public final class BodyWriter {
    private BodyWriter() {}

    public static void lengthEncoded(ByteBuf out, long value) {
        if (value < 0) throw new IllegalArgumentException("a negative length");
        if (value < 0xFB) out.writeByte((int) value);
        else if (value <= 0xFFFF) out.writeByte(0xFC).writeShortLE((int) value);
        else if (value <= 0xFF_FFFF) out.writeByte(0xFD).writeMediumLE((int) value);
        else out.writeByte(0xFE).writeLongLE(value);
    }

    public static void lengthEncodedBytes(ByteBuf out, byte[] bytes) {
        lengthEncoded(out, bytes.length);
        out.writeBytes(bytes);
    }

    public static void lengthEncodedText(ByteBuf out, String text) {
        lengthEncodedBytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    /// @param text without NUL
    public static void terminated(ByteBuf out, String text) {
        terminated(out, text.getBytes(StandardCharsets.UTF_8));
    }

    public static void terminated(ByteBuf out, byte[] bytes) {
        for (byte b : bytes)
            if (b == 0) throw new IllegalArgumentException("NUL in terminated text");
        out.writeBytes(bytes).writeByte(0);
    }
}
