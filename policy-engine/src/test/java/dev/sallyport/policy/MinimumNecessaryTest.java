package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// `config/examples/minimum-necessary` says what its comments say.
class MinimumNecessaryTest {
    private static final PolicySet POLICIES = read();

    @Test
    void developersSeeNoProtectedColumnPlain() {
        assertThat(PolicyLint.of(POLICIES))
                .filteredOn(f -> f.kind() == PolicyLint.Kind.PLAIN_PHI)
                .extracting(PolicyLint.Finding::ruleId)
                .doesNotContain("dev-read", "epi-patients", "epi-diagnoses")
                .contains("phys-patients", "bill-claims");
        assertThat(PolicyLint.of(POLICIES))
                .filteredOn(f -> f.kind() != PolicyLint.Kind.PLAIN_PHI)
                .as("developers join by the patients' own numbers")
                .extracting(f -> f.kind() + " " + f.ruleId())
                .containsExactly(PolicyLint.Kind.PLAIN_SUBJECT + " dev-read");
    }

    @Test
    void physiciansSeeTheirOwnPatients() {
        var pavel = new Subject("pavel", Set.of("physician"), Map.of("provider_id", "17"));
        var decision = Fixtures.decide(POLICIES, pavel, "select public.patients (last_name, ssn)");
        var patients = ((Decision.Permit) decision).obligations().relations().getFirst();
        assertThat(patients.columns())
                .containsEntry("last_name", Shown.PLAIN)
                .containsEntry("ssn", Shown.masked(new Mask.Redact()));
        assertThat(patients.reading().all()).hasSize(1);
        assertThat(decision.ruleIds()).containsExactly("phys-patients", "no-ssn");
    }

    @Test
    void billingSeesFourDigits() {
        var decision =
                Fixtures.decide(
                        POLICIES, Fixtures.subject("billing"), "select public.patients (id, ssn)");
        assertThat(((Decision.Permit) decision).obligations().relations().getFirst().columns())
                .containsEntry("ssn", Shown.masked(new Mask.Partial(0, 4)));
    }

    private static PolicySet read() {
        try {
            return Fixtures.compile(
                    Files.readString(
                            Path.of("../config/examples/minimum-necessary/policies/clinic.yaml")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
