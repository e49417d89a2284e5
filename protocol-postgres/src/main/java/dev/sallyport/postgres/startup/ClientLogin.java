package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.NewSession;
import dev.sallyport.gateway.SessionConnection;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.gateway.identity.LoggedIn;
import dev.sallyport.gateway.network.BoundListener;
import dev.sallyport.gateway.network.ServerTlsContext;
import dev.sallyport.postgres.auth.AuthenticationFailure;
import dev.sallyport.postgres.auth.ChannelBinding;
import dev.sallyport.postgres.auth.OAuthBearer;
import dev.sallyport.postgres.auth.ScramServer;
import dev.sallyport.postgres.codec.FrameLimits;
import dev.sallyport.postgres.codec.FrameReader;
import dev.sallyport.postgres.message.Authentication;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.CancelRequest;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.FrontendType;
import dev.sallyport.postgres.message.GSSENCRequest;
import dev.sallyport.postgres.message.InitialRequest;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.PasswordMessage;
import dev.sallyport.postgres.message.ProtocolVersion;
import dev.sallyport.postgres.message.ProtocolViolation;
import dev.sallyport.postgres.message.ReadyForQuery;
import dev.sallyport.postgres.message.SASLInitialResponse;
import dev.sallyport.postgres.message.SASLResponse;
import dev.sallyport.postgres.message.SSLRequest;
import dev.sallyport.postgres.message.StartupMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The first handler of a client's connection: everything until both sides are logged in.
///
/// ```text
///  REQUEST --SSLRequest--> TLS_HANDSHAKE --> REQUEST --StartupMessage--> SASL_INITIAL --> SASL_RESPONSE
///     |  first byte 0x16 -----^                 |                            proof right, recorded |
///     +--CancelRequest--> CLOSED <--refused-----+                                                  v
///                                                     handed over <--upstream logged in-- CONNECTING
/// ```
///
/// Somebody with a second factor is asked for the password itself, in TLS only: PASSWORD instead of
/// the two SASL states. A token of an identity provider takes the place of the first of them (RFC
/// 7628); who asks where to get one is told, in TOKEN_ASKED, and refused.
///
/// Nothing that depends on the upstream is said or done before the client has proved who it is;
/// until then an unknown user, a wrong password and an unknown database look alike. Every refusal
/// is recorded before it is sent.
final class ClientLogin extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLogin.class);

    /// Of TLS's ContentType: no startup packet begins with it, their lengths are under 64 KiB.
    private static final byte TLS_HANDSHAKE_RECORD = 0x16;

    /// What ALPN must have agreed on when TLS comes without an SSLRequest before it.
    private static final String APPLICATION_PROTOCOL = "postgresql";

    /// What a client may send ahead while it waits. Reading is off by then, so that it is one
    /// read's worth or two.
    private static final int MAX_KEPT_BYTES = 1 << 20;

    private enum State {
        /// Any of the messages without a type.
        REQUEST,
        TLS_HANDSHAKE,
        /// The mechanism and the client's first message.
        SASL_INITIAL,
        /// The proof.
        SASL_RESPONSE,
        /// The password itself, with the code of a second factor behind it.
        PASSWORD,
        /// That the client has heard where to get a token.
        TOKEN_ASKED,
        /// For a record to be on disk, for the upstream: what the client sends is kept.
        CONNECTING,
        /// For the record of a refusal to be on disk: whatever the client sends is dropped.
        REFUSING,
        CLOSED
    }

    private final BoundListener listener;
    private final LoginServices services;
    private final UpstreamConnector upstreams;
    private final SessionRegistry.Admission admission;
    private final LoginConnection connection = new LoginConnection(this);

    private final FrameReader requests = FrameReader.untyped();
    private final FrameReader responses = FrameReader.typed(FrameLimits.clientLogin());
    private State state = State.REQUEST;
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private boolean anyByte;
    private boolean refusedTls;
    private boolean refusedGss;
    private boolean directTls;
    private @Nullable SslHandler tls;
    private @Nullable ScheduledFuture<?> timeout;

    /// From here on set one by one, as the login goes on.
    private @Nullable StartupParameters parameters;

    private ProtocolVersion version = ProtocolVersion.V3_0;
    private int cancelSecretBytes;
    private ClientEncoding encoding = ClientEncoding.UTF8;
    private Authenticator.@Nullable Attempt attempt;
    private @Nullable ScramServer scram;
    private String mechanism = "";
    private boolean takesTokens;
    private LoginServices.@Nullable OpenSession session;
    private UpstreamConnector.@Nullable Attempt upstream;
    private @Nullable ChannelHandlerContext context;

    /// @param admission given back when the login is over
    ClientLogin(
            BoundListener listener,
            LoginServices services,
            UpstreamConnector upstreams,
            SessionRegistry.Admission admission) {
        this.listener = listener;
        this.services = services;
        this.upstreams = upstreams;
        this.admission = admission;
    }

    // What Netty tells.

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        startTimer(services.handshakeTimeout(), "no startup message in time");
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        stopTimer();
        requests.close();
        responses.close();
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
        admission.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
        ByteBuf chunk = (ByteBuf) message;
        try {
            read(own, chunk);
        } catch (ProtocolViolation e) {
            violation(e.getMessage(), e.sqlState());
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext own, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake
                && state == State.TLS_HANDSHAKE) {
            tlsHandshakeDone(handshake);
        }
        own.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext own) {
        gone("client closed");
        own.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
        if (state != State.CLOSED) {
            if (cause instanceof IOException || cause instanceof DecoderException) {
                LOG.debug(
                        "connection of {} failed: {}",
                        clientAddress(),
                        UpstreamTls.describe(cause));
            } else {
                LOG.error("login of {} failed", clientAddress(), cause);
            }
        }
        gone("connection failed");
        own.close();
    }

    // Reading.

    private void read(ChannelHandlerContext own, ByteBuf chunk) {
        while (true) {
            switch (state) {
                case REFUSING, CLOSED -> {
                    return;
                }
                case CONNECTING -> {
                    keep(own, chunk);
                    return;
                }
                case TLS_HANDSHAKE -> {
                    if (!chunk.isReadable()) return;
                    // The TLS handler stands before this one and passes nothing on until it is
                    // done.
                    throw new ProtocolViolation("bytes in clear where TLS was agreed on");
                }
                case REQUEST -> {
                    if (isDirectTls(chunk)) {
                        beginDirectTls(own, chunk);
                        return;
                    }
                    ByteBuf body = next(requests, chunk);
                    if (body == null) return;
                    try {
                        request(own, InitialRequest.decode(body), chunk);
                    } finally {
                        body.release();
                    }
                }
                case SASL_INITIAL, SASL_RESPONSE, PASSWORD, TOKEN_ASKED -> {
                    ByteBuf body = next(responses, chunk);
                    if (body == null) return;
                    try {
                        response(FrontendType.of(responses.type()), body);
                    } finally {
                        body.release();
                    }
                }
            }
        }
    }

    private static @Nullable ByteBuf next(FrameReader frames, ByteBuf chunk) {
        if (!frames.inBody() && !frames.readHeader(chunk)) return null;
        return frames.readBody(chunk);
    }

    private void keep(ChannelHandlerContext own, ByteBuf chunk) {
        if (!chunk.isReadable()) return;
        if (kept.readableBytes() + (long) chunk.readableBytes() > MAX_KEPT_BYTES) {
            throw new ProtocolViolation("client sends without waiting for its login");
        }
        if (kept == Unpooled.EMPTY_BUFFER) kept = own.alloc().buffer(chunk.readableBytes());
        kept.writeBytes(chunk);
    }

    // Before the startup message.

    private void request(ChannelHandlerContext own, InitialRequest request, ByteBuf behind) {
        switch (request) {
            case SSLRequest _ -> {
                if (tls != null) throw new ProtocolViolation("SSLRequest inside of TLS");
                // CVE-2021-23214: what came in clear must never be read as if it had come
                // encrypted.
                if (behind.isReadable())
                    throw new ProtocolViolation("bytes in clear behind SSLRequest");
                Optional<ServerTlsContext> context = listener.tls();
                if (context.isEmpty()) {
                    if (refusedTls) throw new ProtocolViolation("SSLRequest repeated");
                    refusedTls = true;
                    answer(own, 'N');
                } else {
                    answer(own, 'S');
                    beginTls(own, context.get());
                }
            }
            case GSSENCRequest _ -> {
                if (tls != null) throw new ProtocolViolation("GSSENCRequest inside of TLS");
                if (refusedGss) throw new ProtocolViolation("GSSENCRequest repeated");
                if (behind.isReadable()) throw new ProtocolViolation("bytes behind GSSENCRequest");
                refusedGss = true;
                answer(own, 'N');
            }
            case CancelRequest cancel -> {
                // In clear or in TLS, as clients do it. Never answered.
                state = State.CLOSED;
                services.cancel(cancel.processId(), cancel.secretKey(), clientAddress());
                own.close();
            }
            case StartupMessage startup -> startup(startup);
        }
    }

    private static void answer(ChannelHandlerContext own, char letter) {
        own.writeAndFlush(own.alloc().buffer(1).writeByte(letter));
    }

    private boolean isDirectTls(ByteBuf chunk) {
        if (anyByte || !chunk.isReadable()) return false;
        anyByte = true;
        return chunk.getByte(chunk.readerIndex()) == TLS_HANDSHAKE_RECORD;
    }

    private void beginDirectTls(ChannelHandlerContext own, ByteBuf chunk) {
        ServerTlsContext context =
                listener.tls()
                        .orElseThrow(
                                () -> new ProtocolViolation("TLS on a listener that has none"));
        directTls = true;
        beginTls(own, context);
        own.pipeline().fireChannelRead(chunk.readRetainedSlice(chunk.readableBytes()));
        own.pipeline().fireChannelReadComplete();
    }

    private void beginTls(ChannelHandlerContext own, ServerTlsContext context) {
        SslHandler handler = context.newHandler(own.alloc());
        // The handshake timer covers it.
        handler.setHandshakeTimeoutMillis(0);
        tls = handler;
        state = State.TLS_HANDSHAKE;
        own.pipeline().addFirst("tls", handler);
    }

    private void tlsHandshakeDone(SslHandshakeCompletionEvent handshake) {
        SslHandler handler = tls;
        if (!handshake.isSuccess() || handler == null) {
            LOG.debug("TLS with {} failed: {}", clientAddress(), handshake.cause());
            record("TLS handshake failed");
            close();
            return;
        }
        String agreed = handler.applicationProtocol();
        boolean sound =
                directTls
                        ? APPLICATION_PROTOCOL.equals(agreed)
                        : agreed == null || APPLICATION_PROTOCOL.equals(agreed);
        if (!sound) {
            // Or a browser, or an attacker with another protocol's client in hand, would be talked
            // to (ALPACA).
            record("TLS without application protocol " + APPLICATION_PROTOCOL);
            close();
            return;
        }
        state = State.REQUEST;
    }

    // Startup.

    private void startup(StartupMessage message) {
        if (tls == null && listener.tls().map(ServerTlsContext::required).orElse(false)) {
            refuse(
                    new Denial(
                            "28000",
                            "sallyport: connections without TLS are refused",
                            "",
                            "Connect with sslmode=require, or better sslmode=verify-full."),
                    "no TLS");
            return;
        }
        if (message.version().major() != 3) {
            refuse(
                    new Denial(
                            "0A000",
                            "sallyport: unsupported frontend protocol "
                                    + message.version()
                                    + ": supported are 3.0 and 3.2",
                            "",
                            ""),
                    "protocol version " + message.version());
            return;
        }
        switch (StartupParameters.check(message)) {
            case StartupParameters.Refused refused -> refuse(refused.denial(), refused.reason());
            case StartupParameters.Accepted(StartupParameters accepted) -> {
                ProtocolNegotiation negotiation =
                        ProtocolNegotiation.of(message.version(), accepted.unknownProtocolOptions())
                                .orElseThrow();
                parameters = accepted;
                encoding = accepted.encoding();
                version = negotiation.version();
                cancelSecretBytes = negotiation.cancelSecretBytes();
                authenticate(accepted.user(), negotiation);
            }
        }
    }

    private void authenticate(String user, ProtocolNegotiation negotiation) {
        startTimer(services.authenticationTimeout(), "authentication took too long");
        switch (services.begin(
                admission.sessionId(), user, clientSocketAddress(), listener.describe())) {
            case Authenticator.Throttled(Denial denial, long ticket) ->
                    sendOnceRecorded(denial, ticket);
            case Authenticator.Challenge(Authenticator.Attempt begun) -> {
                attempt = begun;
                if (begun.wantsPassword()) {
                    askForPassword(negotiation);
                    return;
                }
                Authenticator.TokenUse tokens =
                        tls == null ? Authenticator.TokenUse.NOT_TAKEN : begun.tokens();
                ScramServer exchange = new ScramServer(begun.verifier(), endPoint(tokens));
                scram = exchange;
                state = State.SASL_INITIAL;
                ByteBuf out = context().alloc().buffer(128);
                negotiation.answer().ifPresent(answer -> answer.encode(out, encoding));
                new Authentication.SASL(mechanisms(exchange, tokens)).encode(out, encoding);
                context().writeAndFlush(out);
            }
        }
    }

    private void askForPassword(ProtocolNegotiation negotiation) {
        if (tls == null) {
            attempt = null;
            refuse(
                    new Denial(
                            "28000",
                            "sallyport: this login needs TLS",
                            "",
                            "Connect with sslmode=require, or better sslmode=verify-full."),
                    "no TLS");
            return;
        }
        state = State.PASSWORD;
        ByteBuf out = context().alloc().buffer(64);
        negotiation.answer().ifPresent(answer -> answer.encode(out, encoding));
        new Authentication.CleartextPassword().encode(out, encoding);
        context().writeAndFlush(out);
    }

    private List<String> mechanisms(ScramServer exchange, Authenticator.TokenUse tokens) {
        List<String> offered = new ArrayList<>(exchange.mechanisms());
        switch (tokens) {
            case NOT_TAKEN -> {}
            case TAKEN -> offered.add(OAuthBearer.MECHANISM);
            case PREFERRED -> offered.addFirst(OAuthBearer.MECHANISM);
        }
        takesTokens = tokens != Authenticator.TokenUse.NOT_TAKEN;
        return offered;
    }

    /// Of our own certificate: what the client's proof is bound to. Empty where a token is the
    /// usual way: libpq takes a mechanism that binds whenever it is offered one.
    private Optional<byte[]> endPoint(Authenticator.TokenUse tokens) {
        if (tls == null || tokens == Authenticator.TokenUse.PREFERRED) return Optional.empty();
        return listener.tls()
                .flatMap(context -> ChannelBinding.tlsServerEndPoint(context.certificate()));
    }

    // Authentication.

    private void response(FrontendType type, ByteBuf body) {
        if (type == FrontendType.TERMINATE) {
            gone("client left during the login");
            context().close();
            return;
        }
        if (state == State.PASSWORD) {
            password(body);
            return;
        }
        if (state == State.TOKEN_ASKED) {
            // It knows now where to get one, and comes again with it.
            attempt = null;
            refuse(
                    new Denial(
                            "28000",
                            "sallyport: this login needs a token of the identity provider",
                            "",
                            "Connect with libpq 18 or newer, with its oauth_issuer and"
                                    + " oauth_client_id."),
                    "asked which identity provider makes tokens");
            return;
        }
        ScramServer exchange = required(scram);
        try {
            if (state == State.SASL_INITIAL) {
                SASLInitialResponse initial = SASLInitialResponse.decode(body);
                String first = initial.data();
                if (first == null)
                    throw new AuthenticationFailure("SCRAM begins with the client's message");
                mechanism = initial.mechanism();
                if (takesTokens && mechanism.equals(OAuthBearer.MECHANISM)) {
                    token(OAuthBearer.token(first));
                    return;
                }
                Authentication.SASLContinue next =
                        new Authentication.SASLContinue(exchange.first(mechanism, first));
                state = State.SASL_RESPONSE;
                send(next);
            } else {
                Authentication.SASLFinal last =
                        new Authentication.SASLFinal(
                                exchange.last(SASLResponse.decode(body).data()));
                proved(last);
            }
        } catch (AuthenticationFailure e) {
            rejected(e.reason());
        } catch (ProtocolViolation e) {
            // The same answer for every cause.
            rejected("malformed authentication message");
        }
    }

    /// @param token empty: the client asks which provider makes them
    private void token(String token) {
        Authenticator.Attempt own = required(attempt);
        if (token.isEmpty()) {
            state = State.TOKEN_ASKED;
            send(new Authentication.SASLContinue(OAuthBearer.askAt(own.tokenConfiguration())));
            return;
        }
        attempt = null;
        pause();
        services.checkToken(loop(), own, token, tlsVersion(), this::checked);
    }

    private void checked(Authenticator.Result result) {
        if (state != State.CONNECTING) return;
        switch (result) {
            case Authenticator.Rejected(Denial denial, long ticket) ->
                    sendOnceRecorded(denial, ticket);
            case Authenticator.Accepted(LoggedIn login, long ticket) ->
                    onceRecorded(ticket, () -> open(login));
        }
    }

    private void password(ByteBuf body) {
        Authenticator.Attempt own = required(attempt);
        PasswordMessage said;
        try {
            said = PasswordMessage.decode(body);
        } catch (ProtocolViolation e) {
            rejected("malformed authentication message");
            return;
        }
        attempt = null;
        pause();
        services.check(loop(), own, said.password(), tlsVersion(), this::checked);
    }

    private void rejected(String reason) {
        Authenticator.Rejected rejected = required(attempt).failed(reason);
        attempt = null;
        sendOnceRecorded(rejected.denial(), rejected.ticket());
    }

    private void proved(Authentication.SASLFinal last) {
        Authenticator.Attempt own = required(attempt);
        attempt = null;
        pause();
        switch (own.succeeded(mechanism.toLowerCase(Locale.ROOT), tlsVersion())) {
            case Authenticator.Rejected(Denial denial, long ticket) ->
                    sendOnceRecorded(denial, ticket);
            case Authenticator.Accepted(LoggedIn login, long ticket) ->
                    onceRecorded(
                            ticket,
                            () -> {
                                send(last);
                                open(login);
                            });
        }
    }

    private String tlsVersion() {
        SslHandler handler = tls;
        return handler == null ? "" : handler.engine().getSession().getProtocol();
    }

    // With somebody known.

    private void open(LoggedIn login) {
        StartupParameters wanted = required(parameters);
        Optional<Database> database = services.database(wanted.database());
        if (database.isEmpty()) {
            refuse(
                    new Denial(
                            "3D000",
                            "sallyport: database \"" + wanted.database() + "\" does not exist",
                            "",
                            "Ask who runs the gateway for the names of its databases."),
                    "unknown database");
            return;
        }
        NewSession request =
                new NewSession(
                        login,
                        database.get(),
                        wanted.applicationName(),
                        wanted.purpose(),
                        cancelSecretBytes,
                        loop(),
                        connection);
        switch (services.open(request)) {
            case LoginServices.Refused(Denial denial, long ticket) ->
                    sendOnceRecorded(denial, ticket);
            case LoginServices.Opened(LoginServices.OpenSession opened, long ticket) -> {
                session = opened;
                onceRecorded(ticket, () -> connect(opened, database.get()));
            }
        }
    }

    private void connect(LoginServices.OpenSession opened, Database database) {
        // The connector has its own time limit.
        stopTimer();
        upstream =
                upstreams.logIn(
                        loop(),
                        database,
                        required(parameters).settings(),
                        encoding,
                        new UpstreamLogin.Listener() {
                            @Override
                            public void loggedIn(UpstreamLogin.LoggedIn ready) {
                                upstream = null;
                                if (state == State.CONNECTING) {
                                    begin(opened, database, ready);
                                } else {
                                    ready.channel().close();
                                }
                            }

                            @Override
                            public void failed(UpstreamFailure failure) {
                                upstream = null;
                                endSession("upstream login failed");
                                sendAndClose(failure.denial());
                            }
                        });
    }

    /// Both sides are logged in: the client hears what the server said, with a key of our own, and
    /// the session begins.
    private void begin(
            LoginServices.OpenSession opened, Database database, UpstreamLogin.LoggedIn ready) {
        ChannelHandlerContext own = context();
        ByteBuf out = own.alloc().buffer(1_024);
        new Authentication.Ok().encode(out, encoding);
        for (ParameterStatus status : ready.parameters()) {
            opened.parameterStatus(status.name(), status.value());
            status.encode(out, encoding);
        }
        new BackendKeyData(opened.processId(), opened.cancelSecret()).encode(out, encoding);
        opened.readyForQuery(ready.status().code());
        new ReadyForQuery(ready.status()).encode(out, encoding);
        own.writeAndFlush(out);

        UpstreamCanceller canceller = canceller(upstreams, loop(), database, ready.key());
        state = State.CLOSED;
        session = null;
        ByteBuf ahead = kept;
        kept = Unpooled.EMPTY_BUFFER;
        try {
            connection.become(
                    opened.start(own.channel(), ready.channel(), version, encoding, canceller));
        } catch (RuntimeException e) {
            LOG.error("session {} could not be started", opened.id(), e);
            ahead.release();
            opened.close("internal error");
            own.close();
            ready.channel().close();
            return;
        }
        if (ahead.isReadable()) {
            own.fireChannelRead(ahead);
            own.fireChannelReadComplete();
        } else {
            ahead.release();
        }
        own.pipeline().remove(this);
        ready.handler().handOver();
    }

    /// Holds nothing of the login: it lives as long as the session.
    private static UpstreamCanceller canceller(
            UpstreamConnector upstreams,
            EventLoop loop,
            Database database,
            Optional<BackendKeyData> key) {
        return done ->
                key.ifPresentOrElse(
                        serversKey -> upstreams.cancel(loop, database, serversKey, done), done);
    }

    // Ends.

    /// What the core may ask while there is no session handler yet; that one's own afterwards.
    /// Lives as long as the session, so that it forgets the login when that is over.
    private static final class LoginConnection implements SessionConnection {
        private @Nullable ClientLogin login;
        private @Nullable SessionConnection became;

        LoginConnection(ClientLogin login) {
            this.login = login;
        }

        void become(SessionConnection successor) {
            became = successor;
            login = null;
        }

        @Override
        public void end(Denial reason, String cause) {
            SessionConnection successor = became;
            ClientLogin own = login;
            if (successor != null) {
                successor.end(reason, cause);
            } else if (own != null && own.state != State.CLOSED) {
                own.endSession(cause);
                own.sendAndClose(reason);
            }
        }

        @Override
        public void endWhenIdle(Denial reason, String cause) {
            SessionConnection successor = became;
            if (successor != null) {
                successor.endWhenIdle(reason, cause);
            } else {
                end(reason, cause);
            }
        }

        @Override
        public void cancelUpstream() {
            // Before the session begins nothing runs, and no client has its key.
            SessionConnection successor = became;
            if (successor != null) successor.cancelUpstream();
        }
    }

    /// Records why, then says so and closes.
    private void refuse(Denial denial, String reason) {
        if (session != null) endSession(reason);
        sendOnceRecorded(denial, record(reason));
    }

    /// Bytes that are no login. Before anybody could be understood there's nobody to answer.
    private void violation(String reason, String sqlState) {
        if (state == State.CLOSED || state == State.REFUSING) return;
        boolean understood = state != State.REQUEST && state != State.TLS_HANDSHAKE;
        long ticket = abandonAttempt(reason);
        if (understood) {
            sendOnceRecorded(
                    new Denial(sqlState, "sallyport: protocol violation during the login", "", ""),
                    ticket);
        } else {
            close();
        }
    }

    private void timedOut(String reason) {
        if (state == State.REFUSING) close();
        if (state == State.CLOSED) return;
        boolean understood = state != State.REQUEST && state != State.TLS_HANDSHAKE;
        long ticket = abandonAttempt(reason);
        if (understood) {
            // As PostgreSQL's "canceling authentication due to timeout".
            sendOnceRecorded(new Denial("57014", "sallyport: " + reason, "", ""), ticket);
        } else {
            close();
        }
    }

    /// The client is gone, or we are done with it without a word.
    private void gone(String cause) {
        if (state == State.CLOSED) return;
        // Without a response there was no attempt: psql leaves here to ask for the password.
        if (state == State.SASL_RESPONSE) {
            abandonAttempt("exchange broken off");
        } else if (state == State.REQUEST && requests.inMessage()) {
            record("startup broken off");
        }
        endSession(cause);
        state = State.CLOSED;
        stopTimer();
    }

    private long abandonAttempt(String reason) {
        Authenticator.Attempt begun = attempt;
        attempt = null;
        endSession(reason);
        if (begun != null && state == State.SASL_RESPONSE) return begun.failed(reason).ticket();
        return record(reason);
    }

    private long record(String reason) {
        return services.failedBefore(
                admission.sessionId(), clientSocketAddress(), listener.describe(), reason);
    }

    private void endSession(String cause) {
        UpstreamConnector.Attempt connecting = upstream;
        upstream = null;
        if (connecting != null) connecting.abandon();
        LoginServices.OpenSession opened = session;
        session = null;
        if (opened != null) opened.close(cause);
    }

    private void onceRecorded(long ticket, Runnable then) {
        services.whenDurable(
                loop(),
                ticket,
                () -> {
                    if (state == State.CONNECTING) then.run();
                },
                () -> {
                    endSession("audit log failed");
                    sendAndClose(
                            new Denial(
                                    "58030",
                                    "sallyport: the audit log cannot record the login",
                                    "",
                                    "Try again later."));
                });
    }

    private void sendOnceRecorded(Denial denial, long ticket) {
        if (state == State.CLOSED || state == State.REFUSING) return;
        pause();
        state = State.REFUSING;
        services.whenDurable(loop(), ticket, () -> sendAndClose(denial), this::close);
    }

    private void sendAndClose(Denial denial) {
        if (state == State.CLOSED) return;
        state = State.CLOSED;
        stopTimer();
        ByteBuf out = context().alloc().buffer(256);
        ErrorResponse.fatal(denial.sqlState(), denial.message(), denial.detail(), denial.hint())
                .encode(out, encoding);
        context().writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }

    private void close() {
        state = State.CLOSED;
        stopTimer();
        context().close();
    }

    /// From here on nothing the client sends is looked at until something else has happened.
    private void pause() {
        state = State.CONNECTING;
        context().channel().config().setAutoRead(false);
    }

    private void startTimer(Duration limit, String reason) {
        stopTimer();
        timeout = loop().schedule(() -> timedOut(reason), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stopTimer() {
        ScheduledFuture<?> running = timeout;
        timeout = null;
        if (running != null) running.cancel(false);
    }

    private void send(BackendMessage message) {
        ByteBuf out = context().alloc().buffer(256);
        message.encode(out, encoding);
        context().writeAndFlush(out);
    }

    private InetSocketAddress clientSocketAddress() {
        return context().channel().remoteAddress() instanceof InetSocketAddress address
                ? address
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private String clientAddress() {
        InetSocketAddress address = clientSocketAddress();
        return NetUtil.toSocketAddressString(address);
    }

    private EventLoop loop() {
        return context().channel().eventLoop();
    }

    private ChannelHandlerContext context() {
        return required(context);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) throw new IllegalStateException("not this far yet");
        return value;
    }
}
