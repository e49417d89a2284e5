package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.config.ConfigLoader;
import dev.sallyport.sql.access.StatementKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Damaged policies are refused in words, or mean something: nothing throws, from the reader to the
/// decision. A failure prints the seed.
class PolicyFuzzTest {
    private static final int ROUNDS = 6_000;

    private static final List<String> WORDS =
            List.of(
                    "mask: redact",
                    "mask: { ssn: 'null' }",
                    "rows: true",
                    "when: 'true'",
                    "subject.name",
                    "subject.attributes.x",
                    "now",
                    "&&",
                    "(",
                    ")",
                    "'",
                    "\"",
                    "{",
                    "}",
                    "[",
                    "]",
                    ":",
                    ",",
                    "\n",
                    "- ",
                    "*",
                    "phi.*",
                    "phi.name",
                    "safe-harbor",
                    "partial(keepLast: 4)",
                    "bucket(0)",
                    "hash",
                    "limit: { rows: 1 }",
                    "force:",
                    "select",
                    "public.patients",
                    "\u00e9",
                    "\ud83d\ude00",
                    "--",
                    ";",
                    "$1",
                    "\\");

    @Test
    void nothingThrows() throws IOException {
        long seed = Long.getLong("sallyport.seed", 20261123);
        var random = new Random(seed);
        var good = examples();
        int compiled = 0;
        for (int i = 0; i < ROUNDS; i++) {
            var text = new StringBuilder(good.get(random.nextInt(good.size())));
            for (int n = random.nextInt(1, 4); n > 0; n--) damage(text, random);
            try {
                var file = ConfigLoader.parsePolicy(Path.of("p.yaml"), text.toString(), _ -> {});
                if (file.isEmpty()) continue;
                var result = PolicyCompiler.compile(List.of(file.get()), Fixtures.NOBODY);
                if (!(result instanceof PolicyCompiler.Compiled(var policies))) continue;
                compiled++;
                decide(policies);
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + ", round " + i + ":\n" + text, e);
            }
        }
        assertThat(compiled).as("some survive").isGreaterThan(ROUNDS / 100);
    }

    private static void decide(PolicySet policies) {
        var database = policies.databases().iterator().next();
        var subject = new Subject("dana", Set.copyOf(policies.roles()), Map.of("unit", "x"));
        var decision =
                new PolicyDecisionPoint(policies)
                        .decide(
                                new AccessRequest(
                                        subject,
                                        database,
                                        Fixtures.footprint(
                                                StatementKind.SELECT,
                                                "select public.patients (id, ssn, birth_date)",
                                                "select public.encounters (note)"),
                                        Fixtures.CIRCUMSTANCES));
        if (decision instanceof Decision.Deny d)
            assertThat(d.reason()).doesNotContain("could not be evaluated");
        PolicyLint.of(policies);
        PolicyDiff.between(PolicySet.EMPTY, policies);
        NativeGrants.of(policies, database, "p_");
    }

    private static void damage(StringBuilder text, Random random) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0 -> text.insert(at, WORDS.get(random.nextInt(WORDS.size())));
            case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(1, 20)));
            case 2 -> {
                int end = Math.min(text.length(), at + random.nextInt(1, 60));
                text.insert(random.nextInt(text.length()), text.substring(at, end));
            }
            default -> text.setCharAt(at, (char) random.nextInt(32, 127));
        }
    }

    private static List<String> examples() throws IOException {
        var texts = new ArrayList<String>();
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/policy-language.md")))
                .results()
                .map(m -> m.group(1))
                .forEach(texts::add);
        texts.add(Files.readString(Fixtures.clinicFile()));
        return texts;
    }
}
