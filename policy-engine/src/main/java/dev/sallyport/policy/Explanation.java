package dev.sallyport.policy;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Discreet;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Refusals in words: why, which objects, which rules, and the narrowest way out.
final class Explanation {
    private static final int MAX_NAMED = 5;
    private static final int MAX_COLUMNS = 20;

    private final DatabasePolicy policy;
    private final Subject subject;
    private final Function<Set<String>, SubjectRules> rulesOf;
    private final Facts facts;

    /// @param rulesOf the rules that concern somebody with these roles
    Explanation(
            DatabasePolicy policy,
            Subject subject,
            Function<Set<String>, SubjectRules> rulesOf,
            Facts facts) {
        this.facts = facts;
        this.policy = policy;
        this.subject = subject;
        this.rulesOf = rulesOf;
    }

    Decision.Deny of(Footprint footprint, List<Evaluation.Refusal> refusals) {
        var byRule = refusals.stream().filter(r -> !r.by().isEmpty()).findFirst();
        var first = byRule.orElse(refusals.getFirst());
        var more = refusals.size() - 1;
        var rules = new TreeSet<Rule>(Rule.IN_FILE_ORDER);
        refusals.forEach(r -> rules.addAll(r.by()));
        var others = more == 0 ? "" : " (and " + more + " more)";
        return new Decision.Deny(
                reason(first, first.access()) + others,
                refusals.stream().map(r -> Wording.of(r.access(), r.columns())).toList(),
                rules.stream().map(Rule::id).toList(),
                hint(footprint, first, refusals),
                reason(first, Discreet.of(first.access())) + others);
    }

    /// @param narrowest what a rule limits here, as grants
    static Decision.Deny copied(
            List<Governance.Copied> copied, Function<Rule, List<Limited.Narrowest>> narrowest) {
        var first = copied.getFirst();
        var rules = new TreeSet<Rule>(Rule.IN_FILE_ORDER);
        copied.forEach(c -> rules.addAll(c.limiting()));
        return new Decision.Deny(
                "rule "
                        + first.limiting().getFirst().id()
                        + " limits how much of "
                        + Wording.object(first.access().resource(), List.of(first.column()))
                        + " you get, so it can't be copied to where that limit doesn't hold",
                copied.stream()
                        .map(c -> Wording.of(c.access(), List.of(c.column())))
                        .distinct()
                        .toList(),
                rules.stream().map(Rule::id).toList(),
                "read it with a SELECT; " + withoutLimit(rules, narrowest));
    }

    private static String withoutLimit(
            Set<Rule> rules, Function<Rule, List<Limited.Narrowest>> narrowest) {
        var forcing = rules.stream().filter(Rule.Force.class::isInstance).findFirst();
        if (forcing.isPresent())
            return "no grant lifts the limit: ask the security team about force rule "
                    + forcing.get().id();
        var grants =
                rules.stream()
                        .flatMap(rule -> narrowest.apply(rule).stream())
                        .map(n -> "{" + n.keys() + "}")
                        .distinct()
                        .toList();
        return "or ask the security team to add, without 'limit': "
                + Wording.list(grants, MAX_NAMED);
    }

    private static String reason(Evaluation.Refusal r, Access named) {
        if (!r.by().isEmpty())
            return Wording.denied(named, r.columns(), r.by().getFirst(), r.kin());
        return Wording.notGranted(named, r.partly() ? r.columns() : List.of());
    }

    private String hint(
            Footprint footprint, Evaluation.Refusal first, List<Evaluation.Refusal> refusals) {
        if (refusals.stream().anyMatch(r -> Evaluation.isReserved(r.access())))
            return "leave it out: settings under "
                    + HashKey.RESERVED_PREFIX
                    + "* are the gateway's own, and no grant is for them";
        var parts = new ArrayList<String>();
        var granted = grantedColumns(first.access(), footprint);
        if (!granted.isEmpty())
            parts.add(
                    "you may "
                            + first.access().action().word()
                            + ": "
                            + Wording.list(
                                    granted.stream().map(ResourcePattern::quoted).toList(),
                                    MAX_COLUMNS));
        if (!first.by().isEmpty()) {
            var rule = first.by().getFirst();
            parts.add(
                    rule.except().isEmpty()
                            ? "the rule holds for everybody"
                            : "the rule spares: "
                                    + Wording.list(
                                            rule.except().stream().sorted().toList(), MAX_NAMED));
            parts.add("leave the object out, or ask the security team about rule " + rule.id());
            return String.join("; ", parts);
        }
        var roles = rolesThatPermit(footprint, refusals);
        if (!roles.isEmpty()) parts.add("roles that grant it: " + Wording.list(roles, MAX_NAMED));
        parts.add(
                "ask the security team to add: "
                        + Wording.list(narrowestGrants(footprint, refusals), MAX_NAMED));
        return String.join("; ", parts);
    }

