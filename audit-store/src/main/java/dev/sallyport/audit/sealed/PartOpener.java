package dev.sallyport.audit.sealed;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.Leaf;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Opens the sealed parts of a log's entries with an auditor's private key. Wants to see the
/// entries `seal-key` before what was sealed under them. Not for several threads.
public final class PartOpener {
    public static final String SEAL_KEY = "seal-key";
    public static final String MEMBER = "sealed";

    private final AuditorKey key;
    private final Map<String, Secret> secrets = new HashMap<>();

    /// What this auditor was given of a `seal-key`, and the keys at the step that was last opened.
    private static final class Secret {
        private final String writer;
        private final byte[] secret;
        private PartKeys keys;

        Secret(String writer, String id, byte[] secret) throws GeneralSecurityException {
            this.writer = writer;
            this.secret = secret;
            this.keys = fresh(id);
        }

        private PartKeys fresh(String id) throws GeneralSecurityException {
            return new PartKeys(
                    writer, java.util.HexFormat.of().parseHex(id), Arrays.copyOf(secret, 32));
        }

        PartKeys at(String id, int step) throws GeneralSecurityException {
            if (keys.step() > step) keys = fresh(id);
            while (keys.step() < step) keys.next();
            return keys;
        }
    }

    public PartOpener(AuditorKey key) {
        this.key = key;
    }

    /// Takes what the entry says about keys; others are not looked at.
    ///
    /// @throws FormatException a secret for this auditor that does not open, or an ill-formed entry
    public void follow(Entry entry) throws FormatException {
        if (!entry.type().equals(SEAL_KEY)) return;
        if (!(entry.event().get("key") instanceof String id)
                || !(entry.event().get("recipients") instanceof Map<?, ?> recipients))
            throw flaw(entry, "is no seal-key");
        if (!(recipients.get(key.recipient().toString()) instanceof String wrapped)) return;
        try {
            byte[] secret =
                    key.unwrap(
                            Base64.getDecoder().decode(wrapped), PartKeys.info(entry.writer(), id));
            if (secret.length != PartKeys.SECRET_BYTES) throw flaw(entry, "holds no secret");
            secrets.put(id, new Secret(entry.writer(), id, secret));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw flaw(entry, "holds no secret that the key of " + key.recipient() + " opens");
        }
    }

    /// The id of the `seal-key` under which the entry has a sealed part; empty when it has none.
    public static Optional<String> keyOf(Entry entry) throws FormatException {
        if (!(entry.event().get(MEMBER) instanceof String)) return Optional.empty();
        return Optional.of(Leaf.hex(Arrays.copyOf(bytes(entry), PartKeys.ID_BYTES)));
    }

    /// The members of the sealed part.
    ///
    /// @throws AuditException it was sealed to others only
    /// @throws FormatException it is not what was sealed for this entry
    public Map<String, Object> open(Entry entry) throws FormatException, AuditException {
        byte[] sealed = bytes(entry);
        String id = Leaf.hex(Arrays.copyOf(sealed, PartKeys.ID_BYTES));
        Secret secret = secrets.get(id);
        if (secret == null || !secret.writer.equals(entry.writer()))
            throw new AuditException(
                    AuditException.Reason.WRONG_KEY,
                    "entry "
                            + entry.sequence()
                            + " is not sealed to this key ("
                            + key.recipient()
                            + "): see the recipients of the seal-key "
                            + id);
        int step = ByteBuffer.wrap(sealed).getInt(PartKeys.ID_BYTES);
        if (step < 0 || step >= PartKeys.MAX_STEPS)
            throw flaw(entry, "has an ill-formed sealed part");
        try {
            byte[] plain = secret.at(id, step).open(sealed, entry.sequence());
            return JsonReader.object(plain, 0, plain.length);
        } catch (GeneralSecurityException _) {
            throw flaw(entry, "has a sealed part that was not sealed for it");
        }
    }

    private static byte[] bytes(Entry entry) throws FormatException {
        try {
            if (entry.event().get(MEMBER) instanceof String text) {
                byte[] sealed = Base64.getDecoder().decode(text);
                if (sealed.length >= PartKeys.sealedBytes(0)) return sealed;
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw flaw(entry, "has no well-formed sealed part");
    }

    private static FormatException flaw(Entry entry, String what) {
        return new FormatException("entry " + entry.sequence() + " " + what);
    }
}
