package dev.sallyport.audit;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Frame;
import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Turns batches of events into chained, framed entries on disk. One thread at a time; any
/// exception means that nobody knows what is on disk, and that this journal must not be used again.
final class Journal {
    static final String SPARE_NAME = "spare";

    /// Frames are gathered up to this size before they are handed to the file.
    private static final int WRITE_BYTES = 512 * 1024;

    /// `2026-11` of a time.
    private static final int MONTH_CHARS = 7;

    private static final byte[] PREV = ascii(",\"prev\":\"");
    private static final byte[] SEQ = ascii("\",\"seq\":");
    private static final byte[] AT = ascii(",\"time\":\"");
    private static final byte[] TYPE = ascii("\",\"type\":\"");

    private final JournalStorage storage;
    private final String origin;
    private final long epoch;
    private final int segmentBytes;
    private final InstantSource clock;
    private final Executor preparer;
    private final JournalFile head;
    private final byte[] entryBegin;
    private final byte[] entryEnd;

    private final Leaf leaf = new Leaf();
    private final EntryTime time = new EntryTime();
    private final byte[] lastHash;
    private long lastSequence;
    private JournalFile file;

    /// Where in the file `out` is going to be written, and where the batch's first frame lies.
    private long offset;

    private int batchStart;
    private final byte[] out = new byte[WRITE_BYTES + Frame.HEADER_BYTES + Entry.MAX_BYTES];
    private int filled;

    /// Something of the batch is written, but may not be on the disk.
    private boolean unforced;

    /// Of the entry at hand: see {@link PendingEntries.Room}.
    private int roomAt;

    private int roomFilled;
    private final PartSealer parts;

    /// The month of the last entry, as `2026-11`; empty before the first.
    private byte[] month;

    private final byte[] slot = new byte[Head.SLOT_BYTES];
    private @Nullable CompletableFuture<JournalFile> spare;

    /// @param head the file `head`, whose first slot already tells of this epoch
    /// @param preparer makes the next segment ahead of time
    /// @param parts seals what only auditors may read, as each entry gets its place
    /// @param lastTime of the last entry; empty when there is none
    Journal(
            JournalStorage storage,
            String origin,
            long epoch,
            int segmentBytes,
            InstantSource clock,
            Executor preparer,
            PartSealer parts,
            JournalFile head,
            JournalFile file,
            long offset,
            long lastSequence,
            byte[] lastHash,
            String lastTime) {
        this.storage = storage;
        this.origin = origin;
        this.epoch = epoch;
        this.segmentBytes = segmentBytes;
        this.clock = clock;
        this.preparer = preparer;
        this.parts = parts;
        this.head = head;
        this.file = file;
        this.offset = offset;
        this.lastSequence = lastSequence;
        this.lastHash = lastHash.clone();
        this.month = ascii(lastTime.isEmpty() ? "" : lastTime.substring(0, MONTH_CHARS));
        this.entryBegin = ascii("{\"epoch\":" + epoch + ",\"event\":");
        this.entryEnd = ascii("\",\"writer\":\"" + origin + "\"}");
    }

    long lastSequence() {
        return lastSequence;
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 24
                | (bytes[at + 1] & 0xFF) << 16
                | (bytes[at + 2] & 0xFF) << 8
                | bytes[at + 3] & 0xFF;
    }

    /// Writes the batch; when it returns, every entry is on disk.
    void write(PendingEntries.Batch batch) throws IOException {
        parts.beginBatch();
        byte[] now = time.at(clock.instant());
        byte[] bytes = batch.bytes;
        beginMonth(now);
        batchStart = Math.toIntExact(offset);
        for (int at = 0; at < batch.length; ) {
            int eventLength = number(bytes, at);
            roomAt = number(bytes, at + 4);
            roomFilled = number(bytes, at + 8);
            int type = at + PendingEntries.Batch.HEADER_BYTES;
            int typeLength = bytes[type - 1];
            int event = type + typeLength;
            append(bytes, type, typeLength, event, eventLength, now);
            at = event + eventLength;
        }
        flushForced();
        if (spare == null && offset > segmentBytes / 2) prepareSpare();
    }

    /// A new month begins a new segment, so that old months can go as whole files. A clock that was
    /// set back begins none.
    private void beginMonth(byte[] now) throws IOException {
        if (Arrays.compare(now, 0, MONTH_CHARS, month, 0, month.length) <= 0) return;
        if (month.length > 0 && offset > Segment.HEADER_BYTES) roll();
        month = Arrays.copyOf(now, MONTH_CHARS);
    }

    /// Tells how far the log has got, for whoever looks for a missing end; not forced.
    void writeHead() throws IOException {
        Head.write(slot, epoch, lastSequence, lastHash, false);
        head.write(ByteBuffer.wrap(slot), Head.SECOND_SLOT);
    }

    private void append(
            byte[] bytes, int type, int typeLength, int event, int eventLength, byte[] time)
            throws IOException {
        if (filled >= WRITE_BYTES) flush();
        int length = encode(bytes, type, typeLength, event, eventLength, time);
        if (offset + filled + Frame.HEADER_BYTES + length > segmentBytes) {
            // The entry was built behind what belongs to the old segment: move it to the front.
            int begin = filled + Frame.HEADER_BYTES;
            flush();
            roll();
            System.arraycopy(out, begin, out, Frame.HEADER_BYTES, length);
        }
        Frame.seal(out, filled, length, batchStart);
        leaf.hash(out, filled + Frame.HEADER_BYTES, length, lastHash);
        lastSequence++;
        filled += Frame.HEADER_BYTES + length;
    }

