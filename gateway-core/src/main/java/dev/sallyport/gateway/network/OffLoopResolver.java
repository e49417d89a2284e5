package dev.sallyport.gateway.network;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Resolves host names by the system's resolver, which blocks, on a thread of its own.
final class OffLoopResolver extends InetNameResolver {
    static final AddressResolverGroup<InetSocketAddress> GROUP =
            new AddressResolverGroup<>() {
                @Override
                protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
                    return new OffLoopResolver(executor).asAddressResolver();
                }
            };

    private OffLoopResolver(EventExecutor executor) {
        super(executor);
    }

    @Override
    protected void doResolve(String host, Promise<InetAddress> promise) {
        Thread.ofVirtual()
                .name("resolver")
                .start(() -> {
                    try {
                        promise.trySuccess(InetAddress.getByName(host));
                    } catch (UnknownHostException e) {
                        promise.tryFailure(e);
                    }
                });
    }

    @Override
    protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
        Thread.ofVirtual()
                .name("resolver")
                .start(() -> {
                    try {
                        promise.trySuccess(List.of(InetAddress.getAllByName(host)));
                    } catch (UnknownHostException e) {
                        promise.tryFailure(e);
                    }
                });
    }
}
