package dev.sallyport.gateway;

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
}
