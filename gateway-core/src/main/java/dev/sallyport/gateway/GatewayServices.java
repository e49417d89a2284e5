package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.admin.GatewayMetrics;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.gateway.network.Network;

/// What a protocol gets from the gateway: everything a session needs, shared by all of them.
public record GatewayServices(
        GatewayConfig config,
        QueryGuard guard,
        Authenticator authenticator,
        SessionRegistry sessions,
        DurabilityGates gates,
        Network network,
        HashKeys hashKeys,
        GatewayMetrics metrics) {}
