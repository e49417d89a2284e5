package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TotpTest {
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    /// RFC 6238, appendix B, the last six of the eight digits there.
    @Test
    void codesAreTheStandards() {
        Map.of(
                        59L, "287082",
                        1111111109L, "081804",
                        1111111111L, "050471",
                        1234567890L, "005924",
                        2000000000L, "279037",
                        20000000000L, "353130")
                .forEach((second, code) ->
                        assertThat(Totp.code(SECRET, Instant.ofEpochSecond(second)))
                                .isEqualTo(code));
    }

    @Test
    void oneStepOfSkewIsTakenAndNoMore() {
        var then = Instant.ofEpochSecond(1_234_567_890L);
        var code = Totp.code(SECRET, then);
        long step = 1_234_567_890L / 30;
        for (int off = -3; off <= 3; off++) {
            var found = Totp.step(SECRET, code, then.plusSeconds(30L * off));
            if (Math.abs(off) <= 1) assertThat(found).hasValue(step);
            else assertThat(found).isEmpty();
        }
    }

    @Test
    void whatIsNoCodeIsNoCode() {
        var now = Instant.ofEpochSecond(1_234_567_890L);
        for (var text : new String[] {"", "00592", "0059240", "005925", "00592４", "      "})
            assertThat(Totp.step(SECRET, text, now)).as(text).isEmpty();
    }

    @Test
    void anAppReadsTheLink() {
        assertThat(Totp.uri("sallyport demo", "dana@x", SECRET))
                .isEqualTo(
                        "otpauth://totp/sallyport%20demo:dana%40x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                            + "&issuer=sallyport%20demo&digits=6&period=30");
        assertThat(Totp.base32("foobar".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("MZXW6YTBOI");
    }
}
