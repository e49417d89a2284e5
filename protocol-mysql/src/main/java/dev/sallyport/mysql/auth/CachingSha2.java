package dev.sallyport.mysql.auth;

import dev.sallyport.mysql.packet.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;

/// `caching_sha2_password` (MySQL internals manual, Authentication Methods: Caching SHA-2
/// Authentication). The quick way is a proof of knowing SHA-256 of the password, for a server that
/// remembers SHA-256 of that; the full way is the password itself, in TLS or encrypted with the
/// server's RSA key.
public final class CachingSha2 {
    public static final String PLUGIN = "caching_sha2_password";

    /// What follows AuthMoreData's header.
    public static final byte FAST_SUCCESS = 3;

    public static final byte FULL_AUTHENTICATION = 4;

    /// A client's whole answer when it wants the RSA key.
    public static final byte REQUEST_PUBLIC_KEY = 2;

    private static final int PROOF_BYTES = 32;
    private static final int RSA_BITS = 2_048;
    private static final String OAEP = "RSA/ECB/OAEPWithSHA-1AndMGF1Padding";
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";

    private CachingSha2() {}

    /// @return empty for an empty password
    public static byte[] prove(String password, byte[] nonce) {
        if (password.isEmpty()) return new byte[0];
        byte[] once = sha256(password.getBytes(StandardCharsets.UTF_8));
        return Digests.xor(once, sha256(sha256(once), nonce));
    }

    /// What a server remembers of a password that it has seen.
    public static byte[] remembered(byte[] password) {
        return sha256(sha256(password));
    }

    public static boolean isProof(byte[] proof, byte[] nonce, byte[] remembered) {
        if (proof.length != PROOF_BYTES) return false;
        byte[] once = Digests.xor(proof, sha256(remembered, nonce));
        return MessageDigest.isEqual(sha256(once), remembered);
    }

    public static KeyPair newKeyPair() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    /// As servers send it.
    public static byte[] pem(PublicKey key) {
        var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
        var text = BEGIN + "\n" + encoder.encodeToString(key.getEncoded()) + "\n" + END + "\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// @throws ProtocolViolation it is no RSA key
    public static PublicKey parsePem(byte[] pem) {
        var text = new String(pem, StandardCharsets.US_ASCII);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) throw new ProtocolViolation("RSA key is not PEM");
        try {
            byte[] der =
                    Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new ProtocolViolation("RSA key is malformed");
        }
    }

    /// The password and a NUL, mixed with the nonce, for the owner of the key only.
    public static byte[] encrypt(String password, byte[] nonce, PublicKey key)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance(OAEP);
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(mixed(terminated(password), nonce));
    }

    /// @return the password; empty when it wasn't encrypted with this key, or isn't terminated
    public static Optional<byte[]> decrypt(byte[] encrypted, byte[] nonce, KeyPair keys) {
        try {
            var cipher = Cipher.getInstance(OAEP);
            cipher.init(Cipher.DECRYPT_MODE, keys.getPrivate());
            return unterminated(mixed(cipher.doFinal(encrypted), nonce));
        } catch (GeneralSecurityException _) {
            return Optional.empty();
        }
    }

    public static byte[] terminated(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /// @return without its NUL; empty when that isn't the last byte and the only one
    public static Optional<byte[]> unterminated(byte[] password) {
        int last = password.length - 1;
        for (int i = 0; i <= last; i++)
            if ((password[i] == 0) != (i == last)) return Optional.empty();
        return last < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(password, last));
    }

    private static byte[] mixed(byte[] text, byte[] nonce) {
        var mixed = new byte[text.length];
        for (int i = 0; i < text.length; i++) mixed[i] = (byte) (text[i] ^ nonce[i % nonce.length]);
        return mixed;
    }

    private static byte[] sha256(byte[]... parts) {
        return Digests.of("SHA-256", parts);
    }
}
