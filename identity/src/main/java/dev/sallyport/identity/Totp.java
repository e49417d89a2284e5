package dev.sallyport.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Time-based one-time codes (RFC 6238) as every authenticator app makes them: SHA-1, steps of 30
/// seconds, six digits.
public final class Totp {
    public static final int DIGITS = 6;

    /// RFC 4226, section 4, R6 recommends 160 bits.
    static final int SECRET_BYTES = 20;

    private static final int STEP_SECONDS = 30;
    private static final int MODULUS = 1_000_000;

    /// Clocks differ: the step before and the one after are taken, too (RFC 6238, section 5.2).
    private static final int SKEW_STEPS = 1;

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Totp() {}

    public static byte[] newSecret() {
        var secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return secret;
    }

    /// The step whose code this is, if it is that of now or a neighbour's. Whoever asks sees to it
    /// that no step counts twice.
    public static OptionalLong step(byte[] secret, String code, Instant now) {
        if (code.length() != DIGITS) return OptionalLong.empty();
        long current = Math.floorDiv(now.getEpochSecond(), STEP_SECONDS);
        var found = OptionalLong.empty();
        // All of them, always: how long it takes tells nothing.
        for (long step = current - SKEW_STEPS; step <= current + SKEW_STEPS; step++) {
            var expected = code(secret, step).getBytes(StandardCharsets.US_ASCII);
            if (MessageDigest.isEqual(expected, code.getBytes(StandardCharsets.UTF_8)))
                found = OptionalLong.of(step);
        }
        return found;
    }

    /// The code of now, as the person's device shows it.
    public static String code(byte[] secret, Instant now) {
        return code(secret, Math.floorDiv(now.getEpochSecond(), STEP_SECONDS));
    }

    private static String code(byte[] secret, long step) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            var hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            // RFC 4226, section 5.3: dynamic truncation.
            int offset = hash[hash.length - 1] & 0xF;
            int number = ByteBuffer.wrap(hash).getInt(offset) & 0x7FFF_FFFF;
            return "%06d".formatted(number % MODULUS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC with SHA-1", e);
        }
    }

    /// What an authenticator app reads as a QR code or a link.
    public static String uri(String issuer, String account, byte[] secret) {
        return "otpauth://totp/%s:%s?secret=%s&issuer=%s&digits=%d&period=%d"
                .formatted(
                        escaped(issuer),
                        escaped(account),
                        base32(secret),
                        escaped(issuer),
                        DIGITS,
                        STEP_SECONDS);
    }

    /// For typing it into an app: RFC 4648, without padding.
    public static String base32(byte[] bytes) {
        var text = new StringBuilder();
        int bits = 0;
        int held = 0;
        for (var b : bytes) {
            held = held << 8 | b & 0xFF;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(BASE32.charAt(held >> bits & 31));
            }
        }
        if (bits > 0) text.append(BASE32.charAt(held << 5 - bits & 31));
        return text.toString();
    }

    private static String escaped(String text) {
        var out = new StringBuilder();
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) out.append(c);
            else out.append('%').append("%02X".formatted(b & 0xFF));
        }
        return out.toString();
    }
}
