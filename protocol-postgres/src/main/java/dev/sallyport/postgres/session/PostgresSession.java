package dev.sallyport.postgres.session;

import dev.sallyport.audit.AuditException;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.SessionConnection;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.ProtocolViolation;
import dev.sallyport.postgres.message.Terminate;
import dev.sallyport.postgres.session.Awaited.Running;
import dev.sallyport.postgres.startup.EstablishedSession;
import dev.sallyport.postgres.startup.UpstreamCanceller;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One session: what comes from either channel, in order, and how all of it ends. Belongs to the
/// event loop of both channels.
public final class PostgresSession implements SessionConnection, ReleaseQueue.Owner {
    private static final Logger log = LoggerFactory.getLogger(PostgresSession.class);

    /// Bulk results and COPY data flow evenly with this much under way.
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(128 * 1024, 512 * 1024);

    /// For what has to reach the client before its connection is closed on it.
    private static final int LAST_WORD_SECONDS = 5;

    /// For a server to finish what a client that said goodbye left running; then it's cancelled.
    private static final int FINISH_SECONDS = 30;

    /// For a server to answer a cancel, before its connection is closed on it.
    private static final int CANCELLED_SECONDS = 5;

    private final String id;
    private final Channel client;
    private final Channel upstream;
    private final Enforcement enforcement;
    private final UpstreamCanceller canceller;
    private final ReleaseQueue release;
    private final Replies replies;
    private final Backend backend;
    private final Frontend frontend;

    private ClientEncoding encoding;
    private boolean over;

    /// The client is gone, the server isn't yet.
    private @Nullable String leaving;

    private @Nullable Runnable whenIdle;
    private boolean cancelling;
    private boolean upstreamSaidFatal;
    private boolean readingClient = true;
    private boolean readingUpstream = true;

    PostgresSession(
            String id,
            Channel client,
            Channel upstream,
            ClientEncoding encoding,
            UpstreamCanceller canceller,
            Enforcement enforcement,
            GatewayConfig.Sessions limits) {
        this.id = id;
        this.client = client;
        this.upstream = upstream;
        this.encoding = encoding;
        this.canceller = canceller;
        this.enforcement = enforcement;
        this.release = new ReleaseQueue(client, enforcement, this);
        this.replies = new Replies(this, enforcement, release);
        this.backend = new Backend(release, replies);
        this.frontend =
                new Frontend(
                        this,
                        enforcement,
                        replies,
                        release,
                        upstream,
                        limits.maxStatementBytes(),
                        limits.maxMessageBytes());
    }

    /// Takes over the channels of a session that has logged in on both sides: a {@link
    /// dev.sallyport.postgres.startup.SessionStarter}.
    public static SessionConnection start(GatewayServices services, EstablishedSession login) {
        PostgresSession session =
                new PostgresSession(
                        login.session().id(),
                        login.client(),
                        login.upstream(),
                        login.encoding(),
                        login.canceller(),
                        new GatewayEnforcement(services, login.session()),
                        services.config().sessions());
        login.session().transport(transport(login.client()));
        session.takeOver();
        return session;
    }

    private static String transport(Channel client) {
        SslHandler tls = client.pipeline().get(SslHandler.class);
        if (tls == null) return "clear text";
        SSLSession session = tls.engine().getSession();
        return session.getProtocol() + " " + session.getCipherSuite();
    }

    void takeOver() {
        client.config().setWriteBufferWaterMark(WATER_MARK);
        upstream.config().setWriteBufferWaterMark(WATER_MARK);
        upstream.pipeline().addLast("session", new UpstreamHandler(this));
        client.pipeline().addLast("session", new ClientHandler(this));
        upstream.config().setAutoRead(true);
        client.config().setAutoRead(true);
    }

    // What comes from the channels.

