package dev.sallyport.mysql.startup;

import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.UpstreamPassword;
import dev.sallyport.mysql.auth.CachingSha2;
import dev.sallyport.mysql.auth.Ed25519Password;
import dev.sallyport.mysql.auth.NativePassword;
import dev.sallyport.mysql.codec.PacketReader;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.AuthMoreData;
import dev.sallyport.mysql.packet.AuthSwitchRequest;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.ComQuery;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.HandshakeResponse41;
import dev.sallyport.mysql.packet.HandshakeV10;
import dev.sallyport.mysql.packet.OkPacket;
import dev.sallyport.mysql.packet.ProtocolViolation;
import dev.sallyport.mysql.packet.SslRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Logs the gateway in to an upstream: TLS as configured or nothing, then the server's method of
/// authentication. There's no fall-back to clear text, and a byte behind the greeting, where TLS is
/// to follow, ends the connection: it would be read as if it had come encrypted.
///
/// Once logged in it asks the server to say when the session's schema, sql_mode or character set
/// changes; then it only waits, reading off, until {@link #handOver()} gives way.
final class UpstreamLogin extends ChannelInboundHandlerAdapter {
    private static final int MAX_LOGIN_BYTES = 64 * 1024;
    private static final int MAX_PACKET_BYTES = 1 << 30;
    private static final int MAX_STEPS = 10;

    /// @param capabilities what the session wants of {@link Capabilities#RELAYED}
    /// @param tls makes the handler that judges the server's certificate; empty for clear text
    record Request(
            String user,
            UpstreamPassword password,
            long capabilities,
            int collation,
            Optional<Function<ByteBufAllocator, SslHandler>> tls,
            TlsMode mode) {
        @Override
        public String toString() {
            return "Request[" + user + "]";
        }
    }

    /// @param capabilities agreed on with the server
    /// @param status of the server after the login
    record LoggedIn(
            Channel channel,
            HandshakeV10 greeting,
            long capabilities,
            int status,
            UpstreamLogin handler) {}

    /// Exactly one of the two is called, once, on the event loop.
    interface Listener {
        void loggedIn(LoggedIn upstream);

        /// The connection is closed.
        void failed(UpstreamFailure failure);
    }

    private enum State {
        GREETING,
        TLS_HANDSHAKE,
        /// Sent a proof, or the wish for a key.
        AUTHENTICATION,
        /// A proof is being made.
        DERIVING,
        /// Asked for tracking.
        TRACKING,
        READY,
        CLOSED
    }

    private final Request request;
    private final Listener listener;
    private final PacketReader packets = new PacketReader(MAX_LOGIN_BYTES);
    private State state = State.GREETING;
    private @Nullable HandshakeV10 greeting;
    private long capabilities;
    private String plugin = "";
    private byte[] nonce = {};
    private boolean switched;
    private boolean askedForKey;
    private int status;
    private int steps;
    private @Nullable ChannelHandlerContext context;

    UpstreamLogin(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        packets.close();
    }

