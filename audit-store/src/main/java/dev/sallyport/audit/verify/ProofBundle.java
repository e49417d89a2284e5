package dev.sallyport.audit.verify;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.KeptEntries;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyChange;
import dev.sallyport.audit.note.Note;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.LeafReader;
import dev.sallyport.audit.tree.Merkle;
import dev.sallyport.audit.tree.TileReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One entry and the proof that it is in the tree of a signed checkpoint: verifies without the
/// store (C2SP tlog-proof, whose `extra` holds the key and the entry).
///
/// @param entry the exact bytes
/// @param key that signed the checkpoint. It proves nothing that the bundle brings it along
public record ProofBundle(
        VerifierKey key, byte[] entry, long sequence, List<byte[]> path, Checkpoint checkpoint) {
    private static final String MAGIC = "c2sp.org/tlog-proof@v1\n";
    private static final Pattern FORM =
            Pattern.compile(
                    Pattern.quote(MAGIC)
                            + "extra ([A-Za-z0-9+/]+={0,2})\nindex (0|[1-9]\\d{0,15})\n"
                            + "((?:[A-Za-z0-9+/]{43}=\n){0,63})\n");
    private static final int MAX_BYTES = 256 * 1024;

    public ProofBundle {
        path = List.copyOf(path);
    }

    /// Reads entry and tiles, and verifies what comes of it.
    ///
    /// @throws FormatException the store does not hold together, or no checkpoint covers the entry
    /// @throws NoSuchFileException the log has no checkpoint, or a tile is missing
    public static ProofBundle of(Path store, long sequence) throws IOException, FormatException {
        Checkpoint checkpoint =
                Checkpoint.parse(Files.readAllBytes(store.resolve(Checkpoint.FILE_NAME)));
        if (sequence < 1 || sequence > checkpoint.size())
            throw new FormatException(
                    "the newest checkpoint covers entries 1 to "
                            + checkpoint.size()
                            + ", not "
                            + sequence);
        byte[] entry;
        try (LeafReader entries = new LeafReader(store, sequence)) {
            entries.next();
            entry = entries.bytes();
        }
        List<byte[]> path =
                Merkle.inclusion(
                        new TileReader(store, checkpoint.size()), sequence - 1, checkpoint.size());
        ProofBundle bundle =
                new ProofBundle(signer(store, checkpoint), entry, sequence, path, checkpoint);
        bundle.verify(List.of());
        return bundle;
    }

    /// The key in force at the checkpoint, from the log's own entries.
    private static VerifierKey signer(Path store, Checkpoint checkpoint)
            throws IOException, FormatException {
        byte[] type = Leaf.ascii(KeyChange.TYPE);
        String key = "";
        Envelope kept = new Envelope();
        for (byte[] bytes : KeptEntries.read(store).values()) {
            kept.parse(bytes, 0, bytes.length);
            if (kept.typeIs(type) && kept.sequence() <= checkpoint.size())
                key = kept.eventText("key");
        }
        try (LeafReader entries = LeafReader.first(store)) {
            while (entries.sequence() < checkpoint.size()) {
                entries.next();
                if (entries.entry().typeIs(type)) key = entries.entry().eventText("key");
            }
        }
        return VerifierKey.parse(key);
    }

    /// @param trusted keys; empty: the bundle's own is taken as it is
    /// @throws FormatException it proves nothing, and why
    public void verify(List<VerifierKey> trusted) throws FormatException {
        Entry parsed = Entry.parse(entry, 0, entry.length);
        if (parsed.sequence() != sequence || !parsed.writer().equals(checkpoint.origin()))
            throw new FormatException("the entry is not the one the proof is about");
        if (!trusted.isEmpty() && !trusted.contains(key))
            throw new FormatException("the key is none of those that are trusted");
        if (!key.name().equals(checkpoint.origin())
                || key.use() != VerifierKey.Use.NOTE
                || checkpoint.note().verify(key) != Note.Verdict.SIGNED)
            throw new FormatException("the checkpoint is not signed by the key");
        byte[] leaf = new Leaf().hash(entry, 0, entry.length);
        if (!Merkle.isIncluded(leaf, sequence - 1, checkpoint.size(), path, checkpoint.root()))
            throw new FormatException("the entry is not in the checkpoint's tree");
    }

    public static ProofBundle parse(byte[] bytes) throws FormatException {
        if (bytes.length > MAX_BYTES) throw new FormatException("not a proof: too long");
        String text = new String(bytes, StandardCharsets.UTF_8);
        int blank = text.indexOf("\n\n");
        Matcher matcher = FORM.matcher(blank < 0 ? "" : text.substring(0, blank + 2));
        if (!matcher.matches()) throw new FormatException("not a proof");
        try {
            byte[] extra = Base64.getDecoder().decode(matcher.group(1));
            int end = 0;
            while (end < extra.length && extra[end] != '\n') end++;
            if (end == extra.length) throw new FormatException("not a proof");
            List<byte[]> path = new ArrayList<>();
            for (String line : matcher.group(3).lines().toList())
                path.add(Base64.getDecoder().decode(line));
            return new ProofBundle(
                    VerifierKey.parse(new String(extra, 0, end, StandardCharsets.UTF_8)),
                    Arrays.copyOfRange(extra, end + 1, extra.length),
                    Long.parseLong(matcher.group(2)) + 1,
                    path,
                    Checkpoint.parse(text.substring(blank + 2).getBytes(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException _) {
            throw new FormatException("not a proof");
        }
    }

    public byte[] bytes() {
        Base64.Encoder base64 = Base64.getEncoder();
        ByteArrayOutputStream extra = new ByteArrayOutputStream();
        extra.writeBytes((key + "\n").getBytes(StandardCharsets.UTF_8));
        extra.writeBytes(entry);
        StringBuilder text = new StringBuilder(MAGIC);
        text.append("extra ").append(base64.encodeToString(extra.toByteArray()));
        text.append("\nindex ").append(sequence - 1).append('\n');
        for (byte[] hash : path) text.append(base64.encodeToString(hash)).append('\n');
        text.append('\n');
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
        all.writeBytes(checkpoint.note().bytes());
        return all.toByteArray();
    }

    @Override
    public String toString() {
        return "proof of entry " + sequence + " in " + checkpoint;
    }
}
