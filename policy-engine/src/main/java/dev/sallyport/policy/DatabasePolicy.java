package dev.sallyport.policy;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The rules about one database.
///
/// @param roles by name
/// @param forced in file order
/// @param denies in file order
record DatabasePolicy(
        String database,
        Classification classification,
        SortedMap<String, Role> roles,
        List<Rule.Force> forced,
        List<Rule.Deny> denies) {
    DatabasePolicy {
        forced = List.copyOf(forced);
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
        denies = List.copyOf(denies);
    }

    /// @param purpose in a sentence; may be empty
    record Role(String name, String purpose, List<Rule.Grant> grants) {
        Role {
            grants = List.copyOf(grants);
        }

        /// It gives access to nothing.
        boolean isDuty() {
            return grants.isEmpty();
        }
    }
}
