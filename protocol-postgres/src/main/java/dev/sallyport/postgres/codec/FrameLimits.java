package dev.sallyport.postgres.codec;

import dev.sallyport.postgres.message.AuthenticationResponse;
import dev.sallyport.postgres.message.BackendType;
import dev.sallyport.postgres.message.FrontendType;
import dev.sallyport.postgres.message.InitialRequest;
import dev.sallyport.postgres.message.ProtocolViolation;

/// How long a message may be, by its type, in one phase of one direction. Lengths are those of the
/// wire: with the length word, without the type byte.
@FunctionalInterface
public interface FrameLimits {
    /// What PostgreSQL takes for messages that carry no data (PQ_SMALL_MESSAGE_LIMIT).
    int SMALL_BYTES = 10_000;

    /// The largest message there is (PQ_LARGE_MESSAGE_LIMIT): what goes by as slices may be that
    /// long.
    int LARGE_BYTES = 0x3FFFFFFE;

    /// @return the largest length, or throws if no such message may come in this phase
    /// @throws ProtocolViolation if the type is unknown or out of place
    int maxBytes(byte type);

    /// The first message of a connection, which has no type.
    static FrameLimits startup() {
        return _ -> InitialRequest.MAX_BYTES;
    }

    /// A client that is logging in.
    static FrameLimits clientLogin() {
        return type -> {
            FrontendType known = FrontendType.of(type);
            if (known != FrontendType.AUTHENTICATION_RESPONSE && known != FrontendType.TERMINATE) {
                throw new ProtocolViolation(
                        "expected an authentication response, got message type " + known);
            }
            return AuthenticationResponse.MAX_BYTES;
        };
    }

    /// A client that has logged in.
    ///
    /// @param maxMessageBytes for messages that hold SQL or parameters
    static FrameLimits client(int maxMessageBytes) {
        return type ->
                switch (FrontendType.of(type)) {
                    case QUERY, PARSE, BIND, FUNCTION_CALL -> maxMessageBytes;
                    case COPY_DATA -> LARGE_BYTES;
                    case CLOSE, COPY_DONE, COPY_FAIL, DESCRIBE, EXECUTE, FLUSH, SYNC, TERMINATE ->
                            SMALL_BYTES;
                    case AUTHENTICATION_RESPONSE ->
                            throw new ProtocolViolation(
                                    "authentication message after authentication");
                };
    }

    /// A server the gateway is logging in to: nothing it says then is long.
    static FrameLimits serverLogin() {
        return type ->
                switch (BackendType.of(type)) {
                    case AUTHENTICATION,
                            BACKEND_KEY_DATA,
                            ERROR_RESPONSE,
                            NEGOTIATE_PROTOCOL_VERSION,
                            NOTICE_RESPONSE,
                            PARAMETER_STATUS,
                            READY_FOR_QUERY ->
                            AuthenticationResponse.MAX_BYTES;
                    case BIND_COMPLETE,
                            CLOSE_COMPLETE,
                            COMMAND_COMPLETE,
                            COPY_BOTH_RESPONSE,
                            COPY_DATA,
                            COPY_DONE,
                            COPY_IN_RESPONSE,
                            COPY_OUT_RESPONSE,
                            DATA_ROW,
                            EMPTY_QUERY_RESPONSE,
                            FUNCTION_CALL_RESPONSE,
                            NO_DATA,
                            NOTIFICATION_RESPONSE,
                            PARAMETER_DESCRIPTION,
                            PARSE_COMPLETE,
                            PORTAL_SUSPENDED,
                            ROW_DESCRIPTION ->
                            throw new ProtocolViolation(
                                    "message type " + BackendType.of(type) + " during the login");
                };
    }

    /// A server the gateway has logged in to.
    static FrameLimits server() {
        return type ->
                switch (BackendType.of(type)) {
                    // Go by as slices.
                    case COPY_DATA, DATA_ROW, FUNCTION_CALL_RESPONSE -> LARGE_BYTES;
                    // May be held as a whole. 1,664 columns with names of 63 bytes are 135 KB;
                    // errors quote statements.
                    case ERROR_RESPONSE,
                            NOTICE_RESPONSE,
                            NOTIFICATION_RESPONSE,
                            PARAMETER_STATUS,
                            ROW_DESCRIPTION,
                            PARAMETER_DESCRIPTION ->
                            16 << 20;
                    case COPY_BOTH_RESPONSE,
                            COPY_IN_RESPONSE,
                            COPY_OUT_RESPONSE,
                            COMMAND_COMPLETE ->
                            SMALL_BYTES;
                    case BACKEND_KEY_DATA,
                            BIND_COMPLETE,
                            CLOSE_COMPLETE,
                            COPY_DONE,
                            EMPTY_QUERY_RESPONSE,
                            NO_DATA,
                            PARSE_COMPLETE,
                            PORTAL_SUSPENDED,
                            READY_FOR_QUERY ->
                            512;
                    case AUTHENTICATION, NEGOTIATE_PROTOCOL_VERSION ->
                            throw new ProtocolViolation(
                                    "message type " + BackendType.of(type) + " after the login");
                };
    }
}
