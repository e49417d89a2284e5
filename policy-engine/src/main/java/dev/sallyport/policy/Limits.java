package dev.sallyport.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;

/// What one statement may take at most; enforced while it runs, with an error. Empty: no limit.
///
/// @param rows returned to the client, from 1
/// @param bytes returned to the client, from 1
/// @param time from forwarding the statement to its last row, more than zero
public record Limits(OptionalLong rows, OptionalLong bytes, Optional<Duration> time) {
    public static final Limits NONE =
            new Limits(OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

    public boolean isNone() {
        return rows.isEmpty() && bytes.isEmpty() && time.isEmpty();
    }

    /// Of each limit the smaller.
    public Limits and(Limits other) {
        return new Limits(
                smaller(rows, other.rows),
                smaller(bytes, other.bytes),
                time.isEmpty()
                        ? other.time
                        : other.time.filter(t -> t.compareTo(time.get()) < 0).or(() -> time));
    }

    /// From what leaves most to what leaves least: a total order.
    static final Comparator<Limits> LOOSEST_FIRST =
            Comparator.comparingLong((Limits l) -> l.rows.orElse(Long.MAX_VALUE))
                    .thenComparingLong(l -> l.bytes.orElse(Long.MAX_VALUE))
                    .thenComparing(l -> l.time.orElse(Duration.ofSeconds(Long.MAX_VALUE)))
                    .reversed();

    /// For people, as `1000 rows, 30s`; empty for none.
    String words() {
        var parts = new ArrayList<String>();
        rows.ifPresent(n -> parts.add(n + " rows"));
        bytes.ifPresent(n -> parts.add(n + " bytes"));
        time.ifPresent(t -> parts.add(t.toMillis() + "ms"));
        return String.join(", ", parts);
    }

    private static OptionalLong smaller(OptionalLong a, OptionalLong b) {
        if (a.isEmpty()) return b;
        return b.isEmpty() || a.getAsLong() <= b.getAsLong() ? a : b;
    }
}
