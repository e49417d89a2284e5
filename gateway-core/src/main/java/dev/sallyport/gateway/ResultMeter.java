package dev.sallyport.gateway;

import dev.sallyport.policy.Limited;
import dev.sallyport.policy.Limits;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Counts what a limited statement returns, row by row, before a row is released. Belongs to its
/// session's event loop; what persons have got in a time is shared.
///
/// INVARIANT: what {@link #take} has not accepted is never released.
public final class ResultMeter {
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private record Share(Limited limited, Budgets.Usage usage) {}

    private final List<Limited> limits;
    private final List<Tally> tallies;
    private final List<Share> shares = new ArrayList<>();
    private final Budgets budgets;

    /// Counted towards what the person gets in a time.
    private long rows;

    private long bytes;
    private boolean firstRowTaken;
    private @Nullable LimitExceeded exceeded;

    /// @param tallies what counts as one statement with this
    ResultMeter(String person, List<Limited> limits, List<Tally> tallies, Budgets budgets) {
        this.limits = List.copyOf(limits);
        this.tallies = List.copyOf(tallies);
        this.budgets = budgets;
        for (var limited : limits)
            if (limited.limits().isPerPerson())
                shares.add(new Share(limited, budgets.of(person, limited.ruleId())));
    }

    /// Before the statement runs: it counts as one row at least, since an empty answer is one, too.
    /// Otherwise any number of questions could be asked whose answer is yes or no.
    @Nullable LimitExceeded begin() {
        boolean goesOn = false;
        for (var tally : tallies) goesOn |= tally.begun;
        if (goesOn) return null;
        var stopped = takeShares(1, 0);
        if (stopped != null) return stopped;
        firstRowTaken = !shares.isEmpty();
        for (var tally : tallies) tally.begun = true;
        return null;
    }

    /// One more row, or message of COPY, of that many bytes on the wire.
    ///
    /// @return null: it may be released
    public @Nullable LimitExceeded take(long rowBytes) {
        if (exceeded != null) return exceeded;
        exceeded = takeStatement(rowBytes);
        if (exceeded == null) exceeded = takeShares(firstRowTaken ? 0 : 1, rowBytes);
        if (exceeded != null) return exceeded;
        firstRowTaken = false;
        for (var tally : tallies) {
            tally.rows++;
            tally.bytes += rowBytes;
        }
        return null;
    }

    /// How long one statement may run; empty: as long as it likes.
    public Optional<Duration> time() {
        return limits.stream().flatMap(l -> l.limits().time().stream()).min(Duration::compareTo);
    }

    /// It has run for {@link #time}.
    public LimitExceeded timeOver() {
        if (exceeded != null) return exceeded;
        for (var limited : limits)
            if (limited.limits().time().equals(time())) {
                long millis = limited.limits().time().map(Duration::toMillis).orElse(0L);
                exceeded =
                        new LimitExceeded(
                                limited.ruleId(),
                                millis + " ms of one statement",
                                "the statement ran for longer than the "
                                        + millis
                                        + " ms that rule "
                                        + limited.ruleId()
                                        + " gives it",
                                "ask for less at a time; or "
                                        + limited.remedy(Limits.Part.TIME, millis + "ms"));
                return exceeded;
            }
        throw new IllegalStateException("no limit on its time");
    }

    /// Which limit ended the statement, for the audit log; empty for none.
    String ended() {
        return exceeded == null ? "" : exceeded.words();
    }

    boolean counts() {
        return !shares.isEmpty();
    }

    List<String> countedFor() {
        return shares.stream().map(s -> s.limited.ruleId()).toList();
    }

    long rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    private @Nullable LimitExceeded takeStatement(long rowBytes) {
        for (var limited : limits) {
            var most = limited.limits();
            for (var tally : tallies) {
                if (most.rows().isPresent() && tally.rows + 1 > most.rows().getAsLong())
                    return ofStatement(limited, most.rows().getAsLong(), Limits.Part.ROWS);
                if (most.bytes().isPresent() && tally.bytes + rowBytes > most.bytes().getAsLong())
                    return ofStatement(limited, most.bytes().getAsLong(), Limits.Part.BYTES);
            }
        }
        return null;
    }

    private static LimitExceeded ofStatement(Limited limited, long most, Limits.Part part) {
        var unit = part == Limits.Part.ROWS ? "rows" : "bytes";
        var hint =
                part == Limits.Part.ROWS
                        ? "ask for fewer rows (WHERE, LIMIT " + most + ")"
                        : "ask for fewer rows or columns";
        return new LimitExceeded(
                limited.ruleId(),
                most + " " + unit + " of one statement",
                "the result has more than the "
                        + most
                        + " "
                        + unit
                        + " that rule "
                        + limited.ruleId()
                        + " gives of one statement",
                hint + "; or " + limited.remedy(part, String.valueOf(most)));
    }

    private @Nullable LimitExceeded takeShares(long moreRows, long moreBytes) {
        if (shares.isEmpty()) {
            rows += moreRows;
            bytes += moreBytes;
            return null;
        }
        long now = budgets.now();
        for (int i = 0; i < shares.size(); i++) {
            var share = shares.get(i);
            var spent = share.usage.take(now, share.limited.limits(), moreRows, moreBytes);
            if (spent == null) continue;
            for (int taken = 0; taken < i; taken++)
                shares.get(taken).usage.giveBack(now, moreRows, moreBytes);
            return ofPerson(share.limited, spent);
        }
        rows += moreRows;
        bytes += moreBytes;
        return null;
    }

    private static LimitExceeded ofPerson(Limited limited, Budgets.Spent spent) {
        var quota = spent.perDay() ? limited.limits().perDay() : limited.limits().perHour();
        var unit = spent.ofBytes() ? "bytes" : "rows";
        long most = (spent.ofBytes() ? quota.bytes() : quota.rows()).orElse(0);
        var time = spent.perDay() ? "day" : "hour";
        return new LimitExceeded(
                limited.ruleId(),
                most + " " + unit + " per " + time,
                "you have had what rule "
                        + limited.ruleId()
                        + " gives one person in any "
                        + (spent.perDay() ? "24 hours" : "60 minutes")
                        + ": "
                        + most
                        + " "
                        + unit,
                "some of it is free again at "
                        + UTC.format(Instant.ofEpochMilli(spent.atMillis()))
                        + "; or "
                        + limited.remedy(part(spent), String.valueOf(most)));
    }

    private static Limits.Part part(Budgets.Spent spent) {
        if (spent.perDay())
            return spent.ofBytes() ? Limits.Part.DAILY_BYTES : Limits.Part.DAILY_ROWS;
        return spent.ofBytes() ? Limits.Part.HOURLY_BYTES : Limits.Part.HOURLY_ROWS;
    }

    @Override
    public String toString() {
        return "ResultMeter" + limits.stream().map(Limited::ruleId).toList();
    }
}
