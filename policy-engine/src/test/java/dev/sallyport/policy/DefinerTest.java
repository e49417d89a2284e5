package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// `definer: true`: what a view reads needs no grant, where everything that the statement does with
/// the view is covered by such grants.
class DefinerTest {
    private static final String VIEW = "select a.v_outer (x)";

    @Test
    void withoutItTheBaseNeedsAGrant() {
        var plain = policy("{ id: g, allow: [select], on: [a.v_outer] }");
        assertThat(permits(plain, VIEW)).isTrue();
        assertThat(permits(plain, VIEW, "select a.t (x) via a.v_outer")).isFalse();
    }

    @Test
    void itReachesThroughViewsInsideTheView() {
        var outer = policy("{ id: g, allow: [select], on: [a.v_outer], definer: true }");
        assertThat(
                        permits(
                                outer,
                                VIEW,
                                "select a.v_inner (x) via a.v_outer",
                                "select a.t (x) via a.v_inner"))
                .isTrue();
    }

    @Test
    void anotherWayToTheInnerViewNeedsItsOwnGrant() {
        var both =
                policy(
                        "{ id: g, allow: [select], on: [a.v_outer], definer: true }",
                        "{ id: h, allow: [select], on: [a.v_inner, a.v_other] }");
        assertThat(
                        permits(
                                both,
                                VIEW,
                                "select a.v_inner (x) via a.v_outer",
                                "select a.v_inner (x)",
                                "select a.t (x) via a.v_inner"))
                .isFalse();
        assertThat(
                        permits(
                                both,
                                VIEW,
                                "select a.v_inner (x) via a.v_outer",
                                "select a.v_other (x)",
                                "select a.v_inner (x) via a.v_other",
                                "select a.t (x) via a.v_inner"))
                .isFalse();
    }

    @Test
    void columnsGrantedOtherwiseDoNotCarryTheTrust() {
        var mixed =
                policy(
                        "{ id: g, allow: [select], on: [a.v_outer], columns: [x], definer: true }",
                        "{ id: h, allow: [select], on: [a.v_outer], columns: [y] }");
        assertThat(permits(mixed, "select a.v_outer (x)", "select a.t (x) via a.v_outer")).isTrue();
        assertThat(permits(mixed, "select a.v_outer (x, y)", "select a.t (x) via a.v_outer"))
                .isFalse();
    }

    @Test
    void itIsAboutReadingOnly() {
        var writer =
                policy(
                        "{ id: g, allow: [select, insert, update], on: [a.v_outer], definer: true"
                                + " }");
        assertThat(permits(writer, "insert a.v_outer (x)", "insert a.t (x) via a.v_outer"))
                .isFalse();
        assertThat(permits(writer, VIEW, "execute a.f via a.v_outer")).isTrue();
        assertThat(permits(writer, VIEW, "copy-out a.v_outer", "select a.t (x) via a.v_outer"))
                .isFalse();
    }

    @Test
    void aViewThatNamesItselfTrustsNobody() {
        var outer = policy("{ id: g, allow: [select], on: [a.u] }");
        assertThat(
                        permits(
                                outer,
                                "select a.v_x (x) via a.v_y",
                                "select a.v_y (x) via a.v_x",
                                "select a.t (x) via a.v_x"))
                .isFalse();
    }

    private static PolicySet policy(String... grants) {
        return Fixtures.compile(
                "database: clinic\nroles: { r: { grants: [" + String.join(", ", grants) + "] } }");
    }

    private static boolean permits(PolicySet policies, String... accesses) {
        return Fixtures.decide(policies, Fixtures.subject("r"), accesses)
                instanceof Decision.Permit;
    }
}
