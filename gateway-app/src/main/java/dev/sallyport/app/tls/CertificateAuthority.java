package dev.sallyport.app.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority whose key lives in memory only: issue what is needed, write the
/// certificates down, and nobody can issue more under it later.
public final class CertificateAuthority {
    private static final Duration VALIDITY = Duration.ofDays(3650);
    // So that a clock a little behind ours accepts what was issued a moment ago.
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final X509Certificate certificate;
    private final PrivateKey key;

    private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /// A certificate with its private key.
    public record Issued(X509Certificate certificate, PrivateKey key) {
        /// Writes the certificate, and the key readable by the owner alone.
        public void write(Path certificateFile, Path keyFile) throws IOException {
            replace(certificateFile, pem("CERTIFICATE", certificate), "rw-r--r--");
            replace(keyFile, pem("PRIVATE KEY", key.getEncoded()), "rw-------");
        }

        @Override
        public String toString() {
            return "Issued[" + certificate.getSubjectX500Principal() + "]";
        }
    }

    /// @param name shown to people, as `Sallyport demo CA`
    public static CertificateAuthority create(String name) {
        var pair = keyPair();
        var subject = new X500Principal("CN=" + name);
        try {
            var builder = builder(subject, subject, pair);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return new CertificateAuthority(
                    sign(builder, pair.getPrivate(), pair), pair.getPrivate());
        } catch (CertIOException e) {
            throw new IllegalStateException("cannot encode a certificate", e);
        }
    }

    /// A server certificate.
    ///
    /// @param hosts names and addresses that the server is reached by, at least one; the first is
    ///   its common name
    public Issued issueServer(List<String> hosts) {
        var pair = keyPair();
        try {
            var builder =
                    builder(
                            certificate.getSubjectX500Principal(),
                            new X500Principal("CN=" + hosts.getFirst()),
                            pair);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            hosts.stream()
                                    .map(CertificateAuthority::generalName)
                                    .toArray(GeneralName[]::new)));
            return new Issued(sign(builder, key, pair), pair.getPrivate());
        } catch (CertIOException e) {
            throw new IllegalStateException("cannot encode a certificate", e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /// Writes what clients need in order to trust this authority.
    public void write(Path certificateFile) throws IOException {
        replace(certificateFile, pem("CERTIFICATE", certificate), "rw-r--r--");
    }

    /// True when the file holds a certificate that stays valid for at least `margin`.
    public static boolean isValidFor(Path certificateFile, Duration margin, Clock clock) {
        try (var in = Files.newInputStream(certificateFile)) {
            var factory = CertificateFactory.getInstance("X.509");
            var certificate = (X509Certificate) factory.generateCertificate(in);
            certificate.checkValidity(Date.from(clock.instant().plus(margin)));
            return true;
        } catch (IOException | GeneralSecurityException _) {
            return false;
        }
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, KeyPair pair) throws CertIOException {
        var now = Instant.now();
        var builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        new BigInteger(127, RANDOM).setBit(120),
                        Date.from(now.minus(CLOCK_SKEW)),
                        Date.from(now.plus(VALIDITY)),
                        subject,
                        pair.getPublic());
        try {
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-1 for key identifiers", e);
        }
        return builder;
    }

    private static X509Certificate sign(
            JcaX509v3CertificateBuilder builder, PrivateKey signer, KeyPair subject) {
        try {
            var contentSigner = new JcaContentSignerBuilder("SHA256withECDSA").build(signer);
            return new JcaX509CertificateConverter().getCertificate(builder.build(contentSigner));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(
                    "cannot sign a certificate for " + subject.getPublic().getAlgorithm(), e);
        }
    }

    private static KeyPair keyPair() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has secp256r1", e);
        }
    }

    private static GeneralName generalName(String host) {
        var address = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || isDigit(c));
        if (!address) return new GeneralName(GeneralName.dNSName, host);
        try {
            // Addresses as text are never looked up.
            return new GeneralName(
                    GeneralName.iPAddress, InetAddress.getByName(host).getHostAddress());
        } catch (IOException e) {
            throw new IllegalArgumentException("not an address: " + host, e);
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static String pem(String type, X509Certificate certificate) throws IOException {
        try {
            return pem(type, certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot encode a certificate", e);
        }
    }

    private static String pem(String type, byte[] der) {
        var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, encoder.encodeToString(der), type);
    }

    /// Created with its final permissions, so that a key is at no moment readable by others.
    private static void replace(Path file, String text, String permissions) throws IOException {
        Files.deleteIfExists(file);
        var attribute =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var out = Files.newByteChannel(file, options, attribute)) {
            out.write(java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
