package dev.sallyport.policy;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What changes from one policy set to the next, in words: one line per difference, for the
/// `policy-loaded` audit entry and for reviewers.
public final class PolicyDiff {
    private PolicyDiff() {}

    public static List<String> between(PolicySet before, PolicySet after) {
        var was = facts(before);
        var is = facts(after);
        var lines = new ArrayList<String>();
        var names = new TreeMap<>(was);
        names.putAll(is);
        for (var name : names.keySet()) {
            var line = difference(name, was.get(name), is.get(name));
            if (line != null) lines.add(line);
        }
        return lines;
    }

    /// Who gains and who loses what by grants: `role billing of clinic gains select
    /// public.patients.ssn, masked: redact`. What deny and force rules take away from everybody is
    /// in {@link #between}.
    public static List<String> gainsAndLosses(PolicySet before, PolicySet after) {
        var was = given(before);
        var is = given(after);
        var roles = new TreeSet<>(was.keySet());
        roles.addAll(is.keySet());
        var lines = new ArrayList<String>();
        for (var role : roles) {
            var had = was.getOrDefault(role, new TreeSet<>());
            var has = is.getOrDefault(role, new TreeSet<>());
            for (var what : has) if (!had.contains(what)) lines.add(role + " gains " + what);
            for (var what : had) if (!has.contains(what)) lines.add(role + " loses " + what);
        }
        return lines;
    }

    private static Map<String, TreeSet<String>> given(PolicySet policies) {
        var given = new TreeMap<String, TreeSet<String>>();
        for (var p : policies.all())
            for (var role : p.roles().values()) {
                var to =
                        given.computeIfAbsent(
                                "role " + role.name() + " of " + p.database(),
                                _ -> new TreeSet<>());
                for (var g : role.grants()) given(p, g, to);
            }
        return given;
    }

    private static void given(DatabasePolicy p, Rule.Grant g, TreeSet<String> to) {
        var terms =
                g.rows().map(r -> ", where " + r.text()).orElse("")
                        + g.when().map(c -> ", when " + c.text()).orElse("")
                        + (g.limits().isNone() ? "" : ", at most " + g.limits().words())
                        + (g.definer() ? ", with what its views read" : "");
        for (var e : g.actions().entrySet())
            for (var on : g.on()) {
                var what = e.getKey().word() + " " + on;
                var masks = e.getKey() == Action.SELECT ? g.mask() : Optional.<MaskPlan>empty();
                switch (e.getValue()) {
                    case Columns.All _ ->
                            to.add(what + masks.map(m -> ", masked: " + m).orElse("") + terms);
                    case Columns.Only(var names) -> {
                        for (var column : names)
                            to.add(
                                    what
                                            + "."
                                            + ResourcePattern.quoted(column)
                                            + masks.flatMap(m -> mask(p, m, on, column)).orElse("")
                                            + terms);
                    }
                }
            }
    }

    private static Optional<String> mask(
            DatabasePolicy p, MaskPlan masks, ResourcePattern on, String column) {
        if (on.match() != ResourcePattern.Match.EXACT) return Optional.of(", masked: " + masks);
        var relation = new Resource.Relation(on.schema(), on.name(), Resource.RelationKind.TABLE);
        return masks.of(relation, column, p.classification()).map(m -> ", masked: " + m.word());
    }

    private static @Nullable String difference(
            String name, @Nullable String was, @Nullable String is) {
        if (was == null) return name + " added" + (is == null || is.isEmpty() ? "" : ": " + is);
        if (is == null) return name + " removed" + (was.isEmpty() ? "" : "; it was: " + was);
        return Objects.equals(was, is)
                ? null
                : name + " changed from: " + orNothing(was) + "; to: " + orNothing(is);
    }

    private static String orNothing(String text) {
        return text.isEmpty() ? "(nothing)" : text;
    }

    /// What a policy says, by what says it.
    private static Map<String, String> facts(PolicySet policies) {
        var facts = new TreeMap<String, String>();
        for (var p : policies.all()) {
            var of = "database " + p.database();
            facts.put(of, "");
            for (var role : p.roles().values()) {
                var who = of + ", role " + role.name();
                facts.put(who, role.purpose());
                for (var g : role.grants())
                    facts.put(
                            who + ", grant " + g.id(),
                            "allow "
                                    + actions(g)
                                    + on(g)
                                    + restrictions(g.mask(), g.rows(), g.limits())
                                    + when(g)
                                    + (g.definer() ? ", definer" : ""));
            }
            for (var dataClass : p.classification().classes())
                facts.put(of + ", class " + dataClass, columns(p, dataClass));
            for (var f : p.forced())
                facts.put(
                        of + ", force rule " + f.id(),
                        "force"
                                + restrictions(f.mask(), f.rows(), f.limits())
                                + on(f)
                                + when(f)
                                + except(f));
            for (var d : p.denies())
                facts.put(
                        of + ", deny rule " + d.id(),
                        "deny "
                                + actions(d)
                                + on(d)
                                + when(d)
                                + except(d)
                                + (d.because().isEmpty() ? "" : " because " + d.because()));
        }
        for (var s : policies.separations())
            facts.put(
                    "separation rule " + s.id(),
                    "nobody holds two of "
                            + String.join(", ", s.names())
                            + (s.because().isEmpty() ? "" : " because " + s.because()));
        return facts;
    }

    private static String columns(DatabasePolicy p, String dataClass) {
        return p.classification().entries().stream()
                .filter(e -> e.dataClass().equals(dataClass))
                .map(Classification.Entry::toString)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String restrictions(
            Optional<MaskPlan> mask, Optional<RowTemplate> rows, Limits limits) {
        return mask.map(m -> ", mask " + m).orElse("")
                + rows.map(r -> ", rows " + r.text()).orElse("")
                + (limits.isNone() ? "" : ", limit " + limits.words());
    }

    private static String when(Rule rule) {
        return rule.when().map(c -> " when " + c.text()).orElse("");
    }

    private static String except(Rule.Restriction rule) {
        return rule.except().isEmpty()
                ? ""
                : " except for "
                        + rule.except().stream().sorted().collect(Collectors.joining(", "));
    }

    private static String actions(Rule rule) {
        return rule.actions().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> action(e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String action(Action action, Columns columns) {
        return switch (columns) {
            case Columns.All _ -> action.word();
            case Columns.Only only ->
                    action.word()
                            + " ("
                            + Wording.names(only.names().stream().sorted().toList())
                            + ")";
        };
    }

    private static String on(Rule rule) {
        return " on "
                + rule.on().stream()
                        .map(ResourcePattern::toString)
                        .sorted()
                        .collect(Collectors.joining(", "));
    }
}
