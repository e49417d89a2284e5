package dev.sallyport.gateway;

/// What the core may ask of a session's two connections: the protocol's side of a {@link Session}.
/// Every method is called on the session's event loop and returns at once; calls after the end are
/// ignored.
public interface SessionConnection {

    /// Ends the session now: the error to the client (if it can still be told), both sides closed,
    /// {@link SessionRegistry#close} called with the cause.
    ///
    /// @param cause for the audit log, as `idle too long`
    void end(Denial reason, String cause);

    /// Ends the session as soon as nothing of the client's is running, in a transaction or not.
    void endWhenIdle(Denial reason, String cause);

    /// Asks the upstream to cancel what runs there, over a connection of its own.
    void cancelUpstream();
}
