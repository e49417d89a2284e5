package dev.sallyport.app.cli;

import dev.sallyport.config.ScramVerifier;
import dev.sallyport.mysql.auth.Ed25519Password;
import dev.sallyport.mysql.auth.NativePassword;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// Makes what the users' file keeps of a password (RFC 5802, section 3).
public final class Verifiers {
    private static final int SALT_BYTES = 16;
    private static final int KEY_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Verifiers() {}

    /// True for the passwords that every client prepares alike (RFC 4013 leaves printable ASCII as
    /// it is; about other characters clients differ).
    public static boolean isPortable(char[] password) {
        for (var c : password) if (c < 0x20 || c > 0x7e) return false;
        return password.length > 0;
    }

    /// The text for `verifier:`, with a salt of its own.
    ///
    /// @param password portable
    /// @param iterations within {@link ScramVerifier}'s bounds
    public static String make(char[] password, int iterations) {
        if (!isPortable(password)) throw new IllegalArgumentException("not a portable password");
        var salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        try {
            var salted =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(new PBEKeySpec(password, salt, iterations, KEY_BITS))
                            .getEncoded();
            var storedKey = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
            var base64 = Base64.getEncoder();
            return "SCRAM-SHA-256$%d:%s$%s:%s"
                    .formatted(
                            iterations,
                            base64.encodeToString(salt),
                            base64.encodeToString(storedKey),
                            base64.encodeToString(hmac(salted, "Server Key")));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2 with SHA-256", e);
        }
    }

    /// The text for `mysql: native:`, as MariaDB and MySQL store it.
    public static String nativePassword(String password) {
        return "*" + HexFormat.of().withUpperCase().formatHex(NativePassword.verifier(password));
    }

    /// The text for `mysql: ed25519:`, as MariaDB stores it.
    public static String ed25519(String password) {
        return Base64.getEncoder()
                .withoutPadding()
                .encodeToString(Ed25519Password.verifier(password));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    }
}
