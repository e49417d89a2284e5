package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.Main;
import dev.sallyport.app.tls.CertificateAuthority;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.config.ScramVerifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @TempDir Path folder;

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

    private static Run runWithInput(String input, String... args) {
        var before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return run(args);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void withoutACommandItSaysWhatThereIs() {
        var run = run();
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("Usage: sallyport [-hV] COMMAND")
                .contains(
                        "  demo ",
                        "  serve ",
                        "  check ",
                        "  analyze ",
                        "  catalog ",
                        "  audit ",
                        "  user ",
                        "  version ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "demo --help",
                "serve --help",
                "check --help",
                "analyze --help",
                "catalog --help",
                "catalog save --help",
                "audit --help",
                "audit tail --help",
                "audit search --help",
                "audit verify --help",
                "audit checkpoint --help",
                "audit prove --help",
                "audit keygen --help",
                "audit witness --help",
                "audit alerts --help",
                "audit alerts test --help",
                "audit alerts replay --help",
                "user --help",
                "user add --help",
                "user passwd --help",
                "user disable --help",
                "user enable --help",
                "user roles --help",
                "user totp --help",
                "user list --help",
                "user verifier --help",
                "version --help"
            })
    void everyCommandHasHelp(String line) {
        var run = run(line.split(" "));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: sallyport");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aMisspeltCommandGetsASuggestion() {
        var run = run("chek");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .isEqualToNormalizingNewlines(
                        """
                        sallyport: unmatched argument at index 0: 'chek'
                        Did you mean: sallyport check?
                        `sallyport --help` lists what there is
                        """);
    }

    @Test
    void aMissingOptionIsNamed() {
        var run = run("check");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("sallyport: missing required option: '--config=FILE'");
    }

    @Test
    void versionNamesThisBuildAndJava() {
        for (var line : new String[] {"version", "--version"}) {
            var run = run(line);
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith("sallyport ").contains("java 25");
        }
    }

    @Test
    void checkAcceptsTheExamples() throws Exception {
        copyExamples();
        var run = run("check", "--config", folder.resolve("sallyport.yaml").toString());
        assertThat(run.out())
                .matches(
                        "ok: 1 listener, 1 database, 6 users, 5 roles with \\d+ grants, \\d+ deny"
                                + " rules\\R"
                                + "policy version [0-9a-f]{64}\\R");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void checkReportsEveryErrorWithItsPlace() throws Exception {
        var file = folder.resolve("sallyport.yaml");
        Files.writeString(
                file,
                Files.readString(example("sallyport.yaml"))
                        .replace("protocol: postgres", "protocol: oracle")
                        .replace("maxAge: 12h", "maxAge: soon")
                        .replace("admin:", "admn:"));
        var run = run("check", "--config", file.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out())
                .containsPattern("sallyport.yaml:12:15: ")
                .contains("oracle", "soon", "admn")
                .containsPattern("\\d+ errors\\R$");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void checkReportsErrorsOfThePoliciesToo() throws Exception {
        copyExamples();
        var policy = folder.resolve("policies/clinic.yaml");
        Files.writeString(
                policy,
                Files.readString(policy).replaceFirst("allow: \\[select\\]", "allow: [slect]"));
        var run = run("check", "--config", folder.resolve("sallyport.yaml").toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).containsPattern("clinic.yaml:\\d+:\\d+: .*slect");
    }

    @Test
    void checkSaysWhenThereIsNoSuchFile() {
        var run = run("check", "--config", folder.resolve("none.yaml").toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).contains("none.yaml").doesNotContain("Exception");
    }

    @Test
    void serveReportsTheSameErrors() throws Exception {
        var file = Files.writeString(folder.resolve("sallyport.yaml"), "gateway: x\nfoo: 1\n");
        var run = run("serve", "--config", file.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .startsWith("sallyport: the configuration has errors:")
                .contains("sallyport.yaml:2:1: ");
    }

    @Test
    void makesAVerifierFromStandardInput() {
        var run = runWithInput("correct horse\n", "user", "verifier", "dana");
        assertThat(run.exitCode()).isZero();
        var lines = run.out().lines().toList();
        assertThat(lines.get(0)).isEqualTo("  - name: dana");
        assertThat(lines.get(2)).startsWith("    verifier: \"SCRAM-SHA-256$15000:");
        var text = lines.get(2).replaceAll("^.*\"(.*)\"$", "$1");
        assertThat(ScramVerifier.parse(text)).isPresent();
        assertThat(run.out() + run.err()).doesNotContain("horse");
    }

    @Test
    void makesVerifiersForMariaDbOnRequest() {
        var run = runWithInput("secret\n", "user", "verifier", "--mysql", "dana");
        assertThat(run.exitCode()).isZero();
        // What MariaDB's PASSWORD('secret') and ED25519_PASSWORD('secret') are.
        assertThat(run.out())
                .contains(
                        "      native: \"*14E65567ABDB5135D0CFD9A70B3032C179A49EE7\"",
                        "      ed25519: \"ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY\"");
    }

    @Test
    void refusesPasswordsThatClientsWouldPrepareDifferently() {
        assertThat(runWithInput("pässword\n", "user", "verifier", "dana").err())
                .contains("printable ASCII");
        assertThat(runWithInput("", "user", "verifier", "dana"))
                .isEqualTo(
                        new Run(
                                ExitCode.FAILED,
                                "",
                                "sallyport: the password is empty" + System.lineSeparator()));
        assertThat(runWithInput("x\n", "user", "verifier", "--iterations=5", "d").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void auditSaysWhenThereIsNoStore() {
        for (var command : new String[] {"tail", "search", "verify"}) {
            var run = run("audit", command, "--store", folder.resolve("none").toString());
            assertThat(run.exitCode()).isEqualTo(ExitCode.CANNOT_TELL);
            assertThat(run.err()).startsWith("sallyport: there is no folder ");
        }
    }

    @Test
    void auditWantsTimesAndWordsThatMeanSomething() {
        assertThat(run("audit", "search", "--store", ".", "--from", "yesterday").err())
                .contains("'yesterday' is neither like 2026-11-23");
        assertThat(run("audit", "search", "--store", ".", "--verdict", "maybe").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("audit", "verify", "--store", ".", "--known", "7").err())
                .contains("a position is a sequence number");
    }

    @Test
    void rulesOfAlertsAreTestedAndReplayed() throws Exception {
        var example = Path.of("../config/examples/alerts.yaml");
        var passed = run("audit", "alerts", "test", example.toString());
        assertThat(passed.out()).matches("ok: [1-9][0-9]* tests\\R");
        assertThat(passed.exitCode()).isEqualTo(ExitCode.OK);
        var wrong =
                Files.writeString(
                        folder.resolve("alerts.yaml"),
                        """
                        rules:
                          - { id: untested, kind: key-change }
                          - id: guesses
                            kind: failed-logins
                            count: 2
                            within: 1m
                            tests:
                              - name: one is enough
                                events: [{ at: 2026-11-23T10:00:00Z, event: failed-login }]
                                fires: 1
                        """);
        var failed = run("audit", "alerts", "test", wrong.toString());
        assertThat(failed.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(failed.out())
                .contains("alerts.yaml:2:11: rule 'untested' has no tests")
                .contains(
                        "alerts.yaml:8:15: guesses, one is enough: expected 1 alert, but there were"
                                + " 0 alerts")
                .contains("2 problems, 1 test");

        var store = folder.resolve("audit");
        try (var log = AuditLog.open(store, "clinic", AuditOptions.DEFAULTS)) {
            for (int i = 0; i < 2; i++) {
                var event = new AuditEvent.LoginFailed("s", "dana", "10.0.0.5:1", "l", "x");
                long _ = log.append(event);
            }
        }
        var replay = run("audit", "alerts", "replay", "--store=" + store, "--rules=" + wrong);
        assertThat(replay.exitCode()).as(replay.err()).isEqualTo(ExitCode.OK);
        assertThat(replay.out())
                .contains("guesses  dana: 2 failed logins within 1m  (entry 2 of clinic)")
                .contains("guesses  from 10.0.0.5: 2 failed logins")
                .contains("2 alerts of entries 1 to 2");
    }

    /// What an auditor does: notes a checkpoint, proves an entry, verifies both later.
    @Test
    void auditProvesAndVerifiesWhatWasKept() throws Exception {
        var store = folder.resolve("audit");
        var key = folder.resolve("audit.key");
        var made = run("audit", "keygen", "--log-key", key.toString(), "--origin", "clinic");
        assertThat(made.exitCode()).as(made.err()).isEqualTo(ExitCode.OK);
        var keys = Files.writeString(folder.resolve("keys"), made.out());
        write(store, key);
        var checkpoint = run("audit", "checkpoint", "--store", store.toString());
        assertThat(checkpoint.out()).startsWith("clinic\n3\n");
        var since = Files.writeString(folder.resolve("since"), checkpoint.out());
        var proven = run("audit", "prove", "--store", store.toString(), "--sequence", "2");
        var proof = Files.writeString(folder.resolve("proof"), proven.out());
        assertThat(run("audit", "keygen", "--log-key", key.toString()).out())
                .startsWith("clinic+")
                .isNotEqualTo(made.out());
        write(store, key);

        var verified =
                run("audit", "verify", "--store=" + store, "--since=" + since, "--keys=" + keys);
        assertThat(verified.exitCode()).as(verified.out()).isEqualTo(ExitCode.OK);
        assertThat(verified.out()).contains("by a trusted key");
        var alone = run("audit", "verify", "--proof=" + proof, "--keys=" + keys);
        assertThat(alone.exitCode()).as(alone.out()).isEqualTo(ExitCode.OK);
        assertThat(alone.out()).startsWith("sound: entry 2 of the log clinic").contains("log-read");
        Files.writeString(proof, proven.out().replace("index 1", "index 2"));
        assertThat(run("audit", "verify", "--proof=" + proof).exitCode())
                .isEqualTo(ExitCode.FAILED);

        Files.writeString(since, checkpoint.out().replace("clinic\n3\n", "clinic\n2\n"));
        assertThat(run("audit", "verify", "--store=" + store, "--since=" + since).exitCode())
                .isEqualTo(ExitCode.FAILED);
        assertThat(run("audit", "prove", "--store=" + store, "--sequence=99").exitCode())
                .isEqualTo(ExitCode.FAILED);
        assertThat(run("audit", "verify").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("audit", "verify", "--store=" + store, "--keys=" + proof).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    private static void write(Path store, Path key) throws Exception {
        try (var log = AuditLog.openSealed(store, "clinic", AuditOptions.DEFAULTS, key)) {
            for (var i = 0; i < 2; i++) {
                long _ = log.commit(new AuditEvent.LogRead("dora", "read", i)).get();
            }
        }
    }

    /// As `sallyport analyze | head`: no stack trace, and it ends.
    @Test
    @Timeout(60)
    void endsWhenNobodyReadsItsOutput() throws Exception {
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "analyze",
                                "--dialect=postgres")
                        .redirectError(folder.resolve("err").toFile())
                        .start();
        process.getInputStream().close();
        var statements = "SELECT 1 FROM t;\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        try (var in = process.getOutputStream()) {
            while (true) in.write(statements);
        } catch (IOException _) {
            // It reads no more either.
        }
        assertThat(process.waitFor()).isEqualTo(ExitCode.FAILED);
        assertThat(folder.resolve("err")).isEmptyFile();
    }

    @Test
    void demoChecksItsOptions() {
        assertThat(run("demo", "--postgres-port", "70000").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("demo", "--mysql-port", "70000").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("demo", "--provider", "mainframe").err()).contains("EMBEDDED, DOCKER, OWN");
    }

    private static Path example(String name) {
        return Path.of("../config/examples").resolve(name).toAbsolutePath().normalize();
    }

    private void copyExamples() throws Exception {
        for (var name : new String[] {"policies", "tls", "secrets"}) {
            Files.createDirectory(folder.resolve(name));
        }
        CertificateAuthority authority = CertificateAuthority.create("test");
        authority.write(folder.resolve("tls/ca.crt"));
        authority
                .issueServer(java.util.List.of("localhost"))
                .write(folder.resolve("tls/gateway.crt"), folder.resolve("tls/gateway.key"));
        Files.writeString(folder.resolve("secrets/upstream"), "u\n");
        Files.writeString(folder.resolve("secrets/catalog"), "c\n");
        for (var name : new String[] {"sallyport.yaml", "users.yaml", "policies/clinic.yaml"}) {
            Files.copy(example(name), folder.resolve(name));
        }
    }
}
