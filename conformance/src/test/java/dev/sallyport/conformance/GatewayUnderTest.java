package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.app.tls.CertificateAuthority;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.Gateway;
import dev.sallyport.postgres.PostgresProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A gateway in this process in front of a real PostgreSQL with the small clinic, configured by
/// files as a user would.
///
/// Users: `dev` (developer), `bill` (billing), `own` (owner), `nobody` (no role), `left`
/// (disabled). Each one's password is the name followed by `-pw`.
final class GatewayUnderTest implements AutoCloseable {
    static final List<String> UPSTREAM_SECRETS =
            List.of("upstream-secret-5a1f", "catalog-secret-77c2");

    private static @Nullable PostgresServer server;

    final Path directory;
    final Path store;
    final String database;
    final AtomicReference<@Nullable AuditException> fatal = new AtomicReference<>();
    private final Gateway gateway;
    private boolean stopped;

    /// One server for all the tests of this JVM; it stops with it.
    static synchronized PostgresServer postgres() {
        var running = server;
        if (running != null) return running;
        try {
            var options = PostgresServer.Options.embedded().withSetting("max_connections", "300");
            var started = PostgresServer.start(options);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close));
            server = started;
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Everything here uses that server until this is closed. Tests run one after another.
    static synchronized Switched on(PostgresServer other) {
        var before = server;
        server = other;
        return () -> server = before;
    }

    interface Switched extends AutoCloseable {
        @Override
        void close();
    }

    /// A database of its own with the clinic in it.
    static synchronized String freshClinic(String name) throws SQLException, IOException {
        var server = postgres();
        server.recreateDatabase(name);
        try (var connection = server.connect(name);
                var statement = connection.createStatement()) {
            for (var sql : resource("clinic.sql").split(";;")) {
                if (sql.isBlank()) continue;
                try {
                    statement.execute(sql);
                } catch (SQLException e) {
                    // Roles belong to the server, not to the database.
                    if (!"42710".equals(e.getSQLState())) throw e;
                }
            }
        }
        return name;
    }

    static GatewayUnderTest start(Path directory) throws Exception {
        return start(directory, freshClinic("clinic"), Map.of());
    }

    /// @param keys `sessions`, `login`, `audit`: what replaces that line of the main file;
    ///   `policy`: what replaces the policy file; `moreDatabases`, `morePolicies`, `alerts`,
    ///   `state`: what is added
    static GatewayUnderTest start(Path directory, String database, Map<String, String> keys)
            throws Exception {
        var config = writeConfiguration(directory, database, postgres().port(), 0, keys);
        return new GatewayUnderTest(directory, database, config);
    }

    /// A gateway where another one has stopped: its configuration, its log.
    static GatewayUnderTest again(Path directory, String database) throws Exception {
        return new GatewayUnderTest(directory, database, directory.resolve("sallyport.yaml"));
    }

    /// Writes everything that `sallyport serve --config` needs and returns the main file.
    static Path writeConfiguration(
            Path directory,
            String database,
            int upstreamPort,
            int listenerPort,
            Map<String, String> keys)
            throws IOException {
        var lines = new HashMap<String, String>();
        lines.put(
                "audit",
                "{ store: audit, segmentSize: 4MiB, reserve: 16MiB, seal: { recipients: ["
                        + auditor(directory)
                        + "] } }");
        lines.put("sessions", "{ idle: 5m, max: 500, maxPerUser: 300 }");
        lines.put("login", "{ failuresBeforeDelay: 1000 }");
        lines.put("refresh", "10m");
        lines.put("tlsRequired", "false");
        lines.putAll(keys);
        Files.createDirectories(directory.resolve("secrets"));
        Files.createDirectories(directory.resolve("tls"));
        Files.writeString(directory.resolve("secrets/upstream"), UPSTREAM_SECRETS.get(0));
        Files.writeString(directory.resolve("secrets/catalog"), UPSTREAM_SECRETS.get(1));
        var authority = CertificateAuthority.create("Test CA");
        authority.write(directory.resolve("tls/ca.crt"));
        authority
                .issueServer(List.of("localhost", "127.0.0.1"))
                .write(directory.resolve("tls/gateway.crt"), directory.resolve("tls/gateway.key"));
        Files.copy(postgres().caFile().orElseThrow(), directory.resolve("tls/upstream-ca.crt"));
        Files.writeString(
                directory.resolve("policy.yaml"),
                keys.getOrDefault("policy", resource("policy.yaml")));
        var users = new StringBuilder("users:\n");
        for (var user :
                List.of(
                        "dev: [developer]",
                        "bill: [billing]",
                        "own: [owner]",
                        "nobody: []",
                        "left: [developer]")) {
            var name = user.substring(0, user.indexOf(':'));
            users.append("  - { name: ")
                    .append(name)
                    .append(", roles: ")
                    .append(user.substring(user.indexOf('[')));
            if (name.equals("left")) users.append(", disabled: true");
            users.append(", verifier: \"").append(Scram.verifier(name + "-pw")).append("\" }\n");
        }
        Files.writeString(directory.resolve("users.yaml"), users);
        var main = directory.resolve("sallyport.yaml");
        Files.writeString(
                main,
                """
                gateway: test
                listeners:
                  - protocol: postgres
                    host: 127.0.0.1
                    port: %d
                    tls: { certificate: tls/gateway.crt, key: tls/gateway.key, required: %s }
                databases:
                  - name: clinic
                    protocol: postgres
                    host: 127.0.0.1
                    port: %d
                    database: %s
                    user: sallyport_gateway
                    password: { file: secrets/upstream }
                    tls: { mode: verify-full, ca: tls/upstream-ca.crt }
                    catalog: { user: sallyport_catalog, password: { file: secrets/catalog }, refresh: %s }
                %s
                policies: [policy.yaml%s]
                users: users.yaml
                audit: %s
                sessions: %s
                login: %s
                admin: { host: 127.0.0.1, port: 0 }
                %s
                %s
                """
                        .formatted(
                                listenerPort,
                                lines.get("tlsRequired"),
                                upstreamPort,
                                database,
                                lines.get("refresh"),
                                lines.getOrDefault("moreDatabases", ""),
                                lines.getOrDefault("morePolicies", ""),
                                lines.get("audit"),
                                lines.get("sessions"),
                                lines.get("login"),
                                lines.getOrDefault("alerts", ""),
                                lines.getOrDefault("state", "")));
        return main;
    }

