package dev.sallyport.app.cli;

import dev.sallyport.config.ScramVerifier;
import dev.sallyport.identity.ScramPasswords;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "user",
        description = {
            "Accounts in the gateway's store, and entries for the users' file.",
            "Accounts are changed on the gateway's machine while it doesn't run: docs/people.md."
        },
        subcommands = {
            AccountCommands.Add.class,
            AccountCommands.Passwd.class,
            AccountCommands.Disable.class,
            AccountCommands.Enable.class,
            AccountCommands.Roles.class,
            AccountCommands.Totp.class,
            AccountCommands.ListAll.class,
            UserCommand.VerifierCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class UserCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec == null ? new CommandLine(this) : spec.commandLine(),
                "missing command: add, passwd, disable, enable, roles, totp, list or verifier");
    }

    @Command(
            name = "verifier",
            description = {
                "Makes the entry of a user from a password.",
                "At a terminal it asks for the password twice, without showing it; otherwise it"
                        + " reads the first line of standard input. The password is kept nowhere."
            },
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n")
    static final class VerifierCommand implements Callable<Integer> {
        private static final int DEFAULT_ITERATIONS = ScramPasswords.ITERATIONS;

        @Spec private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "NAME", description = "The user's name.")
        private String name = "";

        @Option(
                names = "--iterations",
                paramLabel = "N",
                description = "Work for each guess, and each login. Default: ${DEFAULT-VALUE}.")
        private int iterations = DEFAULT_ITERATIONS;

        @Option(
                names = "--mysql",
                description = {
                    "Also make what MariaDB's clients need that don't know caching_sha2_password:"
                            + " verifiers for client_ed25519 and mysql_native_password.",
                    "They tell more about a weak password than the other one, if somebody steals"
                            + " them."
                })
        private boolean mysql;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            if (iterations < ScramVerifier.MIN_ITERATIONS
                    || iterations > ScramVerifier.MAX_ITERATIONS) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--iterations is %d to %d"
                                .formatted(
                                        ScramVerifier.MIN_ITERATIONS,
                                        ScramVerifier.MAX_ITERATIONS));
            }
            var password = Terminal.newPassword(name);
            try {
                if (password.length == 0) throw new CommandFailure("the password is empty");
                if (!ScramPasswords.isPortable(password)) {
                    throw new CommandFailure(
                            "the password may hold printable ASCII characters only: clients prepare"
                                    + " others differently");
                }
                var out = spec.commandLine().getOut();
                out.println("  - name: " + name);
                out.println("    roles: []");
                out.println("    verifier: \"" + Verifiers.make(password, iterations) + "\"");
                if (mysql) {
                    var text = new String(password);
                    out.println("    mysql:");
                    out.println("      native: \"" + Verifiers.nativePassword(text) + "\"");
                    out.println("      ed25519: \"" + Verifiers.ed25519(text) + "\"");
                }
                out.flush();
                return ExitCode.OK;
            } finally {
                Arrays.fill(password, '\0');
            }
        }
    }
}
