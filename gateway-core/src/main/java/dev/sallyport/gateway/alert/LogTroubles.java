package dev.sallyport.gateway.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the log says of itself: it was recovered after a crash, its clock was set back. What it
/// cannot say (it cannot be written, sealed, read) comes from the process, see {@link
/// AlertService}.
final class LogTroubles implements Detector {
    /// Time servers move a clock by less, and often.
    private static final Duration STEP = Duration.ofSeconds(10);

    private long latest = Long.MIN_VALUE;

    @Override
    public List<Finding> see(Happened happened) {
        var found = new ArrayList<Finding>();
        var entry = happened.entry();
        long now = happened.at().toEpochMilli();
        if (happened.isType("recovered"))
            found.add(
                    Finding.of(
                            "",
                            "the audit log was not closed in order and was recovered, "
                                    + entry.number("droppedBytes", 0)
                                    + " bytes of an unfinished write were dropped",
                            Map.of(
                                    "trouble",
                                    "recovered",
                                    "droppedBytes",
                                    entry.number("droppedBytes", 0))));
        if (latest != Long.MIN_VALUE && now < latest - STEP.toMillis()) {
            found.add(
                    Finding.of(
                            "",
                            "the gateway's clock was set back by "
                                    + Duration.ofMillis(latest - now).toSeconds()
                                    + " s",
                            Map.of(
                                    "trouble",
                                    "clock",
                                    "before",
                                    Instant.ofEpochMilli(latest).toString())));
            latest = now;
        }
        latest = Math.max(latest, now);
        return found;
    }

    @Override
    public Map<String, Object> state() {
        return latest == Long.MIN_VALUE ? Map.of() : Map.of("latest", latest);
    }

    @Override
    public void restore(Map<?, ?> state) {
        latest = state.get("latest") instanceof Long time ? time : Long.MIN_VALUE;
    }
}
