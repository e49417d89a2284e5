package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.signed.PolicySigning;
import dev.sallyport.gateway.signed.PolicySigningKey;
import dev.sallyport.gateway.signed.Proposal;
import dev.sallyport.gateway.signed.SignedSet;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// From a changed policy to one in force, where two people have to sign: `policy keygen`,
/// `propose`, `sign`, `activate`.
final class PolicySigningCommands {
    private PolicySigningCommands() {}

    /// A configuration with its files read, and its demands.
    private record Read(ConfigLoader.Loaded loaded, PolicySet policies, PolicySigning signing) {}

    /// The configuration that the set is about.
    static final class ConfigOption {
        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "The main file, as sallyport.yaml.")
        private @Nullable Path config;

        private Read read() throws CommandFailure {
            if (config == null) throw new IllegalStateException("picocli sets it");
            var loaded =
                    switch (ConfigLoader.load(config)) {
                        case ConfigLoader.Loaded l -> l;
                        case ConfigLoader.Errors(var errors) ->
                                throw new CommandFailure(lines(errors));
                    };
            if (loaded.config().signing().isEmpty())
                throw new CommandFailure(
                        config
                                + " demands no signatures: write signing: { file: policies.signed,"
                                + " signers: [...] }, with what `policy keygen` prints");
            var policies =
                    switch (PolicyCompiler.compile(loaded.policies(), loaded.users())) {
                        case PolicyCompiler.Compiled(var compiled) -> compiled;
                        case PolicyCompiler.Rejected(var errors) ->
                                throw new CommandFailure(lines(errors));
                    };
            try {
                return new Read(
                        loaded, policies, PolicySigning.of(loaded.config().signing().get()));
            } catch (FormatException e) {
                throw new CommandFailure("signing: " + e.getMessage());
            }
        }

