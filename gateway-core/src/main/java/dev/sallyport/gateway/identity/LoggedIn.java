package dev.sallyport.gateway.identity;

import dev.sallyport.policy.Subject;

/// Proof that somebody logged in: only the {@link Authenticator} makes one.
///
/// @param sessionId the id under which the login was recorded
/// @param client address and port
public final class LoggedIn {
    private final String sessionId;
    private final Subject subject;
    private final String client;

    LoggedIn(String sessionId, Subject subject, String client) {
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
}
