package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Alerts of a gateway that people use, at a receiver that is there, away, and there again.
@Timeout(120)
class AlertsTest {
    private static final String RULES =
            """
            rules:
              - { id: denied, kind: denials, count: 1, within: 1m, quiet: 0s }
              - { id: guessed, kind: failed-logins, count: 2, within: 1m }
              - { id: much, kind: bulk-read, factor: 2, minimumRows: 1 }
            receivers:
              - { name: soc, webhook: "http://127.0.0.1:%d/", secret: { file: alerts.secret } }
            """;

    @Test
    void anAlertArrivesWithinASecondOfItsStatement(@TempDir Path directory) throws Exception {
        var bodies = new LinkedBlockingQueue<String>();
        var away = new AtomicBoolean();
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    var body = exchange.getRequestBody().readAllBytes();
                    if (!away.get()) bodies.add(new String(body, StandardCharsets.UTF_8));
                    exchange.sendResponseHeaders(away.get() ? 500 : 200, -1);
                    exchange.close();
                });
        server.start();
        Files.writeString(
                directory.resolve("alerts.yaml"), RULES.formatted(server.getAddress().getPort()));
        Files.writeString(
                directory.resolve("alerts.secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var keys = Map.of("alerts", "alerts: alerts.yaml");
        try (var gateway =
                GatewayUnderTest.start(directory, GatewayUnderTest.freshClinic("clinic"), keys)) {
            try (var connection = gateway.connect("dev");
                    var statement = connection.createStatement()) {
                long began = System.nanoTime();
                refused(() -> statement.execute("DROP TABLE patients -- canary-31ab"));
                var denied = bodies.poll(10, TimeUnit.SECONDS);
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isLessThan(Duration.ofSeconds(1));
                assertThat(denied)
                        .contains("\"rule\":\"denied\"", "\"user\":\"dev\"")
                        .doesNotContain("canary");
                var intents =
                        AuditTrail.of(gateway.store).ofType("statement-intent").stream()
                                .filter(e -> e.text("decision").equals("deny"))
                                .toList();
                assertThat(denied).contains("\"sequence\":" + intents.getLast().sequence() + ",");

                away.set(true);
                refused(() -> statement.execute("DROP TABLE patients"));
                // Nobody waits for the receiver.
                try (var rows =
                        statement.executeQuery("SELECT count(*) FROM generate_series(1, 3)")) {
                    assertThat(rows.next()).isTrue();
                } catch (SQLException e) {
                    // Also a denial; the answer came at once, which is what counts here.
                    assertThat(e.getSQLState()).isEqualTo("42501");
                }
            }
        }
        assertThat(bodies).isEmpty();
        away.set(false);
        try (var gateway = GatewayUnderTest.again(directory, "clinic")) {
            assertThat(bodies.poll(20, TimeUnit.SECONDS)).contains("\"rule\":\"denied\"");
            for (var password : List.of("canary-31ab", "canary-77")) {
                refused(() -> gateway.connect("dev", "password=" + password).close());
                refused(() -> gateway.connect("canary-31ab", "password=" + password).close());
            }
            var guessed = "";
            while (!guessed.contains("\"rule\":\"guessed\"")) {
                guessed = Objects.requireNonNull(bodies.poll(20, TimeUnit.SECONDS));
                assertThat(guessed).doesNotContain("canary");
            }
        } finally {
            server.stop(0);
        }
    }

    private interface Attempt {
        void run() throws SQLException;
    }

    private static void refused(Attempt attempt) {
        try {
            attempt.run();
        } catch (SQLException _) {
            return;
        }
        throw new AssertionError("it was not refused");
    }
}
