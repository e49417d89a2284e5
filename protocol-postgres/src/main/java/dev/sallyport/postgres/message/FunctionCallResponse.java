package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Answers {@link FunctionCall}, which this gateway never sends.
///
/// @param bytes the length of the result, -1 for null
public record FunctionCallResponse(int bytes) implements BackendMessage {
    static FunctionCallResponse decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "FunctionCallResponse", ClientEncoding.UTF8);
        int length = in.int32();
        if (length != -1) in.skip(length);
        in.end();
        return new FunctionCallResponse(length);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        throw new UnsupportedOperationException("the gateway answers no function call");
    }
}
