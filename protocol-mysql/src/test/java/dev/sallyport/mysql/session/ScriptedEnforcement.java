package dev.sallyport.mysql.session;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.Confidential.Parameter;
import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.TestStatements;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.StatementKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Permits what doesn't say `forbidden`, and decides what is durable when: tickets rise by one, and
/// count once {@link #durable} says so.
final class ScriptedEnforcement implements Enforcement {
    final List<String> notes = new ArrayList<>();
    long durable = Long.MAX_VALUE;
    boolean wantsValues = true;

    /// Executions are denied.
    boolean refuses;

    /// What is to happen when a long text has been analysed.
    @Nullable Runnable analysed;

    private final Set<Long> over = new HashSet<>();
    private long tickets;
    private long numbered;
    private final Map<String, String> parameters = new HashMap<>();
    private final Queue<Waiter> waiters = new ArrayDeque<>();

    private record Waiter(long ticket, Runnable onLoop) {}

    /// Everything up to there is on disk now.
    void durable(long ticket) {
        durable = ticket;
        while (waiters.peek() != null && waiters.peek().ticket <= ticket)
            waiters.remove().onLoop.run();
    }

    /// For another session.
    void begin() {
        notes.clear();
        over.clear();
        durable = Long.MAX_VALUE;
        tickets = 0;
        numbered = 0;
        refuses = false;
        analysed = null;
    }

    long lastTicket() {
        return tickets;
    }

    @Override
    public String sessionId() {
        return "s1";
    }

    @Override
    public Verdict query(SqlText sql) {
        notes.add("query " + sql.text());
        if (sql.text().contains("long") && analysed == null)
            return new Verdict.NeedsTime(TestStatements.longAnalysis());
        if (sql.text().contains("forbidden"))
            return new Verdict.Deny(
                    new Denial("42501", "sallyport: no", "By rule: r.", "ask"), ++tickets);
        var statements = new ArrayList<AuditedStatement>();
        for (var _ : sql.text().split(";"))
            statements.add(
                    TestStatements.statement(
                            ++numbered, ++tickets, StatementKind.SELECT, Set.of()));
        return new Verdict.Permit(statements, tickets, sql.text().startsWith("UPDATE"));
    }

    @Override
    public Verdict prepare(String name, SqlText sql) {
        notes.add("prepare " + name + " " + sql.text());
        return new Verdict.Permit(List.of(), 0, false);
    }

    @Override
    public Verdict execute(String name, BoundValues parameters) {
        notes.add("execute " + name + " " + parameters.count());
        for (var value : parameters.values()) notes.add("value " + shown(value));
        if (refuses)
            return new Verdict.Deny(
                    new Denial("42501", "sallyport: no", "By rule: r.", "ask"), ++tickets);
        return new Verdict.Permit(
                List.of(
                        TestStatements.statement(
                                ++numbered, ++tickets, StatementKind.SELECT, Set.of())),
                tickets,
                false);
    }

    private static String shown(Parameter value) {
        return switch (value) {
            case Parameter.Null _ -> "null";
            case Parameter.Text(var text) -> text;
            case Parameter.Binary(byte[] bytes) -> HexFormat.of().formatHex(bytes);
            case Parameter.Passed(long bytes) -> "passed " + bytes;
        };
    }

    @Override
    public boolean wantsValues() {
        return wantsValues;
    }

    @Override
    public boolean keepsMessages() {
        return true;
    }

    @Override
    public void analyse(LongAnalysis analysis, Runnable onLoop) {
        notes.add("analyse");
        analysed = onLoop;
    }

    @Override
    public void closed(String name, boolean wasPrepared) {
        notes.add("closed " + name);
    }

    @Override
    public Verdict.Deny refuse(Refusal refusal, String command) {
        notes.add("refused " + command + " " + refusal);
        return new Verdict.Deny(refusal.denial(), ++tickets);
    }

    @Override
    public long outcome(AuditedStatement statement, Outcome outcome) {
        // As the guard: the first counts.
        if (!over.add(statement.number())) return tickets;
        notes.add("outcome " + statement.number() + " " + outcome.status() + " " + outcome.rows());
        for (var message : outcome.messages()) notes.add("said " + message);
        return ++tickets;
    }

    @Override
    public void parameterStatus(String name, String value) {
        parameters.put(name, value);
    }

    @Override
    public @Nullable String parameter(String name) {
        return parameters.get(name);
    }

    @Override
    public void ownQuery() {}

    @Override
    public void prepared() {}

    @Override
    public void failed(boolean extended) {}

    @Override
    public void ready(char transactionStatus) {}

    @Override
    public void connectionReset() {
        notes.add("reset");
    }

    @Override
    public boolean kill(int connectionId, boolean ends) {
        notes.add("kill " + connectionId + " " + ends);
        return connectionId == 7;
    }

    @Override
    public void addBytesToClient(long bytes) {}

    @Override
    public void addBytesFromClient(long bytes) {}

    @Override
    public boolean isDurable(long ticket) {
        return ticket <= durable;
    }

    @Override
    public void want(long ticket) {}

    @Override
    public void whenDurable(long ticket, Runnable onLoop, Consumer<AuditException> onFailure) {
        waiters.add(new Waiter(ticket, onLoop));
    }

    @Override
    public void ended(String cause) {
        notes.add("ended " + cause);
    }
}
