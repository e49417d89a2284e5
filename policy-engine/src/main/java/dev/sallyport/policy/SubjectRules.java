package dev.sallyport.policy;

import dev.sallyport.policy.RuleIndex.Reach;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The rules of one database that concern a person with certain roles, indexed. Immutable.
final class SubjectRules {
    private final RuleIndex<Rule.Grant> grants;
    private final RuleIndex<Rule.Force> forced;
    private final RuleIndex<Rule.Deny> denies;
    private final Classification classification;

    SubjectRules(DatabasePolicy policy, Set<String> roles) {
        var granted = new ArrayList<Rule.Grant>();
        for (var role : policy.roles().values())
            if (roles.contains(role.name())) granted.addAll(role.grants());
        this.grants = new RuleIndex<>(granted);
        this.forced = new RuleIndex<>(withoutSpared(policy.forced(), roles));
        this.denies = new RuleIndex<>(withoutSpared(policy.denies(), roles));
        this.classification = policy.classification();
    }

    private static <R extends Rule.Restriction> List<R> withoutSpared(
            List<R> rules, Set<String> roles) {
        return rules.stream().filter(r -> r.except().stream().noneMatch(roles::contains)).toList();
    }

    Classification classification() {
        return classification;
    }

    /// Force rules on the relation. As of grants, their wildcards are about what the database's
    /// owners made.
    Collection<Rule.Force> forced(Resource.Relation relation) {
        return forced.find(Action.SELECT, relation, reachOfGrants(relation));
    }

    /// Deny rules on the resource, whatever the columns.
    Collection<Rule.Deny> denies(Action action, Resource resource) {
        return denies.find(action, resource, Reach.ANY);
    }

    /// Grants on the resource, whatever the columns.
    Collection<Rule.Grant> grants(Action action, Resource resource) {
        return grants.find(action, resource, reachOfGrants(resource));
    }

    /// What a wildcard grants: objects that the database's owners made. What belongs to the server
    /// is granted by naming at least its schema or kind, a built-in function that does more than
    /// compute by its own name.
    private static Reach reachOfGrants(Resource resource) {
        return switch (resource) {
            case Resource.Relation r -> Floor.isServersOwn(r.schema()) ? Reach.SCHEMA : Reach.ANY;
            case Resource.Function f ->
                    switch (f.functionClass()) {
                        case USER_DEFINED, COMPUTES, READS_CATALOG ->
                                Floor.isServersOwn(f.schema()) ? Reach.SCHEMA : Reach.ANY;
                        case READS_DATA,
                                READS_FILES,
                                RUNS_SQL,
                                CHANGES_SETTINGS,
                                CHANGES_DATA,
                                AFFECTS_OTHER_SESSIONS,
                                NETWORK,
                                SLEEPS,
                                UNCLASSIFIED ->
                                Reach.NAME;
                    };
            case Resource.Schema s -> Floor.isServersOwn(s.name()) ? Reach.SCHEMA : Reach.ANY;
            case Resource.Other o ->
                    o.schema().isEmpty() || Floor.isServersOwn(o.schema())
                            ? Reach.SCHEMA
                            : Reach.ANY;
            case Resource.Setting _ -> Reach.SCHEMA;
        };
    }

    /// The columns of the access that none of the grants has. Where the access uses no column, one
    /// granted column is enough, and the answer is about the whole: see {@link #allows}.
    static List<String> missing(Access access, Collection<Rule.Grant> grants) {
        var missing = new ArrayList<String>();
        for (var use : access.columns()) {
            var granted = false;
            for (var g : grants) granted |= g.columns(access.action()).has(use.column());
            if (!granted) missing.add(use.column());
        }
        return missing;
    }

    static boolean allows(Access access, Collection<Rule.Grant> grants) {
        return !grants.isEmpty() && missing(access, grants).isEmpty();
    }

    /// The columns of the access that the rule denies; for an access without columns, none. See
    /// {@link #applies}.
    static List<String> denied(Access access, Rule.Deny rule) {
        var columns = rule.columns(access.action());
        return switch (columns) {
            case Columns.All _ -> List.of();
            case Columns.Only only ->
                    access.columns().stream().map(c -> c.column()).filter(only::has).toList();
        };
    }

    static Access only(Access access, Collection<String> columns) {
        var kept = access.columns().stream().filter(c -> columns.contains(c.column())).toList();
        return new Access(access.action(), access.resource(), kept, access.via());
    }

    static Access without(Access access, Collection<String> columns) {
        var rest = access.columns().stream().filter(c -> !columns.contains(c.column())).toList();
        return new Access(access.action(), access.resource(), rest, access.via());
    }

    static boolean applies(Access access, Rule.Deny rule) {
        return switch (rule.columns(access.action())) {
            case Columns.All _ -> true;
            case Columns.Only only -> access.columns().stream().anyMatch(c -> only.has(c.column()));
        };
    }
}
