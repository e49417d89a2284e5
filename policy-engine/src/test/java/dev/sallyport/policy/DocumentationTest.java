package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/policy-language.md` says what is so.
class DocumentationTest {
    private final String text = read();

    @Test
    void itsPoliciesCompile() {
        var blocks =
                Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                        .matcher(text)
                        .results()
                        .map(m -> m.group(1))
                        .toList();
        assertThat(blocks).isNotEmpty();
        blocks.forEach(Fixtures::compile);
    }

    @Test
    void itsPatternsAreUnderstood() {
        var table = text.substring(text.indexOf("| pattern |"), text.indexOf("Names are written"));
        var patterns =
                table.lines()
                        .skip(2)
                        .filter(l -> l.startsWith("|"))
                        .flatMap(l ->
                                Pattern.compile("`([^`]+)`").matcher(l.split("\\|")[1]).results())
                        .map((MatchResult m) -> m.group(1).replace("\"*\"", "*"))
                        .toList();
        assertThat(patterns).hasSizeGreaterThan(10);
        for (var pattern : patterns)
            assertThat(Fixtures.errors(policy(pattern))).as(pattern).isEmpty();
    }

    @Test
    void itNamesEveryAction() {
        for (var action : Action.values()) assertThat(text).contains("`" + action.word() + "`");
    }

    private static String policy(String pattern) {
        return "database: clinic\nroles: { r: { grants: [{ id: a, allow: [ddl], on: ['"
                + pattern
                + "'] }] } }";
    }

    private static String read() {
        try {
            return Files.readString(Path.of("../docs/policy-language.md"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
