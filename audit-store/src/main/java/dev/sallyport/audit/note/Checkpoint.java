package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A log's tree head in a signed note (C2SP tlog-checkpoint), without extension lines. That it
/// parses says nothing about who signed it.
///
/// @param size how many entries the tree covers
/// @param note the whole, with its signatures
public record Checkpoint(String origin, long size, byte[] root, Note note) {
    /// The newest of a store.
    public static final String FILE_NAME = "checkpoint";

    private static final Pattern FORM =
            Pattern.compile("([^\n]+)\n(0|[1-9]\\d{0,15})\n([A-Za-z0-9+/]{43}=)\n");

    public static Checkpoint parse(byte[] bytes) throws FormatException {
        Note note = Note.parse(bytes);
        Matcher matcher = FORM.matcher(note.text());
        if (!matcher.matches()) throw new FormatException("a note that is no checkpoint");
        byte[] root = Base64.getDecoder().decode(matcher.group(3));
        if (!Base64.getEncoder().encodeToString(root).equals(matcher.group(3)))
            throw new FormatException("a note that is no checkpoint");
        return new Checkpoint(matcher.group(1), Long.parseLong(matcher.group(2)), root, note);
    }

    public static Checkpoint sign(String origin, long size, byte[] root, SigningKey key) {
        String text = origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
        return new Checkpoint(origin, size, root, Note.sign(text, key));
    }

    public boolean isSameTree(Checkpoint other) {
        return origin.equals(other.origin) && size == other.size && Arrays.equals(root, other.root);
    }

    @Override
    public String toString() {
        return origin + " " + size + " " + Leaf.hex(root);
    }
}
