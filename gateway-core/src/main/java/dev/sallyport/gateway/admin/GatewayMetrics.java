package dev.sallyport.gateway.admin;

import dev.sallyport.gateway.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/// The gateway's counters and timers, in one place. Any thread. No label holds anything that a user
/// or a statement can choose.
public final class GatewayMetrics {
    private static final Duration[] LATENCIES = {
        Duration.ofNanos(10_000),
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofSeconds(1)
    };

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Counter permitted = decisions("permit");
    private final Counter denied = decisions("deny");
    private final Counter auditRefused =
            counter("sallyport.audit.refused", "Records that the audit log did not take");
    private final Counter loginsSucceeded = logins("succeeded");
    private final Counter loginsFailed = logins("failed");
    private final Counter loginsThrottled = logins("throttled");
    private final Counter sessionsOpened =
            counter("sallyport.sessions.opened", "Sessions opened since the start");
    private final Counter bytesToClients =
            counter("sallyport.bytes.to.clients", "Bytes of results released to clients");
    private final Counter bytesFromClients =
            counter("sallyport.bytes.from.clients", "Bytes of messages from clients");
    private final Timer checks =
            timer("sallyport.check", "Time to analyse, decide and hand a statement to the log");
    private final Timer heldForAudit =
            timer(
                    "sallyport.held.for.audit",
                    "Time for which messages or replies waited for a durable record");
    private final Map<Outcome.Status, Counter> outcomes = new EnumMap<>(Outcome.Status.class);

    public GatewayMetrics() {
        for (var status : Outcome.Status.values())
            outcomes.put(
                    status,
                    Counter.builder("sallyport.outcomes")
                            .description("Statements by how they ended")
                            .tag("status", status.word())
                            .register(registry));
    }

    public void permitted() {
        permitted.increment();
    }

    public void denied() {
        denied.increment();
    }

    public void auditRefused() {
        auditRefused.increment();
    }

    public void outcome(Outcome outcome) {
        var counter = outcomes.get(outcome.status());
        if (counter != null) counter.increment();
    }

    public void checked(long nanos) {
        checks.record(Duration.ofNanos(nanos));
    }

    /// For how long the replies to a message waited for its record although the server had
    /// answered.
    public void heldForAudit(long nanos) {
        heldForAudit.record(Duration.ofNanos(nanos));
    }

    public void loginSucceeded() {
        loginsSucceeded.increment();
    }

    public void loginFailed() {
        loginsFailed.increment();
    }

    public void loginThrottled() {
        loginsThrottled.increment();
    }

    public void sessionOpened() {
        sessionsOpened.increment();
    }

    public void sessionClosed(long toClient, long fromClient) {
        bytesToClients.increment(toClient);
        bytesFromClients.increment(fromClient);
    }

    /// A value that is read when somebody looks.
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    public void gauge(String name, String description, String database, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tag("database", database)
                .register(registry);
    }

    /// In Prometheus' text format.
    public String scrape() {
        return registry.scrape();
    }

    private Counter decisions(String verdict) {
        return Counter.builder("sallyport.decisions")
                .description("Decisions about statements")
                .tag("verdict", verdict)
                .register(registry);
    }

    private Counter logins(String result) {
        return Counter.builder("sallyport.logins")
                .description("Attempts to log in")
                .tag("result", result)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
    }
}
