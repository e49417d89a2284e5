package dev.sallyport.gateway;

import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.network.ConnectionInitializer;

/// A wire protocol, as {@link Gateway#start} needs it.
public interface ProtocolFactory {
    Protocol protocol();

    /// Name for ALPN, as `postgresql`; empty when the protocol has none.
    String applicationProtocol();

    /// Called once per gateway, before any listener is bound.
    ConnectionInitializer connections(GatewayServices services);
}
