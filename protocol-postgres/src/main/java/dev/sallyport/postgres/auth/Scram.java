package dev.sallyport.postgres.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What both ends of SCRAM-SHA-256 share: its arithmetic and the shape of its messages.
final class Scram {
    static final int KEY_BYTES = 32;

    /// Of a nonce from the other side: several times what any implementation sends.
    static final int MAX_NONCE_CHARS = 256;

    /// 18 bytes, as PostgreSQL and libpq take (SCRAM_RAW_NONCE_LEN).
    private static final int NONCE_BYTES = 18;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Scram() {}

    static String newNonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return base64(bytes);
    }

    /// RFC 5802: printable ASCII except the comma.
    static boolean isNonce(String text) {
        if (text.isEmpty() || text.length() > MAX_NONCE_CHARS) return false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x21 || c > 0x7E || c == ',') return false;
        }
        return true;
    }

    /// The value of `part`, which must be `name=value`.
    static String attribute(String part, char name) throws AuthenticationFailure {
        if (part.length() < 2 || part.charAt(0) != name || part.charAt(1) != '=') {
            throw new AuthenticationFailure("malformed SCRAM message: expected attribute " + name);
        }
        return part.substring(2);
    }

    static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    static byte[] hmac(byte[] key, String data) {
        return hmac(key, data.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// PBKDF2 with HMAC-SHA-256 and one block of output: SaltedPassword.
    static byte[] hi(byte[] password, byte[] salt, int iterations) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            // The JDK takes no empty key; HMAC pads short keys with zeros, so one zero byte is the
            // same key.
            mac.init(
                    new SecretKeySpec(password.length == 0 ? new byte[1] : password, "HmacSHA256"));
            mac.update(salt);
            byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] result = block.clone();
            for (int i = 1; i < iterations; i++) {
                block = mac.doFinal(block);
                for (int j = 0; j < result.length; j++) result[j] ^= block[j];
            }
            return result;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    static byte[] xor(byte[] left, byte[] right) {
        byte[] result = Arrays.copyOf(left, left.length);
        for (int i = 0; i < result.length; i++) result[i] ^= right[i];
        return result;
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static byte[] unbase64(String text) throws AuthenticationFailure {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw new AuthenticationFailure("malformed SCRAM message: invalid base64");
        }
    }
}
