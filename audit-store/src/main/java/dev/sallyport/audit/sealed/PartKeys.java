package dev.sallyport.audit.sealed;

import dev.sallyport.audit.format.Leaf;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The keys that follow from one secret, one a step, each from the one before and never back: who
/// gets hold of the gateway's memory opens nothing of the steps before. The secret itself is kept
/// nowhere but sealed to the recipients, in the entry `seal-key` that announces it. Not for several
/// threads.
///
/// A step's key is used for one batch of the log, with the entry's sequence number as the nonce: no
/// nonce comes twice under one key, since a log that failed is never written on and one that is
/// opened again begins with a new secret.
public final class PartKeys {
    public static final int ID_BYTES = 8;
    static final int SECRET_BYTES = 32;

    /// Id and step before the ciphertext, tag behind it.
    public static final int HEADER_BYTES = ID_BYTES + 4;

    public static final int TAG_BYTES = 16;

    /// Of one secret. A new one comes long before; and whoever opens a step has to take all before.
    public static final int MAX_STEPS = 1 << 22;

    private static final byte[] USE = Leaf.ascii("sallyport sealed part");
    private static final byte[] STEP = Leaf.ascii("sallyport next step");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] id;
    private final byte[] associated;
    private final Mac mac;
    private final Cipher cipher;
    private final byte[] nonce = new byte[12];
    private byte[] chain;
    private int step = -1;
    private SecretKeySpec key = new SecretKeySpec(new byte[SECRET_BYTES], "AES");

    /// @param id 8 bytes, given up to these keys
    /// @param secret 32 bytes, given up to these keys: overwritten
    PartKeys(String origin, byte[] id, byte[] secret) throws GeneralSecurityException {
        if (id.length != ID_BYTES || secret.length != SECRET_BYTES)
            throw new IllegalArgumentException("an id has 8 bytes, a secret 32");
        this.id = id;
        this.chain = secret;
        this.associated = (origin + "\n").getBytes(StandardCharsets.US_ASCII);
        this.mac = Mac.getInstance("HmacSHA256");
        this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }

    /// A secret that only the recipients get to know.
    ///
    /// @param wrapped the secret for each recipient, by the recipient's text, in base64
    public record Announced(String id, Map<String, String> wrapped, PartKeys keys) {}

    public static Announced make(String origin, List<Recipient> recipients)
            throws GeneralSecurityException {
        if (recipients.isEmpty()) throw new IllegalArgumentException("nobody to seal to");
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(id);
        RANDOM.nextBytes(secret);
        String name = Leaf.hex(id);
        Map<String, String> wrapped = new LinkedHashMap<>();
        for (Recipient recipient : recipients)
            wrapped.put(
                    recipient.toString(),
                    Base64.getEncoder().encodeToString(recipient.wrap(secret, info(origin, name))));
        return new Announced(name, wrapped, new PartKeys(origin, id, secret));
    }

    /// HPKE's info: the secret is of this log, under this id.
    static byte[] info(String origin, String id) {
        return ("sallyport seal key v1\n" + origin + "\n" + id + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /// The last step taken; -1 before the first.
    public int step() {
        return step;
    }

    /// Forgets the key of the step before.
    public void next() throws GeneralSecurityException {
        if (step + 1 >= MAX_STEPS) throw new GeneralSecurityException("no step is left");
        mac.init(new SecretKeySpec(chain, "HmacSHA256"));
        key = new SecretKeySpec(mac.doFinal(USE), "AES");
        byte[] after = mac.doFinal(STEP);
        Arrays.fill(chain, (byte) 0);
        chain = after;
        step++;
    }

    /// Length of what {@link #seal} makes of so many bytes.
    public static int sealedBytes(int plainBytes) {
        return HEADER_BYTES + plainBytes + TAG_BYTES;
    }

    /// Writes id, step, ciphertext and tag.
    ///
    /// @param sequence of the entry that it becomes part of
    public void seal(byte[] plain, int offset, int length, long sequence, byte[] out)
            throws GeneralSecurityException {
        if (step < 0) throw new IllegalStateException("no step was taken");
        System.arraycopy(id, 0, out, 0, ID_BYTES);
        for (int i = 0; i < 4; i++) out[ID_BYTES + i] = (byte) (step >> 24 - 8 * i);
        begin(Cipher.ENCRYPT_MODE, sequence);
        cipher.doFinal(plain, offset, length, out, HEADER_BYTES);
    }

    /// What was sealed at this step.
    byte[] open(byte[] sealed, long sequence) throws GeneralSecurityException {
        begin(Cipher.DECRYPT_MODE, sequence);
        return cipher.doFinal(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES);
    }

    private void begin(int mode, long sequence) throws GeneralSecurityException {
        for (int i = 0; i < 8; i++) nonce[4 + i] = (byte) (sequence >> 56 - 8 * i);
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        // The place it belongs to: moved to another entry or log, it does not open.
        cipher.updateAAD(associated);
        cipher.updateAAD(nonce);
    }

    @Override
    public String toString() {
        return "PartKeys[" + Leaf.hex(id) + ", step " + step + "]";
    }
}
