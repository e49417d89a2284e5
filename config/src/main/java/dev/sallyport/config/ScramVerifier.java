package dev.sallyport.config;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the gateway keeps of a user's password: enough to check a SCRAM-SHA-256 login, not enough
/// to make one. The format is that of PostgreSQL's `pg_authid.rolpassword`, so verifiers can be
/// copied from there: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, the last three
/// in base64.
public final class ScramVerifier {
    /// RFC 7677 asks for no less.
    public static final int MIN_ITERATIONS = 4096;

    /// Above it, checking one login could keep a core busy for seconds.
    public static final int MAX_ITERATIONS = 10_000_000;

    private static final int KEY_BYTES = 32;
    private static final int MIN_SALT_BYTES = 8;
    private static final int MAX_SALT_BYTES = 128;
    private static final Pattern FORMAT =
            Pattern.compile(
                    "SCRAM-SHA-256\\$([1-9][0-9]{0,8}):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /// Empty when the text is not such a verifier.
    public static Optional<ScramVerifier> parse(String text) {
        var m = FORMAT.matcher(text);
        if (text.length() > 1_000 || !m.matches()) return Optional.empty();
        var iterations = Integer.parseInt(m.group(1));
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) return Optional.empty();
        try {
            var decoder = Base64.getDecoder();
            var salt = decoder.decode(m.group(2));
            var storedKey = decoder.decode(m.group(3));
            var serverKey = decoder.decode(m.group(4));
            var sound =
                    salt.length >= MIN_SALT_BYTES
                            && salt.length <= MAX_SALT_BYTES
                            && storedKey.length == KEY_BYTES
                            && serverKey.length == KEY_BYTES;
            return sound
                    ? Optional.of(new ScramVerifier(iterations, salt, storedKey, serverKey))
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    public int iterations() {
        return iterations;
    }

    public byte[] salt() {
        return salt.clone();
    }

    public byte[] storedKey() {
        return storedKey.clone();
    }

    public byte[] serverKey() {
        return serverKey.clone();
    }

    /// The text that {@link #parse} reads; for writing a users' file.
    public String text() {
        var base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$"
                + iterations
                + ":"
                + base64.encodeToString(salt)
                + "$"
                + base64.encodeToString(storedKey)
                + ":"
                + base64.encodeToString(serverKey);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ScramVerifier v && text().equals(v.text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    @Override
    public String toString() {
        return "ScramVerifier[...]";
    }
}
