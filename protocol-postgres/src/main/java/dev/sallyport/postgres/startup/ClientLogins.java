package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.network.BoundListener;
import dev.sallyport.gateway.network.ConnectionInitializer;
import io.netty.channel.Channel;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// Puts a {@link ClientLogin} in front of every accepted connection.
public final class ClientLogins implements ConnectionInitializer {
    private final LoginServices services;
    private final UpstreamConnector upstreams;

    public ClientLogins(GatewayServices gateway, SessionStarter starter) {
        this(
                new CoreLoginServices(gateway, starter),
                new NetworkUpstreamConnector(
                        gateway.network(),
                        gateway.config().sessions().connect(),
                        worker(),
                        gateway.hashKeys()::settings));
    }

    ClientLogins(LoginServices services, UpstreamConnector upstreams) {
        this.services = services;
        this.upstreams = upstreams;
    }

    @Override
    public void initialize(Channel channel, BoundListener listener) {
        SessionRegistry.Admission admission = services.admit();
        if (admission == null) {
            channel.close();
            return;
        }
        channel.pipeline().addLast(new ClientLogin(listener, services, upstreams, admission));
    }

    /// One thread: many sessions that begin together find the keys that the first of them had
    /// derived. Ends with the process.
    private static Executor worker() {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("sallyport-postgres-credentials").factory());
    }
}
