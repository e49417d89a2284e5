package dev.sallyport.mysql;

import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.ProtocolFactory;
import dev.sallyport.gateway.UpstreamQueries;
import dev.sallyport.gateway.network.ConnectionInitializer;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.mysql.session.MySqlSession;
import dev.sallyport.mysql.startup.LoginServer;
import dev.sallyport.mysql.startup.NetworkQueries;
import dev.sallyport.mysql.startup.Upstreams;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// MySQL's and MariaDB's client/server protocol, version 10.
public final class MySqlProtocol implements ProtocolFactory {
    /// One thread for what takes milliseconds; ends with the process.
    private final Executor worker =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("sallyport-mysql-credentials").factory());

    @Override
    public Protocol protocol() {
        return Protocol.MYSQL;
    }

    /// There is none registered.
    @Override
    public String applicationProtocol() {
        return "";
    }

    @Override
    public Optional<UpstreamQueries> upstreamQueries(Network network, Duration connectTimeout) {
        return Optional.of(
                new NetworkQueries(network, new Upstreams(network, connectTimeout, worker)));
    }

    @Override
    public ConnectionInitializer connections(GatewayServices services) {
        var upstreams =
                new Upstreams(services.network(), services.config().sessions().connect(), worker);
        return new LoginServer(
                services, upstreams, login -> MySqlSession.start(services, login), worker);
    }
}
