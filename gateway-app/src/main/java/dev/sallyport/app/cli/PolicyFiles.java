package dev.sallyport.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.config.UsersFile;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Policies read for the `policy` commands: by themselves, without the gateway's configuration and
/// its secrets, so that a build server can.
final class PolicyFiles {
    static final String TESTS = ".test.yaml";

    private PolicyFiles() {}

    /// @param policies empty when there are errors
    record Read(
            Optional<PolicySet> policies,
            List<PolicyFile> files,
            UsersFile users,
            List<ConfigError> errors) {}

    /// The policy files among these paths; of a folder, all in it.
    static List<Path> find(List<Path> paths) throws CommandFailure, IOException {
        var found = new ArrayList<Path>();
        for (var path : paths) {
            if (!Files.exists(path)) throw new CommandFailure("there is no file " + path);
            if (!Files.isDirectory(path)) {
                found.add(path);
                continue;
            }
            try (var files = Files.list(path)) {
                files.filter(f -> f.toString().endsWith(".yaml") && !f.toString().endsWith(TESTS))
                        .sorted()
                        .forEach(found::add);
            }
        }
        if (found.isEmpty()) throw new CommandFailure("there is no policy file there");
        return found;
    }

    static Read read(List<Path> paths, Optional<Path> users) throws CommandFailure, IOException {
        var errors = new ArrayList<ConfigError>();
        var files = new ArrayList<PolicyFile>();
        for (var file : find(paths))
            ConfigLoader.readPolicy(file, errors::add).ifPresent(files::add);
        var people = new UsersFile(Path.of("users.yaml"), List.of());
        if (users.isPresent())
            people = ConfigLoader.readUsers(users.get(), errors::add).orElse(people);
        if (!errors.isEmpty()) return new Read(Optional.empty(), files, people, errors);
        return switch (PolicyCompiler.compile(files, people)) {
            case PolicyCompiler.Compiled(var policies) ->
                    new Read(Optional.of(policies), files, people, List.of());
            case PolicyCompiler.Rejected(var wrong) ->
                    new Read(Optional.empty(), files, people, wrong);
        };
    }

    /// The policies, or their errors printed and a failure.
    static PolicySet require(Read read, PrintWriter out, boolean json) throws CommandFailure {
        if (read.policies().isPresent()) return read.policies().get();
        printErrors(read.errors(), out, json);
        out.flush();
        throw new CommandFailure(
                read.errors().size() == 1
                        ? "the policy has an error"
                        : "the policy has " + read.errors().size() + " errors");
    }

    /// The database that is meant.
    static String database(PolicySet policies, @Nullable String name) throws CommandFailure {
        if (name == null && policies.databases().size() != 1)
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the policies are about several databases: say --database "
                            + String.join(" or ", new TreeSet<>(policies.databases())));
        var meant = name == null ? policies.databases().iterator().next() : name;
        if (!policies.databases().contains(meant))
            throw new CommandFailure(ExitCode.USAGE, "no policy is about database '" + meant + "'");
        return meant;
    }

    static void printErrors(List<ConfigError> errors, PrintWriter out, boolean json) {
        if (!json) {
            errors.forEach(out::println);
            return;
        }
        for (var e : errors) {
            var line = new LinkedHashMap<String, Object>();
            line.put("kind", "error");
            line.put("file", e.file().toString());
            line.put("line", e.line());
            line.put("column", e.column());
            line.put("message", e.message());
            printJson(line, out);
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// One object, one line.
    static void printJson(Map<String, ?> object, PrintWriter out) {
        try {
            out.println(JSON.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
