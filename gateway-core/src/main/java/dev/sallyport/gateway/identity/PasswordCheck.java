package dev.sallyport.gateway.identity;

import dev.sallyport.config.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// Whether a password fits a SCRAM verifier, for protocols whose clients send the password itself
/// (RFC 5802, section 3). Takes milliseconds: not for event loops.
public final class PasswordCheck {
    private static final int KEY_BITS = 256;

    private PasswordCheck() {}

    /// @param password as typed; verifiers are made for printable ASCII only
    public static boolean fits(char[] password, ScramVerifier verifier) {
        if (password.length == 0) return false;
        try {
            var salted =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(
                                    new PBEKeySpec(
                                            password,
                                            verifier.salt(),
                                            verifier.iterations(),
                                            KEY_BITS))
                            .getEncoded();
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salted, "HmacSHA256"));
            var clientKey = mac.doFinal("Client Key".getBytes(StandardCharsets.US_ASCII));
            var storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
            return MessageDigest.isEqual(storedKey, verifier.storedKey());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2 with SHA-256", e);
        }
    }
}
