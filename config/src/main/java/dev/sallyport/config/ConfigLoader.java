package dev.sallyport.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads the main file and what it refers to. Stateless.
public final class ConfigLoader {
    private ConfigLoader() {}

    /// All of it, or every error found.
    public sealed interface Result {}

    public record Loaded(
            GatewayConfig config,
            UsersFile users,
            List<PolicyFile> policies,
            Optional<AlertsFile> alerts)
            implements Result {
        public Loaded {
            policies = List.copyOf(policies);
        }

        /// Nobody is alerted.
        public Loaded(GatewayConfig config, UsersFile users, List<PolicyFile> policies) {
            this(config, users, policies, Optional.empty());
        }
    }

    /// @param errors at least one, by file, line and column
    public record Errors(List<ConfigError> errors) implements Result {
        public Errors {
            errors = List.copyOf(errors);
        }
    }

    /// Never throws for what is in the files, or for files that are missing.
    public static Result load(Path mainFile) {
        var problems = new Problems();
        var main =
                YamlReader.read(mainFile, problems)
                        .map(root -> new MainFileReader(mainFile, problems).read(root));
        if (main.isEmpty()) return new Errors(problems.all());
        var users = readUsers(main.get().users(), problems);
        var policies = new ArrayList<PolicyFile>();
        for (var path : main.get().policies()) readPolicy(path, problems).ifPresent(policies::add);
        var alerts = main.get().alerts().flatMap(path -> readAlerts(path.value(), problems));
        checkDatabases(main.get(), policies, problems);
        if (!problems.none() || users == null) return new Errors(problems.all());
        return new Loaded(main.get().config(), users, policies, alerts);
    }

    /// A policy file's text; empty when it has errors, which all go to `errors`.
    ///
    /// @param file for the errors' places; nothing is read there
    public static Optional<PolicyFile> parsePolicy(
            Path file, String text, Consumer<ConfigError> errors) {
        var problems = new Problems();
        var policy =
                YamlReader.parse(file, text, problems)
                        .map(root -> new PolicyFileReader(problems).read(file, root));
        problems.all().forEach(errors);
        return problems.none() ? policy : Optional.empty();
    }

    /// A users' file's text; empty when it has errors, which all go to `errors`.
    ///
    /// @param file for the errors' places; nothing is read there
    public static Optional<UsersFile> parseUsers(
            Path file, String text, Consumer<ConfigError> errors) {
        var problems = new Problems();
        var users =
                YamlReader.parse(file, text, problems)
                        .map(root -> new UsersFileReader(problems).read(file, root));
        problems.all().forEach(errors);
        return problems.none() ? users : Optional.empty();
    }

    /// A policy file by itself; empty when it has errors, which all go to `errors`.
    public static Optional<PolicyFile> readPolicy(Path file, Consumer<ConfigError> errors) {
        var problems = new Problems();
        var policy =
                YamlReader.read(file, problems)
                        .map(root -> new PolicyFileReader(problems).read(file, root));
        problems.all().forEach(errors);
        return problems.none() ? policy : Optional.empty();
    }

    /// A users' file by itself; empty when it has errors, which all go to `errors`.
    public static Optional<UsersFile> readUsers(Path file, Consumer<ConfigError> errors) {
        var problems = new Problems();
        var users =
                YamlReader.read(file, problems)
                        .map(root -> new UsersFileReader(problems).read(file, root));
        problems.all().forEach(errors);
        return problems.none() ? users : Optional.empty();
    }

    /// A file of policy tests; empty when it has errors, which all go to `errors`.
    public static Optional<PolicyTestFile> readTests(Path file, Consumer<ConfigError> errors) {
        var problems = new Problems();
        var tests =
                YamlReader.read(file, problems)
                        .map(root -> new PolicyTestFileReader(problems).read(file, root));
        problems.all().forEach(errors);
        return problems.none() ? tests : Optional.empty();
    }

    /// A file of alerts; empty when it has errors, which all go to `errors`.
    public static Optional<AlertsFile> readAlerts(Path file, Consumer<ConfigError> errors) {
        var problems = new Problems();
        var alerts = readAlerts(file, problems);
        problems.all().forEach(errors);
        return problems.none() ? alerts : Optional.empty();
    }

    private static Optional<AlertsFile> readAlerts(Path file, Problems problems) {
        if (file.toString().isEmpty()) return Optional.empty();
        return YamlReader.read(file, problems)
                .map(root -> new AlertsFileReader(file, problems).read(root));
    }

    private static @Nullable UsersFile readUsers(Located<Path> path, Problems problems) {
        if (path.value().toString().isEmpty()) return null;
        return YamlReader.read(path.value(), problems)
                .map(root -> new UsersFileReader(problems).read(path.value(), root))
                .orElse(null);
    }

    private static Optional<PolicyFile> readPolicy(Located<Path> path, Problems problems) {
        if (path.value().toString().isEmpty()) return Optional.empty();
        return YamlReader.read(path.value(), problems)
                .map(root -> new PolicyFileReader(problems).read(path.value(), root));
    }

    /// Policies and databases meet by name: a policy about none, and a database without any, are
    /// mistakes.
    private static void checkDatabases(
            MainFileReader.Read main, List<PolicyFile> policies, Problems problems) {
        var names =
                main.config().databases().stream()
                        .map(GatewayConfig.Database::name)
                        .filter(n -> !n.isEmpty())
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        var governed = new HashSet<String>();
        for (var p : policies) {
            var name = p.database().value();
            governed.add(name);
            if (!name.isEmpty() && !names.contains(name))
                problems.report(
                        p.database().at(),
                        "there is no database '"
                                + YamlReader.shorten(name)
                                + "' in "
                                + main.config().file().getFileName()
                                + Words.nearest(name, names)
                                        .map(n -> "; did you mean '" + n + "'?")
                                        .orElse(", only: " + String.join(", ", names)));
        }
        // A file that couldn't be read, or whose name is wrong, may be the one that is missing.
        if (policies.size() < main.policies().size() || !names.containsAll(governed)) return;
        for (var name : names)
            if (!governed.contains(name) && !main.policies().isEmpty())
                problems.report(
                        main.policies().getFirst().at(),
                        "no policy file is about database '" + name + "': nobody could use it");
    }
}
