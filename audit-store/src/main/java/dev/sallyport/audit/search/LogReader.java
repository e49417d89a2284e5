package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Head;
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
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Streams the entries of a store in order, from a sequence on, and follows a log that grows.
/// Checks each entry against the one before, so that it never shows what does not chain; whether
/// the log is complete is the verifier's question. Not for several threads.
public final class LogReader implements Closeable {
    private final Path store;
    private final long from;
    private final Leaf leaf = new Leaf();

    private @Nullable FileChannel channel;
    private @Nullable SegmentCursor cursor;
    private String segment = "";
    private long sequence;
    private byte[] hash = new byte[Leaf.HASH_BYTES];
    private byte[] raw = new byte[0];

    private LogReader(Path store, long from) {
        this.store = store;
        this.from = from;
    }

    /// @param from the first sequence to read; the log need not have got there yet
    public static LogReader open(Path store, long from) throws AuditException {
        LogReader reader = new LogReader(store, from);
        try {
            List<String> segments = segments(store);
            String start = segments.isEmpty() ? "" : segments.getFirst();
            for (String name : segments)
                if (Segment.firstSequence(name).orElse(Long.MAX_VALUE) <= from) start = name;
            if (!start.isEmpty()) reader.enter(start, true);
            else if (!Files.exists(store.resolve(Head.FILE_NAME)))
                throw new AuditException(
                        AuditException.Reason.INPUT_OUTPUT,
                        store + " is not an audit store: it has no segments");
            return reader;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Begins no later than with the first entry of that time or after it.
    ///
    /// @param since RFC 3339, UTC
    public static LogReader openSince(Path store, String since) throws AuditException {
        try {
            long from = 1;
            for (String name : segments(store).reversed()) {
                from = Segment.firstSequence(name).orElse(1);
                try (LogReader reader = open(store, from)) {
                    Entry first = reader.next();
                    if (first != null && first.time().compareTo(since) < 0) break;
                }
            }
            return open(store, from);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Goes on where another reader was.
    ///
    /// @param place of the entry read last
    /// @param last its sequence
    /// @param lastHash its leaf hash
    /// @throws AuditException also when no entry with this hash is there
    static LogReader resume(Path store, Place place, long last, byte[] lastHash)
            throws AuditException {
        LogReader reader = new LogReader(store, last + 1);
        try {
            reader.enter(Segment.name(place.segment()), true);
            SegmentCursor frames = new SegmentCursor(reader::read, place.offset());
            reader.cursor = frames;
            if (frames.next() != SegmentCursor.Step.FRAME)
                throw reader.damaged(place.offset(), "there is no entry any more");
            byte[] found =
                    reader.leaf.hash(frames.bytes(), frames.entryOffset(), frames.entryLength());
            if (!Arrays.equals(found, lastHash))
                throw reader.damaged(place.offset(), "there is another entry now");
            reader.sequence = last;
            reader.hash = found;
            return reader;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Where an entry lies.
    ///
    /// @param segment sequence of its segment's first entry
    /// @param offset of its frame in the segment
    record Place(long segment, long offset) {}

    /// Of the entry that {@link #next} returned last.
    Place place() {
        SegmentCursor frames = cursor;
        if (frames == null) throw new IllegalStateException("nothing was read");
        return new Place(Segment.firstSequence(segment).orElseThrow(), frames.frameOffset());
    }

    /// Leaf hash of the entry that {@link #next} returned last.
    public byte[] leafHash() {
        return hash.clone();
    }

    private int read(ByteBuffer into, long position) throws IOException {
        FileChannel opened = channel;
        if (opened == null) throw new IOException("closed");
        return opened.read(into, position);
    }

    /// The first entry that is there: 1, unless older ones were pruned.
    public static long first(Path store) throws AuditException {
        try {
            List<String> segments = segments(store);
            return segments.isEmpty()
                    ? 1
                    : Segment.firstSequence(segments.getFirst()).orElseThrow();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// A sequence that the log had reached when this was called.
    public static long reached(Path store) throws AuditException {
        try (FileChannel channel = FileChannel.open(store.resolve(Head.FILE_NAME))) {
            byte[] bytes = new byte[Head.FILE_BYTES];
            return Head.parse(bytes, readFully(channel, bytes)).map(Head::sequence).orElse(0L);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// The next entry, or null when there is none yet: ask again later.
    ///
    /// @throws AuditException the log can't be read on from here
    public @Nullable Entry next() throws AuditException {
        try {
            while (true) {
                if (cursor == null && !enterFirst()) return null;
                Entry entry = step();
                if (entry == null) return null;
                if (entry.sequence() >= from) return entry;
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// The exact bytes of the entry that {@link #next} returned last.
    public byte[] raw() {
        return raw;
    }

    private @Nullable Entry step() throws IOException, AuditException {
        SegmentCursor frames = cursor;
        if (frames == null) return null;
        SegmentCursor.Step step = frames.next();
        if (step != SegmentCursor.Step.FRAME) {
            // What was read ahead may be older than what is there now. The head is read first: what
            // it tells of was written before.
            long reached = reached(store);
            frames.refresh();
            boolean more = Files.exists(store.resolve(Segment.name(sequence + 1)));
            more &= !segment.equals(Segment.name(sequence + 1));
            step = frames.next();
            if (step != SegmentCursor.Step.FRAME) {
                frames.refresh();
                if (step == SegmentCursor.Step.BROKEN && (more || reached > sequence))
                    throw damaged(frames.position(), frames.flaw());
                if (!more && reached > sequence)
                    throw damaged(
                            frames.position(),
                            "the log ends here, though it had entries up to sequence " + reached);
                if (!more) return null;
                enter(Segment.name(sequence + 1), false);
                return step();
            }
        }
        try {
            Entry entry = Entry.parse(frames.bytes(), frames.entryOffset(), frames.entryLength());
            if (entry.sequence() != sequence + 1 || !entry.prev().equals(Leaf.hex(hash)))
                throw damaged(frames.frameOffset(), "the entry does not chain to the one before");
            leaf.hash(frames.bytes(), frames.entryOffset(), frames.entryLength(), hash);
            sequence++;
            int begin = frames.entryOffset();
            raw = Arrays.copyOfRange(frames.bytes(), begin, begin + frames.entryLength());
            return entry;
        } catch (FormatException e) {
            throw damaged(frames.frameOffset(), String.valueOf(e.getMessage()));
        }
    }

    private boolean enterFirst() throws IOException, AuditException {
        List<String> segments = segments(store);
        if (segments.isEmpty()) return false;
        enter(segments.getFirst(), true);
        return true;
    }

    private void enter(String name, boolean first) throws IOException, AuditException {
        close();
        segment = name;
        FileChannel opened = FileChannel.open(store.resolve(name));
        channel = opened;
        byte[] bytes = new byte[Segment.HEADER_BYTES];
        try {
            Segment header = Segment.parse(bytes, readFully(opened, bytes));
            if (first) {
                sequence = header.firstSequence() - 1;
                hash = header.prev();
            } else if (header.firstSequence() != sequence + 1
                    || !Arrays.equals(header.prev(), hash)) {
                throw new FormatException("the segment does not continue the one before");
            }
            cursor = new SegmentCursor(opened::read);
        } catch (FormatException e) {
            throw damaged(0, String.valueOf(e.getMessage()));
        }
    }

    private AuditException damaged(long offset, String what) {
        return new AuditException(
                AuditException.Reason.DAMAGED,
                "the audit log cannot be read beyond sequence "
                        + sequence
                        + ": "
                        + segment
                        + " at offset "
                        + offset
                        + ": "
                        + what
                        + "; run `sallyport audit verify`");
    }

    private static AuditException failed(IOException e) {
        return new AuditException(
                AuditException.Reason.INPUT_OUTPUT, "the audit store cannot be read: " + e, e);
    }

    private static List<String> segments(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> Segment.firstSequence(name).isPresent())
                    .sorted()
                    .toList();
        }
    }

    private static int readFully(FileChannel channel, byte[] into) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
            // until the array is full or the file ends
        }
        return buffer.position();
    }

    @Override
    public void close() throws IOException {
        if (channel != null) channel.close();
        channel = null;
        cursor = null;
    }
}
