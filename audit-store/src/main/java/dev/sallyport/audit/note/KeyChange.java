package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.VerifierKey.Use;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// What an entry `log-key` says: which key signs the checkpoints from this entry on. Every key but
/// the first is vouched for by the one before.
///
/// @param previous empty text for the first
/// @param signature by the previous key, base64; empty for the first
public record KeyChange(String key, String previous, String signature) {
    public static final String TYPE = "log-key";

    public static KeyChange first(VerifierKey key) {
        return new KeyChange(key.toString(), "", "");
    }

    public static KeyChange vouched(SigningKey old, VerifierKey key) {
        String previous = old.verifier().toString();
        byte[] signature = old.sign(message(key.name(), previous, key.toString()));
        return new KeyChange(
                key.toString(), previous, Base64.getEncoder().encodeToString(signature));
    }

    private static byte[] message(String origin, String previous, String key) {
        return ("sallyport log key v1\n" + origin + "\n" + previous + "\n" + key + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// The key that is in force from here on.
    ///
    /// @param current the one that was, empty when there was none
    /// @throws FormatException it does not follow from the one before
    public VerifierKey check(String origin, String current) throws FormatException {
        VerifierKey next = VerifierKey.parse(key);
        if (!next.name().equals(origin) || next.use() != Use.NOTE)
            throw new FormatException("the entry names a key that is not one of this log");
        if (!previous.equals(current))
            throw new FormatException("the entry changes a log key that was not in force");
        if (current.isEmpty()) {
            if (!signature.isEmpty())
                throw new FormatException("the first log key has a signature");
            return next;
        }
        byte[] signed;
        try {
            signed = Base64.getDecoder().decode(signature);
        } catch (IllegalArgumentException _) {
            throw new FormatException("the key before did not vouch for this log key");
        }
        if (!VerifierKey.parse(previous).verifies(message(origin, previous, key), signed))
            throw new FormatException("the key before did not vouch for this log key");
        return next;
    }
}
