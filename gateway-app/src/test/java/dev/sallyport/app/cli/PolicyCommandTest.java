package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandTest {
    private static final String EXAMPLE =
            "../config/examples/minimum-necessary/policies/clinic.yaml";

    @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void checkSaysWhoSeesWhatPlain() {
        assertThat(run("policy", "check", EXAMPLE)).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains(
                        "clinic.yaml:39:13: plain-phi: grant phys-patients shows role physician"
                                + " phi.name as it is: public.patients.first_name,"
                                + " public.patients.last_name")
                .contains("ok: policy version ")
                .doesNotContain("plain-phi: grant dev-read")
                .contains(
                        "plain-subject: grant dev-read shows role developer by which number a"
                                + " patient is known: billing.claims.patient_id, ");
        assertThat(run("policy", "check", "--strict", EXAMPLE)).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void checkReportsErrors() throws IOException {
        var bad = folder.resolve("bad.yaml");
        Files.writeString(
                bad,
                """
                database: clinic
                roles: { r: { grants: [{ id: a, allow: [selekt], on: [public.t], when: "subject.nam == 'x'" }] } }
                """);
        assertThat(run("policy", "check", folder.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("bad.yaml:2:41: there is no action 'selekt'; did you mean 'select'?")
                .contains(
                        "there is no 'subject.nam' that a condition could read; did you mean"
                                + " 'subject.name'?");
        out.getBuffer().setLength(0);
        assertThat(run("policy", "check", "--json", bad.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("{\"kind\":\"error\",\"file\":\"")
                .contains("\"line\":2");
    }

    @Test
    void diffSaysWhatChanges() throws IOException {
        var changed = folder.resolve("clinic.yaml");
        Files.writeString(
                changed,
                Files.readString(Path.of(EXAMPLE))
                        .replace("    mask: { ssn: redact }\n", "    mask: { ssn: 'null' }\n"));
        assertThat(
                        run(
                                "policy",
                                "diff",
                                "--exit-code",
                                "--before",
                                EXAMPLE,
                                "--after",
                                changed.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        "database clinic, force rule no-ssn changed from: force, mask {ssn=redact}"
                            + " on public.patients except for billing; to: force, mask {ssn=null}"
                            + " on public.patients except for billing\n");
        assertThat(run("policy", "diff", "--before", EXAMPLE, "--after", EXAMPLE))
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void diffSaysWhoGainsAndLosesWhat() throws IOException {
        var changed = folder.resolve("clinic.yaml");
        Files.writeString(
                changed,
                Files.readString(Path.of(EXAMPLE))
                        .replace(
                                "columns: [sex, state, zip, birth_date]",
                                "columns: [sex, city, zip, birth_date]")
                        .replace("birth_date: year }", "birth_date: redact }"));
        assertThat(run("policy", "diff", "--before", EXAMPLE, "--after", changed.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().filter(l -> l.startsWith("role ")))
                .containsExactly(
                        "role billing of clinic gains select public.patients.birth_date, masked:"
                            + " redact, at most 500 rows, 2000 rows per hour, 10000 rows per day",
                        "role billing of clinic loses select public.patients.birth_date, masked:"
                                + " year, at most 500 rows, 2000 rows per hour, 10000 rows per day",
                        "role epidemiology of clinic gains select public.patients.city, masked:"
                                + " redact",
                        "role epidemiology of clinic loses select public.patients.state");
    }

    @Test
    void grantsNeverGiveMoreThanThePolicy() {
        assertThat(run("policy", "grants", EXAMPLE)).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("CREATE ROLE policy_developer NOLOGIN;")
                .contains("GRANT SELECT ON public.icd10_codes TO policy_developer;")
                .contains("-- epi-diagnoses: masked and denied columns are left out\n")
                .contains("GRANT SELECT (icd10) ON public.diagnoses TO policy_epidemiology;")
                .contains("-- bill-whom: its limit is not PostgreSQL's: 500 rows, ")
                .doesNotContain("ON public.patients TO policy_billing")
                .contains("-- phys-patients: its rows depend on who asks");
    }

    @Test
    void reviewFindsWhatNobodyUsed() throws Exception {
        var store = folder.resolve("audit");
        try (var log =
                AuditLog.open(
                        store,
                        "test",
                        AuditOptions.DEFAULTS
                                .withSegmentBytes(1 << 20)
                                .withQueueBytes(1 << 20)
                                .withReserveBytes(4L << 20))) {
            long _ =
                    log.commit(
                                    new AuditEvent.StatementIntent(
                                            "s1",
                                            "bea",
                                            "127.0.0.1:1",
                                            "up",
                                            "clinic",
                                            1,
                                            "Query",
                                            "SELECT",
                                            "SELECT id FROM claims",
                                            List.of("select billing.claims (id)"),
                                            "permit",
                                            List.of("bill-claims"),
                                            "",
                                            List.of(),
                                            "v",
                                            1,
                                            List.of("billing"),
                                            Map.of(),
                                            List.of(),
                                            List.of()))
                            .get();
        }
        assertThat(
                        run(
                                "policy",
                                "review",
                                "--store",
                                store.toString(),
                                "--users",
                                "../config/examples/users.yaml",
                                EXAMPLE_OF_ALL_USERS))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .startsWith("1 statements in 90 days")
                .contains("rule bill-insurers counted for none of them")
                .contains("user dana ran none of them")
                .doesNotContain("rule bill-claims")
                .doesNotContain("user bea")
                .doesNotContain("user erin"); // disabled
    }

    @Test
    void reviewFindsWhereClassifiedColumnsWereCopiedTo() throws Exception {
        var policy = folder.resolve("clinic.yaml");
        Files.writeString(
                policy,
                """
                database: clinic
                classify:
                  phi.ssn: [public.patients.ssn, public.tagged.number]
                  phi.name: [public.patients.last_name]
                roles:
                  dev: { grants: [ { id: all, allow: [select, insert, ddl], on: [public.*] } ] }
                """);
        var store = folder.resolve("audit");
        var reads = "select table public.patients (last_name, ssn)";
        try (var log =
                AuditLog.open(
                        store,
                        "test",
                        AuditOptions.DEFAULTS
                                .withSegmentBytes(1 << 20)
                                .withQueueBytes(1 << 20)
                                .withReserveBytes(4L << 20))) {
            write(log, "permit", List.of("DDL", "ddl table public.copy", reads), List.of());
            write(log, "permit", List.of("DDL", "ddl table public.copy", reads), List.of());
            write(log, "permit", List.of("DDL", "ddl view public.seen", reads), List.of());
            write(log, "permit", List.of("DDL", "ddl table pg_temp.mine", reads), List.of());
            write(log, "deny", List.of("DDL", "ddl table public.never", reads), List.of());
            write(
                    log,
                    "permit",
                    List.of("INSERT", "insert table public.tagged (number)", reads),
                    List.of());
            write(
                    log,
                    "permit",
                    List.of("INSERT", "insert table public.masked (number)", reads),
                    List.of("public.patients.ssn: redact", "public.patients.last_name: redact"));
        }
        assertThat(run("policy", "review", "--store", store.toString(), policy.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().filter(line -> line.contains("was written")))
                .satisfiesExactly(
                        one ->
                                assertThat(one)
                                        .startsWith(
                                                "public.copy was written while"
                                                        + " public.patients.last_name was read, and"
                                                        + " has no column of phi.name (first at ")
                                        .endsWith(" by bea, entry 1)"),
                        two -> assertThat(two).contains("public.copy", "has no column of phi.ssn"),
                        three ->
                                assertThat(three)
                                        .contains("public.tagged", "has no column of phi.name"));
        out.getBuffer().setLength(0);
        assertThat(
                        run(
                                "policy",
                                "review",
                                "--json",
                                "--store",
                                store.toString(),
                                policy.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains(
                        "{\"kind\":\"copied-data\",\"database\":\"clinic\",\"table\":\"public.copy\",\"column\":\"public.patients.last_name\",\"class\":\"phi.name\",");
    }

    private static void write(
            AuditLog log, String decision, List<String> footprint, List<String> obligations)
            throws Exception {
        long _ =
                log.commit(
                                new AuditEvent.StatementIntent(
                                        "s1",
                                        "bea",
                                        "127.0.0.1:1",
                                        "up",
                                        "clinic",
                                        1,
                                        "Query",
                                        footprint.getFirst(),
                                        "",
                                        List.of(),
                                        decision,
                                        List.of("all"),
                                        "",
                                        List.of(),
                                        "v",
                                        1,
                                        List.of("dev"),
                                        Map.of(),
                                        footprint,
                                        obligations))
                        .get();
    }

    private static final String EXAMPLE_OF_ALL_USERS = "../config/examples/policies/clinic.yaml";

    private int run(String... args) {
        return SallyportCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
