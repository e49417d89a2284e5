package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Asks for GSSAPI encryption; this gateway always answers `N`, after which the client goes on.
public record GSSENCRequest() implements InitialRequest {
    static final int CODE = 1234 << 16 | 5680;

    static GSSENCRequest decodeAfterCode(ByteBuf body) {
        new BodyReader(body, "GSSENCRequest", ClientEncoding.UTF8).end();
        return new GSSENCRequest();
    }

    @Override
    public void encode(ByteBuf out) {
        BodyWriter.beginUntyped(out).int32(CODE).end();
    }
}
