package dev.sallyport.audit.verify;

import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.VerifierKey;
import java.util.List;

/// What a verifier holds that does not come from the store: the only thing that finds a store that
/// was replaced as a whole.
///
/// @param entries that the log must still hold as they were
/// @param checkpoints of which the log must be a continuation
/// @param keys that are trusted, and every key they vouch for; empty: whichever the log names first
public record Evidence(
        List<Position> entries, List<Checkpoint> checkpoints, List<VerifierKey> keys) {
    public static final Evidence NONE = new Evidence(List.of(), List.of(), List.of());

    public Evidence {
        entries = List.copyOf(entries);
        checkpoints = List.copyOf(checkpoints);
        keys = List.copyOf(keys);
    }

    public static Evidence of(List<Position> entries) {
        return new Evidence(entries, List.of(), List.of());
    }
}
