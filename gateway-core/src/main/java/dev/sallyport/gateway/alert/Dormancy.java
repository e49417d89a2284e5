package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.DormantAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Somebody logs in of whom the log has had nothing for long.
final class Dormancy implements Detector {
    private static final int MOST_PERSONS = 50_000;

    private final DormantAccount kind;
    private final Remembered<Long> last = new Remembered<>(MOST_PERSONS);

    Dormancy(DormantAccount kind) {
        this.kind = kind;
    }

    @Override
    public List<Finding> see(Happened happened) {
        // A failed login is somebody's attempt, not the person's being there.
        if (happened.user().isEmpty() || happened.isType("login-failed")) return List.of();
        long now = happened.at().toEpochMilli();
        var before = last.put(happened.user(), now);
        if (before == null || !happened.isType("login-succeeded")) return List.of();
        var away = Duration.between(Instant.ofEpochMilli(before), happened.at());
        if (away.compareTo(kind.after()) < 0) return List.of();
        return List.of(
                Finding.of(
                        happened.user(),
                        "%s: logged in after %s".formatted(happened.user(), ago(away)),
                        Map.of("lastSeen", Instant.ofEpochMilli(before).toString())));
    }

    private static String ago(Duration away) {
        return away.toDays() > 1 ? away.toDays() + " days" : Times.words(away);
    }

    @Override
    public Map<String, Object> state() {
        return Map.of("last", last.state(v -> v));
    }

    @Override
    public void restore(Map<?, ?> state) {
        last.restore(state.get("last"), v -> v instanceof Long time ? time : 0L);
    }
}
