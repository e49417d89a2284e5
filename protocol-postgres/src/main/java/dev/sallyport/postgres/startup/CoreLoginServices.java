package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.NewSession;
import dev.sallyport.gateway.Session;
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
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The gateway's own.
record CoreLoginServices(GatewayServices gateway, SessionStarter starter) implements LoginServices {
    @Override
    public Duration handshakeTimeout() {
        return gateway.config().sessions().handshake();
    }

    @Override
    public Duration authenticationTimeout() {
        return gateway.config().sessions().authentication();
    }

    @Override
    public Optional<Database> database(String name) {
        return gateway.config().databases().stream()
                .filter(database ->
                        database.protocol() == Protocol.POSTGRES && database.name().equals(name))
                .findFirst();
    }

    @Override
    public SessionRegistry.@Nullable Admission admit() {
        return gateway.sessions().admit();
    }

    @Override
    public Authenticator.Start begin(
            String sessionId, String user, InetSocketAddress client, String listener) {
        return gateway.authenticator().begin(sessionId, user, client, listener);
    }

    /// One thread: a flood of passwords takes one core at most.
    private static final class Worker {
        static final Executor PASSWORDS =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform()
                                .daemon()
                                .name("sallyport-postgres-passwords")
                                .factory());
    }

    @Override
    public void check(
            EventLoop loop,
            Authenticator.Attempt attempt,
            String password,
            String tls,
            Consumer<Authenticator.Result> then) {
        Worker.PASSWORDS.execute(() -> {
            var result = attempt.password(password.toCharArray(), "password", tls);
            loop.execute(() -> then.accept(result));
        });
    }

    /// Each on a thread of its own, since a provider may take its time; as many at once as there
    /// may be connections that have not logged in.
    @Override
    public void checkToken(
            EventLoop loop,
            Authenticator.Attempt attempt,
            String token,
            String tls,
            Consumer<Authenticator.Result> then) {
        var _ =
                Thread.ofVirtual()
                        .name("sallyport-postgres-token")
                        .start(() -> {
                            var result = attempt.token(token, tls);
                            loop.execute(() -> then.accept(result));
                        });
    }

    @Override
    public long failedBefore(
            String sessionId, InetSocketAddress client, String listener, String reason) {
        return gateway.authenticator().failedBefore(sessionId, client, listener, reason);
    }

    @Override
    public Opening open(NewSession request) {
        return switch (gateway.sessions().open(request)) {
            case SessionRegistry.Refused(Denial denial, long ticket) -> new Refused(denial, ticket);
            case SessionRegistry.Opened(Session session, long ticket) ->
                    new Opened(new CoreSession(session), ticket);
        };
    }

    @Override
    public void cancel(int processId, byte[] secret, String client) {
        gateway.sessions().cancel(processId, secret, client);
    }

    @Override
    public void whenDurable(EventLoop loop, long ticket, Runnable then, Runnable onFailure) {
        gateway.gates().on(loop).whenDurable(ticket, then, _ -> onFailure.run());
    }

    private final class CoreSession implements OpenSession {
        private final Session session;

        CoreSession(Session session) {
            this.session = session;
        }

        @Override
        public String id() {
            return session.id();
        }

        @Override
        public int processId() {
            return session.processId();
        }

        @Override
        public byte[] cancelSecret() {
            return session.cancelSecret();
        }

        @Override
        public void parameterStatus(String name, String value) {
            session.parameterStatus(name, value);
        }

        @Override
        public void readyForQuery(char transactionStatus) {
            session.readyForQuery(transactionStatus);
        }

        @Override
        public SessionConnection start(
                Channel client,
                Channel upstream,
                ProtocolVersion version,
                ClientEncoding encoding,
                UpstreamCanceller canceller) {
            return starter.start(
                    new EstablishedSession(
                            session, client, upstream, version, encoding, canceller));
        }

        @Override
        public void close(String cause) {
            gateway.sessions().close(session, cause);
        }
    }
}
