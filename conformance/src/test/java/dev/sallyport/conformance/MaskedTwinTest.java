package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What the gateway answers under masks and row filters is what a database answers whose tables
/// really were masked and filtered: for generated statements, errors included.
///
/// `-Dsallyport.masked.statements=20000` makes it longer, `-Dsallyport.masked.seed=...` another
/// one.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MaskedTwinTest {
    private static final long SEED = Long.getLong("sallyport.masked.seed", 20261123L);

    private static final int MAX_ROWS = 5_000;

    private int statements = Integer.getInteger("sallyport.masked.statements", 1500);
    private GatewayUnderTest gateway;
    private Connection simple;
    private Connection extended;
    private Connection twin;

    /// For other servers.
    static MaskedTwinTest of(int statements) {
        var test = new MaskedTwinTest();
        test.statements = statements;
        return test;
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        create("masked", false);
        create("masked_twin", true);
        gateway =
                GatewayUnderTest.start(
                        directory,
                        "masked",
                        Map.of(
                                "policy",
                                "database: clinic\nroles:\n  developer:\n    grants:\n"
                                        + MaskedStatements.GRANTS));
        simple = gateway.connect("dev", "preferQueryMode=simple");
        extended = gateway.connect("dev", "prepareThreshold=1");
        twin = GatewayUnderTest.postgres().connect("masked_twin");
        try (Statement statement = twin.createStatement()) {
            statement.execute("set statement_timeout = '2s'");
        }
    }

    @AfterAll
    void stop() throws SQLException {
        twin.close();
        gateway.close();
    }

    private static void create(String database, boolean asSeen) throws Exception {
        GatewayUnderTest.freshClinic(database);
        try (var connection = GatewayUnderTest.postgres().connect(database);
                var statement = connection.createStatement()) {
            statement.execute("drop schema public cascade; create schema public");
            for (String sql : MaskedStatements.SCHEMA.split(";"))
                if (!sql.isBlank()) statement.execute(sql);
            for (String sql : MaskedStatements.rows(asSeen)) statement.execute(sql);
            statement.execute(
                    "grant usage on schema public to sallyport_gateway, sallyport_catalog");
            statement.execute("grant usage on schema side to sallyport_gateway, sallyport_catalog");
            statement.execute(
                    "grant all on all tables in schema public, side to sallyport_gateway");
            statement.execute("analyze");
        }
    }

    /// Whether a division or a cast fails for rows that end up in no result is up to the plan. So
    /// the twin may fail where the gateway doesn't. The other way round only for what is to be
    /// seen: a value that the twin holds, too, or what the twin itself raises under another plan.
    private boolean raisedOnTheWay(List<String> expected, List<String> actual, String sql)
            throws SQLException {
        if (isValueError(expected)) return true;
        if (!isValueError(actual)) return false;
        return actual.equals(List.of("error 22P02"))
                ? quotesWhatIsSeen(sql)
                : raisedUnderAnotherPlan(actual, sql);
    }

    /// What the gateway sends for it, run past the gateway: the message quotes the value.
    private boolean quotesWhatIsSeen(String sql) throws SQLException {
        String sent = sql;
        try (Statement statement = simple.createStatement();
                ResultSet facts = statement.executeQuery("SALLYPORT EXPLAIN " + sql)) {
            while (facts.next())
                if (facts.getString(1).equals("runs as")) sent = facts.getString(2);
        }
        try (Connection direct = GatewayUnderTest.postgres().connect("masked");
                Statement statement = direct.createStatement()) {
            statement.execute(sent);
            return false;
        } catch (SQLException e) {
            var quoted = Pattern.compile("\"([^\"]*)\"").matcher(String.valueOf(e.getMessage()));
            return e.getSQLState().equals("22P02") && quoted.find() && isSeen(quoted.group(1));
        }
    }

    private boolean isSeen(String value) throws SQLException {
        for (String relation : MaskedStatements.relations())
            try (var statement =
                    twin.prepareStatement(
                            "SELECT FROM "
                                    + relation
                                    + " whole, jsonb_each_text(to_jsonb(whole)) e WHERE e.value"
                                    + " = ?")) {
                statement.setString(1, value);
                try (ResultSet rows = statement.executeQuery()) {
                    if (rows.next()) return true;
                }
            }
        return false;
    }

    private boolean raisedUnderAnotherPlan(List<String> actual, String sql) throws SQLException {
        for (String plan : OTHER_PLANS)
            try (Statement statement = twin.createStatement()) {
                statement.execute("set " + plan);
                boolean raised = answer(twin, sql).equals(actual);
                statement.execute("reset all; set statement_timeout = '2s'");
                if (raised) return true;
            }
        return false;
    }

    private static final List<String> OTHER_PLANS =
            List.of(
                    "enable_hashagg = off",
                    "enable_nestloop = off",
                    "join_collapse_limit = 1",
                    "join_collapse_limit = 1; set enable_hashjoin = off; set enable_mergejoin ="
                            + " off");

    private static boolean isValueError(List<String> answer) {
        return answer.size() == 1 && answer.getFirst().startsWith("error 22");
    }

    private int version() throws SQLException {
        return twin.getMetaData().getDatabaseMajorVersion();
    }

    /// Rows in any order, or the SQLSTATE.
    private static List<String> answer(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(MAX_ROWS);
            if (!statement.execute(sql)) return List.of("count " + statement.getUpdateCount());
            try (ResultSet result = statement.getResultSet()) {
                int width = result.getMetaData().getColumnCount();
                while (result.next()) {
                    StringBuilder row = new StringBuilder();
                    for (int i = 1; i <= width; i++)
                        row.append(result.getString(i)).append('\u0001');
                    rows.add(row.toString());
                }
            }
            Collections.sort(rows);
            return rows;
        } catch (SQLException e) {
            // Names that are not there the gateway misses first, with the server's SQLSTATE.
            boolean refused = List.of("42501", "0A000", "55000").contains(e.getSQLState());
            return List.of((refused ? "refused " + e.getMessage() : "error ") + e.getSQLState());
        }
    }

    @Test
    void everyAnswerIsTheOneOfATrulyMaskedDatabase() throws SQLException {
        var generator = new MaskedStatements.Generator(SEED, version());
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        int errors = 0;
        for (int i = 0; i < statements && wrong.size() < 10; i++) {
            String sql = generator.query();
            List<String> expected = answer(twin, sql);
            // Products of products.
            if (expected.size() >= MAX_ROWS || expected.equals(List.of("error 57014"))) continue;
            List<String> actual = answer(i % 2 == 0 ? simple : extended, sql);
            if (!actual.equals(expected) && !raisedOnTheWay(expected, actual, sql))
                wrong.add(sql + "\n  expected " + brief(expected) + "\n  but was " + brief(actual));
            if (expected.size() == 1 && expected.getFirst().startsWith("error")) errors++;
            else rows += expected.size();
        }
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(rows).isGreaterThan(statements);
        assertThat(errors).isBetween(statements / 100, statements / 3);
    }

    @Test
    void everyChangeIsTheOneOfATrulyMaskedDatabase() throws SQLException {
        var generator = new MaskedStatements.Generator(SEED + 1, version());
        List<String> wrong = new ArrayList<>();
        simple.setAutoCommit(false);
        extended.setAutoCommit(false);
        twin.setAutoCommit(false);
        int changed = 0;
        try {
            for (int i = 0; i < statements / 4 && wrong.size() < 10; i++) {
                String sql = generator.change();
                Connection through = i % 2 == 0 ? simple : extended;
                List<String> expected = answer(twin, sql);
                List<String> actual = answer(through, sql);
                if (!actual.equals(expected) && !isValueError(expected))
                    wrong.add(
                            sql
                                    + "\n  expected "
                                    + brief(expected)
                                    + "\n  but was "
                                    + brief(actual));
                if (actual.equals(expected)
                        && (expected.isEmpty() || !expected.getFirst().startsWith("error"))) {
                    changed++;
                    for (String after :
                            List.of("SELECT * FROM visits", "SELECT id, dom, code FROM people")) {
                        expected = answer(twin, after);
                        actual = answer(through, after);
                        if (!actual.equals(expected)) wrong.add(sql + "\n  then " + after);
                    }
                }
                twin.rollback();
                through.rollback();
            }
        } finally {
            simple.setAutoCommit(true);
            extended.setAutoCommit(true);
            twin.setAutoCommit(true);
        }
        assertThat(wrong).as("seed %d", SEED + 1).isEmpty();
        assertThat(changed).isGreaterThan(statements / 10);
    }

    @Test
    void cursorsPreparedStatementsAndCopiesAnswerTheSame() throws Exception {
        List<List<String>> scripts =
                List.of(
                        List.of(
                                "BEGIN",
                                "DECLARE c CURSOR FOR SELECT id, code FROM people ORDER BY id",
                                "FETCH 5 FROM c",
                                "FETCH 5 FROM c",
                                "CLOSE c",
                                "COMMIT"),
                        List.of(
                                "PREPARE s(int) AS SELECT code, p FROM people p WHERE id = $1",
                                "EXECUTE s(9)",
                                "EXECUTE s(12)",
                                "DEALLOCATE s"),
                        List.of(
                                "CREATE TEMP TABLE t AS SELECT * FROM people",
                                "SELECT * FROM t",
                                "INSERT INTO t SELECT * FROM people WHERE id < 9",
                                "SELECT count(*) FROM t",
                                "DROP TABLE t"),
                        List.of(
                                "BEGIN",
                                "DECLARE c CURSOR FOR SELECT cost, code FROM v_nested ORDER BY id",
                                "FETCH 3 FROM c",
                                "FETCH ALL FROM c",
                                "COMMIT",
                                "PREPARE v(int) AS SELECT v, n FROM side.v_far v WHERE n > $1",
                                "EXECUTE v(1)",
                                "EXECUTE v(2)",
                                "DEALLOCATE v",
                                "CREATE TEMP TABLE t AS SELECT * FROM v_totals",
                                "INSERT INTO t SELECT * FROM v_totals WHERE n > 2",
                                "SELECT * FROM t",
                                "DROP TABLE t",
                                "SELECT id, what FROM v_ratio WHERE ratio > 3 FOR UPDATE",
                                "SELECT id FROM v_steps",
                                "SELECT count(*) FROM v_words",
                                "TABLE v_people",
                                "SELECT x, y FROM v_people AS p (x, y, z)",
                                "SELECT public.v_first.kind FROM public.v_first",
                                "SELECT * FROM v_people NATURAL JOIN v_visits"),
                        List.of(
                                "SELECT id, code INTO TEMP t FROM ONLY people",
                                "TABLE t",
                                "DROP TABLE t"),
                        List.of(
                                "BEGIN",
                                "SELECT id, name FROM people WHERE id < 20 FOR UPDATE",
                                "SELECT v.id FROM visits v, people p WHERE v.person_id = p.id FOR"
                                        + " SHARE OF v",
                                "ROLLBACK"),
                        List.of(
                                "TABLE visits",
                                "SELECT public.people.code FROM public.people WHERE"
                                        + " public.people.id > 9",
                                "SELECT x, y FROM people AS p (x, y, z)",
                                "SELECT * FROM people NATURAL JOIN plain"));
        for (List<String> script : scripts)
            for (Connection through : List.of(simple, extended))
                for (String sql : script)
                    assertThat(answer(through, sql)).as(sql).isEqualTo(answer(twin, sql));
        for (String copy :
                List.of(
                        "COPY people TO STDOUT",
                        "COPY public.people (code, id, note) TO STDOUT WITH (FORMAT csv, HEADER)",
                        "COPY (SELECT code FROM people WHERE code LIKE '%1') TO STDOUT",
                        "COPY (TABLE v_visits) TO STDOUT",
                        "COPY (SELECT v FROM side.v_far v WHERE n = 2) TO STDOUT CSV",
                        "COPY visits TO STDOUT (FORMAT binary)"))
            assertThat(copied(simple, copy)).as(copy).isEqualTo(copied(twin, copy));
    }

    private static List<String> copied(Connection connection, String sql) throws Exception {
        var out = new java.io.ByteArrayOutputStream();
        connection.unwrap(org.postgresql.PGConnection.class).getCopyAPI().copyOut(sql, out);
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                out.toString(java.nio.charset.StandardCharsets.ISO_8859_1)
                                        .split("\n")));
        Collections.sort(lines);
        return lines;
    }

    /// Fetched in parts, with parameters of every usual type, prepared on the server.
    @Test
    void preparedStatementsWithParametersAnswerTheSame() throws SQLException {
        for (int fetch : List.of(0, 3)) {
            for (Connection connection : List.of(extended, twin))
                connection.setAutoCommit(fetch == 0);
            for (int i = 0; i < 12; i++) {
                List<String> expected = parameters(twin, fetch, i);
                assertThat(parameters(extended, fetch, i)).isEqualTo(expected);
            }
            for (Connection connection : List.of(extended, twin)) {
                if (fetch != 0) connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static List<String> parameters(Connection connection, int fetch, int i)
            throws SQLException {
        List<String> rows = new ArrayList<>();
        try (var statement =
                connection.prepareStatement(
                        "SELECT p.id, p.code, v.kind, p.amount FROM people p LEFT JOIN visits v ON"
                                + " v.person_id = p.id WHERE p.id > ? AND p.code <> ? AND (p.born >"
                                + " ? OR p.age < ?) AND p.amount < ? AND ? = ? ORDER BY 1, 2, 3,"
                                + " 4")) {
            statement.setFetchSize(fetch);
            statement.setInt(1, i);
            statement.setString(2, "*******000" + i);
            statement.setDate(3, java.sql.Date.valueOf("1980-01-0" + (1 + i % 9)));
            statement.setLong(4, 10L * i);
            statement.setBigDecimal(5, new java.math.BigDecimal("500.50"));
            statement.setString(6, "x");
            statement.setString(7, "x");
            try (ResultSet result = statement.executeQuery()) {
                while (result.next())
                    rows.add(
                            result.getInt(1)
                                    + result.getString(2)
                                    + result.getString(3)
                                    + result.getBigDecimal(4));
            }
        }
        return rows;
    }

    private static String brief(List<String> rows) {
        return rows.size() + " rows " + rows.subList(0, Math.min(rows.size(), 4));
    }
}