    /// Leaves the channel to the handler behind this one.
    void handOver() {
        if (state != State.READY) return;
        state = State.CLOSED;
        context().pipeline().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
        ByteBuf chunk = (ByteBuf) message;
        try {
            read(own, chunk);
        } catch (ProtocolViolation e) {
            fail(UpstreamFailure.broken("protocol violation by the server: " + e.getMessage()));
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext own, ByteBuf chunk) {
        while (state != State.CLOSED) {
            if (!chunk.isReadable() && !packets.inBody()) return;
            switch (state) {
                case TLS_HANDSHAKE, DERIVING, READY ->
                        throw new ProtocolViolation("bytes where none were due");
                case GREETING, AUTHENTICATION, TRACKING -> {}
                case CLOSED -> {
                    return;
                }
            }
            if (!packets.inBody() && !packets.readHeader(chunk)) return;
            ByteBuf payload = packets.readPayload(chunk);
            if (payload == null) return;
            try {
                if (++steps > MAX_STEPS) throw new ProtocolViolation("login does not end");
                if (!payload.isReadable()) throw new ProtocolViolation("empty packet");
                payload(own, payload, chunk);
            } finally {
                payload.release();
            }
        }
    }

    private void payload(ChannelHandlerContext own, ByteBuf payload, ByteBuf behind) {
        int header = payload.getUnsignedByte(payload.readerIndex());
        if (header == ErrPacket.HEADER) {
            refused(ErrPacket.decode(payload));
            return;
        }
        switch (state) {
            case GREETING -> greeted(own, HandshakeV10.decode(payload), behind);
            case AUTHENTICATION -> {
                switch (header) {
                    case OkPacket.HEADER -> loggedIn(own, payload);
                    case AuthSwitchRequest.HEADER -> {
                        var wanted = AuthSwitchRequest.decode(payload);
                        if (switched)
                            throw new ProtocolViolation("method of authentication switched twice");
                        switched = true;
                        plugin = wanted.plugin();
                        byte[] data = wanted.data();
                        nonce =
                                data.length == HandshakeV10.NONCE_BYTES + 1
                                        ? Arrays.copyOf(data, HandshakeV10.NONCE_BYTES)
                                        : data;
                        prove(own, true);
                    }
                    case AuthMoreData.HEADER -> more(own, AuthMoreData.decode(payload).data());
                    default -> throw new ProtocolViolation("packet out of place in the login");
                }
            }
            case TRACKING -> {
                OkPacket.decode(payload, tracks());
                ready(own);
            }
            case TLS_HANDSHAKE, DERIVING, READY, CLOSED ->
                    throw new IllegalStateException("not read in state " + state);
        }
    }

    private void greeted(ChannelHandlerContext own, HandshakeV10 said, ByteBuf behind) {
        greeting = said;
        long needed =
                Capabilities.NEEDED
                        | Capabilities.PLUGIN_AUTH_LENENC_CLIENT_DATA
                        | request.capabilities;
        if (!Capabilities.has(said.capabilities(), needed))
            throw new ProtocolViolation(
                    "server "
                            + UpstreamFailure.quoted(said.serverVersion())
                            + " lacks capabilities that the client was promised: connect again");
        capabilities =
                needed
                        | Capabilities.LONG_PASSWORD
                        | said.capabilities() & Capabilities.SESSION_TRACK;
        if (request.tls.isEmpty()) {
            respond(own);
            return;
        }
        if (!Capabilities.has(said.capabilities(), Capabilities.SSL)) {
            fail(
                    UpstreamFailure.insecure(
                            "server offers no TLS, and the configuration demands it"));
            return;
        }
        if (behind.isReadable()) throw new ProtocolViolation("bytes in clear behind the greeting");
        capabilities |= Capabilities.SSL;
        state = State.TLS_HANDSHAKE;
        ByteBuf body = own.alloc().buffer(64);
        new SslRequest(capabilities, MAX_PACKET_BYTES, request.collation).encode(body);
        send(own, body);
        own.pipeline().addFirst("tls", request.tls.get().apply(own.alloc()));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext own, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake
                && state == State.TLS_HANDSHAKE) {
            if (handshake.isSuccess()) respond(own);
            else
                fail(
                        UpstreamFailure.insecure(
                                "TLS handshake failed: " + describe(handshake.cause())));
        }
        own.fireUserEventTriggered(event);
    }

    private void respond(ChannelHandlerContext own) {
        HandshakeV10 said = greeting();
        // One that the gateway lacks will be switched from.
        plugin = isKnown(said.plugin()) ? said.plugin() : NativePassword.PLUGIN;
        nonce = said.nonce();
        // Its nonce is another.
        if (plugin.equals(Ed25519Password.PLUGIN)) plugin = NativePassword.PLUGIN;
        prove(own, false);
    }

    private static boolean isKnown(String method) {
        return switch (method) {
            case CachingSha2.PLUGIN, NativePassword.PLUGIN, Ed25519Password.PLUGIN -> true;
            default -> false;
        };
    }

    /// @param alone the proof by itself, or as a part of the handshake's response
    private void prove(ChannelHandlerContext own, boolean alone) {
        byte[] challenge = nonce;
        UpstreamPassword.Use<byte[]> proof =
                switch (plugin) {
                    case CachingSha2.PLUGIN -> password -> CachingSha2.prove(password, challenge);
                    case NativePassword.PLUGIN ->
                            password -> NativePassword.prove(password, challenge);
                    case Ed25519Password.PLUGIN ->
                            password -> Ed25519Password.prove(password, challenge);
                    default -> null;
                };
        if (proof == null) {
            fail(
                    UpstreamFailure.credential(
                            "server asks for authentication method "
                                    + UpstreamFailure.quoted(plugin)
                                    + ", which the gateway lacks"));
            return;
        }
        derive(
                own,
                proof,
                data -> {
                    ByteBuf body = own.alloc().buffer(256);
                    if (alone) body.writeBytes(data);
                    else
                        new HandshakeResponse41(
                                        capabilities,
                                        MAX_PACKET_BYTES,
                                        request.collation,
                                        request.user,
                                        data,
                                        "",
                                        plugin,
                                        Map.of())
                                .encode(body);
                    send(own, body);
                });
    }

