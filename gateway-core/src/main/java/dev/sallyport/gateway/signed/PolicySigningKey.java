package dev.sallyport.gateway.signed;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.SecretFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Pattern;

/// What one person signs policy sets with. In a file of theirs, on their machine: the gateway never
/// sees it.
public final class PolicySigningKey {
    private static final Pattern FORM =
            Pattern.compile("policy-signing-private:([A-Za-z0-9+/=]{40,200})");

    private final PolicySigner signer;
    private final PrivateKey key;

    private PolicySigningKey(PolicySigner signer, PrivateKey key) {
        this.signer = signer;
        this.key = key;
    }

    /// Makes the file, readable by its owner only; durable when this returns.
    ///
    /// @param name the person's among the users
    /// @throws FileAlreadyExistsException there is one
    public static PolicySigningKey create(Path file, String name)
            throws IOException, FormatException {
        if (Files.exists(file)) throw new FileAlreadyExistsException(file.toString());
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            // Checks the name's form.
            var signer = PolicySigner.parse(new PolicySigner(name, pair.getPublic()).toString());
            SecretFile.write(
                    file,
                    "# Sallyport: a person's key for signing policy sets. Keep it secret.\n"
                            + signer
                            + "\npolicy-signing-private:"
                            + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())
                            + "\n",
                    false);
            return new PolicySigningKey(signer, pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IOException("no key can be made: " + e, e);
        }
    }

    /// @throws FormatException not of the form, damaged, or readable by everyone
    public static PolicySigningKey read(Path file) throws IOException, FormatException {
        var lines = SecretFile.read(file);
        var form = FORM.matcher(lines.size() == 2 ? lines.getLast() : "");
        if (!form.matches())
            throw new FormatException(
                    file + " is no key for signing policies, as `policy keygen` makes it");
        var signer = PolicySigner.parse(lines.getFirst());
        try {
            var key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(
                                            Base64.getDecoder().decode(form.group(1))));
            var read = new PolicySigningKey(signer, key);
            var probe = new byte[] {1};
            if (signer.signed(probe, read.sign(probe))) return read;
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            // Said below.
        }
        throw new FormatException(file + ": the key in it is damaged");
    }

    public PolicySigner signer() {
        return signer;
    }

    byte[] sign(byte[] message) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    @Override
    public String toString() {
        return "PolicySigningKey[" + signer.name() + "]";
    }
}
