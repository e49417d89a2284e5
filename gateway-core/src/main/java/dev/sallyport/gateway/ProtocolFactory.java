package dev.sallyport.gateway;

import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.network.ConnectionInitializer;
import dev.sallyport.gateway.network.Network;
import java.time.Duration;
import java.util.Optional;

/// A wire protocol, as {@link Gateway#start} needs it.
public interface ProtocolFactory {
    Protocol protocol();

    /// Name for ALPN, as `postgresql`; empty when the protocol has none.
    String applicationProtocol();

    /// How to ask upstreams of this protocol; empty where the core has a driver.
    default Optional<UpstreamQueries> upstreamQueries(Network network, Duration connectTimeout) {
        return Optional.empty();
    }

    /// Called once per gateway, before any listener is bound.
    ConnectionInitializer connections(GatewayServices services);
}
