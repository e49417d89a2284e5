package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// A notice or warning; may come at any time, even while a login is under way.
public record NoticeResponse(Diagnostic diagnostic) implements BackendMessage {
    static NoticeResponse decode(ByteBuf body, ClientEncoding encoding) {
        return new NoticeResponse(Diagnostic.decode(body, "NoticeResponse", encoding));
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        diagnostic.encode(out, BackendType.NOTICE_RESPONSE, encoding);
    }
}
