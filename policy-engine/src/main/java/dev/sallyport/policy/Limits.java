package dev.sallyport.policy;

import dev.sallyport.sql.access.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What may be returned at most: of one statement, and to one person in a time; enforced while it
/// is, with an error. Empty: no limit.
///
/// @param rows returned to the client by one statement, from 1
/// @param bytes returned to the client by one statement, from 1
/// @param time from forwarding the statement to its last row, more than zero
/// @param perHour to one person in any 60 minutes, whatever the number of sessions
/// @param perDay to one person in any 24 hours
/// @param classes counts only where a column of one of these classes of data, or families
///   (`phi.*`), is used; empty: always
public record Limits(
        OptionalLong rows,
        OptionalLong bytes,
        Optional<Duration> time,
        Quota perHour,
        Quota perDay,
        SortedSet<String> classes) {
    public static final Limits NONE =
            new Limits(
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Quota.NONE,
                    Quota.NONE,
                    new TreeSet<>());

    /// @param rows from 1
    /// @param bytes from 1
    public record Quota(OptionalLong rows, OptionalLong bytes) {
        public static final Quota NONE = new Quota(OptionalLong.empty(), OptionalLong.empty());

        public boolean isNone() {
            return rows.isEmpty() && bytes.isEmpty();
        }

        private void addWords(List<String> parts, String when) {
            rows.ifPresent(n -> parts.add(n + " rows" + when));
            bytes.ifPresent(n -> parts.add(n + " bytes" + when));
        }
    }

    public boolean isNone() {
        return rows.isEmpty()
                && bytes.isEmpty()
                && time.isEmpty()
                && perHour.isNone()
                && perDay.isNone();
    }

    /// Whether it has to be known what the person got before.
    public boolean isPerPerson() {
        return !perHour.isNone() || !perDay.isNone();
    }

    /// Whether it counts for a statement that uses this column.
    boolean concerns(Resource.Relation relation, String column, Classification classification) {
        if (classes.isEmpty()) return true;
        for (var c : classification.of(relation, column))
            if (classes.contains(c) || classes.contains(MaskPlan.family(c))) return true;
        return false;
    }

    /// From what leaves most to what leaves least: a total order.
    static final Comparator<Limits> LOOSEST_FIRST =
            Comparator.comparingLong((Limits l) -> l.rows.orElse(Long.MAX_VALUE))
                    .thenComparingLong(l -> l.bytes.orElse(Long.MAX_VALUE))
                    .thenComparing(l -> l.time.orElse(Duration.ofSeconds(Long.MAX_VALUE)))
                    .thenComparingLong(l -> l.perDay.rows.orElse(Long.MAX_VALUE))
                    .thenComparingLong(l -> l.perDay.bytes.orElse(Long.MAX_VALUE))
                    .thenComparingLong(l -> l.perHour.rows.orElse(Long.MAX_VALUE))
                    .thenComparingLong(l -> l.perHour.bytes.orElse(Long.MAX_VALUE))
                    .reversed();

    /// One of the numbers of a limit.
    public enum Part {
        ROWS,
        BYTES,
        TIME,
        HOURLY_ROWS,
        HOURLY_BYTES,
        DAILY_ROWS,
        DAILY_BYTES
    }

    /// As a policy file has it, with `N` for that number: `{rows: N, perDay: {rows: 200}}`.
    String spelledWith(Part part) {
        var parts = new ArrayList<String>();
        spell(parts, "rows", rows, "", part == Part.ROWS);
        spell(parts, "bytes", bytes, "B", part == Part.BYTES);
        var millis = time.map(t -> OptionalLong.of(t.toMillis())).orElse(OptionalLong.empty());
        spell(parts, "time", millis, "ms", part == Part.TIME);
        quota(parts, "perHour", perHour, part == Part.HOURLY_ROWS, part == Part.HOURLY_BYTES);
        quota(parts, "perDay", perDay, part == Part.DAILY_ROWS, part == Part.DAILY_BYTES);
        if (!classes.isEmpty()) parts.add("classes: [" + String.join(", ", classes) + "]");
        return "{" + String.join(", ", parts) + "}";
    }

    private static void quota(
            List<String> parts, String key, Quota quota, boolean moreRows, boolean moreBytes) {
        var inner = new ArrayList<String>();
        spell(inner, "rows", quota.rows, "", moreRows);
        spell(inner, "bytes", quota.bytes, "B", moreBytes);
        if (!inner.isEmpty()) parts.add(key + ": {" + String.join(", ", inner) + "}");
    }

    private static void spell(
            List<String> parts, String key, OptionalLong number, String unit, boolean more) {
        if (number.isPresent()) parts.add(key + ": " + (more ? "N" : number.getAsLong() + unit));
    }

    /// For people, as `1000 rows, 30000ms, 5000 rows per hour (phi.*)`; empty for none. Equal
    /// limits have equal words.
    public String words() {
        var parts = new ArrayList<String>();
        new Quota(rows, bytes).addWords(parts, "");
        time.ifPresent(t -> parts.add(t.toMillis() + "ms"));
        perHour.addWords(parts, " per hour");
        perDay.addWords(parts, " per day");
        return String.join(", ", parts)
                + (classes.isEmpty()
                        ? ""
                        : classes.stream().collect(Collectors.joining(", ", " (", ")")));
    }
}
