package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// The client gives up a COPY IN; the server answers with an error that quotes the reason.
public record CopyFail(String reason) implements FrontendMessage {
    static CopyFail decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "CopyFail", encoding);
        String reason = in.text();
        in.end();
        return new CopyFail(reason);
    }

    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, FrontendType.COPY_FAIL, encoding).text(reason).end();
    }

    @Override
    public String toString() {
        return "CopyFail[***]";
    }
}
