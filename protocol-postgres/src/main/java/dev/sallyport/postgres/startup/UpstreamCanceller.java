package dev.sallyport.postgres.startup;

/// Asks the upstream to cancel what one session runs there: a connection of its own, TLS as for the
/// session, the server's key, no answer.
@FunctionalInterface
public interface UpstreamCanceller {
    /// Returns at once.
    ///
    /// @param done run on the session's event loop when the upstream has taken the request, or
    ///   could not be reached. The cancel may still reach a later statement unless the session
    ///   sends none until then.
    void cancel(Runnable done);
}
