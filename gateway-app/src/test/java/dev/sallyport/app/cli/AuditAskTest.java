package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sallyport audit` as an auditor uses it.
class AuditAskTest {
    @TempDir private Path folder = Path.of("");
    private String store = "";

    private record Run(int exitCode, String out, String err) {}

    private static Run run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var commandLine = SallyportCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        var code = commandLine.execute(args);
        return new Run(code, out.toString(), err.toString());
    }

    @BeforeEach
    void makeLog() throws Exception {
        store = folder.resolve("audit").toString();
        try (var log =
                AuditLog.openSealed(
                        Path.of(store),
                        "clinic",
                        AuditOptions.DEFAULTS,
                        folder.resolve("audit.key"))) {
            for (int i = 1; i <= 3; i++) {
                long _ =
                        log.append(
                                new AuditEvent.StatementIntent(
                                        "s1",
                                        "dana",
                                        "10.0.0.7:5" + i,
                                        "clinic",
                                        "clinic",
                                        i,
                                        "Query",
                                        "SELECT",
                                        "SELECT state FROM patients WHERE id = ? ".repeat(i),
                                        List.of("select public.patients (id, state)"),
                                        i == 3 ? "deny" : "permit",
                                        List.of("r"),
                                        i == 3 ? "not granted" : "",
                                        List.of(),
                                        "v1",
                                        1,
                                        List.of(),
                                        Map.of(),
                                        List.of(),
                                        List.of()));
                if (i < 3) {
                    long _ =
                            log.append(
                                    new AuditEvent.StatementOutcome(
                                            "s1", i, "completed", "", "SELECT 5", 5, 10, 10));
                }
            }
        }
    }

    private Run ask(String... args) {
        var all = new ArrayList<>(List.of("audit"));
        all.addAll(List.of(args));
        all.addAll(List.of("--store", store));
        if (args[0].equals("search")) all.addAll(List.of("--index", folder + "/index"));
        return run(all.toArray(String[]::new));
    }

    @Test
    void searchTellsHowMuchThereIs() {
        assertThat(ask("search", "--table", "patients", "--totals").out())
                .isEqualTo("5 entries, 3 rows, 10 result rows\n");
        assertThat(ask("search", "--verdict", "deny", "--totals", "--json").out())
                .isEqualTo("{\"entries\":1,\"resultRows\":0,\"rows\":1}\n");
        assertThat(ask("search", "--source", "10.0.0.0/8", "--totals").out())
                .startsWith("5 entries");
        assertThat(ask("search", "--status", "completed", "--json").out().lines()).hasSize(4);
        assertThat(ask("search", "--sequence", "2..3", "--json").out().lines()).hasSize(2);
    }

    @Test
    void theTableKeepsToTheWidth() {
        var run = ask("search", "--user", "dana", "--width", "110");
        assertThat(run.out().lines())
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(110));
        assertThat(run.out()).contains("…").contains("completed, 5 rows");
    }

    @Test
    void whatCannotBeAskedIsSaid() {
        assertThat(ask("search", "--source", "clinic.example").err()).contains("10.1.0.0/16");
        assertThat(ask("search", "--sequence", "7-9").err()).contains("17..99");
        assertThat(ask("search", "--no-index").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void everyReadLeavesAnEntryWithoutTheWordsLookedFor() {
        assertThat(ask("search", "--text", "Mary Miller", "--user", "dana").err()).isEmpty();
        assertThat(ask("tail", "-n", "2").err()).isEmpty();
        assertThat(ask("prove", "--sequence", "2").err()).isEmpty();
        var reads = ask("search", "--type", "log-read", "--json").out();
        assertThat(reads.lines()).hasSize(3);
        assertThat(reads)
                .contains("\"command\":\"audit search --user dana --text ?\",\"entries\":0")
                .contains("\"command\":\"audit tail --count 2\"")
                .contains("\"command\":\"audit prove --sequence 2\"")
                .contains("\"user\":\"os:" + System.getProperty("user.name"))
                .doesNotContain("Miller");
        assertThat(run("audit", "verify", "--store", store).exitCode()).isZero();
    }

    @Test
    void aReadThatCannotBeRecordedIsSaid() throws Exception {
        Files.delete(folder.resolve("audit.key"));
        var run = ask("search", "--user", "dana");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("3 rows");
        assertThat(run.err()).startsWith("note: this read is not recorded in the log: no gateway");
    }
}
