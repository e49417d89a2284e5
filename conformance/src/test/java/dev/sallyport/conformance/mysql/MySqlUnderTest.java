package dev.sallyport.conformance.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.cli.Verifiers;
import dev.sallyport.app.embedded.FileTrees;
import dev.sallyport.app.mysql.Administrator;
import dev.sallyport.app.mysql.EmbeddedMariaDb;
import dev.sallyport.app.mysql.MySqlServer;
import dev.sallyport.app.mysql.OwnMySql;
import dev.sallyport.app.tls.CertificateAuthority;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.ScramVerifier;
import dev.sallyport.gateway.DecisionEvent;
import dev.sallyport.gateway.Gateway;
import dev.sallyport.mysql.MySqlProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A gateway in front of a real server with a small shop in it. Which server: the one that the
/// environment's `SALLYPORT_TEST_MYSQL_URL` names (`mysql://user:password@host:port/`, as CI does
/// for MySQL), else a MariaDB that comes along.
final class MySqlUnderTest implements AutoCloseable {
    static final String USER = "dev";
    static final String PASSWORD = "dev-pw";
    private static final String OWN_SERVER = "SALLYPORT_TEST_MYSQL_URL";
    private static final Duration CLIENT_TIMEOUT = Duration.ofMinutes(2);

    private static @Nullable MySqlUnderTest running;

    private final Path folder;
    private final MySqlServer server;
    private final Gateway gateway;
    private final Queue<DecisionEvent> decisions = new ConcurrentLinkedQueue<>();

    /// One for all classes of a run; it ends with the process and leaves nothing.
    static synchronized MySqlUnderTest get() {
        if (running == null)
            try {
                var started = new MySqlUnderTest();
                Runtime.getRuntime().addShutdownHook(new Thread(started::close, "mysql-tests"));
                running = started;
            } catch (Exception e) {
                throw new IllegalStateException("MySQL's tests can't begin", e);
            }
        return running;
    }

    private MySqlUnderTest() throws Exception {
        folder = Files.createTempDirectory("sallyport-mysql-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        var own = System.getenv(OWN_SERVER);
        server =
                own == null || own.isBlank()
                        ? EmbeddedMariaDb.start(folder.resolve("mariadb"))
                        : OwnMySql.of(own, folder.resolve("own"));
        try (var administrator = new Administrator(server)) {
            administrator.run(statements("shop.sql"));
        }
        gateway = startGateway();
        gateway.onDecision(decisions::add);
    }

    private static List<String> statements(String name) throws IOException {
        var statements = new ArrayList<String>();
        for (var part : resource(name).split(";\\R"))
            if (!part.isBlank()) statements.add(part.strip());
        return statements;
    }

    static String resource(String name) throws IOException {
        try (var in = MySqlUnderTest.class.getResourceAsStream(name)) {
            if (in == null) throw new IOException("no resource " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Gateway startGateway() throws Exception {
        var tls = Files.createDirectories(folder.resolve("tls"));
        var authority = CertificateAuthority.create("Test CA");
        authority.write(ca());
        authority
                .issueServer(List.of("localhost", "127.0.0.1"))
                .write(tls.resolve("gateway.crt"), tls.resolve("gateway.key"));
        Files.writeString(folder.resolve("secret"), "shop-secret");
        Files.writeString(folder.resolve("policy.yaml"), resource("policy.yaml"));
        Files.writeString(
                folder.resolve("users.yaml"),
                """
                users:
                  - name: %s
                    roles: [developer]
                    verifier: "%s"
                    mysql: { native: "%s", ed25519: "%s" }
                """
                        .formatted(
                                USER,
                                Verifiers.make(
                                        PASSWORD.toCharArray(), ScramVerifier.MIN_ITERATIONS),
                                Verifiers.nativePassword(PASSWORD),
                                Verifiers.ed25519(PASSWORD)));
        var main = folder.resolve("sallyport.yaml");
        var upstreamTls =
                server.tls().ca().isPresent()
                        ? "{ mode: verify-full, ca: \"" + server.tls().ca().get() + "\" }"
                        : "{ mode: require }";
        Files.writeString(
                main,
                """
                gateway: test
                listeners:
                  - protocol: mysql
                    host: 127.0.0.1
                    port: 0
                    database: shop
                    tls: { certificate: tls/gateway.crt, key: tls/gateway.key, required: false }
                databases:
                  - name: shop
                    protocol: mysql
                    host: %s
                    port: %d
                    user: shop_gateway
                    password: { file: secret }
                    tls: %s
                    catalog: { user: shop_catalog, password: { file: secret }, refresh: 10m }
                policies: [policy.yaml]
                users: users.yaml
                audit: { store: audit, segmentSize: 4MiB, reserve: 16MiB }
                sessions: { idle: 5m, max: 500, maxPerUser: 300 }
                login: { failuresBeforeDelay: 1000 }
                admin: { host: 127.0.0.1, port: 0 }
                """
                        .formatted(server.host(), server.port(), upstreamTls));
        var loaded =
                switch (ConfigLoader.load(main)) {
                    case ConfigLoader.Loaded l -> l;
                    case ConfigLoader.Errors e -> throw new AssertionError(e.errors().toString());
                };
        var started =
                Gateway.start(
                        loaded,
                        List.of(new MySqlProtocol()),
                        failure -> {
                            throw new AssertionError(failure);
                        });
        assertThat(started.awaitReady(Duration.ofSeconds(30))).isTrue();
        return started;
    }

    boolean isMariaDb() {
        return server instanceof EmbeddedMariaDb;
    }

    String describe() {
        return server.describe();
    }

    String host() {
        return "127.0.0.1";
    }

    int port() {
        return gateway.listeners().getFirst().port();
    }

    Path ca() {
        return folder.resolve("tls/ca.crt");
    }

    Path folder() {
        return folder;
    }

    /// The client's program that came with the embedded server; null with another server.
    @Nullable Path program(String name) {
        var client = server.client();
        return client.isEmpty() ? null : client.get().resolveSibling(name);
    }

    /// What has been decided since the last call.
    List<DecisionEvent> decisions() {
        var taken = new ArrayList<DecisionEvent>();
        for (var next = decisions.poll(); next != null; next = decisions.poll()) taken.add(next);
        return taken;
    }

    /// What a program printed, on both streams, and how it ended.
    record Ran(int exitCode, String out) {}

    /// @param input for its standard input
    Ran run(Path directory, String input, List<String> command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(directory.toFile());
        builder.environment().put("MYSQL_PWD", PASSWORD);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("MYSQL_HISTFILE", "/dev/null");
        var in = Files.writeString(Files.createTempFile(folder, "input", ""), input);
        var out = Files.createTempFile(folder, "output", "");
        var process = builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).start();
        if (!process.waitFor(CLIENT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(command + " did not end:\n" + Files.readString(out));
        }
        return new Ran(
                process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        gateway.stop(Duration.ofSeconds(5));
        server.close();
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
