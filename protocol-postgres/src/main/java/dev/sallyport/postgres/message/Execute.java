package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Runs a portal.
///
/// @param portal empty for the unnamed portal
/// @param maxRows 0 for all; PostgreSQL takes a negative number as all, too
public record Execute(String portal, int maxRows) implements FrontendMessage {
    static Execute decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "Execute", encoding);
        String portal = in.text();
        int maxRows = in.int32();
        in.end();
        return new Execute(portal, maxRows);
    }

    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, FrontendType.EXECUTE, encoding).text(portal).int32(maxRows).end();
    }
}
