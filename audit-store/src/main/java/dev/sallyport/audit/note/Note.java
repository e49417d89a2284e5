package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.VerifierKey.Use;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;

/// A signed note (C2SP signed-note): a text, a blank line, and a line for each signature.
///
/// @param text ends with a newline
public record Note(String text, List<Line> signatures) {
    private static final String DASH = "\u2014 ";
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_SIGNATURES = 100;
    private static final int ID_BYTES = 4;
    private static final int TIME_BYTES = 8;

    public Note {
        signatures = List.copyOf(signatures);
    }

    /// @param blob key id and signature
    public record Line(String name, byte[] blob) {
        int id() {
            return ByteBuffer.wrap(blob).getInt();
        }

        /// Whether it says it is of that key; not whether it verifies.
        public boolean isOf(VerifierKey key) {
            return name.equals(key.name()) && id() == key.id();
        }

        byte[] signature() {
            return Arrays.copyOfRange(blob, ID_BYTES, blob.length);
        }

        @Override
        public String toString() {
            return DASH + name + " " + Base64.getEncoder().encodeToString(blob) + "\n";
        }
    }

    /// What the signatures in a note say about one key.
    public enum Verdict {
        SIGNED,
        /// No line of that key.
        NOT_SIGNED,
        /// A line that says it is of that key, and is not: the note is malformed.
        FORGED
    }

    public static Note parse(byte[] bytes) throws FormatException {
        if (bytes.length > MAX_BYTES) throw new FormatException("a note of more than 64 KiB");
        String all;
        try {
            all = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw new FormatException("a note that is not UTF-8");
        }
        if (all.chars().anyMatch(c -> c < ' ' && c != '\n'))
            throw new FormatException("a note with control characters");
        int blank = all.lastIndexOf("\n\n");
        if (blank < 0 || !all.endsWith("\n")) throw new FormatException("not a signed note");
        List<Line> lines = lines(all.substring(blank + 2));
        if (lines.isEmpty()) throw new FormatException("a note without signatures");
        return new Note(all.substring(0, blank + 1), lines);
    }

    /// Signature lines, each ended by a newline.
    public static List<Line> lines(String text) throws FormatException {
        List<Line> lines = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            if (end < 0 || lines.size() == MAX_SIGNATURES)
                throw new FormatException("not the signature lines of a note");
            lines.add(line(text.substring(at, end)));
            at = end + 1;
        }
        return lines;
    }

    private static Line line(String line) throws FormatException {
        int blank = line.lastIndexOf(' ');
        if (!line.startsWith(DASH) || blank <= DASH.length())
            throw new FormatException("not a signature line");
        String name = line.substring(DASH.length(), blank);
        String encoded = line.substring(blank + 1);
        if (!VerifierKey.isName(name)) throw new FormatException("not a signature line");
        try {
            byte[] blob = Base64.getDecoder().decode(encoded);
            if (blob.length <= ID_BYTES
                    || !Base64.getEncoder().encodeToString(blob).equals(encoded))
                throw new FormatException("not a signature line");
            return new Line(name, blob);
        } catch (IllegalArgumentException _) {
            throw new FormatException("not a signature line");
        }
    }

    public static Note sign(String text, SigningKey key) {
        byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
        return new Note(text, List.of(line(key.verifier(), signature)));
    }

    /// A witness's line for this note (tlog-cosignature, Ed25519).
    public Line cosign(SigningKey witness, long seconds) {
        byte[] signature = witness.sign(cosigned(seconds));
        return line(
                witness.verifier(),
                ByteBuffer.allocate(TIME_BYTES + signature.length)
                        .putLong(seconds)
                        .put(signature)
                        .array());
    }

    private byte[] cosigned(long seconds) {
        return ("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }

    private static Line line(VerifierKey key, byte[] signature) {
        return new Line(
                key.name(),
                ByteBuffer.allocate(ID_BYTES + signature.length)
                        .putInt(key.id())
                        .put(signature)
                        .array());
    }

    /// Whether the key signed this note. Lines of other keys are not looked at.
    public Verdict verify(VerifierKey key) {
        boolean signed = false;
        for (Line line : signatures) {
            if (!line.isOf(key)) continue;
            boolean right =
                    switch (key.use()) {
                        case NOTE ->
                                key.verifies(
                                        text.getBytes(StandardCharsets.UTF_8), line.signature());
                        case COSIGNATURE -> cosignedAt(key, line).isPresent();
                    };
            if (!right) return Verdict.FORGED;
            signed = true;
        }
        return signed ? Verdict.SIGNED : Verdict.NOT_SIGNED;
    }

    /// When (seconds since 1970) the witness cosigned this note with that line; empty when it did
    /// not.
    public OptionalLong cosignedAt(VerifierKey witness, Line line) {
        if (witness.use() != Use.COSIGNATURE || !line.isOf(witness)) return OptionalLong.empty();
        byte[] signature = line.signature();
        if (signature.length <= TIME_BYTES) return OptionalLong.empty();
        long seconds = ByteBuffer.wrap(signature).getLong();
        byte[] bare = Arrays.copyOfRange(signature, TIME_BYTES, signature.length);
        return seconds > 0 && witness.verifies(cosigned(seconds), bare)
                ? OptionalLong.of(seconds)
                : OptionalLong.empty();
    }

    public byte[] bytes() {
        StringBuilder all = new StringBuilder(text).append('\n');
        for (Line line : signatures) all.append(line);
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }
}
