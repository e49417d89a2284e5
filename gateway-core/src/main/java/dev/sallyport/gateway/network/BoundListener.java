package dev.sallyport.gateway.network;

import dev.sallyport.config.GatewayConfig;
import java.util.Optional;

/// A listener that accepts connections.
///
/// @param port the real one, also where the configuration says 0
/// @param tls present when clients can (or must) use TLS
public record BoundListener(
        GatewayConfig.Listener configured, int port, Optional<ServerTlsContext> tls) {

    /// As audit entries name it: `postgres 127.0.0.1:15432`.
    public String describe() {
        return configured.protocol().word() + " " + configured.host() + ":" + port;
    }
}
