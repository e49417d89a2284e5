package dev.sallyport.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.config.AlertsFile;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Alerts beside a real log, sent to a real HTTP server that can be away.
@Timeout(60)
class AlertServiceTest {
    private static final byte[] KEY =
            "a key of thirty-two bytes, twice".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder = Path.of("");
    private Path store = Path.of("");
    private HttpServer server;
    private AuditLog log;
    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean away = new AtomicBoolean();
    private final Map<String, String> troubles = new ConcurrentHashMap<>();

    @BeforeEach
    void start() throws Exception {
        store = folder.resolve("audit");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/alerts",
                exchange -> {
                    var body = exchange.getRequestBody().readAllBytes();
                    if (!away.get()) {
                        var headers = exchange.getRequestHeaders();
                        var id = "" + headers.getFirst("webhook-id");
                        var time = "" + headers.getFirst("webhook-timestamp");
                        if (!signed(id, time, body).equals(headers.getFirst("webhook-signature")))
                            wrong.add(id);
                        bodies.add(new String(body, StandardCharsets.UTF_8));
                    }
                    exchange.sendResponseHeaders(away.get() ? 503 : 204, -1);
                    exchange.close();
                });
        // Whoever follows this is told in clear where alerts go.
        server.createContext(
                "/moved",
                exchange -> {
                    exchange.getResponseHeaders().add("Location", "/alerts");
                    exchange.sendResponseHeaders(307, -1);
                    exchange.close();
                });
        server.start();
        open();
    }

    private void open() throws Exception {
        log = AuditLog.open(store, "test", AuditOptions.DEFAULTS.withHeartbeat(Duration.ZERO));
    }

    @AfterEach
    void stop() {
        log.close();
        server.stop(0);
    }

    /// As the specification says it, written anew.
    private static String signed(String id, String time, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            var text = id + "." + time + "." + new String(body, StandardCharsets.UTF_8);
            return "v1,"
                    + Base64.getEncoder()
                            .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private AlertsFile file(String path, String rules) throws IOException {
        Files.writeString(
                folder.resolve("secret"), "whsec_" + Base64.getEncoder().encodeToString(KEY));
        var yaml = folder.resolve("alerts.yaml");
        Files.writeString(
                yaml,
                rules
                        + """
                        receivers:
                          - name: soc
                            webhook: http://127.0.0.1:%d/%s
                            secret: { file: secret }
                        """
                                .formatted(server.getAddress().getPort(), path));
        var errors = new ArrayList<ConfigError>();
        var file = ConfigLoader.readAlerts(yaml, errors::add);
        assertThat(errors).isEmpty();
        return file.orElseThrow();
    }

    /// Every failed login is one.
    private static final String EACH =
            """
            rules:
              - { id: failed, kind: failed-logins, count: 1, within: 1m, quiet: 0s }
              - { id: trouble, kind: log-trouble }
            """;

    private AlertService service(String path) throws IOException {
        return AlertService.start(
                store,
                "test",
                AlertService.folderBeside(store),
                file(path, EACH),
                log::durableSequence,
                () -> Map.copyOf(troubles));
    }

    private long fail(String user) throws Exception {
        return log.commit(new AuditEvent.LoginFailed("s", user, "x", "l", "wrong password")).get();
    }

    private static void await(BooleanSupplier done) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!done.getAsBoolean() && System.nanoTime() < end) Thread.sleep(10);
        assertThat(done.getAsBoolean()).isTrue();
    }

    private List<Long> sequences() {
        synchronized (bodies) {
            return bodies.stream()
                    .map(b -> Long.parseLong(b.replaceFirst(".*\"sequence\":(\\d+).*", "$1")))
                    .toList();
        }
    }

    @Test
    void anAlertIsThereWithinASecondAndSigned() throws Exception {
        long _ = fail("before");
        try (var _ = service("alerts")) {
            long began = System.nanoTime();
            long sequence = fail("dana");
            await(() -> !bodies.isEmpty());
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(1));
            assertThat(bodies.getFirst())
                    .startsWith("{\"data\":{\"details\":{\"count\":1,")
                    .contains("\"log\":\"test\"", "\"rule\":\"failed\"", "\"user\":\"dana\"")
                    .contains("\"sequence\":" + sequence + ",")
                    .endsWith("\"type\":\"alert.failed-logins\"}");
        }
        // What was there before the first start is none of theirs.
        assertThat(bodies).hasSize(1);
        assertThat(wrong).isEmpty();
    }

    @Test
    void anOutageAndARestartLoseNothingAndKeepTheOrder() throws Exception {
        away.set(true);
        long first;
        try (var service = service("alerts")) {
            first = fail("a");
            for (int i = 0; i < 20; i++) {
                // The log waits for nobody.
                long began = System.nanoTime();
                long _ = fail("b");
                assertThat(System.nanoTime() - began).isLessThan(1_000_000_000L);
            }
            await(() -> service.warnings().toString().contains("21 wait for the receiver soc"));
            assertThat(service.warnings().toString()).contains("503").doesNotContain("whsec");
        }
        for (int i = 0; i < 5; i++) {
            // While nobody looked.
            long _ = fail("c");
        }
        away.set(false);
        try (var service = service("alerts")) {
            await(() -> bodies.size() == 26);
            long last = fail("d");
            await(() -> bodies.size() == 27);
            assertThat(sequences())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(first, last).boxed().toList());
            assertThat(service.warnings()).isEmpty();
        }
        assertThat(wrong).isEmpty();
    }

    /// What a killed process leaves: a state of some time ago, cursors of just before.
    @Test
    void afterAKillNothingIsMissingAndNothingRepeated() throws Exception {
        var state = AlertService.folderBeside(store).resolve("state");
        try (var _ = service("alerts")) {
            await(() -> Files.exists(state));
            var old = Files.readAllBytes(state);
            for (int i = 0; i < 5; i++) {
                long _ = fail("a");
            }
            await(() -> bodies.size() == 5);
            away.set(true);
            for (int i = 0; i < 5; i++) {
                long _ = fail("b");
            }
            Thread.sleep(200);
            Files.write(folder.resolve("old"), old);
        }
        Files.copy(folder.resolve("old"), state, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        away.set(false);
        try (var _ = service("alerts")) {
            await(() -> bodies.size() >= 10);
        }
        assertThat(sequences()).doesNotHaveDuplicates().isSorted().hasSize(10);
    }

    @Test
    void redirectionsAreNotFollowed() throws Exception {
        try (var service = service("moved")) {
            long _ = fail("a");
            await(() -> service.warnings().toString().contains("307"));
            assertThat(bodies).isEmpty();
        }
    }

    @Test
    void whatOnlyTheProcessSeesIsSaidOnce() throws Exception {
        try (var service = service("alerts")) {
            troubles.put("seal", "the log is not sealed, for 10 s");
            await(() -> !bodies.isEmpty());
            troubles.put("seal", "the log is not sealed, for 11 s");
            service.logFailed("the audit log failed");
            assertThat(bodies).hasSize(2);
            assertThat(bodies.getFirst()).contains("the log is not sealed, for 10 s");
            assertThat(bodies.getLast()).contains("the audit log failed");
        }
    }

    @Test
    void aLogThatIsShorterThanBeforeIsSaid() throws Exception {
        try (var _ = service("alerts")) {
            for (int i = 0; i < 5; i++) {
                long _ = fail("a");
            }
            await(() -> bodies.size() == 5);
        }
        log.close();
        try (var files = Files.walk(store)) {
            for (var f : files.filter(Files::isRegularFile).toList()) Files.delete(f);
        }
        open();
        try (var _ = service("alerts")) {
            await(() -> bodies.size() > 5);
            assertThat(bodies.getLast()).contains("audit verify");
        }
    }
}
