package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Asks the server to send what it has; no Sync.
public record Flush() implements FrontendMessage {
    static Flush decode(ByteBuf body) {
        new BodyReader(body, "Flush", ClientEncoding.UTF8).end();
        return new Flush();
    }

    public void encode(ByteBuf out) {
        BodyWriter.begin(out, FrontendType.FLUSH, ClientEncoding.UTF8).end();
    }
}
