package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// COPY data follow.
public record CopyOutResponse(Format format, List<Format> columnFormats) implements BackendMessage {
    public CopyOutResponse {
        columnFormats = List.copyOf(columnFormats);
    }

    static CopyOutResponse decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "CopyOutResponse", ClientEncoding.UTF8);
        Format format = Format.of(in.int8(), "CopyOutResponse");
        List<Format> columnFormats = in.formats();
        in.end();
        return new CopyOutResponse(format, columnFormats);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.COPY_OUT_RESPONSE, encoding)
                .int8(format.code())
                .formats(columnFormats)
                .end();
    }
}
