package dev.sallyport.gateway;

import dev.sallyport.policy.Limits;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What persons have got lately under each rule that limits it in a time: in all their sessions,
/// across changes of the policies. Any thread.
///
/// Time is counted in slots. The window reaches back one slot further than its length, so that
/// nothing stops counting too early.
final class Budgets {
    /// What is older counts for nothing.
    static final Duration REMEMBERED = Duration.ofMinutes(97 * 15);

    private record Key(String person, String ruleId) {}

    private final ConcurrentHashMap<Key, Usage> usages = new ConcurrentHashMap<>();
    private final LongSupplier clockMillis;
    private final AtomicLong latest = new AtomicLong();

    Budgets(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    Usage of(String person, String ruleId) {
        return usages.computeIfAbsent(new Key(person, ruleId), _ -> new Usage());
    }

    /// A clock that goes back counts as one that stands still.
    long now() {
        return latest.accumulateAndGet(clockMillis.getAsLong(), Math::max);
    }

    /// Which part of a budget is used up.
    ///
    /// @param atMillis when the first of it stops counting
    record Spent(boolean perDay, boolean ofBytes, long atMillis) {}

    /// One person's under one rule.
    final class Usage {
        private final Window hour = new Window(60_000, 60);
        private final Window day = new Window(15 * 60_000, 96);

        /// Takes that much, or nothing.
        ///
        /// @param atMillis of {@link #now}
        /// @return null: taken
        synchronized @Nullable Spent take(long atMillis, Limits limits, long rows, long bytes) {
            hour.advance(atMillis);
            day.advance(atMillis);
            var spent = hour.spent(limits.perHour(), rows, bytes, false);
            if (spent == null) spent = day.spent(limits.perDay(), rows, bytes, true);
            if (spent == null) add(atMillis, rows, bytes);
            return spent;
        }

        /// What was taken for a row that is not released after all.
        ///
        /// @param atMillis when it was taken: in another slot it would be missing there later
        synchronized void giveBack(long atMillis, long rows, long bytes) {
            add(atMillis, -rows, -bytes);
        }

        /// What the audit log says was got at that time.
        synchronized void recall(long atMillis, long rows, long bytes) {
            long now = now();
            hour.advance(now);
            day.advance(now);
            add(atMillis, rows, bytes);
        }

        synchronized long rowsOfHour() {
            hour.advance(now());
            return hour.rowsTotal;
        }

        synchronized long bytesOfHour() {
            hour.advance(now());
            return hour.bytesTotal;
        }

        synchronized long rowsOfDay() {
            day.advance(now());
            return day.rowsTotal;
        }

        synchronized long bytesOfDay() {
            day.advance(now());
            return day.bytesTotal;
        }

        private void add(long atMillis, long rows, long bytes) {
            hour.add(atMillis, rows, bytes);
            day.add(atMillis, rows, bytes);
        }
    }

    private static final class Window {
        private final long slotMillis;
        private final long[] rows;
        private final long[] bytes;
        private long newest;
        private long rowsTotal;
        private long bytesTotal;

        Window(long slotMillis, int slots) {
            this.slotMillis = slotMillis;
            this.rows = new long[slots + 1];
            this.bytes = new long[slots + 1];
        }

        void advance(long now) {
            long slot = now / slotMillis;
            if (slot <= newest) return;
            long first = Math.max(newest + 1, slot - rows.length + 1);
            for (long s = first; s <= slot; s++) {
                int i = index(s);
                rowsTotal -= rows[i];
                bytesTotal -= bytes[i];
                rows[i] = 0;
                bytes[i] = 0;
            }
            newest = slot;
        }

        @Nullable Spent spent(Limits.Quota quota, long more, long moreBytes, boolean perDay) {
            if (exceeds(quota.rows(), rowsTotal, more)) return new Spent(perDay, false, frees());
            if (exceeds(quota.bytes(), bytesTotal, moreBytes))
                return new Spent(perDay, true, frees());
            return null;
        }

        private static boolean exceeds(OptionalLong limit, long had, long more) {
            return limit.isPresent() && had + more > limit.getAsLong();
        }

        private long frees() {
            for (long s = Math.max(0, newest - rows.length + 1); s <= newest; s++) {
                int i = index(s);
                if (rows[i] > 0 || bytes[i] > 0) return (s + rows.length) * slotMillis;
            }
            return (newest + 1) * slotMillis;
        }

        void add(long atMillis, long more, long moreBytes) {
            long slot = Math.min(newest, atMillis / slotMillis);
            if (slot <= newest - rows.length || slot < 0) return;
            int i = index(slot);
            rows[i] += more;
            bytes[i] += moreBytes;
            rowsTotal += more;
            bytesTotal += moreBytes;
        }

        private int index(long slot) {
            return (int) (slot % rows.length);
        }
    }
}
