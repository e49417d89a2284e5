package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.StatementKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What masks, rows, limits and conditions come to, by example. {@link ObligationLawsTest} has the
/// laws.
class ObligationsTest {
    private static final String POLICY =
            """
            database: clinic
            classify:
              phi.name: [public.patients.last_name]
              phi.date: [public.patients.birth_date, public.encounters.started_at]
              phi.ssn:  [public.patients.ssn]
            roles:
              developer:
                grants:
                  - { id: dev, allow: [select], on: [public.*], mask: safe-harbor, limit: { rows: 1000 } }
                  - { id: dev-view, allow: [select], on: [public.v_counts], definer: true }
              physician:
                grants:
                  - id: own
                    allow: [select, update(phone)]
                    on: [public.patients]
                    rows: provider_id = subject.attributes.provider_id
                  - { id: tell, allow: [truncate, session, admin], on: [public.patients, "setting:*"] }
              clerk:
                grants:
                  - { id: last-four, allow: [select], on: [public.patients], columns: [id, ssn], mask: { ssn: "partial(keepLast: 4)" } }
                  - { id: by-day, allow: [select], on: [public.encounters], when: "now.getHours('America/New_York') in [8, 9, 10]" }
            force:
              - { id: living, on: [public.patients], rows: deceased IS NULL, except: [clerk, developer] }
              - { id: no-ssn, mask: { phi.ssn: redact }, except: [clerk] }
            deny:
              - { id: needs-where, actions: [update], when: "!statement.has_where" }
            """;

    private static final PolicySet POLICIES = Fixtures.compile(POLICY);

    @Test
    void safeHarborGoesByClass() {
        var owed = owed("developer", "select public.patients (id, last_name, birth_date, ssn)");
        var patients = owed.relations().getFirst();
        assertThat(patients.columns())
                .containsEntry("id", Shown.PLAIN)
                .containsEntry("last_name", Shown.masked(new Mask.Redact()))
                .containsEntry("birth_date", Shown.masked(new Mask.Year()))
                .containsEntry("ssn", Shown.masked(new Mask.Redact()));
        assertThat(patients.reading().isAllRows()).isTrue();
        assertThat(owed.limits().getFirst().ruleId()).isEqualTo("dev");
        assertThat(owed.limits().getFirst().limits().rows()).isEqualTo(OptionalLong.of(1000));
        assertThat(owed.limits().getFirst().remedy(Limits.Part.ROWS, "1000"))
                .as("what the rule gives this statement, and no more")
                .isEqualTo(
                        "ask the security team to add, with N above 1000: {allow: [select], on:"
                            + " [public.patients], columns: [birth_date, id, last_name, ssn], mask:"
                            + " {birth_date: 'year', last_name: 'redact', ssn: 'redact'}, limit:"
                            + " {rows: N}}");
        assertThat(owed.notices())
                .containsExactly(
                        "public.patients: birth_date, last_name, ssn masked (rules dev, no-ssn)");
    }

    @Test
    void aStatementThatUsesNoMaskedColumnOwesNoMask() {
        assertThat(owed("developer", "select public.patients (id)").substitutes()).isFalse();
    }

    /// The union of two roles is not more than the two: one's own patients plain, the others
    /// masked.
    @Test
    void ownRowsPlainAndAllRowsMaskedStayThat() {
        var owed = owed(Set.of("developer", "physician"), "select public.patients (last_name)");
        var patients = owed.relations().getFirst();
        assertThat(patients.reading().isAllRows()).isTrue();
        var shown = Objects.requireNonNull(patients.columns().get("last_name"));
        assertThat(shown.otherwise()).isEqualTo(new Shown.Masked(new Mask.Redact()));
        assertThat(shown.cases()).hasSize(1);
        assertThat(shown.cases().getFirst().then()).isEqualTo(new Shown.Plain());
        assertThat(shown.cases().getFirst().when().filters())
                .containsExactly(
                        new RowFilter(
                                "own",
                                List.of(
                                        new RowFilter.Sql("provider_id = "),
                                        new RowFilter.Literal(
                                                "17", "subject.attributes.provider_id"))));
    }

    @Test
    void forcedRowsStandBesideGrantedOnes() {
        var patients = owed("physician", "select public.patients (id)").relations().getFirst();
        assertThat(patients.reading().all())
                .extracting(any -> any.filters().getFirst().describe())
                .containsExactlyInAnyOrder(
                        "provider_id = subject.attributes.provider_id", "deceased IS NULL");
        assertThat(patients.target()).isEqualTo(patients.reading());
    }

    @Test
    void forceBeatsAPlainGrant() {
        var patients = owed("physician", "select public.patients (ssn)").relations().getFirst();
        assertThat(patients.columns()).containsEntry("ssn", Shown.masked(new Mask.Redact()));
    }

