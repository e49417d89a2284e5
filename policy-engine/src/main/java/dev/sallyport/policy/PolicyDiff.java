package dev.sallyport.policy;

import java.util.List;

/// What changes from one policy set to the next, in words: one line per difference, for the
/// `policy-loaded` audit entry and for reviewers.
public final class PolicyDiff {
    private PolicyDiff() {}

    public static List<String> between(PolicySet before, PolicySet after) {
        throw new UnsupportedOperationException("being built: " + before + after);
    }
}
