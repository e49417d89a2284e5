package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What to look for; every condition that is set must hold.
///
/// A statement is two entries, its intent and its outcome. What is asked of the statement holds for
/// both or for neither: the intent of a statement that failed is found by the SQLSTATE that its
/// outcome tells of, the outcome by the table that its intent names. The type, the time and the
/// sequence are each entry's own.
///
/// @param wanted values that are not empty
/// @param from of the time of writing, inclusive; {@link Instant#MIN} for no bound
/// @param to of the time of writing, exclusive; {@link Instant#MAX} for no bound
/// @param lastSequence inclusive
public record EntryFilter(
        Map<Criterion, String> wanted,
        Instant from,
        Instant to,
        long firstSequence,
        long lastSequence) {

    public static final EntryFilter ALL =
            new EntryFilter(Map.of(), Instant.MIN, Instant.MAX, 1, Long.MAX_VALUE);

    static final String INTENT = "statement-intent";
    static final String OUTCOME = "statement-outcome";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    public EntryFilter {
        Map<Criterion, String> set = new EnumMap<>(Criterion.class);
        wanted.forEach((criterion, value) -> {
            if (!value.isEmpty()) set.put(criterion, value);
        });
        wanted = set;
    }

    /// @param value empty for any
    public EntryFilter with(Criterion criterion, String value) {
        Map<Criterion, String> more = new EnumMap<>(Criterion.class);
        more.putAll(wanted);
        more.put(criterion, value);
        return new EntryFilter(more, from, to, firstSequence, lastSequence);
    }

    public EntryFilter within(Instant begin, Instant end) {
        return new EntryFilter(wanted, begin, end, firstSequence, lastSequence);
    }

    public EntryFilter between(long first, long last) {
        return new EntryFilter(wanted, from, to, first, last);
    }

    String wanted(Criterion criterion) {
        return wanted.getOrDefault(criterion, "");
    }

    /// The filter as `audit search` takes it: option, value, option, value.
    public List<String> options() {
        List<String> options = new ArrayList<>();
        wanted.forEach((criterion, value) -> {
            options.add(criterion.option());
            options.add(value);
        });
        if (!from.equals(Instant.MIN)) options.addAll(List.of("--from", from.toString()));
        if (!to.equals(Instant.MAX)) options.addAll(List.of("--to", to.toString()));
        if (firstSequence > 1 || lastSequence < Long.MAX_VALUE)
            options.addAll(
                    List.of(
                            "--sequence",
                            firstSequence
                                    + ".."
                                    + (lastSequence == Long.MAX_VALUE ? "" : lastSequence)));
        return options;
    }

    /// Whether only the outcome can tell.
    public boolean asksForOutcome() {
        return wanted.keySet().stream().anyMatch(Criterion::isOfOutcome);
    }

    /// @param intent of the statement whose outcome the entry is, if it is one
    /// @param outcome of the statement whose intent the entry is, if it is one and has it
    /// @param person whose session the entry belongs to, where neither it nor its intent says so
    public boolean matches(
            Entry entry, @Nullable Entry intent, @Nullable Entry outcome, String person) {
        return isWithin(entry)
                && is(Criterion.TYPE, entry, person)
                && matchesStatement(intent == null ? entry : intent, person)
                && matchesOutcome(outcome == null ? entry : outcome);
    }

    boolean isWithin(Entry entry) {
        return entry.sequence() >= firstSequence
                && entry.sequence() <= lastSequence
                && isWithin(entry.time());
    }

    boolean isWithin(String time) {
        return time.compareTo(fromText()) >= 0 && time.compareTo(toText()) < 0;
    }

    String fromText() {
        return from.equals(Instant.MIN) ? "" : TIME.format(from);
    }

    String toText() {
        return to.equals(Instant.MAX) ? "~" : TIME.format(to);
    }

    boolean matchesType(String type) {
        return wanted(Criterion.TYPE).isEmpty() || wanted(Criterion.TYPE).equals(type);
    }

    boolean matchesStatement(Entry entry, String person) {
        for (Criterion criterion : wanted.keySet())
            if (criterion.isOfStatement()
                    && !criterion.isOfAccess()
                    && !is(criterion, entry, person)) return false;
        return !asksForAccess()
                || entry.list("accesses").stream().anyMatch(a -> isAccess(Access.parse(a)));
    }

    private boolean matchesOutcome(Entry entry) {
        return is(Criterion.STATUS, entry, "") && is(Criterion.SQLSTATE, entry, "");
    }

    boolean asksForAccess() {
        return wanted.keySet().stream().anyMatch(Criterion::isOfAccess);
    }

    boolean isAccess(Access access) {
        return access.is(
                wanted(Criterion.ACTION), wanted(Criterion.TABLE), wanted(Criterion.COLUMN));
    }

    private boolean is(Criterion criterion, Entry entry, String person) {
        String value = wanted(criterion);
        return value.isEmpty()
                || criterion.values(entry, person).stream().anyMatch(criterion.test(value));
    }
}
