package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.AlertsFile.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsFileTest {
    @TempDir private Path dir = Path.of("");

    private final List<String> errors = new ArrayList<>();

    private AlertsFile read(String text) throws IOException {
        var yaml = dir.resolve("alerts.yaml");
        Files.writeString(yaml, text);
        var file =
                ConfigLoader.readAlerts(yaml, e -> errors.add(e.toString().replace(dir + "/", "")));
        assertThat(file.isPresent()).isEqualTo(errors.isEmpty());
        return file.orElse(new AlertsFile(yaml, List.of(), List.of()));
    }

    @Test
    void everyMistakeIsReportedAtOnce() throws IOException {
        Files.writeString(dir.resolve("short"), "whsec_AAAA");
        Files.writeString(dir.resolve("clear"), "http://hooks.example/T0/secret-part");
        var _ =
                read(
                        """
                        rules:
                          - id: a
                            kind: break-glass
                            count: 1
                          - id: a
                            kind: denials
                            count: 0
                            within: 3m
                            learn: 1d
                          - id: c
                            kind: off-hours
                            days: [mon, yesterday]
                            hours: 7-19
                            zone: Mars
                            tests: [{ name: x, events: [{ at: now, event: statement }], fires: 1 }]
                          - { id: d, kind: failed-logins, count: 1, within: 1m, roles: [billing] }
                        receivers:
                          - { name: log, webhook: "http://soc.example/", secret: { file: short } }
                          - { name: s, slack: { file: clear } }
                          - { name: t }
                          - { name: u, webhook: "https://soc.example/", secret: whsec_AAAA }
                        """);
        assertThat(errors)
                .satisfiesExactly(
                        e ->
                                assertThat(e)
                                        .startsWith("alerts.yaml:3:11: 'break-glass' is not")
                                        .contains("refused"),
                        e -> assertThat(e).startsWith("alerts.yaml:5:9: there is a rule 'a'"),
                        e -> assertThat(e).startsWith("alerts.yaml:7:12: 'count' is 0"),
                        e -> assertThat(e).startsWith("alerts.yaml:9:5: unknown key 'learn'"),
                        e -> assertThat(e).startsWith("alerts.yaml:12:17: 'days' is 'yesterday'"),
                        e -> assertThat(e).startsWith("alerts.yaml:13:12: 'hours' is '7-19'"),
                        e -> assertThat(e).startsWith("alerts.yaml:14:11: 'zone'"),
                        e -> assertThat(e).startsWith("alerts.yaml:15:39: 'at'"),
                        e -> assertThat(e).startsWith("alerts.yaml:16:57: unknown key 'roles'"),
                        e -> assertThat(e).startsWith("alerts.yaml:18:13: 'log' is the name"),
                        e -> assertThat(e).contains("must be https").doesNotContain("secret"),
                        e -> assertThat(e).contains("whsec_").contains("openssl"),
                        e ->
                                assertThat(e)
                                        .startsWith("alerts.yaml:19:23: what 'slack' names")
                                        .doesNotContain("secret-part"),
                        e -> assertThat(e).startsWith("alerts.yaml:20:5: a receiver needs"),
                        e -> assertThat(e).startsWith("alerts.yaml:21:").doesNotContain("AAAA"));
    }

    @Test
    void receiversAreReadWithTheirSecretsElsewhere() throws IOException {
        Files.writeString(dir.resolve("secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
        Files.writeString(dir.resolve("slack"), "https://hooks.slack.com/services/T0/B0/x7\n");
        var file =
                read(
                        """
                        rules: [{ id: a, kind: key-change, severity: high }]
                        receivers:
                          - { name: soc, webhook: "https://soc.example/in", secret: { file: secret } }
                          - { name: channel, slack: { file: slack }, minimum: high }
                        """);
        assertThat(file.rules().getFirst().severity()).isEqualTo(Severity.HIGH);
        assertThat(file.receivers().getFirst().channel())
                .isInstanceOfSatisfying(
                        AlertsFile.Webhook.class,
                        w -> {
                            try {
                                assertThat(w.key()).hasSize(24);
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        assertThat(file.receivers().getLast().minimum()).isEqualTo(Severity.HIGH);
        assertThat(file.toString()).doesNotContain("MfKQ9r8").doesNotContain("x7");
    }

    /// The published JSON Schema knows the keys that the reader knows.
    @Test
    void theSchemaHasTheReadersKeys() throws IOException {
        var found = new ArrayList<String>();
        for (var kind :
                List.of(
                        "denials",
                        "failed-logins",
                        "first-use",
                        "bulk-read",
                        "off-hours",
                        "dormant-account",
                        "policy-change",
                        "key-change",
                        "log-trouble")) {
            var _ =
                    read(
                            """
                            nokey: 1
                            rules:
                              - id: a
                                kind: %s
                                nokey: 1
                                tests: [{ nokey: 1, events: [{ nokey: 1 }] }]
                            receivers: [{ nokey: 1, webhook: x }]
                            """
                                    .formatted(kind));
            found.addAll(errors);
            errors.clear();
        }
        var problems = new Problems();
        var schema = YamlReader.read(Path.of("schema/alerts.schema.json"), problems).orElseThrow();
        assertThat(problems.none()).isTrue();
        assertThat(allowed(found, "a file of alerts")).isEqualTo(SchemaTest.properties(schema));
        for (var part : List.of("rule", "test", "event", "receiver"))
            assertThat(
                            allowed(
                                    found,
                                    part.equals("rule")
                                            ? "an alert rule"
                                            : (part.equals("event") ? "an " : "a ") + part))
                    .as(part)
                    .isEqualTo(SchemaTest.properties(schema, "$defs", part));
    }

    private static TreeSet<String> allowed(List<String> errors, String what) {
        var keys = new TreeSet<String>();
        for (var error : errors) {
            int at = error.indexOf("' in " + what + "; it may have: ");
            if (at >= 0)
                keys.addAll(
                        Arrays.asList(error.substring(error.indexOf(": ", at) + 2).split(", ")));
        }
        return keys;
    }

    @Test
    void theExampleNamesIt() throws IOException {
        assertThat(Files.readAllLines(Path.of("examples/alerts.yaml")).getFirst())
                .isEqualTo("# yaml-language-server: $schema=../schema/alerts.schema.json");
    }
}
