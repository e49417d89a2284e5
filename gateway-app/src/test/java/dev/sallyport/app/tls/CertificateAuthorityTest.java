package dev.sallyport.app.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
    @TempDir Path folder;

    @Test
    void issuesForNamesAndAddresses() throws Exception {
        var authority = CertificateAuthority.create("a test");
        var server = authority.issueServer(List.of("localhost", "127.0.0.1", "::1")).certificate();
        validate(server, authority.certificate());
        assertThat(server.getSubjectAlternativeNames())
                .extracting(n -> String.valueOf(n.get(1)))
                .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        assertThat(authority.certificate().getBasicConstraints()).isZero();
    }

    @Test
    void anotherAuthorityIsNotTrusted() {
        var server = CertificateAuthority.create("one").issueServer(List.of("localhost"));
        var other = CertificateAuthority.create("one").certificate();
        assertThatThrownBy(() -> validate(server.certificate(), other))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void writesPemAndKeepsTheKeyPrivate() throws Exception {
        var authority = CertificateAuthority.create("a test");
        var issued = authority.issueServer(List.of("localhost"));
        issued.write(folder.resolve("s.crt"), folder.resolve("s.key"));
        // A second time, over what is there.
        issued.write(folder.resolve("s.crt"), folder.resolve("s.key"));
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("s.key"))))
                .isEqualTo("rw-------");
        assertThat(folder.resolve("s.key")).content().startsWith("-----BEGIN PRIVATE KEY-----\n");
        try (var in = Files.newInputStream(folder.resolve("s.crt"))) {
            assertThat(CertificateFactory.getInstance("X.509").generateCertificate(in))
                    .isEqualTo(issued.certificate());
        }
        assertThat(issued.toString()).doesNotContain("PRIVATE");
    }

    @Test
    void knowsHowLongACertificateIsGood() throws Exception {
        CertificateAuthority.create("a test").write(folder.resolve("ca.crt"));
        var clock = Clock.systemUTC();
        var file = folder.resolve("ca.crt");
        assertThat(CertificateAuthority.isValidFor(file, Duration.ofDays(30), clock)).isTrue();
        assertThat(CertificateAuthority.isValidFor(file, Duration.ofDays(4000), clock)).isFalse();
        assertThat(CertificateAuthority.isValidFor(folder.resolve("x"), Duration.ZERO, clock))
                .isFalse();
    }

    private static void validate(X509Certificate server, X509Certificate authority)
            throws Exception {
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(server));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }
}
