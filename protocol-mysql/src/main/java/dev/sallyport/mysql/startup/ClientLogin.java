package dev.sallyport.mysql.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.gateway.DeclaredPurpose;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.NewSession;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Session;
import dev.sallyport.gateway.SessionConnection;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.gateway.identity.LoggedIn;
import dev.sallyport.gateway.network.BoundListener;
import dev.sallyport.gateway.network.ServerTlsContext;
import dev.sallyport.mysql.auth.CachingSha2;
import dev.sallyport.mysql.auth.Ed25519Password;
import dev.sallyport.mysql.auth.NativePassword;
import dev.sallyport.mysql.codec.CompressionMethod;
import dev.sallyport.mysql.codec.PacketReader;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.AuthMoreData;
import dev.sallyport.mysql.packet.AuthSwitchRequest;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.Collations;
import dev.sallyport.mysql.packet.ComChangeUser;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.Errors;
import dev.sallyport.mysql.packet.HandshakeResponse41;
import dev.sallyport.mysql.packet.HandshakeV10;
import dev.sallyport.mysql.packet.ProtocolViolation;
import dev.sallyport.mysql.packet.ServerStatus;
import dev.sallyport.mysql.packet.SslRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The first handler of a client's connection: everything until both sides are logged in.
///
/// ```text
/// GREETING --upstream's known--> RESPONSE --SSLRequest--> TLS_HANDSHAKE --> RESPONSE
///                                    |
///        method agreed on, switched to if need be: SWITCHED --> CHECKING --> PASSWORD, KEY
///                                    |                      proof right, recorded
///                                    v                                v
///                                REFUSING           handed over <-- CONNECTING
/// ```
///
/// The greeting says how the upstream greets; nothing else that depends on the upstream is said or
/// done before the client has proved who it is; until then an unknown user and a wrong password
/// look alike. Every refusal is recorded before it is sent.
///
/// Which method: somebody whose client speaks MariaDB's ways and for whom the users' file holds
/// such a verifier is checked by that; everybody else by `caching_sha2_password`, whose full way
/// ends at the SCRAM verifier that everybody has.
final class ClientLogin extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLogin.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Names, a proof and attributes: what an honest client says takes a few hundred bytes.
    private static final int MAX_LOGIN_BYTES = 64 * 1024;

    /// Connection attributes by which a client says what the session is for.
    private static final String PURPOSE = "sallyport_purpose";

    private static final String TICKET = "sallyport_ticket";

    private enum State {
        /// For the upstream's greeting.
        GREETING,
        /// An SSLRequest or the response to the greeting.
        RESPONSE,
        TLS_HANDSHAKE,
        /// The proof by the method that was switched to.
        SWITCHED,
        /// The password, in TLS, or the wish for the RSA key.
        PASSWORD,
        /// The password, encrypted with the RSA key.
        ENCRYPTED,
        /// A thread of its own checks something: a client that sends now doesn't follow.
        CHECKING,
        /// For a record to be on disk, for the upstream.
        CONNECTING,
        /// For the record of a refusal to be on disk: whatever the client sends is dropped.
        REFUSING,
        CLOSED
    }

    private final LoginServer server;
    private final BoundListener listener;
    private final Database database;
    private final SessionRegistry.Admission admission;
    private final LoginConnection connection = new LoginConnection(this);
    private final PacketReader packets = new PacketReader(MAX_LOGIN_BYTES);

    private State state = State.GREETING;
    private long offered;
    private byte[] nonce = nonce(HandshakeV10.NONCE_BYTES);
    private String plugin = CachingSha2.PLUGIN;
    private boolean greeted;

    /// What somebody wants who is logged in already; null at a connection's beginning.
    private @Nullable ComChangeUser wish;

    private boolean keySent;
    private int formerCollation;
    private @Nullable SslHandler tls;
    private @Nullable ScheduledFuture<?> timeout;

    /// From here on set one by one, as the login goes on.
    private @Nullable HandshakeResponse41 response;

    private String characterSet = "";
    private Authenticator.@Nullable Attempt attempt;
    private @Nullable Session session;
    private Upstreams.@Nullable Attempt upstream;
    private @Nullable ChannelHandlerContext context;

    /// @param admission given back when the login is over
    ClientLogin(
            LoginServer server,
            BoundListener listener,
            Database database,
            SessionRegistry.Admission admission) {
        this.server = server;
        this.listener = listener;
        this.database = database;
        this.admission = admission;
    }

    /// Another login on a connection whose session is over: COM_CHANGE_USER. Nothing of the former
    /// login counts but what was agreed on about packets.
    ///
    /// @param before the login of that session
    /// @param sequence of the packet that the client is told next
    ClientLogin(
            ClientLogin before,
            SessionRegistry.Admission admission,
            ComChangeUser wish,
            int sequence) {
        this(before.server, before.listener, before.database, admission);
        this.wish = wish;
        this.greeted = true;
        this.state = State.CHECKING;
        this.tls = before.tls;
        var said = required(before.response);
        this.offered = said.capabilities() & before.offered;
        this.formerCollation = said.collation();
        packets.expect(sequence);
    }

    // What Netty tells.

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        ComChangeUser again = wish;
        if (again != null) {
            change(again);
            return;
        }
        startTimer(server.gateway().config().sessions().handshake(), "no response in time");
        server.upstreams().greeting(loop(), database, this::greet, this::cannotGreet);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        stopTimer();
        packets.close();
        admission.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
        try {
            read((ByteBuf) message);
        } catch (ProtocolViolation e) {
            violation(e);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext own, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake
                && state == State.TLS_HANDSHAKE) {
            if (handshake.isSuccess()) {
                state = State.RESPONSE;
            } else {
                LOG.debug("TLS with {} failed: {}", clientAddress(), handshake.cause());
                record("TLS handshake failed");
                close();
            }
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
        if (cause instanceof ProtocolViolation unpacked) {
            violation(unpacked);
            return;
        }
        if (state != State.CLOSED) {
            if (cause instanceof IOException || cause instanceof DecoderException)
                LOG.debug(
                        "connection of {} failed: {}",
                        clientAddress(),
                        UpstreamLogin.describe(cause));
            else LOG.error("login of {} failed", clientAddress(), cause);
        }
        gone("connection failed");
        own.close();
    }

    // The greeting.

    private void greet(HandshakeV10 upstreams) {
        if (state != State.GREETING) return;
        state = State.RESPONSE;
        greeted = true;
        offered =
                Capabilities.OWN
                        | CompressionMethod.offered()
                        | Capabilities.RELAYED & upstreams.capabilities();
        if (listener.tls().isPresent()) offered |= Capabilities.SSL;
        var greeting =
                new HandshakeV10(
                        upstreams.serverVersion(),
                        admission.connectionId(),
                        offered,
                        upstreams.collation(),
                        ServerStatus.AUTOCOMMIT,
                        nonce,
                        plugin);
        ByteBuf body = context().alloc().buffer(128);
        greeting.encode(body);
        send(body);
    }

    private void cannotGreet(UpstreamFailure failure) {
        if (state != State.GREETING) return;
        refuse(failure.denial(), "no greeting: " + failure.denial().message());
    }

    /// Clients of all ages cut a nonce at a NUL; `$` divides what servers store.
    private static byte[] nonce(int length) {
        var nonce = new byte[length];
        for (int i = 0; i < length; i++) {
            int letter = 0x21 + RANDOM.nextInt(0x5E);
            nonce[i] = (byte) (letter == '$' ? '%' : letter);
        }
        return nonce;
    }

    // Reading.

    private void read(ByteBuf chunk) {
        while (true) {
            switch (state) {
                case REFUSING, CLOSED -> {
                    return;
                }
                case GREETING, TLS_HANDSHAKE, CHECKING, CONNECTING -> {
                    if (!chunk.isReadable()) return;
                    throw new ProtocolViolation("bytes where none were due");
                }
                case RESPONSE, SWITCHED, PASSWORD, ENCRYPTED -> {
                    if (!packets.inBody() && !packets.readHeader(chunk)) return;
                    ByteBuf payload = packets.readPayload(chunk);
                    if (payload == null) return;
                    try {
                        payload(payload, chunk);
                    } finally {
                        payload.release();
                    }
                }
            }
        }
    }

    private void payload(ByteBuf payload, ByteBuf behind) {
        switch (state) {
            case RESPONSE -> {
                if (SslRequest.is(payload)) secure(SslRequest.decode(payload), behind);
                else respond(HandshakeResponse41.decode(payload));
            }
            case SWITCHED -> prove(bytes(payload));
            case PASSWORD -> password(bytes(payload));
            case ENCRYPTED -> encrypted(bytes(payload));
            case GREETING, TLS_HANDSHAKE, CHECKING, CONNECTING, REFUSING, CLOSED ->
                    throw new IllegalStateException("not read in state " + state);
        }
    }

    private static byte[] bytes(ByteBuf payload) {
        var bytes = new byte[payload.readableBytes()];
        payload.readBytes(bytes);
        return bytes;
    }

    private void secure(SslRequest request, ByteBuf behind) {
        ServerTlsContext context =
                listener.tls()
                        .orElseThrow(
                                () -> new ProtocolViolation("SSLRequest, and no TLS was offered"));
        if (tls != null) throw new ProtocolViolation("SSLRequest inside of TLS");
        if (!Capabilities.has(request.capabilities(), Capabilities.PROTOCOL_41))
            throw new ProtocolViolation("client is too old");
        SslHandler handler = context.newHandler(context().alloc());
        // The handshake timer covers it.
        handler.setHandshakeTimeoutMillis(0);
        tls = handler;
        state = State.TLS_HANDSHAKE;
        context().pipeline().addFirst("tls", handler);
        // Clients begin the handshake without waiting. What came behind the request is for TLS and
        // nothing else: what isn't encrypted ends the connection there.
        if (behind.isReadable()) {
            context().pipeline().fireChannelRead(behind.readRetainedSlice(behind.readableBytes()));
            context().pipeline().fireChannelReadComplete();
        }
    }

    private void respond(HandshakeResponse41 said) {
        if (tls == null && listener.tls().map(ServerTlsContext::required).orElse(false)) {
            refuse(
                    new ErrPacket(
                            Errors.SECURE_TRANSPORT_REQUIRED,
                            ErrPacket.GENERAL,
                            "sallyport: connections without TLS are refused. Hint: connect with"
                                    + " --ssl, or with sslMode=verify-full."),
                    record("no TLS"));
            return;
        }
        if (said.user().isEmpty()) {
            refuse(Refusal.LOGIN_FAILED.denial(), "no user's name");
            return;
        }
        var known = Collations.characterSet(said.collation());
        if (known.isEmpty()) {
            refuse(
                    new ErrPacket(
                            1115,
                            "42000",
                            "sallyport: collation "
                                    + said.collation()
                                    + " is of a character set that the gateway does not read."
                                    + " Hint: connect with utf8mb4."),
                    record("character set"));
            return;
        }
        characterSet = known.get();
        response = said;
        authenticate(said);
    }

    /// The same as {@link #respond}, of somebody who was here before.
    private void change(ComChangeUser again) {
        int collation =
                again.collation() == 0
                        ? formerCollation
                        : Collations.inFirstPacket(again.collation());
        respond(
                new HandshakeResponse41(
                        offered,
                        0,
                        collation,
                        again.user(),
                        // To a nonce that was used before: it says nothing.
                        new byte[0],
                        again.database(),
                        again.plugin(),
                        again.attributes()));
    }

    // Who is it?

    private void authenticate(HandshakeResponse41 said) {
        startTimer(
                server.gateway().config().sessions().authentication(),
                "authentication took too long");
        switch (server.gateway()
                .authenticator()
                .begin(
                        admission.sessionId(),
                        said.user(),
                        clientSocketAddress(),
                        listener.describe())) {
            case Authenticator.Throttled(Denial denial, long ticket) ->
                    sendOnceRecorded(Errors.of(denial), ticket);
            case Authenticator.Challenge(Authenticator.Attempt begun) -> {
                attempt = begun;
                choose(begun, said);
            }
        }
    }

    private void choose(Authenticator.Attempt begun, HandshakeResponse41 said) {
        var verifiers = begun.mysql();
        boolean speaksNative = said.plugin().equals(NativePassword.PLUGIN);
        boolean speaksEd25519 = said.plugin().equals(Ed25519Password.PLUGIN);
        // MariaDB's library names its oldest method whatever it knows, and follows any switch.
        if (verifiers.ed25519().isPresent()
                && (speaksEd25519 || speaksNative && verifiers.nativePassword().isEmpty())) {
            switchTo(Ed25519Password.PLUGIN, nonce(Ed25519Password.NONCE_BYTES));
        } else if (verifiers.nativePassword().isPresent() && speaksNative) {
            switchTo(NativePassword.PLUGIN, nonce(HandshakeV10.NONCE_BYTES));
        } else if (said.plugin().equals(CachingSha2.PLUGIN) && wish == null) {
            prove(said.authResponse());
        } else {
            switchTo(CachingSha2.PLUGIN, nonce(HandshakeV10.NONCE_BYTES));
        }
    }

    private void switchTo(String method, byte[] challenge) {
        plugin = method;
        nonce = challenge;
        state = State.SWITCHED;
        ByteBuf body = context().alloc().buffer(64);
        boolean terminated = !method.equals(Ed25519Password.PLUGIN);
        new AuthSwitchRequest(
                        method,
                        terminated ? Arrays.copyOf(challenge, challenge.length + 1) : challenge)
                .encode(body);
        send(body);
    }

    private void prove(byte[] proof) {
        Authenticator.Attempt own = required(attempt);
        switch (plugin) {
            case NativePassword.PLUGIN ->
                    decide(
                            own.mysql()
                                    .nativePassword()
                                    .map(v -> NativePassword.isProof(proof, nonce, v))
                                    .orElse(false));
            case Ed25519Password.PLUGIN ->
                    decide(
                            own.mysql()
                                    .ed25519()
                                    .map(v -> Ed25519Password.isProof(proof, nonce, v))
                                    .orElse(false));
            case CachingSha2.PLUGIN -> cachingSha2(own, proof);
            default -> throw new IllegalStateException("method " + plugin);
        }
    }

    private void cachingSha2(Authenticator.Attempt own, byte[] proof) {
        var user = required(response).user();
        // What ends with a code is another password each time.
        boolean right =
                !own.wantsPassword()
                        && server.fastLogins()
                                .of(user, own.verifier())
                                .map(remembered -> CachingSha2.isProof(proof, nonce, remembered))
                                .orElse(false);
        if (right) {
            sendStep(CachingSha2.FAST_SUCCESS);
            decide(true);
            return;
        }
        // A wrong proof is asked for the password, too: so that nobody can tell who was here
        // lately.
        state = State.PASSWORD;
        sendStep(CachingSha2.FULL_AUTHENTICATION);
    }

    private void sendStep(byte step) {
        ByteBuf body = context().alloc().buffer(2);
        new AuthMoreData(new byte[] {step}).encode(body);
        send(body);
    }

    private void password(byte[] said) {
        if (tls != null) {
            check(CachingSha2.unterminated(said));
            return;
        }
        // In clear there is only loopback, and there the password goes encrypted.
        if (keySent || said.length != 1 || said[0] != CachingSha2.REQUEST_PUBLIC_KEY) {
            rejected("password in clear");
            return;
        }
        keySent = true;
        state = State.CHECKING;
        server.publicKey(
                loop(),
                pem -> {
                    if (state != State.CHECKING) return;
                    state = State.ENCRYPTED;
                    ByteBuf body = context().alloc().buffer(512);
                    new AuthMoreData(pem).encode(body);
                    send(body);
                },
                () -> rejected("no key"));
    }

    private void encrypted(byte[] said) {
        state = State.CHECKING;
        server.decrypt(
                loop(),
                said,
                nonce,
                password -> {
                    if (state == State.CHECKING) check(password);
                });
    }

    private void check(Optional<byte[]> password) {
        if (password.isEmpty()) {
            rejected("malformed password");
            return;
        }
        state = State.CHECKING;
        Authenticator.Attempt own = required(attempt);
        if (own.wantsPassword()) {
            checkWithCode(own, password.get());
            return;
        }
        server.check(
                loop(),
                required(response).user(),
                password.get(),
                required(attempt).verifier(),
                right -> {
                    if (state == State.CHECKING) decide(right);
                });
    }

    private void checkWithCode(Authenticator.Attempt own, byte[] password) {
        if (tls == null) {
            rejected("code without TLS");
            return;
        }
        attempt = null;
        server.checkWithCode(
                loop(),
                own,
                password,
                plugin,
                tlsVersion(),
                result -> {
                    if (state != State.CHECKING) return;
                    pause();
                    decided(result);
                },
                () -> {
                    if (state == State.CHECKING)
                        refuse(Refusal.LOGIN_FAILED.denial(), "password could not be checked");
                });
    }

    private void decide(boolean right) {
        if (!right) {
            rejected("wrong password");
            return;
        }
        Authenticator.Attempt own = required(attempt);
        attempt = null;
        pause();
        decided(own.succeeded(plugin, tlsVersion()));
    }

    private void decided(Authenticator.Result result) {
        switch (result) {
            case Authenticator.Rejected(Denial denial, long ticket) ->
                    sendOnceRecorded(loginFailed(denial), ticket);
            case Authenticator.Accepted(LoggedIn login, long ticket) ->
                    onceRecorded(ticket, () -> open(login));
        }
    }

    private void rejected(String reason) {
        Authenticator.Attempt own = attempt;
        attempt = null;
        if (own == null || state == State.CLOSED) return;
        var rejected = own.failed(reason);
        sendOnceRecorded(loginFailed(rejected.denial()), rejected.ticket());
    }

    /// In the words that clients look for.
    private ErrPacket loginFailed(Denial denial) {
        return Errors.of(denial);
    }

    private String tlsVersion() {
        SslHandler handler = tls;
        return handler == null ? "" : handler.engine().getSession().getProtocol();
    }

    // With somebody known.

    private void open(LoggedIn login) {
        var said = required(response);
        var word = said.attributes().getOrDefault(PURPOSE, "");
        var reference = said.attributes().getOrDefault(TICKET, "");
        var problem = DeclaredPurpose.problem(word, reference);
        if (problem.isPresent()) {
            refuse(
                    new Denial(
                            "22023",
                            "sallyport: " + problem.get(),
                            "",
                            "As connection attributes: "
                                    + PURPOSE
                                    + "=treatment, "
                                    + TICKET
                                    + "=INC-1"),
                    "purpose or ticket not valid");
            return;
        }
        var request =
                new NewSession(
                        login,
                        database,
                        said.attributes().getOrDefault("program_name", ""),
                        DeclaredPurpose.of(word, reference),
                        0,
                        admission.connectionId(),
                        loop(),
                        connection);
        switch (server.gateway().sessions().open(request)) {
            case SessionRegistry.Refused(Denial denial, long ticket) ->
                    sendOnceRecorded(Errors.ofDatabase(denial), ticket);
            case SessionRegistry.Opened(Session opened, long ticket) -> {
                session = opened;
                onceRecorded(ticket, () -> connect(opened));
            }
        }
    }

    private void connect(Session opened) {
        // The connector has its own time limit.
        stopTimer();
        var said = required(response);
        upstream =
                server.upstreams()
                        .logIn(
                                loop(),
                                database,
                                said.capabilities() & offered & Capabilities.RELAYED,
                                said.collation(),
                                new UpstreamLogin.Listener() {
                                    @Override
                                    public void loggedIn(UpstreamLogin.LoggedIn ready) {
                                        upstream = null;
                                        if (state == State.CONNECTING) begin(opened, ready);
                                        else ready.channel().close();
                                    }

                                    @Override
                                    public void failed(UpstreamFailure failure) {
                                        upstream = null;
                                        endSession("upstream login failed");
                                        sendAndClose(Errors.of(failure.denial()));
                                    }
                                });
    }

    private void begin(Session opened, UpstreamLogin.LoggedIn ready) {
        var said = required(response);
        ChannelHandlerContext own = context();
        EventLoop loop = loop();
        long threadId = ready.greeting().threadId();
        Upstreams all = server.upstreams();
        Database where = database;
        state = State.CLOSED;
        session = null;
        try {
            connection.become(
                    server.starter()
                            .start(
                                    new EstablishedSession(
                                            opened,
                                            own.channel(),
                                            ready.channel(),
                                            said.capabilities() & offered,
                                            ready.capabilities(),
                                            ready.greeting(),
                                            ready.status(),
                                            characterSet,
                                            said.database(),
                                            packets.expected(),
                                            (wanted, sequence) ->
                                                    again(own.channel(), wanted, sequence),
                                            done -> all.cancel(loop, where, threadId, done))));
        } catch (RuntimeException e) {
            LOG.error("session {} could not be started", opened.id(), e);
            server.gateway().sessions().close(opened, "internal error");
            own.close();
            ready.channel().close();
            return;
        }
        own.pipeline().remove(this);
        ready.handler().handOver();
    }

    private void again(Channel client, ComChangeUser wanted, int sequence) {
        var place = server.gateway().sessions().admitAgain(admission.connectionId());
        if (place == null) {
            ByteBuf body = client.alloc().buffer(128);
            Errors.of(Refusal.TOO_MANY_SESSIONS.denial()).encode(body);
            client.writeAndFlush(PacketWriter.frame(client.alloc(), sequence, body))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        client.config().setAutoRead(true);
        client.pipeline().addLast(new ClientLogin(this, place, wanted, sequence));
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
                own.sendAndClose(Errors.of(reason));
            }
        }

        @Override
        public void endWhenIdle(Denial reason, String cause) {
            SessionConnection successor = became;
            if (successor != null) successor.endWhenIdle(reason, cause);
            else end(reason, cause);
        }

        @Override
        public void cancelUpstream() {
            // Before the session begins nothing runs.
            SessionConnection successor = became;
            if (successor != null) successor.cancelUpstream();
        }
    }

    /// Records why, then says so and closes.
    private void refuse(Denial denial, String reason) {
        refuse(Errors.of(denial), record(reason));
    }

    private void refuse(ErrPacket error, long ticket) {
        if (session != null) endSession("refused");
        sendOnceRecorded(error, ticket);
    }

    private void violation(ProtocolViolation e) {
        if (state == State.CLOSED || state == State.REFUSING) return;
        long ticket = abandonAttempt(e.getMessage());
        sendOnceRecorded(Errors.of(e), ticket);
    }

    private void timedOut(String reason) {
        if (state == State.REFUSING) close();
        if (state == State.CLOSED) return;
        long ticket = abandonAttempt(reason);
        sendOnceRecorded(new ErrPacket(1159, "08S01", "sallyport: " + reason), ticket);
    }

    /// The client is gone, or we are done with it without a word.
    private void gone(String cause) {
        if (state == State.CLOSED) return;
        // Whoever leaves after the greeting only looked: health checks do, all day.
        if (attempt != null) abandonAttempt("exchange broken off");
        else if (state == State.RESPONSE && packets.inPayload()) record("login broken off");
        endSession(cause);
        state = State.CLOSED;
        stopTimer();
    }

    private long abandonAttempt(String reason) {
        Authenticator.Attempt begun = attempt;
        attempt = null;
        endSession(reason);
        return begun != null ? begun.failed(reason).ticket() : record(reason);
    }

    private long record(String reason) {
        return server.gateway()
                .authenticator()
                .failedBefore(
                        admission.sessionId(), clientSocketAddress(), listener.describe(), reason);
    }

    private void endSession(String cause) {
        Upstreams.Attempt connecting = upstream;
        upstream = null;
        if (connecting != null) connecting.abandon();
        Session opened = session;
        session = null;
        if (opened != null) server.gateway().sessions().close(opened, cause);
    }

    private void whenDurable(long ticket, Runnable then, Runnable onFailure) {
        server.gateway().gates().on(loop()).whenDurable(ticket, then, _ -> onFailure.run());
    }

    private void onceRecorded(long ticket, Runnable then) {
        whenDurable(
                ticket,
                () -> {
                    if (state == State.CONNECTING) then.run();
                },
                () -> {
                    endSession("audit log failed");
                    sendAndClose(Errors.of(Refusal.AUDIT_UNAVAILABLE.denial()));
                });
    }

    private void sendOnceRecorded(ErrPacket error, long ticket) {
        if (state == State.CLOSED || state == State.REFUSING) return;
        pause();
        state = State.REFUSING;
        whenDurable(ticket, () -> sendAndClose(error), this::close);
    }

    private void sendAndClose(ErrPacket error) {
        if (state == State.CLOSED) return;
        state = State.CLOSED;
        stopTimer();
        ByteBuf body = context().alloc().buffer(256);
        if (greeted) error.encode(body);
        else error.encodeEarly(body);
        context()
                .writeAndFlush(PacketWriter.frame(context().alloc(), packets.expected(), body))
                .addListener(ChannelFutureListener.CLOSE);
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

    /// The next packet in turn; the client's answer comes behind it.
    private void send(ByteBuf body) {
        int sequence = packets.expected();
        packets.expect(sequence + 1);
        context().writeAndFlush(PacketWriter.frame(context().alloc(), sequence, body));
    }

    private InetSocketAddress clientSocketAddress() {
        return context().channel().remoteAddress() instanceof InetSocketAddress address
                ? address
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private String clientAddress() {
        return NetUtil.toSocketAddressString(clientSocketAddress());
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
