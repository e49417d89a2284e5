package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise 1, by attack: the gateway is killed with SIGKILL at random moments under load, while
/// every client counts what it really received. Each received result and each denial has to be in
/// the log, and the log has to be sound.
class NoResultWithoutARecordTest {
    private static final int ROUNDS = 4;
    private static final int CLIENTS = 6;

    private final long seed = Long.getLong("sallyport.seed", 20261123);
    private final Random random = new Random(seed);
    private @TempDir Path directory;

    /// What one client knows: how many answers of its session it has seen.
    private static final class Client extends Thread {
        final String name;
        final AtomicInteger results = new AtomicInteger();
        final AtomicInteger denials = new AtomicInteger();
        private final String url;
        private final boolean simple;

        Client(String name, String url, boolean simple) {
            super(name);
            this.name = name;
            this.url = url;
            this.simple = simple;
        }

        @Override
        public void run() {
            try (var connection = open()) {
                for (int i = 0; ; i++) {
                    try (var statement = connection.createStatement()) {
                        if (i % 5 == 4) {
                            statement.executeQuery("select ssn from patients where id = " + i);
                            throw new AssertionError("the denied statement was answered");
                        } else if (i % 5 == 3) {
                            statement.executeUpdate(
                                    "update scratch set label = 'n"
                                            + i
                                            + "' where id = "
                                            + (1 + i % 100));
                            results.incrementAndGet();
                        } else {
                            try (var rows =
                                    statement.executeQuery(
                                            "select id, city from patients where id = "
                                                    + (1 + i % 500))) {
                                if (rows.next()) results.incrementAndGet();
                            }
                        }
                    } catch (SQLException e) {
                        if (!"42501".equals(e.getSQLState())) return;
                        denials.incrementAndGet();
                    }
                }
            } catch (SQLException _) {
                // The gateway is gone.
            }
        }

        private Connection open() throws SQLException {
            var properties = new Properties();
            properties.setProperty("user", "dev");
            properties.setProperty("password", "dev-pw");
            properties.setProperty("sslmode", "disable");
            properties.setProperty("ApplicationName", name);
            // So that the name stands in the startup message.
            properties.setProperty("assumeMinServerVersion", "9.0");
            properties.setProperty("preferQueryMode", simple ? "simple" : "extended");
            return DriverManager.getConnection(url, properties);
        }
    }

    @Test
    void killedAtAnyMomentTheLogHoldsEverythingThatAnybodyReceived() throws Exception {
        var database = GatewayUnderTest.freshClinic("killed");
        int port = freePort();
        var config =
                GatewayUnderTest.writeConfiguration(
                        directory, database, GatewayUnderTest.postgres().port(), port, Map.of());
        var url = "jdbc:postgresql://127.0.0.1:" + port + "/clinic";
        var clients = new ArrayList<Client>();
        for (int round = 0; round < ROUNDS; round++) {
            var process = serve(config);
            try {
                awaitAnswer(url, process);
                var running = new ArrayList<Client>();
                for (int i = 0; i < CLIENTS; i++)
                    running.add(new Client("seen-" + round + "-" + i, url, i % 2 == 0));
                running.forEach(Thread::start);
                Thread.sleep(700 + random.nextInt(900));
                process.destroyForcibly();
                for (var client : running) {
                    client.join(20_000);
                    assertThat(client.isAlive()).isFalse();
                }
                clients.addAll(running);
            } finally {
                process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
            }
        }
        // The last start recovers the log; then it is read in peace.
        var last = serve(config);
        awaitAnswer(url, last);
        last.destroy();
        assertThat(last.waitFor(30, TimeUnit.SECONDS)).isTrue();

        var store = directory.resolve("audit");
        AuditTrail.isSound(store);
        var trail = AuditTrail.of(store);
        int seen = 0;
        for (var client : clients) {
            int results = client.results.get();
            int denials = client.denials.get();
            if (results + denials == 0) continue;
            var session = trail.sessionOf(client.name);
            long permits =
                    trail.ofSession(session, "statement-intent").stream()
                            .filter(e -> e.text("decision").equals("permit"))
                            .count();
            long denied =
                    trail.ofSession(session, "statement-intent").stream()
                            .filter(e -> e.text("decision").equals("deny"))
                            .count();
            long completed =
                    trail.ofSession(session, "statement-outcome").stream()
                            .filter(e -> e.text("status").equals("completed"))
                            .count();
            assertThat(permits)
                    .as("%s, seed %d", client.name, seed)
                    .isGreaterThanOrEqualTo(results);
            assertThat(completed)
                    .as("%s, seed %d", client.name, seed)
                    .isGreaterThanOrEqualTo(results);
            assertThat(denied).as("%s, seed %d", client.name, seed).isGreaterThanOrEqualTo(denials);
            seen += results + denials;
        }
        assertThat(seen).as("answers that the clients saw").isGreaterThan(100);
        assertThat(trail.ofType("gateway-started")).hasSize(ROUNDS + 1);
        // Every intent has an outcome, if only `unknown`.
        assertThat(trail.ofType("statement-outcome").size())
                .isGreaterThanOrEqualTo(
                        (int)
                                trail.ofType("statement-intent").stream()
                                        .filter(e -> e.text("decision").equals("permit"))
                                        .count());
        AuditTrail.holdsNone(
                store, List.of("'n3'", "where id = 1 ", "dev-pw", "upstream-secret-5a1f"));
    }

    private static Process serve(Path config) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var log = config.resolveSibling("serve.log").toFile();
        return new ProcessBuilder(
                        java,
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.sallyport.app.Main",
                        "serve",
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private void awaitAnswer(String url, Process process) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (System.nanoTime() < end) {
            if (!process.isAlive()) break;
            try (var connection =
                            DriverManager.getConnection(
                                    url + "?sslmode=disable&user=dev&password=dev-pw");
                    var statement = connection.createStatement()) {
                statement.execute("select id from patients where id = 1");
                return;
            } catch (SQLException _) {
                Thread.sleep(100);
            }
        }
        throw new AssertionError(
                "the gateway does not answer:\n"
                        + Files.readString(directory.resolve("serve.log")));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
