package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.postgres.auth.ScramKeyCache;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.CancelRequest;
import dev.sallyport.postgres.message.ClientEncoding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real one. Shared by all sessions.
final class NetworkUpstreamConnector implements UpstreamConnector {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkUpstreamConnector.class);

    private final Network network;
    private final Duration connectTimeout;
    private final Executor worker;
    private final Function<Database, Map<String, String>> ownSettings;
    private final ScramKeyCache keys = new ScramKeyCache();

    /// @param connectTimeout to reach the upstream and log in there
    /// @param worker for reading passwords and deriving keys
    /// @param ownSettings what the gateway itself gives sessions of a database at their beginning
    NetworkUpstreamConnector(
            Network network,
            Duration connectTimeout,
            Executor worker,
            Function<Database, Map<String, String>> ownSettings) {
        this.ownSettings = ownSettings;
        this.network = network;
        this.connectTimeout = connectTimeout;
        this.worker = worker;
    }

    @Override
    public Attempt logIn(
            EventLoop loop,
            Database database,
            Map<String, String> settings,
            ClientEncoding encoding,
            UpstreamLogin.Listener listener) {
        Login login = new Login(loop, database, listener);
        var all = new LinkedHashMap<>(settings);
        all.putAll(ownSettings.apply(database));
        login.begin((context, endPoint) ->
                login.become(
                        context,
                        new UpstreamLogin(
                                new UpstreamLogin.Request(
                                        database.user(),
                                        database.database(),
                                        all,
                                        encoding,
                                        credential(database.password()),
                                        endPoint,
                                        isVerified(database.tls().mode())),
                                login)));
        return login;
    }

    @Override
    public void cancel(EventLoop loop, Database database, BackendKeyData key, Runnable done) {
        Connection connection =
                new Connection(loop, database) {
                    @Override
                    void ended(@Nullable UpstreamFailure failure) {
                        if (failure != null)
                            LOG.warn("cancel at {}: {}", describe(database), failure.reason());
                        done.run();
                    }
                };
        connection.begin((context, _) -> connection.become(context, new Cancel(key, connection)));
    }

    private UpstreamCredential credential(Secret secret) {
        return new UpstreamCredential(secret, keys, worker);
    }

    private static boolean isVerified(TlsMode mode) {
        return switch (mode) {
            case VERIFY_CA, VERIFY_FULL -> true;
            case DISABLE, REQUIRE -> false;
        };
    }

    private static String describe(Database database) {
        return "database " + database.name() + " (" + database.host() + ":" + database.port() + ")";
    }

    /// One connection until it has served its purpose: the time limit, and that its end is told
    /// once.
    private abstract class Connection {
        private final EventLoop loop;
        private final Database database;
        private @Nullable Channel channel;
        private @Nullable ScheduledFuture<?> timeout;
        private boolean over;

        Connection(EventLoop loop, Database database) {
            this.loop = loop;
            this.database = database;
        }

        /// @param failure null when it served its purpose
        abstract void ended(@Nullable UpstreamFailure failure);

        final void begin(UpstreamTls.Next next) {
            timeout =
                    loop.schedule(
                            () ->
                                    end(
                                            UpstreamFailure.timedOut(
                                                    "no login within " + connectTimeout),
                                            true),
                            connectTimeout.toMillis(),
                            TimeUnit.MILLISECONDS);
            Optional<Function<ByteBufAllocator, SslHandler>> tls =
                    network.upstreamTls(database)
                            .map(context ->
                                    allocator ->
                                            context.newHandler(
                                                    allocator, database.host(), database.port()));
            Consumer<UpstreamFailure> onFailure = failure -> end(failure, true);
            ChannelFuture connected =
                    network.connect(
                            loop,
                            database,
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel created) {
                                    created.pipeline()
                                            .addLast(new UpstreamTls(tls, next, onFailure));
                                }
                            });
            channel = connected.channel();
            connected.addListener(future -> {
                // Without a free file descriptor there is no channel, and Netty tells it on a
                // thread of its own.
                if (loop.inEventLoop()) connected(future);
                else loop.execute(() -> connected(future));
            });
        }

        private void connected(Future<?> future) {
            Channel opened = channel;
            if (!future.isSuccess()) {
                end(
                        UpstreamFailure.unreachable(
                                "cannot connect: " + UpstreamTls.describe(future.cause())),
                        true);
            } else if (over && opened != null) {
                opened.close();
            }
        }

        final void become(ChannelHandlerContext context, ChannelInboundHandlerAdapter handler) {
            if (!over) context.pipeline().replace(context.handler(), null, handler);
        }

        /// @param close whether the channel is of no further use
        final void end(@Nullable UpstreamFailure failure, boolean close) {
            if (over) return;
            stop(close);
            ended(failure);
        }

        final void stop(boolean close) {
            over = true;
            ScheduledFuture<?> timer = timeout;
            if (timer != null) timer.cancel(false);
            Channel open = channel;
            if (close && open != null && open.isRegistered()) open.close();
        }
    }

    private final class Login extends Connection implements Attempt, UpstreamLogin.Listener {
        private final Database database;
        private final UpstreamLogin.Listener listener;

        Login(EventLoop loop, Database database, UpstreamLogin.Listener listener) {
            super(loop, database);
            this.database = database;
            this.listener = listener;
        }

        @Override
        public void loggedIn(UpstreamLogin.LoggedIn upstream) {
            stop(false);
            listener.loggedIn(upstream);
        }

        @Override
        public void failed(UpstreamFailure failure) {
            end(failure, true);
        }

        @Override
        void ended(@Nullable UpstreamFailure failure) {
            if (failure == null) return;
            LOG.warn("login at {} failed: {}", describe(database), failure.reason());
            listener.failed(failure);
        }

        @Override
        public void abandon() {
            stop(true);
        }
    }

    /// Sends the request and waits for the server to close.
    private static final class Cancel extends ChannelInboundHandlerAdapter {
        private final BackendKeyData key;
        private final Connection connection;

        Cancel(BackendKeyData key, Connection connection) {
            this.key = key;
            this.connection = connection;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            ByteBuf out = context.alloc().buffer(16 + key.secretKey().length);
            new CancelRequest(key.processId(), key.secretKey()).encode(out);
            context.writeAndFlush(out);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            connection.end(null, true);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            connection.end(UpstreamFailure.broken(UpstreamTls.describe(cause)), true);
        }
    }
}
