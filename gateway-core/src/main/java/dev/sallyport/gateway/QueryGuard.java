package dev.sallyport.gateway;

import dev.sallyport.sql.SqlText;

/// THE enforcement point: analyse, decide, record. Called on the session's event loop; never
/// blocks, throws nothing: whatever goes wrong inside is a denial.
///
/// Every message of the client that can make the server do something goes through here, in the
/// order in which it came, and goes upstream in the same order.
public final class QueryGuard {
    QueryGuard() {}

    /// `Query`: every statement of the text; one refused refuses all.
    public Verdict simpleQuery(Session session, SqlText sql) {
        throw new UnsupportedOperationException("being built" + session + sql);
    }

    /// `Parse`: analysed and decided; only a denial is recorded, since nothing runs yet.
    ///
    /// @param parameterTypes OIDs as the client gave them, 0 where it left that to the server
    public Verdict parse(Session session, String name, SqlText sql, int[] parameterTypes) {
        throw new UnsupportedOperationException(
                "being built" + session + name + sql + parameterTypes.length);
    }

    /// `Bind`: decided again, since policy, catalog and search path may have changed. The intent is
    /// recorded here: planning can already evaluate functions. A portal that is never executed gets
    /// its outcome (`skipped`) by itself.
    public Verdict bind(Session session, String portal, String statementName, int parameters) {
        throw new UnsupportedOperationException(
                "being built" + session + portal + statementName + parameters);
    }

    /// `Execute`. The first time it answers with the statement that Bind recorded; a portal that is
    /// executed again gets a new intent.
    public Verdict execute(Session session, String portal, long maxRows) {
        throw new UnsupportedOperationException("being built" + session + portal + maxRows);
    }

    /// `Close` of a prepared statement; always forwarded.
    public void closeStatement(Session session, String name) {
        throw new UnsupportedOperationException("being built" + session + name);
    }

    /// `Close` of a portal; always forwarded.
    public void closePortal(Session session, String name) {
        throw new UnsupportedOperationException("being built" + session + name);
    }

    /// `Describe` and `Flush`, forwarded: until the next Sync the session is not at rest.
    public void otherExtendedMessage(Session session) {
        throw new UnsupportedOperationException("being built" + session);
    }

    /// `Sync`, forwarded (also after a denial).
    public void syncReached(Session session) {
        throw new UnsupportedOperationException("being built" + session);
    }

    /// A message that is refused for what it is, whatever is in it (FunctionCall, text that is not
    /// valid in the session's encoding, a statement that is too long): the refusal is recorded.
    ///
    /// @param protocolMessage as `FunctionCall`
    public Verdict.Deny refuse(Session session, Refusal refusal, String protocolMessage) {
        throw new UnsupportedOperationException(
                "being built" + session + refusal + protocolMessage);
    }

    /// Ends one statement; the first call for it counts. Returns the ticket of the outcome record:
    /// CommandComplete, PortalSuspended or ErrorResponse is held until it is durable.
    public long outcome(Session session, AuditedStatement statement, Outcome outcome) {
        throw new UnsupportedOperationException("being built" + session + statement + outcome);
    }
}
