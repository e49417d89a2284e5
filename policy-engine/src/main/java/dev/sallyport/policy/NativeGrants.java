package dev.sallyport.policy;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.condition.SqlCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A policy as PostgreSQL's own GRANT and CREATE POLICY statements, one database role for each
/// policy role: a second line of defence for whoever connects past the gateway. What PostgreSQL
/// can't express it leaves out, so that these roles never have more than the policy gives, and says
/// so in a comment.
public final class NativeGrants {
    /// Begins a comment.
    public static final String COMMENT = "-- ";

    private final List<String> lines = new ArrayList<>();

    /// The grants that restrict rows, by what they are on.
    private final TreeMap<String, TreeSet<String>> filtered = new TreeMap<>();

    private NativeGrants() {}

    /// One statement or comment an entry.
    ///
    /// @param database one of the policies' databases
    /// @param prefix of the database roles' names, as `policy_`
    public static List<String> of(PolicySet policies, String database, String prefix) {
        var grants = new NativeGrants();
        policies.database(database).ifPresent(p -> grants.write(p, prefix));
        return List.copyOf(grants.lines);
    }

    private void write(DatabasePolicy policy, String prefix) {
        for (var role : policy.roles().values())
            for (var grant : role.grants())
                if (grant.rows().isPresent() && omission(policy, grant).isEmpty())
                    for (var on : grant.on())
                        filtered.computeIfAbsent(on.toString(), _ -> new TreeSet<>())
                                .add(grant.id());
        for (var role : policy.roles().values()) {
            var name = ResourcePattern.quoted(prefix + role.name());
            lines.add("CREATE ROLE " + name + " NOLOGIN;");
            for (var grant : role.grants()) write(policy, grant, name);
        }
        for (var d : policy.denies())
            comment(d.id() + ": PostgreSQL has no deny; its columns are left out above");
    }

    private void comment(String text) {
        lines.add(COMMENT + text.replace('\n', ' '));
    }

    private void write(DatabasePolicy policy, Rule.Grant grant, String role) {
        var omission = omission(policy, grant);
        if (omission.isPresent()) {
            comment(grant.id() + ": " + omission.get());
            return;
        }
        for (var on : grant.on()) {
            if (!on.namesObjects() || Floor.isServersOwn(on.schema())) {
                comment(grant.id() + ": " + on + " is not granted natively");
                continue;
            }
            switch (on.match()) {
                case EXACT -> write(policy, grant, on, role);
                case ALL, PREFIX, EVERYTHING ->
                        comment(
                                grant.id()
                                        + ": "
                                        + on
                                        + " would give what deny and force rules keep back; name"
                                        + " the tables");
            }
        }
    }

    /// Why PostgreSQL can't hold the grant as the policy has it.
    private static Optional<String> omission(DatabasePolicy policy, Rule.Grant grant) {
        if (grant.when().isPresent())
            return Optional.of("holds only when " + grant.when().get().text());
        if (grant.rows().isPresent() && !isFree(grant.rows().get()))
            return Optional.of("its rows depend on who asks");
        if (!grant.limits().isNone())
            return Optional.of("its limit is not PostgreSQL's: " + grant.limits().words());
        if (grant.definer() && !(policy.denies().isEmpty() && policy.forced().isEmpty()))
            return Optional.of("deny and force rules would not hold below what it trusts");
        return Optional.empty();
    }

    private static boolean isFree(RowTemplate rows) {
        return rows.condition().parts().stream().allMatch(p -> p instanceof SqlCondition.Text);
    }

