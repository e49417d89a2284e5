package dev.sallyport.postgres.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.postgres.TestCertificates;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.Query;
import dev.sallyport.postgres.message.TransactionStatus;
import dev.sallyport.sql.SqlText;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/// The upstream side against a real server, and the client side against a real libpq (psql). Says
/// so when neither is installed; the conformance module has servers of its own.
@Timeout(60)
class RealPostgresTest {
    private static final TestCertificates.Identity IDENTITY = TestCertificates.forLocalhost();
    private static final TestCertificates.Identity STRANGER = TestCertificates.forLocalhost();

    @TempDir static Path folder;
    private static RealPostgres server;
    private static MultiThreadIoEventLoopGroup loops;
    private static ExecutorService worker;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(
                RealPostgres.binaries().isPresent(),
                "no PostgreSQL server is installed in /usr/lib/postgresql");
        server = new RealPostgres(IDENTITY, true);
        loops =
                new MultiThreadIoEventLoopGroup(
                        1,
                        Epoll.isAvailable()
                                ? EpollIoHandler.newFactory()
                                : NioIoHandler.newFactory());
        worker = Executors.newSingleThreadExecutor();
        Files.writeString(
                folder.resolve("ca"),
                RealPostgres.pem("CERTIFICATE", RealPostgres.encoded(IDENTITY)));
        Files.writeString(
                folder.resolve("strange-ca"),
                RealPostgres.pem("CERTIFICATE", RealPostgres.encoded(STRANGER)));
        Files.writeString(folder.resolve("password"), "geheim\n");
        Files.writeString(folder.resolve("wrong"), "falsch\n");
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (server == null) return;
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        worker.shutdown();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "scram, VERIFY_FULL, localhost",
        "scram, VERIFY_FULL, 127.0.0.1",
        "scram, VERIFY_CA, 127.0.0.1",
        "scram, REQUIRE, 127.0.0.1",
        "scram, DISABLE, 127.0.0.1",
        "md5, DISABLE, 127.0.0.1",
        "md5, VERIFY_FULL, 127.0.0.1",
        "plain, VERIFY_FULL, localhost",
        "plain, VERIFY_CA, 127.0.0.1",
        "trusted, DISABLE, 127.0.0.1"
    })
    void logsIn(String user, TlsMode mode, String host) throws Exception {
        var upstream =
                logIn(
                                database(user, mode, host, "postgres", "password", "ca"),
                                Map.of("DateStyle", "German"))
                        .get(30, TimeUnit.SECONDS);
        assertThat(upstream).isInstanceOf(UpstreamLogin.LoggedIn.class);
        var loggedIn = (UpstreamLogin.LoggedIn) upstream;
        assertThat(loggedIn.status()).isEqualTo(TransactionStatus.IDLE);
        assertThat(loggedIn.key()).isPresent();
        assertThat(loggedIn.parameters())
                .contains(
                        new ParameterStatus("DateStyle", "German, DMY"),
                        new ParameterStatus("session_authorization", user));
        loggedIn.channel().close().sync();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    scram    | VERIFY_FULL | postgres | wrong    | ca         | 08004 | wrong password
                    md5      | DISABLE     | postgres | wrong    | ca         | 08004 | wrong password
                    scram    | VERIFY_FULL | postgres | missing  | ca         | 08004 | no password file
                    scram    | VERIFY_FULL | nosuch   | password | ca         | 08004 | no such database
                    nosuch   | VERIFY_FULL | postgres | password | ca         | 08004 | no such role
                    rejected | VERIFY_FULL | postgres | password | ca         | 08004 | rejected
                    plain    | REQUIRE     | postgres | password | ca         | 08004 | password in clear to whoever answers
                    scram    | VERIFY_FULL | postgres | password | strange-ca | 08001 | certificate of somebody else
                    scram    | VERIFY_CA   | postgres | password | strange-ca | 08001 | certificate of somebody else
                    """)
    void failsInOurWords(
            String user,
            TlsMode mode,
            String name,
            String password,
            String ca,
            String sqlState,
            String why)
            throws Exception {
        var failure = failure(database(user, mode, "127.0.0.1", name, password, ca), Map.of());
        assertThat(failure.denial().sqlState())
                .as(why + ": " + failure.reason())
                .isEqualTo(sqlState);
        assertThat(failure.denial().message()).startsWith("sallyport: ");
        assertThat(failure.denial().toString())
                .doesNotContain("geheim", "falsch", folder.toString(), user + "\"");
        assertThat(failure.reason()).doesNotContain("geheim", "falsch");
    }

    @Test
    void aNameThatTheCertificateDoesNotHaveIsRefused() throws Exception {
        // All of 127/8 is this machine.
        var failure =
                failure(
                        database(
                                "scram",
                                TlsMode.VERIFY_FULL,
                                "127.0.0.2",
                                "postgres",
                                "password",
                                "ca"),
                        Map.of());
        assertThat(failure.denial().sqlState()).isEqualTo("08001");
    }

    @Test
    void aServerWithoutTlsIsNotTalkedToInClear() throws Exception {
        try (var without = new RealPostgres(IDENTITY, false)) {
            var database =
                    database(
                            "scram",
                            TlsMode.REQUIRE,
                            "127.0.0.1",
                            "postgres",
                            "password",
                            "ca",
                            without.port());
            var failure = failure(database, Map.of());
            assertThat(failure.denial().sqlState()).isEqualTo("08001");
            assertThat(failure.reason()).contains("does not speak TLS");
        }
    }

    @Test
    void nobodyListening() throws Exception {
        var failure =
                failure(
                        database(
                                "scram",
                                TlsMode.REQUIRE,
                                "127.0.0.1",
                                "postgres",
                                "password",
                                "ca",
                                1),
                        Map.of());
        assertThat(failure.denial().sqlState()).isEqualTo("08001");
        assertThat(failure.denial().toString()).doesNotContain("127.0.0.1");
    }

    @Test
    void aBadStartupParameterIsTheClientsToMend() throws Exception {
        var failure =
                failure(
                        database(
                                "scram",
                                TlsMode.VERIFY_FULL,
                                "localhost",
                                "postgres",
                                "password",
                                "ca"),
                        Map.of("TimeZone", "Mars/Olympus"));
        assertThat(failure.denial().sqlState()).isEqualTo("22023");
    }

    @ParameterizedTest
    @CsvSource({"VERIFY_FULL", "DISABLE"})
    void cancelsWhatRuns(TlsMode mode) throws Exception {
        var database = database("scram", mode, "127.0.0.1", "postgres", "password", "ca");
        var loggedIn = (UpstreamLogin.LoggedIn) logIn(database, Map.of()).get(30, TimeUnit.SECONDS);
        Channel channel = loggedIn.channel();
        var answer = new CompletableFuture<String>();
        channel.eventLoop()
                .submit(() -> {
                    channel.pipeline().addLast(new Collector(answer));
                    loggedIn.handler().handOver();
                    channel.config().setAutoRead(true);
                    ByteBuf query = channel.alloc().buffer();
                    new Query(new SqlText("select pg_sleep(50)"))
                            .encode(query, ClientEncoding.UTF8);
                    channel.writeAndFlush(query);
                })
                .sync();
        Thread.sleep(500);
        var done = new CompletableFuture<Void>();
        connector(database)
                .cancel(
                        channel.eventLoop(),
                        database,
                        loggedIn.key().orElseThrow(),
                        () -> done.complete(null));
        done.get(10, TimeUnit.SECONDS);
        assertThat(answer.get(10, TimeUnit.SECONDS)).contains("57014");
        channel.close().sync();
    }

    @ParameterizedTest
    @CsvSource({
        "sslmode=verify-ca channel_binding=require, true",
        "sslmode=verify-full channel_binding=prefer, true",
        "sslmode=require channel_binding=disable, true",
        "sslmode=require gssencmode=prefer, true",
        "sslmode=disable, false",
        "sslmode=prefer, false"
    })
    void psqlLogsInThroughBothSides(String options, boolean tls) throws Exception {
        assumeTrue(hasPsql(), "psql is not installed");
        var gateway = new FakeGateway();
        gateway.database =
                database("scram", TlsMode.VERIFY_FULL, "localhost", "postgres", "password", "ca");
        gateway.onStart = RealPostgresTest::pipe;
        try (var logins =
                new LoginServer(
                        gateway,
                        connector(gateway.database),
                        tls
                                ? Optional.of(LoginServer.tls(IDENTITY, SslProvider.JDK, true))
                                : Optional.empty())) {
            // Behind what client_min_messages=debug5 adds.
            assertThat(psql(logins.port(), options, "pencil")).endsWith("scram|psql\n");
            assertThat(gateway.events).contains("started");
            gateway.events.clear();
            assertThat(psql(logins.port(), options, "wrong")).contains("sallyport: login failed");
            assertThat(gateway.events).contains("failed: wrong password").doesNotContain("started");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3.0, prefer, postgres, 4",
        "3.2, prefer, postgres, 32",
        "3.2, require, direct, 32",
        "3.0, require, direct, 4",
        "3.0, disable, postgres, 4"
    })
    void pgjdbcLogsInThroughBothSidesAndCancels(
            String version, String channelBinding, String negotiation, int keyBytes)
            throws Exception {
        var gateway = new FakeGateway();
        gateway.database =
                database("scram", TlsMode.VERIFY_FULL, "localhost", "postgres", "password", "ca");
        gateway.onStart = RealPostgresTest::pipe;
        try (var logins =
                new LoginServer(
                        gateway,
                        connector(gateway.database),
                        Optional.of(LoginServer.tls(IDENTITY, SslProvider.JDK, true)))) {
            var properties = new Properties();
            properties.setProperty("user", "ada");
            properties.setProperty("password", "pencil");
            properties.setProperty("sslmode", "verify-full");
            properties.setProperty("sslrootcert", folder.resolve("ca").toString());
            properties.setProperty("sslNegotiation", negotiation);
            properties.setProperty("channelBinding", channelBinding);
            properties.setProperty("protocolVersion", version);
            properties.setProperty("options", "-c statement_timeout=30s");
            String url = "jdbc:postgresql://localhost:" + logins.port() + "/clinic";
            try (var connection = DriverManager.getConnection(url, properties);
                    var statement = connection.createStatement()) {
                var rows =
                        statement.executeQuery(
                                "select current_user, current_setting('statement_timeout')");
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("scram");
                assertThat(rows.getString(2)).isEqualTo("30s");
                connection.unwrap(PGConnection.class).cancelQuery();
            }
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(gateway.events).contains("cancel: 123 " + keyBytes));
            assertThat(gateway.events)
                    .contains(
                            "succeeded: scram-sha-256"
                                    + (channelBinding.equals("disable") ? "" : "-plus")
                                    + " TLSv1.3");
        }
    }

    private static String psql(int port, String options, String password)
            throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder(
                                "psql",
                                "-X",
                                "-A",
                                "-t",
                                "host=localhost hostaddr=127.0.0.1 port="
                                        + port
                                        + " user=ada dbname=clinic connect_timeout=20 sslrootcert="
                                        + folder.resolve("ca")
                                        + " "
                                        + options,
                                "-c",
                                "select current_user, current_setting('application_name')")
                        .redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        builder.environment().put("PGGSSENCMODE", "disable");
        var process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static boolean hasPsql() {
        try {
            return new ProcessBuilder("psql", "--version").start().waitFor() == 0;
        } catch (IOException | InterruptedException _) {
            return false;
        }
    }

    /// A session that guards nothing.
    private static void pipe(FakeGateway.Started started) {
        started.client().pipeline().addLast(new Pipe(started.upstream()));
        started.upstream().pipeline().addLast(new Pipe(started.client()));
        started.client().config().setAutoRead(true);
        started.upstream().config().setAutoRead(true);
    }

    private static CompletableFuture<Object> logIn(Database database, Map<String, String> settings)
            throws IOException {
        var result = new CompletableFuture<Object>();
        connector(database)
                .logIn(
                        loops.next(),
                        database,
                        settings,
                        ClientEncoding.UTF8,
                        new UpstreamLogin.Listener() {
                            @Override
                            public void loggedIn(UpstreamLogin.LoggedIn upstream) {
                                result.complete(upstream);
                            }

                            @Override
                            public void failed(UpstreamFailure failure) {
                                result.complete(failure);
                            }
                        });
        return result;
    }

    private static UpstreamFailure failure(Database database, Map<String, String> settings)
            throws Exception {
        return (UpstreamFailure) logIn(database, settings).get(30, TimeUnit.SECONDS);
    }

    private static NetworkUpstreamConnector connector(Database database) throws IOException {
        var config =
                new GatewayConfig(
                        folder.resolve("sallyport.yaml"),
                        "test",
                        List.of(),
                        List.of(database),
                        List.of(),
                        folder.resolve("users.yaml"),
                        new GatewayConfig.Audit(folder, 1 << 20, 1 << 20),
                        GatewayConfig.Sessions.DEFAULTS,
                        GatewayConfig.Login.DEFAULTS,
                        GatewayConfig.Masks.DEFAULTS,
                        GatewayConfig.Admin.DEFAULTS);
        return new NetworkUpstreamConnector(
                new Network(config), Duration.ofSeconds(20), worker, _ -> Map.of());
    }

    private static Database database(
            String user, TlsMode mode, String host, String name, String password, String ca) {
        return database(user, mode, host, name, password, ca, server.port());
    }

    private static Database database(
            String user,
            TlsMode mode,
            String host,
            String name,
            String password,
            String ca,
            int port) {
        var secret = new Secret.InFile(folder.resolve(password));
        return new Database(
                "clinic",
                Protocol.POSTGRES,
                host,
                port,
                name,
                user,
                secret,
                new GatewayConfig.UpstreamTls(mode, Optional.of(folder.resolve(ca))),
                new GatewayConfig.CatalogReader(user, secret, Duration.ofMinutes(1)));
    }

    private static final class Pipe extends ChannelInboundHandlerAdapter {
        private final Channel peer;

        Pipe(Channel peer) {
            this.peer = peer;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            peer.writeAndFlush(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            peer.close();
        }
    }

    private static final class Collector extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<String> answer;
        private final StringBuilder text = new StringBuilder();

        Collector(CompletableFuture<String> answer) {
            this.answer = answer;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            text.append(((ByteBuf) message).toString(StandardCharsets.ISO_8859_1));
            ReferenceCountUtil.release(message);
            if (text.indexOf("Z\0\0\0\5") >= 0) answer.complete(text.toString());
        }
    }
}
