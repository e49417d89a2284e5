package dev.sallyport.gateway;

import dev.sallyport.policy.Subject;
import java.util.Map;
import java.util.Set;

/// Everything about a person that decisions depend on: people of equal standing get equal
/// decisions, which are worked out once for all of them.
record Standing(Set<String> roles, Map<String, String> attributes) {
    static Standing of(Subject subject) {
        return new Standing(subject.roles(), subject.attributes());
    }
}
