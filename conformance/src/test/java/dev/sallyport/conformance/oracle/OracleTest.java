package dev.sallyport.conformance.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.SessionContextQuery;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Thousands of generated statements, judged by a real server.
/// `-Dsallyport.oracle.statements=20000` makes it longer, `-Dsallyport.oracle.seed=...` another
/// one.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OracleTest {
    private static final int STATEMENTS = Integer.getInteger("sallyport.oracle.statements", 800);
    private static final long SEED = Long.getLong("sallyport.oracle.seed", 20261123L);
    private static final String DENIED = "42501";

    private PostgresServer server;
    private Connection connection;
    private Statement statement;
    private AnalysisContext context;

    @BeforeAll
    void start() throws Exception {
        server = PostgresServer.start(PostgresServer.Options.embedded());
        server.recreateDatabase("oracle");
        connection = server.connect("oracle");
        statement = connection.createStatement();
        for (String sql : StatementGenerator.SCHEMA) statement.execute(sql);
        statement.execute("CREATE ROLE oracle_reader");
        statement.execute("GRANT USAGE ON SCHEMA public TO oracle_reader");
        context = context();
        connection.setAutoCommit(false);
    }

    @AfterAll
    void stop() throws SQLException {
        connection.close();
        server.close();
    }

    private AnalysisContext context() throws SQLException {
        CatalogBuilder builder = new CatalogBuilder();
        List<String> queries = CatalogQueries.all();
        for (int i = 0; i < queries.size(); i++)
            for (List<@Nullable String> row : rows(queries.get(i))) builder.add(i, row);
        Catalog catalog = builder.build(1);
        return SessionContextQuery.decode(rows(SessionContextQuery.SQL).getFirst()).with(catalog);
    }

    private List<List<@Nullable String>> rows(String sql) throws SQLException {
        List<List<@Nullable String>> all = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            int width = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= width; i++) row.add(rows.getString(i));
                all.add(row);
            }
        }
        return all;
    }

    /// With exactly the privileges of the footprint a statement is never denied.
    @Test
    void theServerDemandsNothingThatTheFootprintLacks() throws SQLException {
        judge(new StatementGenerator(SEED, false), false);
    }

    /// With one column less it always is.
    @Test
    void theFootprintHoldsNothingThatTheServerDoesNotDemand() throws SQLException {
        judge(new StatementGenerator(SEED + 2, true), true);
    }

    private void judge(StatementGenerator generator, boolean exactly) throws SQLException {
        Random random = new Random(SEED);
        List<String> wrong = new ArrayList<>();
        int valid = 0;
        for (int i = 0; i < STATEMENTS; i++) {
            String sql = generator.next();
            if (explainWith(null, sql) != null) continue; // not valid SQL after all
            valid++;
            if (!(analyze(sql) instanceof Analysis.Understood(var statements))) {
                wrong.add("not understood: " + analyze(sql) + "\n  " + sql);
                continue;
            }
            List<String> grants = grants(statements.getFirst().footprint());
            if (!exactly && DENIED.equals(explainWith(grants, sql)))
                wrong.add("denied with everything the footprint says: " + grants + "\n  " + sql);
            List<String> columns = grants.stream().filter(g -> g.contains("(")).toList();
            if (!exactly || columns.isEmpty()) continue;
            List<String> less = new ArrayList<>(grants);
            String without = columns.get(random.nextInt(columns.size()));
            less.remove(without);
            if (!DENIED.equals(explainWith(less, sql)))
                wrong.add("not needed: " + without + "\n  " + sql);
        }
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(valid).as("valid statements of seed %d", SEED).isGreaterThan(STATEMENTS / 2);
    }

    /// Every relation that the server opens to understand a statement is in the footprint.
    @Test
    void everyRelationThatTheServerOpensIsInTheFootprint() throws SQLException {
        StatementGenerator generator = new StatementGenerator(SEED + 1, false);
        List<String> wrong = new ArrayList<>();
        int valid = 0;
        for (int i = 0; i < STATEMENTS; i++) {
            String sql = generator.next();
            Set<String> opened = opened(sql);
            if (opened.isEmpty()) continue;
            valid++;
            if (!(analyze(sql) instanceof Analysis.Understood(var statements))) {
                wrong.add("not understood: " + analyze(sql) + "\n  " + sql);
                continue;
            }
            Set<String> known = new HashSet<>();
            for (Access access : statements.getFirst().footprint().accesses())
                if (access.resource() instanceof Resource.Relation relation)
                    known.add(relation.schema() + "." + relation.name());
            opened.removeAll(known);
            if (!opened.isEmpty()) wrong.add("missed " + opened + "\n  " + sql);
        }
        assertThat(wrong).as("seed %d", SEED + 1).isEmpty();
        assertThat(valid).isGreaterThan(STATEMENTS / 2);
    }

    private Analysis analyze(String sql) {
        return new SqlAnalyzer().analyze(new SqlText(sql), context);
    }

    /// What a statement names itself; below a view it is the view's owner who needs the privilege.
    private static List<String> grants(Footprint footprint) {
        List<String> grants = new ArrayList<>();
        for (Access access : footprint.accesses()) {
            if (access.via().isPresent()
                    || !(access.resource() instanceof Resource.Relation relation)) continue;
            String on = " ON " + relation.schema() + "." + relation.name() + " TO oracle_reader";
            switch (access.action()) {
                case SELECT, INSERT, UPDATE -> {
                    String action = access.action().name();
                    for (ColumnUse use : access.columns())
                        grants.add("GRANT " + action + " (" + use.column() + ")" + on);
                    // Without a column any one of them will do.
                    if (access.columns().isEmpty()) grants.add("GRANT " + action + on);
                }
                case DELETE, TRUNCATE -> grants.add("GRANT " + access.action().name() + on);
                case EXECUTE, DDL, COPY_IN, COPY_OUT, ADMIN, SESSION -> {}
            }
        }
        return grants;
    }

    /// The SQLSTATE of planning and starting the statement, null when it went well.
    ///
    /// @param grants null: as the superuser
    private @Nullable String explainWith(@Nullable List<String> grants, String sql)
            throws SQLException {
        try {
            if (grants != null) {
                for (String grant : grants) statement.execute(grant);
                statement.execute("SET LOCAL ROLE oracle_reader");
            }
            statement.execute("EXPLAIN " + sql);
            return null;
        } catch (SQLException e) {
            return e.getSQLState();
        } finally {
            connection.rollback();
        }
    }

    /// Empty when the statement isn't valid.
    private Set<String> opened(String sql) throws SQLException {
        try {
            statement.execute("PREPARE judged AS " + sql);
            Set<String> opened = new HashSet<>();
            for (List<@Nullable String> row :
                    rows(
                            "SELECT n.nspname || '.' || c.relname FROM pg_locks l"
                                    + " JOIN pg_class c ON c.oid = l.relation"
                                    + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                                    + " WHERE l.pid = pg_backend_pid() AND n.nspname = 'public'"
                                    + " AND c.relkind NOT IN ('i', 'I')"))
                opened.add(String.valueOf(row.getFirst()));
            return opened;
        } catch (SQLException e) {
            return Set.of();
        } finally {
            connection.rollback();
            statement.execute("DEALLOCATE ALL");
            connection.commit();
        }
    }
}
