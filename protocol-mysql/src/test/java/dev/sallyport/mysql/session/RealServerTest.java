package dev.sallyport.mysql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.Gateway;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.ProtocolFactory;
import dev.sallyport.gateway.UpstreamQueries;
import dev.sallyport.gateway.network.ConnectionInitializer;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.mysql.MySqlProtocol;
import dev.sallyport.mysql.TestCertificates;
import dev.sallyport.mysql.auth.Ed25519Password;
import dev.sallyport.mysql.auth.NativePassword;
import dev.sallyport.mysql.startup.LoginServer;
import dev.sallyport.mysql.startup.Upstreams;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real server, the real gateway but for the guard, real drivers.
class RealServerTest {
    private static final String MARIADB = "jdbc:mariadb://127.0.0.1:%d/clinic";
    private static final String MYSQL = "jdbc:mysql://127.0.0.1:%d/clinic";

    @TempDir static Path directory;
    private static Gateway gateway;

    /// MySQL's protocol with another guard.
    private static final class Permitting implements ProtocolFactory {
        private final Executor worker =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

        @Override
        public Protocol protocol() {
            return Protocol.MYSQL;
        }

        @Override
        public String applicationProtocol() {
            return "";
        }

        @Override
        public Optional<UpstreamQueries> upstreamQueries(Network network, Duration timeout) {
            return new MySqlProtocol().upstreamQueries(network, timeout);
        }

        @Override
        public ConnectionInitializer connections(GatewayServices services) {
            return new LoginServer(
                    services,
                    new Upstreams(services.network(), Duration.ofSeconds(10), worker),
                    login -> {
                        var session =
                                new MySqlSession(
                                        login,
                                        new PermittingEnforcement(services, login.session()),
                                        services.config().sessions());
                        login.client().eventLoop().execute(session::takeOver);
                        return session;
                    },
                    worker);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        var server = RealMariaDb.get();
        var identity = TestCertificates.forLocalhost();
        write("tls.crt", pem("CERTIFICATE", identity.certificate().getEncoded()));
        write("tls.key", pem("PRIVATE KEY", identity.key().getEncoded()));
        write("upstream", RealMariaDb.NATIVE_PASSWORD);
        write(
                "users.yaml",
                """
                users:
                  - { name: dana, roles: [developer], verifier: "%s" }
                  - { name: nat, roles: [developer], verifier: "%s", mysql: { native: "*%s" } }
                  - { name: eddi, roles: [developer], verifier: "%s", mysql: { ed25519: "%s" } }
                """
                        .formatted(
                                scram("dana-pw"),
                                scram("other"),
                                HexFormat.of().formatHex(NativePassword.verifier("nat-pw")),
                                scram("another"),
                                Base64.getEncoder()
                                        .withoutPadding()
                                        .encodeToString(Ed25519Password.verifier("eddi-pw"))));
        write(
                "policy.yaml",
                """
                database: clinic
                roles:
                  developer:
                    grants:
                      - { id: all, allow: [select], on: ["clinic.*"] }
                """);
        write(
                "sallyport.yaml",
                """
                gateway: test
                listeners:
                  - { protocol: mysql, host: 127.0.0.1, port: 0, database: clinic, tls: { certificate: tls.crt, key: tls.key, required: true } }
                  - { protocol: mysql, host: 127.0.0.1, port: 0, database: clinic }
                databases:
                  - name: clinic
                    protocol: mysql
                    host: 127.0.0.1
                    port: %d
                    user: gw_native
                    password: { file: upstream }
                    tls: { mode: disable }
                    catalog: { user: gw_native, password: { file: upstream }, refresh: 1h }
                policies: [policy.yaml]
                users: users.yaml
                audit: { store: audit, segmentSize: 4MiB, reserve: 16MiB }
                login: { failuresBeforeDelay: 1000 }
                """
                        .formatted(server.port()));
        var loaded =
                switch (ConfigLoader.load(directory.resolve("sallyport.yaml"))) {
                    case ConfigLoader.Loaded l -> l;
                    case ConfigLoader.Errors e -> throw new AssertionError(e.errors().toString());
                };
        gateway = Gateway.start(loaded, List.of(new Permitting()), _ -> {});
    }

    @AfterAll
    static void stop() {
        if (gateway != null) gateway.stop(Duration.ZERO);
    }

