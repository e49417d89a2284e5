package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.UsersFile;
import dev.sallyport.policy.AccessRequest;
import dev.sallyport.policy.Circumstances;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Subject;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.SessionContextQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What the usual tools send, decided for a developer under the example policy. What describes the
/// database is permitted; everything that is refused stands in `tool-denials.txt`, so that a tool
/// which breaks is seen here first.
class ToolDecisionsTest {
    private static final Path FIXTURES =
            Path.of("../sql-analyzer/src/test/resources/dev/sallyport/sql");
    private static final Circumstances AT_NOON =
            new Circumstances(Instant.parse("2026-11-23T12:00:00Z"), "10.1.2.3", "tool");
    private static final Subject DEVELOPER = new Subject("dana", Set.of("developer"), Map.of());

    /// What is granted on the database's own objects is the policy's business, not a tool's.
    private static final Pattern OWN_OBJECTS = Pattern.compile("[ :](public|app|vault)\\.");

    private static AnalysisContext context;
    private static String version = "";
    private static PolicyDecisionPoint policy;

    @BeforeAll
    static void start() throws Exception {
        var server = GatewayUnderTest.postgres();
        server.recreateDatabase("tools");
        try (var connection = server.connect("tools");
                var statement = connection.createStatement()) {
            statement.execute(Files.readString(FIXTURES.resolve("fixture-schema.sql")));
            for (var table : List.of("accounts", "branches", "tellers", "history"))
                statement.execute(
                        "create table pgbench_%s (aid int, bid int, tid int, abalance int, bbalance int,"
                                        .formatted(table)
                                + " tbalance int, delta int, mtime timestamp, filler text)");
            var builder = new CatalogBuilder();
            var queries = CatalogQueries.all();
            for (int i = 0; i < queries.size(); i++)
                for (var row : rows(statement, queries.get(i))) builder.add(i, row);
            context =
                    SessionContextQuery.decode(rows(statement, SessionContextQuery.SQL).getFirst())
                            .with(builder.build(1));
            version =
                    String.valueOf(rows(statement, "show server_version_num").getFirst().getFirst())
                            .substring(0, 2);
        }
        var file = Path.of("../config/examples/policies/clinic.yaml");
        var problems = new ArrayList<String>();
        var parsed =
                ConfigLoader.parsePolicy(
                        file, Files.readString(file), e -> problems.add(e.toString()));
        policy =
                switch (PolicyCompiler.compile(
                        List.of(parsed.orElseThrow(() -> new AssertionError(problems.toString()))),
                        new UsersFile(Path.of("users.yaml"), List.of()))) {
                    case PolicyCompiler.Compiled c -> new PolicyDecisionPoint(c.policies());
                    case PolicyCompiler.Rejected r -> throw new AssertionError(r.errors());
                };
    }

    private static List<List<@Nullable String>> rows(Statement statement, String sql)
            throws SQLException {
        var all = new ArrayList<List<@Nullable String>>();
        try (var rows = statement.executeQuery(sql)) {
            int width = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                var row = new ArrayList<@Nullable String>();
                for (int i = 1; i <= width; i++) row.add(rows.getString(i));
                all.add(row);
            }
        }
        return all;
    }

    @TestFactory
    List<DynamicTest> aDeveloperIsRefusedOnlyWhatIsListed() throws Exception {
        // The list is of one server's statements; ClientStatementsTest covers the others.
        Assumptions.assumeTrue(
                version.equals("18"), "the list of denials is PostgreSQL 18's: not compared");
        var listed = GatewayUnderTest.resource("tool-denials.txt").lines().toList();
        var tests = new ArrayList<DynamicTest>();
        try (var files = Files.list(FIXTURES.resolve("clients"))) {
            for (var file : files.filter(f -> f.toString().endsWith(".sql")).sorted().toList()) {
                var tool = file.getFileName().toString().replace(".sql", "");
                var expected =
                        listed.stream()
                                .filter(l -> l.startsWith(tool + " | "))
                                .map(l -> l.split(" \\| ")[1])
                                .toList();
                tests.add(
                        DynamicTest.dynamicTest(
                                tool,
                                () ->
                                        assertThat(refusedTo(DEVELOPER, Files.readString(file)))
                                                .containsExactlyInAnyOrderElementsOf(expected)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(12);
        return tests;
    }

    /// Without columns: a list of objects that a reader can check.
    private static Set<String> refusedTo(Subject subject, String fixture) {
        var refused = new TreeSet<String>();
        for (var part : fixture.split("(^|\n)%% ")) {
            int newline = part.indexOf('\n');
            if (newline < 0
                    || part.startsWith("#")
                    || !Arrays.asList(part.substring(0, newline).split(" ")).contains(version))
                continue;
            var analysis =
                    new SqlAnalyzer().analyze(new SqlText(part.substring(newline + 1)), context);
            if (!(analysis instanceof Analysis.Understood(var statements)))
                throw new AssertionError(analysis + "\n" + part);
            for (var statement : statements)
                if (policy.decide(
                                new AccessRequest(
                                        subject, "clinic", statement.footprint(), AT_NOON))
                        instanceof Decision.Deny deny)
                    for (var object : deny.objects())
                        if (!OWN_OBJECTS.matcher(object).find())
                            refused.add(object.replaceAll(" \\(.*", ""));
        }
        return refused;
    }
}
