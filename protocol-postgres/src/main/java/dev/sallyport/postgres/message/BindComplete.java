package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Answers {@link Bind}.
public record BindComplete() implements BackendMessage {
    static BindComplete decode(ByteBuf body) {
        new BodyReader(body, "BindComplete", ClientEncoding.UTF8).end();
        return new BindComplete();
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.BIND_COMPLETE, encoding).end();
    }
}
