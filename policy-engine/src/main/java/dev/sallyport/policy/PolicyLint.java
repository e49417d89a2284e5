package dev.sallyport.policy;

import dev.sallyport.config.Position;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is no error in a policy and still worth a look: rules that do nothing beside others, and
/// protected columns that somebody sees plain.
public final class PolicyLint {
    private PolicyLint() {}

    public enum Kind {
        /// The rule adds nothing to another.
        SUPERFLUOUS,
        /// A deny rule takes all of it away again, or it spares everybody.
        NEVER_APPLIES,
        /// A role sees protected health information as it is. Treatment and payment have to.
        PLAIN_PHI,
        /// A role sees de-identified data and beside it the number by which its patient is known.
        PLAIN_SUBJECT;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// @param message for people, lower case
    public record Finding(Kind kind, String ruleId, Optional<Position> at, String message) {}

    /// By place in the files.
    public static List<Finding> of(PolicySet policies) {
        var findings = new ArrayList<Finding>();
        for (var p : policies.all()) {
            for (var role : p.roles().values()) {
                superfluous(policies, role, findings);
                for (var g : role.grants()) {
                    denied(policies, p, g, findings);
                    plain(policies, p, g, findings);
                }
            }
            for (var f : p.forced()) sparesAll(policies, p, f, findings);
            for (var d : p.denies()) sparesAll(policies, p, d, findings);
        }
        findings.sort(
                Comparator.comparing((Finding f) -> f.at().map(PolicyLint::file).orElse(""))
                        .thenComparingInt(f -> f.at().map(Position::line).orElse(0))
                        .thenComparing(Finding::message));
        return findings;
    }

    private static String file(Position at) {
        return at.toString().replaceFirst(":\\d+:\\d+$", "");
    }

    private static void superfluous(
            PolicySet policies, DatabasePolicy.Role role, List<Finding> findings) {
        for (var g : role.grants())
            role.grants().stream()
                    .filter(other -> other != g && gives(other, g))
                    // Of two equal ones the later is superfluous.
                    .filter(other -> !gives(g, other) || other.order() < g.order())
                    .findFirst()
                    .ifPresent(other ->
                            findings.add(
                                    new Finding(
                                            Kind.SUPERFLUOUS,
                                            g.id(),
                                            policies.place(g.id()),
                                            "grant "
                                                    + g.id()
                                                    + " gives nothing that grant "
                                                    + other.id()
                                                    + " doesn't")));
    }

    /// Whether `wide` gives all that `narrow` does.
    private static boolean gives(Rule.Grant wide, Rule.Grant narrow) {
        return isUnconditional(wide)
                && (wide.definer() || !narrow.definer())
                && narrow.on().stream().allMatch(n -> wide.on().stream().anyMatch(w -> w.covers(n)))
                && narrow.actions().entrySet().stream()
                        .allMatch(e ->
                                wide.actions().containsKey(e.getKey())
                                        && covers(wide.columns(e.getKey()), e.getValue()));
    }

    private static boolean isUnconditional(Rule.Grant g) {
        return g.mask().isEmpty()
                && g.rows().isEmpty()
                && g.when().isEmpty()
                && g.limits().isNone();
    }

    private static boolean covers(Columns wide, Columns narrow) {
        return switch (wide) {
            case Columns.All _ -> true;
            case Columns.Only w ->
                    switch (narrow) {
                        case Columns.All _ -> false;
                        case Columns.Only n -> w.names().containsAll(n.names());
                    };
        };
    }

    private static void denied(
            PolicySet policies, DatabasePolicy p, Rule.Grant g, List<Finding> findings) {
        p.denies().stream()
                .filter(d -> d.when().isEmpty() && !d.except().contains(g.role()))
                .filter(d ->
                        g.on().stream().allMatch(n -> d.on().stream().anyMatch(w -> w.covers(n))))
                .filter(d ->
                        g.actions().entrySet().stream()
                                .allMatch(e ->
                                        d.actions().containsKey(e.getKey())
                                                && covers(d.columns(e.getKey()), e.getValue())))
                .findFirst()
                .ifPresent(d ->
                        findings.add(
                                new Finding(
                                        Kind.NEVER_APPLIES,
                                        g.id(),
                                        policies.place(g.id()),
                                        "grant "
                                                + g.id()
                                                + " never permits anything: rule "
                                                + d.id()
                                                + " denies all of it")));
    }

    private static void sparesAll(
            PolicySet policies, DatabasePolicy p, Rule.Restriction r, List<Finding> findings) {
        if (!r.except().containsAll(p.roles().keySet())) return;
        findings.add(
                new Finding(
                        Kind.NEVER_APPLIES,
                        r.id(),
                        policies.place(r.id()),
                        "rule " + r.id() + " never applies: it spares every role"));
    }

    private static void plain(
            PolicySet policies, DatabasePolicy p, Rule.Grant g, List<Finding> findings) {
        if (!g.actions().containsKey(Action.SELECT)) return;
        var deidentifies = g.mask().filter(MaskPlan::isSafeHarbor).isPresent();
        var columnsByClass = new TreeMap<String, TreeSet<String>>();
        for (var e : p.classification().entries()) {
            var isSubject = e.dataClass().equals(SafeHarbor.SUBJECT) && deidentifies;
            if (!SafeHarbor.isProtected(e.dataClass()) && !isSubject) continue;
            if (e.table().match() != ResourcePattern.Match.EXACT
                    || e.column().match() != ResourcePattern.Match.EXACT) continue;
            var relation =
                    new Resource.Relation(
                            e.schema(), e.table().text(), Resource.RelationKind.TABLE);
            var column = e.column().text();
            var shows =
                    g.on().stream().anyMatch(w -> w.matches(relation))
                            && g.columns(Action.SELECT).has(column)
                            && g.mask()
                                    .flatMap(m -> m.of(relation, column, p.classification()))
                                    .isEmpty()
                            && p.forced().stream()
                                    .noneMatch(f -> forces(f, g.role(), relation, column, p));
            if (shows)
                columnsByClass
                        .computeIfAbsent(e.dataClass(), _ -> new TreeSet<>())
                        .add(e.toString());
        }
        var subjects = columnsByClass.remove(SafeHarbor.SUBJECT);
        if (subjects != null)
            findings.add(
                    new Finding(
                            Kind.PLAIN_SUBJECT,
                            g.id(),
                            policies.place(g.id()),
                            "grant "
                                    + g.id()
                                    + " shows role "
                                    + g.role()
                                    + " by which number a patient is known: "
                                    + Wording.list(List.copyOf(subjects), 5)
                                    + "; data is de-identified only where that number is used for"
                                    + " nothing else (45 CFR 164.514(c)), otherwise give them"
                                    + " phi.other, too"));
        columnsByClass.forEach((dataClass, columns) ->
                findings.add(
                        new Finding(
                                Kind.PLAIN_PHI,
                                g.id(),
                                policies.place(g.id()),
                                "grant "
                                        + g.id()
                                        + " shows role "
                                        + g.role()
                                        + " "
                                        + dataClass
                                        + " as it is: "
                                        + Wording.list(List.copyOf(columns), 5))));
    }

    private static boolean forces(
            Rule.Force f,
            String role,
            Resource.Relation relation,
            String column,
            DatabasePolicy p) {
        return f.when().isEmpty()
                && !f.except().contains(role)
                && f.on().stream().anyMatch(w -> w.matches(relation))
                && f.mask().flatMap(m -> m.of(relation, column, p.classification())).isPresent();
    }
}
