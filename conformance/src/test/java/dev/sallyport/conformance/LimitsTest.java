package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/// Limits over a real PostgreSQL: the row that would exceed one is never released, whatever way it
/// is asked for, and afterwards the server's transaction is where the client believes it to be.
@Timeout(120)
@TestMethodOrder(org.junit.jupiter.api.MethodOrderer.MethodName.class)
class LimitsTest {
    private static final String POLICY =
            """
            database: clinic
            classify:
              phi.ssn: [public.patients.ssn]
            roles:
              developer:
                grants:
                  - { id: dev-patients, allow: [select, copy-out], on: [public.patients], limit: { rows: 10 } }
                  - { id: dev-providers, allow: [select], on: [public.providers] }
                  - id: dev-scratch
                    allow: [select, insert, update, delete]
                    on: [public.scratch]
                    limit: { rows: 3 }
                  - { id: dev-encounters, allow: [select], on: [public.encounters], limit: { bytes: 4KiB } }
                  - { id: dev-claims, allow: [select], on: [billing.claims], limit: { time: 300ms } }
                  - { id: dev-sleep, allow: [execute], on: [pg_catalog.pg_sleep] }
                  - { id: dev-temporary, allow: [ddl], on: [pg_temp.*] }
              billing:
                grants:
                  - id: bill-patients
                    allow: [select, copy-out]
                    on: [public.patients]
                    limit: { perHour: { rows: HOURLY }, perDay: { bytes: 1MiB } }
                  - { id: bill-providers, allow: [select], on: [public.providers] }
              owner:
                grants:
                  - { id: own-all, allow: [select, update], on: [public.*, billing.*] }
                  - { id: own-limited, allow: [select], on: [public.*], limit: { rows: 1 } }
            force:
              - id: phi-budget
                on: [public.*]
                limit: { classes: [phi.*], perDay: { rows: 20 } }
                except: [developer, billing]
            """;

    private static final String LIMITED = "53400";

