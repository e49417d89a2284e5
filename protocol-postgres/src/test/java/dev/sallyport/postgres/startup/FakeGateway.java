package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.CatalogReader;
import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.config.GatewayConfig.UpstreamTls;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.ScramVerifier;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.NewSession;
import dev.sallyport.gateway.SessionConnection;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.gateway.identity.LoggedIns;
import dev.sallyport.postgres.auth.ScramKeys;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ProtocolVersion;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A gateway that knows Ada (password `pencil`), Mallory (disabled), and a database `clinic`; it
/// writes down what it is asked.
final class FakeGateway implements LoginServices {
    static final ScramVerifier ADA = ScramKeys.newVerifier("pencil", 4096);
    static final Denial LOGIN_FAILED = new Denial("28P01", "sallyport: login failed", "", "");

    static final Database CLINIC =
            new Database(
                    "clinic",
                    Protocol.POSTGRES,
                    "127.0.0.1",
                    5432,
                    "clinic_prod",
                    "gateway",
                    new Secret.InEnvironment("none"),
                    new UpstreamTls(TlsMode.DISABLE, Optional.empty()),
                    new CatalogReader(
                            "reader", new Secret.InEnvironment("none"), Duration.ofMinutes(1)));

    /// In order: `failed: wrong password`, `succeeded: scram-sha-256`, `opened: clinic`, `durable:
    /// 3`, ...
    final List<String> events = Collections.synchronizedList(new ArrayList<>());

    final AtomicInteger admitted = new AtomicInteger();
    Database database = CLINIC;
    boolean throttled;
    boolean full;
    boolean auditFails;
    Duration handshake = Duration.ofSeconds(30);
    Duration authentication = Duration.ofSeconds(30);

    /// Runs the waiter at once if not told otherwise.
    boolean holdDurability;

    final List<Runnable> heldBack = new ArrayList<>();
    @Nullable NewSession opened;
    @Nullable Started started;
    @Nullable Consumer<Started> onStart;
    private long ticket;

    record Started(
            Channel client,
            Channel upstream,
            ProtocolVersion version,
            ClientEncoding encoding,
            UpstreamCanceller canceller) {}

    @Override
    public Duration handshakeTimeout() {
        return handshake;
    }

    @Override
    public Duration authenticationTimeout() {
        return authentication;
    }

    @Override
    public Optional<Database> database(String name) {
        return Optional.of(database).filter(known -> known.name().equals(name));
    }

    @Override
    public SessionRegistry.@Nullable Admission admit() {
        if (full) return null;
        admitted.incrementAndGet();
        return new SessionRegistry.Admission() {
            private boolean closed;

            @Override
            public String sessionId() {
                return "s1";
            }

            @Override
            public int connectionId() {
                return 4_711;
            }

            @Override
            public void close() {
                if (!closed) admitted.decrementAndGet();
                closed = true;
            }
        };
    }

