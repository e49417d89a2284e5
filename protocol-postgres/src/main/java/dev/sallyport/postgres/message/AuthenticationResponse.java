package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// The client's part of a login. All have type `p`: which one a body is, only the last request of
/// the server says.
public sealed interface AuthenticationResponse extends FrontendMessage
        permits PasswordMessage, SASLInitialResponse, SASLResponse {

    /// The largest of these that is taken: PostgreSQL's PG_MAX_SASL_MESSAGE_LENGTH and far more
    /// than any honest one.
    int MAX_BYTES = 65_535;

    void encode(ByteBuf out);
}
