package dev.sallyport.audit.verify;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.format.KeptEntries;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.format.SegmentCursor;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.tree.Tile;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads a whole store and says whether it is what the writer wrote: every frame, every entry,
/// every link, the segments' headers, and the head as a lower bound. The writer may be running.
///
/// Also computes the Merkle tree and holds every checkpoint and tile against it. Without something
/// kept outside the store ({@link Evidence}) nobody can find a log that was replaced as a whole:
/// rolled back with its head, or chained anew and signed by another key.
public final class LogVerifier {
    private static final int TRIES = 5;
    private static final long WRITER_PAUSE_MILLIS = 10;

    private final Path store;
    private final Evidence evidence;
    private final List<Position> known;
    private @Nullable TreeVerifier tree;
    private final Leaf leaf = new Leaf();
    private final Envelope entry = new Envelope();

    private Head head = new Head(0, 0, new byte[Leaf.HASH_BYTES], false);
    private long sequence;
    private byte[] hash = new byte[Leaf.HASH_BYTES];
    private long epoch;
    private String origin = "";
    private byte[] originBytes = new byte[0];
    private final RetentionRecords retention = new RetentionRecords(true);

    /// Sequence of the last entry that was pruned; 0 when the log is whole.
    private long pruned;

    /// The time of the first entry behind them.
    private String oldest = "";

    private final Set<Long> kept = new TreeSet<>();
    private Optional<RetentionRecords.Pruned> letGo = Optional.empty();
    private String file = "";
    private long offset;

    /// Where the entry before stands.
    private String previousFile = "";

    private long previousOffset;

    private LogVerifier(Path store, Evidence evidence) {
        this.store = store;
        this.evidence = evidence;
        this.known = evidence.entries();
    }

    public static VerifyResult verify(Path store) {
        return verify(store, Evidence.NONE);
    }

    public static VerifyResult verify(Path store, Evidence evidence) {
        for (int tries = 1; ; tries++) {
            LogVerifier verifier = new LogVerifier(store, evidence);
            VerifyResult result = verifier.run();
            // What looks wrong while a writer moves the end may be only half written: look again.
            if (result.outcome() == Outcome.SOUND || tries == TRIES || !verifier.moved())
                return result;
        }
    }

    private boolean moved() {
        try {
            return readHead(store).map(now -> now.compareTo(head) != 0).orElse(false)
                    || tree != null && tree.moved();
        } catch (IOException _) {
            return false;
        }
    }

    private VerifyResult run() {
        try {
            return runChecked();
        } catch (CheckpointVerifier.Flaw flaw) {
            at(flaw.where.isEmpty() ? Checkpoint.FILE_NAME : flaw.where, 0);
            return result(Outcome.ALTERED, flaw.sequence, String.valueOf(flaw.getMessage()));
        } catch (NoSuchFileException e) {
            at("", 0);
            return result(Outcome.CANNOT_TELL, 0, "there is no file " + e.getFile());
        } catch (IOException e) {
            return result(Outcome.CANNOT_TELL, 0, "reading failed: " + e);
        }
    }

    private VerifyResult runChecked() throws IOException, CheckpointVerifier.Flaw {
        try {
            if (!Files.exists(store.resolve(Head.FILE_NAME)))
                throw new NoSuchFileException(store.resolve(Head.FILE_NAME).toString());
            tree = new TreeVerifier(store, evidence);
            Optional<Head> found = readHead(store);
            if (found.isEmpty())
                throw at(Head.FILE_NAME, 0).flaw(0, "neither slot of the head is valid");
            head = found.get();
            List<String> segments = segments();
            if (segments.isEmpty() && head.sequence() > 0)
                throw at(Head.FILE_NAME, 0).flaw(1, "no segment is there");
            for (int i = 0; i < segments.size(); i++) {
                segment(segments.get(i), i == segments.size() - 1);
                // A writer may have gone on in a new one meanwhile.
                if (i == segments.size() - 1) segments = segments();
            }
            checkEnd();
            tree.end(origin, sequence, head.closed());
            checkPruned();
            return result(Outcome.SOUND, 0, "");
        } catch (Flaw flaw) {
            // A torn tail excuses nothing that a checkpoint or a tile tells of.
            if (flaw.outcome == Outcome.TORN_TAIL && tree != null) {
                tree.end(origin, sequence, false);
                checkPruned();
            }
            return result(flaw.outcome, flaw.sequence, String.valueOf(flaw.getMessage()));
        }
    }

    private void segment(String name, boolean last)
            throws IOException, Flaw, CheckpointVerifier.Flaw {
        try (FileChannel channel = FileChannel.open(store.resolve(name))) {
            at(name, 0);
            header(channel);
            SegmentCursor cursor = new SegmentCursor(channel::read);
            long batchStart = -1;
            for (int pauses = 0; ; ) {
                SegmentCursor.Step step = cursor.next();
                at(name, cursor.position());
                if (step == SegmentCursor.Step.FRAME) {
                    at(name, cursor.frameOffset());
                    if (cursor.batchStart() != batchStart
                            && cursor.batchStart() != cursor.frameOffset())
                        throw flaw(sequence + 1, "the frame's batch start fits no batch");
                    batchStart = cursor.batchStart();
                    entry(cursor);
                    pauses = 0;
                    continue;
                }
                if (step == SegmentCursor.Step.END && !cursor.dataFollows()) return;
                if (last && !head.closed() && pauses++ < TRIES) {
                    pause();
                    cursor.refresh();
                    continue;
                }
                throw tornOrAltered(cursor, step, last);
            }
        }
    }

