package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.app.postgres.PostgresServer.Options;
import dev.sallyport.app.tls.CertificateAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `catalog save` and `analyze` with a catalog, on a real server.
class CatalogCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;
    private static PostgresServer server;

    private record Run(int exitCode, String out, String err) {
        JsonNode answer() {
            assertThat(out.lines().toList()).as(err).hasSize(1);
            try {
                return JSON.readTree(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.start(Options.embedded());
        server.createRole("reader", "r3ader", "nosuperuser");
        server.execute(
                "postgres",
                "CREATE TABLE patients (id int PRIMARY KEY, name text, ssn text, insurer_id int)",
                "CREATE TABLE visits (id int, patient_id int, note text)",
                "CREATE VIEW named AS SELECT p.id, p.name || p.ssn AS label FROM patients p WHERE"
                        + " p.insurer_id > 0",
                "INSERT INTO patients VALUES (1, 'Ann Onymous', '078-05-1120', 1)",
                "CREATE TABLE events (id int, at int) PARTITION BY RANGE (at)",
                "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9)",
                "CREATE SCHEMA app",
                "CREATE TABLE app.patients (id int, nickname text)");
        Files.createDirectories(folder.resolve("tls"));
        Files.createDirectories(folder.resolve("secrets"));
        Files.createDirectories(folder.resolve("policies"));
        var authority = CertificateAuthority.create("test");
        authority
                .issueServer(List.of("localhost"))
                .write(folder.resolve("tls/gateway.crt"), folder.resolve("tls/gateway.key"));
        Files.writeString(folder.resolve("secrets/upstream"), "u\n");
        Files.writeString(folder.resolve("secrets/catalog"), "r3ader\n");
        var examples = Path.of("../config/examples");
        for (var name : new String[] {"users.yaml", "policies/clinic.yaml"})
            Files.copy(examples.resolve(name), folder.resolve(name));
        var text = Files.readString(examples.resolve("sallyport.yaml"));
        Files.writeString(
                config(),
                text.replace("port: 5432", "port: " + server.port())
                        .replace("database: clinic ", "database: postgres ")
                        .replace("user: sallyport_catalog", "user: reader")
                        .replace(
                                "host: 127.0.0.1\n    port: " + server.port(),
                                "host: " + server.host() + "\n    port: " + server.port())
                        .replace("ca: tls/ca.crt", "ca: " + server.caFile().orElseThrow()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Path config() {
        return folder.resolve("sallyport.yaml");
    }

    private static Run run(String input, String... args) {
        var before = System.in;
        var out = new StringWriter();
        var err = new StringWriter();
        var commandLine = SallyportCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            var code = commandLine.execute(args);
            return new Run(code, out.toString(), err.toString());
        } finally {
            System.setIn(before);
        }
    }

    private static Run analyze(String sql, Path catalog, String... more) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "analyze",
                                "--dialect",
                                "postgres",
                                "--catalog",
                                catalog.toString()));
        args.addAll(Arrays.asList(more));
        return run(sql, args.toArray(String[]::new));
    }

    private static Path saved() {
        var file = folder.resolve("catalog.json");
        if (Files.exists(file)) return file;
        var run =
                run(
                        "",
                        "catalog",
                        "save",
                        "--config",
                        config().toString(),
                        "--database",
                        "clinic",
                        "--output",
                        file.toString());
        assertThat(run).isEqualTo(new Run(0, "", ""));
        return file;
    }

    @Test
    void theFileHoldsNoDataAndIsTheSameEachTime() throws Exception {
        var text = Files.readString(saved());
        assertThat(text).contains("patients", "insurer_id").doesNotContain("Onymous", "078-05");
        var again = run("", "catalog", "save", "-c", config().toString(), "--database", "clinic");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).isEqualTo(text);
    }

    @Test
    void resolvesThroughViewsToTheColumn() throws Exception {
        var answer =
                analyze(
                                "SELECT label FROM named n JOIN visits v ON v.patient_id = n.id"
                                        + " WHERE note > '' ORDER BY v.id",
                                saved())
                        .answer();
        assertThat(answer.get("understood").asBoolean()).isTrue();
        assertThat(answer.get("resolved").asBoolean()).isTrue();
        assertThat(answer.get("outputs").toString())
                .isEqualTo(
                        "[{\"name\":\"label\",\"from\":[\"public.patients.name\",\"public.patients.ssn\"]}]");
        assertThat(answer.get("effects")).isEmpty();
        var below = new ArrayList<String>();
        for (JsonNode relation : answer.get("relations"))
            if (relation.get("name").asText().equals("public.patients")) {
                assertThat(relation.get("via").asText()).isEqualTo("public.named");
                assertThat(relation.get("access").asText()).isEqualTo("read");
                for (JsonNode column : relation.get("columns"))
                    below.add(column.get("name").asText() + column.get("uses"));
            }
        assertThat(below)
                .containsExactlyInAnyOrder(
                        "id[\"join\"]",
                        "name[\"output\"]",
                        "ssn[\"output\"]",
                        "insurer_id[\"predicate\"]");
    }

    @Test
    void partitionsAndWhatTheyBelongToAreSaid() {
        var whole = analyze("SELECT id FROM events", saved()).answer().get("relations").get(0);
        assertThat(whole.get("children").toString()).isEqualTo("[\"public.events_1\"]");
        assertThat(whole.has("parents")).isFalse();
        var part = analyze("DELETE FROM events_1", saved()).answer().get("relations").get(0);
        assertThat(part.get("parents").toString()).isEqualTo("[\"public.events\"]");
        assertThat(part.has("children")).isFalse();
    }

    @Test
    void theLiveCatalogGivesTheSameAnswer() throws Exception {
        var sql = "WITH c AS (SELECT * FROM named) UPDATE patients SET name = c.label FROM c";
        var live =
                run(
                        sql,
                        "analyze",
                        "--dialect=postgres",
                        "-c",
                        config().toString(),
                        "--database",
                        "clinic");
        assertThat(live.exitCode()).as(live.err()).isZero();
        assertThat(live.out()).isEqualTo(analyze(sql, saved()).out());
        assertThat(live.answer().get("everyRow").asBoolean()).isTrue();
        assertThat(live.answer().get("effects").toString()).isEqualTo("[\"data\"]");
    }

    @Test
    void theSearchPathIsAskedFor() throws Exception {
        var sql = "SELECT * FROM patients";
        assertThat(analyze(sql, saved(), "--search-path", "app,public").out())
                .contains("app.patients.nickname");
        assertThat(analyze(sql, saved()).out()).contains("public.patients.ssn");
        var unknown = analyze(sql, saved(), "--search-path", "nosuch");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("schema nosuch");
    }

    @Test
    void behindAChangeOfNamesNothingIsCertain() throws Exception {
        var run =
                analyze(
                        "SELECT id FROM patients; BEGIN; SET search_path = app; SELECT id FROM"
                                + " patients; COMMIT",
                        saved());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        var understood = new ArrayList<Boolean>();
        for (var line : run.out().lines().toList())
            understood.add(JSON.readTree(line).get("understood").asBoolean());
        assertThat(understood).containsExactly(true, true, true, false, true);
        assertThat(run.out()).contains("stale-context").contains("--jsonl");
        assertThat(
                        analyze(
                                        "{\"sql\":\"SET search_path = app\"}\n"
                                                + "{\"sql\":\"SELECT id FROM patients\"}",
                                        saved(),
                                        "--jsonl")
                                .exitCode())
                .isZero();
    }

    @Test
    void whatIsNotInTheCatalogIsNotUnderstood() throws Exception {
        var run = analyze("SELECT 1\n FROM nosuch", saved());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.answer().get("code").asText()).isEqualTo("unknown-object");
        assertThat(run.answer().get("line").asInt()).isEqualTo(2);
    }

    @Test
    void aCompressedFileIsReadToo() throws Exception {
        var packed = folder.resolve("catalog.json.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(saved(), out);
        }
        assertThat(analyze("TABLE visits", packed).exitCode()).isZero();
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        var config = config().toString();
        assertThat(run("", "catalog", "save", "-c", config, "--database", "nosuch").err())
                .contains("there is no database nosuch");
        assertThat(run("", "catalog", "save", "-c", config, "--database", "nosuch").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("", "catalog").exitCode()).isEqualTo(ExitCode.USAGE);
        for (var wrong :
                new String[] {
                    "analyze",
                    "analyze --dialect oracle",
                    "analyze --dialect postgres --config x",
                    "analyze --dialect postgres --database x",
                    "analyze --dialect postgres --search-path x",
                    "analyze --dialect postgres --catalog x --config y --database z"
                }) {
            var run = run("SELECT 1", wrong.split(" "));
            assertThat(run.exitCode()).as(wrong).isEqualTo(ExitCode.USAGE);
            assertThat(run.out()).isEmpty();
        }
        var none = analyze("SELECT 1", folder.resolve("none.json"));
        assertThat(none.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err()).contains("there is no file");
        var broken = Files.writeString(folder.resolve("broken.json"), "{\"format\": \"x\"}");
        assertThat(analyze("SELECT 1", broken).err())
                .contains("broken.json: line 1: not a saved catalog");
    }
}
