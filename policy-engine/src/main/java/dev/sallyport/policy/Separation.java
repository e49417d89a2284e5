package dev.sallyport.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Roles that one person never holds together, whichever way they come to them: by name, through
/// groups, or for a session only. There is no exemption from it.
///
/// @param exclusive none of these with another of them
/// @param everyOther none of these with any other role at all
/// @param because for the person refused; may be empty
public record Separation(String id, Set<String> exclusive, boolean everyOther, String because) {
    public Separation {
        exclusive = Set.copyOf(exclusive);
    }

    /// Two roles that the rule keeps apart, in alphabetical order.
    public record Conflict(Separation rule, String one, String other) {
        /// As `the roles auditor and developer, which rule auditor-is-only-that keeps apart`.
        public String words() {
            return "the roles "
                    + one
                    + " and "
                    + other
                    + ", which rule "
                    + rule.id
                    + " keeps apart"
                    + (rule.because.isEmpty() ? "" : ": " + rule.because);
        }
    }

    /// The first pair of these roles that nobody may have; empty when one person may have all.
    public Optional<Conflict> conflict(Set<String> roles) {
        if (roles.size() < 2) return Optional.empty();
        var sorted = roles.stream().sorted().toList();
        for (int i = 0; i < sorted.size(); i++)
            for (var other : sorted.subList(i + 1, sorted.size()))
                if (excludes(sorted.get(i), other))
                    return Optional.of(new Conflict(this, sorted.get(i), other));
        return Optional.empty();
    }

    private boolean excludes(String one, String other) {
        boolean first = exclusive.contains(one);
        boolean second = exclusive.contains(other);
        return everyOther ? first || second : first && second;
    }

    /// As in a policy file, sorted.
    List<String> names() {
        var names = exclusive.stream().sorted().toList();
        if (!everyOther) return names;
        var all = new ArrayList<>(names);
        all.add("*");
        return all;
    }
}
