package dev.sallyport.gateway;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
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

    /// Questions asked so far: `names` or `names and catalog`.
    final List<String> questions = new ArrayList<>();

    boolean answers = true;

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
        return asking(() -> guard.bind(session, portal, statement, 0));
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
            if (!(verdict instanceof Verdict.NeedsTruth(var truth))) return verdict;
            ask(truth);
        }
        throw new AssertionError("asks for ever");
    }

    private void ask(TruthQuery truth) {
        session.ownQuery();
        boolean withCatalog = truth.sql().contains("pg_catalog.pg_class");
        questions.add(withCatalog ? "names and catalog" : "names");
        session.readyForQuery(session.transactionStatus());
        if (!answers) {
            truth.failed("out of order");
            return;
        }
        truth.row(0, Arrays.asList(searchPath, tempSchema, "app", "app", "on", "UTF8"));
        if (withCatalog) for (var row : catalog) truth.row(1 + row.query().ordinal(), row.values());
        truth.finish();
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
