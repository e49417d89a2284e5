package dev.sallyport.gateway.signed;

import dev.sallyport.audit.format.FormatException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/// Somebody who may sign policy sets: their name among the users, and their public key (Ed25519,
/// RFC 8032). Written `policy-signer:NAME:KEY`, the key's 32 bytes in base64url.
public final class PolicySigner {
    private static final Pattern FORM =
            Pattern.compile(
                    "policy-signer:([\\p{L}\\p{Nd}_][\\p{L}\\p{Nd}_.@+-]{0,62}):([A-Za-z0-9_-]{43})");

    /// What every X.509 encoding of an Ed25519 key begins with (RFC 8410).
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private final String name;
    private final byte[] key;

    PolicySigner(String name, PublicKey key) {
        var encoded = key.getEncoded();
        this.name = name;
        this.key = Arrays.copyOfRange(encoded, X509_HEAD.length, encoded.length);
    }

    private PolicySigner(String name, byte[] key) {
        this.name = name;
        this.key = key;
    }

    public static PolicySigner parse(String text) throws FormatException {
        var form = FORM.matcher(text);
        if (!form.matches())
            throw new FormatException(
                    "a signer is written policy-signer:NAME:KEY, as `policy keygen` prints it");
        try {
            return new PolicySigner(form.group(1), Base64.getUrlDecoder().decode(form.group(2)));
        } catch (IllegalArgumentException _) {
            throw new FormatException("the key of signer " + form.group(1) + " is damaged");
        }
    }

    public String name() {
        return name;
    }

    /// Whether that can't be two people: one name, or one key.
    boolean isSameAs(PolicySigner other) {
        return fold(name).equals(fold(other.name)) || Arrays.equals(key, other.key);
    }

    static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    boolean signed(byte[] message, byte[] signature) {
        try {
            var x509 = Arrays.copyOf(X509_HEAD, X509_HEAD.length + key.length);
            System.arraycopy(key, 0, x509, X509_HEAD.length, key.length);
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509)));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "policy-signer:"
                + name
                + ":"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }
}
