package dev.sallyport.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `sallyport` itself: says what there is.
@Command(
        name = "sallyport",
        description =
                "A gateway that decides, statement by statement, who may see what, and proves it.",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            CheckCommand.class,
            AnalyzeCommand.class,
            CatalogCommand.class,
            PolicyCommand.class,
            AuditCommand.class,
            UserCommand.class,
            VersionCommand.class,
            WarmUpCommand.class
        },
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%n",
        footer = {
            "Exit codes: 0 done; 1 failed, or what was checked is not sound; 2 wrong command line;",
            "for `audit verify` also 3 (only the last record is torn) and 4 (cannot tell); 70 a"
                    + " defect.",
            "",
            "Start with `sallyport demo`. README.md and docs/ say more."
        })
public final class SallyportCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    /// Runs one command line and returns its exit code.
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new SallyportCommand());
        // Made over System.out itself, the writer learns that nobody reads any more; picocli's own
        // writer has a layer between and never does.
        commandLine.setOut(new PrintWriter(System.out, true, System.out.charset()));
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setUsageHelpLongOptionsMaxWidth(30);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler(SallyportCommand::explain);
        commandLine.setParameterExceptionHandler(SallyportCommand::explainUsage);
        return commandLine;
    }

    /// Without a command: the help.
    @Override
    public Integer call() {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }

    /// For people: one sentence. For developers: SALLYPORT_DEBUG=1 adds the stack.
    private static int explain(
            Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
        var err = commandLine.getErr();
        var code =
                switch (failure) {
                    case CommandFailure expected -> {
                        complain(err, failure.getMessage());
                        yield expected.exitCode();
                    }
                    case IOException _ -> {
                        complain(err, failure.getMessage());
                        yield ExitCode.FAILED;
                    }
                    default -> {
                        complain(err, "internal error: " + failure);
                        if (!wantsStack()) {
                            err.println(
                                    "Please report it; SALLYPORT_DEBUG=1 shows where it happened.");
                        }
                        yield ExitCode.INTERNAL;
                    }
                };
        if (wantsStack()) failure.printStackTrace(err);
        err.flush();
        return code;
    }

    private static int explainUsage(CommandLine.ParameterException failure, String[] args) {
        var commandLine = failure.getCommandLine();
        var err = commandLine.getErr();
        complain(err, lowerFirst(failure.getMessage()));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(failure, err)) {
            commandLine.usage(err, Ansi.AUTO);
        } else {
            err.println(
                    "`%s --help` lists what there is"
                            .formatted(commandLine.getCommandSpec().qualifiedName()));
        }
        err.flush();
        return ExitCode.USAGE;
    }

    private static void complain(PrintWriter err, @Nullable String message) {
        err.println("sallyport: " + message);
    }

    private static String lowerFirst(@Nullable String text) {
        if (text == null || text.isEmpty()) return "wrong command line";
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private static boolean wantsStack() {
        return "1".equals(System.getenv("SALLYPORT_DEBUG"));
    }
}
