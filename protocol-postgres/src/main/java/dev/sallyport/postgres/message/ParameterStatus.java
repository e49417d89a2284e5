package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// The value a setting has now; may come at any time.
public record ParameterStatus(String name, String value) implements BackendMessage {
    static ParameterStatus decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "ParameterStatus", encoding);
        String name = in.text();
        String value = in.text();
        in.end();
        if (name.isEmpty()) throw in.violation("has no name");
        return new ParameterStatus(name, value);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.PARAMETER_STATUS, encoding).text(name).text(value).end();
    }
}
