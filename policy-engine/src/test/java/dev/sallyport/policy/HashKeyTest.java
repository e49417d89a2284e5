package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HashKeyTest {
    private static final byte[] SECRET =
            "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

    /// What the SQL in {@link HashKey}'s description computes, step by step, is HMAC-SHA256.
    @Test
    void theSettingsGiveHmac() throws Exception {
        var settings = HashKey.settings(SECRET, "clinic");
        var value = "123-45-6789".getBytes(StandardCharsets.UTF_8);
        var inner = sha256(HexFormat.of().parseHex(settings.get(HashKey.INNER_SETTING)), value);
        var outer = sha256(HexFormat.of().parseHex(settings.get(HashKey.OUTER_SETTING)), inner);

        var derived = hmac(SECRET, "sallyport hash 1 clinic".getBytes(StandardCharsets.UTF_8));
        assertThat(outer).isEqualTo(hmac(derived, value));
    }

    @Test
    void databasesHaveKeysOfTheirOwn() {
        assertThat(HashKey.settings(SECRET, "clinic"))
                .isEqualTo(HashKey.settings(SECRET, "clinic"))
                .isNotEqualTo(HashKey.settings(SECRET, "lab"));
    }

    private static byte[] sha256(byte[] first, byte[] second) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(first);
        return digest.digest(second);
    }

    private static byte[] hmac(byte[] key, byte[] message) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }
}
