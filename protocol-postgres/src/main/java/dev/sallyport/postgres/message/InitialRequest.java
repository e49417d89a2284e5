package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// What may come first on a connection: a message without type byte, told apart by its first four
/// bytes.
public sealed interface InitialRequest extends FrontendMessage
        permits CancelRequest, GSSENCRequest, SSLRequest, StartupMessage {

    /// The largest of these that PostgreSQL takes, length word included
    /// (MAX_STARTUP_PACKET_LENGTH).
    int MAX_BYTES = 10_000;

    static InitialRequest decode(ByteBuf body) {
        if (body.readableBytes() < 4) throw new ProtocolViolation("startup packet is cut short");
        int code = body.readInt();
        return switch (code) {
            case CancelRequest.CODE -> CancelRequest.decodeAfterCode(body);
            case SSLRequest.CODE -> SSLRequest.decodeAfterCode(body);
            case GSSENCRequest.CODE -> GSSENCRequest.decodeAfterCode(body);
            default -> StartupMessage.decodeAfterVersion(new ProtocolVersion(code), body);
        };
    }

    void encode(ByteBuf out);
}
