package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import dev.sallyport.gateway.DecisionLog.Asked;
import dev.sallyport.gateway.admin.GatewayMetrics;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.Limited;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Edit;
import dev.sallyport.sql.rewrite.RewrittenText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// THE enforcement point: analyse, decide, record. Called on the session's event loop; never
/// blocks, throws nothing: whatever goes wrong inside is a denial.
///
/// Every message of the client that can make the server do something goes through here, in the
/// order in which it came, and goes upstream in the same order. Each check has the same four steps:
/// {@link #understand} the text, {@link #plan} what would run (names that the session holds lead to
/// other statements), {@link #decide}, record; only then is there a {@link Verdict.Permit}.
public final class QueryGuard {
    private static final Logger LOG = LoggerFactory.getLogger(QueryGuard.class);

    /// EXECUTE of a statement that is itself an EXECUTE, and so on.
    private static final int MAX_HELD_DEPTH = 8;

    /// Ticket of a refusal for want of a record.
    private static final long UNRECORDED = 0;

    private static final int MAX_OBJECTS_SHOWN = 10;
    private static final int MAX_TYPES_SHOWN = 100;
    private static final Pattern SERVERS_OID = Pattern.compile("[1-9][0-9]{0,4}");
    private static final Pattern OID = Pattern.compile("[0-9]{1,10}");

    private final AnalysisCache cache;
    private final Supplier<PolicyDecisionPoint> policies;
    private final DecisionLog log;
    private final GatewayMetrics metrics;
    private final Budgets budgets;
    private final @Nullable SubjectIndex subjects;

    /// @param policies those in force now; another object after every change
    QueryGuard(
            AnalysisCache cache,
            Supplier<PolicyDecisionPoint> policies,
            DecisionLog log,
            GatewayMetrics metrics,
            Budgets budgets,
            Optional<SubjectIndex> subjects) {
        this.subjects = subjects.orElse(null);
        this.cache = cache;
        this.policies = policies;
        this.log = log;
        this.metrics = metrics;
        this.budgets = budgets;
    }

    /// `Query`: every statement of the text; one refused refuses all.
    public Verdict simpleQuery(Session session, SqlText sql) {
        hear(session, sql);
        return check(session, "Query", () -> checkQuery(session, sql));
    }

    /// `Parse`: analysed and decided; only a denial is recorded, since nothing runs yet.
    ///
    /// @param parameterTypes OIDs as the client gave them, 0 where it left that to the server
    public Verdict parse(Session session, String name, SqlText sql, int[] parameterTypes) {
        hear(session, sql);
        return check(session, "Parse", () -> checkParse(session, name, sql, parameterTypes));
    }

    /// `Bind`: decided again, since policy, catalog and search path may have changed. The intent is
    /// recorded here: planning can already evaluate functions. A portal that is never executed gets
    /// its outcome (`skipped`) by itself.
    public Verdict bind(
            Session session, String portal, String statementName, BoundValues parameters) {
        return check(session, "Bind", () -> checkBind(session, portal, statementName, parameters));
    }

    /// Whether {@link #bind} has a use for the parameters' values.
    public boolean wantsValues() {
        return log.seals() || concerns(policies.get().policies());
    }

    private boolean concerns(PolicySet inForce) {
        return subjects != null && subjects.concerns(inForce);
    }

    private void hear(Session session, SqlText sql) {
        if (wantsValues()) session.heard(Heard.text(sql));
    }

    /// Whether what the server says of a statement is kept, sealed to auditors: see {@link
    /// Outcome#messages}.
    public boolean keepsMessages() {
        return log.seals();
    }

    /// `Execute`. The first time it answers with the statement that Bind recorded; a portal that is
    /// executed again gets a new intent.
    public Verdict execute(Session session, String portal, long maxRows) {
        return check(session, "Execute", () -> checkExecute(session, portal, maxRows));
    }

    /// `Describe` of a prepared statement. The server understands it anew if it has to, and goes by
    /// that from then on: so it is decided like a Parse; only a denial is recorded.
    public Verdict describeStatement(Session session, String name) {
        return check(session, "Describe", () -> checkDescribe(session, name));
    }

    /// `Close` of a prepared statement; always forwarded.
    public void closeStatement(Session session, String name) {
        session.sentCloseStatement(name);
    }

    /// `Close` of a portal; always forwarded.
    public void closePortal(Session session, String name) {
        session.sentClosePortal(name);
    }

    /// `Describe` of a portal and `Flush`, forwarded: until the next Sync the session is not at
    /// rest.
    public void otherExtendedMessage(Session session) {
        session.extendedMessage();
    }

    /// `Sync`, forwarded (also after a denial).
    public void syncReached(Session session) {
        session.sentSync();
    }

    /// A message that is refused for what it is, whatever is in it (FunctionCall, text that is not
    /// valid in the session's encoding, a statement that is too long): the refusal is recorded.
    ///
    /// @param protocolMessage as `FunctionCall`
    public Verdict.Deny refuse(Session session, Refusal refusal, String protocolMessage) {
        return deny(session, protocolMessage, Asked.NOT_UNDERSTOOD, refusal, "", 0);
    }

    /// Ends one statement; the first call for it counts. Returns the ticket of the outcome record:
    /// CommandComplete, PortalSuspended or ErrorResponse is held until it is durable. Called before
    /// the error or the ReadyForQuery is told to the session.
    public long outcome(Session session, AuditedStatement statement, Outcome outcome) {
        if (!statement.outcomeOwed()) return statement.outcomeTicket;
        statement.outcomeTicket = log.outcome(session, statement, outcome);
        if (statement.running) session.running(-1);
        statement.settle(
                switch (outcome.status()) {
                    case COMPLETED, SUSPENDED -> true;
                    case FAILED, CANCELLED, SKIPPED, UNKNOWN -> false;
                });
        metrics.outcome(outcome);
        return statement.outcomeTicket;
    }

    // --- the four messages

