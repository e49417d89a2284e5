package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// A statement, or with severity FATAL the whole session, failed.
public record ErrorResponse(Diagnostic diagnostic) implements BackendMessage {
    /// The statement fails, the session goes on.
    public static ErrorResponse error(
            String sqlState, String message, @Nullable String detail, @Nullable String hint) {
        return new ErrorResponse(Diagnostic.of("ERROR", sqlState, message, detail, hint));
    }

    /// The last message of a connection.
    public static ErrorResponse fatal(
            String sqlState, String message, @Nullable String detail, @Nullable String hint) {
        return new ErrorResponse(Diagnostic.of("FATAL", sqlState, message, detail, hint));
    }

    static ErrorResponse decode(ByteBuf body, ClientEncoding encoding) {
        return new ErrorResponse(Diagnostic.decode(body, "ErrorResponse", encoding));
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        diagnostic.encode(out, BackendType.ERROR_RESPONSE, encoding);
    }
}
