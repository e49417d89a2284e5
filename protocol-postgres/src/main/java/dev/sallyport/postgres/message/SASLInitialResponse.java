package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The mechanism the client chose and its first message; SCRAM's are UTF-8 text.
///
/// @param data null when the client sent none
public record SASLInitialResponse(String mechanism, @Nullable String data)
        implements AuthenticationResponse {
    public static SASLInitialResponse decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "SASLInitialResponse", ClientEncoding.UTF8);
        String mechanism = in.text();
        int length = in.int32();
        String data = length == -1 ? null : ClientEncoding.UTF8.decode(in.bytes(length));
        in.end();
        return new SASLInitialResponse(mechanism, data);
    }

    @Override
    public void encode(ByteBuf out) {
        BodyWriter writer =
                BodyWriter.begin(out, FrontendType.AUTHENTICATION_RESPONSE, ClientEncoding.UTF8)
                        .text(mechanism);
        if (data == null) {
            writer.int32(-1);
        } else {
            byte[] bytes = ClientEncoding.UTF8.encode(data);
            writer.int32(bytes.length).bytes(bytes);
        }
        writer.end();
    }

    @Override
    public String toString() {
        return "SASLInitialResponse[mechanism=" + mechanism + ", data=***]";
    }
}
