package dev.sallyport.mysql.session;

import dev.sallyport.audit.AuditException;
import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.DurabilityGate;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Session;
import dev.sallyport.gateway.TestStatements;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.StatementKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Stands in for the guard, whose analysis is tested elsewhere: permits every text but those that
/// say `forbidden`, and notes what it hears. Everything else (login, durability, sessions) is the
/// real gateway's.
final class PermittingEnforcement implements Enforcement {
    static final List<String> NOTES = new CopyOnWriteArrayList<>();

    private final Session session;
    private final DurabilityGate gate;
    private final GatewayServices services;
    private final Map<String, String> names = new HashMap<>();
    private long numbered;

    PermittingEnforcement(GatewayServices services, Session session) {
        this.services = services;
        this.session = session;
        this.gate = services.gates().on(session.loop());
    }

    @Override
    public String sessionId() {
        return session.id();
    }

    @Override
    public Verdict query(SqlText sql) {
        return judge(sql.text());
    }

    private Verdict judge(String text) {
        NOTES.add(text);
        if (text.contains("forbidden"))
            return new Verdict.Deny(
                    new Denial(
                            "42501",
                            "sallyport: column clinic.patients.name is not granted to you for"
                                    + " select",
                            "By rule: r1. Audit record: session s, statement 1.",
                            "ask for a grant"),
                    0);
        var statements = new ArrayList<AuditedStatement>();
        for (var part : text.split(";"))
            if (!part.isBlank())
                statements.add(
                        TestStatements.statement(++numbered, 0, StatementKind.SELECT, Set.of()));
        return new Verdict.Permit(statements, 0, false);
    }

    @Override
    public Verdict prepare(String name, SqlText sql) {
        var verdict = judge(sql.text());
        if (!(verdict instanceof Verdict.Permit)) return verdict;
        names.put(name, sql.text());
        return new Verdict.Permit(List.of(), 0, false);
    }

    @Override
    public Verdict execute(String name, BoundValues parameters) {
        var text = names.get(name);
        if (text == null) throw new IllegalStateException("never prepared");
        NOTES.add("execute " + parameters.count());
        return judge(text);
    }

    @Override
    public boolean wantsValues() {
        return true;
    }

    @Override
    public boolean keepsMessages() {
        return true;
    }

    @Override
    public void analyse(LongAnalysis analysis, Runnable onLoop) {
        analysis.begin(session.loop(), onLoop);
    }

    @Override
    public void closed(String name, boolean wasPrepared) {
        names.remove(name);
    }

    @Override
    public Verdict.Deny refuse(Refusal refusal, String command) {
        NOTES.add("refused " + command + " " + refusal);
        return new Verdict.Deny(refusal.denial(), 0);
    }

    @Override
    public long outcome(AuditedStatement statement, Outcome outcome) {
        NOTES.add(
                "outcome "
                        + statement.number()
                        + " "
                        + outcome.status()
                        + " "
                        + outcome.rows()
                        + (outcome.sqlState().isEmpty() ? "" : " " + outcome.sqlState()));
        return services.guard().outcome(session, statement, outcome);
    }

    @Override
    public void parameterStatus(String name, String value) {
        NOTES.add("status " + name + "=" + value);
        session.parameterStatus(name, value);
    }

    @Override
    public @Nullable String parameter(String name) {
        return session.parameter(name);
    }

    @Override
    public void ownQuery() {}

    @Override
    public void prepared() {}

    @Override
    public void failed(boolean extended) {}

    @Override
    public void ready(char transactionStatus) {
        NOTES.add("ready " + transactionStatus);
    }

    @Override
    public void connectionReset() {
        names.clear();
    }

    @Override
    public boolean kill(int connectionId, boolean ends) {
        return services.sessions().cancel(session, connectionId, ends);
    }

    @Override
    public void addBytesToClient(long bytes) {
        session.addBytesToClient(bytes);
    }

    @Override
    public void addBytesFromClient(long bytes) {
        session.addBytesFromClient(bytes);
    }

    @Override
    public boolean isDurable(long ticket) {
        return gate.isDurable(ticket);
    }

    @Override
    public void want(long ticket) {
        gate.want(ticket);
    }

    @Override
    public void whenDurable(long ticket, Runnable onLoop, Consumer<AuditException> onFailure) {
        gate.whenDurable(ticket, onLoop, onFailure);
    }

    @Override
    public void ended(String cause) {
        NOTES.add("ended " + cause);
        services.sessions().close(session, cause);
    }
}
