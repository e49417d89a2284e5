package dev.sallyport.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals what the store must be able to open again (AES-256-GCM): a copy of the store without the
/// key's file holds no second factor's secret.
public final class SecretBox {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<PosixFilePermission> OWNERS =
            PosixFilePermissions.fromString("rw-------");

    private final SecretKeySpec key;

    private SecretBox(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /// The key in the file: one line of base64. Made when there is no such file.
    ///
    /// @throws StateException it can't be read or made, is malformed, or others may read it
    public static SecretBox of(Path file) throws StateException {
        try {
            if (!Files.exists(file)) create(file);
            var rights = Files.getPosixFilePermissions(file);
            if (!OWNERS.containsAll(rights))
                throw new StateException(
                        "the state's key "
                                + file
                                + " can be read by others: chmod 600, and enrol second factors"
                                + " anew if somebody did");
            var bytes = Base64.getDecoder().decode(Files.readString(file).strip());
            if (bytes.length != KEY_BYTES) throw new IllegalArgumentException("length");
            return new SecretBox(bytes);
        } catch (IOException e) {
            throw new StateException("the state's key " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException _) {
            throw new StateException(
                    "the state's key " + file + " is not base64 of " + KEY_BYTES + " bytes");
        }
    }

    private static void create(Path file) throws IOException {
        var bytes = new byte[KEY_BYTES];
        RANDOM.nextBytes(bytes);
        var text = Base64.getEncoder().encodeToString(bytes) + "\n";
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNERS));
        } catch (FileAlreadyExistsException _) {
            return;
        }
        Files.writeString(file, text, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
    }

    /// @param context what it belongs to: only there it opens
    public String seal(byte[] secret, String context) {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(secret);
            var all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /// Empty when it was sealed with another key, for something else, or changed since.
    public Optional<byte[]> open(String sealed, String context) {
        try {
            var all = Base64.getDecoder().decode(sealed);
            if (all.length <= NONCE_BYTES) return Optional.empty();
            var nonce = Arrays.copyOf(all, NONCE_BYTES);
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, nonce, context)
                            .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String context) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    @Override
    public String toString() {
        return "SecretBox[...]";
    }
}
