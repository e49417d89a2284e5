package dev.sallyport.audit;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.format.SegmentCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds where a log ends, and refuses what a crash cannot have caused.
///
/// Reads the epoch that was last written, and every segment it touches, in full; segments before it
/// are left to the verifier. Only bytes that were never acknowledged may be dropped: they lie
/// behind the last valid frame of the last segment, beyond what the head says is durable, and no
/// later batch follows them.
final class Recovery {

    private static final byte[] INTENT = Leaf.ascii("statement-intent");
    private static final byte[] OUTCOME = Leaf.ascii("statement-outcome");
    private static final byte[] RECOVERED = Leaf.ascii("recovered");

    private Recovery() {}

    /// A statement that was let in and whose end nobody wrote down.
    record OpenIntent(String session, long statement) {}

    /// @param segment file name of the last segment
    /// @param offset where the next frame goes
    /// @param time of the last entry; empty when there is none
    /// @param epoch the highest used so far
    /// @param droppedBytes that lie behind the last valid frame and have to be zeroed
    record LogEnd(
            String segment,
            long offset,
            long sequence,
            byte[] leafHash,
            String time,
            long epoch,
            boolean closedCleanly,
            long droppedBytes,
            List<OpenIntent> openIntents) {}

    /// The end of the log; empty when the store holds none yet.
    static Optional<LogEnd> read(JournalStorage storage, String origin)
            throws IOException, AuditException {
        List<String> segments = new ArrayList<>();
        boolean hasHead = false;
        for (String name : storage.names()) {
            if (Segment.firstSequence(name).isPresent()) segments.add(name);
            if (name.equals(Head.FILE_NAME)) hasHead = true;
        }
        if (!hasHead) {
            if (segments.isEmpty()) return Optional.empty();
            throw damaged(
                    Head.FILE_NAME, 0, "the file is missing, so nobody knows how far the log got");
        }
        Head head = readHead(storage);
        if (segments.isEmpty()) {
            if (head.sequence() == 0) return Optional.empty();
            throw damaged(
                    Head.FILE_NAME,
                    0,
                    "it tells of entries up to sequence "
                            + head.sequence()
                            + ", but no segment is there");
        }
        return Optional.of(end(storage, origin, segments, head));
    }

    static Head readHead(JournalStorage storage) throws IOException, AuditException {
        byte[] bytes = new byte[Head.FILE_BYTES];
        try (JournalFile file = storage.open(Head.FILE_NAME)) {
            int count = Journal.readFully(file, bytes);
            return Head.parse(bytes, count)
                    .orElseThrow(() -> damaged(Head.FILE_NAME, 0, "neither slot is valid"));
        }
    }

    private static LogEnd end(
            JournalStorage storage, String origin, List<String> segments, Head head)
            throws IOException, AuditException {
        int first = segments.size() - 1;
        Scan scan = Scan.over(storage, origin, segments, first, head);
        // Back to where the last epoch began that holds more than its own recovery, which may not
        // have got to the end of what the epoch before left open.
        while (first > 0 && !isBefore(storage, segments.get(first), scan.workEpoch)) {
            do {
                first--;
            } while (first > 0
                    && scan.workEpoch > 0
                    && !isBefore(storage, segments.get(first), scan.workEpoch));
            scan = Scan.over(storage, origin, segments, first, head);
        }
        return scan.end();
    }

    /// Whether the segment begins with an entry of an earlier epoch.
    private static boolean isBefore(JournalStorage storage, String segment, long epoch)
            throws IOException {
        try (JournalFile file = storage.open(segment)) {
            SegmentCursor cursor = new SegmentCursor(file);
            if (cursor.next() != SegmentCursor.Step.FRAME) return false;
            Envelope entry = new Envelope();
            entry.parse(cursor.bytes(), cursor.entryOffset(), cursor.entryLength());
            return entry.epoch() < epoch;
        } catch (FormatException _) {
            // The scan meets it again and says where.
            return false;
        }
    }

    static AuditException damaged(String file, long offset, String what) {
        return new AuditException(
                AuditException.Reason.DAMAGED,
                "the audit log is damaged and is not opened: "
                        + file
                        + " at offset "
                        + offset
                        + ": "
                        + what
                        + "; keep a copy of the store and run `sallyport audit verify`");
    }

    private static AuditException damaged(String file, long offset, long sequence, String what) {
        return damaged(file, offset, "sequence " + sequence + ": " + what);
    }

    /// One pass over the last segments, in order.
    private static final class Scan {
        private final String origin;
        private final Head head;
        private final byte[] originBytes;
        private final Leaf leaf = new Leaf();
        private final Envelope entry = new Envelope();
        private final Set<OpenIntent> open = new LinkedHashSet<>();
        private long sequence;
        private byte[] hash = new byte[Leaf.HASH_BYTES];
        private String time = "";
        private long epoch;

        /// The last epoch that holds more than recovery's own entries; 0 when none was seen.
        private long workEpoch;

        private String segment = "";
        private long offset;
        private long droppedBytes;

        private Scan(String origin, Head head) {
            this.origin = origin;
            this.originBytes = Leaf.ascii(origin);
            this.head = head;
        }

        static Scan over(
                JournalStorage storage, String origin, List<String> segments, int first, Head head)
                throws IOException, AuditException {
            Scan scan = new Scan(origin, head);
            for (int i = first; i < segments.size(); i++)
                scan.segment(storage, segments.get(i), i == first, i == segments.size() - 1);
            scan.checkHead();
            return scan;
        }

