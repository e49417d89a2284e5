package dev.sallyport.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.shardingsphere.sql.parser.api.CacheOption;
import org.apache.shardingsphere.sql.parser.api.SQLParserEngine;
import org.apache.shardingsphere.sql.parser.api.SQLStatementVisitorEngine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What understanding a statement costs, in one JVM with another parser's; `run` starts it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParserBenchmark {
    private static final String POINT_READ = "SELECT id FROM visits WHERE patient_id = 1";

    private static final String THREE_TABLES =
            "SELECT p.name, v.at, r.name FROM patients p JOIN visits v ON v.patient_id = p.id LEFT JOIN"
                    + " providers r ON r.id = v.id WHERE p.birth_date > '1980-01-01' AND v.note LIKE"
                    + " '%x%' ORDER BY v.at DESC LIMIT 20";

    @Param({"point-read", "three-tables"})
    public String statement = "";

    private String text = "";
    private SqlText sql = new SqlText("");
    private LexMode mode = LexMode.STANDARD;
    private final SqlAnalyzer analyzer = new SqlAnalyzer();
    private final AnalysisCache cache = new AnalysisCache(64L << 20);
    private AnalysisContext context;
    private TextContext cachedUnder;
    private final CacheOption unused = new CacheOption(128, 1024L);
    private final SQLParserEngine otherParser = new SQLParserEngine("PostgreSQL", unused);
    private final SQLStatementVisitorEngine otherVisitor =
            new SQLStatementVisitorEngine("PostgreSQL");

    /// @throws IOException the fixture catalog isn't where `run` says it is
    @Setup(Level.Trial)
    public void prepare() throws IOException {
        text = statement.equals("point-read") ? POINT_READ : THREE_TABLES;
        sql = new SqlText(text);
        try (Reader catalog = new InputStreamReader(new GZIPInputStream(Files.newInputStream(Path.of(System.getProperty("catalog")))), UTF_8)) {
            context =
                    new AnalysisContext(
                            CatalogFile.read(catalog, 1),
                            List.of("pg_catalog", "public"),
                            "app",
                            true,
                            "UTF8");
            cachedUnder = cache.intern(new TextContext.Postgres(context));
        }
        mode = context.catalog().lexMode(true, SqlAnalyzer.MAX_STATEMENT_CHARS);
        if (!(analyzer.analyze(sql, context) instanceof Analysis.Understood))
            throw new IllegalStateException("not understood: " + analyzer.analyze(sql, context));
    }

    @Benchmark
    public ParseResult parse() {
        return PostgresParser.parse(sql, mode);
    }

    @Benchmark
    public Analysis parseAndResolve() {
        return analyzer.analyze(sql, context);
    }

    @Benchmark
    public Object cached() {
        return cache.check(sql, cachedUnder);
    }

    @Benchmark
    public Object shardingSphereParse() {
        return otherParser.parse(text, false);
    }

    @Benchmark
    public Object shardingSphereParseAndVisit() {
        return otherVisitor.visit(otherParser.parse(text, false));
    }
}
