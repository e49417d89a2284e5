package dev.sallyport.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What users meet first: everything that the usual clients send to find their way round a
/// database. One file a tool in `clients`, whose first line says how its statements came to be
/// known, each under the major versions of the servers it was sent to; beside them the catalogs of
/// those servers.
class ClientStatementsTest {
    private static final List<String> VERSIONS = List.of("15", "16", "17", "18");

    /// Files in `clients`, and how many statements each has at least on a server of version 18.
    private static final Map<String, Integer> TOOLS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("datagrip", 165),
                            Map.entry("dbeaver", 18),
                            Map.entry("django", 130),
                            Map.entry("drizzle", 100),
                            Map.entry("hibernate", 11),
                            Map.entry("knex", 10),
                            Map.entry("metabase", 6),
                            Map.entry("pg_dump", 100),
                            Map.entry("pgadmin4", 350),
                            Map.entry("pgbench", 40),
                            Map.entry("pgcli", 12),
                            Map.entry("pgjdbc", 120),
                            Map.entry("psql-15", 300),
                            Map.entry("psql-18", 320),
                            Map.entry("sequelize", 30),
                            Map.entry("sqlalchemy", 120),
                            Map.entry("typeorm", 25)));

    /// Functions that do more than compute or describe, so that policies must say something about
    /// them: pg_dump empties the search path (settings are judged by themselves) and reads
    /// sequences, pgAdmin's dashboard looks for the server's log, and pgJDBC's test called a
    /// function of the schema.
    private static final Map<String, Set<String>> CALLS_MORE =
            Map.of(
                    "pg_dump", Set.of("set_config", "pg_get_sequence_data"),
                    "pgadmin4", Set.of("pg_current_logfile", "pg_stat_file"),
                    "pgjdbc", Set.of("purge"));

    static Stream<Arguments> everyToolOnEveryServer() {
        return TOOLS.keySet().stream()
                .flatMap(tool ->
                        VERSIONS.stream()
                                .filter(version -> !statements(tool, version).isEmpty())
                                .map(version -> Arguments.of(tool, version)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("everyToolOnEveryServer")
    void everyStatementIsUnderstood(String tool, String version) {
        AnalysisContext context = context(version);
        List<String> refused = new ArrayList<>();
        List<String> all = statements(tool, version);
        for (String sql : all)
            if (new SqlAnalyzer().analyze(new SqlText(sql), context)
                    instanceof Analysis.NotUnderstood(var code, var reason, _, _))
                refused.add(code + " " + reason + "\n" + sql);
        if (version.equals("18"))
            assertThat(all).hasSizeGreaterThanOrEqualTo(TOOLS.getOrDefault(tool, 1));
        assertThat(refused).isEmpty();
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("everyToolOnEveryServer")
    void whatIsCalledOnlyComputesOrDescribes(String tool, String version) {
        AnalysisContext context = context(version);
        Set<String> others = new TreeSet<>();
        for (String sql : statements(tool, version))
            if (new SqlAnalyzer().analyze(new SqlText(sql), context)
                    instanceof Analysis.Understood(var statements))
                for (Analysis.Statement statement : statements)
                    for (Access access : statement.footprint().accesses())
                        if (access.resource() instanceof Resource.Function function
                                && function.functionClass() != FunctionClass.COMPUTES
                                && function.functionClass() != FunctionClass.READS_CATALOG)
                            others.add(function.name());
        assertThat(others).isSubsetOf(CALLS_MORE.getOrDefault(tool, Set.of()));
    }

    private static AnalysisContext context(String version) {
        return new AnalysisContext(
                SavedCatalog.clients(Integer.parseInt(version)),
                List.of("pg_catalog", "public"),
                "postgres",
                true,
                "UTF8");
    }

    private static List<String> statements(String tool, String version) {
        String resource = "clients/" + tool + ".sql";
        try (InputStream in = ClientStatementsTest.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + " is missing");
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> sent = new ArrayList<>();
            for (String part : text.split("(^|\n)%% ")) {
                int newline = part.indexOf('\n');
                if (newline > 0
                        && part.charAt(0) != '#'
                        && List.of(part.substring(0, newline).split(" ")).contains(version))
                    sent.add(part.substring(newline + 1));
            }
            return sent;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
