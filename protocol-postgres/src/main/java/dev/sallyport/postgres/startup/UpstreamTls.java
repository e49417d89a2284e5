package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.postgres.auth.ChannelBinding;
import dev.sallyport.postgres.message.SSLRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;

/// The first handler of a connection to an upstream: TLS as configured, or nothing. There's no
/// fall-back to clear text, and a byte behind the server's `S` ends the connection (CVE-2021-23222:
/// it would be read as if it had come encrypted).
final class UpstreamTls extends ChannelInboundHandlerAdapter {
    /// What comes after: takes this handler's place in the pipeline.
    interface Next {
        /// @param endPoint the server's channel binding; empty without TLS, or if its certificate
        ///   has none
        void secured(ChannelHandlerContext context, Optional<byte[]> endPoint);
    }

    private final Optional<Function<ByteBufAllocator, SslHandler>> tls;
    private final Next next;
    private final Consumer<UpstreamFailure> onFailure;
    private boolean requested;
    private boolean answered;
    private boolean over;

    /// @param tls makes the handler that judges the server's certificate; empty for clear text
    /// @param onFailure called once at most, and not after `next`; the connection is then closed
    UpstreamTls(
            Optional<Function<ByteBufAllocator, SslHandler>> tls,
            Next next,
            Consumer<UpstreamFailure> onFailure) {
        this.tls = tls;
        this.next = next;
        this.onFailure = onFailure;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) begin(context);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        begin(context);
        context.fireChannelActive();
    }

    private void begin(ChannelHandlerContext context) {
        if (requested || over) return;
        if (tls.isEmpty()) {
            secured(context, Optional.empty());
            return;
        }
        requested = true;
        ByteBuf request = context.alloc().buffer(8);
        new SSLRequest().encode(request);
        context.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (over) return;
            ByteBuf bytes = (ByteBuf) message;
            if (!bytes.isReadable()) return;
            if (answered || !requested) {
                fail(
                        context,
                        UpstreamFailure.insecure("server sent bytes where only TLS may come"));
                return;
            }
            answered = true;
            byte answer = bytes.readByte();
            if (bytes.isReadable()) {
                fail(
                        context,
                        UpstreamFailure.insecure(
                                "server sent bytes in clear behind its answer to SSLRequest"));
            } else if (answer == 'S') {
                context.pipeline().addFirst("tls", tls.orElseThrow().apply(context.alloc()));
            } else if (answer == 'N') {
                fail(
                        context,
                        UpstreamFailure.insecure(
                                "server does not speak TLS, and the configuration demands it"));
            } else {
                fail(
                        context,
                        UpstreamFailure.insecure(
                                "server answered SSLRequest with byte " + (answer & 0xFF)));
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !over) {
            if (handshake.isSuccess()) {
                secured(context, endPoint(context));
            } else {
                fail(
                        context,
                        UpstreamFailure.insecure(
                                "TLS handshake failed: " + describe(handshake.cause())));
            }
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context, UpstreamFailure.broken("server closed the connection before it was secured"));
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(
                context,
                UpstreamFailure.broken(
                        "connection failed before it was secured: " + describe(cause)));
    }

    /// What is ours to tell about an exception: its kind and text, on one line.
    static String describe(Throwable cause) {
        String text = cause.getMessage();
        return cause.getClass().getSimpleName()
                + (text == null ? "" : " " + UpstreamFailure.quoted(text));
    }

    private void secured(ChannelHandlerContext context, Optional<byte[]> endPoint) {
        over = true;
        next.secured(context, endPoint);
    }

    private void fail(ChannelHandlerContext context, UpstreamFailure failure) {
        if (over) return;
        over = true;
        onFailure.accept(failure);
        context.close();
    }

    private static Optional<byte[]> endPoint(ChannelHandlerContext context) {
        SslHandler handler = context.pipeline().get(SslHandler.class);
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf
                    ? ChannelBinding.tlsServerEndPoint(leaf)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException _) {
            return Optional.empty();
        }
    }
}
