package dev.sallyport.postgres.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.LimitExceeded;
import dev.sallyport.gateway.OwnAnswer;
import dev.sallyport.gateway.ResultMeter;
import dev.sallyport.gateway.TruthQuery;
import dev.sallyport.postgres.message.CommandComplete;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.rewrite.RewrittenText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message that went upstream and whose replies aren't complete. Replies come in the order of the
/// messages (PostgreSQL manual, Message Flow: Pipelining).
abstract sealed class Awaited {
    /// Nothing that comes while this is the first in the queue is released before this audit record
    /// is durable.
    final long ticket;

    /// What the server was given in place of the client's text; null: the client's own.
    @Nullable RewrittenText text;

    /// What the server says in errors and notices about it may quote what is hidden from the
    /// client.
    boolean governed;

    /// What takes the place of the server's answer; null: that answer is the client's.
    @Nullable OwnAnswer own;

    Awaited(long ticket) {
        this.ticket = ticket;
    }

    /// The audit log keeps no more of one statement's messages than about this.
    private static final int MAX_SAID_CHARS = 4_096;

    /// What the results of one statement have come to.
    enum Phase {
        /// No result yet, or the one before is complete.
        START,
        ROWS,
        COPY_OUT,
        COPY_OUT_DONE,
        COPY_IN
    }

    /// A message that runs statements.
    abstract static sealed class Running extends Awaited {
        final long startedNanos = System.nanoTime();
        Phase phase = Phase.START;

        /// Results of the statement now running.
        long bytes;

        long rows;

        /// Of the statement now running; null: nothing limits its result.
        @Nullable ResultMeter meter;

        /// The limit that its result has come to: no more of it is released, and the message fails.
        @Nullable LimitExceeded exceeded;

        /// The statement that came to it.
        @Nullable AuditedStatement culprit;

        /// Its COPY has rows in binary: the last message is none.
        boolean binaryCopy;

        /// When the statement now running could begin.
        long begunNanos = startedNanos;

        /// What the server said about it; kept only where somebody may read it.
        private final List<String> said = new ArrayList<>(0);

        private int saidChars;

        Running(long ticket) {
            super(ticket);
        }

        /// The statement whose results come next; null when no more was permitted.
        abstract @Nullable AuditedStatement current();

        /// The server has yet to say whether it takes the data of a COPY FROM STDIN.
        abstract boolean expectsCopyIn();

        /// Whether more of what the server says of the statement now running is kept.
        boolean hears() {
            return saidChars < MAX_SAID_CHARS;
        }

        void hear(String words) {
            said.add(words);
            saidChars += words.length();
        }

        /// What was said of the statement that ends now.
        List<String> said() {
            if (said.isEmpty()) return List.of();
            List<String> all = List.copyOf(said);
            said.clear();
            saidChars = 0;
            return all;
        }

        boolean currentIs(StatementKind kind) {
            AuditedStatement statement = current();
            return statement != null && statement.kind() == kind;
        }

        /// Nothing goes upstream behind it before it is answered: it may have to fail yet.
        abstract boolean isLimited();

        long micros() {
            return (System.nanoTime() - startedNanos) / 1_000;
        }
    }

    /// Query: each statement of the text has results and an end of its own, then comes one
    /// ReadyForQuery.
    static final class SimpleQuery extends Running {
        final List<AuditedStatement> statements;
        private int next;

        /// An ErrorResponse came: only ReadyForQuery may follow.
        boolean failed;

        /// It is run by messages of the extended protocol, its Sync kept back: so that it can fail
        /// after its last row, as a server's own statement could.
        boolean stepwise;

        /// Of the statement that is done but not committed: not released before.
        @Nullable CommandComplete complete;

        SimpleQuery(List<AuditedStatement> statements, long ticket) {
            super(ticket);
            this.statements = statements;
            this.meter = meterOf(current());
        }

        private static @Nullable ResultMeter meterOf(@Nullable AuditedStatement statement) {
            return statement == null ? null : statement.meter();
        }

        @Override
        boolean isLimited() {
            for (AuditedStatement statement : statements) {
                if (statement.meter() != null) return true;
            }
            return false;
        }

        @Override
        @Nullable AuditedStatement current() {
            return next < statements.size() ? statements.get(next) : null;
        }

        void advance() {
            next++;
            bytes = 0;
            rows = 0;
            phase = Phase.START;
            binaryCopy = false;
            meter = meterOf(current());
            begunNanos = System.nanoTime();
        }

        @Override
        boolean expectsCopyIn() {
            if (failed) return false;
            for (int i = phase == Phase.COPY_IN ? next + 1 : next; i < statements.size(); i++) {
                if (statements.get(i).kind() == StatementKind.COPY_IN) return true;
            }
            return false;
        }
    }

    static final class Execution extends Running {
        final AuditedStatement statement;

        Execution(AuditedStatement statement, long ticket) {
            super(ticket);
            this.statement = statement;
            this.meter = statement.meter();
        }

        @Override
        boolean isLimited() {
            return meter != null;
        }

        @Override
        AuditedStatement current() {
            return statement;
        }

        @Override
        boolean expectsCopyIn() {
            return phase == Phase.START && statement.kind() == StatementKind.COPY_IN;
        }
    }

    /// Parse.
    static final class Preparation extends Awaited {
        Preparation(long ticket) {
            super(ticket);
        }
    }

    /// Bind: planning may already run functions, so the statement counts as begun.
    static final class Binding extends Awaited {
        final List<AuditedStatement> statements;

        Binding(List<AuditedStatement> statements, long ticket) {
            super(ticket);
            this.statements = statements;
        }
    }

    /// Describe of a statement: ParameterDescription comes first.
    static final class StatementDescription extends Awaited {
        boolean parametersDescribed;

        StatementDescription() {
            super(0);
        }
    }

    /// Describe of a portal.
    static final class PortalDescription extends Awaited {
        PortalDescription() {
            super(0);
        }
    }

    /// Close.
    static final class Closing extends Awaited {
        /// Of what the gateway made: the answer is not for the client.
        final boolean own;

        Closing(boolean own) {
            super(0);
            this.own = own;
        }
    }

    static final class Synchronization extends Awaited {
        /// Committing an implicit transaction may fail: then ErrorResponse precedes ReadyForQuery.
        boolean failed;

        Synchronization() {
            super(0);
        }
    }

    /// In the place of a denied message of the extended protocol: a Parse that fails for certain.
    /// Its error is replaced by the denial.
    static final class DeniedMessage extends Awaited {
        final Denial denial;

        DeniedMessage(Denial denial, long ticket) {
            super(ticket);
            this.denial = denial;
        }
    }

    /// In the place of a denied Query or FunctionCall: a Query that fails for certain. Its error is
    /// replaced by the denial, its ReadyForQuery is the true one.
    static final class DeniedQuery extends Awaited {
        final Denial denial;
        boolean failed;

        DeniedQuery(Denial denial, long ticket) {
            super(ticket);
            this.denial = denial;
        }
    }

    /// A question of the guard's: none of its replies is for the client.
    static final class Probe extends Awaited {
        final TruthQuery truth;
        int resultIndex;
        @Nullable String failure;

        Probe(TruthQuery truth) {
            super(0);
            this.truth = truth;
        }
    }
}
