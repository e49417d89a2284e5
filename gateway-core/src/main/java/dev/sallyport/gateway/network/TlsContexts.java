package dev.sallyport.gateway.network;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.GatewayConfig.TlsMode;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// TLS 1.2 and 1.3, by BoringSSL where its library loads (a fifth of the cost of a handshake), by
/// the JDK elsewhere.
final class TlsContexts {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private TlsContexts() {}

    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    static ServerTlsContext forListener(GatewayConfig.ServerTls tls, String applicationProtocol)
            throws IOException {
        try {
            var leaf = leaf(tls.certificate());
            checkFits(leaf, tls.key());
            var builder =
                    SslContextBuilder.forServer(tls.certificate().toFile(), tls.key().toFile())
                            .sslProvider(provider())
                            .protocols(PROTOCOLS);
            if (!applicationProtocol.isEmpty())
                builder.applicationProtocolConfig(
                        new ApplicationProtocolConfig(
                                Protocol.ALPN,
                                SelectorFailureBehavior.NO_ADVERTISE,
                                SelectedListenerFailureBehavior.ACCEPT,
                                applicationProtocol));
            return new ServerTlsContext(builder.build(), leaf, tls.required());
        } catch (IOException | RuntimeException | GeneralSecurityException e) {
            throw new IOException(
                    "cannot serve TLS with certificate "
                            + tls.certificate()
                            + " and key "
                            + tls.key()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    static Optional<UpstreamTlsContext> forUpstream(GatewayConfig.UpstreamTls tls)
            throws IOException {
        if (tls.mode() == TlsMode.DISABLE) return Optional.empty();
        try {
            return Optional.of(new UpstreamTlsContext(clientContext(tls)));
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "cannot verify the upstream by "
                            + tls.ca().map(Path::toString).orElse("the JDK's authorities")
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static SslContext clientContext(GatewayConfig.UpstreamTls tls) throws IOException {
        var builder = SslContextBuilder.forClient().sslProvider(provider()).protocols(PROTOCOLS);
        switch (tls.mode()) {
            case DISABLE -> throw new IllegalArgumentException("no TLS");
            case REQUIRE ->
                    builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                            .endpointIdentificationAlgorithm(null);
            case VERIFY_CA -> {
                var ca = tls.ca();
                if (ca.isEmpty()) throw new IOException("verify-ca needs a ca");
                builder.trustManager(ca.get().toFile()).endpointIdentificationAlgorithm(null);
            }
            case VERIFY_FULL -> {
                if (tls.ca().isPresent()) builder.trustManager(tls.ca().get().toFile());
                builder.endpointIdentificationAlgorithm("HTTPS");
            }
        }
        return builder.build();
    }

    private static X509Certificate leaf(Path pem) throws IOException, CertificateException {
        try (var in = Files.newInputStream(pem)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /// BoringSSL would notice only at the first handshake.
    private static void checkFits(X509Certificate certificate, Path keyFile)
            throws IOException, GeneralSecurityException {
        var pem = Files.readString(keyFile, StandardCharsets.US_ASCII);
        var block = PRIVATE_KEY.matcher(pem);
        if (!block.find())
            throw new IOException("the key is not an unencrypted PKCS #8 key in PEM format");
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
        var publicKey = certificate.getPublicKey();
        var key = KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(encoded);
        var algorithm =
                switch (publicKey.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    case String other -> other;
                };
        var signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(certificate.getEncoded());
        var signature = signer.sign();
        signer.initVerify(publicKey);
        signer.update(certificate.getEncoded());
        if (!signer.verify(signature))
            throw new IOException("the key does not belong to the certificate");
    }
}
