package dev.sallyport.gateway.network;

import dev.sallyport.audit.AuditException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// What goes to the client, in order, each piece kept until the audit record it depends on is
/// durable. Nothing is copied; an idle session keeps nothing here.
public final class ReleaseQueue {
    /// More than this is not kept: the upstream isn't read on.
    public static final int MAX_HELD_BYTES = 256 * 1024;

    /// While something is kept, what was released before it goes out together with it, unless it is
    /// more than this: one system call less for each small result.
    private static final int FLUSH_BYTES = 16 * 1024;

    /// @param atBoundary a message ends with it
    private record Piece(ByteBuf bytes, long ticket, boolean atBoundary) {}

    private final Channel client;
    private final Records records;
    private final Owner owner;
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

    /// What is durable, as one event loop sees it.
    public interface Records {
        boolean isDurable(long ticket);

        /// Something for the client is going to depend on this ticket.
        void want(long ticket);

        void whenDurable(long ticket, Runnable onLoop, Consumer<AuditException> onFailure);

        void addBytesToClient(long bytes);
    }

    /// The session whose queue it is.
    public interface Owner {
        /// Something that was kept for the client has gone.
        void releaseAdvanced();

        /// What was to be released never can be.
        void auditFailed(AuditException cause);
    }

    public ReleaseQueue(Channel client, Records records, Owner owner) {
        this.client = client;
        this.records = records;
        this.owner = owner;
    }

    /// From now on nothing is sent before `ticket` is durable.
    public void require(long ticket) {
        if (ticket <= required) return;
        required = ticket;
        records.want(ticket);
    }

    /// Whether {@link #require} of it would hold back what now could go.
    public boolean holdsBack(long ticket) {
        return ticket > required && !records.isDurable(ticket);
    }

    /// Takes ownership of `bytes`.
    public void send(ByteBuf bytes, boolean endsAtBoundary) {
        if (discarding) {
            bytes.release();
        } else if (held.isEmpty() && records.isDurable(required)) {
            write(bytes, endsAtBoundary);
        } else {
            held.add(new Piece(bytes, required, endsAtBoundary));
            heldBytes += bytes.readableBytes();
            await();
        }
    }

    /// Called when there is nothing more to send for now.
    public void flush() {
        if (unflushedBytes > 0 && (held.isEmpty() || unflushedBytes >= FLUSH_BYTES)) flushNow();
    }

    /// Whether the client has been given all that was meant for it.
    public boolean isEmpty() {
        return held.isEmpty();
    }

    public boolean isFull() {
        return heldBytes > MAX_HELD_BYTES;
    }

    /// Drops what is kept and all that comes: the client is gone, or must not see it.
    public void discard() {
        discarding = true;
        for (Piece piece : held) piece.bytes.release();
        held.clear();
        heldBytes = 0;
    }

    /// Whether the client has been given whole messages only, so that it would understand another.
    public boolean isAtBoundary() {
        Piece last = held.peekLast();
        return last == null ? atBoundary : last.atBoundary;
    }

    /// Closes the connection once all that is kept has been released and sent.
    public void close() {
        closing = true;
        if (held.isEmpty()) closeNow();
    }

    /// Tells the client why, past everything that is kept, and closes.
    public void closeWith(ByteBuf error) {
        discard();
        if (atBoundary) write(error, true);
        else error.release();
        closeNow();
    }

    private void write(ByteBuf bytes, boolean endsAtBoundary) {
        int count = bytes.readableBytes();
        unflushedBytes += count;
        atBoundary = endsAtBoundary;
        records.addBytesToClient(count);
        client.write(bytes, client.voidPromise());
    }

    private void await() {
        Piece first = held.peekFirst();
        if (waiting || first == null) return;
        waiting = true;
        records.whenDurable(first.ticket, this::durable, owner::auditFailed);
    }

    private void durable() {
        waiting = false;
        for (Piece first = held.peekFirst();
                first != null && records.isDurable(first.ticket);
                first = held.peekFirst()) {
            held.removeFirst();
            heldBytes -= first.bytes.readableBytes();
            write(first.bytes, first.atBoundary);
        }
        flush();
        await();
        if (closing && held.isEmpty()) closeNow();
        owner.releaseAdvanced();
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
