package dev.sallyport.gateway.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {
    @TempDir Path folder;
    private TestCertificates authority;
    private TestCertificates stranger;

    @BeforeEach
    void certificates() throws Exception {
        authority = new TestCertificates(folder.resolve("ca"));
        stranger = new TestCertificates(folder.resolve("stranger"));
    }

    @Test
    void verifyFullTakesOnlyTheRightNameFromTheRightAuthority() throws Exception {
        assertThat(handshake("localhost", authority, TlsMode.VERIFY_FULL)).isEqualTo("TLSv1.3");
        assertThat(handshake("elsewhere.example", authority, TlsMode.VERIFY_FULL))
                .startsWith("refused");
        assertThat(handshake("localhost", stranger, TlsMode.VERIFY_FULL)).startsWith("refused");
    }

    @Test
    void verifyCaTakesAnyNameFromTheRightAuthority() throws Exception {
        assertThat(handshake("elsewhere.example", authority, TlsMode.VERIFY_CA))
                .isEqualTo("TLSv1.3");
        assertThat(handshake("localhost", stranger, TlsMode.VERIFY_CA)).startsWith("refused");
    }

    @Test
    void requireEncryptsWithWhoeverAnswers() throws Exception {
        assertThat(handshake("elsewhere.example", stranger, TlsMode.REQUIRE)).isEqualTo("TLSv1.3");
    }

    @Test
    void disableHasNoTls() throws Exception {
        var upstream = database(1, TlsMode.DISABLE);
        try (var network = new Network(config(upstream))) {
            assertThat(network.upstreamTls(upstream)).isEmpty();
        }
    }

    @Test
    void aConnectionOfAnotherLoopIsMadeOnTheLoopAsked() throws Exception {
        var accepted = new CompletableFuture<EventLoop>();
        var upstream = database(1, TlsMode.DISABLE);
        try (var network = new Network(config(upstream))) {
            var bound =
                    network.listen(
                            new GatewayConfig.Listener(
                                    Protocol.POSTGRES, "127.0.0.1", 0, Optional.empty()),
                            "",
                            (channel, listener) -> {
                                assertThat(listener.port()).isPositive();
                                accepted.complete(channel.eventLoop());
                            });
            assertThat(bound.port()).isPositive();
            var target = database(bound.port(), TlsMode.DISABLE);
            try (var _ = new java.net.Socket("127.0.0.1", bound.port())) {
                var loop = accepted.get(5, TimeUnit.SECONDS);
                var channel = network.connect(loop, target, nothing()).sync().channel();
                assertThat(channel.eventLoop()).isSameAs(loop);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsSaidSo() throws Exception {
        try (var taken = new ServerSocket(0);
                var network = new Network(config(database(1, TlsMode.DISABLE)))) {
            assertThatThrownBy(() ->
                            network.listen(
                                    new GatewayConfig.Listener(
                                            Protocol.POSTGRES,
                                            "127.0.0.1",
                                            taken.getLocalPort(),
                                            Optional.empty()),
                                    "",
                                    (_, _) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            "cannot listen on postgres 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void aCertificateThatDoesNotFitItsKeyIsSaidSo() throws Exception {
        var one = authority.issue("one.example");
        var two = authority.issue("two.example");
        try (var network = new Network(config(database(1, TlsMode.DISABLE)))) {
            var tls = new GatewayConfig.ServerTls(one.certificate(), two.key(), true);
            assertThatThrownBy(() ->
                            network.listen(
                                    new GatewayConfig.Listener(
                                            Protocol.POSTGRES, "127.0.0.1", 0, Optional.of(tls)),
                                    "postgresql",
                                    (_, _) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("one.example.crt");
        }
    }

    /// A gateway's client side against a gateway's server side.
    private String handshake(String certificateName, TestCertificates issuer, TlsMode mode)
            throws Exception {
        var issued = issuer.issue(certificateName);
        var listener =
                new GatewayConfig.Listener(
                        Protocol.POSTGRES,
                        "localhost",
                        0,
                        Optional.of(
                                new GatewayConfig.ServerTls(
                                        issued.certificate(), issued.key(), true)));
        try (var server = new Network(config(database(1, TlsMode.DISABLE)))) {
            var bound =
                    server.listen(
                            listener,
                            "postgresql",
                            (channel, l) ->
                                    channel.pipeline()
                                            .addLast(
                                                    l.tls()
                                                            .orElseThrow()
                                                            .newHandler(channel.alloc()))
                                            .addLast(new Quiet()));
            assertThat(bound.tls().orElseThrow().certificate().getSubjectX500Principal().getName())
                    .isEqualTo("CN=" + certificateName);
            var upstream = database(bound.port(), mode);
            try (var client = new Network(config(upstream))) {
                var result = new CompletableFuture<String>();
                var loops = new CompletableFuture<EventLoop>();
                var any =
                        client.listen(
                                new GatewayConfig.Listener(
                                        Protocol.POSTGRES, "127.0.0.1", 0, Optional.empty()),
                                "",
                                (channel, _) -> loops.complete(channel.eventLoop()));
                try (var _ = new java.net.Socket("127.0.0.1", any.port())) {
                    var _ =
                            client.connect(
                                    loops.get(5, TimeUnit.SECONDS),
                                    upstream,
                                    tlsClient(client, upstream, result));
                    return result.get(10, TimeUnit.SECONDS);
                }
            }
        }
    }

    private static ChannelInitializer<Channel> tlsClient(
            Network network, GatewayConfig.Database upstream, CompletableFuture<String> result) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                SslHandler tls =
                        network.upstreamTls(upstream)
                                .orElseThrow()
                                .newHandler(channel.alloc(), upstream.host(), upstream.port());
                tls.handshakeFuture()
                        .addListener(f ->
                                result.complete(
                                        f.isSuccess()
                                                ? tls.engine().getSession().getProtocol()
                                                : "refused: " + f.cause()));
                channel.pipeline().addLast(tls).addLast(new Quiet());
            }
        };
    }

    /// A handshake that fails is what some of the tests are about.
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private static ChannelInitializer<Channel> nothing() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {}
        };
    }

    private GatewayConfig.Database database(int port, TlsMode mode) {
        boolean verified = mode == TlsMode.VERIFY_CA || mode == TlsMode.VERIFY_FULL;
        return new GatewayConfig.Database(
                "clinic",
                Protocol.POSTGRES,
                "localhost",
                port,
                "clinic",
                "app",
                new Secret.InEnvironment("NONE"),
                new GatewayConfig.UpstreamTls(
                        mode, verified ? Optional.of(authority.ca) : Optional.empty()),
                new GatewayConfig.CatalogReader(
                        "reader", new Secret.InEnvironment("NONE"), Duration.ofSeconds(30)));
    }

    private GatewayConfig config(GatewayConfig.Database database) {
        return new GatewayConfig(
                folder.resolve("sallyport.yaml"),
                "test",
                List.of(),
                List.of(database),
                List.of(),
                folder.resolve("users.yaml"),
                new GatewayConfig.Audit(folder.resolve("audit"), 1 << 20, 4 << 20),
                GatewayConfig.Sessions.DEFAULTS,
                GatewayConfig.Login.DEFAULTS,
                GatewayConfig.Masks.DEFAULTS,
                GatewayConfig.Admin.DEFAULTS);
    }
}
