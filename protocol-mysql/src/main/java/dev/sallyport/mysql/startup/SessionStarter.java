package dev.sallyport.mysql.startup;

import dev.sallyport.gateway.SessionConnection;

/// Takes over the two channels of a session that has just been logged in on both sides.
@FunctionalInterface
public interface SessionStarter {
    /// Called once, on the event loop of both channels. The login's handlers are gone from both
    /// pipelines as soon as this returns (only TLS may be left). The client waits for the OK that
    /// ends its login. Add handlers at the end of both pipelines and turn `autoRead` on: it is off
    /// on both channels.
    ///
    /// @return what the core is to use from now on to end or cancel the session
    SessionConnection start(EstablishedSession established);
}
