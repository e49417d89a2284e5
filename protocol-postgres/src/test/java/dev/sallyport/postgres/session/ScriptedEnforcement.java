package dev.sallyport.postgres.session;

import dev.sallyport.audit.AuditException;
import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.TestStatements;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.StatementKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A guard that goes by words in the text: `denied` is denied, what begins with `insert` waits for
/// its record, `copyin` and `copyout` are COPY. The audit log is a counter that the test moves on.
final class ScriptedEnforcement implements Enforcement {
    final List<String> log = new ArrayList<>();
    final Map<AuditedStatement, Outcome> outcomes = new HashMap<>();
    final List<AuditedStatement> statements = new ArrayList<>();
    final List<BoundValues> bindings = new ArrayList<>();

    /// As with recipients to seal to.
    boolean keepsAll;

    private boolean told;
    private boolean analysed;

    /// Ends the analysis of a text with `long` in it.
    Runnable analysing =
            () -> {
                throw new AssertionError("nothing is analysed");
            };

    final Map<String, Long> intentTickets = new HashMap<>();
    final Map<String, Long> outcomeTickets = new HashMap<>();
    final Map<String, Long> denialTickets = new HashMap<>();
    private final Map<AuditedStatement, String> texts = new HashMap<>();
    private final Map<String, String> prepared = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();
    private final Map<String, AuditedStatement> bound = new HashMap<>();
    private final TreeMap<Long, List<Runnable>> waiters = new TreeMap<>();
    private final List<Consumer<AuditException>> failures = new ArrayList<>();

    /// Every record is durable by the time it's asked for.
    boolean always = true;

    long durable;
    long tickets;
    char status = 'I';
    String closedBecause = "";

    /// Makes records up to `ticket` durable, and wakes who waits.
    void durable(long ticket) {
        durable = Math.max(durable, ticket);
        while (!waiters.isEmpty() && waiters.firstKey() <= durable) {
            List<Runnable> ready = waiters.pollFirstEntry().getValue();
            ready.forEach(Runnable::run);
        }
    }

    void allDurable() {
        while (durable < tickets || !waiters.isEmpty()) durable(tickets);
    }

    void fail(AuditException cause) {
        waiters.clear();
        List.copyOf(failures).forEach(failure -> failure.accept(cause));
    }

    @Override
    public boolean isDurable(long ticket) {
        return always || ticket <= durable;
    }

    /// The test says what is durable.
    @Override
    public void analyse(LongAnalysis analysis, Runnable onLoop) {
        analysing =
                () -> {
                    analysis.run();
                    analysed = true;
                    onLoop.run();
                };
    }

    @Override
    public void want(long ticket) {}

    @Override
    public void whenDurable(long ticket, Runnable onLoop, Consumer<AuditException> onFailure) {
        failures.add(onFailure);
        waiters.computeIfAbsent(ticket, _ -> new ArrayList<>()).add(onLoop);
    }

    @Override
    public Verdict simpleQuery(SqlText sql) {
        log.add("Query " + sql.text());
        if (asks(sql.text())) return new Verdict.NeedsTruth(TestStatements.truth());
        if (sql.text().contains("long") && !analysed)
            return new Verdict.NeedsTime(TestStatements.longAnalysis());
        if (isDenied(sql.text())) return deny(sql.text());
        List<AuditedStatement> all = new ArrayList<>();
        boolean waits = false;
        for (String one : split(sql.text())) {
            all.add(intent(one));
            waits |= one.startsWith("insert");
        }
        return new Verdict.Permit(all, all.isEmpty() ? 0 : all.getLast().intentTicket(), waits);
    }

    @Override
    public Verdict parse(String statement, SqlText sql, int[] parameterTypes) {
        log.add("Parse " + sql.text());
        if (asks(sql.text())) return new Verdict.NeedsTruth(TestStatements.truth());
        if (isDenied(sql.text())) return deny(sql.text());
        prepared.put(statement, sql.text());
        return new Verdict.Permit(List.of(), 0, false);
    }

    @Override
    public boolean wantsValues() {
        return keepsAll;
    }

    @Override
    public boolean keepsMessages() {
        return keepsAll;
    }

