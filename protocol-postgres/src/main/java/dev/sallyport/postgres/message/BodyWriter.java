package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Writes one message: type, length and body. The length is filled in by {@link #end()}.
final class BodyWriter {
    private final ByteBuf out;
    private final ClientEncoding encoding;
    private final int lengthIndex;

    private BodyWriter(ByteBuf out, ClientEncoding encoding) {
        this.out = out;
        this.encoding = encoding;
        lengthIndex = out.writerIndex();
        out.writeInt(0);
    }

    static BodyWriter begin(ByteBuf out, FrontendType type, ClientEncoding encoding) {
        out.writeByte(type.code());
        return new BodyWriter(out, encoding);
    }

    static BodyWriter begin(ByteBuf out, BackendType type, ClientEncoding encoding) {
        out.writeByte(type.code());
        return new BodyWriter(out, encoding);
    }

    /// For the messages before login, which have no type byte.
    static BodyWriter beginUntyped(ByteBuf out) {
        return new BodyWriter(out, ClientEncoding.UTF8);
    }

    BodyWriter int8(int value) {
        out.writeByte(value);
        return this;
    }

    BodyWriter int16(int value) {
        out.writeShort(value);
        return this;
    }

    BodyWriter int32(int value) {
        out.writeInt(value);
        return this;
    }

    BodyWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    BodyWriter text(String text) {
        return terminated(encoding.encode(text));
    }

    BodyWriter textReplacing(String text) {
        return terminated(encoding.encodeReplacing(text));
    }

    BodyWriter formats(java.util.List<Format> formats) {
        int16(formats.size());
        for (Format format : formats) int16(format.code());
        return this;
    }

    void end() {
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex);
    }

    private BodyWriter terminated(byte[] bytes) {
        // INVARIANT: no NUL inside, or the rest of the text would be read as the message's next
        // field.
        for (byte b : bytes)
            if (b == 0) throw new IllegalArgumentException("text in a message cannot hold a NUL");
        out.writeBytes(bytes).writeByte(0);
        return this;
    }
}
