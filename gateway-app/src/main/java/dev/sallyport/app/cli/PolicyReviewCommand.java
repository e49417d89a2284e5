package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "review",
        description = {
            "Compares a policy with what the audit log says was used: rules that permitted nothing,"
                    + " and people who ran nothing, in the last days; and tables that classified"
                    + " columns were copied to, and that have no column of the class.",
            "Grants that nobody used are what a review can take away."
        },
        optionListHeading = "%nOptions:%n")
final class PolicyReviewCommand implements Callable<Integer> {
    private static final int DEFAULT_DAYS = 90;

    @Spec private @Nullable CommandSpec spec;
    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

    @Parameters(paramLabel = "POLICY", arity = "1..*", description = "Files or folders.")
    private List<Path> policies = List.of();

    @Option(names = "--users", paramLabel = "FILE", description = "The people to look for.")
    private @Nullable Path users;

    @Option(names = "--days", paramLabel = "N", description = "How far back. Default: 90.")
    private int days = DEFAULT_DAYS;

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    /// What the log has of the time asked about.
    private static final class Use {
        final Map<String, Long> byRule = new HashMap<>();
        final Set<String> people = new HashSet<>();
        final CopiedData copied;
        long statements;

        Use(PolicySet policies) {
            this.copied = new CopiedData(policies);
        }
    }

    @Override
    public Integer call() throws CommandFailure, IOException {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        if (days < 1) throw new CommandFailure(ExitCode.USAGE, "--days is 1 or more");
        var out = spec.commandLine().getOut();
        var read = PolicyFiles.read(policies, Optional.ofNullable(users));
        var set = PolicyFiles.require(read, out, json);
        var use = use(set, store.folder(), Instant.now().minus(Duration.ofDays(days)));
        var unused = new TreeSet<>(set.ruleIds());
        unused.removeAll(use.byRule.keySet());
        var dormant = new TreeSet<String>();
        for (var user : read.users().users())
            if (!user.disabled() && !use.people.contains(user.name().value()))
                dormant.add(user.name().value());
        if (json) printJson(set, use, unused, dormant, out);
        else print(set, use, unused, dormant, out);
        out.flush();
        return ExitCode.OK;
    }

    private void print(
            PolicySet set, Use use, Set<String> unused, Set<String> dormant, PrintWriter out) {
        out.println(use.statements + " statements in " + days + " days");
        for (var id : unused)
            out.println(
                    set.place(id).map(at -> at + ": ").orElse("")
                            + "rule "
                            + id
                            + " counted for none of them");
        for (var name : dormant) out.println("user " + name + " ran none of them");
        for (var copy : use.copied.found()) out.println(copy.words());
    }

    private void printJson(
            PolicySet set, Use use, Set<String> unused, Set<String> dormant, PrintWriter out) {
        for (var id : unused) {
            var line = new LinkedHashMap<String, Object>();
            line.put("kind", "unused-rule");
            line.put("rule", id);
            set.place(id)
                    .ifPresent(at -> {
                        line.put("file", at.file().toString());
                        line.put("line", at.line());
                    });
            PolicyFiles.printJson(line, out);
        }
        for (var name : dormant)
            PolicyFiles.printJson(Map.of("kind", "dormant-user", "user", name), out);
        for (var copy : use.copied.found()) PolicyFiles.printJson(copy.members(), out);
    }

    private static Use use(PolicySet policies, Path store, Instant since)
            throws CommandFailure, IOException {
        var use = new Use(policies);
        try (var reader = LogReader.open(store, 1)) {
            long last = LogReader.reached(store);
            for (var entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry.type().equals("statement-intent")
                        && !Instant.parse(entry.time()).isBefore(since)) {
                    use.statements++;
                    use.people.add(entry.text("user"));
                    for (var id : entry.list("rules")) use.byRule.merge(id, 1L, Long::sum);
                    use.copied.add(entry);
                }
                if (entry.sequence() >= last) break;
            }
        } catch (AuditException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
        }
        return use;
    }
}
