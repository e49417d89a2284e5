package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Ends a COPY's data, in either direction.
public record CopyDone() implements FrontendMessage, BackendMessage {
    static CopyDone decode(ByteBuf body) {
        new BodyReader(body, "CopyDone", ClientEncoding.UTF8).end();
        return new CopyDone();
    }

    /// The same bytes in both directions.
    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, FrontendType.COPY_DONE, encoding).end();
    }
}
