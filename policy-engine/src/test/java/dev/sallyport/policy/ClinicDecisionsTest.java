package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.StatementKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The example policy, case by case, as in `clinic-decisions.txt`.
class ClinicDecisionsTest {
    private final PolicySet clinic = Fixtures.clinic();

    @TestFactory
    Stream<DynamicTest> decidesAsTheTableSays() throws IOException {
        List<String> lines;
        try (var in =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        getClass().getResourceAsStream("clinic-decisions.txt")),
                                StandardCharsets.UTF_8))) {
            lines = in.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList();
        }
        assertThat(lines).hasSizeGreaterThan(50);
        return lines.stream().map(line -> DynamicTest.dynamicTest(line, () -> check(line)));
    }

    private void check(String line) {
        var cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        assertThat(cells).hasSize(4);
        var subject = Fixtures.subject(cells.get(0).split("\\+"));
        var kind = StatementKind.valueOf(cells.get(1));
        var accesses =
                Arrays.stream(cells.get(2).split(";"))
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .toArray(String[]::new);

        var decision = Fixtures.decide(clinic, subject, kind, accesses);

        var expected = cells.get(3);
        switch (decision) {
            case Decision.Permit p ->
                    assertThat(("permit " + String.join(" ", p.ruleIds())).strip())
                            .isEqualTo(expected);
            case Decision.Deny d -> assertThat("deny " + d.reason()).startsWith(expected);
        }
    }
}