    private void header(FileChannel channel) throws IOException, Flaw, CheckpointVerifier.Flaw {
        byte[] bytes = new byte[Segment.HEADER_BYTES];
        try {
            Segment header = Segment.parse(bytes, readFully(channel, bytes));
            if (sequence == 0 && header.firstSequence() > 1) pruned(header);
            if (Segment.firstSequence(file).orElse(-1) != header.firstSequence())
                throw new FormatException("the segment's header and file name differ");
            if (header.firstSequence() > sequence + 1)
                throw new FormatException(
                        "the segment begins at sequence "
                                + header.firstSequence()
                                + ": entries are missing");
            if (header.firstSequence() < sequence + 1)
                throw new FormatException("the segment repeats entries");
            if (!Arrays.equals(header.prev(), hash))
                throw new FormatException("the segment does not chain to the entry before");
            if (!origin.isEmpty() && !header.origin().equals(origin))
                throw new FormatException("the segment is of another log");
            origin = header.origin();
            originBytes = Leaf.ascii(origin);
        } catch (FormatException e) {
            throw flaw(sequence + 1, String.valueOf(e.getMessage()));
        }
    }

    /// The entries before the log's first segment: their hashes stand in the tree's tiles, and
    /// those that verifying needs were kept. Whether they may be missing, {@link #checkPruned} says
    /// when all records are known.
    private void pruned(Segment header)
            throws IOException, Flaw, FormatException, CheckpointVerifier.Flaw {
        long end = header.firstSequence() - 1;
        if (tree == null || end > tree.sealed())
            throw new FormatException(
                    "the segment begins at sequence "
                            + header.firstSequence()
                            + ": no checkpoint covers what is missing");
        byte[] name = Leaf.ascii(header.origin());
        SortedMap<Long, byte[]> found = KeptEntries.read(store);
        byte[] leaves = {};
        while (sequence < end) {
            int at = (int) (sequence % Tile.FULL) * Leaf.HASH_BYTES;
            if (at == 0) leaves = tree.leaves(sequence / Tile.FULL);
            hash = Arrays.copyOfRange(leaves, at, at + Leaf.HASH_BYTES);
            byte[] bytes = found.get(sequence + 1);
            if (bytes != null) kept(bytes, name);
            for (Position position : known)
                if (position.sequence() == sequence + 1
                        && !position.leafHash().equals(Leaf.hex(hash)))
                    throw flaw(sequence + 1, "not the entry that was noted outside");
            tree.entry(header.origin(), sequence + 1, hash, bytes == null ? null : entry);
            sequence++;
        }
        pruned = end;
    }

    private void kept(byte[] bytes, byte[] name) throws Flaw {
        String segment = file;
        at(KeptEntries.path(sequence + 1), 0);
        try {
            entry.parse(bytes, 0, bytes.length);
            entry.checkEvent();
            if (!Arrays.equals(hash, leaf.hash(bytes, 0, bytes.length)))
                throw new FormatException("not the entry that the tree tells of");
            if (entry.sequence() != sequence + 1 || !entry.writerIs(name))
                throw new FormatException("the entry is another one than its name says");
            if (RetentionRecords.isOne(entry)) retention.follow(bytes, 0, bytes.length);
        } catch (FormatException e) {
            throw flaw(sequence + 1, String.valueOf(e.getMessage()));
        }
        kept.add(sequence + 1);
        at(segment, 0);
    }

    private void checkPruned() throws CheckpointVerifier.Flaw {
        try {
            if (tree != null) letGo = retention.check(pruned, tree.sealed(), kept);
        } catch (FormatException e) {
            throw new CheckpointVerifier.Flaw(1, file, String.valueOf(e.getMessage()));
        }
    }

    private void entry(SegmentCursor cursor) throws IOException, Flaw, CheckpointVerifier.Flaw {
        try {
            entry.parse(cursor.bytes(), cursor.entryOffset(), cursor.entryLength());
            entry.checkEvent();
            if (entry.sequence() != sequence + 1)
                throw new FormatException("here stands the entry of sequence " + entry.sequence());
            if (!entry.prevIs(hash)) throw brokenLink(cursor);
            if (!entry.writerIs(originBytes))
                throw new FormatException("the entry is of another log");
            if (entry.epoch() < epoch)
                throw new FormatException("the entry is of an earlier epoch than the one before");
            epoch = entry.epoch();
        } catch (FormatException e) {
            throw flaw(sequence + 1, String.valueOf(e.getMessage()));
        }
        leaf.hash(cursor.bytes(), cursor.entryOffset(), cursor.entryLength(), hash);
        if (sequence == pruned && pruned > 0) oldest = entry.time();
        previousFile = file;
        previousOffset = cursor.frameOffset();
        if (sequence + 1 == head.sequence() && !Arrays.equals(hash, head.leafHash()))
            throw flaw(sequence + 1, "not the entry that the head tells of");
        for (Position position : known)
            if (position.sequence() == sequence + 1 && !position.leafHash().equals(Leaf.hex(hash)))
                throw flaw(sequence + 1, "not the entry that was noted outside");
        try {
            if (tree != null) tree.entry(origin, sequence + 1, hash, entry);
            if (RetentionRecords.isOne(entry))
                retention.follow(cursor.bytes(), cursor.entryOffset(), cursor.entryLength());
        } catch (FormatException e) {
            throw flaw(sequence + 1, String.valueOf(e.getMessage()));
        }
        sequence++;
    }

