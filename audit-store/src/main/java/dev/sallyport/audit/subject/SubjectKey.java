package dev.sallyport.audit.subject;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The key of a log's subject index: 32 random bytes in a file beside the store, the newest first,
/// older ones behind it to find older entries by. Who has it and the log can try every identifier
/// there could be; who has only the log can't try any.
///
/// A token is the first 16 bytes of HMAC-SHA256(key, `sallyport subject v1`, the log's origin, the
/// value's kind and the value, each followed by a newline), in base64url: 22 characters. Safe for
/// any number of threads.
public final class SubjectKey {
    private static final int KEY_BYTES = 32;
    private static final int TOKEN_BYTES = 16;
    private static final Pattern FORM = Pattern.compile("subject-key:([A-Za-z0-9_-]{43})");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec key;
    private final String id;
    private final ThreadLocal<Mac> macs;

    private SubjectKey(byte[] bytes) {
        key = new SecretKeySpec(bytes, "HmacSHA256");
        macs =
                ThreadLocal.withInitial(() -> {
                    try {
                        Mac mac = Mac.getInstance("HmacSHA256");
                        mac.init(key);
                        return mac;
                    } catch (GeneralSecurityException e) {
                        throw new IllegalStateException("every JDK has HmacSHA256", e);
                    }
                });
        id = Leaf.hex(hmac("sallyport subject key")).substring(0, 16);
    }

    /// Where the key is unless the configuration says otherwise: `audit.subject-key` for the store
    /// `audit`.
    public static Path beside(Path store) {
        return store.resolveSibling(store.getFileName() + ".subject-key");
    }

    /// Makes the file with one key, readable by its owner only.
    public static SubjectKey create(Path file) throws IOException {
        if (Files.exists(file)) throw new FileAlreadyExistsException(file.toString());
        byte[] bytes = fresh();
        write(file, List.of(bytes), false);
        return new SubjectKey(bytes);
    }

    /// Puts a new key before those that are there: the gateway takes it at its next start.
    public static SubjectKey rotate(Path file) throws IOException, FormatException {
        List<byte[]> keys = new ArrayList<>(bytes(file));
        keys.addFirst(fresh());
        write(file, keys, true);
        return new SubjectKey(keys.getFirst());
    }

    /// The newest first.
    public static List<SubjectKey> read(Path file) throws IOException, FormatException {
        return bytes(file).stream().map(SubjectKey::new).toList();
    }

    private static List<byte[]> bytes(Path file) throws IOException, FormatException {
        List<byte[]> keys = new ArrayList<>();
        for (String line : SecretFile.read(file)) {
            Matcher form = FORM.matcher(line.strip());
            if (!form.matches())
                throw new FormatException(file + " is no key file of a subject index");
            keys.add(Base64.getUrlDecoder().decode(form.group(1)));
        }
        if (keys.isEmpty()) throw new FormatException("there is no key in " + file);
        return keys;
    }

    private static byte[] fresh() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static void write(Path file, List<byte[]> keys, boolean replace) throws IOException {
        StringBuilder text =
                new StringBuilder(
                        "# Sallyport: keys of the audit log's subject index, the newest first.\n"
                                + "# With one of them and the log, identifiers can be tried: keep"
                                + " them secret.\n");
        for (byte[] key : keys)
            text.append("subject-key:").append(BASE64.encodeToString(key)).append('\n');
        SecretFile.write(file, text.toString(), replace);
    }

    /// Names the key without telling it: 16 hex digits.
    public String id() {
        return id;
    }

    /// @param kind what kind of value it is, as `number`: the same text is another value under
    ///   another kind
    /// @param value in its one spelling
    public String token(String origin, String kind, String value) {
        byte[] mac = hmac("sallyport subject v1\n" + origin + "\n" + kind + "\n" + value + "\n");
        return BASE64.encodeToString(Arrays.copyOf(mac, TOKEN_BYTES));
    }

    private byte[] hmac(String text) {
        return macs.get().doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "SubjectKey[" + id + "]";
    }
}