    private void write(DatabasePolicy policy, Rule.Grant grant, ResourcePattern on, String role) {
        if (isForced(policy, grant, on)) {
            comment(grant.id() + ": a force rule restricts " + on);
            return;
        }
        var privileges = new TreeMap<Action, String>();
        for (var e : grant.actions().entrySet())
            privilege(policy, grant, on, e.getKey(), e.getValue(), privileges);
        if (privileges.isEmpty()) return;
        if (grant.rows().isPresent()) {
            // Privileges add up by column, policies by row: together they'd show each column of one
            // grant in the rows of the other.
            if (filtered.getOrDefault(on.toString(), new TreeSet<>()).size() > 1) {
                comment(grant.id() + ": other grants restrict rows of " + on + ", too");
                return;
            }
            // It would move rows that are seen to where they aren't, and back.
            if (privileges.remove(Action.UPDATE) != null)
                comment(grant.id() + ": UPDATE could change what its rows go by");
            if (privileges.isEmpty()) return;
        }
        var execute = privileges.remove(Action.EXECUTE);
        if (!privileges.isEmpty()) {
            var sql =
                    "GRANT "
                            + String.join(", ", privileges.values())
                            + " ON "
                            + on
                            + " TO "
                            + role
                            + ";";
            lines.add(grant.definer() ? sql : ifTable(on, sql));
        }
        if (execute != null)
            comment(grant.id() + ": GRANT EXECUTE needs the argument types of " + on);
        if (!privileges.isEmpty())
            grant.rows()
                    .ifPresent(rows -> {
                        lines.add("ALTER TABLE " + on + " ENABLE ROW LEVEL SECURITY;");
                        lines.add(
                                "CREATE POLICY "
                                        + ResourcePattern.quoted(grant.id())
                                        + " ON "
                                        + on
                                        + " TO "
                                        + role
                                        + " USING ("
                                        + rows.text()
                                        + ");");
                    });
    }

    /// A view would be read in its owner's name: the policy asks for grants on what it reads, too.
    /// And what is denied, forced or classified for a partition holds through its parent, which
    /// PostgreSQL doesn't do.
    private static String ifTable(ResourcePattern on, String sql) {
        var name = "'" + on.toString().replace("'", "''") + "'";
        return "DO $_$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = "
                + name
                + "::regclass AND c.relkind IN ('r', 'f') AND NOT EXISTS (SELECT FROM"
                + " pg_catalog.pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent))) THEN\n    "
                + sql
                + "\nELSE RAISE NOTICE 'not granted, since it is no table by itself: %', "
                + name
                + "; END IF; END $_$;";
    }

    private static boolean isForced(DatabasePolicy policy, Rule.Grant grant, ResourcePattern on) {
        return policy.forced().stream()
                .filter(f -> !f.except().contains(grant.role()))
                .anyMatch(f -> f.on().stream().anyMatch(p -> p.covers(on)));
    }

    private void privilege(
            DatabasePolicy policy,
            Rule.Grant grant,
            ResourcePattern on,
            Action action,
            Columns columns,
            TreeMap<Action, String> privileges) {
        switch (action) {
            case SELECT, INSERT, UPDATE -> {
                var denied = denied(policy, grant, on, action);
                var masked = action == Action.SELECT && grant.mask().isPresent();
                switch (columns) {
                    case Columns.Only(var names) -> {
                        var left = new TreeSet<>(names);
                        left.removeIf(c -> denied.stream().anyMatch(d -> d.has(c)));
                        if (masked) left.removeIf(c -> isMasked(policy, grant, on, c));
                        if (left.size() < names.size())
                            comment(grant.id() + ": masked and denied columns are left out");
                        if (!left.isEmpty())
                            privileges.put(action, word(action) + " (" + Wording.names(left) + ")");
                    }
                    case Columns.All _ -> {
                        if (denied.isEmpty() && !masked) privileges.put(action, word(action));
                        else
                            comment(
                                    grant.id()
                                            + ": "
                                            + action.word()
                                            + " of all columns would show masked or denied ones;"
                                            + " name the columns");
                    }
                }
            }
            case DELETE, TRUNCATE -> {
                if (denied(policy, grant, on, action).isEmpty())
                    privileges.put(action, word(action));
            }
            case EXECUTE -> privileges.put(action, word(action));
            case DDL, COPY_IN, COPY_OUT, ADMIN, SESSION -> {
                // COPY needs select or insert natively; the others are no privileges of a table.
            }
        }
    }

    private static boolean isMasked(
            DatabasePolicy policy, Rule.Grant grant, ResourcePattern on, String column) {
        var relation = new Resource.Relation(on.schema(), on.name(), Resource.RelationKind.TABLE);
        return grant.mask()
                .flatMap(m -> m.of(relation, column, policy.classification()))
                .isPresent();
    }

    /// The columns that deny rules take away, whatever their conditions.
    private static List<Columns> denied(
            DatabasePolicy policy, Rule.Grant grant, ResourcePattern on, Action action) {
        return policy.denies().stream()
                .filter(d -> !d.except().contains(grant.role()))
                .filter(d -> d.actions().containsKey(action))
                .filter(d -> d.on().stream().anyMatch(p -> p.covers(on)))
                .map(d -> d.columns(action))
                .toList();
    }

    private static String word(Action action) {
        return action.name();
    }
}
