package dev.sallyport.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.postgres.message.ClientEncoding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.List;

/// A session between two embedded channels, with nothing behind them.
final class SessionFixture implements AutoCloseable {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    final EmbeddedChannel client = channel();
    final EmbeddedChannel upstream = channel();
    final ScriptedEnforcement guard = new ScriptedEnforcement();
    int cancels;
    Runnable cancelled = () -> {};
    final PostgresSession session;

    SessionFixture() {
        this(GatewayConfig.Sessions.DEFAULTS);
    }

    SessionFixture(GatewayConfig.Sessions limits) {
        session =
                new PostgresSession(
                        "s1",
                        client,
                        upstream,
                        ClientEncoding.UTF8,
                        done -> {
                            cancels++;
                            cancelled = done;
                        },
                        guard,
                        limits);
        session.takeOver();
    }

    private EmbeddedChannel channel() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        return channel;
    }

    /// The client sends this in one piece.
    SessionFixture sends(byte[]... messages) {
        client.writeInbound(buffer(Wire.join(messages)));
        return this;
    }

    /// The server sends this in one piece.
    SessionFixture answers(byte[]... messages) {
        upstream.writeInbound(buffer(Wire.join(messages)));
        return this;
    }

    private ByteBuf buffer(byte[] bytes) {
        return allocator.buffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    /// What has been sent to the client since the last call.
    byte[] toClient() {
        return outbound(client);
    }

    byte[] toUpstream() {
        return outbound(upstream);
    }

    List<String> seenByClient() {
        return Wire.lines(toClient());
    }

    List<String> seenByServer() {
        return Wire.lines(toUpstream());
    }

    private static byte[] outbound(EmbeddedChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf bytes = channel.readOutbound();
                bytes != null;
                bytes = channel.readOutbound()) {
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy);
            bytes.release();
            all.writeBytes(copy);
        }
        return all.toByteArray();
    }

    /// Closes both ends; nothing may be left of any buffer, and no statement without its outcome.
    @Override
    public void close() {
        client.finishAndReleaseAll();
        upstream.finishAndReleaseAll();
        assertThat(guard.closedBecause).as("the session's end was told").isNotEmpty();
        assertThat(guard.outcomes.keySet()).as("outcomes").containsAll(guard.statements);
        assertThat(allocator.metric().usedHeapMemory()).as("buffers not released").isZero();
    }
}
