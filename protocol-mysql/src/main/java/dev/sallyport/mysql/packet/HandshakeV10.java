package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// The server's greeting (MySQL internals manual, Connection Phase: Protocol::HandshakeV10).
///
/// @param serverVersion as `11.4.2-MariaDB-log`; ASCII
/// @param threadId for KILL
/// @param capabilities see {@link Capabilities}
/// @param collation id of the server's default, of which one byte is sent
/// @param status see {@link ServerStatus}
/// @param nonce what the client's proof is to be of; 20 bytes
/// @param plugin the authentication method that the server begins with
public record HandshakeV10(
        String serverVersion,
        long threadId,
        long capabilities,
        int collation,
        int status,
        byte[] nonce,
        String plugin) {
    public static final int NONCE_BYTES = 20;
    private static final int PROTOCOL_VERSION = 10;
    private static final int FIRST_PART = 8;
    private static final int RESERVED = 10;

    public HandshakeV10 {
        if (nonce.length != NONCE_BYTES)
            throw new IllegalArgumentException("a nonce of " + nonce.length + " bytes");
    }

    /// @throws ProtocolViolation also for a server without {@link Capabilities#NEEDED}
    public static HandshakeV10 decode(ByteBuf body) {
        var in = new BodyReader(body, "HandshakeV10");
        int version = in.int1();
        if (version != PROTOCOL_VERSION)
            throw in.violation("has protocol version " + version + ", only 10 is supported");
        String serverVersion = BodyReader.word(in.terminatedBytes());
        long threadId = in.int4();
        byte[] first = in.bytes(FIRST_PART);
        in.skip(1);
        long low = in.int2();
        int collation = in.int1();
        int status = in.int2();
        long capabilities = low | (long) in.int2() << 16;
        if (!Capabilities.has(capabilities, Capabilities.NEEDED))
            throw in.violation("is of a server that is too old: no authentication plugins");
        int nonceLength = in.int1();
        in.skip(RESERVED);
        byte[] second = in.bytes(Math.max(13, nonceLength - FIRST_PART));
        // Some servers forget the NUL behind the name (MySQL bug 59453).
        String plugin;
        byte[] rest = in.rest();
        int length = rest.length;
        if (length > 0 && rest[length - 1] == 0) length--;
        plugin = new String(rest, 0, length, StandardCharsets.US_ASCII);
        // The 21st byte is a NUL.
        if (second.length != 13 || second[12] != 0) throw in.violation("has a malformed nonce");
        byte[] nonce = new byte[NONCE_BYTES];
        System.arraycopy(first, 0, nonce, 0, FIRST_PART);
        System.arraycopy(second, 0, nonce, FIRST_PART, NONCE_BYTES - FIRST_PART);
        return new HandshakeV10(
                serverVersion, threadId, capabilities, collation, status, nonce, plugin);
    }

    public void encode(ByteBuf out) {
        out.writeByte(PROTOCOL_VERSION);
        BodyWriter.terminated(out, serverVersion);
        out.writeIntLE((int) threadId);
        out.writeBytes(nonce, 0, FIRST_PART).writeByte(0);
        out.writeShortLE((int) (capabilities & 0xFFFF));
        out.writeByte(collation);
        out.writeShortLE(status);
        out.writeShortLE((int) (capabilities >>> 16));
        out.writeByte(NONCE_BYTES + 1);
        out.writeZero(RESERVED);
        out.writeBytes(nonce, FIRST_PART, NONCE_BYTES - FIRST_PART).writeByte(0);
        BodyWriter.terminated(out, plugin);
    }

    @Override
    public String toString() {
        return "HandshakeV10[" + serverVersion + ", " + plugin + "]";
    }
}