    private Verdict checkQuery(Session session, SqlText sql) throws Stop {
        var own = OwnStatement.of(sql);
        if (own != null) {
            var answer = answer(session, "Query", own);
            var statement = ownIntent(session, "Query", own, answer);
            session.sentQuery();
            return Verdict.Permit.own(List.of(statement), statement.intentTicket(), answer.rows());
        }
        var text = understand(session, "Query", () -> read(session, sql));
        if (text.statements().isEmpty()) {
            session.sentQuery();
            return Verdict.Permit.UNRECORDED;
        }
        var mode = session.names();
        var judge = new Judge(session, policies.get());
        var edits = edits(text, judge, true);
        var rewritten = edits.isEmpty() ? null : RewrittenText.of(sql, edits);
        var plans = new ArrayList<Plan>(text.statements().size());
        var after = new ArrayList<List<AuditedStatement.Consequence>>(text.statements().size());
        var all = List.<AuditedStatement>of();
        try {
            boolean unsettled = false;
            for (int i = 0; i < text.statements().size(); i++) {
                var facts = text.statements().get(i);
                var asked = asked(facts);
                if (unsettled && facts.namesMatter)
                    throw refused(
                            session,
                            "Query",
                            asked,
                            Refusal.STALE_CONTEXT,
                            "an earlier statement of the same message changes it");
                var plan = plan(session, "Query", facts);
                plans.add(plan);
                var held = new HeldStatement(sql, i, true, mode.context(), List.of());
                after.add(declare(session, "Query", held, facts, judge));
                // EXECUTE and FETCH run what was named before.
                for (var runs : plan.all())
                    unsettled |= runs.unsettlesNames || mode.mayTakeBack(runs);
            }
            refuseToUndo(session, plans, judge);
            all = permit(session, "Query", plans, List.of(), judge, List.of());
        } finally {
            if (all.isEmpty()) for (var list : after) for (var c : list) c.settle(false);
        }
        boolean waits = false;
        boolean governed = false;
        for (int i = 0; i < all.size(); i++) {
            var facts = text.statements().get(i);
            run(session, plans.get(i), all.get(i), after.get(i));
            if (runsUnseenCode(plans.get(i)))
                session.ranUnseenCode(plans.get(i).sentBefore(judge.edits(facts, true), true));
            waits |= plans.get(i).waits();
            governed |= governed(plans.get(i), judge);
        }
        session.sentQuery();
        return new Verdict.Permit(all, all.getLast().intentTicket(), waits, rewritten, governed);
    }

    private Verdict checkParse(Session session, String name, SqlText sql, int[] parameterTypes)
            throws Stop {
        var own = OwnStatement.of(sql);
        if (own != null) return parseOwn(session, name, sql, own);
        var text = understand(session, "Parse", () -> read(session, sql));
        if (text.statements().size() > 1)
            throw refused(session, "Parse", Asked.NOT_UNDERSTOOD, Refusal.MULTIPLE_STATEMENTS, "");
        for (int type : parameterTypes)
            checkParameter(session, "Parse", Integer.toUnsignedLong(type));
        var judge = new Judge(session, policies.get());
        boolean governed = false;
        for (var facts : text.statements()) {
            var plan = plan(session, "Parse", facts);
            if (decide(session, "Parse", plan, judge) instanceof Decision.Deny denied)
                throw denied(session, "Parse", List.of(plan), 0, denied, List.of(), judge);
            governed |= governed(plan, judge);
        }
        boolean harmless =
                text.statements().stream().allMatch(facts -> facts.areHarmless(parameterTypes));
        var edits = edits(text, judge, harmless);
        var rewritten = edits.isEmpty() ? null : RewrittenText.of(sql, edits);
        if (session.holdsTooMany())
            throw refused(session, "Parse", Asked.NOT_UNDERSTOOD, Refusal.TOO_MANY_HELD, "");
        var names = session.names();
        var statement = new HeldStatement(sql, 0, false, names.context(), oids(parameterTypes));
        statement.parameterOids = parameterTypes.clone();
        statement.checkedAtParse(text, names.context());
        statement.sentAs(edits, rewritten, harmless);
        session.sentParse(name, statement);
        return new Verdict.Permit(List.of(), 0, false, rewritten, governed);
    }

    private Verdict checkDescribe(Session session, String name) throws Stop {
        var own = own(session, "Describe", session.statement(name));
        if (own != null) {
            session.extendedMessage();
            return Verdict.Permit.own(List.of(), 0, empty(own));
        }
        var judge = new Judge(session, policies.get());
        boolean governed = false;
        RewrittenText rewritten = null;
        for (var candidate : session.statement(name)) {
            rewritten = candidate.rewritten();
            hear(session, candidate.sql);
            for (var facts : meaning(session, "Describe", candidate)) {
                var plan =
                        plan(session, "Describe", facts)
                                .sentBefore(candidate.edits(), candidate.harmless());
                if (decide(session, "Describe", plan, judge) instanceof Decision.Deny denied)
                    throw denied(session, "Describe", List.of(plan), 0, denied, List.of(), judge);
                governed |= governed(plan, judge);
            }
        }
        session.extendedMessage();
        return new Verdict.Permit(List.of(), 0, false, rewritten, governed);
    }

    private Verdict checkBind(Session session, String portal, String name, BoundValues bind)
            throws Stop {
        int parameters = bind.count();
        var candidates = session.statement(name);
        if (candidates.isEmpty())
            throw refused(
                    session, "Bind", Asked.NOT_UNDERSTOOD, Refusal.UNKNOWN_PREPARED_STATEMENT, "");
        if (own(session, "Bind", candidates) != null) {
            if (session.holdsTooMany())
                throw refused(session, "Bind", Asked.NOT_UNDERSTOOD, Refusal.TOO_MANY_HELD, "");
            session.sentBind(portal, HeldPortal.ofOwn(candidates.getLast()));
            return new Verdict.Permit(List.of(), 0, false);
        }
        var last = candidates.getLast();
        if (wantsValues()) session.heard(Heard.bind(last.sql, bind.values(), last.parameterOids));
        Plan plan = null;
        for (var candidate : candidates)
            for (var type : candidate.parameterTypes)
                if (OID.matcher(type).matches())
                    checkParameter(session, "Bind", Long.parseLong(type));
        for (var candidate : candidates)
            for (var facts : meaning(session, "Bind", candidate))
                plan =
                        together(
                                plan(session, "Bind", facts)
                                        .sentBefore(candidate.edits(), candidate.harmless()),
                                plan);
        if (candidates.size() > 1) refuseToFollow(session, "Bind", plan);
        if (session.holdsTooMany())
            throw refused(session, "Bind", Asked.NOT_UNDERSTOOD, Refusal.TOO_MANY_HELD, "");
        if (plan == null) plan = Plan.of(StatementFacts.EMPTY);
        var types = candidates.getLast().parameterTypes;
        if (types.size() != parameters) types = unknownTypes(parameters);
        var judge = new Judge(session, policies.get());
        var bound = permit(session, "Bind", List.of(plan), types, judge, null).getFirst();
        // Planning may run functions, and so may reading parameters; what is looked up only when
        // executed is not planned before.
        boolean runsNothing =
                plan.main().namedWhenExecuted
                        && candidates.size() == 1
                        && readingRunsNothing(
                                candidates.getLast().parameterTypes, parameters, plan);
        if (!runsNothing) session.names().follow(plan);
        session.sentBind(
                portal,
                new HeldPortal(
                        plan,
                        candidates.getLast(),
                        bound,
                        Objects.requireNonNullElse(
                                session.heard().subjects(plan), SubjectIndex.Subjects.NONE),
                        session.names()));
        return new Verdict.Permit(
                List.of(bound),
                bound.intentTicket(),
                plan.waits(),
                candidates.getLast().rewritten(),
                governed(plan, judge));
    }