    /// Builds the entry behind the room for its frame's header; returns its length.
    private int encode(
            byte[] bytes, int type, int typeLength, int event, int eventLength, byte[] time)
            throws IOException {
        int begin = filled + Frame.HEADER_BYTES;
        int at = put(entryBegin, 0, entryBegin.length, begin);
        if (parts.announces(bytes, type, typeLength)) parts.begin();
        if (roomAt > 0) parts.seal(bytes, event + roomAt, roomFilled, lastSequence + 1);
        at = put(bytes, event, eventLength, at);
        at = put(PREV, 0, PREV.length, at);
        Leaf.hex(lastHash, out, at);
        at += 2 * Leaf.HASH_BYTES;
        at = put(SEQ, 0, SEQ.length, at);
        at = putNumber(lastSequence + 1, at);
        at = put(AT, 0, AT.length, at);
        at = put(time, 0, time.length, at);
        at = put(TYPE, 0, TYPE.length, at);
        at = put(bytes, type, typeLength, at);
        at = put(entryEnd, 0, entryEnd.length, at);
        int length = at - begin;
        if (length > Entry.MAX_BYTES) throw new IllegalStateException("entry too long: " + length);
        return length;
    }

    private int put(byte[] from, int start, int count, int at) {
        System.arraycopy(from, start, out, at, count);
        return at + count;
    }

    private int putNumber(long value, int at) {
        int end = at + 1;
        for (long rest = value / 10; rest != 0; rest /= 10) end++;
        long rest = value;
        for (int digit = end - 1; digit >= at; digit--) {
            out[digit] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return end;
    }

    private void flush() throws IOException {
        if (filled == 0) return;
        file.write(ByteBuffer.wrap(out, 0, filled), offset);
        unforced = true;
        offset += filled;
        filled = 0;
    }

    /// Afterwards everything of this batch is on disk.
    private void flushForced() throws IOException {
        if (unforced) {
            flush();
            file.force();
            unforced = false;
        } else {
            file.writeForced(ByteBuffer.wrap(out, 0, filled), offset);
            offset += filled;
            filled = 0;
        }
    }

    /// Goes on in a new segment. The old one is forced first: that a later segment exists says that
    /// the earlier ones are whole.
    private void roll() throws IOException {
        file.force();
        unforced = false;
        JournalFile next = takeSpare();
        begin(storage, next, new Segment(lastSequence + 1, lastHash, origin));
        file.close();
        file = next;
        offset = Segment.HEADER_BYTES;
        batchStart = Segment.HEADER_BYTES;
    }

    /// Gives the file of zeros that is called `spare` its header and its name.
    static void begin(JournalStorage storage, JournalFile spare, Segment segment)
            throws IOException {
        spare.write(ByteBuffer.wrap(segment.header()), 0);
        spare.force();
        storage.rename(SPARE_NAME, Segment.name(segment.firstSequence()));
        storage.forceNames();
    }

    private void prepareSpare() {
        spare =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                JournalFile file = storage.create(SPARE_NAME, segmentBytes);
                                file.force();
                                return file;
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        },
                        preparer);
    }

    private JournalFile takeSpare() throws IOException {
        if (spare == null) prepareSpare();
        try {
            JournalFile file = java.util.Objects.requireNonNull(spare).join();
            spare = null;
            return file;
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) throw cause;
            throw e;
        }
    }

    /// Whether the store still names this writer's epoch. A lock can be lost without a word
    /// (network file systems); the epoch then tells who is the last that opened it.
    boolean isStillOurs() throws IOException {
        byte[] bytes = new byte[Head.FILE_BYTES];
        int count = readFully(head, bytes);
        return Head.parse(bytes, count).map(Head::epoch).orElse(-1L) == epoch;
    }

    static int readFully(JournalFile file, byte[] into) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining() && file.read(buffer, buffer.position()) > 0) {
            // until the array is full or the file ends
        }
        return buffer.position();
    }

    /// Marks the log as closed at its last entry; all of it must be durable.
    void closeCleanly() throws IOException {
        byte[] closed = new Head(epoch, lastSequence, lastHash, true).slot();
        head.write(ByteBuffer.wrap(closed), Head.SECOND_SLOT);
        head.force();
        head.write(ByteBuffer.wrap(closed), Head.FIRST_SLOT);
        head.force();
        if (spare != null) {
            takeSpare().close();
            storage.deleteIfExists(SPARE_NAME);
        }
    }

    /// Gives the files up as they are. Afterwards nothing of this journal touches the store: the
    /// caller gives up the lock next, and who takes it then makes a spare of his own.
    void release() {
        closeQuietly(file);
        closeQuietly(head);
        if (spare == null) return;
        try {
            closeQuietly(spare.join());
        } catch (CompletionException _) {
            // No spare was made, so there is none to close.
        }
    }

    private static void closeQuietly(JournalFile file) {
        try {
            file.close();
        } catch (IOException _) {
            // Everything acknowledged was forced before.
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
