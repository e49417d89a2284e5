package dev.sallyport.policy;

import dev.sallyport.config.Position;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.condition.SqlCondition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a policy names in full, for comparing with a catalog: a name that is wrong there grants
/// nothing, or, worse, denies or masks nothing.
public final class PolicyNames {
    private PolicyNames() {}

    /// @param what `rule dev-read`, `class phi.name`
    /// @param columns of the relation; empty: none by name
    /// @param function a function's name, else a relation's
    /// @param oneByOne the columns are each this relation's; else of any relation that the rule
    ///   names
    public record Named(
            String what,
            Optional<Position> at,
            String schema,
            String name,
            SortedSet<String> columns,
            boolean function,
            boolean oneByOne) {}

    /// A rule's `rows` on a relation that it names in full.
    ///
    /// @param sql with a string in the place of each fact about the subject
    public record Filter(
            String ruleId, Optional<Position> at, String schema, String name, String sql) {}

    /// @param database one of the policies' databases
    public static List<Filter> filters(PolicySet policies, String database) {
        var found = new ArrayList<Filter>();
        var policy = policies.database(database);
        if (policy.isEmpty()) return found;
        for (var role : policy.get().roles().values())
            for (var grant : role.grants())
                grant.rows().ifPresent(rows -> add(policies, grant, rows, found));
        for (var f : policy.get().forced())
            f.rows().ifPresent(rows -> add(policies, f, rows, found));
        return found;
    }

    private static void add(PolicySet policies, Rule rule, RowTemplate rows, List<Filter> found) {
        var sql =
                rows.condition().parts().stream()
                        .map(part ->
                                switch (part) {
                                    case SqlCondition.Text(var text) -> text;
                                    case SqlCondition.SubjectFact _ -> "'1'";
                                })
                        .collect(Collectors.joining());
        for (var on : rule.on())
            if (on.match() == ResourcePattern.Match.EXACT && on.namesObjects())
                found.add(
                        new Filter(
                                rule.id(), policies.place(rule.id()), on.schema(), on.name(), sql));
    }

    /// A rule that shows a column masked.
    public record Masking(String ruleId, Optional<Position> at, Mask mask) {}

    /// @param database one of the policies' databases
    public static List<Masking> masks(
            PolicySet policies, String database, Resource.Relation relation, String column) {
        var found = new ArrayList<Masking>();
        var policy = policies.database(database);
        if (policy.isEmpty()) return found;
        var rules = new ArrayList<Rule>();
        for (var role : policy.get().roles().values())
            for (var grant : role.grants())
                if (grant.columns(Action.SELECT).has(column)) rules.add(grant);
        rules.addAll(policy.get().forced());
        for (var rule : rules)
            if (rule.on().stream().anyMatch(on -> on.matches(relation)))
                mask(rule)
                        .flatMap(m -> m.of(relation, column, policy.get().classification()))
                        .ifPresent(m ->
                                found.add(new Masking(rule.id(), policies.place(rule.id()), m)));
        return found;
    }

    private static Optional<MaskPlan> mask(Rule rule) {
        return switch (rule) {
            case Rule.Grant grant -> grant.mask();
            case Rule.Force force -> force.mask();
            case Rule.Deny _ -> Optional.empty();
        };
    }

    private static final Set<Action> ON_RELATIONS =
            EnumSet.of(
                    Action.SELECT,
                    Action.INSERT,
                    Action.UPDATE,
                    Action.DELETE,
                    Action.TRUNCATE,
                    Action.COPY_IN,
                    Action.COPY_OUT);

    /// @param database one of the policies' databases
    public static List<Named> of(PolicySet policies, String database) {
        var found = new ArrayList<Named>();
        var policy = policies.database(database);
        if (policy.isEmpty()) return found;
        for (var role : policy.get().roles().values())
            for (var grant : role.grants())
                add(policies, grant, grant.mask().map(MaskPlan::columns).orElse(null), found);
        for (var f : policy.get().forced())
            add(policies, f, f.mask().map(MaskPlan::columns).orElse(null), found);
        for (var d : policy.get().denies()) add(policies, d, null, found);
        for (var e : policy.get().classification().entries())
            if (e.table().match() == ResourcePattern.Match.EXACT) {
                var columns = new TreeSet<String>();
                if (e.column().match() == ResourcePattern.Match.EXACT)
                    columns.add(e.column().text());
                found.add(
                        new Named(
                                "class " + e.dataClass(),
                                Optional.empty(),
                                e.schema(),
                                e.table().text(),
                                columns,
                                false,
                                true));
            }
        return found;
    }

    private static void add(
            PolicySet policies,
            Rule rule,
            @Nullable Map<String, MaskPlan.Choice> masked,
            List<Named> found) {
        var columns = new TreeSet<String>();
        for (var c : rule.actions().values())
            if (c instanceof Columns.Only(var names)) columns.addAll(names);
        if (masked != null) columns.addAll(masked.keySet());
        var onRelations = rule.actions().keySet().stream().anyMatch(ON_RELATIONS::contains);
        var onFunctions = !onRelations && rule.actions().keySet().equals(Set.of(Action.EXECUTE));
        if (!onRelations && !onFunctions) return;
        for (var on : rule.on())
            if (on.match() == ResourcePattern.Match.EXACT && on.namesObjects())
                found.add(
                        new Named(
                                "rule " + rule.id(),
                                policies.place(rule.id()),
                                on.schema(),
                                on.name(),
                                columns,
                                onFunctions,
                                false));
    }

    /// The classes of data that `classify` gives any column of a relation.
    ///
    /// @param database one of the policies' databases
    public static SortedSet<String> dataClasses(
            PolicySet policies, String database, Resource.Relation relation) {
        var classes = new TreeSet<String>();
        var policy = policies.database(database);
        if (policy.isEmpty()) return classes;
        for (var e : policy.get().classification().entries())
            if (e.schema().equals(relation.schema()) && e.table().matches(relation.name()))
                classes.add(e.dataClass());
        return classes;
    }

    /// The classes of data that `classify` gives a column.
    ///
    /// @param database one of the policies' databases
    public static SortedSet<String> dataClasses(
            PolicySet policies, String database, Resource.Relation relation, String column) {
        return policies.database(database)
                .map(p -> p.classification().of(relation, column))
                .orElseGet(TreeSet::new);
    }

    /// Whether `classify` gives any column of the database this class.
    public static boolean hasClass(PolicySet policies, String database, String dataClass) {
        return policies.database(database)
                .map(p ->
                        p.classification().entries().stream()
                                .anyMatch(e -> e.dataClass().equals(dataClass)))
                .orElse(false);
    }

    /// Whether `classify` gives any column of the relation this class.
    public static boolean hasClass(
            PolicySet policies, String database, Resource.Relation relation, String dataClass) {
        return policies.database(database)
                .map(p -> p.classification().has(relation, dataClass))
                .orElse(false);
    }
}
