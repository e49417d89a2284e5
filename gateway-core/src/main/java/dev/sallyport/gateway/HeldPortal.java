package dev.sallyport.gateway;

import org.jspecify.annotations.Nullable;

/// A portal or cursor that the server holds, or may hold, for a session. A query's plan is made:
/// what it reads doesn't change any more, who may read it does. Other statements look up what they
/// name when they are executed ({@link StatementFacts#namedWhenExecuted}).
final class HeldPortal {
    final Plan plan;

    /// What was bound; null for a cursor declared by SQL.
    final @Nullable HeldStatement statement;

    /// The gateway's own answer, once it has been asked for, and how far it has been given.
    @Nullable OwnAnswer answer;

    int answered;

    /// What has been fetched of it.
    final Tally tally = new Tally();

    /// Declared by SQL: may outlive the transaction (WITH HOLD).
    final boolean bySql;

    /// What names meant when it was bound.
    private final long namesVersion;

    private final @Nullable TextContext names;

    /// Recorded by Bind, and not executed yet.
    @Nullable AuditedStatement bound;

    /// Whom it is about; for a cursor declared by SQL, worked out each time.
    final SubjectIndex.Subjects subjects;

    /// Number of what Bind recorded; 0 for a cursor declared by SQL.
    final long boundNumber;

    HeldPortal(
            Plan plan,
            HeldStatement statement,
            AuditedStatement bound,
            SubjectIndex.Subjects subjects,
            NameContext names) {
        this(plan, statement, false, bound, subjects, names.version(), names.context());
    }

    /// Whether names still mean what they meant when it was bound.
    boolean namesHold(NameContext now) {
        return namesVersion == now.version() && names == now.context();
    }

    private HeldPortal(
            Plan plan,
            @Nullable HeldStatement statement,
            boolean bySql,
            @Nullable AuditedStatement bound,
            SubjectIndex.Subjects subjects,
            long namesVersion,
            @Nullable TextContext names) {
        this.plan = plan;
        this.statement = statement;
        this.bySql = bySql;
        this.bound = bound;
        this.subjects = subjects;
        this.boundNumber = bound == null ? 0 : bound.number();
        this.namesVersion = namesVersion;
        this.names = names;
    }

    /// Of a statement that the gateway answers itself; the server has an empty one in its place.
    static HeldPortal ofOwn(HeldStatement statement) {
        return new HeldPortal(
                Plan.of(StatementFacts.EMPTY),
                statement,
                false,
                null,
                SubjectIndex.Subjects.NONE,
                0,
                null);
    }

    @Nullable OwnStatement own() {
        return statement == null ? null : statement.own;
    }

    static HeldPortal declaredBySql(Plan query) {
        return new HeldPortal(query, null, true, null, SubjectIndex.Subjects.NONE, 0, null);
    }

    @Override
    public String toString() {
        return "HeldPortal[" + plan + "]";
    }
}
