package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// The server waits for the next query.
public record ReadyForQuery(TransactionStatus status) implements BackendMessage {
    static ReadyForQuery decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "ReadyForQuery", ClientEncoding.UTF8);
        TransactionStatus status = TransactionStatus.of(in.int8());
        in.end();
        return new ReadyForQuery(status);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.READY_FOR_QUERY, encoding).int8(status.code()).end();
    }
}
