package dev.sallyport.app.cli;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.GatewayException;
import dev.sallyport.gateway.OfflineAccounts;
import dev.sallyport.identity.Account;
import dev.sallyport.identity.Accounts;
import dev.sallyport.identity.Accounts.NewAccount;
import dev.sallyport.identity.Changed;
import dev.sallyport.identity.PasswordRules;
import dev.sallyport.identity.ScramPasswords;
import dev.sallyport.identity.StateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sallyport user ...` for accounts in the gateway's store.
final class AccountCommands {
    private AccountCommands() {}

    /// Opens store and log, does one thing, closes them.
    abstract static class Base implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "The main file, as sallyport.yaml, with `state`.")
        private @Nullable Path config;

        /// What the authenticator's app calls it.
        String gateway = "";

        abstract void run(Accounts accounts, PrintWriter out)
                throws CommandFailure, StateException, IOException;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null || config == null) throw new IllegalStateException("picocli sets it");
            var loaded = load(config);
            gateway = loaded.config().gateway();
            var out = spec.commandLine().getOut();
            try (var offline = OfflineAccounts.open(loaded)) {
                run(offline.accounts(), out);
            } catch (GatewayException | StateException e) {
                throw new CommandFailure(String.valueOf(e.getMessage()), e);
            }
            out.flush();
            return ExitCode.OK;
        }

        private static ConfigLoader.Loaded load(Path file) throws CommandFailure {
            return switch (ConfigLoader.load(file)) {
                case ConfigLoader.Errors(var errors) ->
                        throw new CommandFailure(
                                "the configuration has errors:\n"
                                        + errors.stream()
                                                .map(ConfigError::toString)
                                                .collect(Collectors.joining("\n")));
                case ConfigLoader.Loaded loaded -> loaded;
            };
        }

        /// Whoever can read the store's files; the log says who that is for the operating system.
        static String operator() {
            return "operator " + ProcessHandle.current().info().user().orElse("unknown");
        }

        static <T> T done(Changed<T> changed) throws CommandFailure {
            return switch (changed) {
                case Changed.Done<T>(var result, _) -> result;
                case Changed.Refused<T>(var reason) -> throw new CommandFailure(reason);
            };
        }

        static Account known(Accounts accounts, String name) throws CommandFailure {
            var account = accounts.store().state().byLogin(name);
            if (account == null) throw new CommandFailure("there is no account " + name);
            return account;
        }

        Accounts.Password askPassword(
                String name, boolean secondFactor, List<String> names, boolean mysql)
                throws CommandFailure, IOException {
            var password = Terminal.newPassword(name);
            try {
                var all = new ArrayList<>(names);
                all.add(gateway);
                var problem = PasswordRules.problem(password, secondFactor, all);
                if (problem.isPresent()) throw new CommandFailure(problem.get());
                return Verifiers.of(password, ScramPasswords.ITERATIONS, mysql);
            } finally {
                Arrays.fill(password, '\0');
            }
        }
    }

    @Command(
            name = "add",
            description = {
                "Adds an account: a person has one, and its name is theirs for good.",
                "At a terminal it asks for the password twice, without showing it; otherwise it"
                        + " reads a line of standard input."
            },
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n")
    static final class Add extends Base {
        @Parameters(paramLabel = "NAME", description = "The login name.")
        private String name = "";

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "A role as the policies name it. May be given again.")
        private List<String> roles = List.of();

        @Option(
                names = "--attribute",
                paramLabel = "NAME=VALUE",
                description = "What conditions and row filters may read. May be given again.")
        private Map<String, String> attributes = Map.of();

        @Option(names = "--display-name", paramLabel = "TEXT", description = "As people call them.")
        private String displayName = "";

        @Option(
                names = "--person",
                paramLabel = "ID",
                description =
                        "Who that is elsewhere, as the number of an employee: nobody gets two"
                                + " accounts.")
        private String person = "";

        @Option(names = "--no-password", description = "It is set later, with passwd.")
        private boolean noPassword;

        @Option(names = "--mysql", description = "As of `user verifier`.")
        private boolean mysql;

        @Override
        void run(Accounts accounts, PrintWriter out)
                throws CommandFailure, StateException, IOException {
            var password =
                    noPassword
                            ? Optional.<Accounts.Password>empty()
                            : Optional.of(
                                    askPassword(name, false, List.of(name, displayName), mysql));
            var account =
                    done(
                            accounts.add(
                                    operator(),
                                    new NewAccount(
                                            name,
                                            displayName,
                                            person,
                                            Set.copyOf(roles),
                                            attributes,
                                            password)));
            out.println("account " + account.name() + " added: " + account.describe());
        }
    }

    @Command(
            name = "passwd",
            description = {
                "Sets an account's password: 15 characters or more, 8 beside a second factor,"
                        + " nothing that others guess.",
                "Asks for it as add does."
            },
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n")
    static final class Passwd extends Base {
        @Parameters(paramLabel = "NAME", description = "A login name.")
        private String name = "";

        @Option(names = "--mysql", description = "As of `user verifier`.")
        private boolean mysql;

        @Override
        void run(Accounts accounts, PrintWriter out)
                throws CommandFailure, StateException, IOException {
            var account = known(accounts, name);
            var names = new ArrayList<>(account.logins());
            names.add(account.displayName());
            var password = askPassword(name, account.secondFactor().isPresent(), names, mysql);
            done(accounts.setPassword(operator(), name, password));
            out.println("password of " + name + " set");
        }
    }

    @Command(
            name = "disable",
            description = "Nobody logs in by this account any more; its sessions end.",
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n")
    static final class Disable extends Base {
        @Parameters(paramLabel = "NAME", description = "A login name.")
        private String name = "";

        @Option(
                names = "--reason",
                required = true,
                paramLabel = "TEXT",
                description = "Why, for the log and for whoever enables it.")
        private String reason = "";

        @Override
        void run(Accounts accounts, PrintWriter out) throws CommandFailure, StateException {
            if (reason.isBlank())
                throw new CommandFailure(ExitCode.USAGE, "--reason says nothing: say why");
            done(accounts.disable(operator(), name, reason));
            out.println(name + " is disabled");
        }
    }

    @Command(
            name = "enable",
            description = "Takes a disabling back.",
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n")
    static final class Enable extends Base {
        @Parameters(paramLabel = "NAME", description = "A login name.")
        private String name = "";

        @Override
        void run(Accounts accounts, PrintWriter out) throws CommandFailure, StateException {
            done(accounts.enable(operator(), name));
            out.println(name + " is enabled");
        }
    }

    @Command(
            name = "roles",
            description = "Gives an account roles, or takes them.",
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n")
    static final class Roles extends Base {
        @Parameters(paramLabel = "NAME", description = "A login name.")
        private String name = "";

        @Option(names = "--add", paramLabel = "ROLE", description = "May be given again.")
        private List<String> add = List.of();

        @Option(names = "--remove", paramLabel = "ROLE", description = "May be given again.")
        private List<String> remove = List.of();

        @Override
        void run(Accounts accounts, PrintWriter out) throws CommandFailure, StateException {
            var account =
                    done(
                            accounts.changeRoles(
                                    operator(), name, Set.copyOf(add), Set.copyOf(remove)));
            out.println(name + ": " + account.describe());
        }
    }

    @Command(
            name = "totp",
            description = {
                "Gives an account a second factor: codes of an authenticator app (RFC 6238).",
                "Prints the secret, once, and asks for a code that shows that the app has it. From"
                        + " then on the person types the code behind the password, in TLS:"
                        + " PASSWORD123456."
            },
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n")
    static final class Totp extends Base {
        @Parameters(paramLabel = "NAME", description = "A login name.")
        private String name = "";

        @Option(
                names = "--remove",
                description =
                        "Takes it away; the password, too, if it was set beside it and may be"
                                + " short.")
        private boolean remove;

        @Override
        void run(Accounts accounts, PrintWriter out)
                throws CommandFailure, StateException, IOException {
            var account = known(accounts, name);
            if (remove) {
                var without = done(accounts.removeSecondFactor(operator(), name));
                out.println("the second factor of " + name + " is removed");
                if (without.verifier().isEmpty())
                    out.println("and the password, which was set beside it: passwd sets a new one");
                return;
            }
            if (account.secondFactor().isPresent())
                throw new CommandFailure(
                        name + " has a second factor already: --remove takes it away");
            var secret = dev.sallyport.identity.Totp.newSecret();
            try {
                out.println("For the authenticator app, once, for nobody else:");
                out.println("  " + dev.sallyport.identity.Totp.base32(secret));
                out.println(
                        "  "
                                + dev.sallyport.identity.Totp.uri(
                                        "sallyport " + gateway, name, secret));
                out.flush();
                done(accounts.enrol(operator(), name, secret, Terminal.code()));
                out.println(
                        "second factor of "
                                + name
                                + " is enrolled; from now on: the password, and the next code"
                                + " behind it");
            } finally {
                Arrays.fill(secret, (byte) 0);
            }
        }
    }

    @Command(name = "list", description = "Who has an account.", optionListHeading = "%nOptions:%n")
    static final class ListAll extends Base {
        @Override
        void run(Accounts accounts, PrintWriter out) {
            var state = accounts.store().state();
            var all = new ArrayList<>(state.all(Account.KIND));
            if (all.isEmpty()) {
                out.println("no accounts: user add makes one");
                return;
            }
            all.sort(Comparator.comparing(Account::name));
            out.printf(
                    "%-20s %-12s %-13s %-16s %s%n",
                    "NAME", "PASSWORD", "SECOND FACTOR", "LAST LOGIN", "ROLES, AND MORE");
            for (var account : all) {
                var more = new ArrayList<String>();
                more.add(String.join(" ", new TreeSet<>(state.rolesOf(account))));
                if (!account.attributes().isEmpty())
                    more.add(new TreeMap<>(account.attributes()).toString());
                if (account.isDisabled()) more.add("disabled: " + account.disabled());
                out.printf(
                        "%-20s %-12s %-13s %-16s %s%n",
                        account.name(),
                        account.passwordSet()
                                .map(t -> t.toString().substring(0, 10))
                                .orElse("none"),
                        account.secondFactor().isPresent() ? "totp" : "none",
                        account.lastLogin().map(ListAll::minutes).orElse("never"),
                        String.join(", ", more));
            }
        }

        private static String minutes(Instant time) {
            return time.truncatedTo(ChronoUnit.MINUTES).toString().substring(0, 16);
        }
    }
}
