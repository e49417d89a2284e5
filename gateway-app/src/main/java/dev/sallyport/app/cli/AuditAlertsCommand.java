package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.config.AlertsFile;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.alert.AlertEngine;
import dev.sallyport.gateway.alert.RuleTests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "alerts",
        description = "Tries the rules of a file of alerts (`alerts` of the configuration).",
        subcommands = {
            AuditAlertsCommand.TestCommand.class,
            AuditAlertsCommand.ReplayCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class AuditAlertsCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec == null ? new CommandLine(this) : spec.commandLine(),
                "missing command: test or replay");
    }

    private static AlertsFile read(Path file) throws CommandFailure {
        var errors = new ArrayList<ConfigError>();
        var alerts = ConfigLoader.readAlerts(file, errors::add);
        if (alerts.isPresent()) return alerts.get();
        throw new CommandFailure(
                errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n")));
    }

    @Command(
            name = "test",
            description = {
                "Runs the tests that stand beside the rules. Needs no log.",
                "Ends with 0 when every rule has tests and all hold, else with 1."
            },
            optionListHeading = "%nOptions:%n")
    static final class TestCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "As alerts.yaml.")
        private Path file = Path.of("");

        @Override
        public Integer call() throws CommandFailure {
            var out = AuditCommand.out(spec);
            int tests = 0;
            int wrong = 0;
            for (var rule : read(file).rules()) {
                var id = rule.id().value();
                if (rule.tests().isEmpty()) {
                    wrong++;
                    out.println(rule.id().at() + ": rule '" + id + "' has no tests");
                }
                for (var test : rule.tests()) {
                    tests++;
                    var alerts = RuleTests.run(rule, test);
                    if (alerts.size() == test.fires()) continue;
                    wrong++;
                    out.printf(
                            "%s: %s, %s: expected %s, but there %s%n",
                            test.name().at(),
                            id,
                            test.name().value(),
                            alerts(test.fires()),
                            (alerts.size() == 1 ? "was " : "were ") + alerts(alerts.size()));
                    alerts.forEach(a -> out.println("    " + a.time() + "  " + a.line()));
                }
            }
            out.println(
                    wrong == 0
                            ? "ok: " + count(tests, "test")
                            : count(wrong, "problem") + ", " + count(tests, "test"));
            out.flush();
            return wrong == 0 ? ExitCode.OK : ExitCode.FAILED;
        }

        private static String alerts(int count) {
            return count(count, "alert");
        }
    }

    private static String count(long n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    @Command(
            name = "replay",
            description = {
                "Shows what the rules would have said of a log, and tells no receiver.",
                "What only a running gateway sees (a log that can't be sealed or copied) is not"
                        + " among it."
            },
            optionListHeading = "%nOptions:%n")
    static final class ReplayCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

        @Option(
                names = "--rules",
                required = true,
                paramLabel = "FILE",
                description = "The file of alerts.")
        private Path file = Path.of("");

        @Option(names = "--json", description = "As webhooks get them, one a line.")
        private boolean json;

        @Mixin private ReadOptions reads = new ReadOptions();

        @Override
        public Integer call() throws CommandFailure, IOException {
            var out = AuditCommand.out(spec);
            var folder = store.folder();
            var engine = new AlertEngine(read(file).rules());
            long entries = 0;
            long alerts = 0;
            try {
                long reached = LogReader.reached(folder);
                reads.record(folder, "audit alerts replay", reached, spec);
                try (var reader = LogReader.open(folder, 1)) {
                    for (var entry = reader.next(); entry != null; entry = reader.next()) {
                        entries++;
                        for (var alert : engine.see(entry)) {
                            alerts++;
                            out.println(
                                    json
                                            ? new String(alert.json(), StandardCharsets.UTF_8)
                                            : alert.time()
                                                    + "  "
                                                    + alert.line().replaceAll("\\p{Cntrl}", "?"));
                        }
                        // A running gateway goes on writing, and this is one of the entries.
                        if (entry.sequence() >= reached) break;
                    }
                }
                if (!json) out.println(count(alerts, "alert") + " of entries 1 to " + entries);
                return ExitCode.OK;
            } catch (AuditException e) {
                throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
            } finally {
                out.flush();
            }
        }
    }
}
