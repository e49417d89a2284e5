package dev.sallyport.postgres;

import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.ProtocolFactory;
import dev.sallyport.gateway.network.ConnectionInitializer;
import dev.sallyport.postgres.session.PostgresSession;
import dev.sallyport.postgres.startup.ClientLogins;

/// PostgreSQL's wire protocol, 3.0 and 3.2.
public final class PostgresProtocol implements ProtocolFactory {
    @Override
    public Protocol protocol() {
        return Protocol.POSTGRES;
    }

    @Override
    public String applicationProtocol() {
        return "postgresql";
    }

    @Override
    public ConnectionInitializer connections(GatewayServices services) {
        return new ClientLogins(services, login -> PostgresSession.start(services, login));
    }
}