    @BeforeEach
    void forget() {
        PermittingEnforcement.NOTES.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void driversLogInOverTlsAndReadRows(String url) throws SQLException {
        for (int time = 0; time < 2; time++)
            try (var c = connect(url, "dana", "dana-pw");
                    var s = c.createStatement();
                    var rows = s.executeQuery("SELECT id, name FROM patients ORDER BY id")) {
                assertThat(all(rows)).containsExactly("1 Ada", "2 Grace", "3 null");
            }
        assertThat(PermittingEnforcement.NOTES)
                .contains("USE `clinic`", "SELECT id, name FROM patients ORDER BY id")
                .anyMatch(n -> n.matches("outcome \\d+ COMPLETED 3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void aWrongPasswordIsRefused(String url) {
        for (var password : List.of("dana-pW", "x".repeat(200)))
            assertThatThrownBy(() -> connect(url, "dana", password))
                    .isInstanceOf(SQLException.class)
                    .satisfies(e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(1045));
        assertThatThrownBy(() -> connect(url, "nobody", "dana-pw"))
                .satisfies(e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(1045));
    }

    @Test
    void storedVerifiersOfMariaDbAreUsed() throws SQLException {
        for (var user : List.of("nat", "eddi")) {
            var url = MARIADB + "&credentialType=&restrictedAuth=";
            try (var c = connect(MARIADB, user, user + "-pw", "defaultAuth=x");
                    var s = c.createStatement();
                    var rows = s.executeQuery("SELECT 1")) {
                assertThat(all(rows)).containsExactly("1");
            } catch (SQLException e) {
                throw new AssertionError(user, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void withoutTlsThePasswordGoesEncrypted(String url) throws SQLException {
        int port = gateway.listeners().get(1).port();
        var options =
                url.equals(MARIADB)
                        ? "?sslMode=disable&allowPublicKeyRetrieval=true"
                        : "?sslMode=DISABLED&allowPublicKeyRetrieval=true";
        for (int time = 0; time < 2; time++)
            try (var c =
                            DriverManager.getConnection(
                                    url.formatted(port) + options, "dana", "dana-pw");
                    var s = c.createStatement();
                    var rows = s.executeQuery("SELECT 1")) {
                assertThat(all(rows)).containsExactly("1");
            }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void clearTextIsRefusedWhereTlsIsRequired(String url) {
        var options = url.equals(MARIADB) ? "?sslMode=disable" : "?sslMode=DISABLED";
        int port = gateway.listeners().getFirst().port();
        assertThatThrownBy(() ->
                        DriverManager.getConnection(
                                url.formatted(port) + options, "dana", "dana-pw"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("without TLS are refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void preparedStatementsRunOnTheServer(String url) throws SQLException {
        try (var c = connect(url, "dana", "dana-pw", "useServerPrepStmts=true");
                var p = c.prepareStatement("SELECT name FROM patients WHERE id = ?")) {
            for (int id = 1; id <= 3; id++) {
                p.setInt(1, id);
                try (var rows = p.executeQuery()) {
                    assertThat(all(rows)).hasSize(1);
                }
            }
        }
        assertThat(PermittingEnforcement.NOTES)
                .filteredOn("execute 1"::equals)
                .as("each is decided")
                .hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void cursorsFetchInPortions(String url) throws SQLException {
        var options =
                url.equals(MARIADB)
                        ? new String[] {"useServerPrepStmts=true"}
                        : new String[] {"useServerPrepStmts=true", "useCursorFetch=true"};
        try (var c = connect(url, "dana", "dana-pw", options);
                var p =
                        c.prepareStatement(
                                "SELECT a.id FROM patients a, patients b, patients d ORDER BY 1")) {
            p.setFetchSize(5);
            try (var rows = p.executeQuery()) {
                assertThat(all(rows)).hasSize(27);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void proceduresReturnSeveralResults(String url) throws SQLException {
        try (var c = connect(url, "dana", "dana-pw");
                var s = c.createStatement()) {
            var results = new ArrayList<String>();
            boolean more = s.execute("CALL three()");
            while (more) {
                try (var rows = s.getResultSet()) {
                    results.addAll(all(rows));
                }
                more = s.getMoreResults();
            }
            assertThat(results).containsExactly("1", "2 3", "4");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void textsOfSeveralStatementsHaveAnOutcomeEach(String url) throws SQLException {
        try (var c = connect(url, "dana", "dana-pw", "allowMultiQueries=true");
                var s = c.createStatement()) {
            PermittingEnforcement.NOTES.clear();
            s.execute("SELECT 1; UPDATE patients SET name = 'Ada' WHERE id = 99; SELECT 2");
            assertThatThrownBy(() -> s.execute("SELECT 1; SELECT * FROM nothing_like_it; SELECT 3"))
                    .isInstanceOf(SQLException.class);
        }
        assertThat(PermittingEnforcement.NOTES)
                .filteredOn(n -> n.startsWith("outcome"))
                .extracting(n -> n.replaceFirst("outcome \\d+ ", ""))
                .containsSubsequence(
                        "COMPLETED 1",
                        "COMPLETED 0",
                        "COMPLETED 1",
                        "COMPLETED 1",
                        "FAILED 0 42S02",
                        "SKIPPED -1");
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void aDenialIsAnErrorAndTheSessionGoesOn(String url) throws SQLException {
        try (var c = connect(url, "dana", "dana-pw", "useServerPrepStmts=true");
                var s = c.createStatement()) {
            assertThatThrownBy(() -> s.executeQuery("SELECT forbidden"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("is not granted to you")
                    .hasMessageContaining("By rule: r1")
                    .hasMessageContaining("Hint: ask for a grant")
                    .satisfies(e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(1143));
            assertThatThrownBy(
                            () -> {
                                try (var p = c.prepareStatement("SELECT forbidden, ?")) {
                                    p.setInt(1, 1);
                                    p.executeQuery();
                                }
                            })
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("is not granted to you");
            try (var rows = s.executeQuery("SELECT 5")) {
                assertThat(all(rows)).containsExactly("5");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void valuesOfManyMegabytesPassBothWays(String url) throws SQLException {
        for (int size : new int[] {0xFF_FFFF, 40 << 20})
            try (var c = connect(url, "dana", "dana-pw", "useServerPrepStmts=true");
                    var p = c.prepareStatement("REPLACE INTO blobs VALUES (1, ?)");
                    var s = c.createStatement()) {
                var content = new byte[size];
                for (int i = 0; i < size; i += 997) content[i] = (byte) i;
                p.setBytes(1, content);
                p.executeUpdate();
                try (var rows = s.executeQuery("SELECT content FROM blobs WHERE id = 1")) {
                    rows.next();
                    assertThat(MessageDigest.isEqual(rows.getBytes(1), content)).isTrue();
                }
            }
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void driversCompress(String url) throws SQLException {
        try (var c =
                        connect(
                                url,
                                "dana",
                                "dana-pw",
                                "useCompression=true",
                                "useServerPrepStmts=true");
                var p = c.prepareStatement("REPLACE INTO blobs VALUES (2, ?)");
                var s = c.createStatement()) {
            for (int size : new int[] {1, 49, 50, 70_000, 200_000, 0xFF_FFFF, 18 << 20}) {
                var content = new byte[size];
                for (int i = 0; i < size; i += 1 + i % 97) content[i] = (byte) i;
                p.setBytes(1, content);
                p.executeUpdate();
                try (var rows = s.executeQuery("SELECT content FROM blobs WHERE id = 2")) {
                    rows.next();
                    assertThat(MessageDigest.isEqual(rows.getBytes(1), content))
                            .as("%d bytes", size)
                            .isTrue();
                }
            }
            assertThat(one(s, "SELECT '" + "long ".repeat(100_000) + "'")).hasSize(500_000);
            assertThatThrownBy(() -> s.execute("SELECT forbidden"))
                    .hasMessageContaining("is not granted to you");
        }
    }

    @Test
    void whoChangesTheUserCompressesOn() throws SQLException {
        try (var c = connect(MYSQL, "dana", "dana-pw", "useCompression=true")) {
            c.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).changeUser("nat", "other");
            try (var s = c.createStatement()) {
                assertThat(one(s, "SELECT REPEAT('ab', 1000)")).hasSize(2_000);
            }
        }
    }

    @Test
    void whatTheServerTracksIsTold() throws SQLException {
        try (var c = connect(MARIADB, "dana", "dana-pw");
                var s = c.createStatement()) {
            s.execute("SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
            s.execute("USE information_schema");
        }
        assertThat(PermittingEnforcement.NOTES)
                .contains(
                        "status status.no_backslash_escapes=1", "status schema=information_schema");
    }

    @ParameterizedTest
    @ValueSource(strings = {MARIADB, MYSQL})
    void aRunningStatementIsCancelled(String url) throws Exception {
        try (var c = connect(url, "dana", "dana-pw");
                var s = c.createStatement()) {
            var canceller =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    Thread.sleep(500);
                                    s.cancel();
                                } catch (InterruptedException | SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            long begun = System.nanoTime();
            try {
                s.execute("SELECT COUNT(*), SLEEP(20) FROM patients");
            } catch (SQLException e) {
                // Connector/J has an exception of its own for it.
                assertThat(e.getErrorCode()).isIn(0, 1317);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(10));
            canceller.join();
        }
    }

    @Test
    void transactionsArePassedOn() throws SQLException {
        try (var c = connect(MARIADB, "dana", "dana-pw");
                var s = c.createStatement()) {
            c.setAutoCommit(false);
            s.executeUpdate("INSERT INTO patients VALUES (9, 'gone')");
            assertThat(PermittingEnforcement.NOTES.getLast()).isEqualTo("ready T");
            c.rollback();
            assertThat(PermittingEnforcement.NOTES.getLast()).isEqualTo("ready I");
            try (var rows = s.executeQuery("SELECT COUNT(*) FROM patients WHERE id = 9")) {
                assertThat(all(rows)).containsExactly("0");
            }
        }
    }

    @Test
    void whoChangesTheUserFindsNothingOfTheFormers() throws Exception {
        try (var c = connect(MYSQL, "dana", "dana-pw", "useServerPrepStmts=true");
                var s = c.createStatement();
                var other = connect(MARIADB, "dana", "dana-pw");
                var o = other.createStatement()) {
            s.execute("SET @secret = 'dana knows', sql_mode = 'ANSI_QUOTES'");
            s.execute("CREATE TEMPORARY TABLE mine AS SELECT 1 AS one");
            s.execute("DO GET_LOCK('dana-lock', 0)");
            s.execute("PREPARE p FROM 'SELECT 1'");
            s.execute("START TRANSACTION");
            s.execute("INSERT INTO patients VALUES (77, 'unsaid')");
            var number = one(s, "SELECT CONNECTION_ID()");
            PermittingEnforcement.NOTES.clear();
            c.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).changeUser("nat", "other");
            assertThat(PermittingEnforcement.NOTES).contains("ended user changed");
            try (var fresh = c.createStatement()) {
                assertThat(one(fresh, "SELECT @secret")).isEqualTo("null");
                assertThat(one(fresh, "SELECT @@sql_mode")).doesNotContain("ANSI_QUOTES");
                assertThat(one(fresh, "SELECT COUNT(*) FROM patients WHERE id = 77"))
                        .isEqualTo("0");
                assertThatThrownBy(() -> fresh.execute("SELECT * FROM mine"))
                        .hasMessageContaining("doesn't exist");
                assertThatThrownBy(() -> fresh.execute("EXECUTE p"))
                        .hasMessageContaining("Unknown prepared statement");
                assertThat(one(fresh, "SELECT CONNECTION_ID()"))
                        .as("another connection to the server")
                        .isNotEqualTo(number);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(5))
                        .until(() -> one(o, "SELECT IS_FREE_LOCK('dana-lock')").equals("1"));
            }
        }
    }

    @Test
    void aChangeOfUserThatFailsEndsTheConnection() throws SQLException {
        try (var c = connect(MYSQL, "dana", "dana-pw")) {
            var own = c.unwrap(com.mysql.cj.jdbc.JdbcConnection.class);
            assertThatThrownBy(() -> own.changeUser("nat", "wrong"))
                    .satisfies(e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(1045));
            assertThatThrownBy(() -> c.createStatement().execute("SELECT 1"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void aConnectionThatIsResetKeepsItsPersonAndNothingElse() throws SQLException {
        try (var c = connect(MYSQL, "dana", "dana-pw", "useServerPrepStmts=true");
                var s = c.createStatement()) {
            s.execute("SET @secret = 'known'");
            var number = one(s, "SELECT CONNECTION_ID()");
            c.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).resetServerState();
            try (var fresh = c.createStatement()) {
                assertThat(one(fresh, "SELECT @secret")).isEqualTo("null");
                assertThat(one(fresh, "SELECT CONNECTION_ID()")).isEqualTo(number);
                PermittingEnforcement.NOTES.clear();
                fresh.execute("SET SESSION sql_mode = 'ANSI_QUOTES'");
                assertThat(PermittingEnforcement.NOTES)
                        .as("it is tracked still")
                        .contains("status sql_mode=ANSI_QUOTES");
            }
        }
    }

    private static String one(java.sql.Statement statement, String sql) throws SQLException {
        try (var rows = statement.executeQuery(sql)) {
            return all(rows).getFirst();
        }
    }

    private static Connection connect(String url, String user, String password, String... options)
            throws SQLException {
        var query = new StringBuilder(url.equals(MARIADB) ? "?sslMode=trust" : "?sslMode=REQUIRED");
        for (var option : options) query.append('&').append(option);
        int port = gateway.listeners().getFirst().port();
        return DriverManager.getConnection(url.formatted(port) + query, user, password);
    }

    private static List<String> all(java.sql.ResultSet rows) throws SQLException {
        var lines = new ArrayList<String>();
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            var line = new ArrayList<String>();
            for (int i = 1; i <= columns; i++) line.add(String.valueOf(rows.getString(i)));
            lines.add(String.join(" ", line));
        }
        return lines;
    }

    private static void write(String name, String text) throws java.io.IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN "
                + type
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + type
                + "-----\n";
    }

    static String scram(String password) throws Exception {
        byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        byte[] salted =
                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 4096, 256))
                        .getEncoded();
        var base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$4096:"
                + base64.encodeToString(salt)
                + "$"
                + base64.encodeToString(
                        MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key")))
                + ":"
                + base64.encodeToString(hmac(salted, "Server Key"));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    }
}