    @Override
    public Verdict bind(String portal, String statement, BoundValues parameters) {
        bindings.add(parameters);
        String text = prepared.getOrDefault(statement, "nothing");
        log.add("Bind " + text);
        if (text.startsWith("bindno")) return deny(text);
        AuditedStatement intent = intent(text);
        portals.put(portal, text);
        bound.put(portal, intent);
        return new Verdict.Permit(
                List.of(intent), intent.intentTicket(), text.startsWith("insert"));
    }

    @Override
    public Verdict execute(String portal, long maxRows) {
        String text = portals.getOrDefault(portal, "nothing");
        log.add("Execute " + text);
        if (text.startsWith("executeno")) return deny(text);
        AuditedStatement intent = bound.remove(portal);
        if (intent == null) intent = intent(text);
        return new Verdict.Permit(
                List.of(intent), intent.intentTicket(), text.startsWith("insert"));
    }

    @Override
    public dev.sallyport.gateway.@org.jspecify.annotations.Nullable OwnAnswer describePortal(
            String name) {
        otherExtendedMessage();
        return null;
    }

    @Override
    public void closeStatement(String name) {
        // A server may skip it; names are never given to another text here.
    }

    @Override
    public Verdict describeStatement(String name) {
        return new Verdict.Permit(List.of(), 0, false);
    }

    @Override
    public void closePortal(String name) {}

    @Override
    public void otherExtendedMessage() {}

    @Override
    public void syncReached() {
        log.add("Sync");
        portals.values().removeIf(text -> text.startsWith("executeno"));
    }

    @Override
    public Verdict.Deny refuse(Refusal refusal, String protocolMessage) {
        log.add("refused " + refusal + " " + protocolMessage);
        return new Verdict.Deny(
                new Denial(refusal.sqlState(), "refused " + refusal, "", ""), ++tickets);
    }

    @Override
    public long outcome(AuditedStatement statement, Outcome outcome) {
        if (outcomes.putIfAbsent(statement, outcome) != null) return tickets;
        String text = texts.getOrDefault(statement, "");
        log.add("outcome " + outcome.status().word() + " " + text);
        outcomeTickets.putIfAbsent(text, ++tickets);
        return tickets;
    }

    @Override
    public void parameterStatus(String name, String value) {
        log.add("parameter " + name + "=" + value);
    }

    @Override
    public void parseComplete() {}

    @Override
    public void bindComplete() {}

    @Override
    public void closeComplete() {}

    @Override
    public void errorResponse(boolean skipsUntilSync) {}

    @Override
    public void ownQuery() {
        told = true;
    }

    @Override
    public void readyForQuery(char transactionStatus) {
        status = transactionStatus;
    }

    @Override
    public char transactionStatus() {
        return status;
    }

    @Override
    public void addBytesToClient(long bytes) {}

    @Override
    public void addBytesFromClient(long bytes) {}

    @Override
    public void closed(String cause) {
        closedBecause = cause;
        // As the registry does: what was bound and never executed.
        for (AuditedStatement statement : statements) {
            outcomes.putIfAbsent(statement, Outcome.skipped());
        }
    }

    static boolean isDenied(String text) {
        return text.contains("denied") && !text.equals(Frontend.SURE_TO_FAIL.text());
    }

    static List<String> split(String text) {
        List<String> all = new ArrayList<>();
        for (String one : text.split(";")) if (!one.isBlank()) all.add(one.strip());
        return all;
    }

    static Denial denial(String text) {
        return new Denial("42501", "no: " + text, "", "");
    }

    /// Until it has been told.
    private boolean asks(String text) {
        return text.contains("asks") && !told || text.contains("alwaysasks");
    }

    private AuditedStatement intent(String text) {
        StatementKind kind =
                text.startsWith("copyin")
                        ? StatementKind.COPY_IN
                        : text.startsWith("copyout")
                                ? StatementKind.COPY_OUT
                                : StatementKind.SELECT;
        Set<Effect> effects = text.startsWith("insert") ? Set.of(Effect.DATA) : Set.of();
        AuditedStatement statement =
                TestStatements.statement(statements.size() + 1, ++tickets, kind, effects);
        statements.add(statement);
        texts.put(statement, text);
        intentTickets.putIfAbsent(text, tickets);
        return statement;
    }

    private Verdict deny(String text) {
        denialTickets.put(text, ++tickets);
        return new Verdict.Deny(denial(text), tickets);
    }
}
