package dev.sallyport.gateway.identity;

import dev.sallyport.policy.Subject;
import java.time.Instant;
import java.util.Optional;

/// Proof that somebody logged in: only the {@link Authenticator} makes one.
///
/// @param sessionId the id under which the login was recorded
/// @param client address and port
public final class LoggedIn {
    private final String sessionId;
    private final Subject subject;
    private final String client;
    private final Optional<Instant> secondFactorAt;

    LoggedIn(String sessionId, Subject subject, String client) {
        this(sessionId, subject, client, Optional.empty());
    }

    LoggedIn(String sessionId, Subject subject, String client, Optional<Instant> secondFactorAt) {
        this.secondFactorAt = secondFactorAt;
        this.sessionId = sessionId;
        this.subject = subject;
        this.client = client;
    }

    public String sessionId() {
        return sessionId;
    }

    public Subject subject() {
        return subject;
    }

    public String client() {
        return client;
    }

    /// When the second factor was given for this session; empty: never.
    public Optional<Instant> secondFactorAt() {
        return secondFactorAt;
    }
}
