package dev.sallyport.audit.tree;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.format.SegmentCursor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Walks over the entries of a log that grows, in order, and checks that each chains to the one
/// before: what is on the disk, not what the writer believes. Asked only for entries that are known
/// to be durable. Not for several threads.
public final class LeafReader implements Closeable {
    private final Path store;
    private final Leaf leaf = new Leaf();
    private final Envelope entry = new Envelope();
    private @Nullable FileChannel channel;
    private @Nullable SegmentCursor cursor;
    private long sequence;
    private byte[] hash = new byte[Leaf.HASH_BYTES];
    private int entryOffset;

    /// The next entry is the one of sequence `from`, or the first of the segment that holds it.
    public LeafReader(Path store, long from) throws IOException, FormatException {
        this.store = store;
        String start = "";
        try (Stream<Path> files = Files.list(store)) {
            for (String name :
                    files.map(file -> String.valueOf(file.getFileName())).sorted().toList())
                if (Segment.firstSequence(name).orElse(Long.MAX_VALUE) <= from) start = name;
        }
        if (start.isEmpty()) throw new FormatException("no segment holds entry " + from);
        enter(start, true);
        while (sequence < from - 1) next();
    }

    private LeafReader(Path store) {
        this.store = store;
    }

    /// The next entry is the first that is there: 1, unless older ones were pruned.
    public static LeafReader first(Path store) throws IOException, FormatException {
        LeafReader reader = new LeafReader(store);
        try (Stream<Path> files = Files.list(store)) {
            reader.enter(
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> Segment.firstSequence(name).isPresent())
                            .min(Comparator.naturalOrder())
                            .orElseThrow(() -> new FormatException("the log has no entries")),
                    true);
        }
        return reader;
    }

    /// Of the last entry that was read.
    public long sequence() {
        return sequence;
    }

    /// Its leaf hash; overwritten by the next.
    public byte[] hash() {
        return hash;
    }

    public Envelope entry() {
        return entry;
    }

    /// The bytes of the last entry.
    public byte[] bytes() {
        SegmentCursor frames = cursor;
        if (frames == null) throw new IllegalStateException("nothing was read");
        return Arrays.copyOfRange(frames.bytes(), entryOffset, entryOffset + frames.entryLength());
    }

    /// Reads one more entry, which must be there.
    ///
    /// @throws FormatException it is not, or it does not chain
    public void next() throws IOException, FormatException {
        SegmentCursor frames = cursor;
        if (frames == null) throw new IOException("closed");
        if (frames.next() != SegmentCursor.Step.FRAME) {
            // What was read ahead may be older than what is there now.
            frames.refresh();
            if (frames.next() != SegmentCursor.Step.FRAME) {
                enter(Segment.name(sequence + 1), false);
                next();
                return;
            }
        }
        entryOffset = frames.entryOffset();
        entry.parse(frames.bytes(), entryOffset, frames.entryLength());
        if (entry.sequence() != sequence + 1 || !entry.prevIs(hash))
            throw new FormatException(
                    "the entry of sequence "
                            + (sequence + 1)
                            + " does not chain to the one before");
        leaf.hash(frames.bytes(), entryOffset, frames.entryLength(), hash);
        sequence++;
    }

    private void enter(String name, boolean first) throws IOException, FormatException {
        if (!first && !Files.exists(store.resolve(name)))
            throw new FormatException("the entry of sequence " + (sequence + 1) + " is missing");
        close();
        FileChannel opened = FileChannel.open(store.resolve(name));
        channel = opened;
        byte[] bytes = new byte[Segment.HEADER_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining() && opened.read(buffer, buffer.position()) > 0) {
            // until the header is whole or the file ends
        }
        Segment header = Segment.parse(bytes, buffer.position());
        if (first) {
            sequence = header.firstSequence() - 1;
            hash = header.prev();
        } else if (header.firstSequence() != sequence + 1 || !Arrays.equals(header.prev(), hash)) {
            throw new FormatException("the segment " + name + " does not continue the one before");
        }
        cursor = new SegmentCursor(opened::read);
    }

    @Override
    public void close() throws IOException {
        cursor = null;
        if (channel != null) channel.close();
        channel = null;
    }
}
