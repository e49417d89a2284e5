package dev.sallyport.mysql.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.UpstreamQueries;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.mysql.codec.PacketReader;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.Collations;
import dev.sallyport.mysql.packet.Command;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The gateway's own questions over connections of their own. Rows are parsed on the connection's
/// event loop and handed over on the thread that asks, which is waited for: what has come and isn't
/// taken is bounded.
public final class NetworkQueries implements UpstreamQueries {
    private static final int MAX_ROW_BYTES = 64 << 20;
    private static final int MAX_WAITING = 64;
    private static final int FEW_WAITING = 16;

    /// Within it the server has to say something.
    private static final int SILENCE_SECONDS = 60;

    private final Network network;
    private final Upstreams upstreams;

    public NetworkQueries(Network network, Upstreams upstreams) {
        this.network = network;
        this.upstreams = upstreams;
    }

    /// What the loop tells the thread that asks.
    private sealed interface Told {
        record Connected(UpstreamLogin.LoggedIn upstream) implements Told {}

        record Rows(int statement, List<List<@Nullable String>> rows) implements Told {
            @Override
            public String toString() {
                return "Rows[" + rows.size() + "]";
            }
        }

        record Done() implements Told {}

        record Failed(String reason) implements Told {}
    }

    @Override
    public void run(
            Database database, String user, Secret password, List<String> statements, RowSink sink)
            throws IOException {
        var told = new LinkedBlockingQueue<Told>();
        EventLoop loop = network.anyLoop();
        loop.execute(() -> {
            var _ =
                    upstreams.logIn(
                            loop,
                            database,
                            user,
                            password,
                            0,
                            Collations.UTF8MB4_GENERAL,
                            new UpstreamLogin.Listener() {
                                @Override
                                public void loggedIn(UpstreamLogin.LoggedIn upstream) {
                                    told.add(new Told.Connected(upstream));
                                }

                                @Override
                                public void failed(UpstreamFailure failure) {
                                    told.add(new Told.Failed(failure.reason()));
                                }
                            });
        });
        if (!(take(told) instanceof Told.Connected(var upstream)))
            throw new IOException("the server answered without a login");
        Channel channel = upstream.channel();
        var asker = new Asker(channel, upstream.capabilities(), statements, told);
        channel.eventLoop().execute(() -> asker.begin(upstream.handler()));
        try {
            while (true) {
                switch (take(told)) {
                    case Told.Rows(int statement, var rows) -> {
                        if (told.size() < FEW_WAITING) channel.config().setAutoRead(true);
                        for (var row : rows) sink.row(statement, row);
                    }
                    case Told.Done _ -> {
                        return;
                    }
                    case Told.Connected _, Told.Failed _ ->
                            throw new IllegalStateException("told twice");
                }
            }
        } finally {
            channel.eventLoop().execute(() -> Upstreams.quit(channel));
        }
    }

    /// @throws IOException the connection failed, or the server refused
    private static Told take(LinkedBlockingQueue<Told> told) throws IOException {
        try {
            var next = told.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) throw new IOException("the server says nothing");
            if (next instanceof Told.Failed(var reason)) throw new IOException(reason);
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Asks one statement after the other.
    private static final class Asker extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final long capabilities;
        private final List<String> statements;
        private final LinkedBlockingQueue<Told> told;
        private final PacketReader packets = new PacketReader(MAX_ROW_BYTES);
        private List<List<@Nullable String>> rows = new ArrayList<>();
        private @Nullable TextResult result;
        private int asked;
        private boolean over;

        Asker(
                Channel channel,
                long capabilities,
                List<String> statements,
                LinkedBlockingQueue<Told> told) {
            this.channel = channel;
            this.capabilities = capabilities;
            this.statements = statements;
            this.told = told;
        }

        void begin(UpstreamLogin login) {
            channel.pipeline().addLast(this);
            login.handOver();
            channel.config().setAutoRead(true);
            askNext();
        }

        private void askNext() {
            if (asked == statements.size()) {
                end(new Told.Done());
                return;
            }
            result = new TextResult(capabilities, row -> rows.add(row));
            packets.expect(1);
            ByteBuf body = channel.alloc().buffer(1_024).writeByte(Command.COM_QUERY.code());
            body.writeCharSequence(statements.get(asked++), StandardCharsets.UTF_8);
            channel.writeAndFlush(PacketWriter.frame(channel.alloc(), 0, body));
        }

        @Override
        public void channelRead(ChannelHandlerContext own, Object message) {
            try {
                if (!over) read((ByteBuf) message);
            } catch (ProtocolViolation e) {
                end(new Told.Failed("protocol violation by the server: " + e.getMessage()));
                own.close();
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void read(ByteBuf chunk) {
            while (!over) {
                TextResult current = result;
                if (current == null) throw new ProtocolViolation("bytes that nobody asked for");
                if (!packets.inBody() && !packets.readHeader(chunk)) break;
                ByteBuf payload = packets.readPayload(chunk);
                if (payload == null) break;
                boolean done;
                try {
                    done = current.packet(payload);
                } finally {
                    payload.release();
                }
                if (!done) continue;
                // Also without rows: who waits hears that the server is alive.
                told.add(new Told.Rows(asked - 1, rows));
                rows = new ArrayList<>();
                result = null;
                ErrPacket error = current.error();
                if (error == null) askNext();
                else
                    end(
                            new Told.Failed(
                                    "statement "
                                            + asked
                                            + " failed: "
                                            + error.code()
                                            + " "
                                            + UpstreamFailure.quoted(error.message())));
                if (!over && !chunk.isReadable()) break;
            }
            handOverRows();
            if (told.size() > MAX_WAITING) channel.config().setAutoRead(false);
        }

        private void handOverRows() {
            if (rows.isEmpty()) return;
            told.add(new Told.Rows(asked - 1, rows));
            rows = new ArrayList<>();
        }

        private void end(Told last) {
            if (over) return;
            over = true;
            told.add(last);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext own) {
            packets.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext own) {
            end(new Told.Failed("the server closed the connection"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
            end(new Told.Failed("connection failed: " + UpstreamLogin.describe(cause)));
            own.close();
        }
    }
}
