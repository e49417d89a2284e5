package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Answers {@link Close}.
public record CloseComplete() implements BackendMessage {
    static CloseComplete decode(ByteBuf body) {
        new BodyReader(body, "CloseComplete", ClientEncoding.UTF8).end();
        return new CloseComplete();
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.CLOSE_COMPLETE, encoding).end();
    }
}
