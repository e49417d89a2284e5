package dev.sallyport.gateway.network;

import dev.sallyport.config.GatewayConfig.TlsMode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;

/// How the gateway speaks TLS with one upstream. There is no such context when the configuration
/// says `disable`, and there is no fall-back when a handshake fails.
public final class UpstreamTlsContext {
    private final SslContext context;
    private final TlsMode mode;

    UpstreamTlsContext(SslContext context, TlsMode mode) {
        this.context = context;
        this.mode = mode;
    }

    /// A handler for one connection that judges the server's certificate as the mode says.
    ///
    /// @param host as configured: what the certificate must name under `verify-full`
    public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
        throw new UnsupportedOperationException(
                "being built" + context + mode + allocator + host + port);
    }
}
