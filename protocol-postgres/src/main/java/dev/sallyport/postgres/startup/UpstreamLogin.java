package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.UpstreamPassword;
import dev.sallyport.postgres.auth.AuthenticationFailure;
import dev.sallyport.postgres.auth.Md5Password;
import dev.sallyport.postgres.auth.ScramClient;
import dev.sallyport.postgres.auth.ScramKeys;
import dev.sallyport.postgres.codec.FrameLimits;
import dev.sallyport.postgres.codec.FrameReader;
import dev.sallyport.postgres.message.Authentication;
import dev.sallyport.postgres.message.AuthenticationResponse;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.BackendType;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.NoticeResponse;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.PasswordMessage;
import dev.sallyport.postgres.message.ProtocolVersion;
import dev.sallyport.postgres.message.ProtocolViolation;
import dev.sallyport.postgres.message.ReadyForQuery;
import dev.sallyport.postgres.message.SASLInitialResponse;
import dev.sallyport.postgres.message.SASLResponse;
import dev.sallyport.postgres.message.StartupMessage;
import dev.sallyport.postgres.message.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Logs the gateway in to an upstream whose connection is secured, as the client of PostgreSQL's
/// protocol 3.0.
///
/// From ReadyForQuery on it only keeps what the server sends further (reading is off by then),
/// until {@link #handOver()} gives way to the session's handler.
final class UpstreamLogin extends ChannelInboundHandlerAdapter {
    /// Of messages, and of their bytes: an honest server sends about 15 messages and a few hundred
    /// bytes.
    private static final int MAX_MESSAGES = 1_000;

    private static final int MAX_BYTES = 1 << 20;

    /// Error texts during a login may be in the server's own encoding; any byte is a character in
    /// this one. They go nowhere but into our log.
    private static final ClientEncoding ANY_BYTES =
            ClientEncoding.of("LATIN1").orElse(ClientEncoding.SQL_ASCII);

    /// @param user the gateway's role there
    /// @param settings from the client's startup message, allow-listed
    /// @param certificateVerified whether TLS made sure that this is the server: a password in
    ///   clear goes to no other
    record Request(
            String user,
            String database,
            Map<String, String> settings,
            ClientEncoding encoding,
            UpstreamCredential credential,
            Optional<byte[]> endPoint,
            boolean certificateVerified) {
        @Override
        public String toString() {
            return "Request[" + user + "@" + database + "]";
        }
    }

    /// @param key empty if the server doesn't support cancelling
    record LoggedIn(
            Channel channel,
            List<ParameterStatus> parameters,
            Optional<BackendKeyData> key,
            TransactionStatus status,
            UpstreamLogin handler) {}

    /// Exactly one of the two is called, once, on the event loop.
    interface Listener {
        void loggedIn(LoggedIn upstream);

        /// The connection is closed.
        void failed(UpstreamFailure failure);
    }

    private enum State {
        /// Nothing asked of us yet.
        AUTHENTICATION_REQUEST,
        /// The password is being read or keys derived.
        DERIVING,
        /// Sent our first SCRAM message.
        SASL_CONTINUE,
        /// Sent our proof.
        SASL_FINAL,
        /// Sent a password, or checked the server's signature.
        AUTHENTICATION_OK,
        /// Logged in; parameters come.
        PARAMETERS,
        /// Done, waiting to be handed over.
        READY,
        CLOSED
    }

    private final Request request;
    private final Listener listener;
    private final FrameReader frames = FrameReader.typed(FrameLimits.serverLogin());
    private final List<ParameterStatus> parameters = new ArrayList<>();
    private Optional<BackendKeyData> key = Optional.empty();
    private State state = State.AUTHENTICATION_REQUEST;
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private int messages;
    private long bytes;
    private @Nullable ScramClient scram;
    private @Nullable ChannelHandlerContext context;

