package dev.sallyport.gateway;

/// Every connection and session of the gateway: limits, cancel keys, ages, drain. Any thread; never
/// blocks.
public final class SessionRegistry {
    SessionRegistry() {}

    /// Takes one of the places for connections that have not logged in, and a session id; null when
    /// all are taken or the gateway stops (close the connection then). Give the place back with
    /// {@link Admission#close}.
    public @org.jspecify.annotations.Nullable Admission admit() {
        throw new UnsupportedOperationException("being built");
    }

    /// An accepted connection.
    public interface Admission extends AutoCloseable {
        /// Also the id of the session that it may become.
        String sessionId();

        /// Logged in, or gone. Idempotent.
        @Override
        void close();
    }

    public sealed interface Opening {}

    /// @param ticket nothing is sent to the client as an authenticated session before it is durable
    public record Opened(Session session, long ticket) implements Opening {}

    public record Refused(Denial denial, long ticket) implements Opening {}

    /// After the login succeeded and before the upstream is connected.
    public Opening open(NewSession request) {
        throw new UnsupportedOperationException("being built" + request);
    }

    /// Both connections are closed. Outcomes still owed by permitted statements should have been
    /// given before. Idempotent.
    ///
    /// @param cause as `client closed`, `idle too long`, `upstream lost`, `protocol error`
    public void close(Session session, String cause) {
        throw new UnsupportedOperationException("being built" + session + cause);
    }

    /// A CancelRequest: if the key is a session's, {@link SessionConnection#cancelUpstream} is
    /// called on its loop. Recorded either way.
    ///
    /// @param client address and port it came from
    public void cancel(int processId, byte[] secret, String client) {
        throw new UnsupportedOperationException("being built" + processId + secret + client);
    }

    /// Sessions that are open now.
    public int size() {
        throw new UnsupportedOperationException("being built");
    }
}
