package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real psql, pg_dump and pgbench through the gateway. CI installs them; where they are missing
/// the tests say so.
class PsqlTest {
    private static @TempDir Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        Assumptions.assumeTrue(
                onPath("psql"), "psql is not installed here: the psql tests did not run");
        gateway = GatewayUnderTest.start(directory, GatewayUnderTest.freshClinic("psql"), Map.of());
    }

    @AfterAll
    static void stop() {
        if (gateway != null) gateway.close();
    }

    /// Whether the program is there and runs: a wrapper without its program counts as missing.
    static boolean onPath(String program) {
        try {
            var process =
                    new ProcessBuilder(program, "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\d",
                "\\d patients",
                "\\d+ patients",
                "\\d encounters",
                "\\d+ encounters",
                "\\d patient_cities",
                "\\d+ patient_cities",
                "\\dt",
                "\\dt+",
                "\\dt *.*",
                "\\dv",
                "\\dv+",
                "\\di",
                "\\di+",
                "\\ds",
                "\\df",
                "\\df+ add_tax",
                "\\dn",
                "\\dn+",
                "\\du",
                "\\dp",
                "\\dp patients",
                "\\ddp",
                "\\dconfig *path*",
                "\\dT",
                "\\dT+",
                "\\dD",
                "\\dC",
                "\\do",
                "\\da",
                "\\db",
                "\\dc",
                "\\dE",
                "\\det",
                "\\des",
                "\\dew",
                "\\dF",
                "\\dFd",
                "\\dL",
                "\\dm",
                "\\dO",
                "\\dP",
                "\\dP+",
                "\\dRp",
                "\\dx",
                "\\dX",
                "\\dy",
                "\\l",
                "\\l+",
                "\\sf add_tax",
                "\\sv patient_cities",
                "\\z",
                "\\encoding",
                "\\dA",
                "\\dAc",
                "\\dAf",
                "\\dAo",
                "\\dAp",
                "\\dd",
                "\\df+",
                "\\dfS lower",
                "\\dFp",
                "\\dFt",
                "\\dg+",
                "\\dl",
                "\\drg",
                "\\dx+",
                "\\sf+ add_tax",
                "\\sv+ patient_cities"
            })
    void backslashCommandsAnswerAsWithoutTheGateway(String command) throws Exception {
        var direct = gateway.psqlDirect(command);
        var result = gateway.psql("dev", "-v", "ON_ERROR_STOP=1", "-c", command);
        assertThat(result.exitCode()).isEqualTo(direct.exitCode());
        // A psql older than the server asks for columns that are gone: then both refuse, each in
        // its words.
        if (direct.exitCode() == 0) assertThat(result.out()).isEqualTo(direct.out());
    }

    @Test
    void anErrorInTheClientPointsAtWhatIsMissing() throws Exception {
        var result = gateway.psql("dev", "-c", "select id, ssn from patients");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains("ERROR:")
                .contains("ssn")
                .contains("DETAIL:")
                .contains("no-ssn")
                .contains("HINT:");
    }

    @Test
    void backslashCopyBothWays() throws Exception {
        var file = directory.resolve("rows.tsv");
        Files.write(
                file, IntStream.range(40_000, 45_000).mapToObj(i -> i + "\tline " + i).toList());
        var in =
                gateway.psql(
                        "dev", "-v", "ON_ERROR_STOP=1", "-c", "\\copy scratch from '" + file + "'");
        assertThat(in.out()).contains("COPY 5000");
        var back = directory.resolve("back.tsv");
        var out =
                gateway.psql(
                        "dev",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-c",
                        "\\copy (select * from scratch where id >= 40000 order by id) to '"
                                + back
                                + "'");
        assertThat(out.out()).contains("COPY 5000");
        assertThat(Files.readAllLines(back)).isEqualTo(Files.readAllLines(file));
        assertThat(gateway.psql("dev", "-c", "\\copy patients to '/dev/null'").out())
                .contains("ERROR:");
    }

    @Test
    void aScriptWithTransactionsBehavesAsWithoutTheGateway() throws Exception {
        var script =
                """
                begin;
                insert into scratch values (50000, 'a');
                savepoint s;
                select ssn from patients;
                select 1;
                rollback to s;
                select count(*) from scratch where id = 50000;
                commit;
                select count(*) from scratch where id = 50000;
                begin;
                delete from scratch where id = 50000;
                select phone from patients;
                commit;
                select count(*) from scratch where id = 50000;
                delete from scratch where id = 50000;
                """;
        var lines =
                gateway.psqlWithInput("dev", script, "-At")
                        .out()
                        .lines()
                        .filter(l ->
                                !l.startsWith("DETAIL")
                                        && !l.startsWith("HINT")
                                        && !l.startsWith("LINE")
                                        && !l.isBlank()
                                        && !l.strip().equals("^"))
                        .map(l ->
                                l.startsWith("ERROR")
                                        ? (l.contains("current transaction is aborted")
                                                ? "aborted"
                                                : "denied")
                                        : l)
                        .toList();
        assertThat(lines)
                .isEqualTo(
                        List.of(
                                "BEGIN",
                                "INSERT 0 1",
                                "SAVEPOINT",
                                "denied",
                                "aborted",
                                "ROLLBACK",
                                "1",
                                "COMMIT",
                                "1",
                                "BEGIN",
                                "DELETE 1",
                                "denied",
                                "ROLLBACK",
                                "1",
                                "DELETE 1"));
    }

    @Test
    void preparedStatementsAndCursorsInSqlAreFollowedToTheirText() throws Exception {
        var script =
                """
                prepare good(int) as select city from patients where id = $1;
                execute good(3);
                prepare bad as select ssn from patients;
                execute bad;
                begin;
                declare c cursor for select id from patients order by id;
                fetch 2 from c;
                move 1 from c;
                fetch 1 from c;
                close c;
                commit;
                deallocate good;
                execute good(3);
                """;
        var out = gateway.psqlWithInput("dev", script, "-At").out();
        assertThat(out).contains("City3").contains("1\n2\n").contains("\n4\n");
        assertThat(out.lines().filter(l -> l.startsWith("ERROR")).count()).isEqualTo(3);
    }

    @Test
    void noticesAndParametersArrive() throws Exception {
        var out =
                gateway.psqlWithInput(
                                "dev",
                                "set client_min_messages = debug1; drop table if exists"
                                        + " pg_temp.nothing; set datestyle to german; select date"
                                        + " '2026-11-23'; show datestyle;",
                                "-At")
                        .out();
        assertThat(out).contains("23.11.2026");
        assertThat(out).contains("NOTICE:");
    }

    @Test
    void pgDumpOfTheSchemaWorks() throws Exception {
        Assumptions.assumeTrue(
                onPath("pg_dump"), "pg_dump is not installed here: its test did not run");
        var process =
                new ProcessBuilder(
                                "pg_dump",
                                "--schema-only",
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(gateway.port()),
                                "-U",
                                "own",
                                "-t",
                                "public.scratch",
                                "clinic")
                        .redirectErrorStream(true);
        process.environment().put("PGPASSWORD", "own-pw");
        var running = process.start();
        var out =
                new String(
                        running.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        Assumptions.assumeFalse(
                out.contains("server version mismatch"),
                "pg_dump here is older than the server: its test did not run");
        assertThat(running.waitFor()).as(out).isZero();
        assertThat(out).contains("CREATE TABLE public.scratch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "prepared"})
    void pgbenchRuns(String mode) throws Exception {
        Assumptions.assumeTrue(
                onPath("pgbench"), "pgbench is not installed here: its test did not run");
        var script = directory.resolve("bench-" + mode + ".sql");
        Files.writeString(
                script,
                "\\set n random(1, 100)\n"
                        + "select label from scratch where id = :n;\n"
                        + "update scratch set label = 'x' where id = :n;\n");
        var process =
                new ProcessBuilder(
                                "pgbench",
                                "-n",
                                "-M",
                                mode,
                                "-c",
                                "4",
                                "-t",
                                "50",
                                "-f",
                                script.toString(),
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(gateway.port()),
                                "-U",
                                "dev",
                                "clinic")
                        .redirectErrorStream(true);
        process.environment().put("PGPASSWORD", "dev-pw");
        var running = process.start();
        var out =
                new String(
                        running.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(running.waitFor()).as(out).isZero();
        assertThat(out)
                .contains("number of transactions actually processed: 200/200")
                .contains("number of failed transactions: 0");
    }
}
