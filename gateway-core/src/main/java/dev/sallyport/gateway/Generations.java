package dev.sallyport.gateway;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Remembers what comes again and again, within a budget in bytes. Any thread.
///
/// Two generations: what is used moves to the young one; when that has half of the budget, the old
/// one is dropped and the young one becomes old.
final class Generations<K, V> {
    private static final long ENTRY_BYTES = 160;
    private static final int SEEN_PLACES = 1 << 15;

    private final long budgetBytes;
    private final AtomicIntegerArray seenOnce = new AtomicIntegerArray(SEEN_PLACES);
    private final AtomicLong youngBytes = new AtomicLong();
    private volatile Map<K, V> young = new ConcurrentHashMap<>();
    private volatile Map<K, V> old = new ConcurrentHashMap<>();

    Generations(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    @Nullable V young(K key) {
        return young.get(key);
    }

    @Nullable V old(K key) {
        return old.get(key);
    }

    /// What comes once and never again would push out others, if it were kept, and live long enough
    /// to cost the collector. So what comes is kept the second time. Another key in the same place
    /// only means that one is kept later, or sooner.
    boolean comesFirst(K key) {
        int hash = key.hashCode();
        int place = (hash ^ hash >>> 15) & seenOnce.length() - 1;
        if (seenOnce.getPlain(place) == hash) return false;
        seenOnce.setPlain(place, hash);
        return true;
    }

    /// @param bytes that key and value take, roughly
    void keep(K key, V value, long bytes) {
        if (young.putIfAbsent(key, value) != null) return;
        if (youngBytes.addAndGet(ENTRY_BYTES + bytes) > budgetBytes / 2) ageIfFull();
    }

    private synchronized void ageIfFull() {
        if (youngBytes.get() <= budgetBytes / 2) return;
        old = young;
        young = new ConcurrentHashMap<>();
        youngBytes.set(0);
    }

    void clear() {
        young = new ConcurrentHashMap<>();
        old = new ConcurrentHashMap<>();
        youngBytes.set(0);
    }
}
