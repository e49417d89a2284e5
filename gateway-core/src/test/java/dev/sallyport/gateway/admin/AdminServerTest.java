package dev.sallyport.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.config.GatewayConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AdminServerTest {
    private final AtomicReference<List<String>> problems = new AtomicReference<>(List.of());
    private final AtomicReference<List<String>> warnings = new AtomicReference<>(List.of());
    private final GatewayMetrics metrics = new GatewayMetrics();

    @Test
    void readinessNamesWhatIsWrong() throws Exception {
        try (var server = server("127.0.0.1")) {
            assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
            problems.set(List.of("catalog of clinic cannot be read: refused"));
            var answer = get(server, "/health/ready");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("catalog of clinic cannot be read: refused\n");
            assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void warningsAreSaidAndTakeNothingOutOfService() throws Exception {
        try (var server = server("127.0.0.1")) {
            warnings.set(List.of("the copy is behind"));
            var answer = get(server, "/health/ready");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("ok\nwarning: the copy is behind\n");
            problems.set(List.of("no catalog"));
            assertThat(get(server, "/health/ready").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void metricsAreInPrometheusFormat() throws Exception {
        metrics.permitted();
        metrics.denied();
        metrics.denied();
        metrics.checked(12_000);
        try (var server = server("127.0.0.1")) {
            var answer = get(server, "/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain; version=0.0.4");
            assertThat(answer.body())
                    .contains("sallyport_decisions_total{verdict=\"permit\"} 1.0")
                    .contains("sallyport_decisions_total{verdict=\"deny\"} 2.0")
                    .contains("sallyport_check_seconds_count 1");
        }
    }

    @Test
    void nothingElseIsThere() throws Exception {
        try (var server = server("127.0.0.1")) {
            assertThat(get(server, "/").statusCode()).isEqualTo(404);
            assertThat(get(server, "/metrics/more").statusCode()).isEqualTo(404);
            var post =
                    HttpRequest.newBuilder(uri(server, "/metrics"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            assertThat(send(post).statusCode()).isEqualTo(405);
        }
    }

    @Test
    void itIsForLoopbackOnly() {
        assertThatThrownBy(() -> server("0.0.0.0"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("loopback");
    }

    private AdminServer server(String host) throws IOException {
        return new AdminServer(
                new GatewayConfig.Admin(host, 0),
                new AdminServer.Health(List::of, problems::get, warnings::get),
                metrics);
    }

    private static HttpResponse<String> get(AdminServer server, String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(server, path)).GET().build());
    }

    private static URI uri(AdminServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
