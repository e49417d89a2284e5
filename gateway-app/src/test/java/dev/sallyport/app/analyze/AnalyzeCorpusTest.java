package dev.sallyport.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What `sallyport analyze` answers without a catalog, against the truth of PostgreSQL's own
/// parser: our own fixture always, the corpora of its regression suite when they are there.
class AnalyzeCorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CORPORA =
            Path.of(System.getProperty("sallyport.corpora", "/work/shared/corpora"));
    private static final Set<String> QUERIES_AND_DML =
            Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt");

    /// Lists that PostgreSQL's parser keeps as relations though they name types or constraints.
    private static final Set<String> RELATIONS_TO_POSTGRES = Set.of("type", "constraint");

    @Test
    void missesNothingOfOurFixture() throws IOException {
        List<JsonNode> truth = lines(resource("truth.jsonl"));
        assertThat(truth).hasSizeGreaterThan(60);
        var measured = new Measured(truth, answers(resource("truth.jsonl")));
        assertThat(measured.missed).isEmpty();
        assertThat(measured.refused).isEmpty();
    }

    @Test
    void missesNothingOfTheRegressionSuite() throws IOException {
        byte[] corpus = corpus("postgres-regress.jsonl.gz");
        List<JsonNode> truth = lines(corpus);
        var measured = new Measured(truth, answers(corpus));
        System.out.println("analyze, regression suite: " + measured.summary());
        assertThat(truth).hasSizeGreaterThan(20_000);
        assertThat(measured.missed).as(measured.summary()).isEmpty();
        assertThat(measured.refusedQueries)
                .as(measured.summary())
                .isLessThanOrEqualTo(measured.queries * 5 / 1_000);
        assertThat(measured.refused.size())
                .as(measured.summary())
                .isLessThanOrEqualTo(truth.size() * 3 / 100);
    }

    /// As a script, statement behind statement: the same answers.
    @Test
    void missesNothingOfTheRegressionSuiteAsAScript() throws IOException {
        List<JsonNode> truth = new ArrayList<>(lines(corpus("postgres-regress.jsonl.gz")));
        // Rows would be expected behind these, and backslashes read differently behind those.
        truth.removeIf(line -> {
            String sql = line.get("sql").asText();
            return Pattern.compile("(?i)from\\s+stdin").matcher(sql).find()
                    || sql.contains("standard_conforming_strings")
                    || sql.contains("client_encoding")
                    || Pattern.compile("(?i)set_config").matcher(sql).find()
                    || Pattern.compile("(?i)set\\s+names").matcher(sql).find();
        });
        var script = new StringBuilder();
        for (JsonNode line : truth) script.append(line.get("sql").asText()).append("\n;\n");
        var out = new StringWriter();
        new Analyze(Optional.empty(), new PrintWriter(out))
                .script(
                        new ByteArrayInputStream(
                                script.toString().getBytes(StandardCharsets.UTF_8)));
        var measured = new Measured(truth, lines(out.toString().getBytes(StandardCharsets.UTF_8)));
        System.out.println("analyze, regression suite as a script: " + measured.summary());
        assertThat(measured.missed).as(measured.summary()).isEmpty();
        assertThat(measured.refused.size()).isLessThanOrEqualTo(truth.size() * 3 / 100);
    }

    @Test
    void refusesWhatPostgresRefuses() throws IOException {
        byte[] corpus = corpus("postgres-invalid.jsonl.gz");
        List<JsonNode> answers = answers(corpus);
        long accepted =
                answers.stream().filter(answer -> answer.get("understood").asBoolean()).count();
        System.out.println(
                "analyze, invalid: accepted %d of %d".formatted(accepted, answers.size()));
        assertThat(answers).hasSizeGreaterThan(2_000);
        assertThat(accepted).isLessThanOrEqualTo(answers.size() / 100);
        for (JsonNode answer : answers)
            if (!answer.get("understood").asBoolean()) {
                assertThat(answer.get("reason").asText()).isNotBlank();
                assertThat(answer.get("line").asInt()).isPositive();
                assertThat(answer.get("column").asInt()).isPositive();
            }
    }

    @Test
    void isNotEvaded() throws IOException {
        Path file = CORPORA.resolve("evasion-pg.sql");
        Assumptions.assumeTrue(Files.exists(file), () -> file + " is absent: SKIPPED");
        var header = Pattern.compile("(?m)^-- (\\d+)\\..*\\[tables: (.*)]$");
        var out = new StringWriter();
        new Analyze(Optional.empty(), new PrintWriter(out))
                .script(new ByteArrayInputStream(Files.readAllBytes(file)));
        List<JsonNode> answers = lines(out.toString().getBytes(StandardCharsets.UTF_8));
        var titles = header.matcher(Files.readString(file)).results().toList();
        assertThat(answers).hasSameSizeAs(titles).hasSizeGreaterThan(10);
        for (int i = 0; i < answers.size(); i++) {
            JsonNode answer = answers.get(i);
            if (!answer.get("understood").asBoolean()) continue; // refused is right, too
            String number = titles.get(i).group(1);
            // SQL inside a string: the function that runs it is named.
            if (number.equals("12"))
                assertThat(lastNames(answer, "functions")).contains("query_to_xml");
            else
                assertThat(lastNames(answer, "relations"))
                        .as(titles.get(i).group())
                        .containsExactlyInAnyOrder(titles.get(i).group(2).split(", "));
        }
    }

    // ---------------------------------------------------------------- measuring

    private static final class Measured {
        final List<String> missed = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        int queries;
        int refusedQueries;
        int relations;
        int functions;

        Measured(List<JsonNode> truth, List<JsonNode> answers) {
            assertThat(answers).hasSameSizeAs(truth);
            for (int i = 0; i < truth.size(); i++) compare(truth.get(i), answers.get(i));
        }

        private void compare(JsonNode truth, JsonNode answer) {
            String sql = truth.get("sql").asText();
            boolean query = QUERIES_AND_DML.contains(truth.get("kind").asText());
            if (query) queries++;
            if (!answer.get("understood").asBoolean()) {
                refused.add(sql);
                if (query) refusedQueries++;
                return;
            }
            Set<String> found = lastNames(answer, "relations");
            if (!query)
                for (JsonNode object : answer.get("objects"))
                    if (RELATIONS_TO_POSTGRES.contains(object.get("type").asText()))
                        found.add(last(object.get("name").asText()));
            Set<String> written = new TreeSet<>();
            for (JsonNode relation : answer.get("relations"))
                if (relation.get("access").asText().equals("write"))
                    written.add(last(relation.get("name").asText()));
            Set<String> named = new TreeSet<>();
            for (JsonNode relation : truth.get("rels")) {
                String name = relation.get("name").asText();
                relations++;
                named.add(name);
                if (!found.contains(name)) missed.add("relation " + name + ": " + sql);
                if (query
                        && relation.get("role").asText().equals("write")
                        && !written.contains(name)) missed.add("write of " + name + ": " + sql);
            }
            if (query && !named.containsAll(found))
                missed.add("relations " + found + " but " + named + ": " + sql);
            Set<String> called = new TreeSet<>();
            for (JsonNode function : answer.get("functions"))
                called.add(unquoted(function.get("name").asText()));
            for (JsonNode function : truth.get("funcs")) {
                functions++;
                if (!called.contains(function.asText()))
                    missed.add("function " + function.asText() + ": " + sql);
            }
        }

        String summary() {
            return "%d relations and %d functions, missed or wrong %d; refused %d, of %d queries and DML %d; missed: %s"
                    .formatted(
                            relations,
                            functions,
                            missed.size(),
                            refused.size(),
                            queries,
                            refusedQueries,
                            missed.subList(0, Math.min(20, missed.size())));
        }
    }

    private static Set<String> lastNames(JsonNode answer, String list) {
        Set<String> names = new TreeSet<>();
        for (JsonNode entry : answer.get(list)) names.add(last(entry.get("name").asText()));
        return names;
    }

    /// The last part of a name as answers write it, unquoted.
    private static String last(String name) {
        var part = Pattern.compile("\"((?:[^\"]|\"\")*)\"$|([^.\"]+)$").matcher(name);
        if (!part.find()) throw new AssertionError("no name: " + name);
        return part.group(1) != null ? part.group(1).replace("\"\"", "\"") : part.group(2);
    }

    private static String unquoted(String name) {
        return Pattern.compile("\"((?:[^\"]|\"\")*)\"")
                .matcher(name)
                .replaceAll(part ->
                        java.util.regex.Matcher.quoteReplacement(
                                part.group(1).replace("\"\"", "\"")));
    }

    // ---------------------------------------------------------------- reading

    private static List<JsonNode> answers(byte[] jsonLines) throws IOException {
        var out = new ByteArrayOutputStream();
        new Analyze(Optional.empty(), new PrintWriter(out, false, StandardCharsets.UTF_8))
                .jsonLines(new ByteArrayInputStream(jsonLines));
        return lines(out.toByteArray());
    }

    private static List<JsonNode> lines(byte[] text) throws IOException {
        var lines = new ArrayList<JsonNode>();
        var reader =
                new BufferedReader(
                        new InputStreamReader(
                                new ByteArrayInputStream(text), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine())
            lines.add(JSON.readTree(line));
        return lines;
    }

    private static byte[] corpus(String name) throws IOException {
        Path file = CORPORA.resolve(name);
        if (!Files.exists(file))
            System.err.println("SKIPPED: " + file + " is absent, so is this corpus test");
        Assumptions.assumeTrue(Files.exists(file), () -> file + " is absent: SKIPPED");
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(AnalyzeCorpusTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }
}
