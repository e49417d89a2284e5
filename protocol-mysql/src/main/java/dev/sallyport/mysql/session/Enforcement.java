package dev.sallyport.mysql.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.sql.SqlText;
import org.jspecify.annotations.Nullable;

/// The gateway as one session sees it: {@link dev.sallyport.gateway.QueryGuard}, {@link
/// dev.sallyport.gateway.Session} and {@link dev.sallyport.gateway.DurabilityGate}, whose methods
/// these are. {@link GatewayEnforcement} is the real one; tests script another.
interface Enforcement extends ReleaseQueue.Records {
    String sessionId();

    /// A text that is run at once.
    Verdict query(SqlText sql);

    /// @param name the gateway's own for what the server will number
    Verdict prepare(String name, SqlText sql);

    /// A prepared statement runs, or goes on.
    Verdict execute(String name, BoundValues parameters);

    /// Whether anybody has a use for the parameters' values.
    boolean wantsValues();

    /// Whether what the server says of statements is kept for auditors.
    boolean keepsMessages();

    /// Makes it beside the loop.
    void analyse(LongAnalysis analysis, Runnable onLoop);

    /// It is gone on the server, or was never there.
    void closed(String name, boolean wasPrepared);

    Verdict.Deny refuse(Refusal refusal, String command);

    long outcome(AuditedStatement statement, Outcome outcome);

    /// What the meaning of texts depends on, as the server said it.
    void parameterStatus(String name, String value);

    @Nullable String parameter(String name);

    /// A query of the gateway's own is about to go up.
    void ownQuery();

    void prepared();

    /// @param extended the command was one of prepared statements
    void failed(boolean extended);

    /// The command has been answered.
    ///
    /// @param transactionStatus `I` or `T`
    void ready(char transactionStatus);

    void connectionReset();

    /// Another session of the same person's is to stop what it runs, or to end.
    ///
    /// @return whether there is one
    boolean kill(int connectionId, boolean ends);

    void addBytesFromClient(long bytes);

    /// Both channels are closed or closing; every permitted statement has its outcome.
    void ended(String cause);
}
