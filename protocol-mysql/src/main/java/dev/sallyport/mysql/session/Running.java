package dev.sallyport.mysql.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.LimitExceeded;
import dev.sallyport.gateway.ResultMeter;
import dev.sallyport.mysql.packet.ErrPacket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A command that the server is answering.
final class Running {
    final Expected expected;

    /// What runs because of it, in order; empty where nothing was recorded.
    final List<AuditedStatement> statements;

    /// It touches what the person may not see all of: errors are cut down to what tells nothing.
    final boolean governed;

    /// The gateway asked in the client's name: the answer is not for the client.
    final boolean silent;

    final long beganNanos = System.nanoTime();

    /// Which statement the next result is of.
    int current;

    /// Rows of the current result, and what the current statement has returned.
    long rows;

    long bytes;

    /// What the server answered with in the end.
    @Nullable ErrPacket error;

    /// What the statement came to: the rest of the answer is dropped, and this said instead.
    @Nullable LimitExceeded exceeded;

    /// Which statement did.
    @Nullable AuditedStatement limited;

    Running(
            Expected expected,
            List<AuditedStatement> statements,
            boolean governed,
            boolean silent) {
        this.expected = expected;
        this.statements = List.copyOf(statements);
        this.governed = governed;
        this.silent = silent;
    }

    @Nullable AuditedStatement statement() {
        return current < statements.size() ? statements.get(current) : null;
    }

    @Nullable ResultMeter meter() {
        var statement = statement();
        return statement == null ? null : statement.meter();
    }

    long micros() {
        return (System.nanoTime() - beganNanos) / 1_000;
    }
}
