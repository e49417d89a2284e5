package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.policy.Limited;
import dev.sallyport.policy.Limits;
import dev.sallyport.policy.Limits.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What one person may have in a time, by a clock that the test turns.
class BudgetsTest {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long QUARTER = Duration.ofMinutes(15).toMillis();

    private long now = Instant.parse("2026-11-23T13:30:30Z").toEpochMilli();
    private final Budgets budgets = new Budgets(() -> now);

    private static Quota rows(long rows) {
        return new Quota(OptionalLong.of(rows), OptionalLong.empty());
    }

    private static Limits limits(Quota perHour, Quota perDay) {
        return new Limits(
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                perHour,
                perDay,
                new TreeSet<>());
    }

    /// One more statement of dana's that asks for so many rows of so many bytes.
    private int got(Limits limits, int rows, int bytes) {
        var meter = meter("dana", limits);
        if (meter.begin() != null) return 0;
        for (int i = 0; i < rows; i++) if (meter.take(bytes) != null) return i;
        return rows;
    }

    private ResultMeter meter(String person, Limits limits) {
        return new ResultMeter(
                person,
                List.of(
                        new Limited(
                                "r", limits, List.of(new Limited.Narrowest("allow: [select]")))),
                List.of(new Tally()),
                budgets);
    }

    @Test
    void anHourLaterItIsFreeAgainAndNoSooner() {
        var limits = limits(rows(10), Quota.NONE);
        assertThat(got(limits, 20, 1)).isEqualTo(10);
        now += 59 * MINUTE;
        assertThat(got(limits, 1, 1)).isZero();
        now += 2 * MINUTE;
        assertThat(got(limits, 20, 1)).isEqualTo(10);
    }

    /// To the millisecond: what is taken in the last one of a minute or a quarter of an hour, and
    /// given back in the next since another rule says no, was never had. It is missing from no
    /// slot, so that the window isn't wider when its own slot has gone.
    @Test
    void whatIsGivenBackAtTheTurnOfASlotIsTakenFromItsOwn() {
        for (long slot : List.of(MINUTE, QUARTER, HOUR, DAY))
            for (long before : List.of(1L, 2L, MINUTE)) {
                long turn = (now / DAY + 3) * DAY;
                now = turn - before;
                var usage = budgets.of("slot " + slot + " " + before, "r");
                var limits = limits(rows(10), rows(20));
                long taken = budgets.now();
                assertThat(usage.take(taken, limits, 4, 40)).isNull();
                now = turn;
                assertThat(usage.take(budgets.now(), limits, 3, 30)).isNull();
                usage.giveBack(taken, 4, 40);
                assertThat(List.of(usage.rowsOfHour(), usage.bytesOfHour()))
                        .containsExactly(3L, 30L);
                assertThat(List.of(usage.rowsOfDay(), usage.bytesOfDay())).containsExactly(3L, 30L);
                now = turn + HOUR - 1;
                assertThat(usage.rowsOfHour()).as("the slot of before has gone").isEqualTo(3);
                assertThat(usage.take(budgets.now(), limits, 8, 0)).isNotNull();
                assertThat(usage.take(budgets.now(), limits, 7, 0)).isNull();
                now = turn + DAY + QUARTER - 1;
                assertThat(usage.rowsOfDay()).isEqualTo(10);
                now++;
                assertThat(usage.rowsOfDay()).isEqualTo(7);
            }
    }

    /// The last millisecond that still counts, and the first that doesn't.
    @Test
    void aWindowEndsAtTheMillisecond() {
        var limits = limits(rows(1), rows(3));
        now = (now / DAY + 3) * DAY;
        assertThat(got(limits, 2, 1)).isEqualTo(1);
        now += HOUR + MINUTE - 1;
        assertThat(got(limits, 1, 1)).isZero();
        now++;
        assertThat(got(limits, 1, 1)).isEqualTo(1);
        now += 2 * HOUR;
        assertThat(got(limits, 1, 1)).isEqualTo(1);
        now += 2 * HOUR;
        assertThat(got(limits, 1, 1)).as("of the day").isZero();
        now = (now / DAY + 1) * DAY + QUARTER - 1;
        assertThat(got(limits, 1, 1)).isZero();
        now++;
        assertThat(got(limits, 1, 1)).isEqualTo(1);
    }

    @Test
    void aDayLaterItIsFreeAgainAndNoSooner() {
        var limits = limits(rows(8), rows(10));
        assertThat(got(limits, 20, 1)).isEqualTo(8);
        now += HOUR + MINUTE;
        assertThat(got(limits, 20, 1)).as("of the day").isEqualTo(2);
        now += DAY - HOUR - 2 * MINUTE;
        assertThat(got(limits, 1, 1)).isZero();
        now += MINUTE + QUARTER;
        assertThat(got(limits, 20, 1)).as("the two are of later").isEqualTo(8);
    }

