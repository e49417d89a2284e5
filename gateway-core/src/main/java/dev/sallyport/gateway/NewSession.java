package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.identity.LoggedIn;
import java.util.concurrent.Executor;

/// What {@link SessionRegistry#open} needs.
///
/// @param login as the Authenticator answered
/// @param applicationName as the client says; for people only, may be empty
/// @param purpose as the client declared it when it connected
/// @param cancelSecretBytes 4 for protocol 3.0, up to 256 for 3.2
/// @param connectionId what the client was told as the connection's number when it was accepted
///   ({@link SessionRegistry.Admission#connectionId}); 0 where it is told only with the session
/// @param loop the event loop that owns the session
public record NewSession(
        LoggedIn login,
        GatewayConfig.Database database,
        String applicationName,
        DeclaredPurpose purpose,
        int cancelSecretBytes,
        int connectionId,
        Executor loop,
        SessionConnection connection) {
    /// For a protocol that tells the number with the session.
    public NewSession(
            LoggedIn login,
            GatewayConfig.Database database,
            String applicationName,
            DeclaredPurpose purpose,
            int cancelSecretBytes,
            Executor loop,
            SessionConnection connection) {
        this(login, database, applicationName, purpose, cancelSecretBytes, 0, loop, connection);
    }
}
