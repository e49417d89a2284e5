package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;

/// The client wants TLS before it says more (MySQL internals manual, Connection Phase:
/// Protocol::SSLRequest).
public record SslRequest(long capabilities, long maxPacketBytes, int collation) {

    /// Whether a client's first packet is this: it ends where the user's name would begin.
    public static boolean is(ByteBuf body) {
        return body.readableBytes() == HandshakeResponse41.HEAD_BYTES
                && Capabilities.has(body.getUnsignedIntLE(body.readerIndex()), Capabilities.SSL);
    }

    public static SslRequest decode(ByteBuf body) {
        var in = new BodyReader(body, "SSLRequest");
        var head = HandshakeResponse41.head(in);
        in.end();
        return new SslRequest(head.capabilities(), head.maxPacketBytes(), head.collation());
    }

    public void encode(ByteBuf out) {
        out.writeIntLE((int) capabilities);
        out.writeIntLE((int) maxPacketBytes);
        out.writeByte(collation);
        out.writeZero(23);
    }
}
