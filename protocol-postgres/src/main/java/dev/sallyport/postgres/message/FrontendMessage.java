package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// What a client sends to a server. {@link Bind} and {@link CopyData} stand only for what the
/// gateway reads of them.
public sealed interface FrontendMessage
        permits InitialRequest,
                AuthenticationResponse,
                Bind,
                Close,
                CopyData,
                CopyDone,
                CopyFail,
                Describe,
                Execute,
                Flush,
                FunctionCall,
                Parse,
                Query,
                Sync,
                Terminate {

    /// Decodes one whole body, exactly as long as its frame said, of a client that has logged in.
    ///
    /// @throws ProtocolViolation if it isn't exactly one such message, or is one that belongs to
    ///   the login
    static FrontendMessage decode(FrontendType type, ByteBuf body, ClientEncoding encoding) {
        return switch (type) {
            case BIND -> Bind.decode(body, encoding);
            case CLOSE -> Close.decode(body, encoding);
            case COPY_DATA -> CopyData.decode(body);
            case COPY_DONE -> CopyDone.decode(body);
            case COPY_FAIL -> CopyFail.decode(body, encoding);
            case DESCRIBE -> Describe.decode(body, encoding);
            case EXECUTE -> Execute.decode(body, encoding);
            case FLUSH -> Flush.decode(body);
            case FUNCTION_CALL -> FunctionCall.decode(body);
            case PARSE -> Parse.decode(body, encoding);
            case AUTHENTICATION_RESPONSE ->
                    throw new ProtocolViolation("authentication message after authentication");
            case QUERY -> Query.decode(body, encoding);
            case SYNC -> Sync.decode(body);
            case TERMINATE -> Terminate.decode(body);
        };
    }
}
