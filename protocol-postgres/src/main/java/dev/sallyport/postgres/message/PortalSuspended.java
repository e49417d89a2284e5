package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// An {@link Execute} reached its row limit.
public record PortalSuspended() implements BackendMessage {
    static PortalSuspended decode(ByteBuf body) {
        new BodyReader(body, "PortalSuspended", ClientEncoding.UTF8).end();
        return new PortalSuspended();
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.PORTAL_SUSPENDED, encoding).end();
    }
}
