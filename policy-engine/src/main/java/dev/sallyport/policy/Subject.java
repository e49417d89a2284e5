package dev.sallyport.policy;

import java.util.Map;
import java.util.Set;

/// The authenticated person for whom a session acts. Never shared between people.
///
/// @param attributes facts that conditions may read, as `provider_id`
public record Subject(String name, Set<String> roles, Map<String, String> attributes) {
    public Subject {
        roles = Set.copyOf(roles);
        attributes = Map.copyOf(attributes);
        if (name.isEmpty()) throw new IllegalArgumentException("a subject has a name");
    }
}
