package dev.sallyport.gateway;

import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.StatementKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A permitted statement whose intent is in the log and whose outcome is owed. Belongs to its
/// session's event loop.
public final class AuditedStatement {
    private final long number;
    private final long intentTicket;
    private final StatementKind kind;
    private final Set<Effect> effects;
    private List<Consequence> consequences = List.of();

    /// What its result is held to; null: nothing.
    @Nullable ResultMeter meter;

    /// Counted as running in its session.
    boolean running;

    /// Ticket of the outcome; -1 as long as it is owed.
    long outcomeTicket = -1;

    /// What the session holds afterwards, once it is known whether the statement worked.
    @FunctionalInterface
    interface Consequence {
        void settle(boolean worked);
    }

    AuditedStatement(long number, long intentTicket, StatementKind kind, Set<Effect> effects) {
        this.number = number;
        this.intentTicket = intentTicket;
        this.kind = kind;
        this.effects = effects;
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

    public @Nullable ResultMeter meter() {
        return meter;
    }

    public Set<Effect> effects() {
        return effects;
    }

    public boolean outcomeOwed() {
        return outcomeTicket < 0;
    }

    void then(Consequence consequence) {
        if (consequences.isEmpty()) consequences = new ArrayList<>(1);
        consequences.add(consequence);
    }

    void settle(boolean worked) {
        for (var consequence : consequences) consequence.settle(worked);
    }

    @Override
    public String toString() {
        return "AuditedStatement[" + number + " " + kind + "]";
    }
}
