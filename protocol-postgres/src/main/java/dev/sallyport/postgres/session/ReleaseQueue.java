package dev.sallyport.postgres.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayDeque;

/// What goes to the client, in order, each piece kept until the audit record it depends on is
/// durable. Nothing is copied; an idle session keeps nothing here.
final class ReleaseQueue {
    /// More than this is not kept: the upstream isn't read on.
    static final int MAX_HELD_BYTES = 256 * 1024;

    /// While something is kept, what was released before it goes out together with it, unless it is
    /// more than this: one system call less for each small result.
    private static final int FLUSH_BYTES = 16 * 1024;

    /// @param atBoundary a message ends with it
    private record Piece(ByteBuf bytes, long ticket, boolean atBoundary) {}

    private final Channel client;
    private final Enforcement enforcement;
    private final PostgresSession session;
    private final ArrayDeque<Piece> held = new ArrayDeque<>(2);
    private int heldBytes;

    /// Highest ticket that anything sent from now on depends on.
    private long required;

    private boolean waiting;
    private int unflushedBytes;

    /// What has been given to the channel ends with a whole message.
    private boolean atBoundary = true;

    private boolean discarding;
    private boolean closing;

    ReleaseQueue(Channel client, Enforcement enforcement, PostgresSession session) {
        this.client = client;
        this.enforcement = enforcement;
        this.session = session;
    }

    /// From now on nothing is sent before `ticket` is durable.
    void require(long ticket) {
        if (ticket <= required) return;
        required = ticket;
        enforcement.want(ticket);
    }

    /// Whether {@link #require} of it would hold back what now could go.
    boolean holdsBack(long ticket) {
        return ticket > required && !enforcement.isDurable(ticket);
    }

    /// Takes ownership of `bytes`.
    void send(ByteBuf bytes, boolean endsAtBoundary) {
        if (discarding) {
            bytes.release();
        } else if (held.isEmpty() && enforcement.isDurable(required)) {
            write(bytes, endsAtBoundary);
        } else {
            held.add(new Piece(bytes, required, endsAtBoundary));
            heldBytes += bytes.readableBytes();
            await();
        }
    }

    /// Called when there is nothing more to send for now.
    void flush() {
        if (unflushedBytes > 0 && (held.isEmpty() || unflushedBytes >= FLUSH_BYTES)) flushNow();
    }

    boolean isFull() {
        return heldBytes > MAX_HELD_BYTES;
    }

    /// Drops what is kept and all that comes: the client is gone, or must not see it.
    void discard() {
        discarding = true;
        for (Piece piece : held) piece.bytes.release();
        held.clear();
        heldBytes = 0;
    }

    /// Whether the client has been given whole messages only, so that it would understand another.
    boolean isAtBoundary() {
        Piece last = held.peekLast();
        return last == null ? atBoundary : last.atBoundary;
    }

    /// Closes the connection once all that is kept has been released and sent.
    void close() {
        closing = true;
        if (held.isEmpty()) closeNow();
    }

    /// Tells the client why, past everything that is kept, and closes.
    void closeWith(ByteBuf error) {
        discard();
        if (atBoundary) write(error, true);
        else error.release();
        closeNow();
    }

    private void write(ByteBuf bytes, boolean endsAtBoundary) {
        int count = bytes.readableBytes();
        unflushedBytes += count;
        atBoundary = endsAtBoundary;
        enforcement.addBytesToClient(count);
        client.write(bytes, client.voidPromise());
    }

    private void await() {
        Piece first = held.peekFirst();
        if (waiting || first == null) return;
        waiting = true;
        enforcement.whenDurable(first.ticket, this::durable, session::auditFailed);
    }

    private void durable() {
        waiting = false;
        for (Piece first = held.peekFirst();
                first != null && enforcement.isDurable(first.ticket);
                first = held.peekFirst()) {
            held.removeFirst();
            heldBytes -= first.bytes.readableBytes();
            write(first.bytes, first.atBoundary);
        }
        flush();
        await();
        if (closing && held.isEmpty()) closeNow();
        session.releaseAdvanced();
    }

    private void flushNow() {
        unflushedBytes = 0;
        client.flush();
    }

    private void closeNow() {
        unflushedBytes = 0;
        client.writeAndFlush(client.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
}
