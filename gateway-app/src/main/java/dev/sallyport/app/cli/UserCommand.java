package dev.sallyport.app.cli;

import dev.sallyport.config.ScramVerifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
        description = "Helps to write the users' file.",
        subcommands = UserCommand.VerifierCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class UserCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec == null ? new CommandLine(this) : spec.commandLine(),
                "missing command: verifier");
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
        private static final int DEFAULT_ITERATIONS = 15_000;

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
            var password = readPassword();
            try {
                if (password.length == 0) throw new CommandFailure("the password is empty");
                if (!Verifiers.isPortable(password)) {
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

        private char[] readPassword() throws CommandFailure, IOException {
            var console = System.console();
            if (console == null || !console.isTerminal()) {
                var in =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8));
                var line = in.readLine();
                return line == null ? new char[0] : line.toCharArray();
            }
            var first = console.readPassword("Password for %s: ", name);
            var second = console.readPassword("Once more: ");
            if (first == null || second == null) throw new CommandFailure("no password given");
            if (!Arrays.equals(first, second)) {
                throw new CommandFailure("the two passwords differ");
            }
            return first;
        }
    }
}
