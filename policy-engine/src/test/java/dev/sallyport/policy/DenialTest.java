package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A denial says which rule, which object and what to do next.
class DenialTest {
    private final PolicySet clinic = Fixtures.clinic();

    @Test
    void anUngrantedColumnIsNamedWithTheNarrowestWayToIt() {
        var deny = deny("developer", "select public.patients (id, first_name, state, last_name)");
        assertThat(deny.reason())
                .isEqualTo(
                        "columns public.patients.first_name, last_name are not granted to you for"
                                + " select");
        assertThat(deny.objects())
                .containsExactly("select public.patients (first_name, last_name)");
        assertThat(deny.ruleIds()).isEmpty();
        assertThat(deny.hint())
                .isEqualTo(
                        "you may select: created_at, id, insurer_id, provider_id, sex, state; roles"
                                + " that grant it: physician; ask the security team to add: {allow:"
                                + " [select], on: [public.patients], columns: [first_name,"
                                + " last_name]}");
    }

    @Test
    void aDenyRuleIsNamedWithItsReasonAndTheRestIsSaidToo() {
        var deny =
                deny(
                        "developer",
                        "select public.patients (id, ssn, first_name)",
                        "delete public.patients");
        assertThat(deny.reason())
                .isEqualTo(
                        "rule no-ssn denies select on column public.patients.ssn: nobody who works"
                            + " here needs a social security number; the registry office keeps them"
                            + " (and 2 more)");
        assertThat(deny.objects())
                .containsExactly(
                        "select public.patients (ssn)",
                        "select public.patients (first_name)",
                        "delete public.patients");
        assertThat(deny.ruleIds()).containsExactly("no-ssn");
        assertThat(deny.hint())
                .isEqualTo(
                        "you may select: created_at, id, insurer_id, provider_id, sex, state; the"
                            + " rule holds for everybody; leave the object out, or ask the security"
                            + " team about rule no-ssn");
    }

    @Test
    void aViewIsAskedForRatherThanAllThatItReads() {
        var deny =
                deny(
                        "auditor",
                        "select reporting.patient_directory (last_name)",
                        "select public.patients (last_name) via reporting.patient_directory",
                        "select public.providers (id) via reporting.patient_directory");
        assertThat(deny.reason())
                .isEqualTo(
                        "view reporting.patient_directory is not granted to you for select (and 2"
                                + " more)");
        assertThat(deny.hint())
                .isEqualTo(
                        "ask the security team to add: {allow: [select], on:"
                                + " [reporting.patient_directory], columns: [last_name], definer:"
                                + " true}");
        assertThat(
                        deny(
                                        "developer",
                                        "insert public.v_x (a)",
                                        "insert public.t (a) via public.v_x")
                                .hint())
                .isEqualTo(
                        "ask the security team to add: {allow: [insert], on: [public.v_x], columns:"
                                + " [a]}, {allow: [insert], on: [public.t], columns: [a]}");
    }

    @Test
    void discardingTemporaryTablesNeedsNothing() {
        var discard =
                new Footprint(
                        StatementKind.SET,
                        List.of(),
                        List.of(),
                        Set.of(Effect.SESSION, Effect.SCHEMA),
                        List.of(),
                        true,
                        Map.of());
        assertThat(decide("auditor", discard)).isInstanceOf(Decision.Permit.class);
    }

    @Test
    void whomADenyRuleSparesIsSaid() {
        var set =
                Fixtures.compile(
                        """
                        database: clinic
                        roles:
                          dev: { grants: [{ id: a, allow: [select], on: [public.*] }] }
                          billing: { grants: [{ id: b, allow: [select], on: [public.*] }] }
                        deny:
                          - { id: no-ssn, actions: [select], on: [public.patients], columns: [ssn], except: [billing] }
                        """);
        assertThat(Fixtures.decide(set, Fixtures.subject("dev"), "select public.patients (ssn)"))
                .asInstanceOf(type(Decision.Deny.class))
                .extracting(Decision.Deny::hint)
                .isEqualTo(
                        "the rule spares: billing; leave the object out, or ask the security team"
                                + " about rule no-ssn");
        assertThat(
                        Fixtures.decide(
                                set,
                                Fixtures.subject("dev", "billing"),
                                "select public.patients (ssn)"))
                .isEqualTo(new Decision.Permit(Obligations.NONE, List.of("a", "b")));
    }

