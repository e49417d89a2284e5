package dev.sallyport.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The fixture tables: statements over `fixture-schema.sql` and everything that each one touches.
///
/// A case is `=== title`, the statement, `---`, and the answer as {@link FootprintText} writes it.
class FootprintFixtureTest {
    private record Case(String title, String sql, List<String> expected) {}

    @TestFactory
    List<DynamicTest> footprints() {
        return tests("footprints.txt");
    }

    /// The statements of known evasions, in words of our own, and their right answers.
    @TestFactory
    List<DynamicTest> evasions() {
        return tests("evasions.txt");
    }

    /// Every statement of the tables.
    static List<String> statements() {
        return Stream.of("footprints.txt", "evasions.txt")
                .flatMap(resource -> cases(resource).stream())
                .map(Case::sql)
                .toList();
    }

    private static List<DynamicTest> tests(String resource) {
        return cases(resource).stream()
                .map(fixture ->
                        DynamicTest.dynamicTest(
                                fixture.title,
                                () ->
                                        assertThat(answer(fixture.sql))
                                                .as(fixture.sql)
                                                .isEqualTo(fixture.expected)))
                .toList();
    }

    private static List<String> answer(String sql) {
        return FootprintText.analysis(
                new SqlAnalyzer()
                        .analyze(new SqlText(sql), SavedCatalog.context("pg_catalog", "public")));
    }

    private static List<Case> cases(String resource) {
        List<Case> cases = new ArrayList<>();
        String title = "";
        StringBuilder sql = new StringBuilder();
        List<String> expected = new ArrayList<>();
        boolean inAnswer = false;
        for (String line : (text(resource) + "\n=== end").split("\n")) {
            if (line.startsWith("=== ")) {
                if (!title.isEmpty())
                    cases.add(new Case(title, sql.toString().strip(), List.copyOf(expected)));
                title = line.substring(4);
                sql.setLength(0);
                expected.clear();
                inAnswer = false;
            } else if (line.startsWith("# ")) {
                continue;
            } else if (line.equals("---")) inAnswer = true;
            else if (!inAnswer) sql.append(line).append('\n');
            else if (!line.isBlank()) expected.add(line);
        }
        return cases;
    }

    private static String text(String resource) {
        try (InputStream in = FootprintFixtureTest.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + " is missing");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
