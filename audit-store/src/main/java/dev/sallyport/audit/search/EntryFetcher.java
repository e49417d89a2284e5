package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.format.SegmentCursor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads single entries from the log itself, where an index says that they lie. Each must have its
/// sequence, and the entry behind it must chain to it.
final class EntryFetcher implements Closeable {
    /// @param raw the entry's exact bytes
    record Found(Entry entry, byte[] raw) {}

    private final Path store;
    private final Leaf leaf = new Leaf();
    private long segment;
    private @Nullable FileChannel channel;
    private @Nullable SegmentCursor cursor;
    private long nextOffset = -1;
    private @Nullable Found next;

    EntryFetcher(Path store) {
        this.store = store;
    }

    /// @throws FormatException not what the index says lies there: the index is stale or damaged
    Found fetch(LogReader.Place place, long sequence) throws FormatException, AuditException {
        try {
            Found found = at(place);
            if (found.entry.sequence() != sequence)
                throw new FormatException("another entry lies at sequence " + sequence);
            Found after = after();
            byte[] hash = leaf.hash(found.raw, 0, found.raw.length);
            if (after != null && !after.entry.prev().equals(Leaf.hex(hash)))
                throw new FormatException(
                        "the entry behind sequence " + sequence + " does not chain to it");
            return found;
        } catch (IOException e) {
            throw new AuditException(
                    AuditException.Reason.INPUT_OUTPUT, "the audit store cannot be read: " + e, e);
        }
    }

    private Found at(LogReader.Place place) throws IOException, FormatException {
        if (channel == null || segment != place.segment()) {
            close();
            channel = FileChannel.open(store.resolve(Segment.name(place.segment())));
            FileChannel opened = channel;
            segment = place.segment();
            cursor = SegmentCursor.jumping(opened::read);
        }
        Found known = next;
        if (known != null && nextOffset == place.offset()) return known;
        if (cursor != null) cursor.moveTo(place.offset());
        Found found = step();
        if (found == null) throw new FormatException("nothing lies at offset " + place.offset());
        return found;
    }

    private @Nullable Found after() throws IOException, FormatException {
        SegmentCursor frames = cursor;
        nextOffset = frames == null ? -1 : frames.position();
        next = step();
        return next;
    }

    private @Nullable Found step() throws IOException, FormatException {
        SegmentCursor frames = cursor;
        if (frames == null || frames.next() != SegmentCursor.Step.FRAME) return null;
        int begin = frames.entryOffset();
        byte[] raw = Arrays.copyOfRange(frames.bytes(), begin, begin + frames.entryLength());
        return new Found(Entry.parse(raw, 0, raw.length), raw);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) channel.close();
        channel = null;
        next = null;
    }
}
