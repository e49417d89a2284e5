package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/// Another login on the same connection (MySQL internals manual, Command Phase: COM_CHANGE_USER).
///
/// @param authResponse to the nonce that the connection began with
public record ComChangeUser(
        String user,
        byte[] authResponse,
        String database,
        int collation,
        String plugin,
        Map<String, String> attributes) {

    /// @param payload with its command byte
    /// @param capabilities as agreed on
    public static ComChangeUser decode(ByteBuf payload, long capabilities) {
        var in = new BodyReader(payload, "COM_CHANGE_USER");
        in.skip(1);
        String user = in.text(in.terminatedBytes());
        byte[] response = in.bytes(in.int1());
        String database = in.text(in.terminatedBytes());
        int collation = in.hasMore() ? in.int2() : 0;
        String plugin =
                Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH) && in.hasMore()
                        ? BodyReader.word(in.terminatedBytes())
                        : "";
        Map<String, String> attributes =
                Capabilities.has(capabilities, Capabilities.CONNECT_ATTRS) && in.hasMore()
                        ? HandshakeResponse41.attributes(in)
                        : Map.of();
        in.end();
        return new ComChangeUser(user, response, database, collation, plugin, attributes);
    }

    @Override
    public String toString() {
        return "ComChangeUser[" + plugin + "]";
    }
}
