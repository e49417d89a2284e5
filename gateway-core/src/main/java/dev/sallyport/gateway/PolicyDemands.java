package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Protocol;
import dev.sallyport.policy.PolicySet;
import java.util.Optional;

/// What policies ask of the gateway. Policies that it can't enforce are not taken: at the start, at
/// a reload and by `sallyport check`.
public final class PolicyDemands {
    private PolicyDemands() {}

    /// Why the policies can't be in force with this configuration; empty when they can.
    public static Optional<String> unmet(GatewayConfig config, PolicySet policies) {
        for (var database : config.databases())
            if (database.protocol() == Protocol.MYSQL && policies.needsHashKey(database.name()))
                return Optional.of(
                        "the policy of database "
                                + database.name()
                                + " masks with 'hash', which MySQL and MariaDB don't have: its key"
                                + " would show in the server's logs; use 'redact' or 'partial'");
        if (policies.needsHashKey() && config.masks().hashKey().isEmpty())
            return Optional.of(
                    "a policy masks with 'hash', which needs a key: write masks: { hashKey: { file:"
                            + " secrets/NAME } } in "
                            + config.file().getFileName());
        return Optional.empty();
    }
}
