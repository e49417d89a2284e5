package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// A developer who wants the SSNs he has no right to. Every statement runs against the real thing,
/// in the simple and in the extended protocol; none may return, write or run anything.
class EvasionTest {
    private static @TempDir Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway =
                GatewayUnderTest.start(
                        directory, GatewayUnderTest.freshClinic("evasion"), java.util.Map.of());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static final List<String> ATTACKS =
            List.of(
                    "TABLE patients",
                    "SELECT patients FROM patients",
                    "SELECT p FROM patients p",
                    "SELECT p.* FROM patients p",
                    "SELECT to_jsonb(p) FROM patients p",
                    "SELECT row_to_json(patients) FROM patients",
                    "SELECT count(p) FROM patients p",
                    "SELECT (patients).ssn FROM patients",
                    "SELECT ssn(patients) FROM patients",
                    "SELECT (SELECT p.ssn) FROM patients p",
                    "SELECT id FROM patients WHERE ssn LIKE '9%'",
                    "SELECT id FROM patients ORDER BY ssn",
                    "SELECT count(*) FROM patients GROUP BY ssn",
                    "SELECT id FROM patients GROUP BY id HAVING max(ssn) > '0'",
                    "SELECT max(ssn) FROM patients",
                    "SELECT count(DISTINCT ssn) FROM patients",
                    "SELECT count(*) FILTER (WHERE ssn > '5') FROM patients",
                    "SELECT rank() OVER (ORDER BY ssn) FROM patients",
                    "SELECT id FROM patients WINDOW w AS (PARTITION BY ssn)",
                    "SELECT string_agg(city, ',' ORDER BY ssn) FROM patients",
                    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ssn) FROM patients",
                    "SELECT DISTINCT ON (ssn) id FROM patients",
                    "SELECT a.id FROM patients a JOIN patients b ON a.ssn = b.ssn",
                    "SELECT a.id FROM patients a JOIN patients b USING (ssn)",
                    "SELECT a.id FROM patients a NATURAL JOIN patients b",
                    "SELECT id FROM patients LIMIT (SELECT length(max(ssn)) FROM patients)",
                    "SELECT 1 FROM providers ORDER BY (SELECT ssn FROM patients LIMIT 1)",
                    "SELECT * FROM (WITH patients AS (SELECT 1 AS x) SELECT * FROM patients) q,"
                            + " patients",
                    "WITH patients AS (SELECT ssn FROM patients) SELECT * FROM patients",
                    "WITH RECURSIVE r(x) AS (SELECT ssn FROM patients UNION SELECT x FROM r) SELECT"
                            + " * FROM r",
                    "WITH d AS (DELETE FROM patients RETURNING *) SELECT count(*) FROM d",
                    "WITH d AS (UPDATE scratch SET label = (SELECT ssn FROM patients LIMIT 1)"
                            + " RETURNING label) SELECT * FROM d",
                    "INSERT INTO scratch SELECT id + 5000, ssn FROM patients",
                    "INSERT INTO scratch VALUES (1, (SELECT max(ssn) FROM patients)) ON CONFLICT DO"
                            + " NOTHING",
                    "INSERT INTO scratch VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET label ="
                            + " (SELECT max(ssn) FROM patients)",
                    "INSERT INTO scratch VALUES (7000, 'x') RETURNING (SELECT max(ssn) FROM"
                            + " patients)",
                    "UPDATE scratch SET label = ssn FROM patients p WHERE p.id = scratch.id",
                    "UPDATE scratch SET (label) = (SELECT ssn FROM patients LIMIT 1)",
                    "DELETE FROM scratch USING patients p WHERE p.ssn LIKE '9%'",
                    "MERGE INTO scratch s USING patients p ON p.id = s.id WHEN MATCHED THEN UPDATE"
                            + " SET label = p.ssn",
                    "COPY (SELECT ssn FROM patients) TO STDOUT",
                    "COPY patients TO STDOUT",
                    "COPY patients (ssn) TO STDOUT",
                    "COPY scratch TO '/tmp/sallyport-evasion'",
                    "COPY scratch FROM '/etc/passwd'",
                    "COPY scratch TO PROGRAM 'cat'",
                    "SELECT query_to_xml('select * from patients', true, false, '')",
                    "SELECT table_to_xml('patients', true, false, '')",
                    "SELECT database_to_xml(true, false, '')",
                    "SELECT * FROM U&\"p!0061tients\" UESCAPE '!'",
                    "SELECT \"ssn\" FROM \"public\" . \"patients\"",
                    "SELECT '\\', ssn, E'\\' -- ' FROM patients",
                    "SELECT $q$ ' -- $q$, ssn FROM patients --$q$",
                    "SELECT /* /* */ 1 -- */ ssn FROM patients",
                    "SELECT 1 /*! UNION SELECT 2 */ UNION SELECT length(ssn) FROM patients",
                    "SELECT x FROM ROWS FROM (unnest(ARRAY(SELECT ssn FROM patients))) AS x",
                    "SELECT (ARRAY(SELECT ssn FROM patients))[1]",
                    "SELECT 1 WHERE EXISTS (SELECT 1 FROM patients WHERE ssn = '900-00-0001')",
                    "SELECT 1 WHERE '900-00-0001' = ANY (SELECT ssn FROM patients)",
                    "VALUES ((SELECT max(ssn) FROM patients))",
                    "SELECT 1 UNION ALL SELECT length(max(ssn)) FROM patients",
                    "SELECT code FROM patient_secrets",
                    "SELECT id FROM patient_secrets WHERE code > '5'",
                    "SELECT id, city FROM patient_cities",
                    "SELECT leak(1)",
                    "SELECT public.leak(id) FROM patients",
                    "SELECT pg_read_file('/etc/passwd')",
                    "SELECT pg_ls_dir('.')",
                    "SELECT lo_import('/etc/passwd')",
                    "SELECT pg_sleep(0.1)",
                    "SELECT set_config('role', 'postgres', false)",
                    "SELECT set_config('session_replication_role', 'replica', false)",
                    "SELECT pg_terminate_backend(1)",
                    "SELECT pg_notify('c', 'x')",
                    "NOTIFY c, 'x'",
                    "SET ROLE postgres",
                    "SET SESSION AUTHORIZATION postgres",
                    "DO $$ begin perform 1; end $$",
                    "CALL something()",
                    "CREATE TABLE stolen AS SELECT ssn FROM patients",
                    "CREATE TEMP TABLE stolen AS SELECT ssn FROM patients",
                    "SELECT ssn INTO TEMP stolen FROM patients",
                    "CREATE TEMP VIEW v AS SELECT ssn FROM patients",
                    "CREATE RULE r AS ON INSERT TO scratch DO ALSO (DELETE FROM patients; NOTIFY"
                            + " gone)",
                    "CREATE FUNCTION pg_temp.f() RETURNS text LANGUAGE sql AS 'select max(ssn) from"
                            + " public.patients'",
                    "CREATE TRIGGER t BEFORE INSERT ON scratch FOR EACH ROW EXECUTE FUNCTION"
                            + " suppress_redundant_updates_trigger()",
                    "ALTER TABLE scratch ADD COLUMN s text DEFAULT public.leak(1)",
                    "ALTER TABLE patients DROP COLUMN ssn",
                    "DROP TABLE patients",
                    "TRUNCATE scratch, patients",
                    "TRUNCATE scratch CASCADE; DELETE FROM patients",
                    "GRANT SELECT ON patients TO PUBLIC",
                    "EXPLAIN SELECT ssn FROM patients",
                    "EXPLAIN ANALYZE DELETE FROM patients",
                    "EXPLAIN (ANALYZE, COSTS OFF) SELECT ssn FROM patients",
                    "PREPARE p1 AS SELECT ssn FROM patients",
                    "DECLARE c1 CURSOR WITH HOLD FOR SELECT ssn FROM patients",
                    "EXECUTE nothing_of_that_name",
                    "FETCH ALL FROM nothing_of_that_name",
                    "SELECT most_common_vals FROM pg_stats WHERE tablename = 'patients'",
                    "SELECT * FROM pg_statistic",
                    "SELECT rolpassword FROM pg_authid",
                    "SELECT passwd FROM pg_shadow",
                    "SELECT query FROM pg_stat_activity",
                    "SELECT * FROM pg_largeobject",
                    "SELECT * FROM evil.providers",
                    "LOCK TABLE patients IN ACCESS EXCLUSIVE MODE",
                    "ALTER SYSTEM SET log_statement = 'all'",
                    "CREATE EXTENSION dblink",
                    "CREATE CAST (scratch AS bytea) WITH FUNCTION pg_catalog.record_send(record)",
                    "DROP OWNED BY CURRENT_USER",
                    "CREATE FOREIGN TABLE pg_temp.f (a text) SERVER s",
                    "CREATE TEMP TABLE child () INHERITS (patients)",
                    "SELECT array_in('{x}', 25, -1)",
                    "SELECT record_in('(x)', 25, -1)",
                    "LOAD 'auto_explain'",
                    "CHECKPOINT",
                    "SELECT * FROM patients TABLESAMPLE system (100)",
                    "SELECT e.id FROM encounters e, LATERAL (SELECT ssn FROM patients p WHERE p.id"
                            + " = e.patient_id) x WHERE x.ssn > ''",
                    "SELECT CASE WHEN ssn > '5' THEN 1 END FROM patients",
                    "SELECT coalesce(nullif(ssn, ''), 'x') FROM patients",
                    "SELECT xmlforest(ssn) FROM patients",
                    "SELECT json_object('a': ssn) FROM patients",
                    "SELECT ctid, xmin, patients.tableoid, patients::text FROM patients",
                    "SELECT * FROM encounters_2025_does_not_exist",
                    "SELECT note FROM encounters_2025",
                    "SELEC 1",
                    "SELECT 1; SELECT FROM WHERE");

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void isRefusedInTheSimpleProtocol(String attack) throws SQLException {
        try (var connection = gateway.connect("dev", "preferQueryMode=simple")) {
            isRefused(connection, attack);
        }
    }

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void isRefusedInTheExtendedProtocol(String attack) throws SQLException {
        try (var connection = gateway.connect("dev", "preferQueryMode=extended")) {
            isRefused(connection, attack);
        }
    }

    private static void isRefused(Connection connection, String attack) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(attack);
            throw new AssertionError("was let through: " + attack);
        } catch (SQLException e) {
            // By the gateway, not by a server that happened to dislike it.
            assertThat(e.getMessage()).as(attack).contains("sallyport");
            assertThat(e.getSQLState()).as(attack).isNotEqualTo("XX000");
        }
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from scratch where id <= 100")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(100);
        }
    }

    static final Stream<String> HARMLESS =
            Stream.of(
                    "SELECT id, city FROM patients WHERE id < 10",
                    "SELECT count(*) FROM patients",
                    "SELECT p.id, e.note FROM patients p JOIN encounters e ON e.patient_id = p.id"
                            + " WHERE p.city = 'City1' ORDER BY e.started_at LIMIT 3",
                    "WITH c AS (SELECT city, count(*) n FROM patients GROUP BY city) SELECT * FROM"
                            + " c ORDER BY n DESC",
                    "SELECT 'select ssn from patients'",
                    "SELECT 1 AS ssn",
                    "SELECT ssn FROM (SELECT id AS ssn FROM patients) x",
                    "SELECT city, patients FROM city_counts",
                    "SELECT id FROM patient_secrets",
                    "EXPLAIN SELECT city FROM patients",
                    "EXPLAIN ANALYZE SELECT city FROM patients",
                    "SELECT relname FROM pg_class WHERE relkind = 'r'",
                    "SELECT table_name FROM information_schema.tables",
                    "SHOW search_path",
                    "SELECT current_user, current_database(), version(), now()",
                    "SET application_name = 'x'",
                    "INSERT INTO scratch VALUES (8000, 'x') ON CONFLICT (id) DO UPDATE SET label ="
                            + " excluded.label || scratch.label RETURNING id, label",
                    "DELETE FROM scratch WHERE id = 8000",
                    "SELECT add_tax(100)",
                    "BEGIN; DECLARE c CURSOR FOR SELECT id FROM patients; FETCH 5 FROM c; CLOSE c;"
                            + " COMMIT");

    @Test
    void whatLooksAlikeButIsHarmlessWorks() throws SQLException {
        try (var connection = gateway.connect("dev", "preferQueryMode=simple");
                var statement = connection.createStatement()) {
            for (var sql : HARMLESS.toList()) {
                try {
                    statement.execute(sql);
                } catch (SQLException e) {
                    throw new AssertionError("refused: " + sql, e);
                }
            }
        }
    }
}