    /// The public key to which the log is sealed; the private one is beside the store.
    private static String auditor(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            return AuditorKey.create(directory.resolve(AuditTrail.KEY_FILE), "auditor")
                    .recipient()
                    .toString();
        } catch (FormatException e) {
            throw new IOException(e);
        }
    }

    private GatewayUnderTest(Path directory, String database, Path config) throws Exception {
        this.directory = directory;
        this.database = database;
        store = directory.resolve("audit");
        var loaded =
                switch (ConfigLoader.load(config)) {
                    case ConfigLoader.Loaded l -> l;
                    case ConfigLoader.Errors e -> throw new AssertionError(e.errors().toString());
                };
        gateway = Gateway.start(loaded, List.of(new PostgresProtocol()), fatal::set);
        assertThat(gateway.awaitReady(Duration.ofSeconds(30))).isTrue();
    }

    Gateway gateway() {
        return gateway;
    }

    int port() {
        return gateway.listeners().getFirst().port();
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/clinic";
    }

    /// @param options pgJDBC's, as `preferQueryMode=simple`
    Connection connect(String user, String... options) throws SQLException {
        return connectTo("clinic", user, options);
    }

    Connection connectTo(String offered, String user, String... options) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", user + "-pw");
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("sslrootcert", directory.resolve("tls/ca.crt").toString());
        for (var option : options) {
            var pair = option.split("=", 2);
            properties.setProperty(pair[0], pair[1]);
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port() + "/" + offered, properties);
    }

    /// A plain connection for tests that speak the protocol themselves.
    Socket socket() throws IOException {
        var socket = new Socket("127.0.0.1", port());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /// What psql printed and how it ended.
    record PsqlResult(int exitCode, String out) {}

    PsqlResult psql(String user, String... arguments) throws Exception {
        return psqlWithInput(user, "", arguments);
    }

    PsqlResult psqlWithInput(String user, String input, String... arguments) throws Exception {
        var target =
                "host=127.0.0.1 port=%d user=%s dbname=clinic sslmode=verify-full sslrootcert=%s"
                        .formatted(port(), user, directory.resolve("tls/ca.crt"));
        return runPsql(target, user + "-pw", input, arguments);
    }

    /// The same against the server itself, as the gateway's own role there.
    PsqlResult psqlDirect(String command) throws Exception {
        var target =
                "host=127.0.0.1 port=%d user=sallyport_gateway dbname=%s sslmode=require"
                        .formatted(postgres().port(), database);
        return runPsql(
                target, UPSTREAM_SECRETS.getFirst(), "", "-v", "ON_ERROR_STOP=1", "-c", command);
    }

    /// On the server itself, as the gateway's own role there.
    void executeDirect(String sql) throws SQLException {
        try (var connection =
                        postgres()
                                .connect(
                                        database,
                                        "sallyport_gateway",
                                        UPSTREAM_SECRETS.getFirst());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static PsqlResult runPsql(
            String target, String password, String input, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("psql", "-X", target));
        command.addAll(Arrays.asList(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        builder.environment().put("PAGER", "");
        builder.environment().put("LC_ALL", "C.UTF-8");
        var process = builder.start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new PsqlResult(process.waitFor(), out);
    }

    static String resource(String name) throws IOException {
        try (var in = GatewayUnderTest.class.getResourceAsStream(name)) {
            if (in == null) throw new IOException("no resource " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// Stops the gateway, so that the log is complete.
    void stop() {
        if (stopped) return;
        stopped = true;
        gateway.stop(Duration.ofSeconds(5));
    }

    @Override
    public void close() {
        stop();
    }
}
