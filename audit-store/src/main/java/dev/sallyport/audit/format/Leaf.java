package dev.sallyport.audit.format;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The leaf hash of an entry: SHA-256(0x00 || entry), so that a Merkle tree (RFC 6962 2.1) can be
/// built over the same bytes that the chain covers. Holds one digest: not for several threads.
public final class Leaf {
    public static final int HASH_BYTES = 32;

    private static final byte[] HEX = ascii("0123456789abcdef");

    private final MessageDigest sha256 = sha256();

    public void hash(byte[] bytes, int offset, int length, byte[] into) {
        sha256.update((byte) 0);
        sha256.update(bytes, offset, length);
        try {
            sha256.digest(into, 0, HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] hash(byte[] bytes, int offset, int length) {
        byte[] hash = new byte[HASH_BYTES];
        hash(bytes, offset, length, hash);
        return hash;
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /// Lower-case hex into `into` at `offset`, two bytes each, without garbage.
    public static void hex(byte[] bytes, byte[] into, int offset) {
        for (int i = 0; i < bytes.length; i++) {
            into[offset + 2 * i] = HEX[bytes[i] >> 4 & 0xF];
            into[offset + 2 * i + 1] = HEX[bytes[i] & 0xF];
        }
    }

    /// The hex digit of the lowest four bits.
    static byte digit(int bits) {
        return HEX[bits & 0xF];
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
