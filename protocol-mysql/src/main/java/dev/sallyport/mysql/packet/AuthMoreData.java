package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;

/// A step of an authentication method (MySQL internals manual, Connection Phase:
/// Protocol::AuthMoreData).
public record AuthMoreData(byte[] data) {
    public static final int HEADER = 0x01;

    public static AuthMoreData decode(ByteBuf body) {
        var in = new BodyReader(body, "AuthMoreData");
        if (in.int1() != HEADER) throw in.violation("has another header");
        return new AuthMoreData(in.rest());
    }

    public void encode(ByteBuf out) {
        out.writeByte(HEADER).writeBytes(data);
    }

    @Override
    public String toString() {
        return "AuthMoreData[" + data.length + " bytes]";
    }
}