    UpstreamLogin(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        List<StartupMessage.Parameter> startup = new ArrayList<>();
        startup.add(new StartupMessage.Parameter("user", request.user));
        startup.add(new StartupMessage.Parameter("database", request.database));
        request.settings.forEach(
                (name, value) -> startup.add(new StartupMessage.Parameter(name, value)));
        ByteBuf out = added.alloc().buffer(256);
        new StartupMessage(ProtocolVersion.V3_0, startup).encode(out);
        added.writeAndFlush(out);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        frames.close();
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }

    /// Leaves the channel to the handler behind this one, with all that the server has sent since.
    void handOver() {
        ChannelHandlerContext own = context();
        if (state != State.READY) return;
        ByteBuf rest = kept;
        kept = Unpooled.EMPTY_BUFFER;
        state = State.CLOSED;
        if (rest.isReadable()) {
            own.fireChannelRead(rest);
            own.fireChannelReadComplete();
        } else {
            rest.release();
        }
        own.pipeline().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
        ByteBuf chunk = (ByteBuf) message;
        try {
            if (state != State.READY && state != State.CLOSED) read(own, chunk);
            if (state == State.READY && chunk.isReadable()) keep(own, chunk);
        } catch (ProtocolViolation e) {
            fail(UpstreamFailure.broken("protocol violation by the server: " + e.getMessage()));
        } catch (AuthenticationFailure e) {
            fail(UpstreamFailure.credential(e.reason()));
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext own) {
        fail(UpstreamFailure.broken("server closed the connection during the login"));
        own.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
        fail(
                UpstreamFailure.broken(
                        "connection failed during the login: " + UpstreamTls.describe(cause)));
    }

    /// Gives up, without a word to the listener if it has heard already.
    void fail(UpstreamFailure failure) {
        if (state == State.CLOSED) return;
        boolean wasReady = state == State.READY;
        state = State.CLOSED;
        context().close();
        if (!wasReady) listener.failed(failure);
    }

    private void read(ChannelHandlerContext own, ByteBuf chunk) throws AuthenticationFailure {
        bytes += chunk.readableBytes();
        while (state != State.READY && state != State.CLOSED) {
            if (!frames.inBody() && !frames.readHeader(chunk)) return;
            ByteBuf body = frames.readBody(chunk);
            if (body == null) break;
            try {
                if (++messages > MAX_MESSAGES || bytes > MAX_BYTES)
                    throw new ProtocolViolation("login does not end");
                message(own, decode(BackendType.of(frames.type()), body));
            } finally {
                body.release();
            }
        }
    }

    private BackendMessage decode(BackendType type, ByteBuf body) {
        boolean untrustedText =
                type == BackendType.ERROR_RESPONSE || type == BackendType.NOTICE_RESPONSE;
        return BackendMessage.decode(type, body, untrustedText ? ANY_BYTES : request.encoding);
    }

    private void message(ChannelHandlerContext own, BackendMessage message)
            throws AuthenticationFailure {
        switch (message) {
            case ErrorResponse error -> fail(RefusedLogin.of(error.diagnostic()));
            // May come at any time; before the login is through nobody vouches for it.
            case NoticeResponse _ -> {}
            case Authentication authentication -> authentication(own, authentication);
            case ParameterStatus status -> {
                require(state == State.PARAMETERS, message);
                parameters.add(status);
            }
            case BackendKeyData data -> {
                require(state == State.PARAMETERS && key.isEmpty(), message);
                key = Optional.of(data);
            }
            case ReadyForQuery ready -> {
                require(state == State.PARAMETERS, message);
                state = State.READY;
                own.channel().config().setAutoRead(false);
                listener.loggedIn(
                        new LoggedIn(
                                own.channel(), List.copyOf(parameters), key, ready.status(), this));
            }
            // FrameLimits.serverLogin lets no other type but NegotiateProtocolVersion through, and
            // we ask for 3.0 without
            // options, which every server speaks.
            default ->
                    throw new ProtocolViolation(
                            message.getClass().getSimpleName() + " message during the login");
        }
    }

    private void authentication(ChannelHandlerContext own, Authentication message)
            throws AuthenticationFailure {
        switch (message) {
            case Authentication.Ok _ -> {
                // After SCRAM only once the server has proved that it knows the password.
                require(
                        state == State.AUTHENTICATION_REQUEST || state == State.AUTHENTICATION_OK,
                        message);
                state = State.PARAMETERS;
            }
            case Authentication.CleartextPassword _ -> {
                require(state == State.AUTHENTICATION_REQUEST, message);
                if (!request.certificateVerified) {
                    throw new AuthenticationFailure(
                            "server asks for the password in clear; it is only sent over TLS in"
                                    + " mode verify-ca or verify-full");
                }
                withPassword(own, PasswordMessage::new);
            }
            case Authentication.MD5Password md5 -> {
                require(state == State.AUTHENTICATION_REQUEST, message);
                withPassword(
                        own,
                        password ->
                                new PasswordMessage(
                                        Md5Password.respond(request.user, password, md5.salt())));
            }
            case Authentication.SASL sasl -> {
                require(state == State.AUTHENTICATION_REQUEST, message);
                ScramClient chosen = ScramClient.choose(sasl.mechanisms(), request.endPoint);
                scram = chosen;
                state = State.SASL_CONTINUE;
                send(own, new SASLInitialResponse(chosen.mechanism(), chosen.first()));
            }
            case Authentication.SASLContinue next -> {
                require(state == State.SASL_CONTINUE, message);
                ScramClient exchange = scram();
                ScramClient.Challenge challenge = exchange.challenge(next.data());
                state = State.DERIVING;
                request.credential.keys(
                        challenge, own.executor(), keys -> prove(own, exchange, keys), this::fail);
            }
            case Authentication.SASLFinal last -> {
                require(state == State.SASL_FINAL, message);
                scram().verify(last.data());
                state = State.AUTHENTICATION_OK;
            }
            case Authentication.Unsupported unsupported ->
                    throw new AuthenticationFailure(
                            "server asks for authentication method "
                                    + unsupported.code()
                                    + ", which the gateway lacks");
        }
    }

    private void prove(ChannelHandlerContext own, ScramClient exchange, ScramKeys keys) {
        if (state != State.DERIVING) return;
        try {
            String proof = exchange.last(keys);
            state = State.SASL_FINAL;
            send(own, new SASLResponse(proof));
        } catch (AuthenticationFailure e) {
            fail(UpstreamFailure.credential(e.reason()));
        }
    }

    private void withPassword(
            ChannelHandlerContext own, UpstreamPassword.Use<PasswordMessage> answer) {
        state = State.DERIVING;
        request.credential.use(
                answer,
                own.executor(),
                message -> {
                    if (state != State.DERIVING) return;
                    state = State.AUTHENTICATION_OK;
                    send(own, message);
                },
                this::fail);
    }

    private static void send(ChannelHandlerContext own, AuthenticationResponse message) {
        ByteBuf out = own.alloc().buffer(256);
        message.encode(out);
        own.writeAndFlush(out);
    }

    private void keep(ChannelHandlerContext own, ByteBuf chunk) {
        if (kept.readableBytes() + (long) chunk.readableBytes() > MAX_BYTES) {
            fail(UpstreamFailure.broken("server sends without being asked"));
            return;
        }
        if (kept == Unpooled.EMPTY_BUFFER) kept = own.alloc().buffer(chunk.readableBytes());
        kept.writeBytes(chunk);
    }

    private void require(boolean inPlace, BackendMessage message) {
        if (!inPlace) {
            throw new ProtocolViolation(
                    message.getClass().getSimpleName() + " message out of place during the login");
        }
    }

    private ScramClient scram() {
        ScramClient exchange = scram;
        if (exchange == null) throw new IllegalStateException("no SCRAM exchange has begun");
        return exchange;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext own = context;
        if (own == null) throw new IllegalStateException("not in a pipeline yet");
        return own;
    }
}
