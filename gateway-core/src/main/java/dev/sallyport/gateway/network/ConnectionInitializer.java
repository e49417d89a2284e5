package dev.sallyport.gateway.network;

import io.netty.channel.Channel;

/// Sets up the pipeline of an accepted connection. Called on the channel's event loop.
@FunctionalInterface
public interface ConnectionInitializer {
    void initialize(Channel channel, BoundListener listener);
}