    private void derive(
            ChannelHandlerContext own, UpstreamPassword.Use<byte[]> use, Consumer<byte[]> then) {
        state = State.DERIVING;
        request.password.use(
                use,
                own.executor(),
                data -> {
                    if (state != State.DERIVING) return;
                    state = State.AUTHENTICATION;
                    then.accept(data);
                },
                this::fail);
    }

    private void more(ChannelHandlerContext own, byte[] data) {
        if (!plugin.equals(CachingSha2.PLUGIN))
            throw new ProtocolViolation("AuthMoreData for a method that has none");
        if (askedForKey) {
            askedForKey = false;
            var key = CachingSha2.parsePem(data);
            byte[] challenge = nonce;
            derive(
                    own,
                    password -> {
                        try {
                            return CachingSha2.encrypt(password, challenge, key);
                        } catch (GeneralSecurityException e) {
                            throw new IOException("it cannot be encrypted", e);
                        }
                    },
                    encrypted -> send(own, own.alloc().buffer().writeBytes(encrypted)));
            return;
        }
        if (data.length != 1) throw new ProtocolViolation("malformed AuthMoreData");
        switch (data[0]) {
            case CachingSha2.FAST_SUCCESS -> {}
            case CachingSha2.FULL_AUTHENTICATION -> full(own);
            default -> throw new ProtocolViolation("unknown step of authentication");
        }
    }

    /// The password itself goes to a server whose certificate was verified, or to one on loopback.
    private void full(ChannelHandlerContext own) {
        switch (request.mode) {
            case VERIFY_CA, VERIFY_FULL ->
                    derive(
                            own,
                            CachingSha2::terminated,
                            password -> send(own, own.alloc().buffer().writeBytes(password)));
            // Only for loopback addresses.
            case DISABLE -> {
                askedForKey = true;
                send(own, own.alloc().buffer(1).writeByte(CachingSha2.REQUEST_PUBLIC_KEY));
            }
            case REQUIRE ->
                    fail(
                            UpstreamFailure.credential(
                                    "server asks for the password itself; it is only sent over TLS"
                                            + " in mode verify-ca or verify-full"));
        }
    }

    private void loggedIn(ChannelHandlerContext own, ByteBuf payload) {
        status = OkPacket.decode(payload, tracks()).status();
        if (!tracks()) {
            ready(own);
            return;
        }
        state = State.TRACKING;
        packets.expect(0);
        send(own, ComQuery.own(own.alloc(), EstablishedSession.TRACK, capabilities));
    }

    private void ready(ChannelHandlerContext own) {
        state = State.READY;
        own.channel().config().setAutoRead(false);
        listener.loggedIn(new LoggedIn(own.channel(), greeting(), capabilities, status, this));
    }

    private boolean tracks() {
        return Capabilities.has(capabilities, Capabilities.SESSION_TRACK);
    }

    /// The next packet in turn; the server's answer comes behind it.
    private void send(ChannelHandlerContext own, ByteBuf body) {
        int sequence = packets.expected();
        packets.expect(sequence + 1);
        own.writeAndFlush(PacketWriter.frame(own.alloc(), sequence, body));
    }

    private void refused(ErrPacket error) {
        String reason =
                "server refused the login: "
                        + error.code()
                        + " "
                        + UpstreamFailure.quoted(error.message());
        fail(
                switch (error.code()) {
                    case 1040, 1203, 1226 ->
                            UpstreamFailure.of(
                                    "53300",
                                    "the database accepts no more connections",
                                    "Try again later.",
                                    reason);
                    case 1053 ->
                            UpstreamFailure.of(
                                    "57P01",
                                    "the database is shutting down",
                                    "Try again later.",
                                    reason);
                    default -> UpstreamFailure.credential(reason);
                });
    }

    @Override
    public void channelInactive(ChannelHandlerContext own) {
        fail(UpstreamFailure.broken("server closed the connection during the login"));
        own.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
        fail(UpstreamFailure.broken("connection failed during the login: " + describe(cause)));
    }

    static String describe(Throwable cause) {
        String text = cause.getMessage();
        return cause.getClass().getSimpleName()
                + (text == null ? "" : " " + UpstreamFailure.quoted(text));
    }

    /// Gives up, without a word to the listener if it has heard already.
    void fail(UpstreamFailure failure) {
        if (state == State.CLOSED) return;
        boolean wasReady = state == State.READY;
        state = State.CLOSED;
        context().close();
        if (!wasReady) listener.failed(failure);
    }

    private HandshakeV10 greeting() {
        HandshakeV10 said = greeting;
        if (said == null) throw new IllegalStateException("not greeted yet");
        return said;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext own = context;
        if (own == null) throw new IllegalStateException("not in a pipeline yet");
        return own;
    }
}
