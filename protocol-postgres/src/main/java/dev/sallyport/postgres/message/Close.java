package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Drops a prepared statement or portal; one that doesn't exist is no error.
///
/// @param name empty for the unnamed one
public record Close(Target target, String name) implements FrontendMessage {
    static Close decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "Close", encoding);
        Target target = Target.of(in.int8(), "Close");
        String name = in.text();
        in.end();
        return new Close(target, name);
    }

    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, FrontendType.CLOSE, encoding).int8(target.code()).text(name).end();
    }
}
