package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// The client says goodbye.
public record Terminate() implements FrontendMessage {
    static Terminate decode(ByteBuf body) {
        new BodyReader(body, "Terminate", ClientEncoding.UTF8).end();
        return new Terminate();
    }

    public void encode(ByteBuf out) {
        BodyWriter.begin(out, FrontendType.TERMINATE, ClientEncoding.UTF8).end();
    }
}
