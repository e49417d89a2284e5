package dev.sallyport.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis.Code;
import dev.sallyport.sql.catalog.Sought;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlAnalyzerTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final SqlAnalyzer analyzer = new SqlAnalyzer();
    private final AnalysisContext context = SavedCatalog.context("pg_catalog", "public");

    private Analysis analyze(String sql) {
        return analyzer.analyze(new SqlText(sql), context);
    }

    private static Code code(Analysis analysis) {
        return switch (analysis) {
            case Analysis.NotUnderstood(var code, _, _, _) -> code;
            case Analysis.Understood understood -> throw new AssertionError(understood);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF8", "SQL_ASCII", "LATIN1", "WIN1252", "ISO_8859_5", "KOI8R"})
    void encodingsInWhichAsciiIsAsciiAreRead(String encoding) {
        assertThat(in(encoding)).isInstanceOf(Analysis.Understood.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SJIS", "BIG5", "GBK", "GB18030", "UHC", "JOHAB", "EUC_JP", "", "UTF7"})
    void encodingsThatCanHideAQuoteAreRefused(String encoding) {
        assertThat(code(in(encoding))).isEqualTo(Code.ENCODING);
    }

    private Analysis in(String encoding) {
        return analyzer.analyze(
                new SqlText("SELECT 1"),
                new AnalysisContext(
                        context.catalog(), context.searchPath(), "tester", true, encoding));
    }

    @Test
    void aSearchPathWithASchemaThatTheCatalogDoesNotHoldIsRefused() {
        AnalysisContext unknown = SavedCatalog.context("pg_catalog", "pg_temp_9", "public");
        assertThat(code(analyzer.analyze(new SqlText("SELECT id FROM patients"), unknown)))
                .isEqualTo(Code.UNKNOWN_OBJECT);
    }

    @Test
    void aRefusalForWhatIsUnknownSaysWhatWouldHaveToExist() {
        assertThat(lacking("SELECT * FROM pateints"))
                .containsExactly(new Sought.Relation(null, "pateints"));
        assertThat(lacking("TABLE fixture.\"APP\".x"))
                .containsExactly(new Sought.Relation("APP", "x"));
        assertThat(lacking("ALTER TABLE app.nosuch ADD c int"))
                .containsExactly(new Sought.Relation("app", "nosuch"));
        assertThat(lacking("SELECT nosuch(1, 2)"))
                .containsExactly(new Sought.Routine(null, "nosuch"));
        assertThat(lacking("SELECT app.nosuch(1)"))
                .containsExactlyInAnyOrder(
                        new Sought.Routine("app", "nosuch"), new Sought.Type("app", "nosuch"));
        assertThat(lacking("SELECT $1::nosuch[]")).containsExactly(new Sought.Type(null, "nosuch"));
        assertThat(lacking("SELECT 1 <~> 2")).containsExactly(new Sought.Operator(null, "<~>"));
        assertThat(lacking("SELECT x FROM patients p, app.patients q"))
                .containsExactlyInAnyOrder(
                        new Sought.Column("public", "patients", "x"),
                        new Sought.Column("app", "patients", "x"));
        assertThat(lacking("SELECT s.x FROM (SELECT * FROM patients) s"))
                .containsExactlyInAnyOrder(
                        new Sought.Column("public", "patients", "x"),
                        new Sought.Routine(null, "x"));
        assertThat(lacking("UPDATE app.patients SET x = 1"))
                .containsExactly(new Sought.Column("app", "patients", "x"));
        // Whatever exists, these are wrong.
        assertThat(lacking("SELECT patients.id FROM patients p")).isEmpty();
        assertThat(lacking("SELECT id FROM other.public.patients")).isEmpty();
        assertThat(lacking("SELECT x")).isEmpty();
        // What a type or a function of somebody's shows, names alone don't tell.
        for (String sql :
                List.of(
                        "SELECT x FROM all_patients()",
                        "SELECT (ROW('a', 'b')::address).x",
                        "SELECT id FROM patients p JOIN app.patients q USING (x)"))
            assertThat(absence(sql)).as(sql).isEqualTo(new Analysis.Absence.Untold());
    }

    private Set<Sought> lacking(String sql) {
        if (absence(sql) instanceof Analysis.Absence.Of(var objects)) return objects;
        throw new AssertionError("untold: " + sql);
    }

    private Analysis.Absence absence(String sql) {
        return switch (analyze(sql)) {
            case Analysis.NotUnderstood(var code, _, _, var absence) -> {
                assertThat(code).as(sql).isEqualTo(Code.UNKNOWN_OBJECT);
                yield absence;
            }
            case Analysis.Understood understood -> throw new AssertionError(understood);
        };
    }

    @Test
    void theSearchPathDecidesWhichTableIsMeant() {
        AnalysisContext app = SavedCatalog.context("pg_catalog", "app", "public");
        Analysis analysis = analyzer.analyze(new SqlText("SELECT * FROM patients"), app);
        assertThat(FootprintText.analysis(analysis))
                .contains("select app.patients (id:output nickname:output)");
    }

    @Test
    void aUsersFunctionInFrontOfTheServersIsReportedAndSoIsTheServers() {
        AnalysisContext hostile = SavedCatalog.context("public", "pg_catalog");
        Analysis analysis = analyzer.analyze(new SqlText("SELECT lower($1)"), hostile);
        assertThat(FootprintText.analysis(analysis)).contains("execute public.lower user-defined");
        assertThat(analysis.toString()).contains("schema=pg_catalog, name=lower");
    }

    @Test
    void emptyTextsHaveNoStatements() {
        for (String sql : List.of("", ";", " -- x\n", "/* */ ; ;"))
            assertThat(analyze(sql)).isEqualTo(new Analysis.Understood(List.of()));
    }

    @Test
    void theRedactedTextHoldsNoLiteral() {
        Analysis analysis =
                analyze("SELECT 'secret1', $$secret2$$, 12345 FROM patients -- secret3");
        if (!(analysis instanceof Analysis.Understood(var statements)))
            throw new AssertionError(analysis);
        assertThat(statements.getFirst().redacted())
                .doesNotContain("secret", "12345")
                .contains("patients");
        assertThat(analysis.toString()).doesNotContain("secret", "12345");
    }

    @Test
    void reasonsHoldNoLiteral() {
        for (String sql :
                List.of(
                        "SELECT nosuch('secret')",
                        "SELECT 'secret' <~> 'secret'",
                        "SELECT * FROM patients WHERE 'secret'",
                        "SELECT 'secret' 'secret'",
                        "SELECT set_config('secret value', 'x', true)",
                        "SET ROLE 'secret value'",
                        "SELECT nosuch FROM patients WHERE ssn = 'secret'"))
            assertThat(analyze(sql).toString()).doesNotContain("secret");
    }

    // ---------------------------------------------------------------- depth and length

    @Test
    void deepStatementsAreUnderstoodOrRefusedButNeverOverflow() throws InterruptedException {
        List<String> deep =
                List.of(
                        "SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000),
                        "SELECT " + "-(".repeat(3_000) + "1" + ")".repeat(3_000),
                        "SELECT 1" + " + 1".repeat(50_000),
                        "SELECT 1 WHERE true" + " OR true".repeat(50_000),
                        "SELECT NOT ".repeat(1) + "NOT ".repeat(5_000) + "true",
                        "SELECT "
                                + "CASE WHEN true THEN ".repeat(2_000)
                                + "1"
                                + " END".repeat(2_000),
                        nested("SELECT * FROM (", "SELECT 1 AS a", ") q", 2_000),
                        "SELECT 1" + " UNION SELECT 1".repeat(20_000),
                        "SELECT p0.id FROM patients p0"
                                + numbered(2_000, " CROSS JOIN patients p%d"),
                        "WITH RECURSIVE "
                                + numbered(
                                        3_000,
                                        "c%1$d AS (SELECT * FROM d%1$d), d%1$d AS (SELECT 1), ")
                                + "z AS (SELECT 1) SELECT * FROM z",
                        "WITH RECURSIVE c0 AS (SELECT 1)"
                                + IntStream.range(1, 5_000)
                                        .mapToObj(i ->
                                                ", c%d AS (SELECT * FROM c%d)"
                                                        .formatted(5_000 - i, 4_999 - i))
                                        .collect(Collectors.joining())
                                + " SELECT * FROM c4999",
                        "SELECT " + "ARRAY[".repeat(3_000) + "1" + "]".repeat(3_000),
                        "SELECT (p)" + ".x".repeat(5_000) + " FROM patients p",
                        "SELECT ".repeat(3_000));
        // On the stack that the gateway's launcher gives a thread.
        Throwable[] failure = new Throwable[1];
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            for (String sql : deep) {
                                Analysis analysis = analyze(sql);
                                assertThat(analysis.toString()).doesNotContain("could not handle");
                            }
                        },
                        "small stack",
                        512 * 1024);
        thread.setUncaughtExceptionHandler((_, e) -> failure[0] = e);
        thread.start();
        thread.join();
        assertThat(failure[0]).isNull();
    }

    private static String nested(String open, String core, String close, int depth) {
        return open.repeat(depth) + core + close.repeat(depth);
    }

    private static String numbered(int count, String pattern) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(pattern::formatted)
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SELECT 1 WHERE 1 = 1 | OR ssn = 'x'
                    SELECT id | , ssn || name
                    SELECT id FROM patients WHERE id IN (1 | , 2
                    SELECT q.id FROM patients q WHERE EXISTS (SELECT 1) | AND q.ssn = q.name
                    """)
    void twiceTheTextTakesAboutTwiceTheTime(String head, String more) {
        String tail = head.contains("(1") ? ")" : "";
        String from = head.contains("FROM") && !head.endsWith("id") ? "" : " FROM patients";
        if (head.startsWith("SELECT 1")) {
            head = "SELECT 1 FROM patients WHERE 1 = 1 ";
            from = "";
        }
        String small = head + (" " + more).repeat(5_000) + tail + from;
        String large = head + (" " + more).repeat(20_000) + tail + from;
        assertThat(analyze(small)).isInstanceOf(Analysis.Understood.class);
        best(small, 8);
        long one = best(small, 5);
        long four = best(large, 5);
        assertThat((double) four / one).as("%d ns and %d ns", one, four).isLessThan(10);
    }

    /// In the thread's own CPU time: what else runs on the machine doesn't count.
    private long best(String sql, int times) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < times; i++) {
            long started = THREADS.getCurrentThreadCpuTime();
            analyze(sql);
            best = Math.min(best, THREADS.getCurrentThreadCpuTime() - started);
        }
        return best;
    }

    // ---------------------------------------------------------------- never throws

    /// Tokens of statements that are understood, dropped, swapped and doubled.
    @Test
    void mutilatedStatementsGetAnAnswer() {
        long seed = 20261123L;
        Random random = new Random(seed);
        List<String> statements = FootprintFixtureTest.statements();
        for (int i = 0; i < 30_000; i++) {
            String[] words =
                    statements.get(random.nextInt(statements.size())).split("(?<=\\W)|(?=\\W)");
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextInt(words.length);
                words[at] =
                        switch (random.nextInt(4)) {
                            case 0 -> "";
                            case 1 -> words[at] + " " + words[at];
                            case 2 -> words[random.nextInt(words.length)];
                            default -> " patients ";
                        };
            }
            String sql = String.join("", words);
            assertThat(analyze(sql).toString())
                    .as("seed %d, round %d: %s", seed, i, sql)
                    .doesNotContain("could not handle");
        }
    }
}