    /// Reading a value of a domain runs what its checks call, and the type is nothing of the text
    /// that is decided about: who wants that writes the cast there.
    private void checkParameter(Session session, String message, long type) throws Stop {
        if (type < Catalog.FIRST_USER_OID) return;
        var names = session.names();
        if (names.catalog().type(type) == null) {
            var question =
                    session.pipelineOpen()
                            ? Optional.<TruthQuery>empty()
                            : names.askFor(new Analysis.Absence.Untold());
            if (question.isPresent()) throw ask(session, message, question.get());
            throw refused(
                    session,
                    message,
                    Asked.NOT_UNDERSTOOD,
                    Refusal.UNSUPPORTED,
                    "a parameter is declared to be of a type that is not known");
        }
        if (!names.catalog().checksOf(type).isEmpty())
            throw refused(
                    session,
                    message,
                    Asked.NOT_UNDERSTOOD,
                    Refusal.UNSUPPORTED,
                    "a parameter is declared to be of a type whose checks call functions; cast it"
                            + " in the statement instead");
    }

    /// Whether reading the parameters runs nothing that users wrote. What the client left to the
    /// server to find out takes its type from where it stands; if that is one of theirs with
    /// checks, the statement calls these, or a function or operator of theirs.
    private static boolean readingRunsNothing(List<String> types, int parameters, Plan plan) {
        boolean open = types.size() < parameters;
        for (var oid : types)
            if (oid.equals("0")) open = true;
            else if (!SERVERS_OID.matcher(oid).matches()
                    || Long.parseLong(oid) >= Catalog.FIRST_USER_OID) return false;
        return !open || plan.all().stream().noneMatch(facts -> facts.callsUsersCode);
    }

    private Verdict checkExecute(Session session, String name, long maxRows) throws Stop {
        var candidates = session.portal(name);
        if (candidates.stream().anyMatch(c -> c.own() != null))
            return executeOwn(session, candidates, maxRows);
        if (candidates.isEmpty())
            throw refused(session, "Execute", Asked.NOT_UNDERSTOOD, Refusal.UNKNOWN_CURSOR, "");
        Plan plan = null;
        for (var candidate : candidates) plan = together(whenExecuted(session, candidate), plan);
        if (plan == null) throw new IllegalStateException("no candidate");
        if (candidates.size() > 1) refuseToFollow(session, "Execute", plan);
        session.extendedMessage();
        var portal = candidates.getLast();
        var tallies = candidates.stream().map(c -> c.tally).toList();
        var statement = portal.bound;
        if (portal.boundNumber != 0) session.heard(Heard.boundBy(portal));
        var judge = new Judge(session, policies.get());
        if (statement != null && plan == portal.plan) {
            // Bind was permitted under the policy of then.
            if (decide(session, "Execute", plan, judge) instanceof Decision.Deny denied)
                throw denied(session, "Execute", List.of(plan), 0, denied, List.of(), judge);
            statement.meter =
                    meter(session, "Execute", List.of(plan), 0, List.of(), judge, tallies);
            portal.bound = null;
        } else {
            statement =
                    permit(session, "Execute", List.of(plan), List.of(), judge, tallies).getFirst();
        }
        run(
                session,
                plan,
                statement,
                declare(session, "Execute", portal.statement, plan.main(), judge));
        if (runsUnseenCode(plan)) session.ranUnseenCode(plan);
        return new Verdict.Permit(
                List.of(statement),
                statement.intentTicket(),
                plan.waits(),
                portal.statement == null ? null : portal.statement.rewritten(),
                governed(plan, judge));
    }

    /// What the portal does if it is executed now: what was bound, and what the names in it have
    /// come to mean since, if the server looks them up only now.
    private Plan whenExecuted(Session session, HeldPortal portal) throws Stop {
        var main = portal.plan.main();
        var statement = portal.statement;
        if (statement == null) return portal.plan;
        boolean namesMoved = main.namedWhenExecuted && !portal.namesHold(session.names());
        if (!namesMoved && !main.involvesHeld) return portal.plan;
        Plan now = null;
        if (namesMoved)
            for (var facts : meaning(session, "Execute", statement))
                now =
                        together(
                                plan(session, "Execute", facts)
                                        .sentBefore(statement.edits(), statement.harmless()),
                                now);
        else
            now =
                    plan(session, "Execute", main)
                            .sentBefore(statement.edits(), statement.harmless());
        if (now == null
                || portal.plan.all().containsAll(now.all())
                        && portal.plan.sent().containsAll(now.sent())) return portal.plan;
        return together(now, portal.plan);
    }

    // --- what the gateway answers itself

    /// @param redacted for the audit log
    private record Answered(OwnAnswer rows, String redacted) {}

    /// The columns that the answer to a Describe of that portal has; null: it is the server's.
    public @Nullable OwnAnswer describePortal(Session session, String name) {
        session.extendedMessage();
        var candidates = session.portal(name);
        var own = candidates.size() == 1 ? candidates.getFirst().own() : null;
        return own == null ? null : empty(own);
    }

    private static OwnAnswer empty(OwnStatement own) {
        return new OwnAnswer(OwnAnswers.columns(own), List.of());
    }

    private Verdict parseOwn(Session session, String name, SqlText sql, OwnStatement own)
            throws Stop {
        // What it takes to answer can be asked for now, but not within a pipeline.
        var _ = answer(session, "Parse", own);
        if (session.holdsTooMany())
            throw refused(session, "Parse", Asked.NOT_UNDERSTOOD, Refusal.TOO_MANY_HELD, "");
        var statement = new HeldStatement(sql, 0, false, null, List.of());
        statement.own = own;
        session.sentParse(name, statement);
        return Verdict.Permit.own(List.of(), 0, empty(own));
    }

    /// The gateway's own statement under that name; null where all that the name may stand for is
    /// the server's.
    private @Nullable OwnStatement own(
            Session session, String message, List<HeldStatement> candidates) throws Stop {
        if (candidates.stream().allMatch(c -> c.own == null)) return null;
        if (candidates.size() > 1) throw ambiguous(session, message);
        return candidates.getFirst().own;
    }

