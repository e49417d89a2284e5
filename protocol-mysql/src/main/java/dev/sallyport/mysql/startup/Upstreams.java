package dev.sallyport.mysql.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.UpstreamPassword;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.Collations;
import dev.sallyport.mysql.packet.ComQuery;
import dev.sallyport.mysql.packet.Command;
import dev.sallyport.mysql.packet.HandshakeV10;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connections to upstreams, logged in: one for each session, short ones for cancels and for
/// finding out how an upstream greets. Shared by all sessions; any thread.
public final class Upstreams {
    private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);

    /// A greeting is taken as still true for so long; every login renews it.
    private static final long GREETING_NANOS = Duration.ofMinutes(10).toNanos();

    private final Network network;
    private final Duration connectTimeout;
    private final Executor worker;
    private final Map<Database, Greeting> greetings = new HashMap<>();
    private final Map<Database, List<Waiting>> waiting = new HashMap<>();

    private record Greeting(HandshakeV10 said, long atNanos) {}

    private record Waiting(
            EventLoop loop, Consumer<HandshakeV10> then, Consumer<UpstreamFailure> onFailure) {}

    /// @param connectTimeout to reach the upstream and log in there
    /// @param worker for reading passwords and making proofs
    public Upstreams(Network network, Duration connectTimeout, Executor worker) {
        this.network = network;
        this.connectTimeout = connectTimeout;
        this.worker = worker;
    }

    /// A login under way.
    interface Attempt {
        /// Closes what there is; the listener hears no more.
        void abandon();
    }

    /// As the role that sessions use.
    ///
    /// @param capabilities wanted of {@link Capabilities#RELAYED}
    Attempt logIn(
            EventLoop loop,
            Database database,
            long capabilities,
            int collation,
            UpstreamLogin.Listener listener) {
        return logIn(
                loop,
                database,
                database.user(),
                database.password(),
                capabilities,
                collation,
                listener);
    }

    Attempt logIn(
            EventLoop loop,
            Database database,
            String user,
            Secret password,
            long capabilities,
            int collation,
            UpstreamLogin.Listener listener) {
        var login = new Login(loop, database, listener);
        login.begin(user, password, capabilities, collation);
        return login;
    }

    /// How the upstream greets clients: what the gateway's own greeting is made of. One of the two
    /// runs on the loop.
    void greeting(
            EventLoop loop,
            Database database,
            Consumer<HandshakeV10> then,
            Consumer<UpstreamFailure> onFailure) {
        HandshakeV10 known;
        boolean first;
        synchronized (greetings) {
            var greeting = greetings.get(database);
            known =
                    greeting != null && System.nanoTime() - greeting.atNanos < GREETING_NANOS
                            ? greeting.said
                            : null;
            if (known == null) {
                var all = waiting.computeIfAbsent(database, _ -> new ArrayList<>());
                first = all.isEmpty();
                all.add(new Waiting(loop, then, onFailure));
            } else first = false;
        }
        if (known != null) {
            then.accept(known);
            return;
        }
        // A login and no mere look: servers lock out addresses that only look.
        if (first) {
            var _ =
                    logIn(
                            loop,
                            database,
                            0,
                            Collations.UTF8MB4_GENERAL,
                            new UpstreamLogin.Listener() {
                                @Override
                                public void loggedIn(UpstreamLogin.LoggedIn upstream) {
                                    quit(upstream.channel());
                                    for (var one : takeWaiting(database))
                                        one.loop.execute(
                                                () -> one.then.accept(upstream.greeting()));
                                }

                                @Override
                                public void failed(UpstreamFailure failure) {
                                    for (var one : takeWaiting(database))
                                        one.loop.execute(() -> one.onFailure.accept(failure));
                                }
                            });
        }
    }

    private List<Waiting> takeWaiting(Database database) {
        synchronized (greetings) {
            var all = waiting.remove(database);
            return all == null ? List.of() : all;
        }
    }

    private void greeted(Database database, HandshakeV10 said) {
        synchronized (greetings) {
            greetings.put(database, new Greeting(said, System.nanoTime()));
        }
    }

    /// Asks the server to cancel what a connection of the same role runs.
    ///
    /// @param threadId the server's number of that connection
    /// @param done run on the loop when the server has answered, or could not be reached
    void cancel(EventLoop loop, Database database, long threadId, Runnable done) {
        var _ =
                logIn(
                        loop,
                        database,
                        0,
                        Collations.UTF8MB4_GENERAL,
                        new UpstreamLogin.Listener() {
                            @Override
                            public void loggedIn(UpstreamLogin.LoggedIn upstream) {
                                kill(upstream, threadId, done);
                            }

                            @Override
                            public void failed(UpstreamFailure failure) {
                                LOG.warn("cancel at {}: {}", describe(database), failure.reason());
                                done.run();
                            }
                        });
    }

    private static void kill(UpstreamLogin.LoggedIn upstream, long threadId, Runnable done) {
        Channel channel = upstream.channel();
        channel.pipeline()
                .addLast(
                        new ChannelInboundHandlerAdapter() {
                            private boolean over;

                            @Override
                            public void channelRead(ChannelHandlerContext own, Object message) {
                                // Any answer will do.
                                ReferenceCountUtil.release(message);
                                quit(channel);
                                end();
                            }

                            @Override
                            public void channelInactive(ChannelHandlerContext own) {
                                end();
                            }

                            @Override
                            public void exceptionCaught(
                                    ChannelHandlerContext own, Throwable cause) {
                                own.close();
                            }

                            private void end() {
                                if (over) return;
                                over = true;
                                done.run();
                            }
                        });
        upstream.handler().handOver();
        ByteBuf body = ComQuery.own(channel.alloc(), "KILL QUERY " + threadId, 0);
        channel.writeAndFlush(PacketWriter.frame(channel.alloc(), 0, body));
        channel.config().setAutoRead(true);
        var _ = channel.eventLoop().schedule(() -> channel.close(), 10, TimeUnit.SECONDS);
    }

    /// Says goodbye and closes.
    static void quit(Channel channel) {
        ByteBuf body = channel.alloc().buffer(1).writeByte(Command.COM_QUIT.code());
        channel.writeAndFlush(PacketWriter.frame(channel.alloc(), 0, body))
                .addListener(_ -> channel.close());
    }

    private static String describe(Database database) {
        return "database " + database.name() + " (" + database.host() + ":" + database.port() + ")";
    }

    /// One connection until it is logged in: the time limit, and that its end is told once.
    private final class Login implements Attempt, UpstreamLogin.Listener {
        private final EventLoop loop;
        private final Database database;
        private final UpstreamLogin.Listener listener;
        private @Nullable Channel channel;
        private @Nullable ScheduledFuture<?> timeout;
        private boolean over;

        Login(EventLoop loop, Database database, UpstreamLogin.Listener listener) {
            this.loop = loop;
            this.database = database;
            this.listener = listener;
        }

        void begin(String user, Secret password, long capabilities, int collation) {
            timeout =
                    loop.schedule(
                            () ->
                                    failed(
                                            UpstreamFailure.timedOut(
                                                    "no login within " + connectTimeout)),
                            connectTimeout.toMillis(),
                            TimeUnit.MILLISECONDS);
            Optional<Function<ByteBufAllocator, SslHandler>> tls =
                    network.upstreamTls(database)
                            .map(context ->
                                    allocator ->
                                            context.newHandler(
                                                    allocator, database.host(), database.port()));
            var request =
                    new UpstreamLogin.Request(
                            user,
                            new UpstreamPassword(password, worker),
                            capabilities,
                            collation,
                            tls,
                            database.tls().mode());
            ChannelFuture connected =
                    network.connect(
                            loop,
                            database,
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel created) {
                                    created.pipeline()
                                            .addLast(new UpstreamLogin(request, Login.this));
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
            if (!future.isSuccess())
                failed(
                        UpstreamFailure.unreachable(
                                "cannot connect: " + UpstreamLogin.describe(future.cause())));
            else if (over && opened != null) opened.close();
        }

        @Override
        public void loggedIn(UpstreamLogin.LoggedIn upstream) {
            if (over) {
                upstream.channel().close();
                return;
            }
            stop(false);
            greeted(database, upstream.greeting());
            listener.loggedIn(upstream);
        }

        @Override
        public void failed(UpstreamFailure failure) {
            if (over) return;
            stop(true);
            LOG.warn("login at {} failed: {}", describe(database), failure.reason());
            listener.failed(failure);
        }

        @Override
        public void abandon() {
            stop(true);
        }

        private void stop(boolean close) {
            over = true;
            ScheduledFuture<?> timer = timeout;
            if (timer != null) timer.cancel(false);
            Channel open = channel;
            if (close && open != null && open.isRegistered()) open.close();
        }
    }
}
