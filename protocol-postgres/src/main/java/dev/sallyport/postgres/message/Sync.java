package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Ends a pipeline: commits or rolls back its implicit transaction, and is answered by {@link
/// ReadyForQuery}.
public record Sync() implements FrontendMessage {
    static Sync decode(ByteBuf body) {
        new BodyReader(body, "Sync", ClientEncoding.UTF8).end();
        return new Sync();
    }

    public void encode(ByteBuf out) {
        BodyWriter.begin(out, FrontendType.SYNC, ClientEncoding.UTF8).end();
    }
}
