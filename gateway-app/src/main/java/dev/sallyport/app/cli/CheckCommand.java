package dev.sallyport.app.cli;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.Position;
import dev.sallyport.gateway.PolicyDemands;
import dev.sallyport.policy.PolicyCompiler;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description = {
            "Reads a configuration with its users and policies and reports every error at once,"
                + " each as file:line:column: what is wrong. Needs no database and changes nothing."
        },
        optionListHeading = "%nOptions:%n")
final class CheckCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The main file, as sallyport.yaml.")
    private @Nullable Path config;

    @Override
    public Integer call() {
        if (spec == null || config == null) throw new IllegalStateException("picocli sets it");
        var out = spec.commandLine().getOut();
        try {
            return switch (ConfigLoader.load(config)) {
                case ConfigLoader.Errors(var errors) -> report(out, errors);
                case ConfigLoader.Loaded loaded ->
                        switch (PolicyCompiler.compile(loaded.policies(), loaded.users())) {
                            case PolicyCompiler.Rejected(var errors) -> report(out, errors);
                            case PolicyCompiler.Compiled(var policies)
                                    when PolicyDemands.unmet(loaded.config(), policies)
                                            .isPresent() ->
                                    report(
                                            out,
                                            List.of(
                                                    new ConfigError(
                                                            Position.ofWhole(config),
                                                            PolicyDemands.unmet(
                                                                            loaded.config(),
                                                                            policies)
                                                                    .orElseThrow())));
                            case PolicyCompiler.Compiled(var policies) -> {
                                out.println(summary(loaded, policies.version()));
                                yield ExitCode.OK;
                            }
                        };
            };
        } finally {
            out.flush();
        }
    }

    private static String summary(ConfigLoader.Loaded loaded, String version) {
        var roles = loaded.policies().stream().mapToInt(p -> p.roles().size()).sum();
        var grants =
                loaded.policies().stream()
                        .flatMap(p -> p.roles().stream())
                        .mapToInt(r -> r.grants().size())
                        .sum();
        var denies = loaded.policies().stream().mapToInt(p -> p.deny().size()).sum();
        var alerts =
                loaded.alerts()
                        .map(a ->
                                ", "
                                        + count(a.rules().size(), "alert rule")
                                        + " for the gateway's log and "
                                        + count(a.receivers().size(), "receiver"))
                        .orElse("");
        return "ok: %s, %s, %s, %s with %s, %s%s%npolicy version %s"
                .formatted(
                        count(loaded.config().listeners().size(), "listener"),
                        count(loaded.config().databases().size(), "database"),
                        count(loaded.users().users().size(), "user"),
                        count(roles, "role"),
                        count(grants, "grant"),
                        count(denies, "deny rule"),
                        alerts,
                        version);
    }

    private static int report(PrintWriter out, List<ConfigError> errors) {
        errors.forEach(out::println);
        out.println(count(errors.size(), "error"));
        return ExitCode.FAILED;
    }

    private static String count(int n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }
}
