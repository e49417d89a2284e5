package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.Denials;
import dev.sallyport.config.AlertsFile.FailedLogins;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// So many of something within a time: denials of a person, failed logins of a person or from an
/// address. Counting begins anew after each finding.
final class Bursts implements Detector {
    private static final int MOST_SUBJECTS = 20_000;

    private final boolean logins;
    private final int count;
    private final Duration within;
    private final Remembered<Deque<Long>> times = new Remembered<>(MOST_SUBJECTS);

    private Bursts(boolean logins, int count, Duration within) {
        this.logins = logins;
        this.count = count;
        this.within = within;
    }

    static Bursts ofDenials(Denials kind) {
        return new Bursts(false, kind.count(), kind.within());
    }

    static Bursts ofFailedLogins(FailedLogins kind) {
        return new Bursts(true, kind.count(), kind.within());
    }

    @Override
    public List<Finding> see(Happened happened) {
        var found = new ArrayList<Finding>();
        if (!logins && happened.isDenied() && !happened.user().isEmpty()) {
            if (isBurst("u " + happened.user(), happened))
                found.add(finding(happened.user(), "", "denied statement"));
        } else if (logins && happened.isType("login-failed")) {
            if (!happened.user().isEmpty() && isBurst("u " + happened.user(), happened))
                found.add(finding(happened.user(), "", "failed login"));
            var client = Addresses.network(happened.entry().text("client"));
            if (!client.isEmpty() && isBurst("c " + client, happened))
                found.add(finding("", client, "failed login"));
        }
        return found;
    }

    private Finding finding(String user, String client, String of) {
        return new Finding(
                user,
                client,
                "%s: %d %s within %s"
                        .formatted(
                                user.isEmpty() ? "from " + client : user,
                                count,
                                count == 1 ? of : of + "s",
                                Times.words(within)),
                Map.of("count", (long) count, "withinSeconds", within.toSeconds()));
    }

    private boolean isBurst(String subject, Happened happened) {
        var seen = times.computeIfAbsent(subject, _ -> new ArrayDeque<>());
        long now = happened.at().toEpochMilli();
        // A clock that was set back: what lies ahead counts as now, rather than never.
        while (!seen.isEmpty() && seen.getFirst() < now - within.toMillis()) seen.removeFirst();
        seen.addLast(now);
        if (seen.size() < count) return false;
        times.remove(subject);
        return true;
    }

    @Override
    public Map<String, Object> state() {
        return Map.of("times", times.state(ArrayList::new));
    }

    @Override
    public void restore(Map<?, ?> state) {
        times.restore(state.get("times"), v -> new ArrayDeque<>(Remembered.longs(v)));
    }
}
