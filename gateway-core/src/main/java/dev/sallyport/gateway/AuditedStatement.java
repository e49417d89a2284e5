package dev.sallyport.gateway;

import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import java.util.List;
import java.util.Set;

/// A permitted statement whose intent is in the log and whose outcome is owed. Belongs to its
/// session's event loop.
public final class AuditedStatement {
    private final long number;
    private final long intentTicket;
    private final StatementKind kind;
    private final Set<Effect> effects;
    final List<SessionChange> changes;

    /// Ticket of the outcome; -1 as long as it is owed.
    long outcomeTicket = -1;

    AuditedStatement(
            long number,
            long intentTicket,
            StatementKind kind,
            Set<Effect> effects,
            List<SessionChange> changes) {
        this.number = number;
        this.intentTicket = intentTicket;
        this.kind = kind;
        this.effects = effects;
        this.changes = changes;
    }

    /// Within the session, from 1, denied ones counted.
    public long number() {
        return number;
    }

    public long intentTicket() {
        return intentTicket;
    }

    public StatementKind kind() {
        return kind;
    }

    public Set<Effect> effects() {
        return effects;
    }

    public boolean outcomeOwed() {
        return outcomeTicket < 0;
    }

    @Override
    public String toString() {
        return "AuditedStatement[" + number + " " + kind + "]";
    }
}
