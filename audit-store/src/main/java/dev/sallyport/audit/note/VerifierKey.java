package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/// A public key for signed notes, written as C2SP signed-note has it: `NAME+KEYID+BASE64`, the
/// latter the algorithm's byte and the key.
public final class VerifierKey {
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    static final int PUBLIC_BYTES = 32;

    /// What the key signs.
    public enum Use {
        /// Notes, as a log's checkpoints.
        NOTE(1),
        /// A witness's cosignatures (tlog-cosignature).
        COSIGNATURE(4);

        final byte algorithm;

        Use(int algorithm) {
            this.algorithm = (byte) algorithm;
        }
    }

    private final String name;
    private final Use use;
    private final byte[] raw;
    private final int id;
    private final PublicKey key;

    VerifierKey(String name, Use use, byte[] raw) throws FormatException {
        if (!isName(name)) throw new FormatException("not a key name");
        if (raw.length != PUBLIC_BYTES) throw new FormatException("not an Ed25519 key");
        this.name = name;
        this.use = use;
        this.raw = raw.clone();
        this.id = keyId(name, use, raw);
        try {
            byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + PUBLIC_BYTES);
            System.arraycopy(raw, 0, encoded, X509_PREFIX.length, PUBLIC_BYTES);
            key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new FormatException("not an Ed25519 key");
        }
    }

    static int keyId(String name, Use use, byte[] raw) {
        MessageDigest sha256 = Leaf.sha256();
        sha256.update(name.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) '\n');
        sha256.update(use.algorithm);
        byte[] hash = sha256.digest(raw);
        return (hash[0] & 0xFF) << 24
                | (hash[1] & 0xFF) << 16
                | (hash[2] & 0xFF) << 8
                | hash[3] & 0xFF;
    }

    /// Printable ASCII without blank and `+`: what an origin may be, and less than signed-note
    /// allows.
    public static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= 255
                && name.chars().allMatch(c -> c > ' ' && c <= '~' && c != '+');
    }

    /// @throws FormatException not of the form, or its id is not that of its key
    public static VerifierKey parse(String text) throws FormatException {
        String[] parts = text.split("\\+", 3);
        if (parts.length != 3) throw new FormatException("a key is NAME+ID+BASE64");
        byte[] key;
        try {
            key = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException _) {
            throw new FormatException("a key is NAME+ID+BASE64");
        }
        if (key.length != 1 + PUBLIC_BYTES) throw new FormatException("not an Ed25519 key");
        Use use = null;
        for (Use each : Use.values()) if (each.algorithm == key[0]) use = each;
        if (use == null) throw new FormatException("a key of an unknown algorithm");
        VerifierKey parsed = new VerifierKey(parts[0], use, Arrays.copyOfRange(key, 1, key.length));
        if (!parsed.toString().equals(text))
            throw new FormatException("the key's id is not that of the key");
        return parsed;
    }

    public String name() {
        return name;
    }

    public Use use() {
        return use;
    }

    int id() {
        return id;
    }

    boolean verifies(byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException _) {
            // Of a form that no signature has.
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that
                && name.equals(that.name)
                && use == that.use
                && Arrays.equals(raw, that.raw);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, use, id);
    }

    @Override
    public String toString() {
        return text(name, use, id, raw);
    }

    static String text(String name, Use use, int id, byte[] raw) {
        byte[] typed = new byte[1 + raw.length];
        typed[0] = use.algorithm;
        System.arraycopy(raw, 0, typed, 1, raw.length);
        return name
                + "+"
                + HexFormat.of().toHexDigits(id)
                + "+"
                + Base64.getEncoder().encodeToString(typed);
    }
}
