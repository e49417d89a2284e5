package dev.sallyport.postgres.session;

import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.postgres.codec.FrameLimits;
import dev.sallyport.postgres.codec.FrameReader;
import dev.sallyport.postgres.message.BackendType;
import dev.sallyport.postgres.message.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What the server sends, message by message: {@link Replies} says what each means, and what is for
/// the client goes on as slices of the chunk it came in. Runs of messages go on as one slice; no
/// row is looked into, nothing is allocated for one.
final class Backend {
    private static final FrameLimits LIMITS = FrameLimits.server();

    /// Where a frame's header came with an earlier chunk.
    private static final int BEFORE_THIS_CHUNK = -1;

    private final ReleaseQueue release;
    private final Replies replies;
    private final FrameReader frames = FrameReader.typed(LIMITS);

    /// The message whose body is being consumed goes to the client.
    private boolean relaying;

    /// Its body is needed as a whole before anything of it goes on.
    private boolean gathering;

    /// The chunk at hand, owned by {@link #read}, and where what hasn't gone on of it begins.
    private @Nullable ByteBuf chunk;

    private int runStart;

    Backend(ReleaseQueue release, Replies replies) {
        this.release = release;
        this.replies = replies;
    }

    /// Reads all of `bytes`, which stay the caller's.
    ///
    /// @throws ProtocolViolation the server sent what it must not: the session can't go on
    void read(ByteBuf bytes) {
        chunk = bytes;
        runStart = bytes.readerIndex();
        try {
            while (frames.inBody() ? body(bytes, BEFORE_THIS_CHUNK) : message(bytes)) {
                if (replies.isOver()) return;
            }
        } finally {
            chunk = null;
        }
    }

    /// Whether the server stopped within a message.
    boolean inMessage() {
        return frames.inMessage();
    }

    /// Whether a part of a message has gone to the client, and a part is still to come.
    boolean isMidRelay() {
        return frames.inBody() && relaying && !gathering;
    }

    void close() {
        frames.close();
    }

    /// @return whether there may be more in the chunk
    private boolean message(ByteBuf bytes) {
        int start = frames.inMessage() ? BEFORE_THIS_CHUNK : bytes.readerIndex();
        if (!frames.readHeader(bytes)) {
            // The frame reader keeps the header's first bytes.
            endRun(start == BEFORE_THIS_CHUNK ? runStart : start, true);
            runStart = bytes.readerIndex();
            return false;
        }
        BackendType type = BackendType.of(frames.type());
        gathering = needsBody(type);
        if (!gathering) {
            relaying = relay(replies.onMessage(type, frames.bodyLength(), this, start), start);
        }
        return body(bytes, start);
    }

    private boolean body(ByteBuf bytes, int start) {
        if (!gathering) {
            frames.skipBody(bytes);
            boolean more = bytes.isReadable();
            if (!relaying) runStart = bytes.readerIndex();
            else if (!more) endRun(bytes.readerIndex(), !frames.inBody());
            return more;
        }
        ByteBuf body = frames.readBody(bytes);
        if (body == null) {
            if (start != BEFORE_THIS_CHUNK) endRun(start, true);
            runStart = bytes.readerIndex();
            return false;
        }
        try {
            whole(bytes, start, body);
        } finally {
            body.release();
        }
        return bytes.isReadable();
    }

    /// A message whose body is here: it goes on as part of the run where it lies in this chunk,
    /// else as its own two pieces.
    private void whole(ByteBuf bytes, int start, ByteBuf body) {
        gathering = false;
        BackendType type = BackendType.of(frames.type());
        boolean inRun = start != BEFORE_THIS_CHUNK;
        if (!inRun) runStart = bytes.readerIndex();
        boolean relays = replies.onBody(type, body, this, start);
        body.readerIndex(0);
        if (!relays) {
            if (inRun) endRun(start, true);
            runStart = bytes.readerIndex();
        } else if (!inRun) {
            release.send(header(bytes), false);
            release.send(body.retain(), true);
        }
        if (!bytes.isReadable()) endRun(bytes.readerIndex(), true);
    }

    /// What has been read so far goes to the client before anything else does: called before a
    /// message that waits for another ticket, or that has something else sent in its place.
    ///
    /// @param start of the message, as it was given
    void endRunBefore(int start) {
        if (start != BEFORE_THIS_CHUNK) endRun(start, true);
    }

    ByteBuf allocate() {
        ByteBuf bytes = chunk;
        if (bytes == null) throw new IllegalStateException();
        return bytes.alloc().buffer();
    }

    private boolean relay(boolean relays, int start) {
        ByteBuf bytes = chunk;
        if (bytes == null) throw new IllegalStateException();
        if (!relays) {
            if (start != BEFORE_THIS_CHUNK) endRun(start, true);
        } else if (start == BEFORE_THIS_CHUNK) {
            release.send(header(bytes), frames.bodyLength() == 0);
            runStart = bytes.readerIndex();
        }
        return relays;
    }

    private ByteBuf header(ByteBuf bytes) {
        ByteBuf header = bytes.alloc().buffer(FrameReader.HEADER_BYTES);
        frames.writeHeader(header);
        return header;
    }

    private void endRun(int end, boolean atBoundary) {
        ByteBuf bytes = chunk;
        if (bytes == null) throw new IllegalStateException();
        if (end > runStart) {
            release.send(bytes.retainedSlice(runStart, end - runStart), atBoundary);
        }
        runStart = Math.max(runStart, end);
    }

    private boolean needsBody(BackendType type) {
        return switch (type) {
            case COMMAND_COMPLETE, ERROR_RESPONSE, PARAMETER_STATUS, READY_FOR_QUERY -> true;
            case DATA_ROW -> replies.isProbing();
            case NOTICE_RESPONSE -> replies.readsNotices();
            case COPY_OUT_RESPONSE -> replies.isMetering();
            case AUTHENTICATION,
                    BACKEND_KEY_DATA,
                    BIND_COMPLETE,
                    CLOSE_COMPLETE,
                    COPY_BOTH_RESPONSE,
                    COPY_DATA,
                    COPY_DONE,
                    COPY_IN_RESPONSE,
                    EMPTY_QUERY_RESPONSE,
                    FUNCTION_CALL_RESPONSE,
                    NEGOTIATE_PROTOCOL_VERSION,
                    NO_DATA,
                    NOTIFICATION_RESPONSE,
                    PARAMETER_DESCRIPTION,
                    PARSE_COMPLETE,
                    PORTAL_SUSPENDED,
                    ROW_DESCRIPTION ->
                    false;
        };
    }
}
