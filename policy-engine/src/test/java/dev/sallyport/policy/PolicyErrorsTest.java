package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is well-formed YAML and still no policy: every mistake at once, where it is.
class PolicyErrorsTest {
    @Test
    void allMistakesAreReportedAtOnce() {
        assertThat(
                        Fixtures.errors(
                                """
                                database: clinic
                                roles:
                                  developer:
                                    grants:
                                      - { id: a, allow: [selekt, insrt], on: [public.patients] }
                                      - { id: a, allow: [select, select], on: [public.*, public.*] }
                                      - { id: c, allow: [select], on: [patients, "*.patients", public.Patients, public.pat*nts, roles:x, "role:"] }
                                      - { id: d, allow: [select, delete], on: [public.patients], columns: [id, id, SSN, "*"] }
                                      - { id: e, allow: [delete(id), execute], on: [public.patients] }
                                      - { id: f, allow: [execute], on: [public.f], columns: [x] }
                                      - { id: g, allow: [select], on: [setting:role, type:mood] }
                                      - { id: h, allow: [insert], on: [public.t], definer: true }
                                      - { id: i, allow: [admin], on: ["*"] }
                                deny:
                                  - { id: j, actions: [select], on: ["*"], except: [develper, developer, developer] }
                                  - { id: c, actions: [drop], on: ["*"] }
                                """))
                .containsExactly(
                        "policy.yaml:5:26: there is no action 'selekt'; did you mean 'select'?",
                        "policy.yaml:5:34: there is no action 'insrt'; did you mean 'insert'?",
                        "policy.yaml:6:15: there is a rule 'a' already, in policy.yaml:5:15: audit"
                                + " entries name rules by id, so each needs its own",
                        "policy.yaml:6:34: action 'select' is listed twice",
                        "policy.yaml:6:58: 'public.*' is listed twice",
                        "policy.yaml:7:40: 'patients' needs its schema, as public.patients; \"*\""
                                + " alone means everything",
                        "policy.yaml:7:50: '*.patients': a schema is named in full; write \"*\" for"
                                + " everything, or one entry for each schema",
                        "policy.yaml:7:64: 'public.Patients' has capitals: SQL folds names to lower"
                            + " case, so write public.patients, or \"Patients\" in double quotes if"
                            + " it was created so",
                        "policy.yaml:7:81: 'public.pat*nts': '*' stands only at the end of a name",
                        "policy.yaml:7:97: there is no kind 'roles'; did you mean 'role:'?",
                        "policy.yaml:7:106: 'role:' needs a name, or '*' for all",
                        "policy.yaml:8:34: 'columns' can't restrict delete, which concerns the"
                                + " whole: put it into a rule of its own",
                        "policy.yaml:8:80: column 'id' is listed twice",
                        "policy.yaml:8:84: 'SSN' has capitals: SQL folds names to lower case, so"
                                + " write ssn, or \"SSN\" in double quotes if it was created so",
                        "policy.yaml:8:89: '*' is no column: leave 'columns' out to mean all of"
                                + " them",
                        "policy.yaml:9:26: 'delete' has no columns: write it without them",
                        "policy.yaml:10:26: 'columns' can't restrict execute, which concerns the"
                                + " whole: put it into a rule of its own",
                        "policy.yaml:10:62: none of the actions works on columns: remove 'columns'",
                        "policy.yaml:11:40: 'setting:role' can't be the object of select: those"
                                + " work on schema.name",
                        "policy.yaml:11:54: a type has a schema: write type:public.mood",
                        "policy.yaml:12:15: 'definer' is about reading through views: grant 'h'"
                                + " needs select",
                        "policy.yaml:13:39: \"*\" grants no admin: name what it is about, as"
                                + " setting:NAME, role:* or channel:*",
                        "policy.yaml:15:53: there is no role 'develper' to except; did you mean"
                                + " 'developer'?",
                        "policy.yaml:15:74: role 'developer' is listed twice",
                        "policy.yaml:16:11: there is a rule 'c' already, in policy.yaml:7:15: audit"
                                + " entries name rules by id, so each needs its own",
                        "policy.yaml:16:24: there is no action 'drop'; did you mean ddl?");
    }

    @Test
    void aRoleIsDefinedOnceForADatabase() {
        var one = Fixtures.parse("one.yaml", policy("clinic", "a"));
        var two = Fixtures.parse("two.yaml", policy("clinic", "b"));
        var other = Fixtures.parse("other.yaml", policy("lab", "c"));
        assertThat(errors(PolicyCompiler.compile(List.of(one, two), Fixtures.NOBODY)))
                .containsExactly(
                        "two.yaml:3:3: role 'r' of database clinic is defined already, in"
                                + " one.yaml:3:3: put its grants together");
        assertThat(errors(PolicyCompiler.compile(List.of(one, other), Fixtures.NOBODY))).isEmpty();
    }

    @Test
    void aPolicyWithoutRolesServesNobody() {
        assertThat(
                        Fixtures.errors(
                                "database: clinic\ndeny: [{ id: a, actions: [ddl], on: [\"*\"] }]"))
                .containsExactly(
                        "policy.yaml:1:11: no role is defined for database 'clinic': nobody could"
                                + " use it");
    }

    @Test
    void usersHaveRolesThatExist() {
        var users =
                ConfigLoader.parseUsers(
                                Path.of("users.yaml"),
                                """
                                users:
                                  - name: dana
                                    roles: [r, rr, nurse]
                                    verifier: "SCRAM-SHA-256$4096:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA=:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4="
                                """,
                                e -> {
                                    throw new AssertionError(e);
                                })
                        .orElseThrow();
        assertThat(
                        errors(
                                PolicyCompiler.compile(
                                        List.of(Fixtures.parse(policy("clinic", "a"))), users)))
                .containsExactly(
                        "users.yaml:3:16: user 'dana' has role 'rr', which no policy defines; did"
                                + " you mean 'r'?",
                        "users.yaml:3:20: user 'dana' has role 'nurse', which no policy defines;"
                                + " there are: r");
    }

    private static String policy(String database, String id) {
        return """
        database: %s
        roles:
          r:
            grants: [{ id: %s, allow: [select], on: [public.t] }]
        """
                .formatted(database, id);
    }

    private static List<String> errors(PolicyCompiler.Result result) {
        return switch (result) {
            case PolicyCompiler.Compiled _ -> List.of();
            case PolicyCompiler.Rejected r ->
                    r.errors().stream().map(ConfigError::toString).toList();
        };
    }
}
