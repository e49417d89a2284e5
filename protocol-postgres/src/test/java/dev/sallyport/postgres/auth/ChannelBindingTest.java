package dev.sallyport.postgres.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.postgres.TestCertificates;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 5929, section 4.1.
class ChannelBindingTest {
    @ParameterizedTest
    @CsvSource({
        "EC,  SHA256withECDSA, SHA-256",
        "EC,  SHA384withECDSA, SHA-384",
        "EC,  SHA512withECDSA, SHA-512",
        "EC,  SHA1withECDSA, SHA-256",
        "RSA, SHA1withRSA, SHA-256",
        "RSA, SHA256withRSA, SHA-256",
        "RSA, SHA384withRSA, SHA-384",
        "RSA, SHA512withRSAandMGF1, SHA-512"
    })
    void theHashIsThatOfTheCertificatesSignature(String key, String signature, String hash)
            throws Exception {
        var certificate = TestCertificates.make(key, signature).certificate();
        assertThat(ChannelBinding.tlsServerEndPoint(certificate))
                .hasValue(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
    }

    @Test
    void ed25519HasNone() {
        assertThat(
                        ChannelBinding.tlsServerEndPoint(
                                TestCertificates.make("Ed25519", "Ed25519").certificate()))
                .isEmpty();
    }
}
