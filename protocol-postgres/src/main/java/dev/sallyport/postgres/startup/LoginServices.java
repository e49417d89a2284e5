package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.NewSession;
import dev.sallyport.gateway.SessionConnection;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ProtocolVersion;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
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

    /// Checks the password that a client sent, off the loop; the answer comes on it.
    void check(
            EventLoop loop,
            Authenticator.Attempt attempt,
            String password,
            String tls,
            Consumer<Authenticator.Result> then);

    /// Checks a token that a client sent, off the loop; the answer comes on it.
    void checkToken(
            EventLoop loop,
            Authenticator.Attempt attempt,
            String token,
            String tls,
            Consumer<Authenticator.Result> then);

    long failedBefore(String sessionId, InetSocketAddress client, String listener, String reason);

    Opening open(NewSession request);

    void cancel(int processId, byte[] secret, String client);

    /// Runs one of the two on the loop: the ticket's record is on disk, or never will be.
    void whenDurable(EventLoop loop, long ticket, Runnable then, Runnable onFailure);

    sealed interface Opening {}

    /// @param ticket nothing is sent to the client as an authenticated session before it is durable
    record Opened(OpenSession session, long ticket) implements Opening {}

    record Refused(Denial denial, long ticket) implements Opening {}

    /// A {@link dev.sallyport.gateway.Session} as far as a login is concerned.
    interface OpenSession {
        String id();

        int processId();

        byte[] cancelSecret();

        void parameterStatus(String name, String value);

        void readyForQuery(char transactionStatus);

        /// Hands both channels over.
        SessionConnection start(
                Channel client,
                Channel upstream,
                ProtocolVersion version,
                ClientEncoding encoding,
                UpstreamCanceller canceller);

        void close(String cause);
    }
}
