package dev.sallyport.gateway.network;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;

/// How the gateway speaks TLS with one upstream. There is no such context when the configuration
/// says `disable`, and there is no fall-back when a handshake fails.
public final class UpstreamTlsContext {
    private final SslContext context;

    UpstreamTlsContext(SslContext context) {
        this.context = context;
    }

    /// A handler for one connection that judges the server's certificate as the mode says.
    ///
    /// @param host as configured: what the certificate must name under `verify-full`
    public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
        return context.newHandler(allocator, host, port);
    }
}
