package dev.sallyport.app.cli;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.policy.AccessRequest;
import dev.sallyport.policy.Circumstances;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Purpose;
import dev.sallyport.policy.Reuse;
import dev.sallyport.policy.Subject;
import dev.sallyport.sql.access.Discreet;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.FootprintLines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Takes the decisions of an audit log again, under other policies. What an entry doesn't hold
/// isn't guessed: such a decision is counted under the reason why it was not taken again. For one
/// thread.
final class PolicyReplay {
    /// Distinct footprints by distinct people; a gateway's statements repeat.
    private static final int MAX_REMEMBERED = 200_000;

    private static final List<String> NEEDED =
            List.of("attributes", "footprint", "obligations", "roles");

    /// What a change means for the person.
    enum Kind {
        PERMIT_TO_DENY("would be denied"),
        DENY_TO_PERMIT("would be permitted"),
        SHOWN_LESS("would be permitted, showing less"),
        SHOWN_MORE("would be permitted, showing more"),
        SHOWN_DIFFERENTLY("would be permitted, showing something else");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /// Decisions that change alike, for one person.
    ///
    /// @param becomes in words: why it is denied, or what is shown how
    record Change(Kind kind, String user, String database, List<String> becomes) {}

    /// How often a change was found, and where in the log.
    static final class Found {
        private static final int MAX_EXAMPLES = 3;

        final Set<String> examples = new LinkedHashSet<>();
        final Set<String> rules = new LinkedHashSet<>();
        long count;
        long firstSequence;
        long lastSequence;
        String firstTime = "";
        String lastTime = "";

        private void add(Entry entry, Collection<String> decided) {
            if (count++ == 0) {
                firstSequence = entry.sequence();
                firstTime = entry.time();
            }
            lastSequence = entry.sequence();
            lastTime = entry.time();
            rules.addAll(decided);
            if (examples.size() < MAX_EXAMPLES)
                examples.add(entry.text("kind") + ": " + String.join("; ", entry.list("accesses")));
        }
    }

    /// @param decision of all statements together
    /// @param obligations in the log's words
    private record Ruling(Decision decision, List<String> obligations, Reuse reuse) {}

    /// What a decision depends on, if its conditions read nothing else.
    private record Question(
            String database,
            List<String> roles,
            Map<String, String> attributes,
            String purpose,
            List<String> of) {}

    private static final class Remembered {
        /// Null: not what this version can read.
        final @Nullable List<Footprint> footprints;

        final Map<String, Ruling> rulings = new HashMap<>(2);

        Remembered(List<String> lines) {
            List<Footprint> read;
            try {
                read = FootprintLines.read(lines);
            } catch (IllegalArgumentException _) {
                read = null;
            }
            this.footprints = read;
        }
    }

    private final PolicyDecisionPoint policies;
    private final Optional<Map<String, Subject>> people;
    private final Predicate<Entry> wanted;
    private final Map<String, String> applications = new HashMap<>();
    private final Map<Question, Remembered> remembered = new HashMap<>();
    private final Map<Change, Found> changes = new LinkedHashMap<>();
    private final Map<String, Long> undecided = new TreeMap<>();
    private long decisions;
    private long same;

    /// @param people who they are now, by name; empty: as the log says they were
    /// @param wanted which decisions
    PolicyReplay(
            PolicyDecisionPoint policies,
            Optional<Map<String, Subject>> people,
            Predicate<Entry> wanted) {
        this.policies = policies;
        this.people = people;
        this.wanted = wanted;
    }

    Map<Change, Found> changes() {
        return changes;
    }

    /// By reason.
    Map<String, Long> undecided() {
        return undecided;
    }

    long decisions() {
        return decisions;
    }

    /// Of these, those that would be the same.
    long same() {
        return same;
    }

    /// The log's entries, each once and in order.
    void follow(Entry entry) {
        switch (entry.type()) {
            case "session-started" ->
                    applications.put(entry.text("session"), entry.text("applicationName"));
            case "session-ended" -> applications.remove(entry.text("session"));
            case "statement-intent" -> {
                if (!wanted.test(entry)) return;
                decisions++;
                why(entry).ifPresent(reason -> undecided.merge(reason, 1L, Long::sum));
            }
            default -> {}
        }
    }

