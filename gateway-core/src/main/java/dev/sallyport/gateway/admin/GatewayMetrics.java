package dev.sallyport.gateway.admin;

/// The gateway's counters and timers, in one place. Any thread.
public final class GatewayMetrics {
    public GatewayMetrics() {}
}
