package dev.sallyport.postgres.auth;

import dev.sallyport.config.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// What a password becomes for one salt and iteration count: enough to log in without deriving it
/// again.
public final class ScramKeys {
    private static final int SALT_BYTES = 16;

    private final byte[] clientKey;
    private final byte[] serverKey;

    private ScramKeys(byte[] clientKey, byte[] serverKey) {
        this.clientKey = clientKey;
        this.serverKey = serverKey;
    }

    /// PBKDF2: milliseconds to seconds of CPU. Never on an event loop.
    public static ScramKeys derive(String password, byte[] salt, int iterations) {
        byte[] salted =
                Scram.hi(
                        SaslPrep.prepare(password).getBytes(StandardCharsets.UTF_8),
                        salt,
                        iterations);
        return new ScramKeys(Scram.hmac(salted, "Client Key"), Scram.hmac(salted, "Server Key"));
    }

    /// A verifier with a new salt, for a users' file. As slow as {@link #derive}.
    public static ScramVerifier newVerifier(String password, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return verifier(password, salt, iterations);
    }

    static ScramVerifier verifier(String password, byte[] salt, int iterations) {
        ScramKeys keys = derive(password, salt, iterations);
        return ScramVerifier.parse(
                        "SCRAM-SHA-256$"
                                + iterations
                                + ":"
                                + Scram.base64(salt)
                                + "$"
                                + Scram.base64(Scram.sha256(keys.clientKey))
                                + ":"
                                + Scram.base64(keys.serverKey))
                .orElseThrow(() ->
                        new IllegalArgumentException("iterations out of range: " + iterations));
    }

    byte[] clientKey() {
        return clientKey;
    }

    byte[] serverKey() {
        return serverKey;
    }

    @Override
    public String toString() {
        return "ScramKeys[***]";
    }
}
