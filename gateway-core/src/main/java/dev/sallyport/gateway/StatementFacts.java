package dev.sallyport.gateway;

import dev.sallyport.policy.AccessRequest;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.Limited;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Reuse;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Discreet;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.FootprintLines;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Edit;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.selection.Selections;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the guard keeps of one analysed statement, worked out once: its footprint, the words for
/// the audit log, what has to happen because of it, and the decisions about it that are still in
/// force. Immutable but for that small cache; shared by sessions and threads.
final class StatementFacts {
    /// Different standings (roles and attributes) that send statements of this shape at the same
    /// time.
    private static final int MAX_RULINGS = 16;

    private static final Kept[] NONE = {};

    /// A text without a statement.
    static final StatementFacts EMPTY =
            new StatementFacts(
                    "",
                    new Footprint(
                            StatementKind.EMPTY,
                            List.of(),
                            List.of(),
                            Set.of(),
                            List.of(),
                            true,
                            Map.of()),
                    References.NONE,
                    Selections.Result.NONE,
                    null);

    final String redacted;
    final Footprint footprint;
    private final References references;

    /// See {@link #readable(Footprint, Catalog)}.
    private final @Nullable Footprint readable;

    /// What the references' relations are of; null where nothing is referred to.
    private final @Nullable Catalog catalog;

    /// One per access, for the log: `select public.patients (id, last_name)`.
    final List<String> accesses;

    /// What the policy judges, as far as the log may have it in clear.
    final List<String> lines;

    /// It can change something: not forwarded before its intent is durable.
    final boolean waits;

    /// After it, names or literals may mean something else, at once: it says so, or it calls or
    /// sets off code that isn't known not to do it.
    final boolean unsettlesNames;

    /// Its meaning depends on the catalog, the search path or the role.
    final boolean namesMatter;

    /// It calls functions that users wrote, said or unsaid: checks of their types among them.
    final boolean callsUsersCode;

    /// The same, or it is a code block: it may open cursors that no statement declared.
    final boolean runsUnseenCode;

    /// What it names is looked up when it is executed, not when it is bound.
    final boolean namedWhenExecuted;

    /// It gives names of the session a meaning, or takes it from them.
    final boolean changesHeld;

    /// What it runs or prepares has a name: it is decided together with that.
    final boolean involvesHeld;

    /// The statement that it prepares, or the query that it declares a cursor for.
    final @Nullable StatementFacts inner;

    /// The rows that it asks for by value, at each place of the text.
    final Selections.Result selections;

    /// What of it identifies people, under the policy last asked.
    volatile SubjectIndex.@Nullable Concern concern;

    private volatile Kept[] rulings = NONE;

    /// A decision, and what has to be done for it.
    ///
    /// @param edits of the text that the statement stands in, without which it is not permitted
    /// @param governed whether it touches what the person may not see all of: what the server says
    ///   about it may quote that
    /// @param obligations the policy's, in words for the log, also where they couldn't be met
    record Ruling(Decision decision, List<Edit> edits, boolean governed, List<String> obligations) {
        static Ruling of(Decision decision) {
            return new Ruling(decision, List.of(), false, List.of());
        }

        /// The policy permits it, what it asks for besides can't be done.
        static Ruling unmet(Obligations obligations, Decision.Deny denial) {
            return new Ruling(denial, List.of(), false, obligations.lines());
        }

        /// What its result is held to.
        List<Limited> limits() {
            return switch (decision) {
                case Decision.Permit(var obligations, _) -> obligations.limits();
                case Decision.Deny _ -> List.of();
            };
        }

        /// The same, where the server could quote what the person may not read.
        Ruling quoting() {
            return new Ruling(decision, edits, true, obligations);
        }
    }

    /// A ruling and what it was based on. INVARIANT: it depends on nothing else about the subject
    /// and the session, and not on the time; the policy says which of these it read.
    ///
    /// @param person empty: holds for everybody of that standing
    /// @param session its scope; empty: holds in every session of theirs
    private record Kept(
            PolicyDecisionPoint policies,
            String database,
            Standing standing,
            String person,
            String session,
            Ruling ruling) {
        boolean holdsFor(PolicyDecisionPoint inForce, String name, Session asking) {
            return policies == inForce
                    && standing.equals(asking.standing())
                    && database.equals(name)
                    && (person.isEmpty() || person.equals(asking.subject().name()))
                    && (session.isEmpty() || session.equals(asking.scope()));
        }
    }

