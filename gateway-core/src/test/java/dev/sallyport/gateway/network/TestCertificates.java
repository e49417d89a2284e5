package dev.sallyport.gateway.network;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority of a test's own.
final class TestCertificates {
    private static final X500Name ISSUER = new X500Name("CN=test authority");

    private final KeyPair authority;
    final Path ca;
    private final Path folder;

    TestCertificates(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.authority = keyPair();
        this.ca = folder.resolve("ca.crt");
        pem(ca, certificate(ISSUER, authority, true, ""));
    }

    record Issued(Path certificate, Path key) {}

    Issued issue(String dnsName) throws Exception {
        var keys = keyPair();
        var certificate = folder.resolve(dnsName + ".crt");
        var key = folder.resolve(dnsName + ".key");
        pem(certificate, certificate(new X500Name("CN=" + dnsName), keys, false, dnsName));
        pem(key, new JcaPKCS8Generator(keys.getPrivate(), null));
        return new Issued(certificate, key);
    }

    private Object certificate(X500Name subject, KeyPair keys, boolean isCa, String dnsName)
            throws Exception {
        var now = Instant.now();
        var builder =
                new JcaX509v3CertificateBuilder(
                        ISSUER,
                        BigInteger.valueOf(System.nanoTime()),
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(3600)),
                        subject,
                        keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
        if (!dnsName.isEmpty())
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)));
        return builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()));
    }

    private static KeyPair keyPair() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static void pem(Path file, Object object) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        Files.writeString(file, text.toString());
    }
}
