package dev.sallyport.postgres.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.OwnAnswer;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.sql.SqlText;
import org.jspecify.annotations.Nullable;

/// The gateway as one session sees it: {@link dev.sallyport.gateway.QueryGuard}, {@link
/// dev.sallyport.gateway.Session} and {@link dev.sallyport.gateway.DurabilityGate}, whose methods
/// these are. {@link GatewayEnforcement} is the real one; tests script another.
interface Enforcement extends ReleaseQueue.Records {
    Verdict simpleQuery(SqlText sql);

    Verdict parse(String statement, SqlText sql, int[] parameterTypes);

    Verdict bind(String portal, String statement, BoundValues parameters);

    /// Whether {@link #bind} has a use for the values.
    boolean wantsValues();

    /// Whether an {@link Outcome} is to hold what the server said.
    boolean keepsMessages();

    Verdict execute(String portal, long maxRows);

    Verdict describeStatement(String name);

    /// @return the columns of the gateway's own answer; null: the server's
    @Nullable OwnAnswer describePortal(String name);

    void closeStatement(String name);

    void closePortal(String name);

    void otherExtendedMessage();

    void syncReached();

    Verdict.Deny refuse(Refusal refusal, String protocolMessage);

    long outcome(AuditedStatement statement, Outcome outcome);

    void parameterStatus(String name, String value);

    void parseComplete();

    void bindComplete();

    void closeComplete();

    void errorResponse(boolean skipsUntilSync);

    /// A simple Query of the gateway's own is about to go up.
    void ownQuery();

    void readyForQuery(char transactionStatus);

    char transactionStatus();

    void addBytesFromClient(long bytes);

    /// Has it made on another thread; then `onLoop` runs on the session's.
    void analyse(LongAnalysis analysis, Runnable onLoop);

    /// Both channels are closed or closing; every permitted statement has its outcome.
    void closed(String cause);
}
