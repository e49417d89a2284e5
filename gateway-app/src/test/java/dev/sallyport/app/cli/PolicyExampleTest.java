package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The tests beside the example policies, and the commands that read a saved catalog.
class PolicyExampleTest {
    private static final String FOLDER = "../config/examples/minimum-necessary/policies";
    private static final String CATALOG = FOLDER + "/clinic.catalog.json.gz";

    @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theExamplesTestsHold() {
        int code = run("policy", "test", FOLDER);
        assertThat(out.toString() + err).endsWith("13 tests, all as expected\n");
        assertThat(code).isEqualTo(ExitCode.OK);
    }

    @Test
    void aPolicyThatShowsMoreFailsItsTests() throws Exception {
        for (var name : new String[] {"clinic.yaml", "clinic.test.yaml", "clinic.catalog.json.gz"})
            Files.copy(Path.of(FOLDER, name), folder.resolve(name));
        var policy = folder.resolve("clinic.yaml");
        Files.writeString(
                policy,
                Files.readString(policy)
                        .replace(
                                "        mask: { ssn: \"partial(keepLast: 4)\", birth_date: year"
                                        + " }\n",
                                ""));
        assertThat(run("policy", "test", folder.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains(
                        "clinic.test.yaml:56:11: billing sees four digits and a year: masked"
                                + " expected: public.patients.birth_date, public.patients.ssn; but:"
                                + " \n")
                .contains("13 tests, 1 not as expected");
    }

    @Test
    void explainSaysByWhatAndHow() {
        assertThat(
                        run(
                                "policy",
                                "explain",
                                "--catalog",
                                CATALOG,
                                "--role",
                                "physician",
                                "--attribute",
                                "provider_id=17",
                                "--sql",
                                "SELECT last_name, ssn FROM patients",
                                FOLDER))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("permitted\n")
                .contains("    ssn: redact\n")
                .contains("    rows: (provider_id = subject.attributes.provider_id)\n")
                .contains("  by rule phys-patients, " + FOLDER + "/clinic.yaml:39:13")
                // The asker's own value, and only where it would be: in the text that runs.
                .containsOnlyOnce("17")
                .endsWith(
                        "  runs as: SELECT last_name, ssn FROM (SELECT \"patients\".\"last_name\","
                                + " (CASE WHEN \"patients\".\"ssn\" IS NOT NULL THEN '***'"
                                + " END)::\"pg_catalog\".\"text\" AS \"ssn\" FROM"
                                + " \"public\".\"patients\" WHERE ((\"patients\".\"provider_id\""
                                + " OPERATOR(pg_catalog.=) '17'))) AS \"patients\"\n");
        out.getBuffer().setLength(0);
        assertThat(
                        run(
                                "policy",
                                "explain",
                                "--json",
                                "--catalog",
                                CATALOG,
                                "--role",
                                "epidemiology",
                                "--sql",
                                "SELECT last_name FROM patients",
                                FOLDER))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).startsWith("{\"verdict\":\"deny\"").contains("last_name");
    }

    @Test
    void checkBesideACatalogFindsNamesThatAreNotThere() throws Exception {
        var policy = folder.resolve("clinic.yaml");
        Files.writeString(
                policy,
                Files.readString(Path.of(FOLDER, "clinic.yaml"))
                        .replace("[public.patients.ssn]", "[public.patients.snn]")
                        .replace(
                                "[public.icd10_codes, billing.insurers]",
                                "[public.icd10_codes, billing.insurer]"));
        assertThat(run("policy", "check", "--catalog", CATALOG, policy.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("unknown-name: class phi.ssn: there is no column snn in public.patients")
                .contains(
                        "unknown-name: rule dev-reference: there is no table or view"
                                + " billing.insurer")
                .contains(
                        "unclassified: public.patients.ssn (text) looks like"
                                + " phi.ssn and has no class");
        out.getBuffer().setLength(0);
        assertThat(run("policy", "check", "--catalog", CATALOG, FOLDER)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).doesNotContain("unclassified: public.encounters_");
    }

    /// A view's columns are masked where the table's are; what was computed and stored is not.
    @Test
    void checkBesideACatalogFollowsClassesIntoMaterializedViews() throws Exception {
        var policy = folder.resolve("fixture.yaml");
        Files.writeString(
                policy,
                """
                database: fixture
                classify:
                  phi.mrn: [public.visits.patient_id]
                  phi.name: [public.patients.name]
                roles:
                  reader: { grants: [ { id: all, allow: [select], on: [public.*] } ] }
                """);
        var fixture =
                "../sql-analyzer/src/test/resources/dev/sallyport/sql/fixture-catalog.json.gz";
        assertThat(run("policy", "check", "--catalog", fixture, policy.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains(
                        "unclassified: public.visit_counts.patient_id lacks the class of what it"
                                + " was computed from: phi.mrn")
                .doesNotContain("public.visit_counts.n ")
                .doesNotContain("public.patient_names");
    }

    @Test
    void checkBesideACatalogReadsRowFilters() throws Exception {
        var policy = folder.resolve("clinic.yaml");
        Files.writeString(
                policy,
                Files.readString(Path.of(FOLDER, "clinic.yaml"))
                        .replace(
                                "rows: provider_id = subject.attributes.provider_id",
                                "rows: providr_id = subject.attributes.provider_id")
                        .replace("birth_date: year }", "birth_date: zip3 }"));
        assertThat(run("policy", "check", "--catalog", CATALOG, policy.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("unfit-rows: rule phys-patients: rows can't be used on public.patients: ")
                .contains(
                        "unfit-mask: rule bill-whom: mask zip3 makes no sense for"
                                + " public.patients.birth_date (date)");
    }

    /// `replay` and `review` read a log besides: {@link PolicyReplayTest}, {@link
    /// PolicyCommandTest}.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "check FOLDER",
                "check --catalog CATALOG FOLDER",
                "test FOLDER",
                "explain --catalog CATALOG --role developer --sql TABLE_PATIENTS FOLDER",
                "diff --before FOLDER --after FOLDER",
                "grants FOLDER"
            })
    void eachToolSpeaksToPeopleAndToPrograms(String command) throws Exception {
        var words =
                ("policy " + command)
                        .replace("FOLDER", FOLDER)
                        .replace("CATALOG", CATALOG)
                        .split(" ");
        for (int i = 0; i < words.length; i++) words[i] = words[i].replace('_', ' ');
        assertThat(run(words)).as("%s%s", out, err).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).isNotBlank().doesNotStartWith("{");
        out.getBuffer().setLength(0);
        var forPrograms = new ArrayList<>(List.of(words));
        forPrograms.add(2, "--json");
        assertThat(run(forPrograms.toArray(String[]::new))).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(new JsonMapper().readTree(line).isObject()).isTrue());
    }

    private int run(String... args) {
        return SallyportCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
