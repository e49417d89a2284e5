package dev.sallyport.gateway;

import java.util.List;

/// What {@link QueryGuard} answers about one client message.
public sealed interface Verdict {

    /// The message may go upstream, unchanged.
    ///
    /// @param statements what runs because of the message, in order; each gets its own {@link
    ///   QueryGuard#outcome} as its CommandComplete, EmptyQueryResponse, PortalSuspended or error
    ///   passes. Empty for Parse, and for a Query without a statement.
    /// @param ticket of the last intent; 0 when nothing was recorded. No reply to the message is
    ///   released before it is durable.
    /// @param waitBeforeForwarding it can change something: the message itself waits, too
    record Permit(List<AuditedStatement> statements, long ticket, boolean waitBeforeForwarding)
            implements Verdict {
        static final Permit UNRECORDED = new Permit(List.of(), 0, false);

        public Permit {
            statements = List.copyOf(statements);
        }
    }

    /// Nothing goes upstream. Once `ticket` is durable (0: nothing could be recorded, don't wait)
    /// the denial is sent as an error in its place in the order of replies.
    record Deny(Denial denial, long ticket) implements Verdict {}

    /// The session has to run `query` on its own upstream connection when it is at rest (everything
    /// forwarded has been answered, the last answer was ReadyForQuery with status `I` or `T`), feed
    /// it the rows, and then put the same message to the guard again.
    record NeedsTruth(TruthQuery query) implements Verdict {}
}
