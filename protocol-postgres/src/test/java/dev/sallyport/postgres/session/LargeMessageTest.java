package dev.sallyport.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.gateway.network.ReleaseQueue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Messages far larger than any buffer go through piece by piece, and neither side is read faster
/// than the other takes it.
class LargeMessageTest {
    private static final int CHUNK = 64 * 1024;
    private static final long LARGE = 500L << 20;

    private final SessionFixture session = new SessionFixture();

    @AfterEach
    void nothingIsLeft() {
        session.close();
    }

    /// Feeds `total` bytes of a body, and checks that as many come out at once.
    private void streams(EmbeddedChannel from, EmbeddedChannel to, long total) {
        byte[] zeros = new byte[CHUNK];
        for (long left = total; left > 0; ) {
            int count = (int) Math.min(left, CHUNK);
            from.writeInbound(Unpooled.wrappedBuffer(zeros, 0, count));
            long out = 0;
            for (ByteBuf piece = to.readOutbound(); piece != null; piece = to.readOutbound()) {
                out += piece.readableBytes();
                piece.release();
            }
            assertThat(out).isEqualTo(count);
            left -= count;
        }
    }

    @Test
    void rowOf500MegabytesIsRelayedAsItComes() {
        session.sends(Wire.query("select 1"));
        session.answers(Wire.rowDescription());
        session.toClient();
        session.answers(
                new byte[] {'D'},
                Wire.int32((int) LARGE + 10),
                Wire.int16(1),
                Wire.int32((int) LARGE));
        assertThat(session.toClient()).hasSize(11);
        streams(session.upstream, session.client, LARGE);
        session.answers(Wire.complete("SELECT 1"), Wire.ready('I'));
        assertThat(session.seenByClient()).containsExactly("C SELECT 1", "Z I");
        assertThat(session.guard.outcomes.values().iterator().next().bytes()).isGreaterThan(LARGE);
    }

    @Test
    void bindOf500MegabytesIsForwardedAsItComes() {
        session.sends(Wire.parse("", "select 1"));
        session.toUpstream();
        int value = (int) LARGE;
        byte[] head = Wire.join(Wire.text(""), Wire.text(""), Wire.int16(0), Wire.int16(1));
        session.sends(
                new byte[] {'B'},
                Wire.int32(4 + head.length + 4 + value + 2),
                head,
                Wire.int32(value));
        assertThat(session.toUpstream()).hasSize(5 + head.length + 4);
        streams(session.client, session.upstream, LARGE);
        session.sends(Wire.int16(0), Wire.execute("", 0), Wire.sync());
        assertThat(session.toUpstream())
                .isEqualTo(Wire.join(Wire.int16(0), Wire.execute("", 0), Wire.sync()));
    }

    @Test
    void largeBindThatDoesNotAddUpNeverEndsUpstream() {
        session.sends(Wire.parse("", "select 1"));
        byte[] good = Wire.bind("", "", new byte[100_000]);
        byte[] bad = good.clone();
        // The value is one byte shorter than the message.
        bad[5 + 1 + 1 + 2 + 2 + 3]--;
        session.toUpstream();
        session.sends(Arrays.copyOf(bad, 70_000));
        if (session.client.isOpen()) {
            session.sends(Arrays.copyOfRange(bad, 70_000, bad.length), Wire.sync());
        }
        assertThat(session.guard.closedBecause).isEqualTo("protocol error");
        // What went up is no whole message, so the server did nothing.
        assertThat(session.toUpstream().length).isLessThan(bad.length);
    }

    @Test
    void largeBindOnHoldAndDeniedStayInStep() {
        session.guard.always = false;
        session.sends(Wire.parse("", "insert"));
        byte[] bind = Wire.bind("", "", new byte[200_000]);
        session.toUpstream();
        session.sends(Arrays.copyOf(bind, 1_000));
        session.sends(Arrays.copyOfRange(bind, 1_000, 120_000));
        assertThat(session.toUpstream()).isEmpty();
        session.guard.allDurable();
        session.sends(Arrays.copyOfRange(bind, 120_000, bind.length), Wire.sync());
        assertThat(session.toUpstream()).isEqualTo(Wire.join(bind, Wire.sync()));
        session.guard.always = true;
        session.sends(Wire.parse("", "bindno"));
        session.toUpstream();
        session.sends(Arrays.copyOf(bind, 100_000));
        session.sends(Arrays.copyOfRange(bind, 100_000, bind.length), Wire.sync());
        assertThat(session.seenByServer())
                .containsExactly("P sallyport_denied|" + Frontend.SURE_TO_FAIL.text(), "S");
    }

