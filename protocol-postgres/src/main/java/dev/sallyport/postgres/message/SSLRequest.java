package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Asks for TLS before anything else; answered by one byte, `S` or `N`.
public record SSLRequest() implements InitialRequest {
    static final int CODE = 1234 << 16 | 5679;

    static SSLRequest decodeAfterCode(ByteBuf body) {
        new BodyReader(body, "SSLRequest", ClientEncoding.UTF8).end();
        return new SSLRequest();
    }

    @Override
    public void encode(ByteBuf out) {
        BodyWriter.beginUntyped(out).int32(CODE).end();
    }
}
