package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              a:
                purpose: A
                grants:
                  - { id: one, allow: [select, update(x, y)], on: [public.t, public.u] }
                  - { id: two, allow: [select], on: [public.v], columns: [p, q], definer: true }
              b:
                grants:
                  - { id: three, allow: [execute], on: [public.f] }
            deny:
              - { id: four, actions: [select], on: [public.t], columns: [z], except: [a, b], because: it is so }
            """;

    private static final String SAME_IN_OTHER_WORDS =
            """
            # comments don't count
            deny:
              - id: four
                because: "it is so"
                except: [b, a]
                columns: ["z"]
                actions: [select]
                on: [public.t]
            roles:
              b: { grants: [{ on: [public.f], id: three, allow: [execute] }] }
              a:
                grants:
                  - { id: two, allow: [select], on: [public.v], columns: [q, p], definer: true }
                  - { id: one, allow: [update(y, x), select], on: [public.u, public.t] }
                purpose: A
            database: clinic
            """;

    @Test
    void layoutAndOrderDoNotMatter() {
        assertThat(Fixtures.compile(SAME_IN_OTHER_WORDS).version())
                .isEqualTo(Fixtures.compile(POLICY).version())
                .hasSize(64);
        assertThat(
                        PolicyDiff.between(
                                Fixtures.compile(POLICY), Fixtures.compile(SAME_IN_OTHER_WORDS)))
                .isEmpty();
    }

    @Test
    void theVersionOfARuleSetNeverChanges() {
        // Audit entries of years ago name this version: a change of the canonical form needs a new
        // number in it.
        assertThat(Fixtures.compile(POLICY).version())
                .isEqualTo("c1567b8a91f4c5ecf7b1aa58ad3f2be90b73433b86b369640633ec0d4fb41d14");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id: one | id: won",
                "allow: [execute] | allow: [ddl]",
                "update(x, y) | update(x)",
                "on: [public.v] | on: [public.w]",
                "on: [public.v] | on: [public.v*]",
                "columns: [p, q] | columns: [p]",
                "', columns: [p, q]' | ''",
                "definer: true | definer: false",
                "purpose: A | purpose: B",
                "except: [a, b] | except: [a]",
                "because: it is so | because: it was so",
                "columns: [z] | columns: [w]",
                "database: clinic | database: lab",
                "b: | c:",
            })
    void everyChangeOfARuleChangesIt(String from, String to) {
        assertThat(POLICY).contains(from);
        var changed = POLICY.replace(from, to);
        if (from.equals("b:")) changed = changed.replace("except: [a, b]", "except: [a, c]");
        var before = Fixtures.compile(POLICY);
        var after = Fixtures.compile(changed);
        assertThat(after.version()).isNotEqualTo(before.version());
        assertThat(PolicyDiff.between(before, after)).isNotEmpty();
    }

    @Test
    void theDifferenceIsToldInWords() {
        var after =
                POLICY.replace(
                                        "      - { id: two, allow: [select], on: [public.v],"
                                                + " columns: [p, q], definer: true }\n",
                                        "")
                                .replace("update(x, y)", "update(x)")
                                .replace("except: [a, b]", "except: [a]")
                                .replace("  b:\n", "  b:\n    purpose: B\n")
                        + "  - { id: five, actions: [truncate], on: [\"*\"] }\n";
        assertThat(PolicyDiff.between(Fixtures.compile(POLICY), Fixtures.compile(after)))
                .containsExactly(
                        "database clinic, deny rule five added: deny truncate on *",
                        "database clinic, deny rule four changed from: deny select (z) on public.t"
                            + " except for a, b because it is so; to: deny select (z) on public.t"
                            + " except for a because it is so",
                        "database clinic, role a, grant one changed from: allow select, update (x,"
                            + " y) on public.t, public.u; to: allow select, update (x) on public.t,"
                            + " public.u",
                        "database clinic, role a, grant two removed; it was: allow select (p, q) on"
                                + " public.v, definer",
                        "database clinic, role b changed from: (nothing); to: B");
        assertThat(PolicyDiff.between(PolicySet.EMPTY, Fixtures.compile(POLICY)))
                .hasSize(7)
                .startsWith("database clinic added");
    }
}