    private Stop ambiguous(Session session, String message) {
        return refused(
                session,
                message,
                Asked.NOT_UNDERSTOOD,
                Refusal.STALE_CONTEXT,
                "the name was given again while earlier messages are unanswered");
    }

    private Verdict executeOwn(Session session, List<HeldPortal> candidates, long maxRows)
            throws Stop {
        var portal = candidates.getLast();
        var own = portal.own();
        if (candidates.size() > 1 || own == null) throw ambiguous(session, "Execute");
        if (portal.statement != null) hear(session, portal.statement.sql);
        var answer = answer(session, "Execute", own);
        var whole = portal.answer;
        if (whole == null) portal.answer = whole = answer.rows;
        var part = whole.slice(portal.answered, maxRows);
        portal.answered += part.rows().size();
        var statement = ownIntent(session, "Execute", own, answer);
        session.extendedMessage();
        return Verdict.Permit.own(List.of(statement), statement.intentTicket(), part);
    }

    private AuditedStatement ownIntent(
            Session session, String message, OwnStatement own, Answered answer) throws Stop {
        long number = session.nextStatement();
        try {
            carryOut(session, own);
            long ticket =
                    log.permitted(
                            session,
                            number,
                            message,
                            ownAsked(own, answer.redacted),
                            List.of("builtin:sallyport"),
                            policies.get().policies().version());
            var statement = new AuditedStatement(number, ticket, StatementKind.EMPTY, Set.of());
            statement.running = true;
            session.running(+1);
            return statement;
        } catch (AuditException e) {
            throw new Stop(unrecorded(session, e));
        }
    }

    /// What it changes, once that is on record. It holds from here on, for what follows in the same
    /// pipeline, too.
    private void carryOut(Session session, OwnStatement own) throws AuditException {
        switch (own) {
            case OwnStatement.SetPurpose(var purpose) -> {
                log.purpose(session, purpose);
                session.purpose(purpose);
            }
            case OwnStatement.WhoAmI _,
                    OwnStatement.Grants _,
                    OwnStatement.Explain _,
                    OwnStatement.Malformed _ -> {}
        }
    }

    /// Changes nothing.
    private Answered answer(Session session, String message, OwnStatement own) throws Stop {
        var inForce = policies.get();
        return switch (own) {
            case OwnStatement.WhoAmI _ ->
                    new Answered(OwnAnswers.whoAmI(session, inForce), own.kind());
            case OwnStatement.Grants _ -> {
                if (!session.names().catalogAvailable())
                    throw refused(session, message, ownAsked(own), Refusal.CATALOG_UNAVAILABLE, "");
                var catalog = session.names().catalog();
                yield new Answered(OwnAnswers.grants(session, inForce, catalog), own.kind());
            }
            case OwnStatement.Explain(var sql) -> explain(session, message, sql);
            case OwnStatement.SetPurpose(var purpose) ->
                    new Answered(
                            OwnAnswers.purpose(purpose),
                            own.kind()
                                    + (purpose.isNone() ? "" : " ?")
                                    + (purpose.ticket().isEmpty() ? "" : " TICKET ?"));
            case OwnStatement.Malformed(var problem) ->
                    throw refused(session, message, ownAsked(own), Refusal.OWN_STATEMENT, problem);
        };
    }

    private static Asked ownAsked(OwnStatement own, String redacted) {
        return new Asked(
                own.kind(),
                redacted,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                SubjectIndex.Subjects.NONE);
    }

    private static Asked ownAsked(OwnStatement own) {
        return ownAsked(own, own.kind());
    }

    private Answered explain(Session session, String message, SqlText sql) throws Stop {
        return switch (certain(session, message, () -> read(session, sql))) {
            case CheckedText.NotUnderstood(var why) ->
                    new Answered(
                            OwnAnswers.notUnderstood(why.reason(), why.where().start() + 1),
                            "SALLYPORT EXPLAIN");
            case CheckedText.Understood text -> {
                var judge = new Judge(session, policies.get());
                var explained = new ArrayList<OwnAnswers.Explained>();
                for (var facts : text.statements()) {
                    var plan = plan(session, message, facts);
                    explained.add(new OwnAnswers.Explained(plan, decide(plan, judge)));
                }
                var edits = edits(text, judge, true);
                var rewritten = edits.isEmpty() ? null : RewrittenText.of(sql, edits);
                yield new Answered(
                        OwnAnswers.explain(explained, rewritten, judge.policies()),
                        OwnAnswers.redacted(explained));
            }
        };
    }

    // --- understand

    private interface Reading {
        CheckedText read() throws Stop;
    }

    private CheckedText read(Session session, SqlText sql) throws Stop {
        return read(session, sql, session.names().context());
    }

    private CheckedText read(Session session, SqlText sql, TextContext context) throws Stop {
        if (sql.text().length() >= LongAnalysis.MIN_CHARS) return readLong(session, sql, context);
        return session.names().shares()
                ? cache.check(sql, context)
                : cache.checkUncached(sql, context);
    }

    private CheckedText readLong(Session session, SqlText sql, TextContext context) throws Stop {
        var made = session.longAnalysis();
        if (made != null && made.isDone() && made.isOf(sql, context)) return made.result();
        var needed = new LongAnalysis(sql, context, cache);
        // Names can't go on changing while the session's messages wait; if they do, it is as it was
        // for short texts.
        if (session.needsLong(needed)) throw new Stop(new Verdict.NeedsTime(needed));
        needed.run();
        return needed.result();
    }

    /// The text's facts under names that are certain; or the question to be asked before; or a
    /// refusal.
    private CheckedText.Understood understand(Session session, String message, Reading reading)
            throws Stop {
        return switch (certain(session, message, reading)) {
            case CheckedText.Understood text -> text;
            case CheckedText.NotUnderstood(var why) -> throw notUnderstood(session, message, why);
        };
    }

