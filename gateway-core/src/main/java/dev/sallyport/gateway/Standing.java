package dev.sallyport.gateway;

import dev.sallyport.policy.Purpose;
import dev.sallyport.policy.Subject;
import java.util.Map;
import java.util.Set;

/// Everything about a person and what they are here for that decisions depend on: people of equal
/// standing get equal decisions, which are worked out once for all of them.
///
/// @param purpose its word; tickets are nobody else's
record Standing(Set<String> roles, Map<String, String> attributes, String purpose) {
    static Standing of(Subject subject, Purpose purpose) {
        return new Standing(subject.roles(), subject.attributes(), purpose.word());
    }
}
