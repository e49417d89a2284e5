package dev.sallyport.postgres.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.postgres.TestCertificates;
import dev.sallyport.postgres.auth.AuthenticationFailure;
import dev.sallyport.postgres.auth.ChannelBinding;
import dev.sallyport.postgres.auth.ScramClient;
import dev.sallyport.postgres.auth.ScramKeyCache;
import dev.sallyport.postgres.message.Authentication;
import dev.sallyport.postgres.message.AuthenticationResponse;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.BackendType;
import dev.sallyport.postgres.message.CancelRequest;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.GSSENCRequest;
import dev.sallyport.postgres.message.InitialRequest;
import dev.sallyport.postgres.message.ProtocolVersion;
import dev.sallyport.postgres.message.ReadyForQuery;
import dev.sallyport.postgres.message.SASLInitialResponse;
import dev.sallyport.postgres.message.SASLResponse;
import dev.sallyport.postgres.message.SSLRequest;
import dev.sallyport.postgres.message.StartupMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS on real sockets: negotiated, direct, refused, injected into.
@Timeout(60)
class ClientLoginTlsTest {
    private static final TestCertificates.Identity IDENTITY = TestCertificates.forLocalhost();
    private static final ScramKeyCache KEYS = new ScramKeyCache();
    private static SSLContext trusting;

    private final FakeGateway gateway = new FakeGateway();
    private final FakeUpstreams upstreams = new FakeUpstreams();
    private LoginServer server =
            new LoginServer(
                    gateway,
                    upstreams,
                    Optional.of(LoginServer.tls(IDENTITY, SslProvider.JDK, true)));

