package dev.sallyport.gateway;

import org.jspecify.annotations.Nullable;

/// A portal or cursor that the server holds, or may hold, for a session. Its plan is made: what it
/// reads doesn't change any more, who may read it does.
final class HeldPortal {
    final Plan plan;

    /// What was bound; null for a cursor declared by SQL.
    final @Nullable HeldStatement statement;

    /// Declared by SQL: may outlive the transaction (WITH HOLD).
    final boolean bySql;

    /// Recorded by Bind, and not executed yet.
    @Nullable AuditedStatement bound;

    HeldPortal(Plan plan, HeldStatement statement, AuditedStatement bound) {
        this(plan, statement, false, bound);
    }

    private HeldPortal(
            Plan plan,
            @Nullable HeldStatement statement,
            boolean bySql,
            @Nullable AuditedStatement bound) {
        this.plan = plan;
        this.statement = statement;
        this.bySql = bySql;
        this.bound = bound;
    }

    static HeldPortal declaredBySql(Plan query) {
        return new HeldPortal(query, null, true, null);
    }

    @Override
    public String toString() {
        return "HeldPortal[" + plan + "]";
    }
}
