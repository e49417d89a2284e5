package dev.sallyport.gateway.network;

import dev.sallyport.config.GatewayConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.util.Optional;

/// Event loops, listeners and outgoing connections.
public final class Network {
    Network() {}

    /// Connects to an upstream on the given loop: a client's channel and its upstream channel share
    /// one. TLS is the protocol's business (after its SSLRequest).
    public ChannelFuture connect(
            EventLoop loop,
            GatewayConfig.Database database,
            ChannelInitializer<Channel> initializer) {
        throw new UnsupportedOperationException("being built" + loop + database + initializer);
    }

    /// Empty when the configuration says `tls: disable`.
    public Optional<UpstreamTlsContext> upstreamTls(GatewayConfig.Database database) {
        throw new UnsupportedOperationException("being built" + database);
    }
}