    @BeforeAll
    static void trustAll() throws GeneralSecurityException {
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustAll()}, null);
    }

    @BeforeEach
    void readOn() {
        // As a session would: the client's close_notify has to be seen.
        gateway.onStart = started -> started.client().config().setAutoRead(true);
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (int i = 0; i < 500 && gateway.admitted.get() > 0; i++) Thread.sleep(10);
        server.close();
        if (upstreams.channel != null) upstreams.channel.finishAndReleaseAll();
        assertThat(gateway.admitted).hasValue(0);
    }

    static List<SslProvider> providers() {
        return OpenSsl.isAvailable()
                ? List.of(SslProvider.JDK, SslProvider.OPENSSL)
                : List.of(SslProvider.JDK);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void logsInWithChannelBinding(SslProvider provider) throws Exception {
        server.close();
        server =
                new LoginServer(
                        gateway, upstreams, Optional.of(LoginServer.tls(IDENTITY, provider, true)));
        try (var client = new Client(negotiate(plain(), Optional.of("postgresql")))) {
            var received = client.logIn(endPoint(), true);
            assertThat(received).last().isInstanceOf(ReadyForQuery.class);
            assertThat(received.getFirst())
                    .isEqualTo(
                            new Authentication.SASL(
                                    List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")));
            assertThat(gateway.events).contains("succeeded: scram-sha-256-plus TLSv1.3");
        }
    }

    @Test
    void aClientWithoutChannelBindingLogsInToo() throws Exception {
        try (var client = new Client(negotiate(plain(), Optional.empty()))) {
            assertThat(client.logIn(Optional.empty(), false))
                    .last()
                    .isInstanceOf(ReadyForQuery.class);
            assertThat(gateway.events).contains("succeeded: scram-sha-256 TLSv1.3");
        }
    }

    @Test
    void aDowngradedOfferIsNoticed() throws Exception {
        // The man in the middle took -PLUS out of the offer, so the client says "y".
        try (var client = new Client(negotiate(plain(), Optional.empty()))) {
            assertThat(client.logIn(endPoint(), false))
                    .last()
                    .isEqualTo(ErrorResponse.fatal("28P01", "sallyport: login failed", null, null));
            assertThat(gateway.events).contains("failed: SCRAM channel binding was downgraded");
        }
    }

    @Test
    void aProofBoundToAnotherCertificateFails() throws Exception {
        try (var client = new Client(negotiate(plain(), Optional.empty()))) {
            var other =
                    ChannelBinding.tlsServerEndPoint(TestCertificates.forLocalhost().certificate());
            assertThat(client.logIn(other, true)).last().isInstanceOf(ErrorResponse.class);
            assertThat(gateway.events).contains("failed: SCRAM channel binding check failed");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void directTlsNeedsAlpn(boolean byteByByte) throws Exception {
        try (var client =
                new Client(
                        tls(
                                byteByByte ? new OneByteAtATime(server.port()) : plain(),
                                Optional.of("postgresql")))) {
            assertThat(client.logIn(endPoint(), true)).last().isInstanceOf(ReadyForQuery.class);
        }
        for (Optional<String> alpn : List.of(Optional.<String>empty(), Optional.of("http/1.1"))) {
            gateway.events.clear();
            try (var client = new Client(tls(plain(), alpn))) {
                client.send(startup());
                assertThat(client.isClosed()).isTrue();
            } catch (IOException _) {
                // Closed even earlier.
            }
            assertThat(gateway.events)
                    .contains("failed before: TLS without application protocol postgresql");
            assertThat(gateway.events).noneMatch(event -> event.startsWith("begin"));
        }
    }

    @Test
    void directTlsIsOnlyTakenAsTheFirstBytes() throws Exception {
        Socket socket = plain();
        write(socket, bytes(new GSSENCRequest()));
        assertThat(socket.getInputStream().read()).isEqualTo('N');
        write(socket, new byte[] {0x16, 3, 1, 0, 5});
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.close();
    }

    @Test
    void tlsAfterADeclinedGssRequestWorks() throws Exception {
        Socket socket = plain();
        write(socket, bytes(new GSSENCRequest()));
        assertThat(socket.getInputStream().read()).isEqualTo('N');
        try (var client = new Client(negotiate(socket, Optional.empty()))) {
            assertThat(client.logIn(endPoint(), true)).last().isInstanceOf(ReadyForQuery.class);
        }
    }

    @Test
    void clearTextIsRefusedWithAHint() throws Exception {
        try (var client = new Client(plain())) {
            client.send(startup());
            var error = (ErrorResponse) client.receive();
            assertThat(error.diagnostic().sqlState()).isEqualTo("28000");
            assertThat(error.diagnostic().hint()).contains("sslmode=require");
            assertThat(client.isClosed()).isTrue();
            assertThat(gateway.events)
                    .contains("failed before: no TLS")
                    .noneMatch(event -> event.startsWith("begin"));
        }
    }

    @Test
    void whatComesInClearBehindSslRequestIsNeverRead() throws Exception {
        // CVE-2021-3935, CVE-2021-23214.
        ByteBuf injected = Unpooled.buffer();
        new SSLRequest().encode(injected);
        startup().encode(injected);
        Socket socket = plain();
        write(socket, ByteBufUtil.getBytes(injected));
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.close();
        assertThat(gateway.events).noneMatch(event -> event.startsWith("begin"));
    }

    @Test
    void whatComesInClearAfterTheAnswerBreaksTheHandshake() throws Exception {
        Socket socket = plain();
        write(socket, bytes(new SSLRequest()));
        assertThat(socket.getInputStream().read()).isEqualTo('S');
        write(socket, bytes(startup()));
        byte[] _ = socket.getInputStream().readAllBytes();
        socket.close();
        assertThat(gateway.events)
                .contains("failed before: TLS handshake failed")
                .noneMatch(event -> event.startsWith("begin"));
    }

    @Test
    void negotiationInsideOfTlsIsAViolation() throws Exception {
        for (InitialRequest request : List.of(new SSLRequest(), new GSSENCRequest())) {
            try (var client = new Client(negotiate(plain(), Optional.empty()))) {
                client.send(request);
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void cancelRequestsAreTakenInTlsAndInClear() throws Exception {
        try (var client = new Client(negotiate(plain(), Optional.empty()))) {
            client.send(new CancelRequest(1, new byte[32]));
            assertThat(client.isClosed()).isTrue();
        }
        try (var client = new Client(plain())) {
            client.send(new CancelRequest(2, new byte[4]));
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(gateway.events).containsExactly("cancel: 1 32", "cancel: 2 4");
    }

    @Test
    void tlsOnAListenerWithoutIsRefused() throws Exception {
        server.close();
        server = new LoginServer(gateway, upstreams, Optional.empty());
        Socket socket = plain();
        write(socket, new byte[] {0x16, 3, 1, 0, 5});
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.close();
        Socket declined = plain();
        write(declined, bytes(new SSLRequest()));
        assertThat(declined.getInputStream().read()).isEqualTo('N');
        declined.close();
    }

    @Test
    void aCertificateWithoutChannelBindingOffersNone() throws Exception {
        server.close();
        var identity = TestCertificates.make("Ed25519", "Ed25519");
        server =
                new LoginServer(
                        gateway,
                        upstreams,
                        Optional.of(LoginServer.tls(identity, SslProvider.JDK, true)));
        try (var client = new Client(negotiate(plain(), Optional.empty()))) {
            assertThat(client.logIn(Optional.empty(), false).getFirst())
                    .isEqualTo(new Authentication.SASL(List.of("SCRAM-SHA-256")));
        }
    }

    // The other end.

    private static Optional<byte[]> endPoint() {
        return ChannelBinding.tlsServerEndPoint(IDENTITY.certificate());
    }

    private Socket plain() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private Socket negotiate(Socket socket, Optional<String> alpn) throws IOException {
        write(socket, bytes(new SSLRequest()));
        assertThat(socket.getInputStream().read()).isEqualTo('S');
        return tls(socket, alpn);
    }

    private Socket tls(Socket socket, Optional<String> alpn) throws IOException {
        SSLSocket tls =
                (SSLSocket)
                        trusting.getSocketFactory()
                                .createSocket(socket, "localhost", server.port(), true);
        alpn.ifPresent(protocol -> {
            var parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            tls.setSSLParameters(parameters);
        });
        tls.setSoTimeout(20_000);
        tls.startHandshake();
        return tls;
    }

    private static StartupMessage startup() {
        return new StartupMessage(
                ProtocolVersion.V3_0,
                List.of(
                        new StartupMessage.Parameter("user", "ada"),
                        new StartupMessage.Parameter("database", "clinic")));
    }

    private static void write(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    private static byte[] bytes(InitialRequest request) {
        ByteBuf out = Unpooled.buffer();
        request.encode(out);
        return ByteBufUtil.getBytes(out);
    }

    private record Client(Socket socket) implements AutoCloseable {
        void send(InitialRequest request) throws IOException {
            write(socket, bytes(request));
        }

        void send(AuthenticationResponse response) throws IOException {
            ByteBuf out = Unpooled.buffer();
            response.encode(out);
            write(socket, ByteBufUtil.getBytes(out));
        }

        BackendMessage receive() throws IOException {
            var in = new DataInputStream(socket.getInputStream());
            byte type = in.readByte();
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            return BackendMessage.decode(
                    BackendType.of(type), Unpooled.wrappedBuffer(body), ClientEncoding.UTF8);
        }

        boolean isClosed() {
            try {
                return socket.getInputStream().read() == -1;
            } catch (IOException _) {
                return true;
            }
        }

        /// Until ReadyForQuery or an error.
        ///
        /// @param seesPlus whether the offer of -PLUS reaches this client
        List<BackendMessage> logIn(Optional<byte[]> endPoint, boolean seesPlus)
                throws IOException, AuthenticationFailure {
            send(startup());
            List<BackendMessage> received = new ArrayList<>();
            ScramClient scram = null;
            while (true) {
                var message = receive();
                received.add(message);
                switch (message) {
                    case Authentication.SASL offer -> {
                        scram =
                                ScramClient.choose(
                                        seesPlus ? offer.mechanisms() : List.of("SCRAM-SHA-256"),
                                        endPoint);
                        send(new SASLInitialResponse(scram.mechanism(), scram.first()));
                    }
                    case Authentication.SASLContinue next -> {
                        var exchange = Objects.requireNonNull(scram);
                        send(
                                new SASLResponse(
                                        exchange.last(
                                                KEYS.derive(
                                                        "pencil",
                                                        exchange.challenge(next.data())))));
                    }
                    case Authentication.SASLFinal last ->
                            Objects.requireNonNull(scram).verify(last.data());
                    case ReadyForQuery _, ErrorResponse _ -> {
                        return received;
                    }
                    default -> {}
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /// Every byte of the first kilobyte in a segment of its own.
    private static final class OneByteAtATime extends Socket {
        OneByteAtATime(int port) throws IOException {
            super("127.0.0.1", port);
            setTcpNoDelay(true);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            OutputStream out = super.getOutputStream();
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    out.write(b);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    for (int i = 0; i < length; i++) {
                        out.write(bytes[offset + i]);
                        if (i < 8) java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
                    }
                }
            };
        }
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