    /// The columns that grants name one by one and no rule denies: what is left of `SELECT *`.
    private List<String> grantedColumns(Access access, Footprint footprint) {
        if (!Wording.takesColumns(access.action(), access.resource())) return List.of();
        var rules = rulesOf.apply(subject.roles());
        var names = new TreeSet<String>();
        for (var g : rules.grants(access.action(), access.resource()))
            if (facts.holds(g) && g.columns(access.action()) instanceof Columns.Only only)
                names.addAll(only.names());
        var about = new ArrayList<Resource>(List.of(access.resource()));
        about.addAll(footprint.above(access));
        about.addAll(footprint.below(access));
        for (var resource : about)
            for (var d : rules.denies(access.action(), resource))
                if (facts.mayHold(d)) names.removeIf(d.columns(access.action())::has);
        return List.copyOf(names);
    }

    /// Roles any of which would permit all that is refused.
    private List<String> rolesThatPermit(Footprint footprint, List<Evaluation.Refusal> refusals) {
        var refused = new ArrayList<Access>();
        for (var r : refusals) refused.add(SubjectRules.only(r.access(), r.columns()));
        var asked =
                new Footprint(
                        footprint.kind(),
                        refused,
                        List.of(),
                        Set.of(),
                        List.of(),
                        true,
                        footprint.kin());
        return policy.roles().keySet().stream()
                .filter(role -> !subject.roles().contains(role))
                .filter(role ->
                        Evaluation.of(asked, rulesOf.apply(Set.of(role)), facts)
                                .refusals()
                                .isEmpty())
                .toList();
    }

    /// What to add to a policy. Where a view reads what is refused, that is the view, trusted with
    /// it, rather than all of what it reads.
    private static List<String> narrowestGrants(
            Footprint footprint, List<Evaluation.Refusal> refusals) {
        var views = new LinkedHashSet<Resource.Relation>();
        for (var r : refusals)
            if (Evaluation.isRead(r.access().action()))
                r.access().via().map(v -> outermost(v, footprint)).ifPresent(views::add);
        var grants = new LinkedHashSet<String>();
        for (var view : views) grants.add(trusting(view, footprint));
        for (var r : refusals) {
            var read = Evaluation.isRead(r.access().action());
            if (!read || (r.access().via().isEmpty() && !isOneOf(views, r.access().resource())))
                grants.add(Wording.narrowestGrant(r.access(), r.columns()));
        }
        return List.copyOf(grants);
    }

    private static boolean isOneOf(Set<Resource.Relation> views, Resource resource) {
        return resource instanceof Resource.Relation r && views.contains(r);
    }

    private static String trusting(Resource.Relation view, Footprint footprint) {
        var reads =
                footprint.accesses().stream()
                        .filter(a -> a.resource().equals(view) && a.via().isEmpty())
                        .filter(a -> Evaluation.isRead(a.action()))
                        .toList();
        var columns = new LinkedHashSet<String>();
        reads.forEach(a -> a.columns().forEach(c -> columns.add(c.column())));
        var actions = new ArrayList<Action>();
        actions.add(Action.SELECT);
        reads.forEach(a -> actions.add(a.action()));
        return Wording.grant(actions, view, columns, true);
    }

    /// The view that the statement names, from one that it reaches through others.
    private static Resource.Relation outermost(Resource.Relation view, Footprint footprint) {
        var seen = new HashSet<Resource.Relation>();
        var at = view;
        while (seen.add(at)) {
            Resource.Relation inner = at;
            var above =
                    footprint.accesses().stream()
                            .filter(a -> a.resource().equals(inner))
                            .flatMap(a -> a.via().stream())
                            .findFirst();
            if (above.isEmpty()) return at;
            at = above.get();
        }
        return at;
    }
}
