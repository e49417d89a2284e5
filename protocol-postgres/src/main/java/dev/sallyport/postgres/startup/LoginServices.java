package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.gateway.NewSession;
import dev.sallyport.gateway.Session;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.identity.Authenticator;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a login needs of the gateway: {@link CoreLoginServices}, or a test's own.
interface LoginServices {
    /// From accepting the connection to the startup message, TLS included.
    Duration handshakeTimeout();

    /// From the startup message to the client's proof.
    Duration authenticationTimeout();

    /// The PostgreSQL database clients know by this name.
    Optional<Database> database(String name);

    SessionRegistry.@Nullable Admission admit();

    Authenticator.Start begin(
            String sessionId, String user, InetSocketAddress client, String listener);

    long failedBefore(String sessionId, InetSocketAddress client, String listener, String reason);

    SessionRegistry.Opening open(NewSession request);

    void close(Session session, String cause);

    void cancel(int processId, byte[] secret, String client);

    /// Runs one of the two on the loop: the ticket's record is on disk, or never will be.
    void whenDurable(EventLoop loop, long ticket, Runnable then, Runnable onFailure);
}
