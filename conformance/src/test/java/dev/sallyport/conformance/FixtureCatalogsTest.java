package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.CatalogReading;
import dev.sallyport.sql.catalog.CatalogFile;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The analyzer's fixtures hold what this server answers today: whoever changes a catalog query or
/// the fixtures' schema is told here to save them again (`-Dsallyport.rewriteExpected=true` does,
/// once with each major version).
class FixtureCatalogsTest {
    private static final Path FIXTURES =
            Path.of("../sql-analyzer/src/test/resources/dev/sallyport/sql");

    /// Of one version only: the footprints were written for it.
    private static final int OF_FOOTPRINTS = 18;

    @TempDir private Path folder;

    @Test
    void theFootprintsCatalogIsThis() throws Exception {
        Assumptions.assumeTrue(
                major(GatewayUnderTest.postgres()) == OF_FOOTPRINTS,
                "the footprints' catalog is PostgreSQL " + OF_FOOTPRINTS + "'s");
        compare("fixture-catalog.json.gz", "fixture-schema.sql");
    }

    @Test
    void theClientsCatalogIsThis() throws Exception {
        compare(
                "clients-" + major(GatewayUnderTest.postgres()) + "-catalog.json.gz",
                "fixture-schema.sql",
                "clients-schema.sql");
    }

    private void compare(String catalog, String... scripts) throws Exception {
        var server = GatewayUnderTest.postgres();
        server.recreateDatabase("fixture");
        for (var script : scripts)
            server.execute("fixture", Files.readString(FIXTURES.resolve(script)));
        var rows = CatalogReading.rows(database(server));
        var file = FIXTURES.resolve(catalog);
        if (Boolean.getBoolean("sallyport.rewriteExpected"))
            try (var out =
                    new OutputStreamWriter(
                            new GZIPOutputStream(Files.newOutputStream(file)),
                            StandardCharsets.UTF_8)) {
                CatalogFile.write(rows, out);
            }
        try (var in =
                new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8)) {
            var saved = CatalogFile.rows(in);
            for (var query : CatalogQueries.values())
                if (query != CatalogQueries.SERVER) // its minor version
                assertThat(comparable(saved, query))
                            .as(query + " in " + catalog + ", saved and on the server")
                            .isEqualTo(comparable(rows, query));
        }
    }

    /// Two servers give the same objects other oids.
    private static List<String> comparable(
            Map<CatalogQueries, List<List<@Nullable String>>> rows, CatalogQueries query) {
        var comparable = new ArrayList<String>();
        for (var row : rows.getOrDefault(query, List.of()))
            comparable.add(row.toString().replaceAll("\\d{5,}", "#"));
        comparable.sort(null);
        return comparable;
    }

    private static int major(PostgresServer server) throws Exception {
        return Integer.parseInt(
                        server.queryColumn(
                                        "postgres", "SELECT current_setting('server_version_num')")
                                .getFirst())
                / 10_000;
    }

    private GatewayConfig.Database database(PostgresServer server) throws Exception {
        var password = folder.resolve("password");
        Files.writeString(password, server.superuserPassword());
        return new GatewayConfig.Database(
                "fixture",
                Protocol.POSTGRES,
                server.host(),
                server.port(),
                "fixture",
                server.superuser(),
                new Secret.InFile(password),
                new GatewayConfig.UpstreamTls(GatewayConfig.TlsMode.VERIFY_CA, server.caFile()),
                new GatewayConfig.CatalogReader(
                        server.superuser(), new Secret.InFile(password), Duration.ofMinutes(1)));
    }
}