    private CheckedText certain(Session session, String message, Reading reading) throws Stop {
        var names = session.names();
        if (!names.catalogAvailable())
            throw refused(session, message, Asked.NOT_UNDERSTOOD, Refusal.CATALOG_UNAVAILABLE, "");
        var failure = names.takeFailure();
        if (failure != null) {
            LOG.warn(
                    "session {}: the server did not say what names mean: {}",
                    session.id(),
                    failure);
            throw refused(
                    session,
                    message,
                    Asked.NOT_UNDERSTOOD,
                    Refusal.STALE_CONTEXT,
                    "the server did not say what they mean now");
        }
        if (names.changeUnanswered() || !names.known()) throw askFirst(session, message);
        boolean atRest = session.transactionStatus() == 'I' && !session.pipelineOpen();
        boolean certain = !names.stale(atRest);
        if (!certain && atRest) throw askFirst(session, message);

        return switch (reading.read()) {
            case CheckedText.Understood text -> {
                if (!certain && text.statements().stream().anyMatch(facts -> facts.namesMatter))
                    throw askFirst(session, message);
                yield text;
            }
            case CheckedText.NotUnderstood(var why) -> {
                if (dependsOnNames(why.code()) && !certain) throw askFirst(session, message);
                if (why.code() == Analysis.Code.UNKNOWN_OBJECT && !session.pipelineOpen()) {
                    var question = names.askFor(why.absence());
                    if (question.isPresent()) throw ask(session, message, question.get());
                }
                yield new CheckedText.NotUnderstood(why);
            }
        };
    }

    /// What names mean has to be asked for, if that is possible now.
    private Stop askFirst(Session session, String message) {
        return ask(session, message, session.names().ask());
    }

    private Stop ask(Session session, String message, TruthQuery question) {
        if (session.pipelineOpen())
            // A question would end the pipeline's implicit transaction.
            return refused(
                    session,
                    message,
                    Asked.NOT_UNDERSTOOD,
                    Refusal.STALE_CONTEXT,
                    "an earlier statement of the same pipeline changes it");
        if (session.transactionStatus() == 'E' && !session.names().changeUnanswered())
            // The server would answer the same, and it can't be asked anything now.
            return refused(session, message, Asked.NOT_UNDERSTOOD, Refusal.ABORTED_TRANSACTION, "");
        return new Stop(new Verdict.NeedsTruth(question));
    }

    private static boolean dependsOnNames(Analysis.Code code) {
        return switch (code) {
            case UNKNOWN_OBJECT, AMBIGUOUS, UNSUPPORTED, STALE_CONTEXT, UNACCOUNTED -> true;
            case SYNTAX, TOO_COMPLEX, ENCODING -> false;
        };
    }

    // --- plan

    private Plan plan(Session session, String message, StatementFacts facts) throws Stop {
        if (!facts.involvesHeld) return Plan.of(facts);
        var held = new ArrayList<StatementFacts>();
        var sent = new ArrayList<Plan.Sent>();
        var tallies = new ArrayList<Tally>();
        collect(session, message, facts, held, sent, tallies, 0);
        return new Plan(facts, held, sent, tallies);
    }

    private void collect(
            Session session,
            String message,
            StatementFacts facts,
            List<StatementFacts> held,
            List<Plan.Sent> sent,
            List<Tally> tallies,
            int depth)
            throws Stop {
        if (depth > MAX_HELD_DEPTH)
            throw refused(
                    session,
                    message,
                    asked(facts),
                    Refusal.TOO_COMPLEX,
                    "prepared statements that execute each other");
        for (var change : facts.footprint.sessionChanges())
            switch (change) {
                case SessionChange.Executes(var name) -> {
                    var candidates = session.statement(name);
                    if (candidates.isEmpty())
                        throw refused(
                                session,
                                message,
                                asked(facts),
                                Refusal.UNKNOWN_PREPARED_STATEMENT,
                                "");
                    for (var candidate : candidates)
                        for (var inner : meaning(session, message, candidate)) {
                            if (inner.changesHeld)
                                throw refused(
                                        session,
                                        message,
                                        asked(facts),
                                        Refusal.UNSUPPORTED,
                                        "EXECUTE of a statement that prepares or closes others");
                            held.add(inner);
                            sent.add(new Plan.Sent(inner, candidate.edits(), candidate.harmless()));
                            if (inner.involvesHeld)
                                collect(session, message, inner, held, sent, tallies, depth + 1);
                        }
                }
                case SessionChange.UsesCursor(var name) -> {
                    var candidates = session.portal(name);
                    // Whose rows a function's cursor shows may call the function. WHERE CURRENT OF
                    // takes a cursor whose query is known.
                    if (candidates.isEmpty() && facts.footprint.kind() == StatementKind.FETCH)
                        candidates = session.mayHaveOpened();
                    if (candidates.isEmpty())
                        throw refused(session, message, asked(facts), Refusal.UNKNOWN_CURSOR, "");
                    for (var candidate : candidates) {
                        held.addAll(candidate.plan.all());
                        sent.addAll(candidate.plan.sent());
                        tallies.add(candidate.tally);
                    }
                }
                case SessionChange.Prepares _ -> {
                    if (facts.inner != null) held.add(facts.inner);
                }
                case SessionChange.DeclaresCursor _,
                        SessionChange.Deallocates _,
                        SessionChange.DeallocatesAll _,
                        SessionChange.ClosesCursor _,
                        SessionChange.ClosesAllCursors _,
                        SessionChange.DiscardsAll _ -> {}
            }
    }

    /// What may run when the prepared statement is executed now; nothing for an empty one.
    private List<StatementFacts> meaning(Session session, String message, HeldStatement statement)
            throws Stop {
        var text =
                understand(
                        session,
                        message,
                        () ->
                                statement.check(
                                        session.names(),
                                        (sql, context) -> read(session, sql, context)));
        var now = text.statements();
        if (statement.bySql) {
            var inner = now.get(statement.index).inner;
            if (inner == null) throw new IllegalStateException("a PREPARE without a statement");
            now = List.of(inner);
        }
        return statement
                .mayMean(text, now, session.names().context())
                .orElseThrow(() ->
                        refused(
                                session,
                                message,
                                Asked.NOT_UNDERSTOOD,
                                Refusal.STALE_CONTEXT,
                                "they changed too often since it was prepared; prepare it again"));
    }

    /// One name may stand for several statements here: then none of them may change what other
    /// names stand for, since which one ran is not known in time.
    private void refuseToFollow(Session session, String message, @Nullable Plan plan) throws Stop {
        if (plan == null) return;
        for (var facts : plan.all())
            if (facts.changesHeld)
                throw refused(
                        session,
                        message,
                        asked(facts),
                        Refusal.STALE_CONTEXT,
                        "the name was given again while earlier messages are unanswered");
    }

    private static Plan together(Plan newer, @Nullable Plan older) {
        if (older == null) return newer;
        var held = new ArrayList<>(newer.held());
        held.addAll(older.all());
        var sent = new ArrayList<>(newer.sent());
        sent.addAll(older.sent());
        var tallies = new ArrayList<>(newer.tallies());
        tallies.addAll(older.tallies());
        return new Plan(newer.main(), held, sent, tallies);
    }

