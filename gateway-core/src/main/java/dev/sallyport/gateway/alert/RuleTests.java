package dev.sallyport.gateway.alert;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.config.AlertsFile.Case;
import dev.sallyport.config.AlertsFile.Rule;
import dev.sallyport.config.AlertsFile.Step;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tests that stand beside a rule: its events become entries as a gateway writes them, and the
/// engine sees them with this rule alone.
public final class RuleTests {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final List<Entry> entries = new ArrayList<>();
    private long statements;

    private RuleTests() {}

    /// The alerts that the rule makes of the case's events.
    public static List<Alert> run(Rule rule, Case test) {
        var tests = new RuleTests();
        for (var step : test.events()) tests.add(step);
        var engine = new AlertEngine(List.of(rule));
        return tests.entries.stream().flatMap(e -> engine.see(e).stream()).toList();
    }

    private void add(Step step) {
        for (int i = 0; i < step.times(); i++)
            add(step, step.at().plus(step.every().multipliedBy(i)));
    }

    private void add(Step step, Instant at) {
        var event = new HashMap<String, Object>();
        switch (step.event()) {
            case STATEMENT -> {
                statement(event, step, "permit");
                add("statement-intent", at, event);
                var outcome = new HashMap<String, Object>();
                outcome.put("session", session(step));
                outcome.put("statement", statements);
                outcome.put("status", "completed");
                outcome.put("rows", (long) step.rows());
                add("statement-outcome", at, outcome);
            }
            case DENIED_STATEMENT -> {
                statement(event, step, "deny");
                add("statement-intent", at, event);
            }
            case LOGIN -> {
                person(event, step);
                add("login-succeeded", at, event);
            }
            case FAILED_LOGIN -> {
                person(event, step);
                event.remove("roles");
                add("login-failed", at, event);
            }
            case POLICY_LOADED ->
                    add("policy-loaded", at, Map.of("version", "b", "previousVersion", "a"));
            case POLICY_UNCHANGED ->
                    add("policy-loaded", at, Map.of("version", "a", "previousVersion", "a"));
            case POLICY_REJECTED -> add("policy-rejected", at, Map.of("errors", List.of("e")));
            case FIRST_KEY -> add("log-key", at, Map.of("key", "test+00000000+AAAA"));
            case KEY_CHANGED ->
                    add(
                            "log-key",
                            at,
                            Map.of(
                                    "key",
                                    "test+11111111+AAAA",
                                    "previousKey",
                                    "test+00000000+AAAA"));
            case LOG_RECOVERED -> add("recovered", at, Map.of("droppedBytes", 0L));
            case GATEWAY_STARTED -> add("gateway-started", at, Map.of("gateway", "test"));
        }
    }

    private void statement(Map<String, Object> event, Step step, String decision) {
        person(event, step);
        event.put("statement", ++statements);
        event.put("database", "test");
        event.put("decision", decision);
        event.put("accesses", step.tables().stream().map(t -> "select " + t + " (id)").toList());
    }

    private static void person(Map<String, Object> event, Step step) {
        event.put("session", session(step));
        if (!step.user().isEmpty()) event.put("user", step.user());
        if (!step.roles().isEmpty()) event.put("roles", List.copyOf(step.roles()));
        event.put(
                "client",
                step.client().contains(":") ? "[" + step.client() + "]:1" : step.client() + ":1");
    }

    private static String session(Step step) {
        return "s-" + step.user();
    }

    private void add(String type, Instant at, Map<String, Object> event) {
        entries.add(
                new Entry(
                        1,
                        Map.copyOf(event),
                        Entry.FIRST_PREV,
                        entries.size() + 1L,
                        TIME.format(at),
                        type,
                        "test"));
    }
}
