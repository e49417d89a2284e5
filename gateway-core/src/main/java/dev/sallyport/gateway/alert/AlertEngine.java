package dev.sallyport.gateway.alert;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.config.AlertsFile.LogTrouble;
import dev.sallyport.config.AlertsFile.Rule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Entries in, alerts out. No clock but the entries', no files: the same entries give the same
/// alerts. To be shown every entry, in order. Not for several threads.
public final class AlertEngine {
    private static final int MOST_SESSIONS = 20_000;
    private static final int MOST_STATEMENTS = 20_000;
    private static final int MOST_SUBJECTS = 20_000;

    private final List<Watch> watches = new ArrayList<>();
    private final Remembered<Person> sessions = new Remembered<>(MOST_SESSIONS);

    /// Permitted statements that read tables and have no outcome yet, by session and number.
    private final Remembered<Boolean> reading = new Remembered<>(MOST_STATEMENTS);

    private Instant began = Instant.MAX;

    private record Person(String user, List<String> roles) {
        static final Person NOBODY = new Person("", List.of());
    }

    /// A rule at work.
    private static final class Watch {
        private final Rule rule;
        private final Detector detector;

        /// When the rule last spoke of somebody, and how often it would have since.
        private final Remembered<long[]> spoke = new Remembered<>(MOST_SUBJECTS);

        Watch(Rule rule) {
            this.rule = rule;
            this.detector = Detector.of(rule.kind());
        }
    }

    public AlertEngine(List<Rule> rules) {
        for (var rule : rules) watches.add(new Watch(rule));
    }

    /// What decides over alerts, as a hash: a state of other rules is none of these.
    public static String fingerprint(List<Rule> rules) {
        var words = new StringBuilder();
        for (var rule : rules)
            words.append(rule.id().value())
                    .append(' ')
                    .append(rule.severity())
                    .append(' ')
                    .append(rule.kind())
                    .append(' ')
                    .append(rule.scope())
                    .append(' ')
                    .append(rule.quiet())
                    .append('\n');
        return Leaf.hex(Leaf.sha256().digest(words.toString().getBytes(StandardCharsets.UTF_8)));
    }

    public List<Alert> see(Entry entry) {
        var at = Instant.parse(entry.time());
        // As exactly as the state has it.
        if (began.equals(Instant.MAX)) began = Instant.ofEpochMilli(at.toEpochMilli());
        var person = person(entry);
        var happened = new Happened(entry, at, person.user(), person.roles(), began, reads(entry));
        var alerts = new ArrayList<Alert>();
        for (var watch : watches) {
            var rule = watch.rule;
            // Before the detector: whom a rule isn't about, it doesn't count.
            if (!rule.scope().holds(person.roles())) continue;
            for (var finding : watch.detector.see(happened)) {
                long more = speak(watch, finding, at);
                if (more < 0) continue;
                var details = new TreeMap<>(finding.details());
                if (more > 0) details.put("leftOut", more);
                alerts.add(
                        new Alert(
                                entry.writer(),
                                entry.sequence(),
                                entry.time(),
                                rule.id().value(),
                                rule.kind().word(),
                                rule.severity(),
                                finding.user(),
                                finding.client(),
                                finding.summary(),
                                details));
            }
        }
        return alerts;
    }

    /// What only the process can see, by the rules that look for trouble of the log.
    ///
    /// @param last sequence before it
    List<Alert> trouble(String log, long last, Instant at, String trouble) {
        var alerts = new ArrayList<Alert>();
        for (var watch : watches)
            if (watch.rule.kind() instanceof LogTrouble)
                alerts.add(
                        new Alert(
                                log,
                                last,
                                at.toString(),
                                watch.rule.id().value(),
                                watch.rule.kind().word(),
                                watch.rule.severity(),
                                "",
                                "",
                                trouble,
                                Map.of("trouble", "seen " + at)));
        return alerts;
    }

    /// How many were left out before; -1 to leave this one out, too.
    private static long speak(Watch watch, Detector.Finding finding, Instant at) {
        if (watch.rule.quiet().equals(Duration.ZERO)) return 0;
        var subject = "u " + finding.user() + " c " + finding.client();
        long now = at.toEpochMilli();
        var before = watch.spoke.get(subject);
        // Ahead of now: the clock was set back.
        if (before != null && before[0] <= now && now - before[0] < watch.rule.quiet().toMillis()) {
            before[1]++;
            return -1;
        }
        watch.spoke.put(subject, new long[] {now, 0});
        return before == null ? 0 : before[1];
    }

    private Person person(Entry entry) {
        var session = entry.text("session");
        var user = entry.text("user");
        var known = sessions.getOrDefault(session, Person.NOBODY);
        var roles = entry.list("roles");
        // Whoever read the log has an account on the machine, which is no user's name.
        if (entry.type().equals("log-read")) return Person.NOBODY;
        var person =
                new Person(
                        user.isEmpty() ? known.user() : user,
                        roles.isEmpty() ? known.roles() : roles);
        if (session.isEmpty()) return person;
        if (entry.type().equals("session-ended")) sessions.remove(session);
        else if (!person.user().isEmpty() && !entry.type().equals("login-failed"))
            sessions.put(session, person);
        return person;
    }

    private boolean reads(Entry entry) {
        var key = entry.text("session") + " " + entry.number("statement", 0);
        if (entry.type().equals("statement-outcome")) return reading.remove(key) != null;
        if (entry.type().equals("statement-intent")
                && entry.text("decision").equals("permit")
                && !Happened.tables(entry, "select").isEmpty()) reading.put(key, true);
        return false;
    }

    /// Everything that is remembered, for {@link #restore}.
    public Map<String, Object> state() {
        var state = new HashMap<String, Object>();
        if (!began.equals(Instant.MAX)) state.put("began", began.toEpochMilli());
        state.put("sessions", sessions.state(p -> Map.of("user", p.user(), "roles", p.roles())));
        state.put("reading", List.copyOf(reading.keySet()));
        var rules = new HashMap<String, Object>();
        for (var watch : watches)
            rules.put(
                    watch.rule.id().value(),
                    Map.of(
                            "detector",
                            watch.detector.state(),
                            "spoke",
                            watch.spoke.state(v -> List.of(v[0], v[1]))));
        state.put("rules", rules);
        return state;
    }

    /// @param state of an engine with the same rules
    public void restore(Map<?, ?> state) {
        began = state.get("began") instanceof Long time ? Instant.ofEpochMilli(time) : Instant.MAX;
        sessions.restore(state.get("sessions"), AlertEngine::person);
        reading.clear();
        if (state.get("reading") instanceof List<?> keys)
            for (var key : keys) reading.put("" + key, true);
        for (var watch : watches) {
            if (!(state.get("rules") instanceof Map<?, ?> rules)
                    || !(rules.get(watch.rule.id().value()) instanceof Map<?, ?> own)) continue;
            if (own.get("detector") instanceof Map<?, ?> detector) watch.detector.restore(detector);
            watch.spoke.restore(
                    own.get("spoke"),
                    v -> Remembered.longs(v).stream().mapToLong(Long::longValue).toArray());
        }
    }

    private static Person person(Object state) {
        if (!(state instanceof Map<?, ?> m)
                || !(m.get("user") instanceof String user)
                || !(m.get("roles") instanceof List<?> roles)) return Person.NOBODY;
        return new Person(user, roles.stream().map(String::valueOf).toList());
    }
}
