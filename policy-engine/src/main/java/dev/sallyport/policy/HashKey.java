package dev.sallyport.policy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Where a statement that the gateway sends finds the key of {@link Mask.Hash}: in two settings of
/// the server's session, which the gateway gives in its StartupMessage (its `options`). So the key
/// is in no statement, no log of statements and no `pg_stat_activity`, RESET ALL and DISCARD ALL
/// keep it, and nobody's statement may name the settings: the policy refuses that whatever is
/// granted.
///
/// Each setting holds 64 bytes in hex: the key XORed with HMAC's inner and outer pad (RFC 2104), so
/// that the server's own `sha256` is enough:
///
/// ```sql
/// encode(sha256(decode(current_setting('sallyport.hash_outer'), 'hex')
///   || sha256(decode(current_setting('sallyport.hash_inner'), 'hex') || convert_to(x::text, 'UTF8'))), 'hex')
/// ```
///
/// (with each function and type qualified by `pg_catalog`).
public final class HashKey {
    /// Settings of the gateway's own: statements of clients may neither read nor change them.
    public static final String RESERVED_PREFIX = "sallyport.";

    public static final String OUTER_SETTING = "sallyport.hash_outer";
    public static final String INNER_SETTING = "sallyport.hash_inner";

    private static final int BLOCK_BYTES = 64;

    private HashKey() {}

    /// The two settings for one database's sessions. Each database has a key of its own, derived
    /// from the configured one: HMAC-SHA256 of its name.
    ///
    /// @param secret the configured key, not empty
    public static Map<String, String> settings(byte[] secret, String database) {
        var key = hmac(secret, ("sallyport hash 1 " + database).getBytes(StandardCharsets.UTF_8));
        return Map.of(OUTER_SETTING, padded(key, 0x5c), INNER_SETTING, padded(key, 0x36));
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static String padded(byte[] key, int pad) {
        var block = Arrays.copyOf(key, BLOCK_BYTES);
        for (int i = 0; i < block.length; i++) block[i] ^= (byte) pad;
        return HexFormat.of().formatHex(block);
    }
}
