package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What changes while sessions run (policies, people, the schema, the session's own names, time)
/// counts for their next statement, on a real server.
class LiveChangesTest {
    @TempDir static Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway =
                GatewayUnderTest.start(
                        directory,
                        GatewayUnderTest.freshClinic("live"),
                        Map.of(
                                "sessions",
                                "{ idle: 3s, max: 50, maxPerUser: 20 }",
                                "refresh",
                                "1s"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aChangedPolicyCountsForRunningSessionsAndABadOneDoesNot() throws Exception {
        var file = directory.resolve("policy.yaml");
        var before = Files.readString(file);
        try (var dev = gateway.connect("dev")) {
            var sql = "select city from patients where id = 1";
            assertThat(value(dev, sql)).isEqualTo("City1");

            Files.writeString(file, before.replace("columns: [id, city,", "columms: [id,"));
            for (int i = 0; i < 8; i++) {
                Thread.sleep(250);
                assertThat(value(dev, sql)).isEqualTo("City1");
            }

            Files.writeString(file, before.replace("columns: [id, city,", "columns: [id,"));
            eventually(() -> assertRefused(dev, sql, "42501", "city"));

            Files.writeString(file, before);
            eventually(() -> assertThat(value(dev, sql)).isEqualTo("City1"));
        } finally {
            Files.writeString(file, before);
        }
    }

    @Test
    void whoIsDisabledLosesTheSessionThatRuns() throws Exception {
        var file = directory.resolve("users.yaml");
        var before = Files.readString(file);
        try (var bill = gateway.connect("bill")) {
            assertThat(value(bill, "select count(*) from billing.claims")).isEqualTo("300");
            Files.writeString(
                    file, before.replace("{ name: bill,", "{ name: bill, disabled: true,"));
            eventually(() ->
                    assertThatThrownBy(() -> value(bill, "select 1"))
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    e -> assertThat(e.getSQLState()).isEqualTo("57P01")));
            assertThatThrownBy(() -> gateway.connect("bill")).isInstanceOf(SQLException.class);
        } finally {
            Files.writeString(file, before);
        }
        eventually(() -> gateway.connect("bill").close());
    }

    @Test
    void aSessionThatIsIdleForTooLongEndsWithAClearText() throws Exception {
        try (var dev = gateway.connect("dev")) {
            assertThat(value(dev, "select 1")).isEqualTo("1");
            Thread.sleep(4_500);
            assertThatThrownBy(() -> value(dev, "select 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> {
                                assertThat(e.getSQLState()).isEqualTo("57P01");
                                assertThat(e.getMessage()).contains("idle for longer than 3 sec");
                            });
        }
    }

    @Test
    void whoHasNoRoleOnTheDatabaseGetsNoSession() {
        assertThatThrownBy(() -> gateway.connect("nobody"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    @Test
    void whatOneSessionCreatesAnotherFindsAtOnce() throws Exception {
        try (var one = gateway.connect("own");
                var other = gateway.connect("own")) {
            assertThat(value(other, "select 1")).isEqualTo("1");
            run(one, "create table public.fresh (id int)");
            run(one, "insert into fresh values (7)");
            assertThat(value(other, "select id from fresh")).isEqualTo("7");
            run(other, "alter table fresh rename column id to number");
            assertThat(value(one, "select number from fresh")).isEqualTo("7");
            run(one, "drop table fresh");
            eventually(() -> assertRefused(other, "select number from fresh", "42P01", "fresh"));
        }
    }

    @Test
    void whatIsCreatedBehindTheGatewaysBackIsFound() throws Exception {
        try (var own = gateway.connect("own")) {
            assertRefused(own, "select id from behind", "42P01", "behind");
            gateway.executeDirect("create table public.behind (id int)");
            assertThat(value(own, "select count(id) from behind")).isEqualTo("0");
            run(own, "drop table behind");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "o'brien",
                "o''brien",
                "x' OR 'x' = 'x",
                "back\\",
                "back\\'slash",
                "a\"b",
                "$$",
                "Upper Case",
                "grösse",
                "患者"
            })
    void whateverItsNameItIsFound(String begin) throws Exception {
        for (var mode : List.of("on", "off")) {
            var name = begin + " " + mode;
            var quoted = '"' + name.replace("\"", "\"\"") + '"';
            try (var own = gateway.connect("own", "preferQueryMode=simple")) {
                run(own, "set standard_conforming_strings to " + mode);
                assertRefused(own, "select * from " + quoted, "42P01", name);
                assertRefused(own, "select * from public." + quoted, "42P01", name);
                assertRefused(own, "select " + quoted + " from scratch", "42703", name);
                assertRefused(own, "select s." + quoted + " from scratch s", "42703", name);
                assertRefused(own, "update scratch set " + quoted + " = 1", "42703", name);
                assertRefused(own, "select 1::" + quoted, "42704", name);
                assertRefused(own, "select " + quoted + "(1, 2)", "42883", name);
                gateway.executeDirect("create table public." + quoted + " (id int)");
                gateway.executeDirect("alter table public.scratch add column " + quoted + " int");
                gateway.executeDirect(
                        "create function public."
                                + quoted
                                + "(int, int) returns int language sql return 1");
                try {
                    assertThat(value(own, "select count(id) from " + quoted)).isEqualTo("0");
                    assertThat(value(own, "select count(s." + quoted + ") from scratch s"))
                            .isEqualTo("0");
                    assertThat(value(own, "select null::" + quoted)).isNull();
                    // Found, and not granted.
                    assertRefused(own, "select " + quoted + "(1, 2)", "42501", name);
                } finally {
                    gateway.executeDirect("drop function public." + quoted);
                    gateway.executeDirect("alter table public.scratch drop column " + quoted);
                    gateway.executeDirect("drop table public." + quoted);
                }
            }
        }
    }

    /// The whole catalog couldn't be read in this session's encoding.
    @Test
    void aTypoIsToldInAnEncodingThatNamesDoNotFitInto() throws Exception {
        gateway.executeDirect("create table public.\"患者\" (id int)");
        try (var own =
                gateway.connect("own", "preferQueryMode=simple", "allowEncodingChanges=true")) {
            run(own, "set client_encoding to LATIN1");
            assertRefused(own, "select id from pateints", "42P01", "pateints");
            assertThatThrownBy(() -> value(own, "select id from U&\"\\60a3\\8006\""))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
        } finally {
            gateway.executeDirect("drop table public.\"患者\"");
        }
    }

    @Test
    void whatATransactionDidToTheSchemaIsForgottenWithIt() throws Exception {
        try (var own = gateway.connect("own")) {
            run(own, "begin");
            run(own, "create view public.peek as select id from patients");
            assertThat(value(own, "select count(id) from peek")).isEqualTo("500");
            run(own, "create or replace view public.peek as select id, city from patients");
            assertThat(value(own, "select city from peek where id = 1")).isEqualTo("City1");
            run(own, "rollback");
            assertRefused(own, "select id from peek", "42P01", "peek");
        }
    }

    @Test
    void aSearchPathSetInATransactionEndsWithIt() throws Exception {
        try (var own = gateway.connect("own")) {
            run(own, "begin");
            run(own, "set local search_path to evil");
            // evil.providers is not granted.
            assertRefused(own, "select id from providers", "42501", "evil.providers");
            run(own, "rollback");
            assertThat(value(own, "select count(id) from providers")).isEqualTo("5");
            run(own, "begin");
            run(own, "savepoint s");
            run(own, "set search_path to evil");
            run(own, "rollback to s");
            assertThat(value(own, "select count(id) from providers")).isEqualTo("5");
            run(own, "set search_path to evil");
            run(own, "commit");
            assertRefused(own, "select id from providers", "42501", "evil.providers");
        }
    }

    @Test
    void temporaryTablesAreTheSessionsOwnAndMoveNobodyElsesCatalog() throws Exception {
        var epoch = settledEpoch();
        try (var one = gateway.connect("dev");
                var other = gateway.connect("dev")) {
            run(one, "create temp table patients (id int, ssn text)");
            run(one, "insert into patients values (1, 'mine')");
            assertThat(value(one, "select ssn from patients")).isEqualTo("mine");
            assertRefused(other, "select ssn from patients", "42501", "ssn");
            run(one, "drop table patients");
            assertRefused(one, "select ssn from patients", "42501", "ssn");
        }
        Thread.sleep(2_500);
        assertThat(epoch()).isEqualTo(epoch);
    }

    @Test
    void aCatalogWhoseContentIsTheSameKeepsItsEpoch() throws Exception {
        var epoch = settledEpoch();
        // ANALYZE moves rows of pg_class about.
        gateway.executeDirect("analyze public.scratch");
        Thread.sleep(2_500);
        assertThat(epoch()).isEqualTo(epoch);
        gateway.executeDirect("create table public.more (id int)");
        eventually(() -> assertThat(epoch()).isGreaterThan(epoch));
        gateway.executeDirect("drop table public.more");
    }

    @Test
    void healthAndMetricsTellNoNames() throws Exception {
        try (var dev = gateway.connect("dev")) {
            assertThat(value(dev, "select city from patients where id = 1")).isEqualTo("City1");
        }
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        var metrics = get("/metrics").body();
        assertThat(metrics)
                .contains("sallyport_decisions_total{verdict=\"permit\"}")
                .contains("sallyport_logins_total{result=\"succeeded\"}")
                .doesNotContain("patients")
                .doesNotContain("City1")
                .doesNotContain("\"dev\"");
    }

    /// What other tests did is read by now.
    private static double settledEpoch() throws Exception {
        double before;
        double now = epoch();
        do {
            before = now;
            Thread.sleep(2_500);
            now = epoch();
        } while (now != before);
        return now;
    }

    private static double epoch() throws Exception {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("sallyport_catalog_epoch{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + gateway.gateway().adminPort() + path);
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(uri).GET().build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    /// In a transaction it fails to a savepoint of its own, so that the transaction goes on.
    private static void assertRefused(
            Connection connection, String sql, String sqlState, String naming) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("savepoint refused");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as("outside of a transaction").isEqualTo("25P01");
        }
        assertThatThrownBy(() -> value(connection, sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> {
                            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(sqlState);
                            assertThat(e.getMessage()).contains("sallyport: ").contains(naming);
                        });
        try (var statement = connection.createStatement()) {
            statement.execute("rollback to savepoint refused");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as("outside of a transaction").isEqualTo("25P01");
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static void eventually(Attempt attempt) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                attempt.run();
                return;
            } catch (AssertionError | SQLException e) {
                if (System.nanoTime() > end) throw e;
                Thread.sleep(200);
            }
        }
    }
}
