package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// In place of {@link CommandComplete} for a text without a statement.
public record EmptyQueryResponse() implements BackendMessage {
    static EmptyQueryResponse decode(ByteBuf body) {
        new BodyReader(body, "EmptyQueryResponse", ClientEncoding.UTF8).end();
        return new EmptyQueryResponse();
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.EMPTY_QUERY_RESPONSE, encoding).end();
    }
}
