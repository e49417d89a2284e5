package dev.sallyport.audit.sealed;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.hybrid.HpkePrivateKey;
import com.google.crypto.tink.hybrid.subtle.HpkeDecrypt;
import com.google.crypto.tink.subtle.X25519;
import com.google.crypto.tink.util.SecretBytes;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.SecretFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An auditor's private key, in a file of its own that the gateway never sees: one line
/// `seal-private:NAME:KEY`; lines that begin with `#` are for people.
public final class AuditorKey {
    private static final Pattern FORM =
            Pattern.compile("seal-private:([A-Za-z0-9][A-Za-z0-9._@-]{0,63}):([A-Za-z0-9_-]{43})");

    private final Recipient recipient;
    private final HpkePrivateKey key;

    private AuditorKey(String name, byte[] secret) throws GeneralSecurityException {
        recipient = new Recipient(name, X25519.publicFromPrivate(secret));
        key =
                HpkePrivateKey.create(
                        recipient.key(),
                        SecretBytes.copyFrom(secret, InsecureSecretKeyAccess.get()));
    }

    /// Makes the file, readable by its owner only, with a new key; durable when this returns.
    ///
    /// @param name the auditor's, as `maria@clinic.example`
    /// @throws FileAlreadyExistsException there is one: a lost key opens nothing any more
    public static AuditorKey create(Path file, String name) throws IOException, FormatException {
        if (!Recipient.isName(name))
            throw new FormatException(
                    "an auditor's name has letters, digits, '.', '_', '@' and '-', 64 at most");
        if (Files.exists(file)) throw new FileAlreadyExistsException(file.toString());
        try {
            AuditorKey made = new AuditorKey(name, X25519.generatePrivateKey());
            SecretFile.write(
                    file,
                    "# Sallyport: an auditor's private key. Keep it secret, and keep a copy:"
                            + " without it\n"
                            + "# what was sealed to it can't be read by anybody.\n"
                            + "# Public: "
                            + made.recipient
                            + "\nseal-private:"
                            + name
                            + ":"
                            + Base64.getUrlEncoder()
                                    .withoutPadding()
                                    .encodeToString(
                                            made.key
                                                    .getPrivateKeyBytes()
                                                    .toByteArray(InsecureSecretKeyAccess.get()))
                            + "\n",
                    false);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException("no key can be made: " + e, e);
        }
    }

    /// @throws FormatException not of the form, or readable by everyone
    public static AuditorKey read(Path file) throws IOException, FormatException {
        List<String> lines = SecretFile.read(file);
        Matcher form = FORM.matcher(lines.size() == 1 ? lines.getFirst() : "");
        if (!form.matches())
            throw new FormatException(
                    file + " is no auditor's key file, as `audit keygen --auditor` makes it");
        try {
            return new AuditorKey(form.group(1), Base64.getUrlDecoder().decode(form.group(2)));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new FormatException(file + ": the key in it is damaged");
        }
    }

    public Recipient recipient() {
        return recipient;
    }

    byte[] unwrap(byte[] wrapped, byte[] info) throws GeneralSecurityException {
        return HpkeDecrypt.create(key).decrypt(wrapped, info);
    }

    @Override
    public String toString() {
        return "AuditorKey[" + recipient.name() + "]";
    }
}
