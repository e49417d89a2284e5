package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// A piece of a COPY's data, in either direction. The bytes go by as slices; no value ever holds
/// them.
public record CopyData(int bytes) implements FrontendMessage, BackendMessage {
    static CopyData decode(ByteBuf body) {
        int bytes = body.readableBytes();
        body.skipBytes(bytes);
        return new CopyData(bytes);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        throw new UnsupportedOperationException("CopyData is passed on, never composed");
    }
}
