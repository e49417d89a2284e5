package dev.sallyport.app.cli;

import dev.sallyport.audit.reads.RetentionRequest;
import dev.sallyport.audit.retention.Retention;
import dev.sallyport.audit.verify.RetentionRecords;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// How long the log is kept: legal holds, and pruning.
final class AuditRetentionCommand {
    private AuditRetentionCommand() {}

    /// Why, in the log for good.
    static final class ReasonOption {
        @Option(
                names = "--reason",
                required = true,
                paramLabel = "TEXT",
                description = "Why; stands in the log in clear, so nothing about a patient.")
        private String reason = "";
    }

    private static int ask(
            AuditPostgresCommand.ConfigOption file,
            RetentionRequest request,
            @Nullable CommandSpec spec)
            throws CommandFailure {
        var config = file.read();
        var audit = config.audit();
        try {
            var out = AuditCommand.out(spec);
            out.println(
                    request.ask(
                            audit.store(), config.gateway(), audit.key(), audit.retentionMonths()));
            out.flush();
            return ExitCode.OK;
        } catch (RetentionRequest.Refused e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
    }

    @Command(
            name = "prune",
            description = {
                "Takes months out of the log whose retention period (`audit.retentionMonths`) is"
                        + " over, never under a legal hold.",
                "First a signed record in the log says what goes and why; the hashes of all entries"
                        + " stay, so that what is left verifies as before. Works while the gateway"
                        + " runs, for its own account and root."
            },
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class PruneCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Mixin
        private AuditPostgresCommand.ConfigOption config = new AuditPostgresCommand.ConfigOption();

        @Option(
                names = "--before",
                required = true,
                paramLabel = "YYYY-MM",
                description = "The first month that stays.")
        private String before = "";

        @Mixin private ReasonOption reason = new ReasonOption();

        @Option(names = "--dry-run", description = "Only say what would go.")
        private boolean dryRun;

        @Override
        public Integer call() throws CommandFailure {
            return ask(
                    config, new RetentionRequest("prune", before, 0, reason.reason, dryRun), spec);
        }
    }

    @Command(
            name = "hold",
            description = "Legal holds: while one is in force, nothing that it keeps is pruned.",
            subcommands = {HoldAdd.class, HoldList.class, HoldRelease.class},
            synopsisSubcommandLabel = "COMMAND",
            commandListHeading = "%nCommands:%n",
            optionListHeading = "%nOptions:%n")
    static final class HoldCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            throw new CommandLine.ParameterException(
                    spec == null ? new CommandLine(this) : spec.commandLine(),
                    "missing command: add, list or release");
        }
    }

    @Command(
            name = "add",
            description = "Places a hold, by an entry of the log whose sequence is its number.",
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class HoldAdd implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Mixin
        private AuditPostgresCommand.ConfigOption config = new AuditPostgresCommand.ConfigOption();

        @Option(
                names = "--from",
                paramLabel = "YYYY-MM",
                description = "The first month that is kept. Default: everything.")
        private String from = "";

        @Mixin private ReasonOption reason = new ReasonOption();

        @Override
        public Integer call() throws CommandFailure {
            return ask(config, new RetentionRequest("hold", from, 0, reason.reason, false), spec);
        }
    }

    @Command(
            name = "release",
            description = "Ends a hold, by an entry of the log.",
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class HoldRelease implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "N", description = "The hold's number, as `list` shows it.")
        private long hold;

        @Mixin
        private AuditPostgresCommand.ConfigOption config = new AuditPostgresCommand.ConfigOption();

        @Mixin private ReasonOption reason = new ReasonOption();

        @Override
        public Integer call() throws CommandFailure {
            return ask(
                    config, new RetentionRequest("release", "", hold, reason.reason, false), spec);
        }
    }

    @Command(
            name = "list",
            description = "The holds in force, from the whole log.",
            optionListHeading = "%nOptions:%n")
    static final class HoldList implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

        @Override
        public Integer call() throws CommandFailure {
            RetentionRecords records;
            try {
                records = Retention.records(store.folder());
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.CANNOT_TELL, "cannot be read: " + e.getMessage());
            }
            var out = AuditCommand.out(spec);
            if (records.holds().isEmpty()) out.println("no hold is in force");
            for (var hold : records.holds())
                out.printf(
                        "%d  %s  %s  from %s  %s%n",
                        hold.number(),
                        hold.time(),
                        hold.user(),
                        hold.from().isEmpty() ? "the beginning" : hold.from(),
                        hold.reason());
            out.flush();
            return ExitCode.OK;
        }
    }
}
