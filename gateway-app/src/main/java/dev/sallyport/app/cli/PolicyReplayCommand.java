package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Subject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "replay",
        description = {
            "Takes the decisions of the audit log again under a proposed policy: which would"
                    + " change, and for whom.",
            "People have the roles and attributes that the log says they had then, or, with"
                    + " --users, those of that file. What the log doesn't hold is counted and"
                    + " named, not guessed."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%n",
        footer = {
            "Exit codes: 0 nothing changes, 1 something does (with --strict also: something could"
                    + " not be decided again), 2 wrong command line, 4 the log can't be read."
        })
final class PolicyReplayCommand implements Callable<Integer> {
    private static final long PROGRESS_NANOS = 5_000_000_000L;
    private static final int DEFAULT_SHOWN = 50;

    /// Entries between two looks at the clock.
    private static final int BATCH = 1 << 14;

    @Spec private @Nullable CommandSpec spec;
    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

    @Parameters(paramLabel = "POLICY", arity = "1..*", description = "Files or folders.")
    private List<Path> policies = List.of();

    @Option(
            names = "--users",
            paramLabel = "FILE",
            description = "Who has which roles and attributes, instead of what the log says.")
    private @Nullable Path users;

    @Option(names = "--user", paramLabel = "NAME", description = "Of this person.")
    private String user = "";

