package dev.sallyport.policy;

/// Decides access requests under one {@link PolicySet}. Total (an error inside is a {@link
/// Decision.Deny}), deterministic, without I/O; safe for any number of threads.
public final class PolicyDecisionPoint {
    private final PolicySet policies;

    public PolicyDecisionPoint(PolicySet policies) {
        this.policies = policies;
    }

    public PolicySet policies() {
        return policies;
    }

    public Decision decide(AccessRequest request) {
        throw new UnsupportedOperationException("being built: " + request.database());
    }
}