        private void segment(JournalStorage storage, String name, boolean first, boolean last)
                throws IOException, AuditException {
            segment = name;
            try (JournalFile file = storage.open(name)) {
                Segment header = header(file, first);
                if (first) {
                    sequence = header.firstSequence() - 1;
                    hash = header.prev();
                    checkAgainstHead(0);
                }
                SegmentCursor cursor = new SegmentCursor(file);
                SegmentCursor.Step step;
                while ((step = cursor.next()) == SegmentCursor.Step.FRAME) {
                    entry(cursor);
                    time = entry.time();
                }
                offset = cursor.position();
                boolean data = step == SegmentCursor.Step.BROKEN || cursor.dataFollows();
                if (data) tornOrDamaged(file, cursor, step, last);
            }
        }

        private Segment header(JournalFile file, boolean first) throws IOException, AuditException {
            byte[] bytes = new byte[Segment.HEADER_BYTES];
            try {
                Segment header = Segment.parse(bytes, Journal.readFully(file, bytes));
                if (!header.origin().equals(origin))
                    throw new AuditException(
                            AuditException.Reason.OTHER_ORIGIN,
                            "the audit store belongs to the log "
                                    + header.origin()
                                    + ", not to "
                                    + origin);
                if (Segment.firstSequence(segment).orElse(-1) != header.firstSequence())
                    throw new FormatException(
                            "segment header: not the sequence of the file's name");
                if (!first
                        && (header.firstSequence() != sequence + 1
                                || !Arrays.equals(header.prev(), hash)))
                    throw new FormatException("segment does not continue the one before");
                return header;
            } catch (FormatException e) {
                throw damaged(segment, 0, sequence + 1, String.valueOf(e.getMessage()));
            }
        }

        private void entry(SegmentCursor cursor) throws AuditException {
            long at = cursor.frameOffset();
            try {
                entry.parse(cursor.bytes(), cursor.entryOffset(), cursor.entryLength());
                if (entry.sequence() != sequence + 1)
                    throw new FormatException("the entry says sequence " + entry.sequence());
                if (!entry.prevIs(hash))
                    throw new FormatException("the entry does not chain to the one before");
                if (!entry.writerIs(originBytes))
                    throw new FormatException("the entry is of another log");
                if (entry.epoch() < epoch)
                    throw new FormatException("the entry is of an earlier epoch");
                leaf.hash(cursor.bytes(), cursor.entryOffset(), cursor.entryLength(), hash);
                sequence++;
                epoch = entry.epoch();
                follow();
            } catch (FormatException e) {
                throw damaged(segment, at, sequence + 1, String.valueOf(e.getMessage()));
            }
            checkAgainstHead(at);
        }

        private void follow() throws FormatException {
            if (entry.typeIs(INTENT)) {
                // What was denied never ran, and has no outcome.
                if (!entry.eventText("decision").equals("deny")) open.add(intent());
                workEpoch = entry.epoch();
            } else if (entry.typeIs(OUTCOME)) {
                open.remove(intent());
                if (!entry.eventText("status").equals("unknown")) workEpoch = entry.epoch();
            } else if (!entry.typeIs(RECOVERED)) {
                workEpoch = entry.epoch();
            }
        }

        private OpenIntent intent() throws FormatException {
            return new OpenIntent(entry.eventText("session"), entry.eventNumber("statement"));
        }

        private void tornOrDamaged(
                JournalFile file, SegmentCursor cursor, SegmentCursor.Step step, boolean last)
                throws IOException, AuditException {
            String flaw =
                    step == SegmentCursor.Step.BROKEN
                            ? cursor.flaw()
                            : "data follows where nothing should";
            if (!last) throw damaged(segment, offset, sequence + 1, flaw);
            if (head.closed())
                throw damaged(
                        segment,
                        offset,
                        sequence + 1,
                        flaw + ", though the log was closed cleanly");
            if (sequence < head.sequence())
                throw damaged(
                        segment, offset, sequence + 1, flaw + ", though it had been acknowledged");
            if (cursor.laterBatchFollows())
                throw damaged(
                        segment, offset, sequence + 1, flaw + ", though later entries follow");
            droppedBytes = lastDataEnd(file, offset) - offset;
        }

        /// The end of the last byte that is not zero.
        private static long lastDataEnd(JournalFile file, long from) throws IOException {
            ByteBuffer piece = ByteBuffer.allocate(64 * 1024);
            long end = from;
            for (long at = from; ; at += piece.limit()) {
                piece.clear();
                if (file.read(piece, at) <= 0) return end;
                piece.flip();
                for (int i = 0; i < piece.limit(); i++) if (piece.get(i) != 0) end = at + i + 1;
            }
        }

        private void checkAgainstHead(long at) throws AuditException {
            if (sequence == head.sequence() && !Arrays.equals(hash, head.leafHash()))
                throw damaged(segment, at, sequence, "not the entry that the head tells of");
        }

        private void checkHead() throws AuditException {
            if (sequence < head.sequence())
                throw damaged(
                        segment,
                        offset,
                        sequence + 1,
                        "entries are missing: up to sequence "
                                + head.sequence()
                                + " all had been acknowledged");
            if (head.closed() && sequence > head.sequence())
                throw damaged(
                        segment,
                        offset,
                        sequence,
                        "entries follow sequence "
                                + head.sequence()
                                + ", at which the log was closed");
            if (epoch > head.epoch())
                throw damaged(segment, offset, sequence, "entries of an epoch that never began");
        }

        LogEnd end() {
            return new LogEnd(
                    segment,
                    offset,
                    sequence,
                    hash,
                    time,
                    Math.max(epoch, head.epoch()),
                    head.closed(),
                    droppedBytes,
                    List.copyOf(open));
        }
    }
}
