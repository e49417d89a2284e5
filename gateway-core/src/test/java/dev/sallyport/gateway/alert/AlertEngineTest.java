package dev.sallyport.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.config.AlertsFile;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertEngineTest {
    @TempDir private Path folder = Path.of("");

    private static AlertsFile read(Path yaml) {
        var errors = new ArrayList<ConfigError>();
        var file = ConfigLoader.readAlerts(yaml, errors::add);
        assertThat(errors).isEmpty();
        return file.orElseThrow();
    }

    private static AlertsFile example() {
        return read(Path.of("../config/examples/alerts.yaml"));
    }

    /// Each kind is there, with a test that fires and one that doesn't.
    @Test
    void theExamplesTestsHold() {
        var kinds = new ArrayList<String>();
        for (var rule : example().rules()) {
            kinds.add(rule.kind().word());
            for (var test : rule.tests())
                assertThat(RuleTests.run(rule, test))
                        .as("%s: %s", rule.id(), test.name())
                        .hasSize(test.fires());
            assertThat(rule.tests()).as("" + rule.id()).anyMatch(t -> t.fires() > 0);
            assertThat(rule.tests()).as("" + rule.id()).anyMatch(t -> t.fires() == 0);
        }
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "denials",
                        "failed-logins",
                        "first-use",
                        "bulk-read",
                        "off-hours",
                        "dormant-account",
                        "policy-change",
                        "key-change",
                        "log-trouble");
    }

    private static final List<String> TYPES =
            List.of(
                    "statement-intent",
                    "statement-intent",
                    "statement-outcome",
                    "login-failed",
                    "login-succeeded",
                    "session-ended",
                    "policy-loaded",
                    "recovered");

    /// A log of everything, with secrets where they may be.
    private static List<Entry> randomLog(long seed, int count) {
        var random = new Random(seed);
        var entries = new ArrayList<Entry>();
        var at = Instant.parse("2026-01-01T00:00:00.123456Z");
        for (int i = 0; i < count; i++) {
            at = at.plusSeconds(random.nextInt(60) == 0 ? 86_400 : random.nextInt(10));
            var event = new HashMap<String, Object>();
            int person = random.nextInt(4);
            event.put("session", "s" + person);
            var type = TYPES.get(random.nextInt(TYPES.size()));
            if (!type.equals("statement-outcome") && person > 0) event.put("user", "u" + person);
            if (person == 1) event.put("roles", List.of("billing"));
            event.put("client", "10.0.0." + person + ":99");
            event.put("statement", (long) random.nextInt(3));
            event.put("rows", (long) random.nextInt(9_000));
            event.put("decision", random.nextInt(3) == 0 ? "permit" : "deny");
            event.put("sql", "SELECT canary-7f3a");
            event.put("reason", "canary-7f3a");
            event.put("applicationName", "canary-7f3a");
            event.put("changes", List.of("canary-7f3a"));
            event.put("version", "v" + i);
            event.put("previousVersion", "v" + (i - 1));
            event.put("accesses", List.of("select public.t" + random.nextInt(40) + " (id)"));
            entries.add(new Entry(1, event, Entry.FIRST_PREV, i + 1, at.toString(), type, "test"));
        }
        return entries;
    }

    private static List<String> alerts(AlertEngine engine, List<Entry> entries) {
        var all = new ArrayList<String>();
        for (var entry : entries)
            for (var alert : engine.see(entry))
                all.add(new String(alert.json(), StandardCharsets.UTF_8));
        return all;
    }

    /// Law: saving and restoring anywhere changes nothing, through the file's own form.
    @Test
    void aRestartChangesNothing() throws Exception {
        var rules = example().rules();
        for (long seed = 1; seed <= 4; seed++) {
            var log = randomLog(seed, 2_000);
            var whole = alerts(new AlertEngine(rules), log);
            assertThat(whole).hasSizeGreaterThan(20).noneMatch(a -> a.contains("canary"));
            assertThat(
                            whole.stream()
                                    .map(a -> a.replaceFirst(".*\"kind\":\"([^\"]+)\".*", "$1"))
                                    .distinct())
                    .contains(
                            "denials",
                            "failed-logins",
                            "first-use",
                            "bulk-read",
                            "off-hours",
                            "log-trouble",
                            "policy-change");
            var inParts = new ArrayList<String>();
            Map<String, Object> state = Map.of();
            for (int from = 0; from < log.size(); from += 131) {
                var engine = new AlertEngine(rules);
                if (!state.isEmpty()) engine.restore(state);
                inParts.addAll(alerts(engine, log.subList(from, Math.min(from + 131, log.size()))));
                var bytes = new JsonWriter(1_024).value(engine.state()).toByteArray();
                state = JsonReader.object(bytes, 0, bytes.length);
            }
            assertThat(inParts).as("seed " + seed).isEqualTo(whole);
        }
    }

    @Test
    void anAlertReadsBackAsItWas() throws Exception {
        for (var entry : randomLog(3, 500))
            for (var alert : new AlertEngine(example().rules()).see(entry))
                assertThat(Alert.parse(alert.json())).isEqualTo(alert);
    }

    /// 10,000 addresses don't fill the memory, and those of one /64 are one.
    @Test
    void addressesOfOneNetworkAreOne() {
        assertThat(Addresses.network("[2001:db8::1]:99"))
                .isEqualTo(Addresses.network("[2001:db8::ffff]:1"))
                .endsWith("/64");
        assertThat(Addresses.network("10.1.2.3:4711")).isEqualTo("10.1.2.3");
        assertThat(Addresses.network("localhost:1")).isEmpty();
        assertThat(Addresses.network("")).isEmpty();
    }

    /// How many were left out is said with the next.
    @Test
    void quietCounts() throws Exception {
        var yaml = folder.resolve("alerts.yaml");
        Files.writeString(
                yaml,
                """
                rules:
                  - { id: r, kind: denials, count: 1, within: 1m, quiet: 10m }
                """);
        var engine = new AlertEngine(read(yaml).rules());
        var all = new ArrayList<Alert>();
        for (int minute : List.of(0, 1, 2, 9, 11))
            all.addAll(
                    engine.see(
                            new Entry(
                                    1,
                                    Map.of("user", "dana", "session", "s", "decision", "deny"),
                                    Entry.FIRST_PREV,
                                    minute + 1,
                                    "2026-11-23T10:%02d:00.000000Z".formatted(minute),
                                    "statement-intent",
                                    "test")));
        assertThat(all).extracting(Alert::sequence).containsExactly(1L, 12L);
        assertThat(all.getLast().details()).containsEntry("leftOut", 3L);
    }

    @Test
    void slackIsNotCalledByNames() {
        var alert =
                new Alert(
                        "test",
                        1,
                        "",
                        "r",
                        "first-use",
                        AlertsFile.Severity.LOW,
                        "dana",
                        "",
                        "dana: <!channel> & co",
                        Map.of());
        assertThat(new String(SlackReceiver.body(alert), StandardCharsets.UTF_8))
                .contains("&lt;!channel&gt; &amp; co")
                .doesNotContain("<");
    }
}
