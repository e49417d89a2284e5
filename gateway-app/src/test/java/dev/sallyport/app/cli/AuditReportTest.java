package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a report says must be what the searches in it find.
class AuditReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOSTILE = "<b>x|`y`</b>'\"&\u202e";

    @TempDir private Path folder = Path.of("");
    private String store = "";

    @BeforeEach
    void makeLog() throws Exception {
        store = folder.resolve("audit").toString();
        try (var log = open()) {
            long _ =
                    log.append(
                            new AuditEvent.GatewayStarted(
                                    "clinic",
                                    "1",
                                    Map.of(
                                            "listener postgres 0.0.0.0:5432", "TLS required",
                                            "database clinic", "u@db:5432/c, TLS verify-full")));
            long _ = log.append(new AuditEvent.PolicyLoaded("v1", "", List.of("p"), List.of()));
            var random = new Random(5);
            var people = List.of("dana", "phil", "amy.o'neil", HOSTILE);
            for (int i = 1; i <= 60; i++) {
                var person = people.get(random.nextInt(people.size()));
                boolean denied = random.nextInt(4) == 0;
                boolean write = random.nextInt(4) == 0;
                if (i % 10 == 1) {
                    long _ =
                            log.append(
                                    new AuditEvent.LoginSucceeded(
                                            "s" + i,
                                            person,
                                            List.of("developer"),
                                            "10.0.0.1:1",
                                            "pg",
                                            "scram-sha-256",
                                            "TLSv1.3"));
                    long _ =
                            log.append(
                                    new AuditEvent.LoginFailed(
                                            "f" + i, person, "10.0.0.1:1", "pg", "wrong"));
                }
                var tables =
                        write
                                ? List.of(
                                        "update public.visits (note)",
                                        "select public.patients (id)")
                                : List.of("select public.patients (id, state)");
                long _ =
                        log.append(
                                new AuditEvent.StatementIntent(
                                        "s" + i,
                                        person,
                                        "10.0.0.1:1",
                                        "clinic",
                                        "clinic",
                                        1,
                                        "Query",
                                        write ? "UPDATE" : "SELECT",
                                        "…",
                                        tables,
                                        denied ? "deny" : "permit",
                                        List.of("r"),
                                        denied ? "not granted" : "",
                                        List.of(),
                                        "v1",
                                        1,
                                        List.of(),
                                        Map.of(),
                                        List.of(),
                                        List.of()));
                if (!denied) {
                    long _ =
                            log.append(
                                    new AuditEvent.StatementOutcome(
                                            "s" + i,
                                            1,
                                            "completed",
                                            "",
                                            "SELECT",
                                            random.nextInt(50),
                                            10,
                                            10));
                }
            }
        }
    }

    private AuditLog open() throws Exception {
        return AuditLog.openSealed(
                Path.of(store), "clinic", AuditOptions.DEFAULTS, folder.resolve("audit.key"));
    }

    private String run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var commandLine = SallyportCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        var code = commandLine.execute(args);
        assertThat(code).as("%s: %s", Arrays.toString(args), err).isZero();
        return out.toString();
    }

    private JsonNode report(String kind, String... more) throws Exception {
        var args = new ArrayList<>(List.of("audit", "report", kind, "--store", store));
        args.addAll(List.of(more));
        args.addAll(List.of("--format", "JSON"));
        return JSON.readTree(run(args.toArray(String[]::new)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hipaa", "access-review", "disclosures"})
    void eachFigureIsWhatItsSearchFinds(String kind) throws Exception {
        var report = report(kind);
        int figures = 0;
        int positive = 0;
        for (var section : report.get("sections"))
            for (var figure : section.get("figures")) {
                var args = new ArrayList<>(List.of("audit", "search", "--store", store));
                figure.get("options").forEach(option -> args.add(option.asText()));
                args.addAll(List.of("--totals", "--json"));
                args.addAll(
                        figures % 7 == 0
                                ? List.of("--no-index")
                                : List.of("--index", folder.resolve("index").toString()));
                var found = JSON.readTree(run(args.toArray(String[]::new)));
                assertThat(found.get(figure.get("total").asText()).asLong())
                        .as("%s", figure)
                        .isEqualTo(figure.get("value").asLong());
                figures++;
                if (figure.get("value").asLong() > 0) positive++;
            }
        assertThat(figures).isGreaterThanOrEqualTo(8);
        assertThat(positive).isGreaterThanOrEqualTo(8);
    }

    private String status(JsonNode report, String title) {
        for (var section : report.get("sections"))
            if (section.get("title").asText().startsWith(title))
                return section.get("status").asText();
        throw new AssertionError("no section " + title);
    }

    @Test
    void aStatusIsWhatTheEvidenceShows() throws Exception {
        var report = report("hipaa");
        assertThat(status(report, "Access control")).isEqualTo("met");
        assertThat(status(report, "Transmission")).isEqualTo("met");
        assertThat(status(report, "Protection of audit")).isEqualTo("met");
        assertThat(status(report, "Encryption at rest")).isEqualTo("inherited");
        assertThat(status(report, "Emergency")).isEqualTo("not tested");
        assertThat(status(report, "Automatic logoff")).isEqualTo("not tested");
        assertThat(status(report, "Non-repudiation")).isEqualTo("not tested");
        assertThat(status(report, "Information system activity")).isEqualTo("not met");
        // The first report was a read of the log.
        assertThat(status(report("hipaa"), "Information system activity")).isEqualTo("not tested");
        try (var log = open()) {
            long _ =
                    log.append(
                            new AuditEvent.GatewayStarted(
                                    "clinic",
                                    "1",
                                    Map.of("listener postgres :5432", "clear text")));
        }
        assertThat(status(report("hipaa"), "Transmission")).isEqualTo("not met");
        var empty = report("hipaa", "--to", "2000-01-01");
        assertThat(status(empty, "Access control")).isEqualTo("not tested");
        assertThat(status(empty, "Person or entity")).isEqualTo("not tested");
    }

    @Test
    void anAlteredLogIsSaidToBeOne() throws Exception {
        try (var file = new RandomAccessFile(Path.of(store, "head").toFile(), "rw")) {
            file.seek(4096 + 16);
            file.write(new byte[52]);
            file.seek(24);
            file.write(1);
        }
        assertThat(status(report("hipaa"), "Protection of audit")).isEqualTo("not met");
    }

    @Test
    void namesAreNoMarkup() {
        for (var kind : List.of("access-review", "disclosures")) {
            var html = run("audit", "report", kind, "--store", store, "--format", "HTML");
            assertThat(html).contains("&lt;b&gt;x|`y`&lt;/b&gt;").doesNotContain("<b>x");
            var markdown = run("audit", "report", kind, "--store", store);
            assertThat(markdown).contains("\\<b\\>x\\|\\`y\\`\\</b\\>'\"\\&·");
            assertThat(markdown.lines().filter(line -> line.startsWith("| ")))
                    .isNotEmpty()
                    .allSatisfy(line ->
                            assertThat(line.replace("\\|", "").chars().filter(c -> c == '|'))
                                    .hasSize(5));
            // The command can be pasted into a shell.
            assertThat(html).contains("--user 'amy.o'\\''neil'");
        }
    }
}
