package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.identity.LoggedIn;
import java.util.concurrent.Executor;

/// What {@link SessionRegistry#open} needs.
///
/// @param login as the Authenticator answered
/// @param applicationName as the client says; for people only, may be empty
/// @param cancelSecretBytes 4 for protocol 3.0, up to 256 for 3.2
/// @param loop the event loop that owns the session
public record NewSession(
        LoggedIn login,
        GatewayConfig.Database database,
        String applicationName,
        int cancelSecretBytes,
        Executor loop,
        SessionConnection connection) {}
