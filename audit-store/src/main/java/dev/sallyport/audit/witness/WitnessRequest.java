package dev.sallyport.audit.witness;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// The body of `add-checkpoint`.
///
/// @param old size of the checkpoint that the witness has, as the log believes
/// @param proof that `checkpoint` continues it
record WitnessRequest(long old, List<byte[]> proof, Checkpoint checkpoint) {
    static final int MAX_BYTES = 128 * 1024;
    private static final int MAX_PROOF = 63;
    private static final Pattern OLD = Pattern.compile("old (0|[1-9]\\d{0,15})");

    static WitnessRequest parse(byte[] body) throws FormatException {
        int at = 0;
        long old = -1;
        List<byte[]> proof = new ArrayList<>();
        while (true) {
            int end = at;
            while (end < body.length && body[end] != '\n') end++;
            if (end == body.length) throw new FormatException("not an add-checkpoint request");
            String line = new String(body, at, end - at, StandardCharsets.UTF_8);
            at = end + 1;
            if (old < 0) {
                var matcher = OLD.matcher(line);
                if (!matcher.matches()) throw new FormatException("no old size");
                old = Long.parseLong(matcher.group(1));
            } else if (line.isEmpty()) {
                Checkpoint checkpoint = Checkpoint.parse(Arrays.copyOfRange(body, at, body.length));
                return new WitnessRequest(old, proof, checkpoint);
            } else {
                proof.add(hash(line));
                if (proof.size() > MAX_PROOF) throw new FormatException("too many proof lines");
            }
        }
    }

    private static byte[] hash(String line) throws FormatException {
        try {
            byte[] hash = Base64.getDecoder().decode(line);
            if (hash.length == Leaf.HASH_BYTES) return hash;
        } catch (IllegalArgumentException _) {
            // as below
        }
        throw new FormatException("a proof line that is no hash");
    }

    byte[] bytes() {
        StringBuilder head = new StringBuilder("old ").append(old).append('\n');
        for (byte[] hash : proof)
            head.append(Base64.getEncoder().encodeToString(hash)).append('\n');
        head.append('\n');
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(checkpoint.note().bytes());
        return all.toByteArray();
    }
}
