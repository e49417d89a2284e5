package dev.sallyport.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.catalog.Catalog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What users meet first: everything that psql 15 (all backslash commands, tab completion), pg_dump
/// 15, pgbench and pgJDBC 42.7 (the whole of DatabaseMetaData) sent to real servers, as their logs
/// hold it, with the catalogs of those servers.
class ClientStatementsTest {
    private record Sent(String client, String sql) {}

    @ParameterizedTest
    @ValueSource(strings = {"15", "18"})
    void everyStatementOfTheUsualClientsIsUnderstood(String version) throws IOException {
        AnalysisContext context = context(version);
        List<String> refused = new ArrayList<>();
        List<Sent> all = statements(version);
        for (Sent sent : all)
            if (new SqlAnalyzer().analyze(new SqlText(sent.sql), context)
                    instanceof Analysis.NotUnderstood(var code, var reason, _))
                refused.add(sent.client + ": " + code + " " + reason + "\n" + sent.sql);
        assertThat(all).hasSizeGreaterThan(700);
        assertThat(refused).isEmpty();
    }

    /// Policies let everyone call what computes or describes: a client that needs more would not
    /// work.
    @ParameterizedTest
    @ValueSource(strings = {"15", "18"})
    void whatClientsAskForAtStartCallsOnlyHarmlessFunctions(String version) throws IOException {
        AnalysisContext context = context(version);
        Set<String> others = new TreeSet<>();
        for (Sent sent : statements(version))
            if (new SqlAnalyzer().analyze(new SqlText(sent.sql), context)
                    instanceof Analysis.Understood(var statements))
                for (Analysis.Statement statement : statements)
                    for (Access access : statement.footprint().accesses())
                        if (access.resource() instanceof Resource.Function function
                                && function.functionClass() != FunctionClass.COMPUTES
                                && function.functionClass() != FunctionClass.READS_CATALOG)
                            others.add(sent.client + " " + function.name());
        // psql's \ef and \sf name purge; pg_dump empties the search path.
        assertThat(others)
                .isSubsetOf("pg_dump set_config", "psql purge", "pgjdbc purge", "psql set_config");
    }

    private static AnalysisContext context(String version) {
        Catalog catalog = SavedCatalog.read("clients-" + version + "-catalog.json.gz");
        return new AnalysisContext(
                catalog, List.of("pg_catalog", "public"), "postgres", true, "UTF8");
    }

    private static List<Sent> statements(String version) throws IOException {
        String resource = "clients-" + version + ".sql.gz";
        try (InputStream in = ClientStatementsTest.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + " is missing");
            String text =
                    new String(new GZIPInputStream(in).readAllBytes(), StandardCharsets.UTF_8);
            List<Sent> sent = new ArrayList<>();
            for (String part : text.split("(^|\n)%% ")) {
                int newline = part.indexOf('\n');
                if (newline > 0)
                    sent.add(new Sent(part.substring(0, newline), part.substring(newline + 1)));
            }
            return sent;
        }
    }
}
