package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.VerifierKey.Use;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/// A private Ed25519 key for signed notes. As text two lines: the secret as the Go package `note`
/// writes it, `PRIVATE+KEY+NAME+KEYID+BASE64`, and the {@link VerifierKey}.
public final class SigningKey {
    private static final String PREFIX = "PRIVATE+KEY+";
    private static final byte[] PKCS8_PREFIX =
            HexFormat.of().parseHex("302e020100300506032b657004220420");
    private static final int SEED_BYTES = 32;
    private static final byte[] PROBE = "sallyport key check".getBytes(StandardCharsets.US_ASCII);

    private final VerifierKey verifier;
    private final PrivateKey key;
    private final byte[] seed;

    private SigningKey(VerifierKey verifier, byte[] seed) throws FormatException {
        this.verifier = verifier;
        this.seed = seed;
        try {
            byte[] encoded = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + SEED_BYTES);
            System.arraycopy(seed, 0, encoded, PKCS8_PREFIX.length, SEED_BYTES);
            key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new FormatException("not a private Ed25519 key");
        }
        if (!verifier.verifies(PROBE, sign(PROBE)))
            throw new FormatException("the private key and the public key do not belong together");
    }

    public static SigningKey generate(String name, Use use) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] spki = pair.getPublic().getEncoded();
            byte[] pkcs8 = pair.getPrivate().getEncoded();
            return new SigningKey(
                    new VerifierKey(
                            name,
                            use,
                            Arrays.copyOfRange(
                                    spki, spki.length - VerifierKey.PUBLIC_BYTES, spki.length)),
                    Arrays.copyOfRange(
                            pkcs8, PKCS8_PREFIX.length, PKCS8_PREFIX.length + SEED_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        } catch (FormatException e) {
            throw new IllegalArgumentException("not a key name: " + name, e);
        }
    }

    /// @throws FormatException not of the form, or the two lines do not belong together; the
    ///   message holds nothing of the key
    static SigningKey parse(String secret, String verifierKey) throws FormatException {
        VerifierKey verifier = VerifierKey.parse(verifierKey);
        if (!secret.startsWith(PREFIX)) throw new FormatException("not a private key");
        String[] parts = secret.substring(PREFIX.length()).split("\\+", 3);
        byte[] typed;
        try {
            typed = Base64.getDecoder().decode(parts.length == 3 ? parts[2] : "");
        } catch (IllegalArgumentException _) {
            throw new FormatException("not a private key");
        }
        if (typed.length != 1 + SEED_BYTES || typed[0] != verifier.use().algorithm)
            throw new FormatException("not a private Ed25519 key");
        SigningKey key = new SigningKey(verifier, Arrays.copyOfRange(typed, 1, typed.length));
        if (!key.secretLine().equals(secret))
            throw new FormatException("the private key and the public key do not belong together");
        return key;
    }

    public VerifierKey verifier() {
        return verifier;
    }

    public byte[] sign(byte[] message) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    String secretLine() {
        return PREFIX + VerifierKey.text(verifier.name(), verifier.use(), verifier.id(), seed);
    }

    @Override
    public String toString() {
        return "private key of " + verifier;
    }
}
