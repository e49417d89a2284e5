package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Answers {@link Describe} of what returns no rows.
public record NoData() implements BackendMessage {
    static NoData decode(ByteBuf body) {
        new BodyReader(body, "NoData", ClientEncoding.UTF8).end();
        return new NoData();
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.NO_DATA, encoding).end();
    }
}
