package dev.sallyport.mysql.session;

import dev.sallyport.audit.AuditException;
import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.DurabilityGate;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.QueryGuard;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Session;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.sql.SqlText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One session of the real gateway. Nothing is decided here.
///
/// The guard and the session speak of the extended protocol's messages. A COM_STMT_PREPARE is a
/// Parse and a Sync to them, a COM_STMT_EXECUTE the Bind and Execute of a portal that is used once,
/// and a Sync.
final class GatewayEnforcement implements Enforcement {
    private static final int[] NO_TYPES = {};
    private static final String PORTAL = "";

    private final Session session;
    private final QueryGuard guard;
    private final DurabilityGate gate;
    private final SessionRegistry sessions;
    private boolean bound;

    GatewayEnforcement(GatewayServices services, Session session) {
        this.session = session;
        this.guard = services.guard();
        this.gate = services.gates().on(session.loop());
        this.sessions = services.sessions();
    }

    @Override
    public String sessionId() {
        return session.id();
    }

    @Override
    public Verdict query(SqlText sql) {
        return guard.simpleQuery(session, sql);
    }

    @Override
    public Verdict prepare(String name, SqlText sql) {
        var verdict = guard.parse(session, name, sql, NO_TYPES);
        if (verdict instanceof Verdict.Permit) guard.syncReached(session);
        return verdict;
    }

    @Override
    public Verdict execute(String name, BoundValues parameters) {
        var verdict = guard.bind(session, PORTAL, name, parameters);
        if (!(verdict instanceof Verdict.Permit)) return verdict;
        var executed = guard.execute(session, PORTAL, 0);
        guard.syncReached(session);
        bound = true;
        if (!(executed instanceof Verdict.Permit)) {
            // What was bound never runs.
            session.errorResponse(true);
            session.readyForQuery(session.transactionStatus());
            bound = false;
        }
        return executed;
    }

    @Override
    public boolean wantsValues() {
        return guard.wantsValues();
    }

    @Override
    public boolean keepsMessages() {
        return guard.keepsMessages();
    }

    @Override
    public void analyse(LongAnalysis analysis, Runnable onLoop) {
        analysis.begin(session.loop(), onLoop);
    }

    @Override
    public void closed(String name, boolean wasPrepared) {
        if (!wasPrepared) return;
        guard.closeStatement(session, name);
        session.closeComplete();
    }

    @Override
    public Verdict.Deny refuse(Refusal refusal, String command) {
        return guard.refuse(session, refusal, command);
    }

    @Override
    public long outcome(AuditedStatement statement, Outcome outcome) {
        return guard.outcome(session, statement, outcome);
    }

    @Override
    public void parameterStatus(String name, String value) {
        session.parameterStatus(name, value);
    }

    @Override
    public @Nullable String parameter(String name) {
        return session.parameter(name);
    }

    @Override
    public void ownQuery() {
        session.ownQuery();
    }

    @Override
    public void prepared() {
        session.parseComplete();
    }

    @Override
    public void failed(boolean extended) {
        // An execution that fails was bound all the same.
        if (bound) {
            session.bindComplete();
            bound = false;
        }
        session.errorResponse(extended);
    }

    @Override
    public void ready(char transactionStatus) {
        if (bound) {
            session.bindComplete();
            bound = false;
        }
        session.readyForQuery(transactionStatus);
    }

    @Override
    public void connectionReset() {
        session.connectionReset();
    }

    @Override
    public boolean kill(int connectionId, boolean ends) {
        return sessions.cancel(session, connectionId, ends);
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
        sessions.close(session, cause);
    }
}
