package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// A password, in clear or as MD5 response.
public record PasswordMessage(String password) implements AuthenticationResponse {
    public static PasswordMessage decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "PasswordMessage", ClientEncoding.UTF8);
        String password = in.text();
        in.end();
        return new PasswordMessage(password);
    }

    @Override
    public void encode(ByteBuf out) {
        BodyWriter.begin(out, FrontendType.AUTHENTICATION_RESPONSE, ClientEncoding.UTF8)
                .text(password)
                .end();
    }

    @Override
    public String toString() {
        return "PasswordMessage[***]";
    }
}
