package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// Streaming replication begins; never allowed through this gateway.
public record CopyBothResponse(Format format, List<Format> columnFormats)
        implements BackendMessage {
    public CopyBothResponse {
        columnFormats = List.copyOf(columnFormats);
    }

    static CopyBothResponse decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "CopyBothResponse", ClientEncoding.UTF8);
        Format format = Format.of(in.int8(), "CopyBothResponse");
        List<Format> columnFormats = in.formats();
        in.end();
        return new CopyBothResponse(format, columnFormats);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.COPY_BOTH_RESPONSE, encoding)
                .int8(format.code())
                .formats(columnFormats)
                .end();
    }
}