    /// Takes the decision again; or says why not.
    private Optional<String> why(Entry entry) {
        if (entry.event().get("cut") instanceof Map<?, ?> cut)
            for (var member : NEEDED)
                if (cut.containsKey(member))
                    return Optional.of("the log holds only a part of what it touches");
        var lines = entry.list("footprint");
        if (lines.isEmpty()) return Optional.of(unasked(entry));
        if (entry.text("reason").equals(Refusal.ANOTHER_DENIED))
            return Optional.of("it was denied because another of its message was");
        var database = entry.text("database");
        if (!policies.policies().databases().contains(database))
            return Optional.of("the policy is not about database " + database);
        var subject = subject(entry);
        if (subject == null) return Optional.of("the person is not among the users (any more)");
        if (Purpose.problem(entry.text("purpose"), entry.text("ticket")).isPresent())
            return Optional.of("another version of the gateway wrote what it was for");
        var known = remembered(database, subject, entry.text("purpose"), lines);
        if (known.footprints == null)
            return Optional.of("another version of the gateway wrote what it touches");
        if (known.footprints.stream().anyMatch(Discreet::leftOut))
            return Optional.of(
                    "the log doesn't have the names of channels and of settings that aren't"
                            + " PostgreSQL's own");
        var application = applications.get(entry.text("session"));
        var ruling = ruling(entry, subject, application, known, known.footprints);
        if (application != null
                && application.endsWith("?")
                && ruling.reuse().compareTo(Reuse.SESSION) >= 0)
            return Optional.of(
                    "a condition may read the application's name, and the log doesn't have all of"
                            + " it in clear");
        if (application == null && ruling.reuse().compareTo(Reuse.SESSION) >= 0)
            return Optional.of("a condition may read how the session began, before this log does");
        return compare(entry, ruling);
    }

    private static String unasked(Entry entry) {
        if (entry.text("decision").equals("deny"))
            for (var refusal : Refusal.values())
                if (entry.text("reason").startsWith(refusal.sentence()))
                    return "the gateway itself refused it: " + refusal.sentence();
        return "the entry is of a gateway that didn't write down what it was decided from";
    }

    private @Nullable Subject subject(Entry entry) {
        var name = entry.text("user");
        if (people.isPresent()) return people.get().get(name);
        return new Subject(name, Set.copyOf(entry.list("roles")), attributes(entry));
    }

    private static Map<String, String> attributes(Entry entry) {
        if (!(entry.event().get("attributes") instanceof Map<?, ?> map)) return Map.of();
        var attributes = new TreeMap<String, String>();
        map.forEach((name, value) -> attributes.put((String) name, (String) value));
        return attributes;
    }

    private Remembered remembered(
            String database, Subject subject, String purpose, List<String> lines) {
        if (remembered.size() >= MAX_REMEMBERED) remembered.clear();
        var question =
                new Question(
                        database,
                        subject.roles().stream().sorted().toList(),
                        subject.attributes(),
                        purpose,
                        lines);
        return remembered.computeIfAbsent(question, _ -> new Remembered(lines));
    }

    private static Purpose purpose(Entry entry) {
        return new Purpose(entry.text("purpose"), entry.text("ticket"));
    }

    private Ruling ruling(
            Entry entry,
            Subject subject,
            @Nullable String application,
            Remembered known,
            List<Footprint> footprints) {
        var client = Circumstances.address(entry.text("client"));
        var called = application == null ? "" : application;
        var person = "person " + subject.name();
        var purpose = purpose(entry);
        var session = person + "\n" + client + "\n" + called + "\n" + purpose.ticket();
        for (var scope : List.of("", person, session)) {
            var ruling = known.rulings.get(scope);
            if (ruling != null) return ruling;
        }
        var ruling =
                ask(
                        footprints,
                        subject,
                        entry.text("database"),
                        new Circumstances(Instant.parse(entry.time()), client, called, purpose));
        switch (ruling.reuse()) {
            case STANDING -> known.rulings.put("", ruling);
            case PERSON -> known.rulings.put(person, ruling);
            case SESSION -> known.rulings.put(session, ruling);
            case NEVER -> {}
        }
        return ruling;
    }