    // --- decide and record

    /// The rulings of one check, each statement's once: what a condition reads, the time above all,
    /// may not change between the decision and the text that goes up because of it.
    private static final class Judge {
        private final Session session;
        private final PolicyDecisionPoint policies;
        private @Nullable StatementFacts last;
        private StatementFacts.@Nullable Ruling lastRuling;
        private @Nullable Map<StatementFacts, StatementFacts.Ruling> all;

        Judge(Session session, PolicyDecisionPoint policies) {
            this.session = session;
            this.policies = policies;
        }

        PolicyDecisionPoint policies() {
            return policies;
        }

        /// @param harmless whether the parameters' types are
        List<Edit> edits(StatementFacts facts, boolean harmless) {
            var ruling = ruling(facts);
            return harmless ? ruling.edits() : facts.fencedEdits(ruling);
        }

        StatementFacts.Ruling ruling(StatementFacts facts) {
            if (facts == last && lastRuling != null) return lastRuling;
            var known = all == null ? null : all.get(facts);
            if (known == null) {
                known = facts.ruling(policies, session.database().name(), session);
                if (last != null) {
                    if (all == null) {
                        all = new IdentityHashMap<>();
                        all.put(last, Objects.requireNonNull(lastRuling));
                    }
                    all.put(facts, known);
                }
            }
            last = facts;
            lastRuling = known;
            return known;
        }
    }

    private Decision decide(Session session, String message, Plan plan, Judge judge) throws Stop {
        var decision = decide(plan, judge);
        if (decision instanceof Decision.Deny) return decision;
        for (var sent : plan.sent())
            if (!judge.edits(sent.facts(), sent.harmless()).equals(sent.edits()))
                throw refused(session, message, asked(sent.facts()), Refusal.REWRITING_CHANGED, "");
        // CREATE TABLE AS EXECUTE: what it writes is known only together with what it runs.
        if (plan.main().writes())
            for (var facts : plan.held())
                if (!judge.ruling(facts).limits().isEmpty())
                    throw refused(
                            session,
                            message,
                            asked(plan.main()),
                            Refusal.UNSUPPORTED,
                            "a copy of what is limited for you");
        // What EXPLAIN shows of a statement that went to the server earlier is not edited.
        if (plan.main().kind() == StatementKind.EXPLAIN)
            for (var facts : plan.held())
                if (judge.ruling(facts).governed())
                    throw refused(
                            session,
                            message,
                            asked(plan.main()),
                            Refusal.UNSUPPORTED,
                            "EXPLAIN EXECUTE of what is masked or filtered for you");
        return decision;
    }

    /// What has to be changed in the text; nothing where it is denied anyway.
    private static List<Edit> edits(CheckedText.Understood text, Judge judge, boolean harmless) {
        var edits = List.<Edit>of();
        for (var facts : text.statements()) {
            var own = judge.edits(facts, harmless);
            if (own.isEmpty()) continue;
            if (edits.isEmpty()) edits = own;
            else {
                edits = new ArrayList<>(edits);
                edits.addAll(own);
            }
        }
        return edits;
    }

    /// What the policy was asked, and what it asks for besides.
    private static Asked judged(Plan plan, List<String> parameterTypes, Judge judge) {
        var obligations = judge.ruling(plan.main()).obligations();
        if (!plan.held().isEmpty()) {
            var all = new LinkedHashSet<>(obligations);
            for (var facts : plan.held()) all.addAll(judge.ruling(facts).obligations());
            obligations = List.copyOf(all);
        }
        return Asked.of(plan, parameterTypes).judged(plan.lines(), obligations);
    }

    private static boolean governed(Plan plan, Judge judge) {
        if (judge.ruling(plan.main()).governed()) return true;
        for (var facts : plan.held()) if (judge.ruling(facts).governed()) return true;
        return false;
    }

    private static Decision decide(Plan plan, Judge judge) {
        var decision = judge.ruling(plan.main()).decision();
        if (plan.held().isEmpty() || decision instanceof Decision.Deny) return decision;
        var rules = new LinkedHashSet<>(decision.ruleIds());
        for (var facts : plan.held())
            switch (judge.ruling(facts).decision()) {
                case Decision.Deny deny -> {
                    return deny;
                }
                case Decision.Permit(_, var more) -> rules.addAll(more);
            }
        return new Decision.Permit(Obligations.NONE, List.copyOf(rules));
    }

    /// What the results of the statement are held to, where anything does.
    private static List<Limited> limits(Plan plan, Judge judge) {
        var limits = judge.ruling(plan.main()).limits();
        if (plan.held().isEmpty()) return limits;
        var byRule = new LinkedHashMap<String, Limited>();
        for (var limited : limits) byRule.put(limited.ruleId(), limited);
        for (var facts : plan.held())
            for (var limited : judge.ruling(facts).limits())
                byRule.putIfAbsent(limited.ruleId(), limited);
        return List.copyOf(byRule.values());
    }

    /// Of a text of several statements the server may have done the rest, and committed it, before
    /// it hears that a result is ended: so there must be nothing to take back.
    private void refuseToUndo(Session session, List<Plan> plans, Judge judge) throws Stop {
        if (plans.size() == 1) return;
        boolean limited = false;
        boolean changes = false;
        for (var plan : plans) {
            limited |= returnsRows(plan.main()) && !limits(plan, judge).isEmpty();
            changes |= !plan.effects().isEmpty();
        }
        if (limited && changes)
            throw refused(session, "Query", Asked.NOT_UNDERSTOOD, Refusal.LIMITED_AMONG_OTHERS, "");
    }

    private static boolean returnsRows(StatementFacts facts) {
        return switch (facts.kind()) {
            case SELECT,
                    INSERT,
                    UPDATE,
                    DELETE,
                    MERGE,
                    COPY_OUT,
                    EXPLAIN,
                    CALL,
                    EXECUTE,
                    FETCH,
                    SHOW ->
                    true;
            case TRUNCATE,
                    COPY_IN,
                    DDL,
                    ADMIN,
                    SET,
                    TRANSACTION,
                    PREPARE,
                    DEALLOCATE,
                    DECLARE_CURSOR,
                    CLOSE_CURSOR,
                    LISTEN,
                    LOCK,
                    EMPTY ->
                    false;
        };
    }