        private static String lines(Iterable<?> errors) {
            var lines = new StringBuilder();
            for (var error : errors) lines.append(lines.isEmpty() ? "" : "\n").append(error);
            return lines.toString();
        }
    }

    /// Whose signature it will be.
    static final class KeyOption {
        @Option(
                names = "--key",
                required = true,
                paramLabel = "FILE",
                description = "Your key, as `policy keygen` made it.")
        private @Nullable Path key;

        private PolicySigningKey read() throws CommandFailure {
            if (key == null) throw new IllegalStateException("picocli sets it");
            try {
                return PolicySigningKey.read(key);
            } catch (IOException | FormatException e) {
                throw new CommandFailure(String.valueOf(e.getMessage()));
            }
        }
    }

    @Command(
            name = "keygen",
            description = {
                "Makes a key for signing policies, and prints its public part for `signing: {"
                        + " signers: [...] }` of sallyport.yaml. Each person makes their own, on"
                        + " their own machine."
            },
            optionListHeading = "%nOptions:%n")
    static final class Keygen implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "Yours, as in the users' file if you are there.")
        private String name = "";

        @Option(
                names = "--key",
                required = true,
                paramLabel = "FILE",
                description = "Where the key goes; a file that isn't there yet.")
        private @Nullable Path key;

        @Override
        public Integer call() throws CommandFailure {
            if (spec == null || key == null) throw new IllegalStateException("picocli sets it");
            try {
                var made = PolicySigningKey.create(key, name);
                spec.commandLine().getOut().println(made.signer());
                spec.commandLine().getOut().flush();
                return ExitCode.OK;
            } catch (FileAlreadyExistsException _) {
                throw new CommandFailure(key + " is there already");
            } catch (IOException | FormatException e) {
                throw new CommandFailure(String.valueOf(e.getMessage()));
            }
        }
    }

    @Command(
            name = "propose",
            description = {
                "As their author, signs what the configuration's policies, users and alerts say"
                        + " now, into a new file for somebody else to approve."
            },
            optionListHeading = "%nOptions:%n")
    static final class Propose implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private ConfigOption config = new ConfigOption();
        @Mixin private KeyOption key = new KeyOption();

        @Parameters(paramLabel = "SET", description = "The file to write.")
        private @Nullable Path set;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null || set == null) throw new IllegalStateException("picocli sets it");
            var author = key.read();
            var read = config.read();
            var refused = read.signing.mayPropose(author.signer());
            if (refused.isPresent()) throw new CommandFailure(refused.get());
            var proposal = Proposal.of(Instant.now(), read.loaded, read.policies.version());
            write(set, SignedSet.propose(proposal, author).text());
            var out = spec.commandLine().getOut();
            out.println("proposed by " + author.signer().name() + ": " + set);
            describe(proposal, out);
            out.println(
                    "next, somebody else: sallyport policy sign --config FILE --key FILE " + set);
            out.flush();
            return ExitCode.OK;
        }
    }

    @Command(
            name = "sign",
            description = {
                "Approves what somebody else proposed. It has to be what the configuration's files"
                    + " say where you call this: look at these first, with `policy diff`, `policy"
                    + " check` and `policy replay`."
            },
            optionListHeading = "%nOptions:%n")
    static final class Sign implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private ConfigOption config = new ConfigOption();
        @Mixin private KeyOption key = new KeyOption();

        @Parameters(paramLabel = "SET", description = "The file that was proposed.")
        private @Nullable Path set;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null || set == null) throw new IllegalStateException("picocli sets it");
            var approver = key.read();
            var read = config.read();
            try {
                var proposed = SignedSet.read(set);
                var refused =
                        read.signing.mayApprove(
                                approver.signer(), proposed, read.loaded, read.policies);
                if (refused.isPresent()) throw new CommandFailure(refused.get());
                write(set, proposed.approve(approver).text());
                var out = spec.commandLine().getOut();
                out.println(
                        "proposed by "
                                + proposed.author().name()
                                + ", approved by "
                                + approver.signer().name()
                                + ": "
                                + set);
                describe(proposed.proposal(), out);
                out.println("next: sallyport policy activate --config FILE " + set);
                out.flush();
                return ExitCode.OK;
            } catch (NoSuchFileException _) {
                throw new CommandFailure(
                        "there is no " + set + "; `sallyport policy propose` makes it");
            } catch (FormatException e) {
                throw new CommandFailure(set + ": " + e.getMessage());
            }
        }
    }

    @Command(
            name = "activate",
            description = {
                "Checks a signed set as the gateway will, and puts it in its place. A running"
                    + " gateway takes it within seconds, one that starts later then. What was in"
                    + " force before and is older has to be proposed anew."
            },
            optionListHeading = "%nOptions:%n")
    static final class Activate implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private ConfigOption config = new ConfigOption();

        @Parameters(paramLabel = "SET", description = "The signed file.")
        private @Nullable Path set;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null || set == null) throw new IllegalStateException("picocli sets it");
            var read = config.read();
            var now = Instant.now();
            try {
                var last = PolicySigning.last(read.loaded.config().audit().store(), now);
                var answer =
                        read.signing.check(
                                set,
                                read.loaded,
                                read.policies,
                                read.loaded.users(),
                                read.policies,
                                last,
                                now);
                switch (answer) {
                    case PolicySigning.Invalid(var reason) -> throw new CommandFailure(reason);
                    case PolicySigning.Valid valid -> {
                        write(read.signing.file(), valid.set().text());
                        var out = spec.commandLine().getOut();
                        out.println(
                                "activated, of "
                                        + valid.set().author().name()
                                        + ", approved by "
                                        + String.join(", ", valid.approvers()));
                        describe(valid.set().proposal(), out);
                        out.flush();
                        return ExitCode.OK;
                    }
                }
            } catch (AuditException e) {
                throw new CommandFailure(
                        "the log doesn't say what was in force: " + e.getMessage());
            }
        }
    }

    private static void describe(Proposal proposal, PrintWriter out) {
        out.println("policy version " + proposal.version());
        out.println("set " + proposal.id() + ", " + proposal.users().size() + " users");
    }

    /// As a whole or not at all: a gateway may be looking.
    private static void write(Path file, String text) throws IOException {
        var target = file.toAbsolutePath();
        var draft =
                Files.createTempFile(
                        Optional.ofNullable(target.getParent()).orElseThrow(), ".signed", ".draft");
        Files.writeString(draft, text);
        Files.move(
                draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
