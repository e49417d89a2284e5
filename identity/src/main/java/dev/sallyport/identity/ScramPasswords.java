package dev.sallyport.identity;

import dev.sallyport.config.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// Makes what is kept of a password (RFC 5802, section 3).
public final class ScramPasswords {
    public static final int ITERATIONS = 15_000;

    private static final int SALT_BYTES = 16;
    private static final int KEY_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    private ScramPasswords() {}

    /// True for the passwords that every client prepares alike (RFC 4013 leaves printable ASCII as
    /// it is; about other characters clients differ).
    public static boolean isPortable(char[] password) {
        for (var c : password) if (c < 0x20 || c > 0x7e) return false;
        return password.length > 0;
    }

    /// With a salt of its own.
    ///
    /// @param password portable
    /// @param iterations within {@link ScramVerifier}'s bounds
    public static ScramVerifier verifier(char[] password, int iterations) {
        var salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return verifier(password, iterations, salt);
    }

    static ScramVerifier verifier(char[] password, int iterations, byte[] salt) {
        if (!isPortable(password)) throw new IllegalArgumentException("not a portable password");
        try {
            var salted =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(new PBEKeySpec(password, salt, iterations, KEY_BITS))
                            .getEncoded();
            var storedKey = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
            var base64 = Base64.getEncoder();
            return Account.scram(
                    "SCRAM-SHA-256$%d:%s$%s:%s"
                            .formatted(
                                    iterations,
                                    base64.encodeToString(salt),
                                    base64.encodeToString(storedKey),
                                    base64.encodeToString(hmac(salted, "Server Key"))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2 with SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    }
}
