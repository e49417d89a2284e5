package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Acceptance against PostgreSQL's own regression suite, with the truth of its own parser.
class CorpusTest {
    static final Path CORPORA =
            Path.of(System.getProperty("sallyport.corpora", "/work/shared/corpora"));

    private static final Set<String> QUERIES_AND_DML =
            Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt");

    @Test
    void understandsTheRegressionSuite() throws IOException {
        int all = 0;
        int accepted = 0;
        int queries = 0;
        int queriesAccepted = 0;
        var refusals = new ArrayList<String>();
        var mistakes = new ArrayList<String>();
        var shallow = new ArrayList<String>();
        var byKind = new TreeMap<String, int[]>();
        for (String line : lines("postgres-regress.jsonl.gz")) {
            String sql = Json.string(line, "sql");
            String kind = Json.string(line, "kind");
            boolean query = QUERIES_AND_DML.contains(kind);
            all++;
            if (query) queries++;
            int[] counts = byKind.computeIfAbsent(kind, _ -> new int[2]);
            counts[0]++;
            switch (PostgresParser.parse(new SqlText(sql), LexMode.STANDARD)) {
                case ParseResult.Refused refused ->
                        refusals.add(kind + " " + refused + "\n    " + sql.replace("\n", "\n    "));
                case ParseResult.Parsed parsed -> {
                    accepted++;
                    counts[1]++;
                    if (query) queriesAccepted++;
                    var mentioned =
                            Mentioned.in(
                                    parsed.statements().stream()
                                            .map(ParseResult.ParsedStatement::statement)
                                            .toList());
                    var wrong = new StringBuilder();
                    Set<String> rels = new TreeSet<>(Json.names(line, "rels"));
                    Set<String> functions = new TreeSet<>(Json.strings(line, "funcs"));
                    // PostgreSQL keeps the names of most definitions as plain lists: there we say
                    // more than its tree does, never less.
                    if (query
                            ? !mentioned.relations.equals(rels)
                            : !mentioned.relations.containsAll(rels))
                        wrong.append("relations ")
                                .append(mentioned.relations)
                                .append(" want ")
                                .append(rels);
                    if (query
                            ? !mentioned.functions.equals(functions)
                            : !mentioned.functions.containsAll(functions))
                        wrong.append(" functions ")
                                .append(mentioned.functions)
                                .append(" want ")
                                .append(functions);
                    if (!wrong.isEmpty())
                        (query ? mistakes : shallow)
                                .add(kind + " " + wrong + "\n    " + sql.replace("\n", "\n    "));
                }
            }
        }
        var report = new StringBuilder();
        byKind.forEach((kind, n) ->
                report.append(
                        "%-28s %5d %5d refused %d%n".formatted(kind, n[0], n[1], n[0] - n[1])));
        Path out = Files.createDirectories(Path.of("target", "corpus"));
        Files.writeString(out.resolve("kinds.txt"), report);
        Files.write(out.resolve("refused.txt"), refusals);
        Files.write(out.resolve("mistakes.txt"), mistakes);
        Files.write(out.resolve("shallow.txt"), shallow);
        String summary =
                "queries and DML %d of %d (%.2f %%), all %d of %d (%.2f %%), mistakes %d, other differences %d"
                        .formatted(
                                queriesAccepted,
                                queries,
                                100.0 * queriesAccepted / queries,
                                accepted,
                                all,
                                100.0 * accepted / all,
                                mistakes.size(),
                                shallow.size());
        Files.writeString(out.resolve("summary.txt"), summary);
        assertThat(mistakes).as(summary).isEmpty();
        assertThat(shallow).as(summary).isEmpty();
        assertThat(queriesAccepted).as(summary).isGreaterThanOrEqualTo((int) (queries * 0.995));
        assertThat(accepted).as(summary).isGreaterThanOrEqualTo((int) (all * 0.97));
    }

    @Test
    void refusesWhatPostgresRefuses() throws IOException {
        int all = 0;
        var accepted = new ArrayList<String>();
        for (String line : lines("postgres-invalid.jsonl.gz")) {
            all++;
            String sql = Json.string(line, "sql");
            if (PostgresParser.parse(new SqlText(sql), LexMode.STANDARD)
                    instanceof ParseResult.Parsed)
                accepted.add(Json.string(line, "err") + "\n    " + sql.replace("\n", "\n    "));
        }
        Path out = Files.createDirectories(Path.of("target", "corpus"));
        Files.write(out.resolve("invalid-accepted.txt"), accepted);
        assertThat(accepted.size())
                .as("accepted %d of %d invalid statements", accepted.size(), all)
                .isLessThanOrEqualTo(all / 100);
    }

    private static List<String> lines(String name) throws IOException {
        Path file = CORPORA.resolve(name);
        Assumptions.assumeTrue(Files.exists(file), () -> file + " is absent: corpus test skipped");
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }
}
