package dev.sallyport.gateway;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.StatementKind;
import java.util.Set;

/// Makes what only the guard may make, for tests that stand in for it.
public final class TestStatements {
    private TestStatements() {}

    public static AuditedStatement statement(
            long number, long ticket, StatementKind kind, Set<Effect> effects) {
        return new AuditedStatement(number, ticket, kind, effects);
    }

    /// An analysis that comes to nothing.
    @SuppressWarnings("NullAway")
    public static LongAnalysis longAnalysis() {
        return new LongAnalysis(new SqlText("long"), null, new AnalysisCache(1 << 20));
    }
}