    StatementFacts(
            String redacted,
            Footprint footprint,
            References references,
            Selections.Result selections,
            @Nullable Catalog catalog) {
        this.selections = selections;
        this.redacted = redacted;
        this.footprint = footprint;
        this.references = references;
        this.catalog = references.all().isEmpty() ? null : catalog;
        this.readable = readable(footprint, catalog);
        var shown = Discreet.of(footprint);
        this.accesses = words(shown.accesses());
        this.lines = FootprintLines.write(shown);
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
                            case TRANSACTION,
                                    SET,
                                    SHOW,
                                    EMPTY,
                                    DEALLOCATE,
                                    LISTEN,
                                    FETCH,
                                    CLOSE_CURSOR ->
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
                        }
                        // In MySQL, SET and SHOW may hold queries.
                        || footprint.accesses().stream().anyMatch(StatementFacts::isNamed);
        this.callsUsersCode =
                footprint.accesses().stream()
                        .anyMatch(access ->
                                access.action() == Action.EXECUTE
                                        && access.resource()
                                                instanceof Resource.Function(_, _, var kind)
                                        && switch (kind) {
                                            case USER_DEFINED, UNCLASSIFIED, RUNS_SQL -> true;
                                            case COMPUTES,
                                                    READS_CATALOG,
                                                    READS_DATA,
                                                    READS_FILES,
                                                    CHANGES_DATA,
                                                    CHANGES_SETTINGS,
                                                    AFFECTS_OTHER_SESSIONS,
                                                    NETWORK,
                                                    SLEEPS ->
                                                    false;
                                        });
        this.runsUnseenCode =
                callsUsersCode
                        || footprint.accesses().stream()
                                .anyMatch(access ->
                                        access.action() == Action.ADMIN
                                                && access.resource()
                                                        instanceof Resource.Other(var type, _, _)
                                                && type.equals("code block"));
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
        this.inner = inner();
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

    /// Whether what it is depends on what a name means.
    private static boolean isNamed(Access access) {
        return switch (access.resource()) {
            case Resource.Relation _, Resource.Function _ -> true;
            case Resource.Setting _, Resource.Schema _, Resource.Other _ -> false;
        };
    }

