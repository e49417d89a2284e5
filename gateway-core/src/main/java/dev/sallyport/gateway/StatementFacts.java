package dev.sallyport.gateway;

import dev.sallyport.policy.AccessRequest;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Reuse;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the guard keeps of one analysed statement, worked out once: its footprint, the words for
/// the audit log, what has to happen because of it, and the decisions about it that are still in
/// force. Immutable but for that small cache; shared by sessions and threads.
final class StatementFacts {
    /// Different standings (roles and attributes) that send the same text at the same time.
    private static final int MAX_RULINGS = 8;

    private static final Ruling[] NONE = {};

    /// A text without a statement.
    static final StatementFacts EMPTY =
            new StatementFacts(
                    "",
                    new Footprint(
                            StatementKind.EMPTY, List.of(), List.of(), Set.of(), List.of(), true));

    final String redacted;
    final Footprint footprint;

    /// One per access, as the policy words them: `select public.patients (id, last_name)`.
    final List<String> accesses;

    /// It can change something: not forwarded before its intent is durable.
    final boolean waits;

    /// After it, names or literals may mean something else, at once: it says so, or it calls or
    /// sets off code that isn't known not to do it.
    final boolean unsettlesNames;

    /// Its meaning depends on the catalog, the search path or the role.
    final boolean namesMatter;

    /// What it names is looked up when it is executed, not when it is bound.
    final boolean namedWhenExecuted;

    /// It gives names of the session a meaning, or takes it from them.
    final boolean changesHeld;

    /// What it runs or prepares has a name: it is decided together with that.
    final boolean involvesHeld;

    /// The statement that it prepares, or the query that it declares a cursor for.
    final @Nullable StatementFacts inner;

    private volatile Ruling[] rulings = NONE;

    /// A decision and what it was based on. INVARIANT: it depends on nothing else about the subject
    /// and the session, and not on the time; the policy says which of these it read.
    ///
    /// @param person empty: holds for everybody of that standing
    /// @param session empty: holds in every session of theirs
    private record Ruling(
            PolicyDecisionPoint policies,
            String database,
            Standing standing,
            String person,
            String session,
            Decision decision) {
        boolean holdsFor(PolicyDecisionPoint policies, String database, Session session) {
            return this.policies == policies
                    && standing.equals(session.standing())
                    && this.database.equals(database)
                    && (person.isEmpty() || person.equals(session.subject().name()))
                    && (this.session.isEmpty() || this.session.equals(session.id()));
        }
    }

    StatementFacts(String redacted, Footprint footprint) {
        this.redacted = redacted;
        this.footprint = footprint;
        this.accesses = words(footprint.accesses());
        this.waits =
                footprint.effects().stream()
                        .anyMatch(effect ->
                                switch (effect) {
                                    case DATA, SCHEMA, NAME_RESOLUTION, SESSION, OUTSIDE -> true;
                                    case TRANSACTION -> false;
                                });
        this.unsettlesNames =
                footprint.effects().contains(Effect.NAME_RESOLUTION)
                        || footprint.effects().contains(Effect.SCHEMA)
                        // A procedure may end the transaction, and with it what was set in it.
                        || footprint.kind() == StatementKind.CALL;
        this.namesMatter =
                switch (footprint.kind()) {
                    case TRANSACTION, SET, SHOW, EMPTY, DEALLOCATE, LISTEN, FETCH, CLOSE_CURSOR ->
                            false;
                    case SELECT,
                            INSERT,
                            UPDATE,
                            DELETE,
                            MERGE,
                            TRUNCATE,
                            COPY_IN,
                            COPY_OUT,
                            EXPLAIN,
                            CALL,
                            DDL,
                            ADMIN,
                            PREPARE,
                            EXECUTE,
                            DECLARE_CURSOR,
                            LOCK ->
                            true;
                };
        this.namedWhenExecuted =
                namesMatter
                        && switch (footprint.kind()) {
                            case SELECT, INSERT, UPDATE, DELETE, MERGE -> false;
                            case TRUNCATE,
                                    COPY_IN,
                                    COPY_OUT,
                                    EXPLAIN,
                                    CALL,
                                    DDL,
                                    ADMIN,
                                    PREPARE,
                                    EXECUTE,
                                    DECLARE_CURSOR,
                                    LOCK,
                                    TRANSACTION,
                                    SET,
                                    SHOW,
                                    EMPTY,
                                    DEALLOCATE,
                                    LISTEN,
                                    FETCH,
                                    CLOSE_CURSOR ->
                                    true;
                        };
        this.inner = inner(redacted, footprint);
        this.changesHeld =
                footprint.sessionChanges().stream()
                        .anyMatch(change ->
                                switch (change) {
                                    case SessionChange.Prepares _,
                                            SessionChange.Deallocates _,
                                            SessionChange.DeallocatesAll _,
                                            SessionChange.DeclaresCursor _,
                                            SessionChange.ClosesCursor _,
                                            SessionChange.ClosesAllCursors _,
                                            SessionChange.DiscardsAll _ ->
                                            true;
                                    case SessionChange.Executes _, SessionChange.UsesCursor _ ->
                                            false;
                                });
        this.involvesHeld =
                footprint.sessionChanges().stream()
                        .anyMatch(change ->
                                switch (change) {
                                    case SessionChange.Executes _,
                                            SessionChange.UsesCursor _,
                                            SessionChange.Prepares _ ->
                                            true;
                                    case SessionChange.Deallocates _,
                                            SessionChange.DeallocatesAll _,
                                            SessionChange.DeclaresCursor _,
                                            SessionChange.ClosesCursor _,
                                            SessionChange.ClosesAllCursors _,
                                            SessionChange.DiscardsAll _ ->
                                            false;
                                });
    }

