package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.policy.PolicySet;
import java.util.Optional;

/// What policies ask of the gateway. Policies that it can't enforce are not taken: at the start, at
/// a reload and by `sallyport check`.
public final class PolicyDemands {
    private PolicyDemands() {}

    /// Why the policies can't be in force with this configuration; empty when they can.
    public static Optional<String> unmet(GatewayConfig config, PolicySet policies) {
        if (policies.needsHashKey() && config.masks().hashKey().isEmpty())
            return Optional.of(
                    "a policy masks with 'hash', which needs a key: write masks: { hashKey: { file:"
                            + " secrets/NAME } } in "
                            + config.file().getFileName());
        return Optional.empty();
    }
}
