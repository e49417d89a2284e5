package dev.sallyport.gateway;

import dev.sallyport.sql.rewrite.RewrittenText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What {@link QueryGuard} answers about one client message.
public sealed interface Verdict {

    /// The message may go upstream, unchanged but for its text.
    ///
    /// @param statements what runs because of the message, in order; each gets its own {@link
    ///   QueryGuard#outcome} as its CommandComplete, EmptyQueryResponse, PortalSuspended or error
    ///   passes. Empty for Parse, and for a Query without a statement.
    /// @param ticket of the last intent; 0 when nothing was recorded. No reply to the message is
    ///   released before it is durable.
    /// @param waitBeforeForwarding it can change something: the message itself waits, too
    /// @param text of a Query or Parse: what goes up in place of the client's text; of another
    ///   message: what went up when it was parsed; null where that is the client's own. Positions
    ///   in errors are of this text.
    /// @param governed it touches what the person may not see all of: until the transaction ends,
    ///   what the server says in errors and notices may quote it
    /// @param own what the gateway answers itself: an empty statement goes up in place of the
    ///   client's, and this takes the place of the server's answer
    record Permit(
            List<AuditedStatement> statements,
            long ticket,
            boolean waitBeforeForwarding,
            @Nullable RewrittenText text,
            boolean governed,
            @Nullable OwnAnswer own)
            implements Verdict {
        static final Permit UNRECORDED = new Permit(List.of(), 0, false);

        public Permit {
            statements = List.copyOf(statements);
        }

        public Permit(
                List<AuditedStatement> statements, long ticket, boolean waitBeforeForwarding) {
            this(statements, ticket, waitBeforeForwarding, null, false, null);
        }

        Permit(
                List<AuditedStatement> statements,
                long ticket,
                boolean waitBeforeForwarding,
                @Nullable RewrittenText text,
                boolean governed) {
            this(statements, ticket, waitBeforeForwarding, text, governed, null);
        }

        static Permit own(List<AuditedStatement> statements, long ticket, OwnAnswer own) {
            return new Permit(statements, ticket, false, null, false, own);
        }
    }

    /// Nothing goes upstream. Once `ticket` is durable (0: nothing could be recorded, don't wait)
    /// the denial is sent as an error in its place in the order of replies.
    record Deny(Denial denial, long ticket) implements Verdict {}

    /// The session has to run `query` on its own upstream connection when it is at rest (everything
    /// forwarded has been answered, the last answer was ReadyForQuery with status `I` or `T`), feed
    /// it the rows, and then put the same message to the guard again.
    record NeedsTruth(TruthQuery query) implements Verdict {}

    /// The text is long: `analysis` is to be made first, which takes a while and nobody else's
    /// time, and then the same message is put to the guard again. Nothing behind it goes upstream
    /// before.
    record NeedsTime(LongAnalysis analysis) implements Verdict {}
}
