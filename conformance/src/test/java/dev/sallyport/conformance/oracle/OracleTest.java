package dev.sallyport.conformance.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.conformance.oracle.StatementGenerator.Generated;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Thousands of generated statements, judged by a real server: by the rights that it demands, and
/// by the relations that it locks while it understands and plans them.
///
/// At least four in five are valid, so that 20,000 and more are judged.
///
/// Nothing of them is executed but up to the check of privileges, and all of it, the grants too, is
/// rolled back by the server itself, some hundred statements a round trip.
/// `-Dsallyport.oracle.statements=100000` makes it longer, `-Dsallyport.oracle.seed=...` another
/// one.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OracleTest {
    private static final int STATEMENTS = Integer.getInteger("sallyport.oracle.statements", 25_200);
    private static final long SEED = Long.getLong("sallyport.oracle.seed", 20261123L);
    private static final int BATCH = 200;
    private static final int VACUUM_EVERY = 2_000;
    private static final String DENIED = "42501";

    /// Behind a grant that is no part of the footprint, see {@link Judge#grants}.
    private static final String ANY = " /* any column */";

    /// Runs each statement with its grants as a role that has no others, then takes all back.
    /// Returns the SQLSTATE, and the relations that the statement locked.
    private static final String JUDGE =
            """
            CREATE FUNCTION public.judge(grants text[], statements text[])
                RETURNS TABLE (state text, locked text) LANGUAGE plpgsql AS $$
            BEGIN
                FOR i IN 1 .. cardinality(statements) LOOP
                    locked := '';
                    BEGIN
                        IF grants[i] <> '' THEN EXECUTE grants[i]; END IF;
                        SET LOCAL ROLE oracle_reader;
                        EXECUTE statements[i];
                        RESET ROLE;
                        SELECT coalesce(string_agg(
                                   CASE WHEN c.relnamespace = pg_my_temp_schema() THEN 'pg_temp'
                                        ELSE c.relnamespace::regnamespace::text END
                                   || '.' || c.relname, ' '), '')
                          INTO locked FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                         WHERE l.pid = pg_backend_pid() AND c.oid >= 16384
                           AND c.relkind NOT IN ('i', 'I', 't') AND c.relname <> 'made';
                        RAISE EXCEPTION USING ERRCODE = 'YYYYY';
                    EXCEPTION WHEN OTHERS THEN
                        state := SQLSTATE;
                        IF state <> 'YYYYY' THEN locked := SQLERRM; END IF;
                    END;
                    RETURN NEXT;
                END LOOP;
            END $$
            """;

    private PostgresServer server;
    private final List<Judge> judges = new ArrayList<>();

    @BeforeAll
    void start() throws Exception {
        server = PostgresServer.start(PostgresServer.Options.embedded());
        for (int i = 0; i < 2; i++) judges.add(new Judge(server, "oracle" + i));
    }

    @AfterAll
    void stop() throws SQLException {
        for (Judge judge : judges) judge.connection.close();
        server.close();
    }

    /// With exactly the privileges of the footprint a statement is never denied, and every relation
    /// that the server locks while it understands and plans it is in the footprint.
    @Test
    void theServerDemandsAndOpensNothingThatTheFootprintLacks() throws Exception {
        judge(false);
    }

    /// With one column, or the right to one table, less it always is denied.
    @Test
    void theFootprintHoldsNothingThatTheServerDoesNotDemand() throws Exception {
        judge(true);
    }

    private void judge(boolean exactly) throws Exception {
        long begun = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(judges.size())) {
            List<Future<Judge.Result>> results = new ArrayList<>();
            int each = STATEMENTS / 2 / judges.size();
            for (int i = 0; i < judges.size(); i++) {
                Judge judge = judges.get(i);
                long seed = SEED + 2L * i + (exactly ? 1 : 0);
                results.add(threads.submit(() -> judge.judge(seed, each, exactly)));
            }
            List<String> wrong = new ArrayList<>();
            int valid = 0;
            Map<String, Integer> invalid = new TreeMap<>();
            for (Future<Judge.Result> result : results) {
                wrong.addAll(result.get().wrong);
                valid += result.get().valid;
                result.get().invalid.forEach((k, v) -> invalid.merge(k, v, Integer::sum));
            }
            System.out.printf(
                    "oracle: %d statements of seed %d, %d valid, %d s%n",
                    STATEMENTS / 2, SEED, valid, (System.nanoTime() - begun) / 1_000_000_000);
            assertThat(wrong)
                    .as("of %d; seed %d; invalid: %s", wrong.size(), SEED, invalid)
                    .isEmpty();
            assertThat(valid).as("valid; invalid: %s", invalid).isGreaterThan(STATEMENTS * 2 / 5);
        }
    }

    /// One connection to a database of its own, since both take back what they grant.
    private static final class Judge {
        final Connection connection;
        private final Statement statement;
        private final int version;
        private final AnalysisContext context;
        private final Map<String, List<String>> signatures = new HashMap<>();
        private final Map<String, Set<String>> below = new HashMap<>();

        record Result(int valid, List<String> wrong, Map<String, Integer> invalid) {}

        private record Case(Generated generated, List<String> grants, Set<String> relations) {}

        Judge(PostgresServer server, String database) throws SQLException {
            server.recreateDatabase(database);
            connection = server.connect(database);
            statement = connection.createStatement();
            version =
                    Integer.parseInt(rows("SHOW server_version_num").getFirst().getFirst()) / 10000;
            for (String sql : OracleSchema.sql(version)) statement.execute(sql);
            statement.execute(
                    "DO $$ BEGIN CREATE ROLE oracle_reader;"
                            + " EXCEPTION WHEN duplicate_object THEN NULL; END $$");
            statement.execute("GRANT pg_write_server_files TO oracle_reader");
            statement.execute("GRANT TEMPORARY ON DATABASE " + database + " TO oracle_reader");
            statement.execute("GRANT USAGE ON SCHEMA app, extra, public TO oracle_reader");
            statement.execute("CREATE TEMPORARY TABLE shadowed (id int, own int)");
            statement.execute("SET jit = off");
            statement.execute(JUDGE);
            context = context();
            for (List<@Nullable String> row :
                    rows(
                            "SELECT pronamespace::regnamespace || '.' || proname,"
                                    + " oid::regprocedure::text FROM pg_proc WHERE oid >= 16384"))
                signatures
                        .computeIfAbsent(String.valueOf(row.get(0)), _ -> new ArrayList<>())
                        .add(String.valueOf(row.get(1)));
            for (List<@Nullable String> row :
                    rows(
                            "SELECT p.relnamespace::regnamespace || '.' || p.relname,"
                                    + " c.relnamespace::regnamespace || '.' || c.relname"
                                    + " FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent"
                                    + " JOIN pg_class c ON c.oid = i.inhrelid"
                                    + " WHERE p.relkind <> 'I'"))
                below.computeIfAbsent(String.valueOf(row.get(0)), _ -> new HashSet<>())
                        .add(String.valueOf(row.get(1)));
        }

        Result judge(long seed, int statements, boolean exactly) throws SQLException {
            StatementGenerator generator = new StatementGenerator(seed, exactly, version);
            Random random = new Random(seed);
            Map<String, Integer> invalid = new TreeMap<>();
            List<String> wrong = new ArrayList<>();
            int valid = 0;
            for (int done = 0; done < statements; done += BATCH) {
                if (done % VACUUM_EVERY == 0)
                    statement.execute("VACUUM pg_attribute, pg_class, pg_proc, pg_shdepend");
                List<Case> cases = new ArrayList<>();
                for (int i = done; i < Math.min(done + BATCH, statements); i++)
                    cases.add(analyzed(generator.next()));
                List<String> all = cases.stream().map(c -> String.join(";", c.grants)).toList();
                List<String[]> answers = ask(all, cases);
                List<Case> again = new ArrayList<>();
                List<String> withouts = new ArrayList<>();
                List<String> less = new ArrayList<>();
                for (int i = 0; i < cases.size(); i++) {
                    Case one = cases.get(i);
                    String sql = one.generated.sql();
                    String state = answers.get(i)[0];
                    if (state.equals("YYYYY")) valid++;
                    else if (!state.equals(DENIED)) {
                        invalid.merge(state, 1, Integer::sum); // not valid SQL after all
                        continue;
                    } else {
                        wrong.add(
                                "denied: "
                                        + answers.get(i)[1]
                                        + " with "
                                        + one.grants
                                        + "\n  "
                                        + sql);
                        continue;
                    }
                    if (one.relations.contains("?")) {
                        wrong.add("not understood: " + analyze(sql) + "\n  " + sql);
                        continue;
                    }
                    Set<String> opened = new HashSet<>(List.of(answers.get(i)[1].split(" ")));
                    opened.removeAll(withChildren(one.relations));
                    opened.remove("");
                    if (!opened.isEmpty()) wrong.add("missed " + opened + "\n  " + sql);
                    List<String> rights =
                            one.grants.stream()
                                    .filter(g -> !g.contains(" EXECUTE ") && !g.endsWith(ANY))
                                    .toList();
                    if (!exactly || rights.isEmpty()) continue;
                    String without = rights.get(random.nextInt(rights.size()));
                    List<String> rest = new ArrayList<>(one.grants);
                    rest.remove(without);
                    again.add(one);
                    withouts.add(without);
                    less.add(String.join(";", rest));
                }
                List<String[]> denials = ask(less, again);
                for (int i = 0; i < again.size(); i++)
                    if (!denials.get(i)[0].equals(DENIED))
                        wrong.add(
                                "not needed: "
                                        + withouts.get(i)
                                        + "\n  "
                                        + again.get(i).generated.sql());
            }
            return new Result(valid, wrong, invalid);
        }

        /// Who reads a table reads its children and partitions.
        private Set<String> withChildren(Set<String> relations) {
            Set<String> all = new HashSet<>(relations);
            for (String relation : relations) all.addAll(below.getOrDefault(relation, Set.of()));
            return all;
        }

        private Case analyzed(Generated generated) {
            return switch (analyze(generated.sql())) {
                case Analysis.Understood(var statements) -> {
                    Footprint footprint = statements.getFirst().footprint();
                    Set<String> known = new HashSet<>();
                    for (Access access : footprint.accesses())
                        if (access.resource() instanceof Resource.Relation relation)
                            known.add(relation.schema() + "." + relation.name());
                    yield new Case(generated, grants(footprint), known);
                }
                // Everything is granted: is it valid?
                case Analysis.NotUnderstood _ ->
                        new Case(
                                generated,
                                List.of(
                                        "GRANT ALL ON ALL TABLES IN SCHEMA app, extra"
                                                + " TO oracle_reader",
                                        "GRANT ALL ON pg_temp.shadowed TO oracle_reader",
                                        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app, extra"
                                                + " TO oracle_reader"),
                                Set.of("?"));
            };
        }

        private List<String[]> ask(List<String> grants, List<Case> cases) throws SQLException {
            List<String[]> answers = new ArrayList<>();
            if (cases.isEmpty()) return answers;
            try (var query = connection.prepareStatement("SELECT * FROM public.judge(?, ?)")) {
                query.setArray(1, connection.createArrayOf("text", grants.toArray()));
                query.setArray(
                        2,
                        connection.createArrayOf(
                                "text", cases.stream().map(c -> c.generated.judged()).toArray()));
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next())
                        answers.add(new String[] {rows.getString(1), rows.getString(2)});
                }
            }
            return answers;
        }

        private AnalysisContext context() throws SQLException {
            CatalogBuilder builder = new CatalogBuilder();
            List<String> queries = CatalogQueries.all();
            for (int i = 0; i < queries.size(); i++)
                for (List<@Nullable String> row : rows(queries.get(i))) builder.add(i, row);
            Catalog catalog = builder.build(1);
            return SessionContextQuery.decode(rows(SessionContextQuery.SQL).getFirst())
                    .with(catalog);
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

        private Analysis analyze(String sql) {
            return new SqlAnalyzer().analyze(new SqlText(sql), context);
        }

        /// What a statement names itself; below a view it is the view's owner who needs the right
        /// to the tables, but whoever reads it who needs the right to call what it calls.
        private List<String> grants(Footprint footprint) {
            List<String> grants = new ArrayList<>();
            for (Access access : footprint.accesses()) {
                switch (access.resource()) {
                    case Resource.Function f -> {
                        for (String signature :
                                signatures.getOrDefault(f.schema() + "." + f.name(), List.of()))
                            grants.add(
                                    "GRANT EXECUTE ON FUNCTION " + signature + " TO oracle_reader");
                    }
                    case Resource.Relation r -> {
                        if (access.via().isPresent()) continue;
                        String on = " ON " + r.schema() + "." + r.name() + " TO oracle_reader";
                        String action = access.action().name();
                        switch (access.action()) {
                            case SELECT, INSERT, UPDATE -> {
                                for (ColumnUse use : access.columns())
                                    grants.add("GRANT " + action + " (" + use.column() + ")" + on);
                                // Of one reference it demands any column, of another a system
                                // column, which doesn't count as any; who may read a row's ctid
                                // may know in our terms that there is a row.
                                if (onlySystemColumns(access))
                                    grants.add(
                                            "GRANT "
                                                    + action
                                                    + " ("
                                                    + anyColumn(r)
                                                    + ")"
                                                    + on
                                                    + ANY);
                                // Without a column any one of them will do.
                                if (access.columns().isEmpty()) grants.add("GRANT " + action + on);
                            }
                            case DELETE, TRUNCATE -> grants.add("GRANT " + action + on);
                            case EXECUTE, DDL, COPY_IN, COPY_OUT, ADMIN, SESSION -> {}
                        }
                    }
                    case Resource.Setting _, Resource.Schema _, Resource.Other _ -> {}
                }
            }
            return grants;
        }

        private static boolean onlySystemColumns(Access access) {
            return !access.columns().isEmpty()
                    && Set.of("ctid", "xmin", "tableoid")
                            .containsAll(access.columns().stream().map(ColumnUse::column).toList());
        }

        private String anyColumn(Resource.Relation relation) {
            return Objects.requireNonNull(
                            context.catalog().relation(relation.schema(), relation.name()))
                    .columns()
                    .getFirst()
                    .name();
        }
    }
}