    @Test
    void copyDataOf500MegabytesIsForwardedAsItComes() {
        session.sends(Wire.query("copyin")).answers(Wire.copyInResponse());
        session.toUpstream();
        session.sends(new byte[] {'d'}, Wire.int32((int) LARGE + 4));
        assertThat(session.toUpstream()).hasSize(5);
        streams(session.client, session.upstream, LARGE);
        session.sends(Wire.copyDone());
        assertThat(session.seenByServer()).containsExactly("c");
    }

    @Test
    void slowClientStopsTheReadingOfTheServer() {
        session.sends(Wire.query("select 1"));
        session.client.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        session.client.runPendingTasks();
        assertThat(session.upstream.config().isAutoRead()).isFalse();
        session.client.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        session.client.runPendingTasks();
        assertThat(session.upstream.config().isAutoRead()).isTrue();
    }

    @Test
    void slowServerStopsTheReadingOfTheClient() {
        session.sends(Wire.query("copyin")).answers(Wire.copyInResponse());
        session.upstream.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        session.upstream.runPendingTasks();
        assertThat(session.client.config().isAutoRead()).isFalse();
        session.upstream.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        session.upstream.runPendingTasks();
        assertThat(session.client.config().isAutoRead()).isTrue();
    }

    @Test
    void clientThatTakesNoAnswersIsNotReadOn() {
        session.client.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        session.client.runPendingTasks();
        assertThat(session.client.config().isAutoRead()).isFalse();
        session.client.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        session.client.runPendingTasks();
        assertThat(session.client.config().isAutoRead()).isTrue();
    }

    @Test
    void denialsThatWaitForTheLogStopTheReadingOfTheClient() {
        session.guard.always = false;
        byte[] denied = Wire.query("select denied");
        int count = 0;
        for (; session.client.config().isAutoRead(); count++) session.sends(denied);
        assertThat(session.toClient()).isEmpty();
        session.guard.allDurable();
        assertThat(Wire.messages(session.toClient())).hasSize(2 * count);
        assertThat(session.client.config().isAutoRead()).isTrue();
    }

    @Test
    void clientThatSendsFarAheadIsNotReadOn() {
        int count = 0;
        for (; session.client.config().isAutoRead(); count++) session.sends(Wire.sync());
        assertThat(count).isEqualTo(Replies.MANY);
        session.answers(Wire.ready('I'));
        assertThat(session.client.config().isAutoRead()).isTrue();
    }

    @Test
    void resultsThatWaitForTheLogStopTheReadingOfTheServer() {
        session.guard.always = false;
        session.sends(Wire.query("select 1")).answers(Wire.rowDescription());
        byte[] row = Wire.row("x".repeat(1000));
        while (session.upstream.config().isAutoRead()) session.answers(row);
        assertThat(session.toClient()).isEmpty();
        session.guard.allDurable();
        assertThat(session.toClient().length)
                .isBetween(
                        ReleaseQueue.MAX_HELD_BYTES, ReleaseQueue.MAX_HELD_BYTES + 2 * row.length);
        assertThat(session.upstream.config().isAutoRead()).isTrue();
    }

    @Test
    void clientWhoseMessagesAreOnHoldIsReadOnlySoFar() {
        session.guard.always = false;
        session.sends(Wire.query("insert"));
        byte[] more = Wire.query("select '" + "x".repeat(1000) + "'");
        int count = 0;
        for (; session.client.config().isAutoRead(); count++) session.sends(more);
        assertThat(count * more.length).isBetween(64 * 1024, 64 * 1024 + 2 * more.length);
        session.guard.allDurable();
        assertThat(session.client.config().isAutoRead()).isTrue();
        assertThat(Wire.messages(session.toUpstream())).hasSize(count + 1);
    }
}
