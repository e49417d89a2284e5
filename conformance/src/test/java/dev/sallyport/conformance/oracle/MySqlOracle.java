package dev.sallyport.conformance.oracle;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.MySqlCatalogBuilder;
import dev.sallyport.sql.catalog.MySqlCatalogQueries;
import dev.sallyport.sql.mysql.MySqlAnalyzer;
import dev.sallyport.sql.mysql.MySqlContext;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Gives a user exactly the privileges of a footprint and lets the server judge.
final class MySqlOracle implements AutoCloseable {
    /// Privileges on databases, tables, columns, routines, or any at all; a view that its caller
    /// may not see through.
    private static final Set<Integer> REFUSED = Set.of(1044, 1142, 1143, 1227, 1356, 1370);

    private final Connection root;
    private final Connection user;
    final Catalog catalog;

    /// Of the last error.
    private String message = "";

    private final MySqlContext context;

    sealed interface Answer {
        /// Not valid: nobody may run it.
        record Invalid() implements Answer {}

        record NotUnderstood(String reason) implements Answer {}

        record Agreed(Footprint footprint) implements Answer {}

        /// The server asks for more than the footprint says.
        record Missed(String why, Footprint footprint) implements Answer {}
    }

    /// @param url as `jdbc:mariadb://127.0.0.1:3306/`
    /// @param setup user and password of an account with all rights, as `?user=u&password=p`
    MySqlOracle(String url, String setup) throws SQLException {
        root = DriverManager.getConnection(url + setup);
        for (var statement : MySqlOracleSchema.STATEMENTS) run(root, statement);
        run(root, "CREATE OR REPLACE USER judged IDENTIFIED BY 'judged'");
        run(root, "CREATE OR REPLACE USER catalog IDENTIFIED BY 'catalog'");
        // SELECT, because the server shows a view's definition to nobody else.
        run(root, "GRANT SELECT, SHOW VIEW, TRIGGER, EXECUTE, EVENT ON *.* TO catalog");
        user = DriverManager.getConnection(url + "?user=judged&password=judged");
        catalog = read(url + "?user=catalog&password=catalog");
        context =
                new MySqlContext(
                        catalog, "oracle", Objects.requireNonNull(catalog.mySql()).dialect());
        // USE needs a right to the database.
        run(root, "GRANT CREATE ROUTINE ON oracle.* TO judged");
        run(user, "USE oracle");
        user.setAutoCommit(false);
        root.setAutoCommit(false);
    }

    private static Catalog read(String url) throws SQLException {
        var builder = new MySqlCatalogBuilder();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            for (var query : MySqlCatalogQueries.values())
                try (var rows = statement.executeQuery(query.sql())) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) {
                        var row = new ArrayList<@Nullable String>();
                        for (int i = 1; i <= columns; i++) row.add(rows.getString(i));
                        builder.add(query, row);
                    }
                }
        }
        return builder.build(1);
    }

    /// The rows of a query, first column.
    List<String> column(String sql) throws SQLException {
        var values = new ArrayList<String>();
        try (var statement = root.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) values.add(rows.getString(1));
        }
        return values;
    }

    Answer ask(String sql) throws SQLException {
        if (error(root, sql) != 0) return new Answer.Invalid();
        var analysis = new MySqlAnalyzer().analyze(new SqlText(sql), context);
        if (!(analysis instanceof Analysis.Understood(var statements)))
            return new Answer.NotUnderstood(((Analysis.NotUnderstood) analysis).reason());
        var footprint = statements.getFirst().footprint();
        grant(grants(footprint, null));
        int error = error(user, sql);
        return REFUSED.contains(error)
                ? new Answer.Missed(message, footprint)
                : new Answer.Agreed(footprint);
    }

    /// Whether the server refuses it when one column of those that the statement names itself is
    /// taken away.
    boolean needs(String sql, Footprint footprint, Access access, ColumnUse column)
            throws SQLException {
        grant(grants(footprint, new Taken(access, column.column())));
        return REFUSED.contains(error(user, sql));
    }

    private record Taken(Access access, String column) {}

    /// By what they are on, so that one GRANT gives all of a table.
    private static Collection<String> grants(Footprint footprint, @Nullable Taken taken) {
        Map<String, Set<String>> byTable = new LinkedHashMap<>();
        Set<String> others = new LinkedHashSet<>();
        boolean duplicates =
                footprint.kind() == StatementKind.INSERT
                        && footprint.accesses().stream().anyMatch(a -> a.action() == Action.UPDATE);
        for (Access access : footprint.accesses())
            switch (access.resource()) {
                case Resource.Relation(var schema, var name, _) -> {
                    // A view's definer, foreign keys and triggers have rights of their own.
                    if (access.via().isPresent()) continue;
                    boolean read = access.action() == Action.SELECT;
                    var on = "`" + schema + "`.`" + name + "`";
                    var privileges = byTable.computeIfAbsent(on, _ -> new LinkedHashSet<>());
                    if (access.columns().isEmpty())
                        privileges.add(read ? "SELECT (`id`)" : access.action().name());
                    for (var use : access.columns()) {
                        if (taken != null
                                && taken.access == access
                                && taken.column.equals(use.column())) continue;
                        privileges.add(access.action().name() + " (`" + use.column() + "`)");
                        // Of columns that the values of an INSERT read from the table itself, the
                        // server asks for the right to write them; with ON DUPLICATE KEY UPDATE, of
                        // all that are named for all three.
                        if (read && footprint.kind() == StatementKind.INSERT || duplicates)
                            for (var word : List.of("SELECT", "INSERT", "UPDATE"))
                                privileges.add(word + " (`" + use.column() + "`)");
                    }
                }
                case Resource.Function(var schema, var name, var kind) -> {
                    if (kind == Resource.FunctionClass.USER_DEFINED && access.via().isEmpty())
                        others.add("GRANT EXECUTE ON FUNCTION `" + schema + "`.`" + name + "`");
                }
                case Resource.Setting _, Resource.Schema _, Resource.Other _ -> {}
            }
        List<String> grants = new ArrayList<>(others);
        byTable.forEach((on, privileges) -> {
            if (!privileges.isEmpty())
                grants.add("GRANT " + String.join(", ", privileges) + " ON " + on);
        });
        return grants;
    }

    private void grant(Collection<String> grants) throws SQLException {
        run(root, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM judged");
        run(root, "GRANT CREATE ROUTINE ON oracle.* TO judged");
        for (var grant : grants) run(root, grant + " TO judged");
    }

    /// The server's error, 0 for none; nothing stays changed.
    private int error(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (statement.execute(sql))
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        // Errors may come with the rows.
                    }
                }
            return 0;
        } catch (SQLException e) {
            message = String.valueOf(e.getMessage());
            return e.getErrorCode();
        } finally {
            connection.rollback();
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        user.close();
        root.close();
    }
}
