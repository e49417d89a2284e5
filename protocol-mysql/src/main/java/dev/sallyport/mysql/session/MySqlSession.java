package dev.sallyport.mysql.session;

import dev.sallyport.audit.AuditException;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.SessionConnection;
import dev.sallyport.gateway.TruthQuery;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.mysql.codec.Compression;
import dev.sallyport.mysql.codec.CompressionMethod;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.ComChangeUser;
import dev.sallyport.mysql.packet.ComQuery;
import dev.sallyport.mysql.packet.Command;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.Errors;
import dev.sallyport.mysql.packet.OkPacket;
import dev.sallyport.mysql.packet.ProtocolViolation;
import dev.sallyport.mysql.startup.EstablishedSession;
import dev.sallyport.mysql.startup.TextResult;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One session: what comes from either channel, in turn, and how all of it ends. Belongs to the
/// event loop of both channels.
public final class MySqlSession implements SessionConnection, ReleaseQueue.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(MySqlSession.class);

    /// Bulk results flow evenly with this much under way.
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(128 * 1024, 512 * 1024);

    /// For what has to reach the client before its connection is closed on it.
    private static final int LAST_WORD_SECONDS = 5;

    /// For a server to answer a cancel, before its connection is closed on it.
    private static final int CANCELLED_SECONDS = 5;

    private final EstablishedSession login;
    private final Channel client;
    private final Channel upstream;
    private final Enforcement enforcement;
    private final ReleaseQueue release;
    private final Answer answer;
    private final Commands commands;

    private boolean over;

    /// The client is gone, the server isn't yet.
    private @Nullable String leaving;

    private @Nullable Runnable whenIdle;
    private boolean opened;
    private boolean cancelling;
    private boolean readingClient = true;
    private boolean readingUpstream = true;
    private boolean upstreamUnflushed;

    // The question of the gateway's own that the server is answering.
    private @Nullable TruthQuery asking;
    private @Nullable Runnable afterwards;
    private List<String> questions = List.of();
    private int asked;

    MySqlSession(EstablishedSession login, Enforcement enforcement, GatewayConfig.Sessions limits) {
        this.login = login;
        this.client = login.client();
        this.upstream = login.upstream();
        this.enforcement = enforcement;
        this.release = new ReleaseQueue(client, enforcement, this);
        this.answer =
                new Answer(
                        this,
                        enforcement,
                        release,
                        client,
                        login.clientCapabilities(),
                        login.upstreamCapabilities(),
                        login.status());
        this.commands =
                new Commands(
                        this,
                        enforcement,
                        answer,
                        release,
                        client,
                        upstream,
                        login.clientCapabilities(),
                        login.upstreamCapabilities(),
                        limits.maxStatementBytes(),
                        limits.maxMessageBytes());
    }

    /// Takes over the channels of a session that has logged in on both sides: a {@link
    /// dev.sallyport.mysql.startup.SessionStarter}.
    public static SessionConnection start(GatewayServices services, EstablishedSession login) {
        var session =
                new MySqlSession(
                        login,
                        new GatewayEnforcement(services, login.session()),
                        services.config().sessions());
        SslHandler tls = login.client().pipeline().get(SslHandler.class);
        login.session()
                .transport(
                        tls == null
                                ? "clear text"
                                : tls.engine().getSession().getProtocol()
                                        + " "
                                        + tls.engine().getSession().getCipherSuite());
        // When the login's handlers are gone.
        login.client().eventLoop().execute(session::takeOver);
        return session;
    }

    void takeOver() {
        if (over) return;
        client.config().setWriteBufferWaterMark(WATER_MARK);
        upstream.config().setWriteBufferWaterMark(WATER_MARK);
        upstream.pipeline().addLast("session", new Handlers.Upstream(this));
        // Whoever has changed the user has it already.
        if (client.pipeline().get("compression") == null)
            CompressionMethod.of(login.clientCapabilities())
                    .ifPresent(method ->
                            client.pipeline().addLast("compression", new Compression(method)));
        client.pipeline().addLast("session", new Handlers.Client(this));
        if (!client.isActive()) {
            finish("client closed", null, false);
            return;
        }
        tellBeginning();
        upstream.config().setAutoRead(true);
        client.config().setAutoRead(true);
        commands.open(login.schema(), new Opening());
        advance();
    }

    /// What texts mean depends on it.
    private void tellBeginning() {
        long flags = login.clientCapabilities();
        enforcement.parameterStatus("version", login.greeting().serverVersion());
        enforcement.parameterStatus("character_set_client", login.characterSet());
        enforcement.parameterStatus("schema", "");
        enforcement.parameterStatus(
                "capabilities.ignore_space",
                Capabilities.has(flags, Capabilities.IGNORE_SPACE) ? "1" : "0");
        enforcement.parameterStatus(
                "capabilities.multi_statements",
                Capabilities.has(flags, Capabilities.MULTI_STATEMENTS) ? "1" : "0");
        enforcement.ready(answer.transactionStatus());
    }

    private final class Opening implements Commands.Opening {
        @Override
        public void opened() {
            opened = true;
            ByteBuf body = client.alloc().buffer(16);
            OkPacket.own(OkPacket.HEADER, answer.status()).encode(body, false);
            release.send(PacketWriter.frame(client.alloc(), login.sequence(), body), true);
        }

        @Override
        public void refused(ErrPacket error) {
            finish("schema refused", packet(Scrubbed.account(error)), false);
        }
    }

    // What comes from the channels.

    /// Takes ownership of `bytes`.
    void clientRead(ByteBuf bytes) {
        if (over || leaving != null) {
            bytes.release();
            return;
        }
        try {
            commands.read(bytes);
        } catch (ProtocolViolation e) {
            clientViolation(e);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    void clientReadComplete() {
        if (over) return;
        advance();
    }

    void clientClosed() {
        if (over || leaving != null) return;
        leave("client closed");
    }

    void clientFailed(Throwable cause) {
        if (cause instanceof ProtocolViolation violation) {
            clientViolation(violation);
            return;
        }
        if (!over)
            LOG.debug(
                    "session {}: client connection failed: {}",
                    enforcement.sessionId(),
                    cause.toString());
        client.close();
    }

    void upstreamRead(ByteBuf bytes) {
        try {
            if (!over) answer.read(bytes);
        } catch (ProtocolViolation e) {
            LOG.warn("session {}: closing, {}", enforcement.sessionId(), e.getMessage());
            finish(
                    "upstream protocol error",
                    packet(
                            new ErrPacket(
                                    Errors.MALFORMED_PACKET,
                                    "HY000",
                                    "sallyport: the database server broke the protocol")),
                    false);
        } catch (RuntimeException e) {
            failed(e);
        } finally {
            bytes.release();
        }
    }

    void upstreamReadComplete() {
        if (over) return;
        advance();
    }

    void upstreamClosed() {
        if (over) return;
        String cause = leaving;
        if (cause != null) {
            finish(cause, null, false);
            return;
        }
        LOG.info(
                "session {}: the connection to the database server was lost",
                enforcement.sessionId());
        var text =
                "sallyport: the connection to the database server was lost"
                        + (answer.isRunning()
                                ? ". The statement that was running may or may not have taken"
                                        + " effect"
                                : "")
                        + ". Hint: connect again.";
        finish("upstream lost", packet(new ErrPacket(2013, "HY000", text)), false);
    }

    void upstreamFailed(Throwable cause) {
        if (!over)
            LOG.debug(
                    "session {}: upstream connection failed: {}",
                    enforcement.sessionId(),
                    cause.toString());
        upstream.close();
    }

    /// One of the channels can or can't take more.
    void writabilityChanged() {
        if (over) return;
        if (upstream.isWritable()) advance();
        else regulate();
    }

    // What the parts of the session tell.

    boolean isOver() {
        return over;
    }

    Commands commands() {
        return commands;
    }

    void upstreamWritten() {
        upstreamUnflushed = true;
    }

    void clientSaidGoodbye() {
        leave("client closed");
    }

    /// The server has answered the client's command.
    void answered(@Nullable ErrPacket error) {
        if (over) return;
        if (leaving != null) {
            finish(leaving, null, false);
            return;
        }
        commands.answered(error);
    }

    /// Somebody else, or the same person once more: this session ends, with all that the server
    /// keeps of it, and another one begins if the client proves who it is. When the client has been
    /// given all that was this session's.
    void changeUser(ComChangeUser wish, int sequence) {
        changing =
                () -> {
                    changing = null;
                    over = true;
                    commands.end();
                    answer.abandon();
                    if (upstream.isActive()) goodbye();
                    release.discard();
                    enforcement.ended("user changed");
                    client.config().setAutoRead(false);
                    client.pipeline().remove("session");
                    login.relogin().begin(wish, sequence);
                };
    }

    private @Nullable Runnable changing;

    private void changeIfReleased() {
        Runnable change = changing;
        if (change == null || over || leaving != null || !release.isEmpty()) return;
        release.flush();
        change.run();
    }

    void answeredLocally() {
        release.flush();
    }

    /// Something happened outside of a read.
    void advanced() {
        if (!over) advance();
    }

    /// Looks at a statement that may run for so long only, when its time is over.
    void lookAgain(Running running, long nanos) {
        var _ = upstream.eventLoop().schedule(() -> timeOver(running), nanos, TimeUnit.NANOSECONDS);
    }

    private void timeOver(Running running) {
        var meter = running.meter();
        if (over || answer.running() != running || meter == null) return;
        answer.exceed(running, meter.timeOver());
        advance();
    }

    // Questions of the gateway's own.

    /// Asks the server, which is at rest; `then` runs when it has answered.
    void ask(TruthQuery truth, Runnable then) {
        asking = truth;
        afterwards = then;
        questions = truth.statements();
        asked = 0;
        askNext();
    }

    private void askNext() {
        TruthQuery truth = asking;
        if (truth == null) throw new IllegalStateException("nothing to ask");
        int which = asked++;
        enforcement.ownQuery();
        answer.expectOwn(
                new TextResult(login.upstreamCapabilities(), row -> truth.row(which, row)));
        ByteBuf body =
                ComQuery.own(upstream.alloc(), questions.get(which), login.upstreamCapabilities());
        upstream.write(PacketWriter.frame(upstream.alloc(), 0, body), upstream.voidPromise());
        upstreamWritten();
    }

    void ownAnswered(TextResult result) {
        TruthQuery truth = asking;
        if (truth == null || over) return;
        if (leaving != null) {
            finish(leaving, null, false);
            return;
        }
        ErrPacket error = result.error();
        if (error != null) truth.failed("error " + error.code() + " " + error.sqlState());
        else if (asked < questions.size()) {
            askNext();
            return;
        } else truth.finish();
        Runnable then = afterwards;
        asking = null;
        afterwards = null;
        if (then != null) then.run();
    }

    // Release.

    @Override
    public void releaseAdvanced() {
        changeIfReleased();
        if (!over) regulate();
    }

    @Override
    public void auditFailed(AuditException cause) {
        if (over) return;
        LOG.error(
                "session {}: ending, the audit log failed: {}",
                enforcement.sessionId(),
                cause.getMessage());
        finish("audit log failed", packet(Errors.of(Refusal.AUDIT_UNAVAILABLE.denial())), true);
    }

    // What the gateway asks.

    @Override
    public void end(Denial reason, String cause) {
        if (over) return;
        finish(cause, packet(Errors.of(reason)), false);
    }

    @Override
    public void endWhenIdle(Denial reason, String cause) {
        if (over) return;
        whenIdle = () -> end(reason, cause);
        endIfIdle();
    }

    @Override
    public void cancelUpstream() {
        if (over || cancelling || !answer.isRunning()) return;
        cancelling = true;
        login.canceller()
                .cancel(() -> {
                    cancelling = false;
                    if (!over) advance();
                });
    }

    // All goes on.

    private void advance() {
        try {
            commands.resume();
        } catch (ProtocolViolation e) {
            clientViolation(e);
        } catch (RuntimeException e) {
            failed(e);
        }
        if (upstreamUnflushed) {
            upstreamUnflushed = false;
            upstream.flush();
        }
        if (over) return;
        release.flush();
        changeIfReleased();
        if (over) return;
        endIfIdle();
        if (!over) regulate();
    }

    private void clientViolation(ProtocolViolation violation) {
        if (over) return;
        LOG.info("session {}: closing, {}", enforcement.sessionId(), violation.getMessage());
        finish("protocol error", packet(Errors.of(violation)), false);
    }

    /// A mistake of the gateway's own: nothing more is let through.
    private void failed(RuntimeException mistake) {
        if (over) {
            LOG.error("session {}: after its end", enforcement.sessionId(), mistake);
            return;
        }
        LOG.error("session {}: closing", enforcement.sessionId(), mistake);
        finish(
                "gateway error",
                packet(new ErrPacket(1105, "HY000", "sallyport: the gateway failed")),
                true);
    }

    private void endIfIdle() {
        Runnable end = whenIdle;
        if (end != null && !over && opened && commands.isAtRest()) end.run();
    }

    /// The client is gone. What it left running is cancelled, and the server listened to until it
    /// has answered, so that the outcome is known.
    private void leave(String cause) {
        leaving = cause;
        release.discard();
        boolean atBoundary = commands.isAtBoundary();
        if (!answer.isRunning() || !atBoundary || !upstream.isActive()) {
            finish(cause, null, false);
            return;
        }
        cancelUpstream();
        upstream.config().setAutoRead(true);
        var _ =
                upstream.eventLoop()
                        .schedule(
                                () -> {
                                    if (!over) finish(cause, null, false);
                                },
                                CANCELLED_SECONDS,
                                TimeUnit.SECONDS);
    }

    /// @param lastWord owned; null to say nothing
    /// @param dropHeld what waits for the audit log is never shown
    private void finish(String cause, @Nullable ByteBuf lastWord, boolean dropHeld) {
        if (!cancelling && answer.isRunning() && leaving == null && upstream.isActive())
            cancelUpstream();
        over = true;
        boolean atBoundary = commands.isAtBoundary();
        boolean idle = !answer.isRunning();
        long ticket = Math.max(commands.end(), answer.abandon());
        if (upstream.isActive()) {
            if (atBoundary && idle) goodbye();
            else {
                ByteBuf nothing = upstream.alloc().buffer(0);
                var _ = upstream.writeAndFlush(nothing).addListener(ChannelFutureListener.CLOSE);
            }
        }
        if (lastWord == null) {
            release.close();
        } else if (dropHeld) {
            release.closeWith(lastWord);
        } else if (release.isAtBoundary()) {
            release.require(ticket);
            release.send(lastWord, true);
            release.flush();
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
        enforcement.ended(cause);
    }

    private void goodbye() {
        ByteBuf quit = upstream.alloc().buffer(1).writeByte(Command.COM_QUIT.code());
        var _ =
                upstream.writeAndFlush(PacketWriter.frame(upstream.alloc(), 0, quit))
                        .addListener(ChannelFutureListener.CLOSE);
    }

    /// Back-pressure, both ways: neither side is read faster than the other takes it.
    private void regulate() {
        boolean takes = client.isWritable() && !release.isFull();
        boolean readClient = leaving == null && takes && commands.wantsToRead();
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

    /// The next in turn for the client.
    private ByteBuf packet(ErrPacket error) {
        ByteBuf body = client.alloc().buffer(128);
        error.encode(body);
        int sequence = !opened ? login.sequence() : answer.nextSequence(commands.sequence());
        return PacketWriter.frame(client.alloc(), sequence, body);
    }
}
