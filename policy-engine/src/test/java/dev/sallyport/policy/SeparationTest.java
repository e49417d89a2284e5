package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.UsersFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nobody holds what a separation rule keeps apart: not in the users' file, not in a session, not
/// in a decision.
class SeparationTest {
    private static final String CLINIC =
            """
            database: clinic
            separation:
              - { id: author-is-not-user, exclusive: [author, developer, billing] }
              - { id: auditor-is-only-that, exclusive: [auditor, "*"], because: who audits is audited by nobody else }
            roles:
              developer: { grants: [{ id: dev, allow: [select], on: [public.*] }] }
              billing: { grants: [{ id: bill, allow: [select], on: [public.*] }] }
              physician: { grants: [{ id: phy, allow: [select], on: [public.*] }] }
              author: { duty: true, purpose: Writes policies }
            """;

    private static final String AUDIT =
            """
            database: audit
            roles:
              auditor: { grants: [{ id: aud, allow: [select], on: [public.*] }] }
            """;

    private static final String VERIFIER =
            "SCRAM-SHA-256$4096:YWJjZGVmZ2hpamtsbW5v$vqjYvrqoR9vkqlIlUFvGNSw3Ju3c4Vd2sDPTkNvuTsc=:"
                    + "hTHkOYzKWHMmCVmvSQC9mXXGDFLRFyBGcyZHxAQ2oFE=";

    private final PolicySet policies = Fixtures.compile(CLINIC, AUDIT);

    @TempDir Path folder;

    @Test
    void whoHoldsBothIsRefusedASessionAndEveryStatement() {
        var both = Fixtures.subject("developer", "author");
        var point = new PolicyDecisionPoint(policies);
        for (var decision :
                List.of(
                        point.mayConnect(both, "clinic"),
                        Fixtures.decide(policies, both, "select public.t (a)")))
            assertThat(decision)
                    .isInstanceOfSatisfying(
                            Decision.Deny.class,
                            deny -> {
                                assertThat(deny.ruleIds()).containsExactly("author-is-not-user");
                                assertThat(deny.reason())
                                        .isEqualTo(
                                                "you hold the roles author and developer, which"
                                                        + " rule author-is-not-user keeps apart");
                            });
        assertThat(point.mayConnect(Fixtures.subject("developer", "physician"), "clinic"))
                .isInstanceOf(Decision.Permit.class);
    }

    /// Defined in another file, about another database: roles are the person's.
    @Test
    void theStarIsEveryOtherRole() {
        assertThat(policies.conflict(Set.of("auditor"))).isEmpty();
        for (var role : List.of("developer", "physician", "author", "unheard-of"))
            assertThat(policies.conflict(Set.of("auditor", role)).orElseThrow().words())
                    .contains("auditor", role, "auditor-is-only-that")
                    .endsWith(": who audits is audited by nobody else");
    }

    @Test
    void aDutyGivesNoAccess() {
        var point = new PolicyDecisionPoint(policies);
        assertThat(point.mayConnect(Fixtures.subject("author"), "clinic"))
                .isInstanceOfSatisfying(
                        Decision.Deny.class,
                        deny ->
                                assertThat(deny.hint())
                                        .contains("developer")
                                        .doesNotContain("author"));
        assertThat(policies.dataRoles(Set.of("author", "billing"))).containsExactly("billing");
    }

    /// Against the definition, word by word.
    @Test
    void everySetOfRoles() {
        var random = new Random(11);
        var names = List.of("a", "b", "c", "d", "e");
        for (int round = 0; round < 2_000; round++) {
            var exclusive = some(names, random);
            var roles = some(names, random);
            boolean star = random.nextBoolean();
            boolean conflict = false;
            for (var x : roles)
                for (var y : roles)
                    conflict |=
                            !x.equals(y)
                                    && exclusive.contains(x)
                                    && (star || exclusive.contains(y));
            assertThat(new Separation("s", exclusive, star, "").conflict(roles).isPresent())
                    .as("%s %s of %s", exclusive, star, roles)
                    .isEqualTo(conflict);
        }
    }

    private static Set<String> some(List<String> names, Random random) {
        var some = new HashSet<String>();
        for (var name : names) if (random.nextBoolean()) some.add(name);
        return some;
    }

    @Test
    void theUsersFileIsHeldToIt() throws Exception {
        var file = folder.resolve("users.yaml");
        Files.writeString(
                file,
                """
                users:
                  - { name: ann, roles: [developer], verifier: "%1$s" }
                  - { name: ben, roles: [billing, physician, author], verifier: "%2$s", disabled: true }
                  - { name: cleo, roles: [auditor, physician], verifier: "%3$s" }
                """
                        .formatted(
                                VERIFIER,
                                VERIFIER.replace("YWJj", "YWJk"),
                                VERIFIER.replace("YWJj", "YWJl")));
        var errors = new ArrayList<ConfigError>();
        UsersFile users = ConfigLoader.readUsers(file, errors::add).orElseThrow();
        assertThat(errors).isEmpty();
        var result =
                PolicyCompiler.compile(
                        List.of(Fixtures.parse(CLINIC), Fixtures.parse("audit.yaml", AUDIT)),
                        users);
        assertThat(result).isInstanceOf(PolicyCompiler.Rejected.class);
        assertThat(((PolicyCompiler.Rejected) result).errors())
                .extracting(e -> e.toString().replace(folder + "/", ""))
                .containsExactly(
                        "users.yaml:3:46: user 'ben' holds the roles author and billing, which"
                                + " rule author-is-not-user keeps apart",
                        "users.yaml:4:36: user 'cleo' holds the roles auditor and physician, which"
                                + " rule auditor-is-only-that keeps apart: who audits is audited by"
                                + " nobody else");
    }

    @Test
    void itIsPartOfTheVersionAndOfTheDifference() {
        var without =
                Fixtures.compile(
                        CLINIC.replace("author, developer, billing", "author, developer"), AUDIT);
        assertThat(without.version()).isNotEqualTo(policies.version());
        assertThat(PolicyDiff.between(policies, without))
                .containsExactly(
                        "separation rule author-is-not-user changed from: nobody holds two of"
                                + " author, billing, developer; to: nobody holds two of author,"
                                + " developer");
        assertThat(
                        Fixtures.compile(
                                        CLINIC.replace(
                                                "author, developer, billing",
                                                "billing, author, developer"),
                                        AUDIT)
                                .version())
                .isEqualTo(policies.version());
    }
}