    @Option(names = "--database", paramLabel = "NAME", description = "On this database.")
    private String database = "";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = FilterOptions.TimeConverter.class,
            description = "Not before: 2026-11-23, 2026-11-23T05:00:00 (UTC).")
    private Instant since = Instant.MIN;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = FilterOptions.TimeConverter.class,
            description = "Before.")
    private Instant until = Instant.MAX;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Groups of changes shown of each kind, the most frequent. Default: 50.")
    private int limit = DEFAULT_SHOWN;

    @Option(names = "--strict", description = "What can't be decided again fails, too.")
    private boolean strict;

    @Option(names = "--json", description = "For programs; all groups.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure, IOException {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        if (limit < 1) throw new CommandFailure(ExitCode.USAGE, "--limit is 1 or more");
        var out = spec.commandLine().getOut();
        var read = PolicyFiles.read(policies, Optional.ofNullable(users));
        var set = PolicyFiles.require(read, out, json);
        if (!database.isEmpty()) PolicyFiles.database(set, database);
        Optional<Map<String, Subject>> people = Optional.empty();
        if (users != null) {
            var known = new HashMap<String, Subject>();
            for (var u : read.users().users())
                if (!u.disabled())
                    known.put(
                            u.name().value(),
                            new Subject(u.name().value(), u.roleNames(), u.attributes()));
            people = Optional.of(known);
        }
        var replay = new PolicyReplay(new PolicyDecisionPoint(set), people, wanted());
        replay(store.folder(), replay, spec.commandLine().getErr());
        if (json) printJson(replay, set.version(), out);
        else print(replay, out);
        out.flush();
        if (!replay.changes().isEmpty()) return ExitCode.FAILED;
        return strict && !replay.undecided().isEmpty() ? ExitCode.FAILED : ExitCode.OK;
    }

    private Predicate<Entry> wanted() {
        return entry ->
                (user.isEmpty() || user.equals(entry.text("user")))
                        && (database.isEmpty() || database.equals(entry.text("database")))
                        && isWithin(entry);
    }

    private boolean isWithin(Entry entry) {
        if (since.equals(Instant.MIN) && until.equals(Instant.MAX)) return true;
        var time = Instant.parse(entry.time());
        return !time.isBefore(since) && time.isBefore(until);
    }

    /// From the log's beginning: what came before tells how sessions began.
    private static void replay(Path store, PolicyReplay replay, PrintWriter err)
            throws CommandFailure, IOException {
        long shown = System.nanoTime();
        try (var reader = LogReader.open(store, 1)) {
            long last = LogReader.reached(store);
            long count = 0;
            for (var entry = reader.next(); entry != null; entry = reader.next()) {
                replay.follow(entry);
                if (entry.sequence() >= last) break;
                if (++count % BATCH != 0 || System.nanoTime() - shown < PROGRESS_NANOS) continue;
                shown = System.nanoTime();
                err.printf(
                        "%d of %d entries read (%d %%): %d decisions, %d kinds of change%n",
                        count,
                        last,
                        count * 100 / last,
                        replay.decisions(),
                        replay.changes().size());
                err.flush();
            }
        } catch (AuditException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
        }
    }

    private void print(PolicyReplay replay, PrintWriter out) {
        var byKind = byKind(replay);
        for (var kind : byKind.entrySet()) {
            out.println(kind.getKey().words() + ":");
            for (var e : kind.getValue().subList(0, Math.min(limit, kind.getValue().size()))) {
                var found = e.getValue();
                out.println(
                        "  "
                                + e.getKey().user()
                                + " on "
                                + e.getKey().database()
                                + ", "
                                + times(found.count)
                                + (found.count == 1 ? ", " : ", last ")
                                + found.lastTime.substring(0, 19)
                                + " (entry "
                                + found.lastSequence
                                + ")");
                for (var line : e.getKey().becomes()) out.println("      " + line);
                if (!found.rules.isEmpty())
                    out.println("      by " + String.join(", ", found.rules));
                for (var example : found.examples) out.println("      as " + example);
            }
            int more = kind.getValue().size() - limit;
            if (more > 0) out.println("  and " + more + " more (--limit)");
        }
        long undecided = replay.undecided().values().stream().mapToLong(Long::longValue).sum();
        if (undecided > 0) {
            out.println("not decided again:");
            replay.undecided().forEach((why, count) -> out.println("  " + count + ": " + why));
        }
        long changed = replay.decisions() - replay.same() - undecided;
        out.println(
                replay.decisions()
                        + (replay.decisions() == 1 ? " decision: " : " decisions: ")
                        + replay.same()
                        + " the same, "
                        + changed
                        + " changed, "
                        + undecided
                        + " not decided again");
        if (byKind.keySet().stream().anyMatch(k -> k != PolicyReplay.Kind.PERMIT_TO_DENY))
            out.println(
                    "(a statement that is shown masked or filtered is refused where the gateway"
                            + " can't narrow its text; the log doesn't hold the text)");
    }

    private static String times(long count) {
        return count == 1 ? "once" : count + " times";
    }

    private static Map<PolicyReplay.Kind, List<Map.Entry<PolicyReplay.Change, PolicyReplay.Found>>>
            byKind(PolicyReplay replay) {
        var byKind =
                new LinkedHashMap<
                        PolicyReplay.Kind,
                        List<Map.Entry<PolicyReplay.Change, PolicyReplay.Found>>>();
        for (var kind : PolicyReplay.Kind.values()) {
            var changes = new ArrayList<Map.Entry<PolicyReplay.Change, PolicyReplay.Found>>();
            for (var e : replay.changes().entrySet()) if (e.getKey().kind() == kind) changes.add(e);
            changes.sort(
                    Comparator.comparingLong(
                                    (Map.Entry<PolicyReplay.Change, PolicyReplay.Found> e) ->
                                            -e.getValue().count)
                            .thenComparing(e -> e.getKey().user()));
            if (!changes.isEmpty()) byKind.put(kind, changes);
        }
        return byKind;
    }

    private static void printJson(PolicyReplay replay, String version, PrintWriter out) {
        byKind(replay)
                .forEach((kind, changes) -> {
                    for (var e : changes) {
                        var line = new LinkedHashMap<String, Object>();
                        line.put("kind", "change");
                        line.put("change", kind.name().toLowerCase(Locale.ROOT).replace('_', '-'));
                        line.put("user", e.getKey().user());
                        line.put("database", e.getKey().database());
                        line.put("becomes", e.getKey().becomes());
                        line.put("rules", e.getValue().rules);
                        line.put("count", e.getValue().count);
                        line.put("firstSequence", e.getValue().firstSequence);
                        line.put("firstTime", e.getValue().firstTime);
                        line.put("lastSequence", e.getValue().lastSequence);
                        line.put("lastTime", e.getValue().lastTime);
                        line.put("examples", e.getValue().examples);
                        PolicyFiles.printJson(line, out);
                    }
                });
        replay.undecided()
                .forEach((why, count) -> {
                    var line = new LinkedHashMap<String, Object>();
                    line.put("kind", "not-decided");
                    line.put("reason", why);
                    line.put("count", count);
                    PolicyFiles.printJson(line, out);
                });
        var summary = new LinkedHashMap<String, Object>();
        summary.put("kind", "summary");
        summary.put("policyVersion", version);
        summary.put("decisions", replay.decisions());
        summary.put("same", replay.same());
        summary.put(
                "changed",
                replay.changes().values().stream().mapToLong(found -> found.count).sum());
        summary.put(
                "notDecided",
                replay.undecided().values().stream().mapToLong(Long::longValue).sum());
        PolicyFiles.printJson(summary, out);
    }
}
