package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
                        "clinic.yaml:40:13: plain-phi: grant phys-patients shows role physician"
                                + " phi.name as it is: public.patients.first_name,"
                                + " public.patients.last_name")
                .contains("ok: policy version ")
                .doesNotContain("dev-read");
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
    void grantsNeverGiveMoreThanThePolicy() {
        assertThat(run("policy", "grants", EXAMPLE)).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("CREATE ROLE policy_developer NOLOGIN;")
                .contains("GRANT SELECT ON public.icd10_codes TO policy_developer;")
                .contains(
                        "-- bill-whom: masked and denied columns are left out\n"
                                + "GRANT SELECT (id, insurer_id, last_name) ON public.patients TO"
                                + " policy_billing;")
                .contains("-- phys-patients: its rows depend on who asks");
    }

    private int run(String... args) {
        return SallyportCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
