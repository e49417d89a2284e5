package dev.sallyport.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.app.postgres.PostgresServer.Options;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    private static long count(String relation) throws SQLException {
        return Long.parseLong(
                server.queryColumn(Clinic.DATABASE, "select count(*) from " + relation).getFirst());
    }
}
