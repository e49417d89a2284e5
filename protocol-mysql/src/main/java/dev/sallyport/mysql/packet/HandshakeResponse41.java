package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a client answers to the greeting (MySQL internals manual, Connection Phase:
/// Protocol::HandshakeResponse41), and its beginning alone, which is {@link SslRequest}.
///
/// @param capabilities as the client set them, whatever was offered
/// @param maxPacketBytes what the client takes; for people only
/// @param user not empty where a login makes sense
/// @param authResponse to the greeting's nonce by `plugin`
/// @param database empty for none
/// @param plugin the method of `authResponse`; empty where the client names none
/// @param attributes as `program_name`; for people, and for what the session is for
public record HandshakeResponse41(
        long capabilities,
        long maxPacketBytes,
        int collation,
        String user,
        byte[] authResponse,
        String database,
        String plugin,
        Map<String, String> attributes) {
    private static final int FILLER = 23;
    private static final int MAX_ATTRIBUTES = 128;

    /// Length of an SslRequest.
    static final int HEAD_BYTES = 32;

    public HandshakeResponse41 {
        attributes = Map.copyOf(attributes);
    }

    public static HandshakeResponse41 decode(ByteBuf body) {
        var in = new BodyReader(body, "HandshakeResponse41");
        Head head = head(in);
        long flags = head.capabilities;
        String user = in.text(in.terminatedBytes());
        byte[] response;
        if (Capabilities.has(flags, Capabilities.PLUGIN_AUTH_LENENC_CLIENT_DATA))
            response = in.lengthEncodedBytes();
        else if (Capabilities.has(flags, Capabilities.SECURE_CONNECTION))
            response = in.bytes(in.int1());
        else response = in.terminatedBytes();
        String database =
                Capabilities.has(flags, Capabilities.CONNECT_WITH_DB) && in.hasMore()
                        ? in.text(in.terminatedBytes())
                        : "";
        String plugin =
                Capabilities.has(flags, Capabilities.PLUGIN_AUTH) && in.hasMore()
                        ? BodyReader.word(in.terminatedBytes())
                        : "";
        Map<String, String> attributes =
                Capabilities.has(flags, Capabilities.CONNECT_ATTRS) && in.hasMore()
                        ? attributes(in)
                        : Map.of();
        // The level that the client would like.
        if (Capabilities.has(flags, Capabilities.ZSTD_COMPRESSION_ALGORITHM) && in.hasMore())
            in.skip(1);
        in.end();
        return new HandshakeResponse41(
                flags,
                head.maxPacketBytes,
                head.collation,
                user,
                response,
                database,
                plugin,
                attributes);
    }

    record Head(long capabilities, long maxPacketBytes, int collation) {}

    static Head head(BodyReader in) {
        long capabilities = in.int4();
        if (!Capabilities.has(capabilities, Capabilities.PROTOCOL_41))
            throw in.violation("is of a client that is too old: protocol 4.1 is needed");
        var head = new Head(capabilities, in.int4(), in.int1());
        in.skip(FILLER);
        return head;
    }

    /// A total length, then names and values.
    static Map<String, String> attributes(BodyReader in) {
        long total = in.lengthEncoded();
        if (total > in.left()) throw in.violation("is cut short");
        long end = in.left() - total;
        var attributes = new LinkedHashMap<String, String>();
        while (in.left() > end) {
            // Whatever a client says about itself.
            String name = new String(in.lengthEncodedBytes(), StandardCharsets.UTF_8);
            String value = new String(in.lengthEncodedBytes(), StandardCharsets.UTF_8);
            if (attributes.size() >= MAX_ATTRIBUTES) throw in.violation("has too many attributes");
            attributes.put(name, value);
        }
        if (in.left() != end) throw in.violation("has malformed attributes");
        return attributes;
    }

    public void encode(ByteBuf out) {
        new SslRequest(capabilities, maxPacketBytes, collation).encode(out);
        BodyWriter.terminated(out, user);
        BodyWriter.lengthEncodedBytes(out, authResponse);
        if (Capabilities.has(capabilities, Capabilities.CONNECT_WITH_DB))
            BodyWriter.terminated(out, database);
        BodyWriter.terminated(out, plugin);
        if (!Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH_LENENC_CLIENT_DATA))
            throw new IllegalStateException("only written with lengths before the response");
        if (Capabilities.has(capabilities, Capabilities.CONNECT_ATTRS))
            BodyWriter.lengthEncoded(out, 0);
    }

    @Override
    public String toString() {
        return "HandshakeResponse41[" + plugin + "]";
    }
}
