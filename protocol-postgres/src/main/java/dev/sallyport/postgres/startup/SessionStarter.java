package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.SessionConnection;

/// Takes over the two channels of a session that has just been logged in.
@FunctionalInterface
public interface SessionStarter {
    /// Called once, on the event loop of both channels. The login's handlers are gone from both
    /// pipelines (only TLS may be left), the client has been sent everything up to and including
    /// its ReadyForQuery, and the {@link dev.sallyport.gateway.Session} has been told the same. Add
    /// handlers at the end of both pipelines and turn `autoRead` on: it is off on both channels.
    /// Bytes that came behind the login are fired through the pipelines as soon as this returns.
    ///
    /// @return what the core is to use from now on to end or cancel the session
    SessionConnection start(EstablishedSession established);
}