    @Test
    void countingRowsNeedsAnyColumn() {
        assertThat(deny("billing", "select public.diagnoses").hint())
                .endsWith("{allow: [select], on: [public.diagnoses], columns: [any one of them]}");
    }

    @Test
    void otherThingsAreAskedForByTheirKind() {
        assertThat(deny("developer", "session setting:role").hint())
                .isEqualTo("ask the security team to add: {allow: [session], on: [setting:role]}");
        assertThat(deny("developer", "session channel:alerts").hint())
                .endsWith("{allow: [session], on: [channel:alerts]}");
        assertThat(deny("developer", "execute pg_catalog.pg_sleep!sleeps").hint())
                .endsWith("{allow: [execute], on: [pg_catalog.pg_sleep]}");
        assertThat(deny("developer", "ddl type:lab.mood").hint())
                .endsWith("{allow: [ddl], on: [type:lab.mood]}");
    }

    @Test
    void whatAHintAsksForIsAPolicyThatGrantsIt() {
        for (var access :
                List.of(
                        "select x.t (a, b)",
                        "execute pg_catalog.pg_sleep!sleeps",
                        "session setting:role",
                        "session channel:alerts",
                        "session setting:app.user_id",
                        "ddl operator:lab.+",
                        "ddl schema:lab",
                        "ddl type:lab.mood",
                        "select pg_catalog.pg_authid (rolname)",
                        "admin server program:*",
                        "admin code block:plpgsql")) {
            var hint = deny("developer", access).hint();
            var grant = hint.substring(hint.lastIndexOf('{') + 1);
            var set =
                    Fixtures.compile(
                            "database: clinic\nroles: { r: { grants: [{ id: g, " + grant + "] } }");
            assertThat(Fixtures.decide(set, Fixtures.subject("r"), access))
                    .as(access)
                    .isEqualTo(new Decision.Permit(Obligations.NONE, List.of("g")));
        }
    }

    @Test
    void whatNobodyCanBeGrantedIsNotAskedFor() {
        for (var access :
                List.of(
                        "session setting:sallyport.hash_inner",
                        "session setting:SALLYPORT.anything"))
            assertThat(deny("developer", "select x.t (a)", access).hint())
                    .isEqualTo(
                            "leave it out: settings under sallyport.* are the gateway's own, and"
                                    + " no grant is for them");
    }

    @Test
    void namesFromClientsCannotPaintTheTerminal() {
        var evil = new Resource.Other("channel", "", "a\u001b[2J\nb\u202Ec");
        var decision =
                decide(
                        "developer",
                        new Footprint(
                                StatementKind.LISTEN,
                                List.of(Access.of(Action.SESSION, evil)),
                                List.of(),
                                Set.of(),
                                List.of(),
                                true,
                                Map.of()));
        assertThat(decision.toString())
                .doesNotContain("\u001b", "\n", "\u202E")
                .contains("a?[2J?b?c");
    }

    @Test
    void namesThatNeedQuotesHaveThem() {
        var odd = new Resource.Relation("Odd Schema", "a\"b", Resource.RelationKind.TABLE);
        var access = Access.of(Action.DELETE, odd);
        assertThat(Wording.of(access)).isEqualTo("delete \"Odd Schema\".\"a\"\"b\"");
        var set =
                Fixtures.compile(
                        "database: clinic\n"
                                + "roles: { r: { grants: [{ id: g, allow: [delete], on: ['\"Odd"
                                + " Schema\".\"a\"\"b\"'] }] } }");
        assertThat(
                        new PolicyDecisionPoint(set)
                                .decide(
                                        Fixtures.request(
                                                Fixtures.subject("r"),
                                                ReferenceEvaluator.footprint(
                                                        StatementKind.DELETE, List.of(access)))))
                .isEqualTo(new Decision.Permit(Obligations.NONE, List.of("g")));
    }