    /// It stands in the same text, so it has the same references.
    private @Nullable StatementFacts inner() {
        for (var change : footprint.sessionChanges())
            switch (change) {
                case SessionChange.Prepares(_, var prepared) -> {
                    return new StatementFacts(redacted, prepared, references, selections, catalog);
                }
                case SessionChange.DeclaresCursor(_, var query) -> {
                    return new StatementFacts(redacted, query, references, selections, catalog);
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

    References references() {
        return references;
    }

    /// It names something that rows could be copied to.
    boolean writes() {
        return footprint.accesses().stream()
                .anyMatch(access ->
                        switch (access.action()) {
                            case INSERT, UPDATE, DDL -> true;
                            case SELECT,
                                    DELETE,
                                    TRUNCATE,
                                    EXECUTE,
                                    COPY_IN,
                                    COPY_OUT,
                                    ADMIN,
                                    SESSION ->
                                    false;
                        });
    }

    /// With its columns; null where the statement names none, or it isn't in the catalog.
    Catalog.@Nullable Relation relation(Resource.Relation named) {
        return catalog == null ? null : catalog.relation(named.schema(), named.name());
    }

    StatementKind kind() {
        return footprint.kind();
    }

    Ruling ruling(PolicyDecisionPoint policies, String database, Session session) {
        var known = rulings;
        for (var kept : known) if (kept.holdsFor(policies, database, session)) return kept.ruling;
        var ruled = policies.rule(request(session, database, footprint));
        var ruling = ruling(ruled.decision());
        var reuse = ruled.reuse();
        if (!ruling.governed && ruling.decision instanceof Decision.Permit && readable != null) {
            // Whether it is shown plainly may depend on more than whether it may be written.
            var reading = policies.rule(request(session, database, readable));
            if (!showsAll(reading.decision())) ruling = ruling.quoting();
            if (reading.reuse().compareTo(reuse) > 0) reuse = reading.reuse();
        }
        if (reuse == Reuse.NEVER) return ruling;
        var person = reuse == Reuse.STANDING ? "" : session.subject().name();
        var only = reuse == Reuse.SESSION ? session.scope() : "";
        var fresh = new Kept(policies, database, session.standing(), person, only, ruling);
        // Two threads may overwrite each other here: one ruling is then made again later.
        var current =
                Arrays.stream(known)
                        .filter(r -> r.policies == policies)
                        .limit(MAX_RULINGS - 1L)
                        .toArray(Kept[]::new);
        var updated = new Kept[current.length + 1];
        updated[0] = fresh;
        System.arraycopy(current, 0, updated, 1, current.length);
        rulings = updated;
        return ruling;
    }

    /// Whether parameters declared so leave conditions as harmless as they look.
    ///
    /// @param parameterTypes by oid, 0 for undeclared
    boolean areHarmless(int[] parameterTypes) {
        return references.areHarmless(parameterTypes);
    }

    /// The ruling's edits where parameters have types that make a comparison fail for some values:
    /// see {@link #areHarmless}. Rare, so worked out each time.
    List<Edit> fencedEdits(Ruling ruling) {
        if (ruling.edits.isEmpty()
                || catalog == null
                || !(ruling.decision instanceof Decision.Permit(var obligations, _)))
            return ruling.edits;
        return switch (Substitutions.of(obligations, references.fenced(), catalog)) {
            case Substitutions.Result.Edits(var edits) -> edits;
            case Substitutions.Result.Refused _ ->
                    throw new IllegalStateException("the same obligations were carried out before");
        };
    }

    private static boolean showsAll(Decision decision) {
        return decision instanceof Decision.Permit(var obligations, _)
                && !obligations.substitutes();
    }

    /// What is written, as if it were read as a whole: errors quote whole rows (`Failing row
    /// contains ...`), of the written tables and of those that refer to them. Null where nothing is
    /// written.
    private static @Nullable Footprint readable(Footprint footprint, @Nullable Catalog catalog) {
        if (catalog == null) return null;
        var written = new LinkedHashSet<Catalog.Relation>();
        for (var access : footprint.accesses())
            switch (access.action()) {
                case INSERT, UPDATE, DELETE, TRUNCATE, COPY_IN, DDL -> {
                    var relation =
                            access.resource() instanceof Resource.Relation(var schema, var name, _)
                                    ? catalog.relation(schema, name)
                                    : null;
                    if (relation != null) reached(relation, written);
                }
                case SELECT, EXECUTE, COPY_OUT, ADMIN, SESSION -> {}
            }
        if (written.isEmpty()) return null;
        var accesses = new ArrayList<Access>(written.size());
        var kin = new HashMap<Resource.Relation, Kin>(0);
        for (var relation : written) {
            if (!relation.kin().isNone()) kin.put(relation.resource(), relation.kin());
            var columns = new ArrayList<ColumnUse>(relation.columns().size());
            for (var column : relation.columns())
                columns.add(new ColumnUse(column.name(), Set.of(Place.OUTPUT)));
            accesses.add(new Access(Action.SELECT, relation.resource(), columns, Optional.empty()));
        }
        return new Footprint(
                StatementKind.SELECT, accesses, List.of(), Set.of(), List.of(), true, kin);
    }

    /// With the tables whose rows change along, by foreign keys. A child is read through its
    /// parent, as far as it has no columns of its own.
    private static void reached(Catalog.Relation relation, Set<Catalog.Relation> all) {
        if (!all.add(relation)) return;
        for (var referring : relation.referencedBy()) reached(referring, all);
        for (var child : relation.children()) {
            boolean more = false;
            for (var column : child.columns()) more |= relation.column(column.name()) == null;
            if (more) reached(child, all);
            else for (var referring : child.referencedBy()) reached(referring, all);
        }
    }

    private static AccessRequest request(Session session, String database, Footprint about) {
        return new AccessRequest(session.subject(), database, about, session.circumstances());
    }

    /// What the policy asks for besides is done here, or there is no permit.
    private Ruling ruling(Decision decision) {
        if (!(decision instanceof Decision.Permit(var obligations, var ruleIds))
                || obligations.isNone()) return Ruling.of(decision);
        if (!obligations.substitutes()) return Ruling.of(decision);
        if (catalog == null)
            return Ruling.unmet(
                    obligations,
                    new Decision.Deny(
                            "what it touches is masked or filtered for you, and the statement can't"
                                    + " be narrowed to what you may see",
                            List.of(),
                            ruleIds,
                            "ask the security team"));
        return switch (Substitutions.of(obligations, references, catalog)) {
            case Substitutions.Result.Edits(var edits) ->
                    new Ruling(decision, edits, true, obligations.lines());
            case Substitutions.Result.Refused(var reason, var hint) ->
                    Ruling.unmet(obligations, new Decision.Deny(reason, List.of(), ruleIds, hint));
        };
    }

    /// A rough figure for the cache.
    long bytes() {
        long columns = footprint.outputs().size() * 64L;
        for (var access : footprint.accesses()) columns += access.columns().size() * 48L;
        long words = 0;
        for (var access : accesses) words += 56 + access.length();
        for (var line : lines) words += 56 + line.length();
        long within = inner == null ? 0 : inner.bytes();
        return 400
                + within
                + redacted.length()
                + words
                + columns
                + footprint.accesses().size() * 64L
                + references.all().size() * 160L
                + selections.rows().size() * 200L;
    }

    static List<String> words(List<Access> accesses) {
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