    /// What counts the result of a statement that is about to run; null where nothing limits it.
    ///
    /// @param tallies of what counts as one statement with it, besides the plan's
    private @Nullable ResultMeter meter(
            Session session,
            String message,
            List<Plan> plans,
            int which,
            List<String> parameterTypes,
            Judge judge,
            List<Tally> tallies)
            throws Stop {
        var plan = plans.get(which);
        if (!returnsRows(plan.main())) return null;
        var limits = limits(plan, judge);
        if (limits.isEmpty()) return null;
        var all = new ArrayList<>(plan.tallies());
        all.addAll(tallies);
        if (all.isEmpty()) all.add(new Tally());
        var meter = new ResultMeter(session.user(), limits, all, budgets);
        var exceeded = meter.begin();
        if (exceeded == null) return meter;
        var deny =
                new Decision.Deny(
                        exceeded.reason(), List.of(), List.of(exceeded.ruleId()), exceeded.hint());
        throw denied(
                session,
                message,
                plans,
                which,
                deny,
                parameterTypes,
                judge,
                LimitExceeded.SQL_STATE);
    }

    private Asked asked(Session session, Plan plan, List<String> parameterTypes, Judge judge) {
        var asked = judged(plan, parameterTypes, judge);
        var index = subjects;
        if (index == null || !index.concerns(judge.policies().policies())) return asked;
        var known = session.heard().subjects(plan);
        if (known != null) return asked.about(known);
        var named =
                index.of(
                        plan,
                        judge.policies().policies(),
                        session.database().name(),
                        session.heard(),
                        session.names().context() instanceof TextContext.Postgres(var context)
                                && context.clientEncoding().equals("UTF8"));
        session.heard().about(plan, named);
        return named == SubjectIndex.Subjects.NONE ? asked : asked.about(named);
    }

    /// Decides all of it, then records the intents; or records the denial.
    ///
    /// @param tallies see {@link #meter}; null: nothing runs yet
    private List<AuditedStatement> permit(
            Session session,
            String message,
            List<Plan> plans,
            List<String> parameterTypes,
            Judge judge,
            @Nullable List<Tally> tallies)
            throws Stop {
        var decisions = new ArrayList<Decision>(plans.size());
        for (int i = 0; i < plans.size(); i++) {
            var decision = decide(session, message, plans.get(i), judge);
            if (decision instanceof Decision.Deny denied)
                throw denied(session, message, plans, i, denied, parameterTypes, judge);
            decisions.add(decision);
        }
        var meters = new ArrayList<@Nullable ResultMeter>(plans.size());
        for (int i = 0; i < plans.size(); i++)
            meters.add(
                    tallies == null
                            ? null
                            : meter(session, message, plans, i, parameterTypes, judge, tallies));
        var statements = new ArrayList<AuditedStatement>(plans.size());
        try {
            for (int i = 0; i < plans.size(); i++) {
                var plan = plans.get(i);
                long number = session.nextStatement();
                long ticket =
                        log.permitted(
                                session,
                                number,
                                message,
                                asked(session, plan, parameterTypes, judge),
                                decisions.get(i).ruleIds(),
                                judge.policies().policies().version());
                var statement =
                        new AuditedStatement(number, ticket, plan.main().kind(), plan.effects());
                statement.meter = meters.get(i);
                statements.add(statement);
            }
        } catch (AuditException e) {
            for (var statement : statements) outcome(session, statement, Outcome.skipped());
            throw new Stop(unrecorded(session, e));
        }
        return statements;
    }

    // --- follow

    /// The statement is about to be forwarded for execution.
    private void run(
            Session session,
            Plan plan,
            AuditedStatement statement,
            List<AuditedStatement.Consequence> after) {
        session.names().follow(plan);
        for (var consequence : after) statement.then(consequence);
        statement.running = true;
        session.running(+1);
    }

    private static boolean runsUnseenCode(Plan plan) {
        if (plan.main().runsUnseenCode) return true;
        for (var held : plan.held()) if (held.runsUnseenCode) return true;
        return false;
    }

    /// Names that the statement gives a meaning, or takes it from, count from now on; for certain
    /// once it worked.
    private List<AuditedStatement.Consequence> declare(
            Session session,
            String message,
            @Nullable HeldStatement held,
            StatementFacts facts,
            Judge judge)
            throws Stop {
        if (held == null || facts.footprint.sessionChanges().isEmpty()) return List.of();
        var after = new ArrayList<AuditedStatement.Consequence>();
        // In the extended protocol the text went up when it was parsed.
        boolean simple = message.equals("Query");
        boolean harmless = simple || held.harmless();
        var edits = simple ? judge.edits(facts, harmless) : held.edits();
        for (var change : facts.footprint.sessionChanges())
            switch (change) {
                case SessionChange.Prepares(var name, _) -> {
                    if (session.holdsTooMany())
                        throw refused(session, message, asked(facts), Refusal.TOO_MANY_HELD, "");
                    var inner = facts.inner;
                    if (inner == null) throw new IllegalStateException("PREPARE of nothing");
                    var statement = held.asPreparedBySql(edits);
                    statement.preparedAs(inner, session.names().context());
                    session.declare(name, statement);
                    after.add(worked -> session.settle(name, statement, worked));
                }
                case SessionChange.DeclaresCursor(var name, _) -> {
                    if (session.holdsTooMany())
                        throw refused(session, message, asked(facts), Refusal.TOO_MANY_HELD, "");
                    var query = facts.inner;
                    if (query == null) throw new IllegalStateException("a cursor without a query");
                    var cursor =
                            HeldPortal.declaredBySql(Plan.of(query).sentBefore(edits, harmless));
                    session.declare(name, cursor);
                    after.add(worked -> session.settle(name, cursor, worked));
                }
                case SessionChange.Deallocates(var name) ->
                        after.add(whenDone(() -> session.deallocated(name)));
                case SessionChange.DeallocatesAll _ -> after.add(whenDone(session::deallocatedAll));
                case SessionChange.ClosesCursor(var name) ->
                        after.add(whenDone(() -> session.cursorClosed(name)));
                case SessionChange.ClosesAllCursors _ ->
                        after.add(whenDone(session::cursorsClosed));
                case SessionChange.DiscardsAll _ ->
                        after.add(
                                whenDone(() -> {
                                    session.deallocatedAll();
                                    session.cursorsClosed();
                                    session.purposeForgotten();
                                }));
                case SessionChange.Executes _, SessionChange.UsesCursor _ -> {}
            }
        return after;
    }

    private static AuditedStatement.Consequence whenDone(Runnable action) {
        return worked -> {
            if (worked) action.run();
        };
    }

    // --- refuse

    /// The check ends here, with this verdict. Without a stack trace: it is an answer, not a fault.
    private static final class Stop extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Verdict verdict;

