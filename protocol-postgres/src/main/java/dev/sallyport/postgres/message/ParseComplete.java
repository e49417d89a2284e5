package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Answers {@link Parse}.
public record ParseComplete() implements BackendMessage {
    static ParseComplete decode(ByteBuf body) {
        new BodyReader(body, "ParseComplete", ClientEncoding.UTF8).end();
        return new ParseComplete();
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.PARSE_COMPLETE, encoding).end();
    }
}