    private static @Nullable StatementFacts inner(String redacted, Footprint footprint) {
        for (var change : footprint.sessionChanges())
            switch (change) {
                case SessionChange.Prepares(_, var prepared) -> {
                    return new StatementFacts(redacted, prepared);
                }
                case SessionChange.DeclaresCursor(_, var query) -> {
                    return new StatementFacts(redacted, query);
                }
                case SessionChange.Executes _,
                        SessionChange.UsesCursor _,
                        SessionChange.Deallocates _,
                        SessionChange.DeallocatesAll _,
                        SessionChange.ClosesCursor _,
                        SessionChange.ClosesAllCursors _,
                        SessionChange.DiscardsAll _ -> {}
            }
        return null;
    }

    StatementKind kind() {
        return footprint.kind();
    }

    Decision decide(PolicyDecisionPoint policies, String database, Session session) {
        var known = rulings;
        for (var ruling : known)
            if (ruling.holdsFor(policies, database, session)) return ruling.decision;
        var ruled =
                policies.rule(
                        new AccessRequest(
                                session.subject(), database, footprint, session.circumstances()));
        var decision = enforceable(ruled.decision());
        if (ruled.reuse() == Reuse.NEVER) return decision;
        var person = ruled.reuse() == Reuse.STANDING ? "" : session.subject().name();
        var only = ruled.reuse() == Reuse.SESSION ? session.id() : "";
        // Two threads may overwrite each other here: one ruling is then made again later.
        var current =
                Arrays.stream(known)
                        .filter(r -> r.policies == policies)
                        .limit(MAX_RULINGS - 1L)
                        .toArray(Ruling[]::new);
        var updated = new Ruling[current.length + 1];
        updated[0] = new Ruling(policies, database, session.standing(), person, only, decision);
        System.arraycopy(current, 0, updated, 1, current.length);
        rulings = updated;
        return decision;
    }

    /// A permit with obligations that nothing here carries out is none.
    private static Decision enforceable(Decision decision) {
        return switch (decision) {
            case Decision.Permit(var obligations, var ruleIds) when !obligations.isNone() ->
                    new Decision.Deny(
                            "the policy asks for masks, row filters or limits here, which this"
                                    + " gateway can't enforce yet",
                            List.of(),
                            ruleIds,
                            "ask the security team");
            case Decision.Permit _, Decision.Deny _ -> decision;
        };
    }

    /// A rough figure for the cache.
    long bytes() {
        long columns = footprint.outputs().size() * 64L;
        for (var access : footprint.accesses()) columns += access.columns().size() * 48L;
        long words = 0;
        for (var access : accesses) words += 56 + access.length();
        long within = inner == null ? 0 : inner.bytes();
        return 400
                + within
                + redacted.length()
                + words
                + columns
                + footprint.accesses().size() * 64L;
    }

    private static List<String> words(List<Access> accesses) {
        var words = new ArrayList<String>(accesses.size());
        for (var access : accesses) words.add(words(access));
        return List.copyOf(words);
    }

    private static String words(Access access) {
        var text = new StringBuilder(access.action().word()).append(' ');
        switch (access.resource()) {
            case Resource.Relation(var schema, var name, _) ->
                    text.append(schema).append('.').append(name);
            case Resource.Function(var schema, var name, _) ->
                    text.append(schema).append('.').append(name);
            case Resource.Setting setting -> text.append(setting.describe());
            case Resource.Schema schema -> text.append(schema.describe());
            case Resource.Other other -> text.append(other.describe());
        }
        if (!access.columns().isEmpty()) {
            text.append(" (");
            var separator = "";
            for (ColumnUse use : access.columns()) {
                text.append(separator).append(use.column());
                separator = ", ";
            }
            text.append(')');
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "StatementFacts[" + redacted + "]";
    }
}
