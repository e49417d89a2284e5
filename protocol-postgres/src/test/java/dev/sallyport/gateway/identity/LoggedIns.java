package dev.sallyport.gateway.identity;

import dev.sallyport.policy.Subject;
import java.util.Map;
import java.util.Set;

/// Lets a test be the {@link Authenticator}.
public final class LoggedIns {
    private LoggedIns() {}

    public static LoggedIn of(String sessionId, String user) {
        return new LoggedIn(
                sessionId, new Subject(user, Set.of("developer"), Map.of()), "127.0.0.1:1");
    }
}