    @Test
    void preparingNeedsWhatRunningNeeds() {
        var inner = Fixtures.footprint(StatementKind.SELECT, "select public.patients (ssn)");
        var prepare =
                new Footprint(
                        StatementKind.PREPARE,
                        List.of(),
                        List.of(),
                        Set.of(Effect.SESSION),
                        List.of(new SessionChange.Prepares("p", inner)),
                        true,
                        Map.of());
        assertThat(decide("developer", prepare)).isInstanceOf(Decision.Deny.class);
        assertThat(decide("developer", prepare).ruleIds()).containsExactly("no-ssn");
    }

    @Test
    void aFootprintThatHidesWhatItTouchesIsRefused() {
        for (var effect : List.of(Effect.DATA, Effect.SCHEMA, Effect.OUTSIDE))
            assertThat(
                            decide(
                                    "developer",
                                    new Footprint(
                                            StatementKind.SELECT,
                                            List.of(),
                                            List.of(),
                                            Set.of(effect),
                                            List.of(),
                                            true,
                                            Map.of())))
                    .isInstanceOf(Decision.Deny.class);
        assertThat(
                        decide(
                                "developer",
                                new Footprint(
                                        StatementKind.TRANSACTION,
                                        List.of(),
                                        List.of(),
                                        Set.of(Effect.TRANSACTION),
                                        List.of(),
                                        true,
                                        Map.of())))
                .isInstanceOf(Decision.Permit.class);
    }

    @Test
    void anErrorInsideDenies() {
        // Nested far deeper than PostgreSQL allows: the evaluation gives up.
        var footprint = Fixtures.footprint(StatementKind.SELECT);
        for (int i = 0; i < 20; i++)
            footprint =
                    new Footprint(
                            StatementKind.PREPARE,
                            List.of(),
                            List.of(),
                            Set.of(),
                            List.of(new SessionChange.Prepares("p", footprint)),
                            true,
                            Map.of());
        assertThat(decide("developer", footprint))
                .asInstanceOf(type(Decision.Deny.class))
                .extracting(Decision.Deny::reason)
                .isEqualTo(
                        "the policy could not be evaluated (IllegalArgumentException), so the"
                                + " statement is refused");
    }

    @Test
    void onlyThoseWithARoleMayConnect() {
        var point = new PolicyDecisionPoint(clinic);
        assertThat(point.mayConnect(Fixtures.subject("developer"), "clinic"))
                .isInstanceOf(Decision.Permit.class);
        assertThat(point.mayConnect(Fixtures.subject("stranger"), "clinic"))
                .isInstanceOf(Decision.Deny.class);
        assertThat(point.mayConnect(new Subject("nobody", Set.of(), Map.of()), "clinic"))
                .isInstanceOf(Decision.Deny.class);
        assertThat(point.mayConnect(Fixtures.subject("developer"), "lab"))
                .asInstanceOf(type(Decision.Deny.class))
                .extracting(Decision.Deny::reason)
                .isEqualTo("no policy is about database lab");
        assertThat(
                        new PolicyDecisionPoint(PolicySet.EMPTY)
                                .mayConnect(Fixtures.subject("developer"), "clinic"))
                .isInstanceOf(Decision.Deny.class);
    }

    private Decision decide(String role, Footprint footprint) {
        return new PolicyDecisionPoint(clinic)
                .decide(Fixtures.request(Fixtures.subject(role), footprint));
    }

    private Decision.Deny deny(String role, String... accesses) {
        return (Decision.Deny) Fixtures.decide(clinic, Fixtures.subject(role), accesses);
    }
}
