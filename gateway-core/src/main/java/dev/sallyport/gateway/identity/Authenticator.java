package dev.sallyport.gateway.identity;

import dev.sallyport.config.ScramVerifier;
import dev.sallyport.gateway.Denial;
import java.net.InetSocketAddress;

/// Who may log in. Looks up SCRAM verifiers, slows down guessing, records every login and failure.
/// Any thread; never blocks. A client cannot tell an unknown user from a wrong password.
public final class Authenticator {
    Authenticator() {}

    public sealed interface Start {}

    /// Go on with the exchange.
    public record Challenge(Attempt attempt) implements Start {}

    /// Too many failures: `denial` is sent once `ticket` is durable, then the connection closed.
    public record Throttled(Denial denial, long ticket) implements Start {}

    /// The startup message named a user (not empty).
    ///
    /// @param listener as {@link dev.sallyport.gateway.network.BoundListener#describe} has it
    public Start begin(String sessionId, String user, InetSocketAddress client, String listener) {
        throw new UnsupportedOperationException(
                "being built" + sessionId + user + client + listener);
    }

    /// A login that came to nothing before a user was known, or for a reason of its own (malformed
    /// startup, unknown database, time-out): recorded. Returns its ticket, 0 if it can't be.
    public long failedBefore(
            String sessionId, InetSocketAddress client, String listener, String reason) {
        throw new UnsupportedOperationException(
                "being built" + sessionId + client + listener + reason);
    }

    public sealed interface Result {}

    /// @param ticket AuthenticationOk waits until it is durable
    public record Accepted(LoggedIn login, long ticket) implements Result {}

    /// `denial` is sent once `ticket` is durable (0: could not be recorded, don't wait), then the
    /// connection closed.
    public record Rejected(Denial denial, long ticket) implements Result {}

    /// One client's login. Belongs to its event loop.
    public interface Attempt {
        /// What the client's proof is checked against; for an unknown user one that looks alike and
        /// that no password fits.
        ScramVerifier verifier();

        /// The proof is right. Still refused when the user is unknown or disabled, or the log
        /// doesn't take the record.
        ///
        /// @param method as `scram-sha-256-plus`
        /// @param tls as `TLSv1.3`; empty in clear
        Result succeeded(String method, String tls);

        /// The proof is wrong, or the exchange was broken off.
        ///
        /// @param reason as `wrong password`, `malformed SCRAM message`
        Rejected failed(String reason);
    }
}
