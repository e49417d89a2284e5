package dev.sallyport.gateway;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.Sought;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One session as a protocol would lead it: puts messages to the guard, asks a pretended server for
/// the truth when told to, and plays the server's answers.
final class Conversation {
    private final QueryGuard guard;
    final Session session;

    /// What the pretended server would say.
    String searchPath = "{pg_catalog,public}";

    @Nullable String tempSchema;
    final List<SavedRows.Row> catalog = new ArrayList<>(SavedRows.all());

    /// Questions asked so far: `names`, `names and objects` or `names and catalog`.
    final List<String> questions = new ArrayList<>();

    boolean answers = true;

    /// A name that the server says exists, though no row shows it.
    @Nullable String presumed;

    Conversation(QueryGuard guard, Session session) {
        this.guard = guard;
        this.session = session;
        session.parameterStatus("standard_conforming_strings", "on");
        session.parameterStatus("client_encoding", "UTF8");
        session.readyForQuery('I');
    }

    Verdict query(String sql) {
        return asking(() -> guard.simpleQuery(session, new SqlText(sql)));
    }

    /// A query that the server runs without an error.
    Verdict done(String sql) {
        return done(sql, session.transactionStatus());
    }

    Verdict done(String sql, char statusAfter) {
        var verdict = query(sql);
        if (verdict instanceof Verdict.Permit permit) {
            complete(permit);
            session.readyForQuery(statusAfter);
        }
        return verdict;
    }

    /// A query that the server fails at its first statement.
    Verdict failed(String sql, char statusAfter) {
        var verdict = query(sql);
        if (verdict instanceof Verdict.Permit permit) {
            var outcome = Outcome.failed("22012", -1, 0, 0);
            for (var statement : permit.statements()) {
                long _ = guard.outcome(session, statement, outcome);
                outcome = Outcome.skipped();
            }
            session.errorResponse(false);
            session.readyForQuery(statusAfter);
        }
        return verdict;
    }

    Verdict parse(String name, String sql) {
        return asking(() -> guard.parse(session, name, new SqlText(sql), new int[0]));
    }

    Verdict bind(String portal, String statement) {
        return asking(() -> guard.bind(session, portal, statement, BoundValues.unread(0)));
    }

    /// With one parameter.
    Verdict parseWith(String name, String sql, int parameterType) {
        return asking(
                () -> guard.parse(session, name, new SqlText(sql), new int[] {parameterType}));
    }

    Verdict bindOne(String portal, String statement) {
        return asking(() -> guard.bind(session, portal, statement, BoundValues.unread(1)));
    }

    Verdict describe(String statement) {
        return asking(() -> guard.describeStatement(session, statement));
    }

    Verdict execute(String portal) {
        return asking(() -> guard.execute(session, portal, 0));
    }

    void sync() {
        guard.syncReached(session);
    }

    void complete(Verdict verdict) {
        if (verdict instanceof Verdict.Permit permit)
            for (var statement : permit.statements()) {
                long _ = guard.outcome(session, statement, Outcome.completed("DONE", -1, 0, 10));
            }
    }

    private Verdict asking(Supplier<Verdict> message) {
        for (int round = 0; round < 4; round++) {
            var verdict = message.get();
            switch (verdict) {
                case Verdict.Permit _, Verdict.Deny _ -> {
                    return verdict;
                }
                case Verdict.NeedsTruth(var truth) -> ask(truth);
                case Verdict.NeedsTime(var analysis) -> {
                    questions.add("time");
                    analysis.run();
                }
            }
        }
        throw new AssertionError("asks for ever");
    }

    private void ask(TruthQuery truth) {
        session.ownQuery();
        questions.add(
                switch (truth.about()) {
                    case TruthQuery.About.Names _ -> "names";
                    case TruthQuery.About.Objects _ -> "names and objects";
                    case TruthQuery.About.WholeCatalog _ -> "names and catalog";
                });
        session.readyForQuery(session.transactionStatus());
        if (!answers) {
            truth.failed("out of order");
            return;
        }
        truth.row(0, Arrays.asList(searchPath, tempSchema, "app", "app", "on", "UTF8"));
        switch (truth.about()) {
            case TruthQuery.About.Names _ -> {}
            case TruthQuery.About.Objects(var objects) ->
                    truth.row(1, List.of(String.valueOf(objects.stream().anyMatch(this::exists))));
            case TruthQuery.About.WholeCatalog _ -> {
                for (var row : catalog) truth.row(1 + row.query().ordinal(), row.values());
            }
        }
        truth.finish();
    }

    private boolean exists(Sought object) {
        if (object.name().equals(presumed)) return true;
        return switch (object) {
            case Sought.Relation(var schema, var name) ->
                    !oids(CatalogQueries.RELATIONS, schema, name).isEmpty();
            case Sought.Routine(var schema, var name) ->
                    !oids(CatalogQueries.ROUTINES, schema, name).isEmpty();
            case Sought.Type(var schema, var name) ->
                    !oids(CatalogQueries.TYPES, schema, name).isEmpty();
            case Sought.Operator(var schema, var name) ->
                    !oids(CatalogQueries.OPERATORS, schema, name).isEmpty();
            case Sought.Column(var schema, var relation, var name) -> {
                var relations = oids(CatalogQueries.RELATIONS, schema, relation);
                yield rows(CatalogQueries.COLUMNS)
                        .anyMatch(row -> relations.contains(row.get(0)) && name.equals(row.get(1)));
            }
        };
    }

    private List<@Nullable String> oids(CatalogQueries kind, @Nullable String schema, String name) {
        var schemas =
                rows(CatalogQueries.SCHEMAS)
                        .filter(row ->
                                schema == null
                                        ? path().contains(String.valueOf(row.get(2)))
                                        : schema.equals(row.get(1)))
                        .map(List::getFirst)
                        .toList();
        return rows(kind)
                .filter(row -> schemas.contains(row.get(1)) && name.equals(row.get(2)))
                .<@Nullable String>map(List::getFirst)
                .toList();
    }

    private List<String> path() {
        return List.of(searchPath.substring(1, searchPath.length() - 1).split(","));
    }

    private Stream<List<@Nullable String>> rows(CatalogQueries kind) {
        return catalog.stream().filter(row -> row.query() == kind).map(SavedRows.Row::values);
    }

    /// A table that only the server knows: `public.name (id int4)`.
    void createTable(String schemaOid, String name, int oid) {
        catalog.add(
                new SavedRows.Row(
                        CatalogQueries.RELATIONS,
                        List.of(String.valueOf(oid), schemaOid, name, "r", "0", "false")));
        catalog.add(
                new SavedRows.Row(
                        CatalogQueries.COLUMNS, List.of(String.valueOf(oid), "id", "23")));
    }

    void createColumn(int table, String name) {
        catalog.add(
                new SavedRows.Row(
                        CatalogQueries.COLUMNS, List.of(String.valueOf(table), name, "23")));
    }

    void dropTable(int oid) {
        catalog.removeIf(row -> row.values().getFirst().equals(String.valueOf(oid)));
    }

    void createTempSchema(int oid) {
        tempSchema = "pg_temp_3";
        searchPath = "{pg_temp_3,pg_catalog,public}";
        catalog.add(
                new SavedRows.Row(
                        CatalogQueries.SCHEMAS,
                        List.of(String.valueOf(oid), "pg_temp", "pg_temp_3")));
    }
}
