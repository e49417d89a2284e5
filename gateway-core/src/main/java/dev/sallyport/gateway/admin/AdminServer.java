package dev.sallyport.gateway.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.config.GatewayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Health and metrics over HTTP, on loopback only: `/health/live`, `/health/ready`, `/metrics`. It
/// changes nothing and tells nothing about people or statements, so it asks nobody who they are.
public final class AdminServer implements AutoCloseable {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("admin").factory());

    /// What keeps the gateway from serving: one line each, empty when all is well. Warnings are
    /// shown with `ready` and don't change its answer.
    public record Health(
            Supplier<List<String>> live,
            Supplier<List<String>> ready,
            Supplier<List<String>> warnings) {}

    /// @throws IOException the address is taken, or not a loopback address
    public AdminServer(GatewayConfig.Admin config, Health health, GatewayMetrics metrics)
            throws IOException {
        var address = InetAddress.getByName(config.host());
        if (!address.isLoopbackAddress())
            throw new IOException(
                    "the admin endpoint is for loopback addresses only, not " + config.host());
        try {
            server = HttpServer.create(new InetSocketAddress(address, config.port()), 16);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen for the admin endpoint on "
                            + config.host()
                            + ":"
                            + config.port()
                            + ": "
                            + e.getMessage(),
                    e);
        }
        server.setExecutor(threads);
        server.createContext(
                "/health/live", x -> answer(x, "/health/live", health.live(), List::of));
        server.createContext(
                "/health/ready",
                x -> answer(x, "/health/ready", health.ready(), health.warnings()));
        server.createContext(
                "/metrics", x -> send(x, "/metrics", 200, PROMETHEUS, metrics::scrape));
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(
            HttpExchange exchange,
            String path,
            Supplier<List<String>> problems,
            Supplier<List<String>> warnings)
            throws IOException {
        var found = problems.get();
        var text = new StringBuilder();
        if (found.isEmpty()) text.append("ok\n");
        for (var problem : found) text.append(problem).append('\n');
        for (var warning : warnings.get()) text.append("warning: ").append(warning).append('\n');
        send(exchange, path, found.isEmpty() ? 200 : 503, TEXT, text::toString);
    }

    private static void send(
            HttpExchange exchange, String path, int status, String type, Supplier<String> body)
            throws IOException {
        try (exchange) {
            var method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            if (!exchange.getRequestURI().getPath().equals(path)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            var bytes = body.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (method.equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
