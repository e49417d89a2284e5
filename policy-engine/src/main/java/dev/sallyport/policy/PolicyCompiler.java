package dev.sallyport.policy;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.config.UsersFile;
import java.util.List;

/// From policy files to a {@link PolicySet}: all of it, or every error. Stateless.
public final class PolicyCompiler {
    private PolicyCompiler() {}

    public sealed interface Result {}

    public record Compiled(PolicySet policies) implements Result {}

    /// @param errors at least one, by file, line and column
    public record Rejected(List<ConfigError> errors) implements Result {
        public Rejected {
            errors = List.copyOf(errors);
        }
    }

    /// @param users whose roles must exist in the policies
    public static Result compile(List<PolicyFile> files, UsersFile users) {
        throw new UnsupportedOperationException("being built: " + files + users);
    }
}
