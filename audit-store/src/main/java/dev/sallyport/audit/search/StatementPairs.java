package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Finds the intent that an outcome belongs to. To be shown every entry in order.
public final class StatementPairs {
    /// More statements than can run at a time; of more the oldest are forgotten.
    private static final int MAX_OPEN = 100_000;

    private final SequencedMap<String, Entry> open = new LinkedHashMap<>();

    /// @return for an outcome its intent, if that was among the entries shown; else null
    public @Nullable Entry follow(Entry entry) {
        if (entry.type().equals(EntryFilter.OUTCOME)) return open.remove(key(entry));
        if (entry.type().equals(EntryFilter.INTENT) && !entry.text("decision").equals("deny")) {
            open.put(key(entry), entry);
            if (open.size() > MAX_OPEN) open.pollFirstEntry();
        }
        return null;
    }

    /// Permitted statements that had no outcome yet.
    Collection<Entry> openEntries() {
        return List.copyOf(open.values());
    }

    private static String key(Entry entry) {
        return entry.text("session") + " " + entry.number("statement", 0);
    }
}
