package dev.sallyport.audit.export;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Leaf;
import org.jspecify.annotations.Nullable;

/// An entry on its way out.
///
/// @param raw the entry's bytes
/// @param leafHash their hash, in hex
/// @param intent of the statement, where the entry is its outcome and the intent is known
/// @param person whom the entry is about; empty for nobody
public record Exported(
        Entry entry, byte[] raw, String leafHash, @Nullable Entry intent, String person) {
    static Exported of(Entry entry, byte[] raw, @Nullable Entry intent, String person) {
        return new Exported(
                entry, raw, Leaf.hex(new Leaf().hash(raw, 0, raw.length)), intent, person);
    }

    /// What tells of the statement: its intent, or the entry itself.
    Entry statement() {
        return intent == null ? entry : intent;
    }

    @Override
    public String toString() {
        return "Exported[" + entry.sequence() + "]";
    }
}
