package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.util.Arrays;

/// What a client must show to cancel this session's queries. The gateway's own key goes to the
/// client, the server's stays here.
///
/// @param secretKey 4 bytes in protocol 3.0, 4 to 256 in 3.2
public record BackendKeyData(int processId, byte[] secretKey) implements BackendMessage {
    public static final int MAX_KEY_BYTES = 256;

    public BackendKeyData {
        secretKey = secretKey.clone();
    }

    static BackendKeyData decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "BackendKeyData", ClientEncoding.UTF8);
        int processId = in.int32();
        byte[] secretKey = in.rest();
        checkKeyLength(secretKey.length, in);
        return new BackendKeyData(processId, secretKey);
    }

    static void checkKeyLength(int length, BodyReader in) {
        if (length < 4 || length > MAX_KEY_BYTES)
            throw in.violation("has a secret key of " + length + " bytes");
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.BACKEND_KEY_DATA, encoding)
                .int32(processId)
                .bytes(secretKey)
                .end();
    }

    @Override
    public byte[] secretKey() {
        return secretKey.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BackendKeyData(int otherId, byte[] otherKey)
                && processId == otherId
                && MessageDigest.isEqual(secretKey, otherKey);
    }

    @Override
    public int hashCode() {
        return 31 * processId + Arrays.hashCode(secretKey);
    }

    @Override
    public String toString() {
        return "BackendKeyData[processId=" + processId + ", secretKey=***]";
    }
}
