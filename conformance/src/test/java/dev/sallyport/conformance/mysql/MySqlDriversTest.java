package dev.sallyport.conformance.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// MySQL's JDBC driver, with text and with the server's prepared statements, and what tools ask
/// through it about the database. MariaDB's is refused as it connects, which is pinned here.
class MySqlDriversTest {
    private static MySqlUnderTest gateway;

    enum Driver {
        MARIADB("jdbc:mariadb", "useServerPrepStmts=false"),
        CONNECTOR_J("jdbc:mysql", "useServerPrepStmts=false"),
        CONNECTOR_J_PREPARED("jdbc:mysql", "useServerPrepStmts=true&cachePrepStmts=true");

        private final String scheme;
        private final String options;

        Driver(String scheme, String options) {
            this.scheme = scheme;
            this.options = options;
        }

        Connection connect(String... more) throws SQLException {
            var properties = new Properties();
            properties.setProperty("user", MySqlUnderTest.USER);
            properties.setProperty("password", MySqlUnderTest.PASSWORD);
            if (scheme.equals("jdbc:mariadb")) {
                properties.setProperty("sslMode", "verify-full");
                properties.setProperty("serverSslCert", gateway.ca().toString());
            } else {
                // Its trust stores are files of Java's kind; who answers is checked by the others.
                properties.setProperty("sslMode", "REQUIRED");
            }
            for (var option : more) {
                var pair = option.split("=", 2);
                properties.setProperty(pair[0], pair[1]);
            }
            return DriverManager.getConnection(
                    "%s://%s:%d/shop?%s".formatted(scheme, gateway.host(), gateway.port(), options),
                    properties);
        }
    }

    /// It sets which variables the server reports, without sql_mode, by which the gateway follows
    /// the session. Once that can be allowed, the other tests are for it, too.
    @org.junit.jupiter.api.Test
    void mariadbsConnectorIsRefusedForWhatItSets() {
        assertThatThrownBy(() -> Driver.MARIADB.connect().close())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("the gateway follows the session by this setting");
    }