    /// Takes ownership of `bytes`.
    void clientRead(ByteBuf bytes) {
        if (over || leaving != null) {
            bytes.release();
            return;
        }
        try {
            frontend.read(bytes);
        } catch (ProtocolViolation e) {
            clientViolation(e);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    void clientReadComplete() {
        if (over) return;
        frontend.flush();
        release.flush();
        regulate();
    }

    void clientClosed() {
        if (over || leaving != null) return;
        leave("client closed", false);
    }

    void clientFailed(Throwable cause) {
        if (!over) log.debug("session {}: client connection failed: {}", id, cause.toString());
        client.close();
    }

    void upstreamRead(ByteBuf bytes) {
        try {
            if (!over) backend.read(bytes);
        } catch (ProtocolViolation e) {
            log.warn("session {}: closing, {}", id, e.getMessage());
            Denial denial =
                    new Denial(
                            ProtocolViolation.SQL_STATE,
                            "sallyport: the database server broke the protocol",
                            "",
                            "");
            finish("upstream protocol error", fatal(denial), false);
        } catch (RuntimeException e) {
            failed(e);
        } finally {
            bytes.release();
        }
    }

    void upstreamReadComplete() {
        if (over) return;
        release.flush();
        advance();
    }

    void upstreamClosed() {
        if (over) return;
        String cause = leaving;
        if (cause != null) {
            finish(cause, null, false);
        } else if (upstreamSaidFatal) {
            // The client has the server's own words.
            finish("upstream ended the session", null, false);
        } else {
            log.info("session {}: the connection to the database server was lost", id);
            Denial denial =
                    new Denial(
                            "08006",
                            "sallyport: the connection to the database server was lost",
                            replies.isRunning()
                                    ? "The statement that was running may or may not have taken"
                                            + " effect."
                                    : "",
                            "connect again");
            finish("upstream lost", fatal(denial), false);
        }
    }

    void upstreamFailed(Throwable cause) {
        if (!over) log.debug("session {}: upstream connection failed: {}", id, cause.toString());
        upstream.close();
    }

    /// One of the channels can or can't take more.
    void writabilityChanged() {
        if (!over) regulate();
    }

    // What the parts of the session tell.

    boolean isOver() {
        return over;
    }

    String id() {
        return id;
    }

    Frontend frontend() {
        return frontend;
    }

    ClientEncoding encoding() {
        return encoding;
    }

    boolean isCancelling() {
        return cancelling;
    }

    void parameterStatus(ParameterStatus status) {
        enforcement.parameterStatus(status.name(), status.value());
        if (status.name().equals("client_encoding")) {
            // In one that the gateway doesn't take, ASCII still is what it seems.
            encoding = ClientEncoding.of(status.value()).orElse(ClientEncoding.SQL_ASCII);
        }
    }

    /// Looks at a statement that may run for so long only, when its time is over.
    void lookAgain(Running running, long nanos) {
        var _ = upstream.eventLoop().schedule(() -> timeOver(running), nanos, TimeUnit.NANOSECONDS);
    }

    private void timeOver(Running running) {
        if (over) return;
        replies.checkTime(running);
        advance();
    }

    void upstreamSaidFatal() {
        upstreamSaidFatal = true;
    }

    void clientSaidGoodbye() {
        leave("client closed", true);
    }

    void answeredLocally() {
        release.flush();
        endIfIdle();
    }

    /// Messages of the client's went on outside of a read.
    void frontendAdvanced() {
        if (!over) advance();
    }

    /// Something that was kept for the client has gone.
    @Override
    public void releaseAdvanced() {
        if (!over) regulate();
    }

    /// What was to be released or forwarded never can be.
    @Override
    public void auditFailed(AuditException cause) {
        if (over) return;
        log.error("session {}: ending, the audit log failed: {}", id, cause.getMessage());
        Denial denial =
                new Denial(
                        "58030",
                        "sallyport: the audit log cannot record the statement",
                        "Nothing that has no record is released.",
                        "tell the gateway's operators");
        finish("audit log failed", fatal(denial), true);
    }

    ByteBuf encode(Denial denial) {
        return encode(
                ErrorResponse.error(
                        denial.sqlState(), denial.message(), denial.detail(), denial.hint()));
    }

    // What the gateway asks.

    @Override
    public void end(Denial reason, String cause) {
        if (over) return;
        finish(cause, fatal(reason), false);
    }

    @Override
    public void endWhenIdle(Denial reason, String cause) {
        if (over) return;
        whenIdle = () -> end(reason, cause);
        endIfIdle();
    }

    @Override
    public void cancelUpstream() {
        if (over || cancelling || !replies.isRunning()) return;
        cancelling = true;
        canceller.cancel(() -> {
            cancelling = false;
            if (!over) advance();
        });
    }

    /// Goes on with what waits for the server, or for the gateway.
    private void advance() {
        try {
            frontend.resume();
        } catch (ProtocolViolation e) {
            clientViolation(e);
        } catch (RuntimeException e) {
            failed(e);
        }
        if (over) return;
        release.flush();
        endIfIdle();
        if (!over) regulate();
    }

    private void clientViolation(ProtocolViolation violation) {
        log.info("session {}: closing, {}", id, violation.getMessage());
        Denial denial =
                new Denial(violation.sqlState(), "sallyport: " + violation.getMessage(), "", "");
        finish("protocol error", fatal(denial), false);
    }

    /// A mistake of the gateway's own: nothing more is let through.
    private void failed(RuntimeException mistake) {
        if (over) {
            log.error("session {}: after its end", id, mistake);
            return;
        }
        log.error("session {}: closing", id, mistake);
        Denial denial = new Denial("XX000", "sallyport: the gateway failed", "", "");
        finish("gateway error", fatal(denial), true);
    }

    private void endIfIdle() {
        Runnable end = whenIdle;
        if (end != null && !over && frontend.isAtRest()) end.run();
    }

    /// The client is gone. The server is told, and listened to until it's done, so that the
    /// outcomes of what was running are known; nobody waits for a client that didn't say goodbye:
    /// its statement is cancelled.
    private void leave(String cause, boolean saidGoodbye) {
        leaving = cause;
        release.discard();
        boolean atBoundary = frontend.isAtBoundary();
        frontend.end();
        if (!replies.isRunning() || !atBoundary || !upstream.isActive()) {
            finish(cause, null, false);
            return;
        }
        boolean cancels = !saidGoodbye;
        if (cancels) cancelUpstream();
        upstream.config().setAutoRead(true);
        upstream.writeAndFlush(terminate(), upstream.voidPromise());
        var _ =
                upstream.eventLoop()
                        .schedule(
                                () -> outstayed(cause, cancels),
                                cancels ? CANCELLED_SECONDS : FINISH_SECONDS,
                                TimeUnit.SECONDS);
    }

    private void outstayed(String cause, boolean cancelled) {
        if (over) return;
        if (cancelled) {
            finish(cause, null, false);
            return;
        }
        cancelUpstream();
        var _ =
                upstream.eventLoop()
                        .schedule(
                                () -> outstayed(cause, true), CANCELLED_SECONDS, TimeUnit.SECONDS);
    }

    /// @param lastWord owned; null to say nothing
    /// @param dropHeld what waits for the audit log is never shown
    private void finish(String cause, @Nullable ByteBuf lastWord, boolean dropHeld) {
        if (!cancelling && replies.isRunning() && leaving == null && upstream.isActive()) {
            cancelUpstream();
        }
        over = true;
        boolean atBoundary = frontend.isAtBoundary();
        frontend.end();
        long ticket = replies.abandon();
        backend.close();
        if (upstream.isActive()) {
            ByteBuf goodbye = atBoundary ? terminate() : upstream.alloc().buffer(0);
            var _ = upstream.writeAndFlush(goodbye).addListener(ChannelFutureListener.CLOSE);
        }
        if (lastWord == null) {
            release.close();
        } else if (dropHeld) {
            release.closeWith(lastWord);
        } else if (release.isAtBoundary()) {
            release.require(ticket);
            release.send(lastWord, true);
            release.close();
        } else {
            lastWord.release();
            release.close();
        }
        if (client.isActive()) {
            client.config().setAutoRead(false);
            ScheduledFuture<?> timeout =
                    client.eventLoop()
                            .schedule(() -> client.close(), LAST_WORD_SECONDS, TimeUnit.SECONDS);
            var _ =
                    client.closeFuture()
                            .addListener(_ -> {
                                timeout.cancel(false);
                                release.discard();
                            });
        } else {
            release.discard();
        }
        enforcement.closed(cause);
    }

    /// Back-pressure, both ways: neither side is read faster than the other takes it.
    private void regulate() {
        // A client that takes no answers is asked for no more questions, as by a server.
        boolean takes = client.isWritable() && !release.isFull();
        boolean readClient = leaving == null && takes && frontend.wantsToRead();
        if (readClient != readingClient) {
            readingClient = readClient;
            client.config().setAutoRead(readClient);
        }
        boolean readUpstream = leaving != null || takes;
        if (readUpstream != readingUpstream) {
            readingUpstream = readUpstream;
            upstream.config().setAutoRead(readUpstream);
        }
    }

    private ByteBuf fatal(Denial reason) {
        return encode(
                ErrorResponse.fatal(
                        reason.sqlState(), reason.message(), reason.detail(), reason.hint()));
    }

    private ByteBuf encode(BackendMessage message) {
        ByteBuf bytes = client.alloc().buffer();
        message.encode(bytes, encoding);
        return bytes;
    }

    private ByteBuf terminate() {
        ByteBuf bytes = upstream.alloc().buffer(5);
        new Terminate().encode(bytes);
        return bytes;
    }
}
