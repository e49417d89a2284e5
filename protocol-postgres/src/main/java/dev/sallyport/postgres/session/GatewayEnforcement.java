package dev.sallyport.postgres.session;

import dev.sallyport.audit.AuditException;
import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.DurabilityGate;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.OwnAnswer;
import dev.sallyport.gateway.QueryGuard;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Session;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.sql.SqlText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One session of the real gateway. Nothing is decided here.
final class GatewayEnforcement implements Enforcement {
    private final Session session;
    private final QueryGuard guard;
    private final DurabilityGate gate;
    private final SessionRegistry sessions;

    GatewayEnforcement(GatewayServices services, Session session) {
        this.session = session;
        this.guard = services.guard();
        this.gate = services.gates().on(session.loop());
        this.sessions = services.sessions();
    }

    @Override
    public Verdict simpleQuery(SqlText sql) {
        return guard.simpleQuery(session, sql);
    }

    @Override
    public Verdict parse(String statement, SqlText sql, int[] parameterTypes) {
        return guard.parse(session, statement, sql, parameterTypes);
    }

    @Override
    public Verdict bind(String portal, String statement, BoundValues parameters) {
        return guard.bind(session, portal, statement, parameters);
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
    public Verdict execute(String portal, long maxRows) {
        return guard.execute(session, portal, maxRows);
    }

    @Override
    public Verdict describeStatement(String name) {
        return guard.describeStatement(session, name);
    }

    @Override
    public @Nullable OwnAnswer describePortal(String name) {
        return guard.describePortal(session, name);
    }

    @Override
    public void closeStatement(String name) {
        guard.closeStatement(session, name);
    }

    @Override
    public void closePortal(String name) {
        guard.closePortal(session, name);
    }

    @Override
    public void otherExtendedMessage() {
        guard.otherExtendedMessage(session);
    }

    @Override
    public void syncReached() {
        guard.syncReached(session);
    }

    @Override
    public Verdict.Deny refuse(Refusal refusal, String protocolMessage) {
        return guard.refuse(session, refusal, protocolMessage);
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
    public void parseComplete() {
        session.parseComplete();
    }

    @Override
    public void bindComplete() {
        session.bindComplete();
    }

    @Override
    public void closeComplete() {
        session.closeComplete();
    }

    @Override
    public void ownQuery() {
        session.ownQuery();
    }

    @Override
    public void errorResponse(boolean skipsUntilSync) {
        session.errorResponse(skipsUntilSync);
    }

    @Override
    public void readyForQuery(char transactionStatus) {
        session.readyForQuery(transactionStatus);
    }

    @Override
    public char transactionStatus() {
        return session.transactionStatus();
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
    public void analyse(LongAnalysis analysis, Runnable onLoop) {
        analysis.begin(session.loop(), onLoop);
    }

    @Override
    public void closed(String cause) {
        sessions.close(session, cause);
    }
}
