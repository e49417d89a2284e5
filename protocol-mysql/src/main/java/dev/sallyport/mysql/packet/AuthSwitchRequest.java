package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;

/// The server wants another method of authentication (MySQL internals manual, Connection Phase:
/// Protocol::AuthSwitchRequest).
///
/// @param data what the method begins with, as a nonce; MySQL's methods end it with a NUL,
///   MariaDB's don't
public record AuthSwitchRequest(String plugin, byte[] data) {
    public static final int HEADER = 0xFE;

    public static AuthSwitchRequest decode(ByteBuf body) {
        var in = new BodyReader(body, "AuthSwitchRequest");
        if (in.int1() != HEADER) throw in.violation("has another header");
        if (!in.hasMore()) throw in.violation("asks for passwords of before MySQL 4.1");
        String plugin = BodyReader.word(in.terminatedBytes());
        return new AuthSwitchRequest(plugin, in.rest());
    }

    public void encode(ByteBuf out) {
        out.writeByte(HEADER);
        BodyWriter.terminated(out, plugin);
        out.writeBytes(data);
    }

    @Override
    public String toString() {
        return "AuthSwitchRequest[" + plugin + "]";
    }
}
