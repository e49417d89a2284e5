package dev.sallyport.audit.verify;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.tree.Tile;
import dev.sallyport.audit.tree.TreeBuilder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Verifies a log's entries wherever they come from: place, link, tree and signatures. Who reads
/// them shows them in order, each with the one behind it. Not for several threads.
public final class EntryVerifier {
    /// What is not as it was written.
    public static final class Flaw extends Exception {
        private static final long serialVersionUID = 1L;
        private final long sequence;

        Flaw(long sequence, String reason) {
            super(reason, null, false, false);
            this.sequence = sequence;
        }

        /// The first entry concerned; 0 when that can't be said.
        public long sequence() {
            return sequence;
        }
    }

    /// What comes before the first entry that is shown.
    ///
    /// @param sequence of the last entry before; 0 for a whole log
    /// @param leafHash of that entry
    /// @param edge hashes of the tree's partial tiles at that size, from the lowest level up
    /// @param key that signs checkpoints there
    public record Start(long sequence, byte[] leafHash, byte[] edge, String key) {
        public static final Start OF_LOG = new Start(0, new byte[Leaf.HASH_BYTES], new byte[0], "");

        private TreeBuilder tree() throws FormatException {
            List<Tile> partial = TreeBuilder.partial(sequence);
            if (partial.stream().mapToInt(Tile::bytes).sum() != edge.length)
                throw new FormatException(
                        "the tree before sequence " + (sequence + 1) + " is lost");
            List<byte[]> hashes = new ArrayList<>();
            int at = 0;
            for (Tile tile : partial) {
                hashes.add(Arrays.copyOfRange(edge, at, at + tile.bytes()));
                at += tile.bytes();
            }
            return TreeBuilder.of(sequence, partial, hashes);
        }
    }

    private final String origin;
    private final byte[] originBytes;
    private final Start start;
    private final Evidence evidence;
    private final CheckpointVerifier checkpoints;
    private final RetentionRecords retention;
    private final Leaf leaf = new Leaf();
    private final Envelope entry = new Envelope();
    private final Envelope following = new Envelope();
    private long sequence;
    private byte[] hash;
    private long epoch;

    /// @param origin that every entry has to name
    public EntryVerifier(
            String origin, Start start, Evidence evidence, List<Checkpoint> checkpoints)
            throws FormatException {
        this.origin = origin;
        this.originBytes = Leaf.ascii(origin);
        this.start = start;
        this.evidence = evidence;
        this.sequence = start.sequence;
        this.hash = start.leafHash.clone();
        this.checkpoints = new CheckpointVerifier(evidence, start.tree());
        this.checkpoints.startWith(start.key);
        this.retention = new RetentionRecords(start.sequence == 0);
        for (Checkpoint checkpoint : checkpoints)
            this.checkpoints.add("checkpoint " + checkpoint.size(), checkpoint);
    }

    /// The next entry.
    ///
    /// @param next the one behind it, which may vouch for it; null when there is none
    public void entry(byte[] bytes, byte @Nullable [] next) throws Flaw {
        byte[] own = leaf.hash(bytes, 0, bytes.length);
        try {
            entry.parse(bytes, 0, bytes.length);
            entry.checkEvent();
            if (!entry.writerIs(originBytes))
                throw new FormatException("the entry is of another log");
            if (entry.sequence() > sequence + 1)
                throw new FormatException("entries are missing up to " + (entry.sequence() - 1));
            if (entry.sequence() <= sequence)
                throw new FormatException("the entry " + entry.sequence() + " is there twice");
            if (!entry.prevIs(hash)) throw brokenLink(own, next);
            if (entry.epoch() < epoch)
                throw new FormatException("the entry is of an earlier epoch than the one before");
            for (Position known : evidence.entries())
                if (known.sequence() == sequence + 1 && !known.leafHash().equals(Leaf.hex(own)))
                    throw new FormatException("not the entry that was noted outside");
            checkpoints.entry(origin, sequence + 1, own, entry);
            if (RetentionRecords.isOne(entry)) retention.follow(bytes, 0, bytes.length);
        } catch (CheckpointVerifier.Flaw e) {
            throw new Flaw(e.sequence, e.where + ": " + e.getMessage());
        } catch (FormatException e) {
            throw new Flaw(sequence + 1, String.valueOf(e.getMessage()));
        }
        epoch = entry.epoch();
        hash = own;
        sequence++;
    }

    /// Which of the two was changed? If the next entry still vouches for the second, the first.
    private Flaw brokenLink(byte[] own, byte @Nullable [] next) {
        try {
            if (next != null && sequence > start.sequence) {
                following.parse(next, 0, next.length);
                if (following.prevIs(own))
                    return new Flaw(sequence, "the next entry does not chain to this one");
            }
        } catch (FormatException _) {
            // Vouches for nothing.
        }
        return new Flaw(sequence + 1, "the entry does not chain to the one before");
    }

    /// What whoever reads the entries found beside the last one that was shown.
    public Flaw flaw(String reason) {
        return new Flaw(sequence, reason);
    }

    /// There are no more.
    public void end() throws Flaw {
        for (Position known : evidence.entries())
            if (known.sequence() > sequence)
                throw new Flaw(
                        sequence + 1, "the log ends here, though a later entry was noted outside");
        try {
            checkpoints.end(origin, start.sequence, sequence);
            checkpoints.checkTrusted();
        } catch (CheckpointVerifier.Flaw e) {
            throw new Flaw(e.sequence, (e.where.isEmpty() ? "" : e.where + ": ") + e.getMessage());
        }
    }

    /// What the entries that were shown say about holds and pruning.
    public RetentionRecords retention() {
        return retention;
    }

    /// Of the last good entry.
    public long sequence() {
        return sequence;
    }

    public String leafHash() {
        return Leaf.hex(hash);
    }

    /// What the signatures cover of what was good.
    public VerifyResult.Seal seal() {
        return new VerifyResult.Seal(
                checkpoints.sealed(), checkpoints.key(), !evidence.keys().isEmpty());
    }

    /// Where a walk may start later, behind the last good entry.
    public Start reached() {
        ByteArrayOutputStream edge = new ByteArrayOutputStream();
        TreeBuilder tree = checkpoints.tree();
        for (Tile tile : tree.partial()) edge.writeBytes(tree.hashes(tile.level(), tile.width()));
        return new Start(sequence, hash.clone(), edge.toByteArray(), checkpoints.key());
    }
}