    /// The link between two entries is broken: which of them is not as it was written? If what
    /// comes behind (the next entry, or the head) still vouches for the second, it is the first.
    private Flaw brokenLink(SegmentCursor cursor) throws IOException {
        byte[] second = leaf.hash(cursor.bytes(), cursor.entryOffset(), cursor.entryLength());
        boolean vouched = sequence + 1 == head.sequence() && Arrays.equals(second, head.leafHash());
        try {
            if (!vouched && cursor.next() == SegmentCursor.Step.FRAME) {
                entry.parse(cursor.bytes(), cursor.entryOffset(), cursor.entryLength());
                vouched = entry.prevIs(second);
            }
        } catch (FormatException _) {
            // Vouches for nothing.
        }
        if (vouched && sequence > 0)
            return at(previousFile, previousOffset)
                    .flaw(sequence, "the next entry does not chain to this one");
        return flaw(sequence + 1, "the entry does not chain to the one before");
    }

    private Flaw tornOrAltered(SegmentCursor cursor, SegmentCursor.Step step, boolean last)
            throws IOException {
        String what =
                step == SegmentCursor.Step.BROKEN
                        ? cursor.flaw()
                        : "data follows where nothing should";
        if (!last) return flaw(sequence + 1, what + ", in a segment that is not the last");
        if (head.closed()) return flaw(sequence + 1, what + ", though the log was closed cleanly");
        if (sequence < head.sequence())
            return flaw(sequence + 1, what + ", though it had been acknowledged");
        if (isKnownBeyond()) return flaw(sequence + 1, what + ", though it was noted outside");
        if (cursor.laterBatchFollows())
            return flaw(sequence + 1, what + ", though later entries follow");
        return new Flaw(Outcome.TORN_TAIL, sequence + 1, what);
    }

    private void checkEnd() throws Flaw {
        if (sequence < head.sequence())
            throw flaw(
                    sequence + 1,
                    "the log ends here, though it had entries up to sequence " + head.sequence());
        if (head.closed() && sequence > head.sequence())
            throw flaw(
                    head.sequence() + 1,
                    "entries follow sequence " + head.sequence() + ", at which it was closed");
        if (epoch > head.epoch()) throw flaw(sequence, "the entry's epoch never began");
        if (isKnownBeyond())
            throw flaw(sequence + 1, "the log ends here, though a later entry was noted outside");
    }

    private boolean isKnownBeyond() {
        return known.stream().anyMatch(position -> position.sequence() > sequence);
    }

    private List<String> segments() throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            List<String> names = new ArrayList<>();
            files.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> Segment.firstSequence(name).isPresent())
                    .sorted()
                    .forEach(names::add);
            return names;
        }
    }

    /// Empty when neither slot is valid.
    private static Optional<Head> readHead(Path store) throws IOException {
        try (FileChannel channel = FileChannel.open(store.resolve(Head.FILE_NAME))) {
            byte[] bytes = new byte[Head.FILE_BYTES];
            return Head.parse(bytes, readFully(channel, bytes));
        }
    }

    private static int readFully(FileChannel channel, byte[] into) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
            // until the array is full or the file ends
        }
        return buffer.position();
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(WRITER_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private LogVerifier at(String name, long position) {
        file = name;
        offset = position;
        return this;
    }

    private VerifyResult result(Outcome outcome, long badSequence, String reason) {
        boolean sound = outcome == Outcome.SOUND;
        return new VerifyResult(
                outcome,
                sequence,
                Leaf.hex(hash),
                origin,
                head.closed(),
                badSequence,
                sound ? "" : file,
                sound ? 0 : offset,
                reason,
                tree == null ? VerifyResult.Seal.NONE : tree.seal(),
                letGo.map(record ->
                        new VerifyResult.Gap(
                                pruned,
                                record.before(),
                                record.sequence(),
                                kept.size(),
                                record.keepMonths(),
                                oldest)));
    }

    private Flaw flaw(long badSequence, String reason) {
        return new Flaw(Outcome.ALTERED, badSequence, reason);
    }

    /// Ends the run with what was found first.
    private static final class Flaw extends Exception {
        private static final long serialVersionUID = 1L;

        private final Outcome outcome;
        private final long sequence;

        Flaw(Outcome outcome, long sequence, String reason) {
            super(reason, null, false, false);
            this.outcome = outcome;
            this.sequence = sequence;
        }
    }
}
