package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.OffHours;
import java.time.Instant;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Somebody logs in or runs a statement outside of the hours.
final class OutOfHours implements Detector {
    private final OffHours kind;

    OutOfHours(OffHours kind) {
        this.kind = kind;
    }

    @Override
    public List<Finding> see(Happened happened) {
        boolean statement = happened.isType("statement-intent");
        if (happened.user().isEmpty()
                || !statement && !happened.isType("login-succeeded")
                || isWithin(happened.at())) return List.of();
        var there = happened.at().atZone(kind.zone());
        return List.of(
                Finding.of(
                        happened.user(),
                        "%s: %s off hours, %s %tR %s"
                                .formatted(
                                        happened.user(),
                                        statement ? "a statement" : "a login",
                                        there.getDayOfWeek()
                                                .getDisplayName(TextStyle.SHORT, Locale.ROOT),
                                        there,
                                        kind.zone().getId()),
                        Map.of("localTime", there.toLocalDateTime().toString())));
    }

    private boolean isWithin(Instant at) {
        var there = at.atZone(kind.zone());
        var time = there.toLocalTime();
        if (kind.from().isBefore(kind.to()))
            return kind.days().contains(there.getDayOfWeek())
                    && !time.isBefore(kind.from())
                    && time.isBefore(kind.to());
        if (!time.isBefore(kind.from())) return kind.days().contains(there.getDayOfWeek());
        // Of the night that began the day before.
        return time.isBefore(kind.to()) && kind.days().contains(there.getDayOfWeek().minus(1));
    }

    @Override
    public Map<String, Object> state() {
        return Map.of();
    }

    @Override
    public void restore(Map<?, ?> state) {}
}
