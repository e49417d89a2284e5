package dev.sallyport.config;

import java.nio.file.Path;
import java.util.List;

/// Reads the main file and what it refers to. Stateless.
public final class ConfigLoader {
    private ConfigLoader() {}

    /// All of it, or every error found.
    public sealed interface Result {}

    public record Loaded(GatewayConfig config, UsersFile users, List<PolicyFile> policies)
            implements Result {
        public Loaded {
            policies = List.copyOf(policies);
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
        throw new UnsupportedOperationException("being built: " + mainFile);
    }
}
