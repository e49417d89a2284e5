package dev.sallyport.postgres.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.config.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
    // RFC 7677, section 3.
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String SERVER_FIRST =
            "r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String CLIENT_FINAL =
            "c=biws,r="
                    + CLIENT_NONCE
                    + SERVER_NONCE
                    + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    private static final ScramVerifier PENCIL = ScramKeys.verifier("pencil", SALT, 4096);
    private static final byte[] END_POINT =
            "certificate hash of 32 bytes....".getBytes(StandardCharsets.UTF_8);
    private static final String PLAIN = ScramMechanism.SCRAM_SHA_256;
    private static final String PLUS = ScramMechanism.SCRAM_SHA_256_PLUS;

    @Test
    void serverFollowsRfc7677() throws AuthenticationFailure {
        var server = new ScramServer(PENCIL, Optional.empty(), SERVER_NONCE);
        assertThat(server.mechanisms()).containsExactly(PLAIN);
        assertThat(server.first(PLAIN, "n,,n=user,r=" + CLIENT_NONCE)).isEqualTo(SERVER_FIRST);
        assertThat(server.last(CLIENT_FINAL)).isEqualTo(SERVER_FINAL);
    }

    @Test
    void clientFollowsRfc7677() throws AuthenticationFailure {
        var client = ScramClient.choose(List.of(PLAIN), Optional.empty(), "user", CLIENT_NONCE);
        assertThat(client.first()).isEqualTo("n,,n=user,r=" + CLIENT_NONCE);
        var challenge = client.challenge(SERVER_FIRST);
        assertThat(challenge).isEqualTo(new ScramClient.Challenge(SALT, 4096));
        assertThat(
                        client.last(
                                ScramKeys.derive(
                                        "pencil", challenge.salt(), challenge.iterations())))
                .isEqualTo(CLIENT_FINAL);
        assertThat(client.isVerified()).isFalse();
        client.verify(SERVER_FINAL);
        assertThat(client.isVerified()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, false"})
    void bothEndsUnderstandEachOther(boolean serverHasTls, boolean offeredPlus)
            throws AuthenticationFailure {
        var server =
                new ScramServer(
                        PENCIL,
                        serverHasTls && offeredPlus ? Optional.of(END_POINT) : Optional.empty());
        var client =
                ScramClient.choose(
                        server.mechanisms(),
                        serverHasTls ? Optional.of(END_POINT) : Optional.empty());
        assertThat(client.mechanism()).isEqualTo(offeredPlus ? PLUS : PLAIN);
        var challenge = client.challenge(server.first(client.mechanism(), client.first()));
        String last =
                client.last(ScramKeys.derive("pencil", challenge.salt(), challenge.iterations()));
        client.verify(server.last(last));
        assertThat(client.isVerified()).isTrue();
    }

    @Test
    void aWrongPasswordFails() throws AuthenticationFailure {
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() ->
                        exchange(
                                new ScramServer(PENCIL, Optional.empty()),
                                Optional.empty(),
                                "pencil "))
                .withMessage("wrong password");
    }

    @Test
    void theStoredVerifierIsNotThePassword() {
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() ->
                        exchange(
                                new ScramServer(PENCIL, Optional.empty()),
                                Optional.empty(),
                                PENCIL.text()));
    }

    @Test
    void aProofForAnotherConnectionFails() {
        byte[] other = END_POINT.clone();
        other[0] ^= 1;
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() ->
                        exchange(
                                new ScramServer(PENCIL, Optional.of(END_POINT)),
                                Optional.of(other),
                                "pencil"))
                .withMessage("SCRAM channel binding check failed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SCRAM-SHA-256      | y,,n=,r=abc                         | downgrade: -PLUS was offered
                    SCRAM-SHA-256      | p=tls-server-end-point,,n=,r=abc    | bound without choosing it
                    SCRAM-SHA-256-PLUS | n,,n=,r=abc                         | chosen without binding
                    SCRAM-SHA-256-PLUS | y,,n=,r=abc                         | chosen without binding
                    SCRAM-SHA-256-PLUS | p=tls-unique,,n=,r=abc              | unknown binding
                    SCRAM-SHA-256-PLUS | p=,,n=,r=abc                        | no binding
                    SCRAM-SHA-512      | n,,n=,r=abc                         | not offered
                    PLAIN              | n,,n=,r=abc                         | not offered
                    ''                 | n,,n=,r=abc                         | not offered
                    SCRAM-SHA-256      | n,a=root,n=,r=abc                   | authorization identity
                    SCRAM-SHA-256      | n,,m=x,n=,r=abc                     | mandatory extension
                    SCRAM-SHA-256      | n,,r=abc,n=                         | order
                    SCRAM-SHA-256      | n,,n=                               | no nonce
                    SCRAM-SHA-256      | n,,n=,r=                            | empty nonce
                    SCRAM-SHA-256      | n,,n=,r=a b                         | space in nonce
                    SCRAM-SHA-256      | n,,n=,r=ä                           | nonce not ASCII
                    SCRAM-SHA-256      | n                                   | header only
                    SCRAM-SHA-256      | ''                                  | nothing
                    SCRAM-SHA-256      | ,                                   | comma
                    """)
    void firstMessagesThatAreRefused(String mechanism, String message, String why) {
        var server = new ScramServer(PENCIL, Optional.of(END_POINT), SERVER_NONCE);
        assertThatExceptionOfType(AuthenticationFailure.class)
                .as(why)
                .isThrownBy(() -> server.first(mechanism, message));
    }

    @Test
    void anEndlessNonceIsRefused() {
        var server = new ScramServer(PENCIL, Optional.empty());
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() -> server.first(PLAIN, "n,,n=,r=" + "x".repeat(60_000)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    c=eSws,r=NONCE,p=PROOF              | another header than at first
                    c=,r=NONCE,p=PROOF                  | no header
                    c=biws,r=NONCEx,p=PROOF             | another nonce
                    c=biws,r=rOprNGfwEbeRWgbNEkqO,p=PROOF | the client's half of the nonce only
                    r=NONCE,c=biws,p=PROOF              | order
                    c=biws,r=NONCE                      | no proof
                    c=biws,r=NONCE,p=                   | empty proof
                    c=biws,r=NONCE,p=AAAA               | short proof
                    c=biws,r=NONCE,p=PROOF,x=y          | something behind the proof
                    c=biws,r=NONCE,p=****               | no base64
                    c=biws,r=NONCE,x=y,p=PROOF          | proof of another message
                    p=PROOF                             | proof only
                    ''                                  | nothing
                    """)
    void lastMessagesThatAreRefused(String message, String why) throws AuthenticationFailure {
        String filled =
                message.replace("NONCE", CLIENT_NONCE + SERVER_NONCE)
                        .replace("PROOF", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        var server = new ScramServer(PENCIL, Optional.empty(), SERVER_NONCE);
        String _ = server.first(PLAIN, "n,,n=user,r=" + CLIENT_NONCE);
        assertThatExceptionOfType(AuthenticationFailure.class)
                .as(why)
                .isThrownBy(() -> server.last(filled));
        assertThatExceptionOfType(AuthenticationFailure.class)
                .as("no second try")
                .isThrownBy(() -> server.last(CLIENT_FINAL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095",
                "r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=600001",
                "r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2147483647",
                "r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999999999",
                "r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1",
                "r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=",
                "r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==",
                "r=NONCE,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "r=NONCEabc,s=,i=4096",
                "r=NONCEabc,s=**,i=4096",
                "m=x,r=NONCEabc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "e=other-error",
                "",
                ","
            })
    void challengesOfAHostileServerAreRefused(String message) throws AuthenticationFailure {
        var client = ScramClient.choose(List.of(PLAIN), Optional.empty(), "", CLIENT_NONCE);
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() -> client.challenge(message.replace("NONCE", CLIENT_NONCE)));
    }

    @Test
    void aServerNonceOfAnySizeIsRefused() throws AuthenticationFailure {
        var client = ScramClient.choose(List.of(PLAIN), Optional.empty(), "", CLIENT_NONCE);
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() ->
                        client.challenge(
                                "r="
                                        + CLIENT_NONCE
                                        + "x".repeat(60_000)
                                        + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
    }

    @Test
    void aServerThatDoesNotKnowThePasswordIsFoundOut() throws AuthenticationFailure {
        var client = ScramClient.choose(List.of(PLAIN), Optional.empty(), "user", CLIENT_NONCE);
        var challenge = client.challenge(SERVER_FIRST);
        String _ =
                client.last(ScramKeys.derive("pencil", challenge.salt(), challenge.iterations()));
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() -> client.verify(SERVER_FINAL.replace("6rri", "7rri")));
        assertThat(client.isVerified()).isFalse();
    }

    @Test
    void messagesOutOfOrderFail() {
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() -> new ScramServer(PENCIL, Optional.empty()).last(CLIENT_FINAL));
        assertThatExceptionOfType(AuthenticationFailure.class)
                .isThrownBy(() ->
                        ScramClient.choose(List.of(PLAIN), Optional.empty()).verify(SERVER_FINAL));
    }

    @Test
    void bindsWheneverItCan() throws AuthenticationFailure {
        assertThat(ScramClient.choose(List.of(PLAIN, PLUS), Optional.of(END_POINT)).mechanism())
                .isEqualTo(PLUS);
        assertThat(ScramClient.choose(List.of(PLUS, PLAIN), Optional.empty()).mechanism())
                .isEqualTo(PLAIN);
        assertThat(ScramClient.choose(List.of(PLAIN), Optional.of(END_POINT)).first())
                .startsWith("y,,");
        for (List<String> offer :
                List.of(List.<String>of(), List.of("OAUTHBEARER"), List.of(PLUS))) {
            assertThatExceptionOfType(AuthenticationFailure.class)
                    .isThrownBy(() -> ScramClient.choose(offer, Optional.empty()));
        }
    }

    @Test
    void mutatedMessagesAreRefusedAndNothingElse() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String first = mutate("p=tls-server-end-point,,n=,r=" + CLIENT_NONCE, random);
            String last = mutate(CLIENT_FINAL, random);
            String challenge = mutate(SERVER_FIRST, random);
            assertThatCode(
                            () -> {
                                try {
                                    var server =
                                            new ScramServer(
                                                    PENCIL, Optional.of(END_POINT), SERVER_NONCE);
                                    String _ = server.first(PLUS, first);
                                    String _ = server.last(last);
                                    throw new AssertionError("logged in by chance");
                                } catch (AuthenticationFailure _) {
                                    // As it should be.
                                }
                            })
                    .as("seed %d round %d", seed, round)
                    .doesNotThrowAnyException();
            assertThatCode(
                            () -> {
                                try {
                                    var client =
                                            ScramClient.choose(
                                                    List.of(PLAIN),
                                                    Optional.empty(),
                                                    "",
                                                    CLIENT_NONCE);
                                    var _ = client.challenge(challenge);
                                } catch (AuthenticationFailure _) {
                                    // As it should be.
                                }
                            })
                    .as("seed %d round %d", seed, round)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void keysAreDerivedOncePerCredentialSaltAndIterations() {
        var cache = new ScramKeyCache();
        var challenge = new ScramClient.Challenge(SALT, 4096);
        assertThat(cache.get("pencil", challenge)).isNull();
        var keys = cache.derive("pencil", challenge);
        assertThat(cache.get("pencil", new ScramClient.Challenge(SALT.clone(), 4096)))
                .isSameAs(keys);
        assertThat(cache.derive("pencil", challenge)).isSameAs(keys);
        assertThat(cache.get("pencil2", challenge)).as("rotated password").isNull();
        assertThat(cache.get("pencil", new ScramClient.Challenge(SALT, 4097))).isNull();
        assertThat(cache.get("pencil", new ScramClient.Challenge(new byte[] {1}, 4096))).isNull();
    }

    @Test
    void md5ResponseIsPostgresqls() {
        // select 'md5' || md5(md5('secret' || 'ada') || E'\x01\x02\x03\x04')
        assertThat(Md5Password.respond("ada", "secret", new byte[] {1, 2, 3, 4}))
                .isEqualTo("md5" + md5(md5("secretada") + "\u0001\u0002\u0003\u0004"));
    }

    @ParameterizedTest
    @CsvSource({
        "pencil, pencil",
        "I\u00ADX, IX",
        "\u2168, IX",
        "\u00AA, a",
        "a\u00A0b, 'a b'",
        "ﬁ, fi",
        "é, é",
        "a\u0007ä, a\u0007ä",
        "\u0627\u0031, \u0627\u0031"
    })
    void passwordsArePrepared(String password, String prepared) {
        assertThat(SaslPrep.prepare(password)).isEqualTo(prepared);
    }

    private static String md5(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("MD5")
                                    .digest(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void exchange(ScramServer server, Optional<byte[]> endPoint, String password)
            throws AuthenticationFailure {
        var client = ScramClient.choose(server.mechanisms(), endPoint);
        var challenge = client.challenge(server.first(client.mechanism(), client.first()));
        String last =
                client.last(ScramKeys.derive(password, challenge.salt(), challenge.iterations()));
        client.verify(server.last(last));
    }

    private static String mutate(String text, Random random) {
        StringBuilder result = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(result.length());
            switch (random.nextInt(3)) {
                case 0 -> result.setCharAt(at, (char) (32 + random.nextInt(95)));
                case 1 -> result.deleteCharAt(at);
                default -> result.insert(at, ",=nrpyä\0".charAt(random.nextInt(8)));
            }
        }
        return result.toString();
    }
}
