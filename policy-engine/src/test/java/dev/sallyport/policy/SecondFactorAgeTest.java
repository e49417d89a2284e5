package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.StatementKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// `subject.mfa_age`.
class SecondFactorAgeTest {
    private static final Instant NOW = Instant.parse("2026-11-23T15:00:00Z");
    private static final PolicyDecisionPoint POINT =
            new PolicyDecisionPoint(
                    Fixtures.compile(
                            """
                            database: clinic
                            roles:
                              physician:
                                grants:
                                  - { id: fresh, allow: [select], on: [public.patients], when: "subject.mfa_age < duration('12h')" }
                                  - { id: notes, allow: [select], on: [public.notes] }
                            deny:
                              - { id: stale, actions: [select], on: [public.notes], when: "subject.mfa_age > duration('1h')" }
                            """));

    private static boolean permitted(String access, Optional<Duration> age) {
        return POINT.decide(
                        new AccessRequest(
                                Fixtures.subject("physician"),
                                "clinic",
                                Fixtures.footprint(StatementKind.SELECT, access),
                                new Circumstances(
                                        NOW,
                                        "10.1.2.3",
                                        "psql",
                                        Purpose.NONE,
                                        age.map(NOW::minus))))
                instanceof Decision.Permit;
    }

    @Test
    void aGrantHoldsWhileTheFactorIsFreshAndNeverWithoutOne() {
        var patients = "select public.patients (id)";
        assertThat(permitted(patients, Optional.of(Duration.ofHours(1)))).isTrue();
        assertThat(permitted(patients, Optional.of(Duration.ofHours(13)))).isFalse();
        assertThat(permitted(patients, Optional.empty())).isFalse();
        // The same point, asked again: nothing of the first answer is kept.
        assertThat(permitted(patients, Optional.of(Duration.ofHours(1)))).isTrue();
    }

    @Test
    void aDenyHoldsWithoutOne() {
        var notes = "select public.notes (id)";
        assertThat(permitted(notes, Optional.of(Duration.ofMinutes(1)))).isTrue();
        assertThat(permitted(notes, Optional.of(Duration.ofHours(2)))).isFalse();
        assertThat(permitted(notes, Optional.empty())).isFalse();
    }
}
