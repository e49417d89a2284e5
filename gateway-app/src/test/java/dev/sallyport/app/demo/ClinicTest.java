package dev.sallyport.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.app.analyze.Catalogs;
import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.app.postgres.PostgresServer.Options;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.CatalogReading;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogFile;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClinicTest {
    private static PostgresServer server;

    @BeforeAll
    static void load() throws Exception {
        server = PostgresServer.start(Options.embedded());
        assertThat(new Clinic(server, Clinic.SEED, Clinic.PATIENTS).load("g", "c")).isTrue();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void holdsTenThousandPatientsAndWhatBelongsToThem() throws Exception {
        assertThat(count("public.patients")).isEqualTo(10_000);
        assertThat(count("public.encounters")).isBetween(30_000L, 40_000L);
        assertThat(count("public.encounters_later")).isZero();
        assertThat(count("public.diagnoses")).isGreaterThan(count("public.encounters"));
        assertThat(count("billing.claims")).isEqualTo(count("public.encounters"));
        assertThat(count("reporting.patient_directory")).isEqualTo(10_000);
        assertThat(count("reporting.encounters_per_month")).isGreaterThan(200);
    }

    @Test
    void isNotLoadedTwice() throws Exception {
        assertThat(new Clinic(server, Clinic.SEED, Clinic.PATIENTS).load("g", "c")).isFalse();
    }

    @Test
    void theGatewaysRoleCanWorkButNotRule() throws Exception {
        try (var connection = server.connect(Clinic.DATABASE, Clinic.GATEWAY_ROLE, "g");
                var statement = connection.createStatement()) {
            statement.execute("select ssn from public.patients limit 1");
            statement.execute("update billing.claims set status = status where id = 1");
            statement.execute("create temporary table scratch (n int)");
            for (var forbidden :
                    new String[] {
                        "create table public.mine (n int)",
                        "select * from pg_authid",
                        "select pg_read_file('PG_VERSION')",
                        "copy public.patients to program 'cat'",
                        "truncate billing.claims"
                    }) {
                assertThatThrownBy(() -> statement.execute(forbidden))
                        .as(forbidden)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
        }
    }

    @Test
    void theCatalogsRoleSeesDefinitionsAndNoRow() throws Exception {
        try (var connection = server.connect(Clinic.DATABASE, Clinic.CATALOG_ROLE, "c");
                var statement = connection.createStatement()) {
            try (var rows =
                    statement.executeQuery(
                            "select pg_get_viewdef(oid) from pg_class where relname ="
                                    + " 'patient_directory'")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).contains("last_name");
            }
            assertThatThrownBy(() -> statement.execute("select * from public.patients"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
        }
    }

    /// The examples' policy tests read it, so that they need no server.
    /// `-Dsallyport.rewriteExpected` writes it anew.
    @Test
    void theExamplesCatalogIsThis(@TempDir Path folder) throws Exception {
        var password = folder.resolve("catalog");
        Files.writeString(password, "c");
        var database =
                new GatewayConfig.Database(
                        "clinic",
                        Protocol.POSTGRES,
                        "127.0.0.1",
                        server.port(),
                        Clinic.DATABASE,
                        Clinic.GATEWAY_ROLE,
                        new Secret.InFile(password),
                        new GatewayConfig.UpstreamTls(
                                GatewayConfig.TlsMode.VERIFY_CA, server.caFile()),
                        new GatewayConfig.CatalogReader(
                                Clinic.CATALOG_ROLE,
                                new Secret.InFile(password),
                                Duration.ofMinutes(1)));
        var text = new StringWriter();
        CatalogFile.write(CatalogReading.rows(database), text);
        var file = Path.of("../config/examples/minimum-necessary/policies/clinic.catalog.json.gz");
        if (Boolean.getBoolean("sallyport.rewriteExpected"))
            try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            }
        var live = CatalogFile.read(new StringReader(text.toString()), 1);
        var saved = Catalogs.read(file);
        for (var schema : List.of("public", "billing", "reporting")) {
            assertThat(columns(saved, schema)).isEqualTo(columns(live, schema)).isNotEmpty();
        }
    }

    private static Set<String> columns(Catalog catalog, String schema) {
        var columns = new TreeSet<String>();
        for (var relation : Objects.requireNonNull(catalog.schema(schema)).relations())
            for (var column : relation.columns())
                columns.add(relation.name() + "." + column.name());
        return columns;
    }

    private static long count(String relation) throws SQLException {
        return Long.parseLong(
                server.queryColumn(Clinic.DATABASE, "select count(*) from " + relation).getFirst());
    }
}