    @TempDir static Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway =
                GatewayUnderTest.start(
                        directory,
                        GatewayUnderTest.freshClinic("limits"),
                        Map.of("policy", POLICY.replace("HOURLY", "100")));
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        AuditTrail.isSound(gateway.store);
    }

    // --- one statement

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id FROM patients",
                "SELECT id FROM patients ORDER BY id DESC LIMIT 11",
                "SELECT p.ssn FROM providers q CROSS JOIN patients p",
                "TABLE patients",
                "WITH p AS (SELECT * FROM patients) SELECT 1 FROM p UNION ALL SELECT id FROM"
                        + " providers",
            })
    void theRowBeyondIsNotReleased(String sql) throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query(sql));
            assertThat(shape(wire.untilReady())).isEqualTo("T D*10 E53400 ZI");
            wire.raw(extended(sql, 0));
            assertThat(shape(wire.untilReady())).isEqualTo("1 2 T D*10 E53400 ZI");
            // The session goes on as if nothing had been.
            wire.raw(Wire.query("SELECT id FROM patients LIMIT 10"));
            assertThat(shape(wire.untilReady())).isEqualTo("T D*10 C ZI");
        }
    }

    @Test
    void whatTheClientIsTold() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query("SELECT id FROM patients"));
            var error =
                    wire.untilReady().stream()
                            .filter(m -> m.type() == 'E')
                            .findFirst()
                            .orElseThrow();
            assertThat(error.field('S')).isEqualTo("ERROR");
            assertThat(error.field('M'))
                    .isEqualTo(
                            "sallyport: the result has more than the 10 rows that rule dev-patients"
                                    + " gives of one statement");
            assertThat(error.field('D')).startsWith("By rule: dev-patients. Audit record: session");
            assertThat(error.field('H'))
                    .isEqualTo(
                            "ask for fewer rows (WHERE, LIMIT 10); or ask the security team to add,"
                                    + " with N above 10: {allow: [select], on:"
                                    + " [public.patients], columns: [id], limit: {rows: N}}");
        }
    }

    @Test
    void binaryRowsAndPortalsCountTogether() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "SELECT id FROM patients"),
                            Wire.bind("p", ""),
                            Wire.execute("p", 4),
                            Wire.execute("p", 4),
                            Wire.execute("p", 4),
                            Wire.execute("p", 4),
                            Wire.sync()));
            assertThat(shape(wire.untilReady())).isEqualTo("1 2 D*4 s D*4 s D*2 E53400 ZI");
        }
        try (var connection = gateway.connect("dev", "binaryTransfer=true", "prepareThreshold=-1");
                var statement =
                        connection.prepareStatement("SELECT id FROM patients WHERE id > ?")) {
            connection.setAutoCommit(false);
            statement.setFetchSize(5);
            statement.setInt(1, 5);
            assertThat(rowsBefore(statement.executeQuery())).isEqualTo(10);
        }
    }

    @Test
    void cursorsCountTogether() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query("BEGIN; DECLARE c SCROLL CURSOR FOR SELECT id FROM patients"));
            assertThat(shape(wire.untilReady())).isEqualTo("C*2 ZT");
            for (var sql : List.of("FETCH 4 FROM c", "MOVE 100 FROM c", "FETCH BACKWARD 5 FROM c"))
                fetch(wire, sql);
            wire.raw(Wire.query("FETCH 4 FROM c"));
            assertThat(shape(wire.untilReady())).isEqualTo("T D E53400 ZE");
            wire.raw(Wire.query("ROLLBACK"));
            assertThat(shape(wire.untilReady())).isEqualTo("C ZI");
        }
    }

    private static void fetch(Wire wire, String sql) throws Exception {
        wire.raw(Wire.query(sql));
        assertThat(shape(wire.untilReady())).doesNotContain("E").endsWith("ZT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "csv", "binary"})
    void copyOut(String format) throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            var ten = "COPY (SELECT id, city FROM patients LIMIT 10) TO STDOUT (FORMAT %s)";
            wire.raw(Wire.query(ten.formatted(format)));
            assertThat(shape(wire.untilReady()))
                    .isEqualTo(format.equals("binary") ? "H d*11 c C ZI" : "H d*10 c C ZI");
            wire.raw(Wire.query("COPY patients (id) TO STDOUT (FORMAT %s)".formatted(format)));
            assertThat(shape(wire.untilReady())).isEqualTo("H d*10 E53400 ZI");
            wire.raw(extended("COPY patients TO STDOUT (FORMAT %s)".formatted(format), 0));
            assertThat(shape(wire.untilReady())).isEqualTo("1 2 n H d*10 E53400 ZI");
        }
    }

    @Test
    void severalStatementsOfOneQuery() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(
                    Wire.query(
                            "SELECT 1; SELECT id FROM patients LIMIT 2; SELECT id FROM patients;"
                                + " SELECT 2; SELECT id FROM patients; COPY (SELECT 1) TO STDOUT"));
            assertThat(shape(wire.untilReady())).isEqualTo("T D C T D*2 C T D*10 E53400 ZI");
            wire.raw(Wire.query("INSERT INTO scratch VALUES (900, ''); SELECT id FROM patients"));
            assertThat(shape(wire.untilReady())).isEqualTo("E0A000 ZI");
            wire.raw(Wire.query("SELECT id FROM patients; COMMIT"));
            assertThat(shape(wire.untilReady())).isEqualTo("E0A000 ZI");
        }
        assertThat(scratch("id = 900")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTransactionFails(boolean simple) throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query("BEGIN"));
            wire.raw(Wire.query("INSERT INTO scratch VALUES (901, '')"));
            assertThat(shape(wire.untilReady()) + shape(wire.untilReady())).isEqualTo("C ZTC ZT");
            // As short as it is, the server has done it before any cancel comes.
            var sql = "SELECT id FROM patients LIMIT 11";
            wire.raw(simple ? Wire.query(sql) : extended(sql, 0));
            assertThat(shape(wire.untilReady())).endsWith("D*10 E53400 ZE");
            wire.raw(Wire.query("SELECT 1"));
            assertThat(shape(wire.untilReady())).isEqualTo("E25P02 ZE");
            wire.raw(Wire.query("COMMIT"));
            assertThat(shape(wire.untilReady())).isEqualTo("C ZI");
        }
        assertThat(scratch("id = 901")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void returningBeyondTheLimitChangesNothing(boolean simple) throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            var four =
                    "INSERT INTO scratch SELECT 910 + i, 'x' FROM generate_series(1, 4) i RETURNING"
                            + " id";
            wire.raw(simple ? Wire.query(four) : extended(four, 0));
            assertThat(shape(wire.untilReady())).endsWith("T D*3 E53400 ZI");
            assertThat(scratch("id > 910")).isZero();
            var three = four.replace("(1, 4)", "(1, 3)").replace("910", "920");
            wire.raw(simple ? Wire.query(three) : extended(three, 0));
            assertThat(shape(wire.untilReady())).endsWith("T D*3 C ZI");
            assertThat(scratch("id > 920")).isEqualTo(3);
            wire.raw(Wire.query("DELETE FROM scratch WHERE id > 900 RETURNING id"));
            assertThat(shape(wire.untilReady())).isEqualTo("T D*3 C ZI");
            // What fails by itself fails as ever, and the unnamed statement is gone as after any
            // Query.
            wire.raw(Wire.query("INSERT INTO scratch VALUES (1, 'again') RETURNING id"));
            assertThat(shape(wire.untilReady())).endsWith("E23505 ZI");
            wire.raw(Wire.query("UPDATE scratch SET label = 'y' WHERE id < 3"));
            assertThat(shape(wire.untilReady())).isEqualTo("C ZI");
            wire.raw(Wire.query("BEGIN"));
            wire.raw(Wire.query("UPDATE scratch SET label = 'z' RETURNING id"));
            wire.raw(Wire.query("COMMIT"));
            assertThat(shape(wire.untilReady())).isEqualTo("C ZT");
            assertThat(shape(wire.untilReady())).isEqualTo("T D*3 E53400 ZE");
            assertThat(shape(wire.untilReady())).isEqualTo("C ZI");
            assertThat(scratch("label = 'z'")).isZero();
        }
    }

    @Test
    void whatIsBehindInAPipelineIsNotDone() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "INSERT INTO scratch VALUES (930, '')"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("", "SELECT id FROM patients LIMIT 11"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("", "INSERT INTO scratch VALUES (931, '')"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.sync(),
                            Wire.query("SELECT 1"),
                            extended("SELECT id FROM patients LIMIT 3", 0)));
            assertThat(shape(wire.untilReady())).isEqualTo("1 2 C 1 2 D*10 E53400 ZI");
            assertThat(shape(wire.untilReady())).isEqualTo("T D C ZI");
            assertThat(shape(wire.untilReady())).isEqualTo("1 2 T D*3 C ZI");
        }
        assertThat(scratch("id in (930, 931)")).isZero();
    }

    @Test
    void bytesAndTime() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query("SELECT repeat('x', 1000) FROM encounters LIMIT 10"));
            assertThat(shape(wire.untilReady())).isEqualTo("T D*4 E53400 ZI");
            wire.raw(Wire.query("SELECT string_agg(note, ',') FROM encounters"));
            assertThat(shape(wire.untilReady())).isEqualTo("T E53400 ZI");
            long begun = System.nanoTime();
            wire.raw(Wire.query("SELECT id, pg_sleep(20) FROM billing.claims"));
            assertThat(shape(wire.untilReady())).isEqualTo("E53400 ZI");
            wire.raw(extended("SELECT id, pg_sleep(20) FROM billing.claims", 0));
            assertThat(shape(wire.untilReady())).isEqualTo("1 2 T E53400 ZI");
            assertThat(System.nanoTime() - begun).isLessThan(15_000_000_000L);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TEMP TABLE copied AS SELECT id FROM patients",
                "SELECT ssn INTO TEMP copied FROM patients",
                "INSERT INTO scratch SELECT id, ssn FROM patients",
                "INSERT INTO scratch VALUES (940, (SELECT ssn FROM patients LIMIT 1))",
                "UPDATE scratch SET label = p.ssn FROM patients p WHERE p.id = scratch.id",
                "PREPARE away AS INSERT INTO scratch SELECT id, ssn FROM patients",
                "EXPLAIN ANALYZE INSERT INTO scratch SELECT id, ssn FROM patients",
                "EXPLAIN ANALYZE CREATE TEMP TABLE copied AS SELECT id FROM patients",
                "CREATE TEMP VIEW copied AS SELECT id FROM patients",
            })
    void whatIsLimitedIsNotCopiedAway(String sql) throws Exception {
        try (var connection = gateway.connect("dev");
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> {
                                assertThat(e.getSQLState()).isEqualTo("42501");
                                assertThat(e.getMessage()).contains("dev-patients");
                                assertThat(hint(e))
                                        .startsWith(
                                                "read it with a SELECT; or ask the security team to"
                                                    + " add, without 'limit': {allow: [select], on:"
                                                    + " [public.patients], columns: [");
                            });
            statement.execute("PREPARE held AS SELECT ssn FROM patients");
            assertThatThrownBy(() -> statement.execute("CREATE TEMP TABLE copied AS EXECUTE held"))
                    .isInstanceOf(SQLException.class);
            // Where the same rule limits what is written, it may be.
            statement.execute("UPDATE scratch SET label = label || id WHERE id = 50");
        }
    }

    private static String hint(SQLException e) {
        return Objects.requireNonNull(
                Objects.requireNonNull(((PSQLException) e).getServerErrorMessage()).getHint());
    }

    @Test
    void explainIsHeldToItAsWell() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query("EXPLAIN ANALYZE SELECT id FROM scratch"));
            assertThat(shape(wire.untilReady())).isEqualTo("T D*3 E53400 ZI");
        }
    }

    @Test
    void theGrantWithoutALimitWins() throws Exception {
        try (var connection = gateway.connect("own");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id, city FROM patients")) {
            assertThat(rowsBefore(rows)).isEqualTo(500);
        }
    }

    // --- one person; in the order of their names

    @Test
    void personByClassOfData() throws Exception {
        try (var connection = gateway.connect("own")) {
            assertThat(rows(connection, "SELECT id, city FROM patients")).isEqualTo(500);
            assertThat(rows(connection, "SELECT ssn FROM patients LIMIT 15")).isEqualTo(15);
            assertThat(rows(connection, "SELECT 1 FROM patients WHERE ssn LIKE '9%'")).isEqualTo(5);
            // Not even whether there is one is told any more.
            assertThat(limited(connection, "SELECT 1 FROM patients WHERE ssn = 'no'")).isTrue();
            assertThat(limited(connection, "SELECT count(ssn) FROM patients")).isTrue();
            assertThat(rows(connection, "SELECT id, city FROM patients")).isEqualTo(500);
        }
    }

    @Test
    void personInAllSessionsTogether() throws Exception {
        // Questions that have no answer count, too.
        try (var connection = gateway.connect("bill")) {
            for (int i = 0; i < 10; i++)
                assertThat(rows(connection, "SELECT id FROM patients WHERE id < 0")).isZero();
        }
        var work = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 8; i++)
            work.add(() -> {
                int got = 0;
                try (var connection = gateway.connect("bill")) {
                    while (true) {
                        int more = rows(connection, "SELECT id FROM patients LIMIT 7");
                        if (more == 0) return got;
                        got += more;
                    }
                }
            });
        int got = 0;
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var result : threads.invokeAll(work)) got += result.get();
        }
        assertThat(got).isEqualTo(90);
        try (var connection = gateway.connect("bill")) {
            assertThat(rows(connection, "SELECT id FROM providers")).isEqualTo(5);
            assertThat(limited(connection, "SELECT count(*) FROM patients")).isTrue();
            assertThat(limited(connection, "COPY patients TO STDOUT")).isTrue();
        }
    }

    @Test
    void personStillAfterAReloadAndARestart() throws Exception {
        personIsSpent();
        var file = directory.resolve("policy.yaml");
        var version = version();
        Files.writeString(file, POLICY.replace("HOURLY", "103"));
        for (int i = 0; i < 100 && version().equals(version); i++) Thread.sleep(100);
        try (var connection = gateway.connect("bill")) {
            assertThat(rows(connection, "SELECT id FROM patients LIMIT 3")).isEqualTo(3);
        }
        gateway.close();
        Files.writeString(file, POLICY.replace("HOURLY", "104"));
        gateway = GatewayUnderTest.again(directory, "limits");
        try (var connection = gateway.connect("bill")) {
            assertThat(rows(connection, "SELECT id FROM patients LIMIT 3")).isEqualTo(1);
        }
        var trail = AuditTrail.of(gateway.store);
        var ended =
                trail.ofType("statement-outcome").stream()
                        .filter(e -> !e.text("limit").isEmpty())
                        .toList();
        assertThat(ended)
                .anySatisfy(e -> {
                    assertThat(e.text("limit"))
                            .isEqualTo("rule dev-patients: 10 rows of one statement");
                    assertThat(e.text("sqlState")).isEqualTo(LIMITED);
                    assertThat(e.text("status")).isEqualTo("failed");
                    assertThat(e.number("rows", -1)).isEqualTo(10);
                })
                .anySatisfy(e ->
                        assertThat(e.text("limit"))
                                .isEqualTo("rule bill-patients: 104 rows per hour"));
        var denied =
                trail.ofType("statement-intent").stream()
                        .filter(e -> e.text("decision").equals("deny"))
                        .filter(e -> e.list("rules").contains("bill-patients"))
                        .toList();
        assertThat(denied).isNotEmpty();
    }

    private static void personIsSpent() throws Exception {
        try (var connection = gateway.connect("bill")) {
            while (rows(connection, "SELECT id FROM patients LIMIT 50") > 0) {}
        }
    }

    private static String version() throws Exception {
        var loaded = AuditTrail.of(gateway.store).ofType("policy-loaded");
        return loaded.getLast().text("version");
    }

    // --- helpers

    private static int scratch(String where) throws Exception {
        try (var connection = GatewayUnderTest.postgres().connect("limits")) {
            return count(connection, "SELECT id FROM scratch WHERE " + where);
        }
    }

    private static int count(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            int n = 0;
            while (rows.next()) n++;
            return n;
        }
    }

    /// As many as came before the limit.
    private static int rows(Connection connection, String sql) throws Exception {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            // One by one: pgJDBC gives no rows of a result that failed.
            statement.setFetchSize(1);
            return rowsBefore(statement.executeQuery(sql));
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(LIMITED);
            return 0;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static int rowsBefore(java.sql.ResultSet rows) throws SQLException {
        int n = 0;
        try {
            while (rows.next()) n++;
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(LIMITED);
        }
        return n;
    }

    private static boolean limited(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            return false;
        } catch (SQLException e) {
            return e.getSQLState().equals(LIMITED);
        }
    }

    private static byte[] extended(String sql, int rows) {
        return Wire.concat(
                Wire.parse("", sql),
                Wire.bind("", ""),
                Wire.describe('P', ""),
                Wire.execute("", rows),
                Wire.sync());
    }

    /// `T D*10 E53400 ZI`: types in order, repeated ones counted, errors with their SQLSTATE.
    private static String shape(List<Wire.Message> messages) {
        var words = new ArrayList<String>();
        var counts = new ArrayList<Integer>();
        for (var message : messages) {
            var word =
                    switch (message.type()) {
                        case 'E' -> "E" + message.field('C');
                        case 'Z' -> "Z" + (char) message.body()[0];
                        default -> String.valueOf(message.type());
                    };
            if (word.equals("S") || word.equals("N")) continue;
            if (!words.isEmpty() && words.getLast().equals(word))
                counts.set(counts.size() - 1, counts.getLast() + 1);
            else {
                words.add(word);
                counts.add(1);
            }
        }
        var shape = new ArrayList<String>();
        for (int i = 0; i < words.size(); i++)
            shape.add(words.get(i) + (counts.get(i) == 1 ? "" : "*" + counts.get(i)));
        return shape.stream().collect(Collectors.joining(" "));
    }
}
