package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Asks for the parameters and columns of a statement, or the columns of a portal.
///
/// @param name empty for the unnamed one
public record Describe(Target target, String name) implements FrontendMessage {
    static Describe decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "Describe", encoding);
        Target target = Target.of(in.int8(), "Describe");
        String name = in.text();
        in.end();
        return new Describe(target, name);
    }

    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, FrontendType.DESCRIBE, encoding).int8(target.code()).text(name).end();
    }
}