    /// As the gateway does with a statement and what runs with it: all have to be permitted.
    private Ruling ask(
            List<Footprint> footprints,
            Subject subject,
            String database,
            Circumstances circumstances) {
        var reuse = Reuse.STANDING;
        var rules = new LinkedHashSet<String>();
        var obligations = new LinkedHashSet<String>();
        Decision.Deny denied = null;
        Decision permit = null;
        for (var footprint : footprints) {
            var ruling =
                    policies.rule(new AccessRequest(subject, database, footprint, circumstances));
            if (ruling.reuse().compareTo(reuse) > 0) reuse = ruling.reuse();
            switch (ruling.decision()) {
                case Decision.Deny deny -> {
                    if (denied == null) denied = deny;
                }
                case Decision.Permit(var owed, var ids) -> {
                    rules.addAll(ids);
                    obligations.addAll(owed.lines());
                    permit = new Decision.Permit(owed, List.copyOf(rules));
                }
            }
        }
        if (denied != null || permit == null)
            return new Ruling(
                    denied == null
                            ? new Decision.Deny("nothing was asked", List.of(), List.of(), "")
                            : denied,
                    List.of(),
                    reuse);
        return new Ruling(permit, List.copyOf(obligations), reuse);
    }

    private Optional<String> compare(Entry entry, Ruling ruling) {
        var wasPermitted = entry.text("decision").equals("permit");
        var owed = entry.list("obligations");
        switch (ruling.decision()) {
            case Decision.Deny(var reason, _, var rules, _, _) -> {
                if (!wasPermitted) same++;
                else add(Kind.PERMIT_TO_DENY, entry, List.of(reason), rules);
            }
            case Decision.Permit(_, var rules) -> {
                var now = ruling.obligations();
                if (wasPermitted) {
                    if (Set.copyOf(owed).equals(Set.copyOf(now))) same++;
                    else {
                        var differences = new Differences(owed, now);
                        add(differences.kind(), entry, differences.words(), rules);
                    }
                    return Optional.empty();
                }
                // The policy permitted it, the gateway could not narrow it so.
                if (!owed.isEmpty() && Set.copyOf(owed).equals(Set.copyOf(now))) same++;
                else if (!owed.isEmpty() && !now.isEmpty())
                    return Optional.of(
                            "the gateway could not narrow it to what was to be shown, and whether"
                                    + " it can to what would be isn't in the log");
                else
                    add(
                            Kind.DENY_TO_PERMIT,
                            entry,
                            now.isEmpty() ? List.of("shown as it is") : now,
                            rules);
            }
        }
        return Optional.empty();
    }

    private void add(Kind kind, Entry entry, List<String> becomes, List<String> rules) {
        changes.computeIfAbsent(
                        new Change(kind, entry.text("user"), entry.text("database"), becomes),
                        _ -> new Found())
                .add(entry, rules);
    }

    /// What is shown differently, from the obligations' lines: `column: mask`, `relation: rows of
    /// ...`, `limit: ...`.
    private static final class Differences {
        private final List<String> words = new ArrayList<>();
        private boolean less;
        private boolean more;

        Differences(List<String> was, List<String> is) {
            var before = byWhat(was);
            var after = byWhat(is);
            var all = new LinkedHashSet<>(before.keySet());
            all.addAll(after.keySet());
            for (var what : all) {
                var old = before.getOrDefault(what, "");
                var now = after.getOrDefault(what, "");
                if (old.equals(now)) continue;
                var none = what.contains(": ") ? "all rows" : "plain";
                if (what.equals("limit")) none = "none";
                words.add(
                        what
                                + ": "
                                + (old.isEmpty() ? none : old)
                                + " -> "
                                + (now.isEmpty() ? none : now));
                less |= old.isEmpty() || !now.isEmpty();
                more |= now.isEmpty() || !old.isEmpty();
            }
        }

        /// A mask in another's place is both: which shows more isn't said here.
        Kind kind() {
            if (less && more) return Kind.SHOWN_DIFFERENTLY;
            return less ? Kind.SHOWN_LESS : Kind.SHOWN_MORE;
        }

        List<String> words() {
            return words;
        }

        private static Map<String, String> byWhat(List<String> lines) {
            var byWhat = new LinkedHashMap<String, String>();
            for (var line : lines) {
                int colon = colon(line);
                var what = line.substring(0, colon);
                var how = line.substring(colon + 2);
                for (var kind : List.of("rows of ", "changes rows of "))
                    if (how.startsWith(kind)) {
                        what += ": " + kind.substring(0, kind.length() - 4);
                        how = how.substring(kind.length());
                    }
                // Of several statements in one: all of it.
                byWhat.merge(what, how, (a, b) -> a + " and " + b);
            }
            return byWhat;
        }

        /// Behind the name, whose parts may be quoted.
        private static int colon(String line) {
            boolean quoted = false;
            for (int i = 0; i < line.length(); i++) {
                if (line.charAt(i) == '"') quoted = !quoted;
                if (!quoted && line.startsWith(": ", i)) return i;
            }
            throw new IllegalArgumentException("an obligation of nothing");
        }
    }
}
