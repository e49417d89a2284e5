package dev.sallyport.mysql.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.config.ScramVerifier;
import dev.sallyport.mysql.packet.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MethodsTest {
    private final byte[] nonce = bytes(20, 1);
    private final byte[] otherNonce = bytes(20, 2);

    @Test
    void nativePasswordIsWhatServersStoreAndCheck() {
        // SELECT PASSWORD('password') of a real server.
        byte[] verifier = NativePassword.verifier("password");
        assertThat(HexFormat.of().withUpperCase().formatHex(verifier))
                .isEqualTo("2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
        byte[] proof = NativePassword.prove("password", nonce);
        assertThat(NativePassword.isProof(proof, nonce, verifier)).isTrue();
        assertThat(NativePassword.isProof(proof, otherNonce, verifier)).isFalse();
        assertThat(NativePassword.isProof(NativePassword.prove("Password", nonce), nonce, verifier))
                .isFalse();
        assertThat(NativePassword.isProof(verifier, nonce, verifier))
                .as("what is stored is no proof")
                .isFalse();
        assertThat(NativePassword.isProof(new byte[0], nonce, verifier)).isFalse();
        assertThat(
                        NativePassword.isProof(
                                NativePassword.prove("", nonce),
                                nonce,
                                NativePassword.verifier("")))
                .as("an empty password")
                .isFalse();
    }

    @Test
    void cachingSha2ChecksWhatClientsProve() {
        byte[] remembered = CachingSha2.remembered("secret".getBytes(StandardCharsets.UTF_8));
        byte[] proof = CachingSha2.prove("secret", nonce);
        assertThat(CachingSha2.isProof(proof, nonce, remembered)).isTrue();
        assertThat(CachingSha2.isProof(proof, otherNonce, remembered)).isFalse();
        assertThat(CachingSha2.isProof(remembered, nonce, remembered)).isFalse();
        assertThat(CachingSha2.isProof(CachingSha2.prove("", nonce), nonce, remembered)).isFalse();
    }

    @Test
    void aPasswordIsEncryptedForOneServerAndOneNonce() throws Exception {
        var keys = CachingSha2.newKeyPair();
        var key = CachingSha2.parsePem(CachingSha2.pem(keys.getPublic()));
        assertThat(key).isEqualTo(keys.getPublic());
        byte[] encrypted = CachingSha2.encrypt("a longer password than the nonce", nonce, key);
        assertThat(CachingSha2.decrypt(encrypted, nonce, keys))
                .hasValueSatisfying(password ->
                        assertThat(new String(password, StandardCharsets.UTF_8))
                                .isEqualTo("a longer password than the nonce"));
        assertThat(CachingSha2.decrypt(encrypted, otherNonce, keys)).isEmpty();
        assertThat(CachingSha2.decrypt(encrypted, nonce, CachingSha2.newKeyPair())).isEmpty();
        assertThat(CachingSha2.decrypt(new byte[256], nonce, keys)).isEmpty();
        assertThat(CachingSha2.decrypt(new byte[0], nonce, keys)).isEmpty();
    }

    @Test
    void whatIsNoKeyIsAViolation() {
        for (var text : new String[] {"", "-----BEGIN PUBLIC KEY-----\nAAAA\n", "x".repeat(500)})
            assertThatThrownBy(() -> CachingSha2.parsePem(text.getBytes(StandardCharsets.US_ASCII)))
                    .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aPasswordInClearEndsWithItsOnlyNul() {
        assertThat(CachingSha2.unterminated(new byte[] {'a', 'b', 0}))
                .hasValueSatisfying(p -> assertThat(p).containsExactly('a', 'b'));
        assertThat(CachingSha2.unterminated(new byte[] {'a', 'b'})).isEmpty();
        assertThat(CachingSha2.unterminated(new byte[] {'a', 0, 'b', 0})).isEmpty();
        assertThat(CachingSha2.unterminated(new byte[0])).isEmpty();
    }

    @Test
    void ed25519IsTheJdksForSecretsOf32Bytes() throws Exception {
        var random = new Random(7);
        for (int round = 0; round < 10; round++) {
            var text = new StringBuilder();
            for (int i = 0; i < 32; i++) text.append((char) ('!' + random.nextInt(90)));
            var password = text.toString();
            byte[] challenge = bytes(Ed25519Password.NONCE_BYTES, round);
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(
                                    new EdECPrivateKeySpec(
                                            NamedParameterSpec.ED25519,
                                            password.getBytes(StandardCharsets.US_ASCII))));
            signature.update(challenge);
            byte[] proof = Ed25519Password.prove(password, challenge);
            assertThat(proof).isEqualTo(signature.sign());
            byte[] verifier = Ed25519Password.verifier(password);
            assertThat(Ed25519Password.isProof(proof, challenge, verifier)).isTrue();
            proof[round] ^= 1;
            assertThat(Ed25519Password.isProof(proof, challenge, verifier)).isFalse();
        }
    }

    @Test
    void ed25519OfAnyPasswordIsWhatMariaDbStores() {
        // SELECT ED25519_PASSWORD('secret'), MariaDB manual, Authentication Plugin: ed25519.
        assertThat(
                        Base64.getEncoder()
                                .withoutPadding()
                                .encodeToString(Ed25519Password.verifier("secret")))
                .isEqualTo("ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY");
        byte[] challenge = bytes(Ed25519Password.NONCE_BYTES, 3);
        assertThat(
                        Ed25519Password.isProof(
                                Ed25519Password.prove("secret", challenge),
                                challenge,
                                Ed25519Password.verifier("secret")))
                .isTrue();
        assertThat(Ed25519Password.isProof(new byte[64], challenge, new byte[32])).isFalse();
        assertThat(Ed25519Password.isProof(new byte[0], challenge, new byte[32])).isFalse();
    }

    @Test
    void whatIsRememberedGoesWithTheVerifier() {
        var logins = new FastLogins();
        var before = verifier("A");
        var after = verifier("B");
        assertThat(logins.of("dana", before)).isEmpty();
        logins.remember("dana", before, "secret".getBytes(StandardCharsets.UTF_8));
        assertThat(logins.of("dana", before)).isPresent();
        assertThat(logins.of("dana", after)).as("a new password").isEmpty();
        assertThat(logins.of("pavel", before)).isEmpty();
    }

    private static ScramVerifier verifier(String letter) {
        var key = letter.repeat(43) + "=";
        return ScramVerifier.parse(
                        "SCRAM-SHA-256$4096:" + letter.repeat(22) + "==$" + key + ":" + key)
                .orElseThrow();
    }

    private static byte[] bytes(int count, long seed) {
        var bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
