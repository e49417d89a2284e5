package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Statements with tokens dropped, swapped, doubled, moved and borrowed, and what the parsers of
/// PostgreSQL 15 to 18 say about each: where both accept, nothing that they name may be missed.
///
/// `mutants.jsonl.gz` was made by `conformance/mutants/truth.mjs`; its README says how. With
/// `-Dsallyport.mutants=FILE` another file is taken.
class MutantsTest {
    private static final Set<String> QUERIES_AND_DML =
            Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt");

    /// Words that some versions do not know as keywords: for other texts the version is nothing.
    private static final Pattern VERSIONED =
            Pattern.compile("json|merge_action|system_user", Pattern.CASE_INSENSITIVE);

    @Test
    void missesNothingOfWhatPostgresNames() throws IOException {
        var counts = new Counts();
        try (InputStream in = open();
                var lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            lines.lines().forEach(counts::judge);
        }
        counts.check(20_000);
    }

    private static InputStream open() throws IOException {
        String file = System.getProperty("sallyport.mutants");
        return file != null
                ? Files.newInputStream(Path.of(file))
                : Objects.requireNonNull(MutantsTest.class.getResourceAsStream("mutants.jsonl.gz"));
    }

    /// What a run over any number of mutants adds up to; the first of each kind of difference is
    /// kept.
    static final class Counts {
        int mutants;
        int accepted;
        int understood;
        int invalid;
        int invalidUnderstood;
        int wrongCount;
        int refusedCount;
        final List<String> wrong = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        final List<String> invalidAccepted = new ArrayList<>();

        void judge(String line) {
            mutants++;
            String sql = Json.string(line, "sql");
            if (line.endsWith("\"refused\":true}")) {
                invalid++;
                if (parse(sql, 18) instanceof ParseResult.Parsed) {
                    invalidUnderstood++;
                    keep(invalidAccepted, sql);
                }
                return;
            }
            accepted++;
            int version = Json.number(line, "version");
            int from = Json.number(line, "from");
            judge(sql, line, version);
            if (from < version && VERSIONED.matcher(sql).find()) judge(sql, line, from);
        }

        private void judge(String sql, String line, int version) {
            switch (parse(sql, version)) {
                case ParseResult.Refused refusal -> {
                    refusedCount++;
                    keep(refused, version + " " + refusal + "\n    " + sql);
                }
                case ParseResult.Parsed parsed -> {
                    understood++;
                    compare(sql, line, version, parsed);
                }
            }
        }

        private void compare(String sql, String line, int version, ParseResult.Parsed parsed) {
            Mentioned mentioned = Mentioned.in(FixturesTest.statements(parsed));
            Set<String> relations = new TreeSet<>(Json.strings(line, "rels"));
            Set<String> functions = new TreeSet<>(Json.strings(line, "funcs"));
            // PostgreSQL keeps the names of most definitions as plain lists: there we say more
            // than its tree does, never less.
            boolean exact =
                    QUERIES_AND_DML.containsAll(List.of(Json.string(line, "kind").split(" ")));
            boolean right =
                    exact
                            ? mentioned.relations.equals(relations)
                                    && mentioned.functions.equals(functions)
                            : mentioned.relations.containsAll(relations)
                                    && mentioned.functions.containsAll(functions);
            if (right) return;
            wrongCount++;
            keep(
                    wrong,
                    "%d: %s%n    has %s %s%n    not %s %s"
                            .formatted(
                                    version,
                                    sql,
                                    relations,
                                    functions,
                                    mentioned.relations,
                                    mentioned.functions));
        }

        private static ParseResult parse(String sql, int version) {
            try {
                return PostgresParser.parse(
                        new SqlText(sql), new LexMode(true, Integer.MAX_VALUE, version, true));
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(sql, e);
            }
        }

        private static void keep(List<String> list, String example) {
            if (list.size() < 2_000) list.add(example);
        }

        String summary() {
            return "%,d mutants: %,d that a PostgreSQL accepts, wrong %,d, refused by us %,d (%.2f %%); %,d that none accepts, accepted by us %,d (%.2f %%)"
                    .formatted(
                            mutants,
                            accepted,
                            wrongCount,
                            refusedCount,
                            100.0 * refusedCount / Math.max(1, accepted),
                            invalid,
                            invalidUnderstood,
                            100.0 * invalidUnderstood / Math.max(1, invalid));
        }

        /// Writes what was found so far to `target/mutants`.
        String report() {
            String summary = summary();
            try {
                Path out = Files.createDirectories(Path.of("target", "mutants"));
                Files.write(out.resolve("wrong.txt"), wrong);
                Files.write(out.resolve("refused.txt"), refused);
                Files.write(out.resolve("invalid-accepted.txt"), invalidAccepted);
                Files.writeString(out.resolve("summary.txt"), summary);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return summary;
        }

        /// @param atLeast how many mutants there must have been
        void check(int atLeast) {
            String summary = report();
            System.out.println(summary);
            assertThat(wrong).as(summary).isEmpty();
            assertThat(mutants).as(summary).isGreaterThanOrEqualTo(atLeast);
            assertThat(refusedCount).as(summary).isLessThanOrEqualTo(accepted / 50);
            assertThat(invalidUnderstood).as(summary).isLessThanOrEqualTo(invalid / 20);
        }
    }
}
