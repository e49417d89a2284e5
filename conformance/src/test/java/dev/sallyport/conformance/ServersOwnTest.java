package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.UsersFile;
import dev.sallyport.policy.AccessRequest;
import dev.sallyport.policy.Circumstances;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Subject;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.SessionContextQuery;
import dev.sallyport.sql.functions.FunctionClasses;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What the running server brings along, held against what the gateway believes of it: every
/// built-in function, what operators, casts, aggregates and types call unseen, the views that
/// nobody may read without a grant, the well-known extensions. A new version of PostgreSQL that
/// brings something new fails here until somebody has read its manual and added it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServersOwnTest {
    /// What everybody may call without a grant.
    private static final Set<FunctionClass> OPEN =
            EnumSet.of(FunctionClass.COMPUTES, FunctionClass.READS_CATALOG);

    /// Reading these input functions' arguments can run the check of a domain that a user wrote.
    private static final Set<String> INPUT_OF_OTHER_TYPES =
            Set.of(
                    "array_in",
                    "domain_in",
                    "domain_recv",
                    "range_in",
                    "multirange_in",
                    "record_in");

    private static final String POLICY =
            """
            database: own
            roles:
              visitor:
                purpose: May connect, and has no grant but one that matters nowhere
                grants:
                  - id: nothing
                    allow: [select]
                    on: [nowhere.nothing]
            """;

    private Connection connection;
    private Statement statement;
    private Catalog catalog;
    private PolicyDecisionPoint policy;

    @BeforeAll
    void start() throws Exception {
        var server = GatewayUnderTest.postgres();
        server.recreateDatabase("own");
        connection = server.connect("own");
        statement = connection.createStatement();
        catalog = context().catalog();
        var errors = new ArrayList<ConfigError>();
        var file = ConfigLoader.parsePolicy(Path.of("own.yaml"), POLICY, errors::add);
        assertThat(errors).isEmpty();
        var nobody = new UsersFile(Path.of("users.yaml"), List.of());
        policy =
                new PolicyDecisionPoint(
                        ((PolicyCompiler.Compiled)
                                        PolicyCompiler.compile(List.of(file.orElseThrow()), nobody))
                                .policies());
    }

    @AfterAll
    void stop() throws SQLException {
        connection.close();
    }

    private AnalysisContext context() throws SQLException {
        var builder = new CatalogBuilder();
        var queries = CatalogQueries.all();
        for (int i = 0; i < queries.size(); i++)
            for (var row : rows(queries.get(i))) builder.add(i, row);
        return SessionContextQuery.decode(rows(SessionContextQuery.SQL).getFirst())
                .with(builder.build(1));
    }

    private List<List<@Nullable String>> rows(String sql) throws SQLException {
        var all = new ArrayList<List<@Nullable String>>();
        try (var rows = statement.executeQuery(sql)) {
            int width = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                var row = new ArrayList<@Nullable String>();
                for (int i = 1; i <= width; i++) row.add(rows.getString(i));
                all.add(row);
            }
        }
        return all;
    }

    @Test
    void everyFunctionIsClassified() {
        assertThat(
                        catalog.routines().stream()
                                .filter(r -> FunctionClasses.of(r) == FunctionClass.UNCLASSIFIED)
                                .map(r -> r.schema() + "." + r.name()))
                .as("add them to functions.txt after reading what they do")
                .isEmpty();
    }

    /// The resolver reports none of these calls: nobody sees them in the text.
    @Test
    void whatIsCalledUnseenOnlyComputes() throws SQLException {
        var wrong = new TreeSet<String>();
        for (var row :
                rows(
                        """
                        SELECT 'operator', oprcode::oid FROM pg_operator
                        UNION SELECT 'cast', castfunc FROM pg_cast
                        UNION SELECT 'support of an operator class', amproc::oid FROM pg_amproc
                        UNION SELECT 'aggregate', f::oid FROM pg_aggregate,
                          unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn,
                            aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn]) f
                        UNION SELECT 'type', f::oid FROM pg_type,
                          unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin,
                            typmodout, typanalyze, typsubscript]) f
                        UNION SELECT 'range', f::oid FROM pg_range,
                          unnest(ARRAY[rngcanonical, rngsubdiff]) f
                        """)) {
            var routine = catalog.routine(Long.parseLong(String.valueOf(row.get(1))));
            if (routine == null) continue;
            assertThat(routine.isSystem()).isTrue();
            if (!OPEN.contains(FunctionClasses.of(routine))
                    && !INPUT_OF_OTHER_TYPES.contains(routine.name()))
                wrong.add(row.get(0) + " " + routine.name());
        }
        assertThat(wrong).isEmpty();
    }

    /// Whoever may not read a view must not get the same from what it is made of.
    @Test
    void whatAClosedViewShowsItsPartsDoNotShow() throws SQLException {
        var open = new TreeSet<String>();
        int closed = 0;
        for (var row :
                rows(
                        """
                        SELECT n.nspname, c.relname, pg_get_viewdef(c.oid)
                          FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                         WHERE relkind = 'v' AND c.oid < 16384
                        """)) {
            var name = row.get(0) + "." + row.get(1);
            if (permitted("SELECT * FROM " + name)) continue;
            closed++;
            if (permitted(String.valueOf(row.get(2)))) open.add(name);
        }
        assertThat(closed).isGreaterThan(40);
        assertThat(open)
                // Over catalogs that are open; the columns with passwords are elsewhere.
                .isSubsetOf(
                        "information_schema._pg_foreign_data_wrappers",
                        "information_schema._pg_foreign_servers",
                        "information_schema._pg_foreign_table_columns",
                        "information_schema._pg_foreign_tables");
    }

    private boolean permitted(String sql) throws SQLException {
        return switch (analyze(sql)) {
            case Analysis.Understood(var statements) ->
                    switch (policy.decide(
                            new AccessRequest(
                                    new Subject("v", Set.of("visitor"), Map.of()),
                                    "own",
                                    statements.getFirst().footprint(),
                                    new Circumstances(
                                            Instant.parse("2026-11-23T12:00:00Z"),
                                            "10.1.2.3",
                                            "psql")))) {
                        case Decision.Permit _ -> true;
                        case Decision.Deny _ -> false;
                    };
            case Analysis.NotUnderstood why -> throw new AssertionError(why.reason() + "\n" + sql);
        };
    }

    private Analysis analyze(String sql) throws SQLException {
        var session = SessionContextQuery.decode(rows(SessionContextQuery.SQL).getFirst());
        return new SqlAnalyzer().analyze(new SqlText(sql), session.with(catalog));
    }

    /// Every function that needs no grant, called with text that would be run, names that would be
    /// read and regclasses of a table: none may scan it or run anything of its owner's.
    @Test
    void noOpenFunctionReadsATableOrRunsText() throws SQLException {
        statement.execute("CREATE TABLE victim AS SELECT g AS id FROM generate_series(1, 3) g");
        statement.execute("ANALYZE victim");
        statement.execute("CREATE SEQUENCE hits");
        statement.execute(
                "CREATE FUNCTION payload() RETURNS int LANGUAGE sql AS 'SELECT"
                        + " nextval(''public.hits'')::int'");
        statement.execute("CREATE DOMAIN trap AS text CHECK (public.payload() > 0)");
        connection.setAutoCommit(false);
        statement.execute("DECLARE victim_cursor SCROLL CURSOR FOR SELECT * FROM victim");
        var guilty = new TreeSet<String>();
        int calls = 0;
        for (var routine : catalog.routines()) {
            if (!routine.isSystem() || !callable(routine)) continue;
            boolean open = OPEN.contains(FunctionClasses.of(routine));
            // Those that run SQL show that this test would see it.
            if (!open && FunctionClasses.of(routine) != FunctionClass.RUNS_SQL) continue;
            for (var call : calls(routine)) {
                calls++;
                long before = touched();
                var savepoint = connection.setSavepoint();
                try {
                    statement.execute("SELECT " + call + " LIMIT 3");
                } catch (SQLException _) {
                    // Most of them don't like what they get.
                }
                connection.rollback(savepoint);
                if (touched() != before) guilty.add(routine.name());
            }
        }
        connection.rollback();
        connection.setAutoCommit(true);
        statement.execute("DROP DOMAIN trap; DROP FUNCTION payload(); DROP TABLE victim");
        statement.execute("DROP SEQUENCE hits");
        assertThat(calls).isGreaterThan(3_000);
        // From version 16 on.
        if (!catalog.routines("pg_catalog", "pg_input_is_valid").isEmpty())
            assertThat(guilty).contains("pg_input_is_valid");
        assertThat(guilty)
                .contains("query_to_xml", "table_to_xml", "schema_to_xml", "ts_stat", "ts_rewrite")
                .contains("domain_in")
                .allMatch(name ->
                        FunctionClasses.ofSystem("pg_catalog", name) == FunctionClass.RUNS_SQL);
    }

    private boolean callable(Routine routine) {
        if (routine.kind() != Catalog.RoutineKind.FUNCTION) return false;
        for (long type : routine.argumentTypes()) {
            var found = catalog.type(type);
            if (found == null || found.name().equals("internal")) return false;
        }
        return !routine.argumentTypes().isEmpty();
    }

    /// Distinct ones: where no argument is a text, they are all the same.
    private Set<String> calls(Routine routine) {
        var calls = new TreeSet<String>();
        for (var text :
                List.of(
                        "SELECT payload()::text FROM victim",
                        "public.victim",
                        "public",
                        "trap",
                        "victim_cursor",
                        "payload()")) {
            var arguments = new ArrayList<String>();
            for (long type : routine.argumentTypes()) {
                arguments.add(
                        switch (typeName(type)) {
                            case "text", "varchar", "bpchar", "name", "cstring", "refcursor" ->
                                    "'" + text + "'::" + typeName(type);
                            case "regclass" -> "'public.victim'::regclass";
                            case "oid" ->
                                    text.equals("trap")
                                            ? "'trap'::regtype::oid"
                                            : "'public.victim'::regclass::oid";
                            case "regtype" -> "'trap'::regtype";
                            case "regproc" -> "'public.payload'::regproc";
                            case "regprocedure" -> "'public.payload()'::regprocedure";
                            case "bool" -> "true";
                            case "int2", "int4", "int8", "numeric", "float4", "float8" ->
                                    "1::" + typeName(type);
                            case "anyelement", "any", "anynonarray", "anycompatible" ->
                                    "'" + text + "'::text";
                            case "anyarray", "anycompatiblearray", "_text" ->
                                    "ARRAY['" + text + "']";
                            case "tsquery" -> "'a'::tsquery";
                            case String other -> "NULL::pg_catalog.\"" + other + "\"";
                        });
            }
            calls.add(
                    routine.schema()
                            + ".\""
                            + routine.name()
                            + "\"("
                            + String.join(", ", arguments)
                            + ")");
        }
        return calls;
    }

    private String typeName(long oid) {
        var type = catalog.type(oid);
        return type == null ? "" : type.name();
    }

    /// Scans of the table by this transaction, and what its payload has done.
    private long touched() throws SQLException {
        var row =
                rows("SELECT pg_stat_get_xact_numscans('public.victim'::regclass),"
                                + " CASE WHEN is_called THEN last_value ELSE 0 END FROM"
                                + " public.hits")
                        .getFirst();
        return 1_000_000L * Long.parseLong(String.valueOf(row.get(0)))
                + Long.parseLong(String.valueOf(row.get(1)));
    }

    /// The server picks the function that is earlier on the path where a spread or a default makes
    /// the argument types equal.
    @Test
    void aUsersOverloadIsNeverTakenForTheServersOwn() throws SQLException {
        statement.execute(
                """
                CREATE SCHEMA evil;
                CREATE FUNCTION evil.lower(VARIADIC text[]) RETURNS text LANGUAGE sql
                  AS $$ SELECT 'evil' $$;
                CREATE FUNCTION evil.upper(text, int DEFAULT 0) RETURNS text LANGUAGE sql
                  AS $$ SELECT 'evil' $$;
                CREATE FUNCTION evil.initcap(text) RETURNS text LANGUAGE sql
                  AS $$ SELECT 'evil' $$;
                CREATE FUNCTION evil.md5(varchar) RETURNS text LANGUAGE sql
                  AS $$ SELECT 'evil' $$;
                CREATE AGGREGATE evil.max(text) (SFUNC = pg_catalog.textcat, STYPE = text);
                """);
        try {
            statement.execute("SET search_path = evil, pg_catalog");
            catalog = context().catalog();
            var picked = new TreeSet<String>();
            for (var function : List.of("lower", "upper", "initcap", "md5", "max"))
                for (var argument :
                        List.of("'X'::text", "'X'", "'X'::varchar", "'X'::bpchar", "'X'::name")) {
                    var sql = "SELECT " + function + "(" + argument + ")";
                    boolean evil = callsEvil(sql);
                    if (evil) picked.add(function);
                    if (evil) assertThat(functions(sql)).as(sql).contains("evil." + function);
                    var field = "SELECT (t.x)." + function + " FROM (SELECT " + argument + ") t(x)";
                    if (callsEvil(field))
                        assertThat(functions(field)).as(field).contains("evil." + function);
                }
            assertThat(picked).contains("lower", "upper", "initcap", "md5", "max");
        } finally {
            statement.execute("RESET search_path");
            statement.execute("DROP SCHEMA evil CASCADE");
            catalog = context().catalog();
        }
    }

    /// By what the server itself planned.
    private boolean callsEvil(String sql) throws SQLException {
        try {
            statement.execute("CREATE VIEW evil.decided AS " + sql);
        } catch (SQLException _) {
            return false; // not valid with these types
        }
        boolean evil =
                !rows("""
                SELECT 1 FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
                  JOIN pg_proc p ON p.oid = d.refobjid
                 WHERE r.ev_class = 'evil.decided'::regclass
                   AND d.refclassid = 'pg_proc'::regclass
                   AND p.pronamespace = 'evil'::regnamespace
                """)
                        .isEmpty();
        statement.execute("DROP VIEW evil.decided");
        return evil;
    }

    private Set<String> functions(String sql) throws SQLException {
        var names = new HashSet<String>();
        switch (analyze(sql)) {
            case Analysis.Understood(var statements) -> {
                for (Access access : statements.getFirst().footprint().accesses())
                    if (access.resource() instanceof Resource.Function f)
                        names.add(f.schema() + "." + f.name());
            }
            case Analysis.NotUnderstood _ -> names.add("refused");
        }
        return names;
    }

    /// Of each extension that this server has and the gateway knows, everything written in C.
    @Test
    void everyFunctionOfTheKnownExtensionsIsClassified() throws SQLException {
        var available =
                rows("SELECT name FROM pg_available_extensions").stream()
                        .map(row -> String.valueOf(row.getFirst()))
                        .filter(FunctionClasses.extensionNames()::contains)
                        .toList();
        assertThat(available).contains("pgcrypto", "citext", "pg_trgm", "hstore", "dblink");
        for (var extension : available)
            statement.execute("CREATE EXTENSION \"" + extension + "\" CASCADE");
        try {
            var unknown = new TreeSet<String>();
            var open = new TreeSet<String>();
            for (var routine : context().catalog().routines()) {
                if (routine.extension().isEmpty() || routine.isSystem()) continue;
                var functionClass = FunctionClasses.of(routine);
                boolean replaceable =
                        routine.language().equals("sql")
                                || routine.kind() != Catalog.RoutineKind.FUNCTION;
                if (functionClass == FunctionClass.USER_DEFINED && !replaceable)
                    unknown.add(routine.extension() + " " + routine.name());
                if (functionClass != FunctionClass.USER_DEFINED && replaceable)
                    open.add(routine.extension() + " " + routine.name());
            }
            assertThat(unknown).as("add them to extensions.txt").isEmpty();
            assertThat(open).isEmpty();
        } finally {
            for (var extension : available)
                statement.execute("DROP EXTENSION IF EXISTS \"" + extension + "\" CASCADE");
        }
    }
}
