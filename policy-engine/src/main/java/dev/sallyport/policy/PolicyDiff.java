package dev.sallyport.policy;

import dev.sallyport.sql.access.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
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