        Stop(Verdict verdict) {
            super(null, null, false, false);
            this.verdict = verdict;
        }
    }

    @FunctionalInterface
    private interface Check {
        Verdict run() throws Stop;
    }

    private Verdict check(Session session, String message, Check body) {
        long begun = System.nanoTime();
        Verdict verdict;
        try {
            verdict = body.run();
        } catch (Stop stop) {
            verdict = stop.verdict;
        } catch (RuntimeException | StackOverflowError e) {
            verdict = failed(session, message, e);
        }
        session.heard(Heard.NOTHING);
        switch (verdict) {
            case Verdict.Permit _, Verdict.Deny _ -> {
                session.names().checked();
                session.longDone();
            }
            case Verdict.NeedsTruth _, Verdict.NeedsTime _ -> {}
        }
        metrics.checked(System.nanoTime() - begun);
        return verdict;
    }

    /// Our fault, so the answer is deny. What the exception says may quote the statement: only
    /// where it came from is logged.
    private Verdict failed(Session session, String message, Throwable fault) {
        LOG.error(
                "session {}: check of a {} failed: {} at {}",
                session.id(),
                message,
                fault.getClass().getName(),
                Arrays.stream(fault.getStackTrace()).limit(12).toList());
        try {
            return deny(session, message, Asked.NOT_UNDERSTOOD, Refusal.INTERNAL, "", 0);
        } catch (RuntimeException _) {
            return new Verdict.Deny(Refusal.INTERNAL.denial(), 0);
        }
    }

    private Stop refused(
            Session session, String message, Asked asked, Refusal refusal, String what) {
        return new Stop(deny(session, message, asked, refusal, what, 0));
    }

    private Stop notUnderstood(Session session, String message, Analysis.NotUnderstood why) {
        var refusal = Refusal.of(why.code());
        var deny =
                deny(
                        session,
                        message,
                        Asked.NOT_UNDERSTOOD,
                        refusal,
                        why.reason(),
                        why.where().start() + 1);
        if (refusal != Refusal.UNKNOWN_OBJECT || deny.ticket() == UNRECORDED) return new Stop(deny);
        // In PostgreSQL's words and with its code: tools recognise a missing table.
        var denial = deny.denial();
        return new Stop(
                new Verdict.Deny(
                        new Denial(
                                Refusal.sqlStateOfUnknown(why.reason()),
                                "sallyport: " + why.reason(),
                                denial.detail(),
                                denial.hint(),
                                denial.position()),
                        deny.ticket()));
    }

    private Verdict.Deny deny(
            Session session,
            String message,
            Asked asked,
            Refusal refusal,
            String what,
            int position) {
        long number = session.nextStatement();
        var words = refusal.sentence() + (what.isEmpty() ? "" : ": " + what);
        var reason = refusal.quotesClient() ? refusal.sentence() : words;
        if (words.equals(reason)) words = "";
        var version = policies.get().policies().version();
        long ticket;
        try {
            ticket = log.denied(session, number, message, asked, List.of(), reason, words, version);
        } catch (AuditException e) {
            return unrecorded(session, e);
        }
        var denial = refusal.denial(what, record(session, number), session.database().protocol());
        return new Verdict.Deny(
                new Denial(
                        denial.sqlState(),
                        denial.message(),
                        denial.detail(),
                        denial.hint(),
                        position),
                ticket);
    }

    /// The log did not take the decision. So nothing of it is told, not even why it would have been
    /// denied.
    private Verdict.Deny unrecorded(Session session, AuditException cause) {
        metrics.auditRefused();
        LOG.warn("session {}: statement refused, audit log: {}", session.id(), cause.getMessage());
        return new Verdict.Deny(Refusal.AUDIT_UNAVAILABLE.denial(), UNRECORDED);
    }

    /// Policy refuses one statement, and with it all of the message. Each is recorded.
    private Stop denied(
            Session session,
            String message,
            List<Plan> plans,
            int culprit,
            Decision.Deny decision,
            List<String> parameterTypes,
            Judge judge) {
        return denied(
                session,
                message,
                plans,
                culprit,
                decision,
                parameterTypes,
                judge,
                Refusal.POLICY.sqlState());
    }

    private Stop denied(
            Session session,
            String message,
            List<Plan> plans,
            int culprit,
            Decision.Deny decision,
            List<String> parameterTypes,
            Judge judge,
            String sqlState) {
        var version = policies.get().policies().version();
        long ticket = 0;
        long number = 0;
        for (int i = 0; i < plans.size(); i++) {
            long n = session.nextStatement();
            var asked = asked(session, plans.get(i), parameterTypes, judge);
            var reason = i == culprit ? decision.recorded() : Refusal.ANOTHER_DENIED;
            var words = i == culprit ? decision.reason() : reason;
            if (words.equals(reason)) words = "";
            var rules = i == culprit ? decision.ruleIds() : List.<String>of();
            try {
                ticket = log.denied(session, n, message, asked, rules, reason, words, version);
            } catch (AuditException e) {
                return new Stop(unrecorded(session, e));
            }
            if (i == culprit) number = n;
        }
        var detail = new StringBuilder();
        if (!decision.objects().isEmpty()) {
            detail.append("Refused: ");
            detail.append(
                    decision.objects().stream()
                            .limit(MAX_OBJECTS_SHOWN)
                            .collect(Collectors.joining("; ")));
            int more = decision.objects().size() - MAX_OBJECTS_SHOWN;
            if (more > 0) detail.append("; and ").append(more).append(" more");
            detail.append(". ");
        }
        if (!decision.ruleIds().isEmpty())
            detail.append("By rule: ").append(String.join(", ", decision.ruleIds())).append(". ");
        detail.append(record(session, number));
        return new Stop(
                new Verdict.Deny(
                        new Denial(
                                sqlState,
                                "sallyport: " + decision.reason(),
                                detail.toString(),
                                decision.hint()),
                        ticket));
    }

    /// What a developer quotes when asking about a refusal.
    private static String record(Session session, long number) {
        return "Audit record: session " + session.id() + ", statement " + number + ".";
    }

    private static Asked asked(StatementFacts facts) {
        return Asked.of(Plan.of(facts), List.of());
    }

    private static List<String> oids(int[] types) {
        if (types.length == 0) return List.of();
        if (types.length > MAX_TYPES_SHOWN) return List.of(types.length + " parameters");
        return Arrays.stream(types).mapToObj(Integer::toUnsignedString).toList();
    }

    private static List<String> unknownTypes(int count) {
        if (count > MAX_TYPES_SHOWN) return List.of(count + " parameters");
        return Collections.nCopies(count, "unknown");
    }
}
