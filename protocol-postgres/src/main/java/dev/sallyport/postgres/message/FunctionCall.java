package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// Calls a function by its object id, past all SQL. Refused by this gateway; read so that the
/// stream stays in step.
public record FunctionCall(int functionOid, int argumentCount) implements FrontendMessage {
    static FunctionCall decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "FunctionCall", ClientEncoding.UTF8);
        int functionOid = in.int32();
        int formats = in.formats().size();
        int arguments = in.uint16();
        if (formats > 1 && formats != arguments) {
            throw in.violation(
                    "has " + formats + " argument formats but " + arguments + " arguments");
        }
        for (int i = 0; i < arguments; i++) {
            int length = in.int32();
            if (length != -1) in.skip(length);
        }
        Format _ = in.format();
        in.end();
        return new FunctionCall(functionOid, arguments);
    }
}
