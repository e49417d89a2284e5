package dev.sallyport.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/// pgJDBC through the gateway, in each of its query modes, against a real PostgreSQL.
class PgJdbcTest {
    private static final String DENIED = "42501";
    private static @TempDir Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayUnderTest.start(directory);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Connection dev(String mode) throws SQLException {
        return gateway.connect("dev", "preferQueryMode=" + mode);
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static PSQLException refused(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            throw new AssertionError("was permitted: " + sql);
        } catch (PSQLException e) {
            return e;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void answersLikeTheDatabase(String mode) throws SQLException {
        try (var connection = dev(mode)) {
            assertThat(one(connection, "select city from patients where id = 7"))
                    .isEqualTo("City0");
            try (var prepared =
                    connection.prepareStatement(
                            "select id, city, birth_date from public.patients where id between ?"
                                    + " and ? order by id")) {
                for (int round = 0; round < 12; round++) {
                    prepared.setInt(1, 3);
                    prepared.setInt(2, 5 + round);
                    try (var rows = prepared.executeQuery()) {
                        int n = 0;
                        while (rows.next()) {
                            assertThat(rows.getInt(1)).isEqualTo(3 + n);
                            assertThat(rows.getDate(3).toLocalDate())
                                    .isEqualTo(java.time.LocalDate.of(1950, 1, 1).plusDays(3 + n));
                            n++;
                        }
                        assertThat(n).isEqualTo(3 + round);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared"})
    void aDenialSaysWhatWhyAndHowAndTheSessionGoesOn(String mode) throws SQLException {
        try (var connection = dev(mode)) {
            var error =
                    refused(connection, "select id, last_name from patients")
                            .getServerErrorMessage();
            requireNonNull(error);
            assertThat(error.getSQLState()).isEqualTo(DENIED);
            assertThat(error.getMessage() + error.getDetail())
                    .contains("last_name")
                    .contains("public.patients");
            assertThat(error.getHint()).isNotBlank();
            assertThat(one(connection, "select 41 + 1")).isEqualTo("42");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared"})
    void aDenialFailsTheTransactionOnBothSides(String mode) throws SQLException {
        try (var connection = dev(mode)) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.executeUpdate("insert into scratch values (9000, 'must not stay')");
                assertThat(refused(connection, "select ssn from patients").getSQLState())
                        .isEqualTo(DENIED);
                // Exactly as after any error of the server's.
                assertThat(refused(connection, "select 1").getSQLState()).isEqualTo("25P02");
                connection.rollback();
                assertThat(one(connection, "select count(*) from scratch where id = 9000"))
                        .isEqualTo("0");
                statement.executeUpdate("insert into scratch values (9001, 'stays not either')");
                assertThat(refused(connection, "select ssn from patients").getSQLState())
                        .isEqualTo(DENIED);
                connection.commit(); // answered with ROLLBACK, which pgJDBC does not complain about
                connection.rollback();
                assertThat(one(connection, "select count(*) from scratch where id = 9001"))
                        .isEqualTo("0");
                connection.commit();
            }
        }
    }

    @Test
    void savepointsBringATransactionBackAfterADenial() throws SQLException {
        try (var connection = dev("extended")) {
            connection.setAutoCommit(false);
            var savepoint = connection.setSavepoint();
            assertThat(refused(connection, "select phone from patients").getSQLState())
                    .isEqualTo(DENIED);
            connection.rollback(savepoint);
            assertThat(one(connection, "select count(*) from scratch where id < 0")).isEqualTo("0");
            connection.commit();
        }
    }

    @Test
    void oneDeniedStatementInABatchRollsTheWholePipelineBack() throws SQLException {
        try (var connection = dev("extended");
                var statement = connection.createStatement()) {
            statement.addBatch("insert into scratch values (9100, 'a')");
            statement.addBatch("insert into scratch values (9101, 'b')");
            statement.addBatch("delete from patients");
            statement.addBatch("insert into scratch values (9102, 'c')");
            assertThatThrownBy(statement::executeBatch).hasMessageContaining("patients");
            assertThat(
                            one(
                                    connection,
                                    "select count(*) from scratch where id between 9100 and 9102"))
                    .isEqualTo("0");
        }
    }

    @Test
    void severalStatementsInOneQueryAreDecidedTogether() throws SQLException {
        try (var connection = dev("simple")) {
            assertThat(
                            refused(
                                            connection,
                                            "insert into scratch values (9200, 'x'); select ssn"
                                                    + " from patients")
                                    .getSQLState())
                    .isEqualTo(DENIED);
            assertThat(one(connection, "select count(*) from scratch where id = 9200"))
                    .isEqualTo("0");
            try (var statement = connection.createStatement()) {
                assertThat(statement.execute("select 1; select 'two'; select 3")).isTrue();
                assertThat(statement.getMoreResults()).isTrue();
                try (var rows = statement.getResultSet()) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo("two");
                }
            }
        }
    }

    @Test
    void portalsWithRowLimitsInterleave() throws SQLException {
        try (var connection = dev("extended")) {
            connection.setAutoCommit(false);
            try (var a = connection.prepareStatement("select id from patients order by id");
                    var b = connection.prepareStatement("select id from encounters order by id")) {
                a.setFetchSize(2);
                b.setFetchSize(3);
                try (var rowsA = a.executeQuery();
                        var rowsB = b.executeQuery()) {
                    for (int i = 1; i <= 100; i++) {
                        assertThat(rowsA.next()).isTrue();
                        assertThat(rowsA.getInt(1)).isEqualTo(i);
                        assertThat(rowsB.next()).isTrue();
                        assertThat(rowsB.getLong(1)).isEqualTo(i);
                    }
                }
            }
            connection.commit();
        }
    }

    @Test
    void copyInAndOut() throws Exception {
        try (var connection = dev("extended")) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI();
            var data = new StringBuilder();
            for (int i = 20_000; i < 30_000; i++)
                data.append(i).append("\trow ").append(i).append('\n');
            assertThat(
                            copy.copyIn(
                                    "copy scratch from stdin",
                                    new ByteArrayInputStream(
                                            data.toString().getBytes(StandardCharsets.UTF_8))))
                    .isEqualTo(10_000);
            var out = new StringWriter();
            assertThat(
                            copy.copyOut(
                                    "copy (select * from scratch where id >= 20000 order by id) to"
                                            + " stdout",
                                    out))
                    .isEqualTo(10_000);
            assertThat(out.toString()).isEqualTo(data.toString());
            assertThatThrownBy(() -> copy.copyOut("copy patients to stdout", new StringWriter()))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(DENIED));
            assertThatThrownBy(() ->
                            copy.copyIn(
                                    "copy patients(id) from stdin",
                                    new ByteArrayInputStream(
                                            "1\n".getBytes(StandardCharsets.UTF_8))))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(DENIED));
            var failing = copy.copyIn("copy scratch from stdin");
            failing.writeToCopy("30000\tx\n".getBytes(StandardCharsets.UTF_8), 0, 8);
            failing.cancelCopy();
            assertThat(one(connection, "delete from scratch where id >= 20000 returning 'gone'"))
                    .isEqualTo("gone");
            assertThat(one(connection, "select count(*) from scratch where id >= 20000"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aRunningStatementCanBeCancelled() throws Exception {
        try (var connection = dev("extended");
                Statement statement = connection.createStatement()) {
            var running =
                    CompletableFuture.supplyAsync(() ->
                            refused(
                                    connection,
                                    "select count(*) from encounters a, encounters b, encounters c,"
                                            + " encounters d"));
            Thread.sleep(700);
            // pgJDBC cancels the connection's running statement, whichever object asks.
            connection.unwrap(PGConnection.class).cancelQuery();
            assertThat(running.get(15, TimeUnit.SECONDS).getSQLState()).isEqualTo("57014");
            assertThat(one(connection, "select 1")).isEqualTo("1");
            statement.close();
        }
    }

    /// Every method of DatabaseMetaData, so every catalog query of pgJDBC: tools live on them.
    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void theWholeMetadataIsWhatTheServerItselfSays(String mode) throws Exception {
        try (var through = dev(mode);
                var direct =
                        GatewayUnderTest.postgres()
                                .connect(
                                        gateway.database,
                                        "sallyport_gateway",
                                        GatewayUnderTest.UPSTREAM_SECRETS.getFirst())) {
            int withRows = 0;
            for (var method : DatabaseMetaData.class.getMethods()) {
                // These name the connection itself.
                if (List.of("getURL", "getUserName", "getConnection", "unwrap", "isWrapperFor")
                        .contains(method.getName())) continue;
                for (var arguments : argumentsOf(method)) {
                    var expected = call(method, direct, arguments);
                    assertThat(call(method, through, arguments))
                            .as(method.getName() + Arrays.toString(arguments))
                            .isEqualTo(expected);
                    if (expected instanceof List<?> rows && rows.size() > 1) withRows++;
                }
            }
            assertThat(withRows).isGreaterThan(15);
        }
    }

    /// A catalog, a schema, a table and so on, first of the clinic's, then of everything.
    private static List<@Nullable Object[]> argumentsOf(Method method) {
        return switch (method.getName()) {
            case "getCrossReference" ->
                    List.<@Nullable Object[]>of(
                            new @Nullable Object[] {
                                null, "public", "patients", null, "billing", "claims"
                            });
            case "getTables" ->
                    List.of(
                            new @Nullable Object[] {null, null, "%", null},
                            new @Nullable Object[] {
                                null, "public", "%", new String[] {"TABLE", "VIEW", "INDEX"}
                            });
            case "getUDTs" ->
                    List.<@Nullable Object[]>of(new @Nullable Object[] {null, null, "%", null});
            case "getBestRowIdentifier" ->
                    List.<@Nullable Object[]>of(
                            new @Nullable Object[] {null, "public", "patients", 0, true});
            case "getIndexInfo" ->
                    List.of(
                            new @Nullable Object[] {null, "public", "patients", false, true},
                            new @Nullable Object[] {null, "public", "encounters", true, false});
            case "getSchemas" ->
                    List.<@Nullable Object[]>of(
                            method.getParameterCount() == 0
                                    ? new Object[0]
                                    : new @Nullable Object[] {null, "b%"});
            case "getPrimaryKeys", "getImportedKeys", "getExportedKeys", "getVersionColumns" ->
                    List.of(
                            new @Nullable Object[] {null, "public", "patients"},
                            new @Nullable Object[] {null, "billing", "claims"});
            default -> {
                var types = method.getParameterTypes();
                var arguments = new @Nullable Object[types.length];
                for (int i = 0; i < types.length; i++)
                    arguments[i] =
                            types[i] == int.class
                                    ? (Object) 4
                                    : types[i] == boolean.class
                                            ? (Object) true
                                            : i < 2 ? null : "%";
                yield List.<@Nullable Object[]>of(arguments);
            }
        };
    }

    /// What the method returns; a result as its header and rows; what it throws as its SQLSTATE.
    private static @Nullable Object call(
            Method method, Connection connection, @Nullable Object[] arguments) throws Exception {
        try {
            var answer = method.invoke(connection.getMetaData(), arguments);
            if (!(answer instanceof ResultSet rows)) return answer;
            try (rows) {
                var all = new ArrayList<List<@Nullable String>>();
                int width = rows.getMetaData().getColumnCount();
                var header = new ArrayList<@Nullable String>();
                for (int i = 1; i <= width; i++)
                    header.add(
                            rows.getMetaData().getColumnName(i)
                                    + " "
                                    + rows.getMetaData().getColumnTypeName(i));
                all.add(header);
                while (rows.next()) {
                    var row = new ArrayList<@Nullable String>();
                    for (int i = 1; i <= width; i++) row.add(rows.getString(i));
                    all.add(row);
                }
                return all;
            }
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException refused) return "" + refused.getSQLState();
            throw e;
        }
    }

    @Test
    void bigParametersAndResultsPassUntouched() throws SQLException {
        var big = "ä€𝄞x".repeat(2_000_000);
        try (var connection = dev("extended");
                var statement = connection.prepareStatement("select ?::text, md5(?::text)")) {
            statement.setString(1, big);
            statement.setString(2, big);
            try (var rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo(big);
            }
        }
    }

    @Test
    void temporaryTablesOfTheSessionAreUnderstood() throws SQLException {
        for (var mode : new String[] {"simple", "extended"}) {
            try (var connection = dev(mode);
                    var statement = connection.createStatement()) {
                statement.execute("create temp table mine (a int, b text)");
                statement.execute("insert into mine values (1, 'x')");
                assertThat(one(connection, "select b from mine")).isEqualTo("x");
                assertThat(one(connection, "select b from pg_temp.mine")).isEqualTo("x");
                // A temporary table hides the real one of the same name; the real one stays denied
                // under its schema.
                statement.execute("create temp table claims (id int)");
                assertThat(one(connection, "select count(*) from claims")).isEqualTo("0");
                assertThat(refused(connection, "select * from billing.claims").getSQLState())
                        .isEqualTo(DENIED);
            }
        }
    }

    @Test
    void searchPathChangesWhatANameMeans() throws SQLException {
        try (var connection = dev("extended");
                var statement = connection.createStatement()) {
            assertThat(one(connection, "select last_name from providers where id = 1"))
                    .isEqualTo("Provider1");
            statement.execute("set search_path to evil, public");
            assertThat(refused(connection, "select * from providers").getSQLState())
                    .isEqualTo(DENIED);
            statement.execute("reset search_path");
            assertThat(one(connection, "select last_name from providers where id = 1"))
                    .isEqualTo("Provider1");
            connection.setAutoCommit(false);
            statement.execute("set local search_path to evil");
            assertThat(refused(connection, "select * from providers").getSQLState())
                    .isEqualTo(DENIED);
            connection.rollback();
            assertThat(one(connection, "select last_name from providers where id = 1"))
                    .isEqualTo("Provider1");
        }
        try (var connection = gateway.connect("own");
                var prepared = connection.prepareStatement("select count(*) from providers")) {
            for (int i = 0; i < 8; i++) {
                try (var rows = prepared.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                }
            }
            assertThat(one(connection, "select public.hide_path()")).isEqualTo("evil");
            // PostgreSQL plans the prepared statement again under the new path: it now reads
            // evil.providers.
            assertThatThrownBy(prepared::executeQuery)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(DENIED));
        }
    }

    @Test
    void loginsThatMustFailLookAlike() {
        var wrong = catchLogin("dev", "wrong");
        var unknown = catchLogin("nosuchuser", "wrong");
        var disabled = catchLogin("left", "left-pw");
        assertThat(wrong.getSQLState()).isEqualTo("28P01");
        assertThat(unknown.getSQLState()).isEqualTo("28P01");
        assertThat(disabled.getSQLState()).startsWith("28");
        assertThat(requireNonNull(unknown.getMessage()).replace("nosuchuser", "dev"))
                .isEqualTo(wrong.getMessage());
        for (var secret : GatewayUnderTest.UPSTREAM_SECRETS)
            assertThat(wrong.getMessage()).doesNotContain(secret);
    }

    private static SQLException catchLogin(String user, String password) {
        try (var connection = gateway.connect(user, "password=" + password)) {
            throw new AssertionError("logged in: " + connection);
        } catch (SQLException e) {
            return e;
        }
    }
}
