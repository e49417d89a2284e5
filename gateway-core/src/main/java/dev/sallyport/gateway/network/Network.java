package dev.sallyport.gateway.network;

import dev.sallyport.config.GatewayConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Event loops, listeners and outgoing connections. Epoll where the system has it, the JDK's NIO
/// elsewhere.
public final class Network implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Network.class);
    private static final int BACKLOG = 1024;

    /// Unsent bytes of a channel above which its peer isn't read, and below which it is again.
    private static final WriteBufferWaterMark UNSENT =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final MultiThreadIoEventLoopGroup loops;
    private final Class<? extends Channel> channelType;
    private final Class<? extends ServerChannel> serverChannelType;
    private final int connectTimeoutMillis;
    private final Map<GatewayConfig.Database, UpstreamTlsContext> upstreamTls = new HashMap<>();
    private final List<Channel> listening = new ArrayList<>();

    /// @throws IOException a certificate or key can't be read or doesn't fit; the message says
    ///   which
    public Network(GatewayConfig config) throws IOException {
        this(config.databases(), config.sessions().connect());
    }

    /// For connections to these databases.
    ///
    /// @throws IOException as above
    public Network(List<GatewayConfig.Database> databases, Duration connectTimeout)
            throws IOException {
        for (var database : databases) {
            var context = TlsContexts.forUpstream(database.tls());
            if (context.isPresent()) upstreamTls.put(database, context.get());
        }
        connectTimeoutMillis = (int) connectTimeout.toMillis();
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        serverChannelType = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        loops =
                new MultiThreadIoEventLoopGroup(
                        loopCount(), new DefaultThreadFactory("loop", true), handlers);
        LOG.info(
                "network: {}, event loops: {}, TLS by {}",
                epoll ? "epoll" : "NIO",
                loopCount(),
                TlsContexts.provider().name().toLowerCase(Locale.ROOT));
    }

    /// One core is left to the audit log's writer: every statement waits for it.
    private static int loopCount() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    }

    /// Accepts connections from now on. Blocks until bound; not for event loops.
    ///
    /// @param applicationProtocol for ALPN; empty for none
    /// @throws IOException the address is taken or not ours, or the certificate doesn't fit
    public BoundListener listen(
            GatewayConfig.Listener listener,
            String applicationProtocol,
            ConnectionInitializer initializer)
            throws IOException {
        Optional<ServerTlsContext> tls =
                listener.tls().isPresent()
                        ? Optional.of(
                                TlsContexts.forListener(listener.tls().get(), applicationProtocol))
                        : Optional.empty();
        var bound = new BoundListener[1];
        var bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channel(serverChannelType)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        // Nobody is accepted before the real port is known.
                        .option(ChannelOption.AUTO_READ, false)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        initializer.initialize(channel, bound[0]);
                                    }
                                });
        var future = bootstrap.bind(address(listener)).awaitUninterruptibly();
        if (!future.isSuccess())
            throw new IOException(
                    "cannot listen on "
                            + listener.describe()
                            + ": "
                            + (future.cause() == null ? "" : future.cause().getMessage()),
                    future.cause());
        var channel = future.channel();
        int port = ((InetSocketAddress) channel.localAddress()).getPort();
        bound[0] = new BoundListener(listener, port, tls);
        listening.add(channel);
        channel.config().setAutoRead(true);
        return bound[0];
    }

    private static InetSocketAddress address(GatewayConfig.Listener listener) throws IOException {
        try {
            return new InetSocketAddress(InetAddress.getByName(listener.host()), listener.port());
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + listener.describe() + ": unknown host", e);
        }
    }

    /// Connects to an upstream on the given loop: a client's channel and its upstream channel share
    /// one. TLS is the protocol's business (after its SSLRequest).
    public ChannelFuture connect(
            EventLoop loop,
            GatewayConfig.Database database,
            ChannelInitializer<Channel> initializer) {
        var host = database.host();
        var literal = NetUtil.createInetAddressFromIpAddressString(host);
        var address =
                literal == null
                        ? InetSocketAddress.createUnresolved(host, database.port())
                        : new InetSocketAddress(literal, database.port());
        return new Bootstrap()
                .group(loop)
                .channel(channelType)
                .resolver(OffLoopResolver.GROUP)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis)
                .handler(initializer)
                .connect(address);
    }

    /// One of the loops, for a connection to an upstream that no client's session owns.
    public EventLoop anyLoop() {
        return loops.next();
    }

    /// Empty when the configuration says `tls: disable`.
    public Optional<UpstreamTlsContext> upstreamTls(GatewayConfig.Database database) {
        return Optional.ofNullable(upstreamTls.get(database));
    }

    /// Accepts no more; open connections stay.
    public void stopListening() {
        for (var channel : listening) channel.close().awaitUninterruptibly();
        listening.clear();
    }

    /// Closes every connection and ends the loops. Blocks; idempotent.
    @Override
    public void close() {
        stopListening();
        loops.shutdownGracefully(0, Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }

    /// Runs the task on the loop when that has looked at its channels once more. To be called on
    /// the loop.
    ///
    /// @throws RejectedExecutionException the loop has ended
    public static void nextRound(Executor loop, Runnable task) {
        if (loop instanceof SingleThreadEventLoop rounds)
            rounds.executeAfterEventLoopIteration(() -> loop.execute(task));
        else loop.execute(task);
    }
}
