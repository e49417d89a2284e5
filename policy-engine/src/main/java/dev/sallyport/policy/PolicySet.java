package dev.sallyport.policy;

import dev.sallyport.config.Position;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Validated rules of all policy files. Immutable. Made by {@link PolicyCompiler}.
public final class PolicySet {
    /// No rules: everything is denied.
    public static final PolicySet EMPTY = new PolicySet(new TreeMap<>(), List.of(), Map.of());

    private final SortedMap<String, DatabasePolicy> databases;
    private final List<Separation> separations;
    private final Map<String, Position> places;
    private final String version;

    /// @param places of rules, by id
    PolicySet(
            SortedMap<String, DatabasePolicy> databases,
            List<Separation> separations,
            Map<String, Position> places) {
        this.separations = List.copyOf(separations);
        this.places = Map.copyOf(places);
        this.databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
        this.version = CanonicalForm.sha256(this.databases.values(), this.separations);
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

    /// The roles among these that give access to data: all that are no duties.
    public SortedSet<String> dataRoles(Set<String> roles) {
        var given = new TreeSet<String>();
        for (var database : databases.values())
            for (var role : database.roles().values())
                if (!role.isDuty() && roles.contains(role.name())) given.add(role.name());
        return given;
    }

    /// Two of these roles that one person may not have together; empty when they may.
    public Optional<Separation.Conflict> conflict(Set<String> roles) {
        return separations.stream()
                .map(s -> s.conflict(roles))
                .flatMap(Optional::stream)
                .findFirst();
    }

    List<Separation> separations() {
        return separations;
    }

    /// Every rule's, of all databases.
    public Set<String> ruleIds() {
        return places.keySet();
    }

    /// Where the rule stands; empty for an unknown one, and for the built-in.
    public Optional<Position> place(String ruleId) {
        return Optional.ofNullable(places.get(ruleId));
    }

    /// Whether any rule limits what one person gets in a time.
    public boolean limitsPersons() {
        return databases.values().stream()
                .anyMatch(d ->
                        d.forced().stream().anyMatch(f -> f.limits().isPerPerson())
                                || d.roles().values().stream()
                                        .flatMap(r -> r.grants().stream())
                                        .anyMatch(g -> g.limits().isPerPerson()));
    }

    /// Whether any rule masks with {@link Mask.Hash}, which needs a key.
    public boolean needsHashKey() {
        return databases.values().stream().anyMatch(PolicySet::hashes);
    }

    /// The same for one database.
    public boolean needsHashKey(String database) {
        return database(database).filter(PolicySet::hashes).isPresent();
    }

    private static boolean hashes(DatabasePolicy d) {
        return d.forced().stream().anyMatch(f -> f.mask().filter(MaskPlan::hashes).isPresent())
                || d.roles().values().stream()
                        .flatMap(r -> r.grants().stream())
                        .anyMatch(g -> g.mask().filter(MaskPlan::hashes).isPresent());
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
