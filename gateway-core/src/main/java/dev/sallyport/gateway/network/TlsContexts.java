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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// TLS 1.2 and 1.3, by BoringSSL where its library loads (a fifth of the cost of a handshake), by
/// the JDK elsewhere.
final class TlsContexts {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private TlsContexts() {}

    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    static ServerTlsContext forListener(GatewayConfig.ServerTls tls, String applicationProtocol)
            throws IOException {
        try {
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
            return new ServerTlsContext(builder.build(), leaf(tls.certificate()), tls.required());
        } catch (IOException | RuntimeException | CertificateException e) {
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
}
