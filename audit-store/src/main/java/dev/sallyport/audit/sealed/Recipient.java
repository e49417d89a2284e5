package dev.sallyport.audit.sealed;

import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HpkePublicKey;
import com.google.crypto.tink.hybrid.subtle.HpkeEncrypt;
import com.google.crypto.tink.util.Bytes;
import dev.sallyport.audit.format.FormatException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An auditor's public key: an X25519 key for HPKE (RFC 9180) in base mode, with HKDF-SHA256 and
/// AES-256-GCM. Written `seal:NAME:KEY`, KEY the 32 bytes in base64url without padding.
public final class Recipient {
    static final int KEY_BYTES = 32;

    private static final Pattern FORM =
            Pattern.compile("seal:([A-Za-z0-9][A-Za-z0-9._@-]{0,63}):([A-Za-z0-9_-]{43})");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    private final String name;
    private final HpkePublicKey key;

    Recipient(String name, byte[] key) throws GeneralSecurityException {
        this.name = name;
        this.key = HpkePublicKey.create(parameters(), Bytes.copyFrom(key), null);
    }

    /// @throws FormatException not of the form
    public static Recipient parse(String text) throws FormatException {
        Matcher form = FORM.matcher(text);
        if (!form.matches())
            throw new FormatException(
                    "a recipient is seal:NAME:KEY, as `audit keygen --auditor` prints it");
        try {
            Recipient recipient =
                    new Recipient(form.group(1), Base64.getUrlDecoder().decode(form.group(2)));
            // The last character has bits that say nothing: one key, one spelling.
            if (!recipient.toString().equals(text))
                throw new FormatException("the key of the recipient " + form.group(1) + " is cut");
            // A point of small order would give everyone the shared secret.
            byte[] _ = recipient.wrap(new byte[1], new byte[0]);
            return recipient;
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new FormatException("the key of the recipient " + form.group(1) + " is no key");
        }
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    static HpkeParameters parameters() throws GeneralSecurityException {
        return HpkeParameters.builder()
                .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
                .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
                .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
                .setVariant(HpkeParameters.Variant.NO_PREFIX)
                .build();
    }

    public String name() {
        return name;
    }

    HpkePublicKey key() {
        return key;
    }

    /// RFC 9180 5 and 6.1, SealBase: the encapsulated key, then the ciphertext.
    byte[] wrap(byte[] secret, byte[] info) throws GeneralSecurityException {
        return HpkeEncrypt.create(key).encrypt(secret, info);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Recipient other && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /// As {@link #parse} takes it.
    @Override
    public String toString() {
        return "seal:"
                + name
                + ":"
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(key.getPublicKeyBytes().toByteArray());
    }
}
