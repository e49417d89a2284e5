package dev.sallyport.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.CatalogFile;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/// What each statement of a corpus costs once the JVM is warm: CPU time of the thread, so that a
/// busy machine makes little difference, and bytes allocated. The median of a statement's last
/// rounds counts for it; of all statements, the median, the 99th percentile, the worst.
///
/// PostgreSQL's regression suite is parsed only: its tables are in no catalog. What tools send when
/// they connect and inspect a schema is analysed as the gateway does it, catalog and all.
public final class CorpusTimes {
    private static final int WARM_UP_ROUNDS = 12;
    private static final int ROUNDS = 5;
    private static final ThreadMXBean THREADS =
            (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private CorpusTimes() {}

    /// @param args the analyzer's test resources, and the folder of the corpora
    /// @throws IOException a file is not where it should be
    public static void main(String[] args) throws IOException {
        var fixtures = Path.of(args[0]);
        var corpus = Path.of(args[1], "postgres-regress.jsonl.gz");
        if (Files.exists(corpus))
            report(
                    "parsed, PostgreSQL's regression suite",
                    regressionSuite(corpus),
                    sql ->
                            PostgresParser.parse(sql, LexMode.STANDARD)
                                    instanceof ParseResult.Parsed);
        else System.out.println("no " + corpus + ": the regression suite is not measured");
        var analyzer = new SqlAnalyzer();
        var context = context(fixtures.resolve("clients-18-catalog.json.gz"));
        report(
                "parsed and resolved, what tools send",
                toolStatements(fixtures.resolve("clients")),
                sql -> analyzer.analyze(sql, context) instanceof Analysis.Understood);
    }

    private static List<SqlText> regressionSuite(Path file) throws IOException {
        var json = new ObjectMapper();
        var all = new ArrayList<SqlText>();
        try (var lines = Files.newInputStream(file);
                var reader =
                        new java.io.BufferedReader(
                                new InputStreamReader(new GZIPInputStream(lines), UTF_8))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine())
                all.add(new SqlText(json.readTree(line).get("sql").asText()));
        }
        return all;
    }

    private static List<SqlText> toolStatements(Path folder) throws IOException {
        var all = new ArrayList<SqlText>();
        try (var files = Files.list(folder)) {
            for (var file : files.sorted().toList())
                for (var part : Files.readString(file).split("(^|\n)%% ")) {
                    int newline = part.indexOf('\n');
                    if (newline > 0
                            && part.charAt(0) != '#'
                            && List.of(part.substring(0, newline).split(" ")).contains("18"))
                        all.add(new SqlText(part.substring(newline + 1)));
                }
        }
        return all;
    }

    private static AnalysisContext context(Path catalog) throws IOException {
        try (var in =
                new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(catalog)), UTF_8)) {
            return new AnalysisContext(
                    CatalogFile.read(in, 1),
                    List.of("pg_catalog", "public"),
                    "postgres",
                    true,
                    "UTF8");
        }
    }

    private static void report(String what, List<SqlText> statements, Predicate<SqlText> work) {
        var nanos = new long[statements.size()][ROUNDS];
        var bytes = new long[statements.size()];
        int understood = 0;
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++)
            for (int i = 0; i < statements.size(); i++) {
                long allocated = THREADS.getCurrentThreadAllocatedBytes();
                long begun = THREADS.getCurrentThreadCpuTime();
                boolean answer = work.test(statements.get(i));
                long took = THREADS.getCurrentThreadCpuTime() - begun;
                if (round < 0) continue;
                nanos[i][round] = took;
                bytes[i] = THREADS.getCurrentThreadAllocatedBytes() - allocated;
                if (round == 0 && answer) understood++;
            }
        var medians = new long[statements.size()];
        for (int i = 0; i < medians.length; i++) {
            Arrays.sort(nanos[i]);
            medians[i] = nanos[i][ROUNDS / 2];
        }
        Arrays.sort(medians);
        Arrays.sort(bytes);
        System.out.printf(
                "%s: %,d statements, %,d understood%n"
                        + "  CPU   median %.1f us, p99 %.1f us, worst %.1f us%n"
                        + "  bytes median %,d, mean %,d, p99 %,d%n",
                what,
                statements.size(),
                understood,
                medians[medians.length / 2] / 1e3,
                medians[medians.length * 99 / 100] / 1e3,
                medians[medians.length - 1] / 1e3,
                bytes[bytes.length / 2],
                Arrays.stream(bytes).sum() / bytes.length,
                bytes[bytes.length * 99 / 100]);
    }
}
