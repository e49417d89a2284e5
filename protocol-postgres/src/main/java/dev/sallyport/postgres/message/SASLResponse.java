package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// A further message of the SASL mechanism; SCRAM's are UTF-8 text.
public record SASLResponse(String data) implements AuthenticationResponse {
    public static SASLResponse decode(ByteBuf body) {
        return new SASLResponse(
                ClientEncoding.UTF8.decode(
                        new BodyReader(body, "SASLResponse", ClientEncoding.UTF8).rest()));
    }

    @Override
    public void encode(ByteBuf out) {
        BodyWriter.begin(out, FrontendType.AUTHENTICATION_RESPONSE, ClientEncoding.UTF8)
                .bytes(ClientEncoding.UTF8.encode(data))
                .end();
    }

    @Override
    public String toString() {
        return "SASLResponse[***]";
    }
}
