package dev.sallyport.audit.verify;

import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyChange;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.TreeBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/// Computes the tree while somebody walks the chain, and holds signed checkpoints against it: each
/// has the entries' root at its size and is signed by the key that was in force there.
final class CheckpointVerifier {
    private static final byte[] LOG_KEY = Leaf.ascii(KeyChange.TYPE);

    /// A checkpoint, a key or the tree is not as it should be.
    ///
    /// <p>`sequence` is the first entry concerned; 0 when that can't be said.
    static final class Flaw extends Exception {
        private static final long serialVersionUID = 1L;
        final long sequence;
        final String where;

        Flaw(long sequence, String where, String reason) {
            super(reason, null, false, false);
            this.sequence = sequence;
            this.where = where;
        }
    }

    private record Named(String where, Checkpoint checkpoint) {}

    private final Evidence evidence;
    private final TreeMap<Long, List<Named>> waiting = new TreeMap<>();
    private final TreeBuilder tree;
    private String key = "";
    private long keySequence;
    private boolean keyTrusted;
    private long sealed;

    /// @param tree over the entries that come before the first that will be shown; empty for a
    ///   whole log
    CheckpointVerifier(Evidence evidence, TreeBuilder tree) {
        this.evidence = evidence;
        this.tree = tree;
        for (Checkpoint checkpoint : evidence.checkpoints())
            add("the checkpoint that was kept outside", checkpoint);
    }

    void add(String where, Checkpoint checkpoint) {
        waiting.computeIfAbsent(checkpoint.size(), _ -> new ArrayList<>())
                .add(new Named(where, checkpoint));
    }

    /// Whether a checkpoint is still to be held against the entries.
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /// The key in force where the walk begins, when that is not the log's beginning.
    void startWith(String signer) throws FormatException {
        if (signer.isEmpty()) return;
        trust(VerifierKey.parse(signer));
        keySequence = tree.size();
    }

    private void trust(VerifierKey next) {
        keyTrusted = keyTrusted || evidence.keys().isEmpty() || evidence.keys().contains(next);
        key = next.toString();
    }

    static boolean isKey(Envelope entry) {
        return entry.typeIs(LOG_KEY);
    }

    /// The next entry of the chain: {@link #follow} its key, then {@link #append} its hash.
    void entry(String origin, long sequence, byte[] leafHash, Envelope entry)
            throws Flaw, FormatException {
        follow(origin, sequence, entry);
        var _ = append(origin, sequence, leafHash);
    }

    /// What the entry says about the log's key, if it does.
    void follow(String origin, long sequence, Envelope entry) throws FormatException {
        if (!isKey(entry)) return;
        KeyChange change =
                new KeyChange(
                        entry.eventText("key"),
                        entry.eventText("previousKey"),
                        entry.eventText("signature"));
        trust(change.check(origin, key));
        keySequence = sequence;
    }

    /// Returns the tiles that became full.
    List<TreeBuilder.Full> append(String origin, long sequence, byte[] leafHash)
            throws Flaw, FormatException {
        List<TreeBuilder.Full> full = tree.append(leafHash);
        List<Named> here = waiting.remove(sequence);
        if (here != null) for (Named each : here) check(origin, each);
        return full;
    }

    private void check(String origin, Named named) throws Flaw, FormatException {
        Checkpoint checkpoint = named.checkpoint;
        if (!checkpoint.origin().equals(origin))
            throw flaw(named, "the checkpoint is of the log " + checkpoint.origin());
        if (!Arrays.equals(checkpoint.root(), tree.root()))
            throw flaw(named, "the entries are not those that this checkpoint covers");
        if (key.isEmpty()) throw flaw(named, "a checkpoint of a log that names no key");
        switch (checkpoint.note().verify(VerifierKey.parse(key))) {
            case SIGNED -> sealed = Math.max(sealed, checkpoint.size());
            case NOT_SIGNED, FORGED ->
                    throw flaw(named, "the checkpoint is not signed by the log's key");
        }
    }

    private static Flaw flaw(Named named, String reason) {
        return new Flaw(named.checkpoint.size(), named.where, reason);
    }

    /// The chain ends here: no checkpoint may be left.
    ///
    /// @param begin sequence of the entry before the first that was shown: what covers no more than
    ///   that cannot be checked any more
    void end(String origin, long begin, long sequence) throws Flaw {
        for (Named named : waiting.values().stream().flatMap(List::stream).toList()) {
            if (!origin.isEmpty() && !named.checkpoint.origin().equals(origin))
                throw flaw(named, "the checkpoint is of the log " + named.checkpoint.origin());
            if (named.checkpoint.size() == 0) throw flaw(named, "the checkpoint covers nothing");
            if (named.checkpoint.size() <= begin) continue;
            throw new Flaw(
                    sequence + 1,
                    named.where,
                    "the log ends here, though a checkpoint covers entries up to sequence "
                            + named.checkpoint.size());
        }
    }

    /// A key was given from outside, and is none of the log's.
    void checkTrusted() throws Flaw {
        if (!evidence.keys().isEmpty() && !keyTrusted)
            throw new Flaw(
                    Math.max(keySequence, 1),
                    "",
                    key.isEmpty()
                            ? "the log names no key, though one was expected"
                            : "the log's key is none of those that are trusted");
    }

    TreeBuilder tree() {
        return tree;
    }

    String key() {
        return key;
    }

    /// Of the last entry `log-key`; 0 when there is none.
    long keySequence() {
        return keySequence;
    }

    /// How many entries a checkpoint covers that was looked at.
    long sealed() {
        return sealed;
    }
}