    @Override
    public Authenticator.Start begin(
            String sessionId, String user, InetSocketAddress client, String listener) {
        events.add("begin: " + user);
        if (throttled)
            return new Authenticator.Throttled(
                    new Denial("28000", "sallyport: too many failures", "", ""), ++ticket);
        return new Authenticator.Challenge(
                new Authenticator.Attempt() {
                    @Override
                    public ScramVerifier verifier() {
                        return user.equals("ada") || user.equals("mallory")
                                ? ADA
                                : ScramKeys.newVerifier("nobody knows " + Math.random(), 4096);
                    }

                    @Override
                    public boolean wantsPassword() {
                        return user.equals("carol");
                    }

                    @Override
                    public Authenticator.Result password(
                            char[] password, String method, String tls) {
                        events.add("password: " + method + " " + tls);
                        return String.valueOf(password).equals("secret123456")
                                ? new Authenticator.Accepted(
                                        LoggedIns.of(sessionId, user), ++ticket)
                                : new Authenticator.Rejected(LOGIN_FAILED, ++ticket);
                    }

                    @Override
                    public Authenticator.TokenUse tokens() {
                        return user.equals("olga")
                                ? Authenticator.TokenUse.PREFERRED
                                : Authenticator.TokenUse.NOT_TAKEN;
                    }

                    @Override
                    public String tokenConfiguration() {
                        return "https://id.example/.well-known/openid-configuration";
                    }

                    @Override
                    public Authenticator.Result token(String token, String tls) {
                        events.add("token: " + tls);
                        return token.equals("good.token")
                                ? new Authenticator.Accepted(
                                        LoggedIns.of(sessionId, user), ++ticket)
                                : new Authenticator.Rejected(LOGIN_FAILED, ++ticket);
                    }

                    @Override
                    public Authenticator.Result succeeded(String method, String tls) {
                        events.add("succeeded: " + method + (tls.isEmpty() ? "" : " " + tls));
                        if (user.equals("mallory"))
                            return new Authenticator.Rejected(LOGIN_FAILED, ++ticket);
                        return new Authenticator.Accepted(LoggedIns.of(sessionId, user), ++ticket);
                    }

                    @Override
                    public Authenticator.Rejected failed(String reason) {
                        events.add("failed: " + reason);
                        return new Authenticator.Rejected(LOGIN_FAILED, ++ticket);
                    }
                });
    }

    @Override
    public void check(
            EventLoop loop,
            Authenticator.Attempt attempt,
            String password,
            String tls,
            Consumer<Authenticator.Result> then) {
        var result = attempt.password(password.toCharArray(), "password", tls);
        loop.execute(() -> then.accept(result));
    }

    @Override
    public void checkToken(
            EventLoop loop,
            Authenticator.Attempt attempt,
            String token,
            String tls,
            Consumer<Authenticator.Result> then) {
        var result = attempt.token(token, tls);
        loop.execute(() -> then.accept(result));
    }

    @Override
    public long failedBefore(
            String sessionId, InetSocketAddress client, String listener, String reason) {
        events.add("failed before: " + reason);
        return ++ticket;
    }

    @Override
    public Opening open(NewSession request) {
        opened = request;
        events.add("opened: " + request.database().name());
        return new Opened(new FakeSession(request), ++ticket);
    }

    @Override
    public void cancel(int processId, byte[] secret, String client) {
        events.add("cancel: " + processId + " " + secret.length);
    }

    @Override
    public void whenDurable(EventLoop loop, long awaited, Runnable then, Runnable onFailure) {
        Runnable waiter =
                () -> {
                    events.add("durable: " + awaited);
                    (auditFails ? onFailure : then).run();
                };
        if (holdDurability) {
            heldBack.add(waiter);
        } else {
            loop.execute(waiter);
        }
    }

    private final class FakeSession implements OpenSession {
        private final NewSession request;

        FakeSession(NewSession request) {
            this.request = request;
        }

        @Override
        public String id() {
            return "s1";
        }

        @Override
        public int processId() {
            return 123;
        }

        @Override
        public byte[] cancelSecret() {
            byte[] secret = new byte[request.cancelSecretBytes()];
            java.util.Arrays.fill(secret, (byte) 7);
            return secret;
        }

        @Override
        public void parameterStatus(String name, String value) {
            events.add("parameter: " + name + "=" + value);
        }

        @Override
        public void readyForQuery(char transactionStatus) {
            events.add("ready: " + transactionStatus);
        }

        @Override
        public SessionConnection start(
                Channel client,
                Channel upstream,
                ProtocolVersion version,
                ClientEncoding encoding,
                UpstreamCanceller canceller) {
            events.add("started");
            started = new Started(client, upstream, version, encoding, canceller);
            Consumer<Started> action = onStart;
            if (action != null) action.accept(started);
            return new SessionConnection() {
                @Override
                public void end(Denial reason, String cause) {
                    events.add("session end: " + cause);
                }

                @Override
                public void endWhenIdle(Denial reason, String cause) {
                    events.add("session end when idle: " + cause);
                }

                @Override
                public void cancelUpstream() {
                    events.add("session cancel");
                }
            };
        }

        @Override
        public void close(String cause) {
            events.add("closed: " + cause);
        }
    }
}
