package dev.sallyport.audit.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Walks over the frames of one segment, which may be growing meanwhile. Reads ahead in large
/// pieces; {@link #refresh} forgets them. Not for several threads.
public final class SegmentCursor {
    /// Reads at a position as {@link java.nio.channels.FileChannel#read(ByteBuffer, long)} does.
    public interface Source {
        int read(ByteBuffer into, long position) throws IOException;
    }

    public enum Step {
        /// A valid frame; the cursor has moved behind it.
        FRAME,
        /// Nothing was written here yet: the end of the file or zeros.
        END,
        /// Neither; {@link SegmentCursor#flaw} says why. The cursor stays.
        BROKEN
    }

    private static final int READ_BYTES = 512 * 1024;

    private final Source source;
    private final byte[] bytes;

    /// File offset of `bytes[0]`, and how many bytes are filled.
    private long base;

    private int filled;

    /// The file had no more when it was last asked.
    private boolean atEnd;

    private long position;
    private long frameOffset;
    private int entryLength;
    private String flaw = "";

    public SegmentCursor(Source source) {
        this(source, Segment.HEADER_BYTES);
    }

    public SegmentCursor(Source source, long position) {
        this(source, position, READ_BYTES);
    }

    /// For who jumps: reads less ahead.
    public static SegmentCursor jumping(Source source) {
        return new SegmentCursor(source, Segment.HEADER_BYTES, 2 * Entry.MAX_BYTES);
    }

    private SegmentCursor(Source source, long position, int readBytes) {
        this.source = source;
        this.bytes = new byte[readBytes];
        this.position = position;
        this.base = position;
    }

    public Step next() throws IOException {
        int available = fill(position, Frame.HEADER_BYTES + Entry.MAX_BYTES);
        int at = (int) (position - base);
        if (isZero(at, Math.min(available, Frame.HEADER_BYTES))) return Step.END;
        if (available < Frame.HEADER_BYTES) return broken("file ends within a frame header");
        int length = Bytes.getInt(bytes, at);
        if (length < 1 || length > Entry.MAX_BYTES) return broken("frame has an impossible length");
        if (length > available - Frame.HEADER_BYTES) return broken("file ends within a frame");
        if (Bytes.getInt(bytes, at + 8) != Frame.crc(bytes, at, length))
            return broken("frame does not match its CRC");
        frameOffset = position;
        entryLength = length;
        position += Frame.HEADER_BYTES + length;
        return Step.FRAME;
    }

    private Step broken(String why) {
        flaw = why;
        return Step.BROKEN;
    }

    /// The array that holds the entry of the last {@link Step#FRAME}, until the next call.
    public byte[] bytes() {
        return bytes;
    }

    public int entryOffset() {
        return (int) (frameOffset - base) + Frame.HEADER_BYTES;
    }

    public int entryLength() {
        return entryLength;
    }

    /// Where in the file the last valid frame begins.
    public long frameOffset() {
        return frameOffset;
    }

    public int batchStart() {
        return Bytes.getInt(bytes, (int) (frameOffset - base) + 4);
    }

    /// Where in the file the next frame is expected.
    public long position() {
        return position;
    }

    /// Expects the next frame elsewhere.
    public void moveTo(long offset) {
        position = offset;
    }

    public String flaw() {
        return flaw;
    }

    /// Forgets what was read ahead, so that {@link #next} sees what was written since.
    public void refresh() {
        base = position;
        filled = 0;
        atEnd = false;
    }

    /// Whether any byte from {@link #position} on is not zero.
    public boolean dataFollows() throws IOException {
        for (long at = position; ; at = base + filled) {
            int available = fill(at, READ_BYTES);
            if (available == 0) return false;
            int offset = (int) (at - base);
            if (!isZero(offset, available)) return true;
        }
    }

    /// Whether a valid frame of a batch that began after {@link #position} lies anywhere behind it:
    /// proof that what belongs here had been forced once.
    public boolean laterBatchFollows() throws IOException {
        long from = position;
        for (long at = from + 1; ; at++) {
            int available = fill(at, Frame.HEADER_BYTES + Entry.MAX_BYTES);
            if (available < Frame.HEADER_BYTES) return false;
            int offset = (int) (at - base);
            int length = Bytes.getInt(bytes, offset);
            if (length < 1 || length > Entry.MAX_BYTES) continue;
            int batchStart = Bytes.getInt(bytes, offset + 4);
            if (batchStart > from
                    && batchStart <= at
                    && length <= available - Frame.HEADER_BYTES
                    && Bytes.getInt(bytes, offset + 8) == Frame.crc(bytes, offset, length))
                return true;
        }
    }

    /// Makes `wanted` bytes from the file offset `at` available if the file has them; returns how
    /// many there are, possibly more.
    private int fill(long at, int wanted) throws IOException {
        if (at < base || at > base + filled) {
            base = at;
            filled = 0;
            atEnd = false;
        }
        if (atEnd || base + filled - at >= wanted) return (int) (base + filled - at);
        int keep = (int) (base + filled - at);
        System.arraycopy(bytes, filled - keep, bytes, 0, keep);
        base = at;
        filled = keep;
        while (filled < bytes.length) {
            int count =
                    source.read(
                            ByteBuffer.wrap(bytes, filled, bytes.length - filled), base + filled);
            if (count <= 0) {
                atEnd = true;
                break;
            }
            filled += count;
        }
        return filled;
    }

    private boolean isZero(int offset, int count) {
        return Arrays.mismatch(bytes, offset, offset + count, ZEROS, 0, count) < 0;
    }

    private static final byte[] ZEROS = new byte[READ_BYTES];
}