    @Test
    void bytesCountLikeRows() {
        var limits = limits(new Quota(OptionalLong.empty(), OptionalLong.of(1000)), Quota.NONE);
        assertThat(got(limits, 20, 300)).isEqualTo(3);
        assertThat(got(limits, 20, 101)).isZero();
        assertThat(got(limits, 20, 100)).isEqualTo(1);
        now += HOUR + MINUTE;
        assertThat(got(limits, 20, 300)).isEqualTo(3);
    }

    @Test
    void theyAreOnePersonsAndOneRules() {
        var limits = limits(rows(1), Quota.NONE);
        assertThat(got(limits, 5, 1)).isEqualTo(1);
        assertThat(meter("erin", limits).begin()).isNull();
        assertThat(meter("dana", limits).begin()).isNotNull();
    }

    /// A clock that is set back gives nothing away.
    @Test
    void aClockThatGoesBackStandsStill() {
        var limits = limits(rows(10), Quota.NONE);
        assertThat(got(limits, 20, 1)).isEqualTo(10);
        now -= 5 * HOUR;
        assertThat(got(limits, 1, 1)).isZero();
        now += 5 * HOUR + 59 * MINUTE;
        assertThat(got(limits, 1, 1)).isZero();
        now += 2 * MINUTE;
        assertThat(got(limits, 20, 1)).isEqualTo(10);
    }

    @Test
    void whatIsSpentIsSaidWithTheTimeAndTheNarrowestGrant() {
        var limits = limits(rows(10), rows(40));
        assertThat(got(limits, 20, 1)).isEqualTo(10);
        var exceeded = Objects.requireNonNull(meter("dana", limits).begin());
        assertThat(exceeded.limit()).isEqualTo("10 rows per hour");
        assertThat(exceeded.hint())
                .isEqualTo(
                        "some of it is free again at 14:31 UTC; or ask the security team to add,"
                                + " with N above 10: {allow: [select], limit: {perHour: {rows: N},"
                                + " perDay: {rows: 40}}}");
        now += HOUR + MINUTE - 30_000;
        assertThat(meter("dana", limits).begin()).as("at that time").isNull();
    }

    /// What the log says was got before a restart counts as if it had been got here.
    @Test
    void whatIsRecalledCountsWhereItWas() {
        var limits = limits(rows(10), rows(15));
        budgets.of("dana", "r").recall(now - 30 * MINUTE, 4, 0);
        budgets.of("dana", "r").recall(now - 3 * HOUR, 7, 0);
        budgets.of("dana", "r").recall(now - 25 * HOUR, 100, 0);
        assertThat(got(limits, 20, 1)).as("15 a day, 11 of them had").isEqualTo(4);
        now += 22 * HOUR;
        assertThat(got(limits, 20, 1)).as("7 are older than a day").isEqualTo(7);
    }

    /// Beside every row with its time: never more than allowed in any 60 minutes or 24 hours, and
    /// never refused what would have been allowed with a window that is one step longer.
    @Test
    void asIfEachRowWereRemembered() {
        long seed = Long.getLong("sallyport.seed", 20261123);
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int hourly = random.nextInt(1, 30);
            int daily = hourly + random.nextInt(60);
            var limits = limits(rows(hourly), rows(daily));
            var person = "p" + round;
            var times = new ArrayList<Long>();
            for (int i = 0; i < 150; i++) {
                now += random.nextLong(random.nextInt(10) == 0 ? 3 * HOUR : 10 * MINUTE);
                int asked = random.nextInt(1, 9);
                var meter = meter(person, limits);
                var refused = meter.begin();
                for (int n = 0; n < asked && refused == null; n++) {
                    refused = meter.take(1);
                    if (refused == null) times.add(now);
                }
                assertThat(since(times, now - HOUR))
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(hourly);
                assertThat(since(times, now - DAY)).as("seed %d", seed).isLessThanOrEqualTo(daily);
                if (refused != null)
                    assertThat(
                                    since(times, now - HOUR - MINUTE) >= hourly
                                            || since(times, now - DAY - QUARTER) >= daily)
                            .as("seed %d, round %d, step %d: %s", seed, round, i, refused)
                            .isTrue();
            }
        }
    }

    private static int since(List<Long> times, long from) {
        return (int) times.stream().filter(t -> t > from).count();
    }
}
