package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// Asks, on a connection of its own, to cancel what a session is running. Never answered.
///
/// @param secretKey 4 bytes in protocol 3.0, 4 to 256 in 3.2
public record CancelRequest(int processId, byte[] secretKey) implements InitialRequest {
    static final int CODE = 1234 << 16 | 5678;

    public CancelRequest {
        secretKey = secretKey.clone();
    }

    static CancelRequest decodeAfterCode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "CancelRequest", ClientEncoding.UTF8);
        int processId = in.int32();
        byte[] secretKey = in.rest();
        BackendKeyData.checkKeyLength(secretKey.length, in);
        return new CancelRequest(processId, secretKey);
    }

    @Override
    public void encode(ByteBuf out) {
        BodyWriter.beginUntyped(out).int32(CODE).int32(processId).bytes(secretKey).end();
    }

    @Override
    public byte[] secretKey() {
        return secretKey.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CancelRequest(int otherId, byte[] otherKey)
                && processId == otherId
                && java.security.MessageDigest.isEqual(secretKey, otherKey);
    }

    @Override
    public int hashCode() {
        return 31 * processId + Arrays.hashCode(secretKey);
    }

    @Override
    public String toString() {
        return "CancelRequest[processId=" + processId + ", secretKey=***]";
    }
}
