package dev.sallyport.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Validated rules of all policy files. Immutable. Made by {@link PolicyCompiler}.
public final class PolicySet {
    /// No rules: everything is denied.
    public static final PolicySet EMPTY = new PolicySet(new TreeMap<>());

    private final SortedMap<String, DatabasePolicy> databases;
    private final String version;

    PolicySet(SortedMap<String, DatabasePolicy> databases) {
        this.databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
        this.version = CanonicalForm.sha256(this.databases.values());
    }

    /// SHA-256 (hex) of the canonical content: same rules, same version, whatever the files'
    /// layout, order and comments.
    public String version() {
        return version;
    }

    /// The databases that policies are about.
    public Set<String> databases() {
        return databases.keySet();
    }

    /// The roles that the policies define, for one database or another.
    public SortedSet<String> roles() {
        var roles = new TreeSet<String>();
        databases.values().forEach(d -> roles.addAll(d.roles().keySet()));
        return roles;
    }

    Optional<DatabasePolicy> database(String name) {
        return Optional.ofNullable(databases.get(name));
    }

    Collection<DatabasePolicy> all() {
        return databases.values();
    }

    @Override
    public String toString() {
        return "PolicySet[" + version + "]";
    }
}
