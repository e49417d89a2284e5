package dev.sallyport.gateway;

import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Remembers the analysis of texts that come again and again, within a budget in bytes. Any thread.
///
/// Two generations: what is used moves to the young one; when that has half of the budget, the old
/// one is dropped and the young one becomes old. A text is found only under an equal context, and a
/// context holds the catalog by identity, so nothing outlives its catalog; what is left of replaced
/// catalogs goes with {@link #clear}.
final class AnalysisCache {
    /// Longer texts are mostly data, and different each time.
    static final int MAX_TEXT_CHARS = 32 * 1024;

    private static final int MAX_CONTEXTS = 4096;
    private static final long ENTRY_BYTES = 160;
    private static final int SEEN_PLACES = 1 << 15;

    private static final ThreadLocal<Key> PROBE = ThreadLocal.withInitial(() -> new Key("", null));

    private final SqlAnalyzer analyzer = new SqlAnalyzer();
    private final long budgetBytes;
    private final Map<AnalysisContext, AnalysisContext> contexts = new ConcurrentHashMap<>();
    private final AtomicIntegerArray seenOnce = new AtomicIntegerArray(SEEN_PLACES);
    private final AtomicLong youngBytes = new AtomicLong();
    private final AtomicLong misses = new AtomicLong();
    private volatile Map<Key, CheckedText> young = new ConcurrentHashMap<>();
    private volatile Map<Key, CheckedText> old = new ConcurrentHashMap<>();

    AnalysisCache(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /// Contexts are interned, so that comparing keys compares one reference.
    private static final class Key {
        private String text;
        private @Nullable AnalysisContext context;

        Key(String text, @Nullable AnalysisContext context) {
            this.text = text;
            this.context = context;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Key key && key.context == context && key.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode() * 31 + System.identityHashCode(context);
        }
    }

    /// The one instance for all sessions with an equal context on a shared catalog.
    AnalysisContext intern(AnalysisContext context) {
        if (contexts.size() > MAX_CONTEXTS) contexts.clear();
        var known = contexts.putIfAbsent(context, context);
        return known == null ? context : known;
    }

    /// @param context as {@link #intern} returned it
    CheckedText check(SqlText sql, AnalysisContext context) {
        if (sql.text().length() > MAX_TEXT_CHARS) return checkUncached(sql, context);
        // Most are found at once: nothing is made for them.
        var probe = PROBE.get();
        probe.text = sql.text();
        probe.context = context;
        var found = young.get(probe);
        probe.text = "";
        probe.context = null;
        if (found != null) return found;
        var key = new Key(sql.text(), context);
        found = old.get(key);
        if (found == null) {
            found = checkUncached(sql, context);
            if (comesFirst(key)) return found;
        }
        keep(key, found);
        return found;
    }

    /// For contexts that no other session shares.
    CheckedText checkUncached(SqlText sql, AnalysisContext context) {
        misses.incrementAndGet();
        return CheckedText.of(sql, analyzer.analyze(sql, context), context.catalog());
    }

    /// Texts that had to be analysed since the start.
    long misses() {
        return misses.get();
    }

    /// A catalog was replaced: what was analysed against it will not be found again.
    void clear() {
        young = new ConcurrentHashMap<>();
        old = new ConcurrentHashMap<>();
        youngBytes.set(0);
        contexts.clear();
    }

    /// A text with its values in it comes once and never again; kept, it would push out others and
    /// live long enough to cost the collector. So a text is kept when it comes for the second time.
    /// Another text in the same place only means that one is kept later, or sooner.
    private boolean comesFirst(Key key) {
        int hash = key.hashCode();
        int place = hash & seenOnce.length() - 1;
        if (seenOnce.getPlain(place) == hash) return false;
        seenOnce.setPlain(place, hash);
        return true;
    }

    private void keep(Key key, CheckedText value) {
        if (young.putIfAbsent(key, value) != null) return;
        long cost = ENTRY_BYTES + 2L * key.text.length() + value.bytes();
        if (youngBytes.addAndGet(cost) > budgetBytes / 2) ageIfFull();
    }

    private synchronized void ageIfFull() {
        if (youngBytes.get() <= budgetBytes / 2) return;
        old = young;
        young = new ConcurrentHashMap<>();
        youngBytes.set(0);
    }
}
