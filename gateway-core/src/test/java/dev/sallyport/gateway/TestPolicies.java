package dev.sallyport.gateway;

import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.config.UsersFile;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicyDecisionPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Policies from the text of a file.
final class TestPolicies {
    static final String ROLES =
            """
            database: clinic
            roles:
              developer:
                purpose: Schema work
                grants:
                  - { id: dev-read, allow: [select], on: [public.providers] }
              physician:
                purpose: Treatment
                grants:
                  - { id: treat, allow: [select], on: [public.patients] }
              billing:
                purpose: Claims
                grants:
                  - { id: codes, allow: [select], on: [public.codes] }
            """;

    /// So that a person can have a role that is none on the clinic's database.
    private static final String ELSEWHERE =
            """
            database: elsewhere
            roles:
              outsider:
                purpose: Another database
                grants:
                  - { id: out-read, allow: [select], on: [public.patients] }
            """;

    private TestPolicies() {}

    static PolicyDecisionPoint of(String text, UsersFile people) {
        return switch (PolicyCompiler.compile(List.of(file(text), file(ELSEWHERE)), people)) {
            case PolicyCompiler.Compiled(var policies) -> new PolicyDecisionPoint(policies);
            case PolicyCompiler.Rejected(var errors) -> throw new AssertionError(errors);
        };
    }

    private static PolicyFile file(String text) {
        var errors = new ArrayList<>();
        return ConfigLoader.parsePolicy(Path.of("policy.yaml"), text, errors::add)
                .orElseThrow(() -> new AssertionError(errors));
    }
}