    @BeforeAll
    static void start() {
        gateway = MySqlUnderTest.get();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTOR_J", "CONNECTOR_J_PREPARED"})
    void readsAndWrites(Driver driver) throws Exception {
        try (var connection = driver.connect()) {
            connection.setAutoCommit(false);
            int id;
            try (var insert =
                    connection.prepareStatement(
                            "insert into customers (name, born, balance, note, photo) values (?, ?,"
                                    + " ?, ?, ?)",
                            Statement.RETURN_GENERATED_KEYS)) {
                insert.setString(1, "Zoë 😀 'quoted' \\ \"");
                insert.setDate(2, Date.valueOf("1990-02-03"));
                insert.setBigDecimal(3, new BigDecimal("12.50"));
                insert.setNull(4, java.sql.Types.VARCHAR);
                insert.setBinaryStream(5, new ByteArrayInputStream(new byte[30_000]));
                assertThat(insert.executeUpdate()).isOne();
                try (var keys = insert.getGeneratedKeys()) {
                    assertThat(keys.next()).isTrue();
                    id = keys.getInt(1);
                }
            }
            try (var select =
                    connection.prepareStatement(
                            "select name, born, balance, note, photo from customers where id ="
                                    + " ?")) {
                // Again and again, as drivers prepare at the server after some times.
                for (var i = 0; i < 6; i++) {
                    select.setInt(1, id);
                    try (var rows = select.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString(1)).isEqualTo("Zoë 😀 'quoted' \\ \"");
                        assertThat(rows.getDate(2)).isEqualTo("1990-02-03");
                        assertThat(rows.getBigDecimal(3)).isEqualTo("12.50");
                        assertThat(rows.getString(4)).isNull();
                        assertThat(rows.getBytes(5)).hasSize(30_000);
                    }
                }
            }
            connection.rollback();
            assertThat(column(connection, "select id from customers where id = " + id)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTOR_J", "CONNECTOR_J_PREPARED"})
    void aDenialLeavesTheConnectionAndItsTransaction(Driver driver) throws Exception {
        try (var connection = driver.connect()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(
                            () -> {
                                try (var denied =
                                        connection.prepareStatement(
                                                "select ssn from customers where id = ?")) {
                                    denied.setInt(1, 1);
                                    denied.executeQuery();
                                }
                            })
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> {
                                assertThat(e.getSQLState()).isEqualTo("42000");
                                assertThat(e.getErrorCode()).isIn(1142, 1143);
                            })
                    .hasMessageContaining("ssn");
            assertThat(column(connection, "select name from customers where id = 1"))
                    .containsExactly("Ada");
            connection.commit();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTOR_J", "CONNECTOR_J_PREPARED"})
    void batchesCursorsAndSeveralResults(Driver driver) throws Exception {
        try (var connection =
                driver.connect("rewriteBatchedStatements=true", "allowMultiQueries=true")) {
            connection.setAutoCommit(false);
            try (var batch =
                    connection.prepareStatement(
                            "insert into orders (customer_id, total) values (?, ?)")) {
                for (var i = 0; i < 50; i++) {
                    batch.setInt(1, 1 + i % 2);
                    batch.setBigDecimal(2, BigDecimal.valueOf(i));
                    batch.addBatch();
                }
                assertThat(batch.executeBatch()).hasSize(50);
            }
            try (var call = connection.prepareCall("{call two_results()}")) {
                assertThat(call.execute()).isTrue();
                assertThat(first(call.getResultSet())).isEqualTo("1");
                assertThat(call.getMoreResults()).isTrue();
                assertThat(first(call.getResultSet())).isEqualTo("2");
            }
            try (var several = connection.createStatement()) {
                assertThat(several.execute("select 1; select name from customers where id = 2"))
                        .isTrue();
                assertThat(several.getMoreResults()).isTrue();
                assertThat(first(several.getResultSet())).isEqualTo("Grace");
                assertThatThrownBy(() -> several.execute("select 1; select ssn from customers"))
                        .hasMessageContaining("ssn");
            }
            try (var large = connection.createStatement()) {
                large.setFetchSize(7);
                var count = 0;
                try (var rows = large.executeQuery("select id, total from orders order by id")) {
                    while (rows.next()) count++;
                }
                assertThat(count).isEqualTo(53);
            }
            connection.rollback();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "CONNECTOR_J_PREPARED")
    void rowsComeThroughTheServersCursor(Driver driver) throws Exception {
        try (var connection = driver.connect("useCursorFetch=true", "defaultFetchSize=1");
                var select =
                        connection.prepareStatement("select name from customers order by id")) {
            select.setFetchSize(1);
            var names = new ArrayList<String>();
            try (var rows = select.executeQuery()) {
                while (rows.next()) names.add(rows.getString(1));
            }
            assertThat(names).containsExactly("Ada", "Grace", "Zoë");
        }
    }

    /// What every tool with a tree of tables asks.
    @ParameterizedTest
    @EnumSource(names = {"CONNECTOR_J", "CONNECTOR_J_PREPARED"})
    void metadata(Driver driver) throws Exception {
        try (var connection = driver.connect()) {
            var about = connection.getMetaData();
            assertThat(about.getDatabaseProductVersion()).isNotBlank();
            assertThat(about.getURL()).contains("shop");
            assertThat(names(about.getCatalogs(), "TABLE_CAT")).contains("shop");
            names(about.getSchemas(), "TABLE_SCHEM");
            assertThat(names(about.getTables("shop", null, "%", null), "TABLE_NAME"))
                    .contains("customers", "orders", "cities");
            assertThat(
                            names(
                                    about.getTables("shop", null, "%", new String[] {"VIEW"}),
                                    "TABLE_NAME"))
                    .containsExactly("cities");
            assertThat(names(about.getColumns("shop", null, "customers", "%"), "COLUMN_NAME"))
                    .contains("id", "name", "ssn");
            assertThat(names(about.getPrimaryKeys("shop", null, "customers"), "COLUMN_NAME"))
                    .containsExactly("id");
            assertThat(
                            names(
                                    about.getIndexInfo("shop", null, "orders", false, false),
                                    "INDEX_NAME"))
                    .contains("by_customer");
            assertThat(names(about.getImportedKeys("shop", null, "orders"), "PKTABLE_NAME"))
                    .containsExactly("customers");
            assertThat(names(about.getExportedKeys("shop", null, "customers"), "FKTABLE_NAME"))
                    .containsExactly("orders");
            assertThat(names(about.getProcedures("shop", null, "%"), "PROCEDURE_NAME"))
                    .contains("two_results");
            assertThat(names(about.getFunctions("shop", null, "%"), "FUNCTION_NAME"))
                    .contains("doubled");
            names(about.getProcedureColumns("shop", null, "%", "%"), "COLUMN_NAME");
            names(about.getFunctionColumns("shop", null, "%", "%"), "COLUMN_NAME");
            names(about.getColumnPrivileges("shop", null, "customers", "%"), "COLUMN_NAME");
            names(about.getTablePrivileges("shop", null, "%"), "TABLE_NAME");
            names(about.getBestRowIdentifier("shop", null, "customers", 1, true), "COLUMN_NAME");
            names(about.getVersionColumns("shop", null, "customers"), "COLUMN_NAME");
            names(about.getTypeInfo(), "TYPE_NAME");
            names(about.getTableTypes(), "TABLE_TYPE");
            names(about.getClientInfoProperties(), "NAME");
            assertThat(about.getMaxConnections()).isNotNegative();
            // Connector/J asks for a column of MySQL's information_schema that MariaDB's lacks.
            if (!gateway.isMariaDb() || driver.scheme.equals("jdbc:mariadb"))
                assertThat(about.getSQLKeywords()).isNotBlank();
            connection.setCatalog("information_schema");
            assertThat(connection.getCatalog()).isEqualTo("information_schema");
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setReadOnly(true);
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    private static List<String> names(ResultSet rows, String column) throws SQLException {
        var found = new ArrayList<String>();
        try (rows) {
            while (rows.next()) found.add(String.valueOf(rows.getString(column)));
        }
        return found;
    }

    private static String first(ResultSet rows) throws SQLException {
        try (rows) {
            assertThat(rows.next()).isTrue();
            return String.valueOf(rows.getString(1));
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) values.add(String.valueOf(rows.getString(1)));
            return values;
        }
    }
}