    @Test
    void whoForceSparesHasTheGrantsMask() {
        var owed = owed("clerk", "select public.patients (ssn)");
        assertThat(owed.relations().getFirst().columns())
                .containsEntry("ssn", Shown.masked(new Mask.Partial(0, 4)));
    }

    @Test
    void whoLacksTheAttributeLacksTheGrant() {
        var nobody = new Subject("pavel", Set.of("physician"), Map.of());
        assertThat(decide(nobody, NOON, "select public.patients (id)"))
                .isInstanceOf(Decision.Deny.class);
    }

    @Test
    void aTrustedViewShowsWhatItShowsButForce() {
        var owed =
                owed(
                        "developer",
                        "select public.v_counts (n)",
                        "select public.patients (last_name, ssn) via public.v_counts");
        var patients = owed.relations().getFirst();
        assertThat(patients.direct()).isFalse();
        assertThat(patients.via()).hasSize(1);
        assertThat(patients.columns())
                .containsEntry("last_name", Shown.PLAIN)
                .containsEntry("ssn", Shown.masked(new Mask.Redact()));
    }

    @Test
    void truncateWouldTakeTheRowsThatForceKeeps() {
        var decision = decide(subject(Set.of("physician")), NOON, "truncate public.patients");
        assertThat(decision).isInstanceOf(Decision.Deny.class);
        assertThat(decision.ruleIds()).containsExactly("living");
    }

    @Test
    void theGatewaysOwnSettingsAreNobodys() {
        assertThat(
                        decide(
                                subject(Set.of("physician")),
                                NOON,
                                "session setting:work_mem",
                                "admin setting:work_mem"))
                .isInstanceOf(Decision.Permit.class);
        for (var name : List.of("sallyport.hash_inner", "Sallyport.Hash_Outer"))
            assertThat(decide(subject(Set.of("physician")), NOON, "session setting:" + name))
                    .as(name)
                    .isInstanceOf(Decision.Deny.class);
    }

    @Test
    void conditionsHoldOrNot() {
        var clerk = subject(Set.of("clerk"));
        assertThat(decide(clerk, NOON, "select public.encounters (id)"))
                .isInstanceOf(Decision.Deny.class);
        assertThat(decide(clerk, NINE_IN_NEW_YORK, "select public.encounters (id)"))
                .isInstanceOf(Decision.Permit.class);
    }

    @Test
    void aDenyMayHaveACondition() {
        var physician = subject(Set.of("physician"));
        var update = Fixtures.footprint(StatementKind.UPDATE, "update public.patients (phone)");
        assertThat(new PolicyDecisionPoint(POLICIES).decide(request(physician, NOON, update)))
                .isInstanceOf(Decision.Permit.class);
        var bare =
                new Footprint(
                        StatementKind.UPDATE,
                        update.accesses(),
                        List.of(),
                        Set.of(),
                        List.of(),
                        false,
                        Map.of());
        var denied = new PolicyDecisionPoint(POLICIES).decide(request(physician, NOON, bare));
        assertThat(denied).isInstanceOf(Decision.Deny.class);
        assertThat(denied.ruleIds()).containsExactly("needs-where");
    }

    @Test
    void aChangeIsRestrictedToItsRows() {
        var update =
                Fixtures.footprint(
                        StatementKind.UPDATE,
                        "update public.patients (phone)",
                        "select public.patients (id)");
        var decision =
                new PolicyDecisionPoint(POLICIES)
                        .decide(request(subject(Set.of("physician")), NOON, update));
        var patients = ((Decision.Permit) decision).obligations().relations().getFirst();
        assertThat(patients.target().all())
                .extracting(any -> any.filters().getFirst().ruleId())
                .containsExactly("living", "own");
    }

    private static final Instant NOON = Instant.parse("2026-11-23T17:00:00Z");
    private static final Instant NINE_IN_NEW_YORK = Instant.parse("2026-11-23T14:00:00Z");

    private static Obligations owed(String role, String... accesses) {
        return owed(Set.of(role), accesses);
    }

    private static Obligations owed(Set<String> roles, String... accesses) {
        var decision = decide(subject(roles), NOON, accesses);
        assertThat(decision).isInstanceOf(Decision.Permit.class);
        return ((Decision.Permit) decision).obligations();
    }

    private static Subject subject(Set<String> roles) {
        return new Subject("pavel", roles, Map.of("provider_id", "17"));
    }

    private static Decision decide(Subject subject, Instant now, String... accesses) {
        return new PolicyDecisionPoint(POLICIES)
                .decide(request(subject, now, Fixtures.footprint(StatementKind.SELECT, accesses)));
    }

    private static AccessRequest request(Subject subject, Instant now, Footprint footprint) {
        return new AccessRequest(
                subject, "clinic", footprint, new Circumstances(now, "10.1.2.3", "psql"));
    }
}
