package dev.sallyport.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.parser.Json;
import dev.sallyport.sql.written.WrittenNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Acceptance of what a real MariaDB accepted, and every table that it opened for it.
class MySqlCorpusTest {
    private static final Path CORPORA =
            Path.of(System.getProperty("sallyport.corpora", "/work/shared/corpora"));

    private static final Set<String> QUERIES_AND_DML =
            Set.of(
                    "select", "insert", "update", "delete", "replace", "with", "values", "load",
                    "do");

    @Test
    void understandsWhatTheServerAccepts() throws IOException {
        int all = 0;
        int understood = 0;
        int queries = 0;
        int queriesUnderstood = 0;
        var refused = new ArrayList<String>();
        for (String line : lines("mysql-accepted.jsonl.gz")) {
            String sql = Json.string(line, "sql");
            boolean query = QUERIES_AND_DML.contains(Json.string(line, "kind"));
            all++;
            if (query) queries++;
            switch (WrittenNames.in(new SqlText(sql), Dialect.MARIADB)) {
                case WrittenNames.Result.Refused(Analysis.NotUnderstood answer) ->
                        refused.add(answer.reason() + "\n    " + sql.replace("\n", "\n    "));
                case WrittenNames.Result.Found _ -> {
                    understood++;
                    if (query) queriesUnderstood++;
                }
            }
        }
        Path out = Files.createDirectories(Path.of("target", "corpus"));
        Files.write(out.resolve("mysql-refused.txt"), refused);
        String summary =
                "queries and DML %d of %d, all %d of %d"
                        .formatted(queriesUnderstood, queries, understood, all);
        assertThat(queriesUnderstood).as(summary).isGreaterThanOrEqualTo((int) (queries * 0.995));
        assertThat(understood).as(summary).isGreaterThanOrEqualTo((int) (all * 0.97));
    }

    @Test
    void missesNoTableThatTheServerOpened() throws IOException {
        int all = 0;
        int understood = 0;
        var missed = new ArrayList<String>();
        for (String line : lines("mysql-tables.jsonl.gz")) {
            String sql = Json.string(line, "sql");
            all++;
            if (!(WrittenNames.in(new SqlText(sql), Dialect.MARIADB)
                    instanceof WrittenNames.Result.Found)) continue;
            understood++;
            Set<String> opened = new TreeSet<>();
            for (String name : Json.strings(line, "rels"))
                opened.add(name.toLowerCase(Locale.ROOT));
            Set<String> found = Written.relations(sql, Dialect.MARIADB);
            if (!found.containsAll(opened)) missed.add(opened + " but " + found + ": " + sql);
        }
        assertThat(missed).isEmpty();
        assertThat(understood).isGreaterThanOrEqualTo((int) (all * 0.995));
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
