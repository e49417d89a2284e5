package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// The server waits for COPY data.
public record CopyInResponse(Format format, List<Format> columnFormats) implements BackendMessage {
    public CopyInResponse {
        columnFormats = List.copyOf(columnFormats);
    }

    static CopyInResponse decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "CopyInResponse", ClientEncoding.UTF8);
        Format format = Format.of(in.int8(), "CopyInResponse");
        List<Format> columnFormats = in.formats();
        in.end();
        return new CopyInResponse(format, columnFormats);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.COPY_IN_RESPONSE, encoding)
                .int8(format.code())
                .formats(columnFormats)
                .end();
    }
}
