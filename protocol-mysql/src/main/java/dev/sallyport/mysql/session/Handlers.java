package dev.sallyport.mysql.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// The channels' ends of a session.
final class Handlers {
    private Handlers() {}

    static final class Client extends ChannelInboundHandlerAdapter {
        private final MySqlSession session;

        Client(MySqlSession session) {
            this.session = session;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            session.clientRead((ByteBuf) message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            session.clientReadComplete();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            session.writabilityChanged();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            session.clientClosed();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            session.clientFailed(cause);
        }
    }

    static final class Upstream extends ChannelInboundHandlerAdapter {
        private final MySqlSession session;

        Upstream(MySqlSession session) {
            this.session = session;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            session.upstreamRead((ByteBuf) message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            session.upstreamReadComplete();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            session.writabilityChanged();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            session.upstreamClosed();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            session.upstreamFailed(cause);
        }
    }
}
