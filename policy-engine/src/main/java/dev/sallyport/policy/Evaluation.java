package dev.sallyport.policy;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// One footprint judged by one person's rules: every access is permitted by a grant or by the
/// {@link Floor}, and no deny rule applies.
final class Evaluation {
    /// Statements prepared inside prepared statements; PostgreSQL allows one level.
    private static final int MAX_NESTING = 8;

    /// An access that is refused.
    ///
    /// @param columns the columns that it is refused for; empty: it is refused as a whole, or uses
    ///   none
    /// @param by the rules that take it away; empty: no rule grants it
    /// @param kin the table that the first of them is about, where the access names another that
    ///   has rows in common with it
    /// @param partly other columns are granted for the action
    record Refusal(
            Access access,
            List<String> columns,
            List<Rule.Restriction> by,
            Optional<Resource.Relation> kin,
            boolean partly) {
        static Refusal of(Access access, List<String> columns, boolean partly) {
            return new Refusal(access, columns, List.of(), Optional.empty(), partly);
        }

        static Refusal of(
                Access access,
                List<String> columns,
                Map<Rule.Restriction, Resource> by,
                boolean partly) {
            var first = by.values().iterator().next();
            var kin =
                    first instanceof Resource.Relation r && !r.equals(access.resource())
                            ? Optional.of(r)
                            : Optional.<Resource.Relation>empty();
            return new Refusal(access, columns, List.copyOf(by.keySet()), kin, partly);
        }
    }

    private final SubjectRules rules;
    private final LinkedHashSet<Refusal> refusals = new LinkedHashSet<>();
    private final TreeSet<Rule> counted = new TreeSet<>(Rule.IN_FILE_ORDER);
    private final TreeSet<String> builtins = new TreeSet<>();
    private final Governance governance;

    private Evaluation(SubjectRules rules) {
        this.rules = rules;
        this.governance = new Governance(rules);
    }

    static Evaluation of(Footprint footprint, SubjectRules rules, Facts facts) {
        var evaluation = new Evaluation(rules);
        evaluation.judge(footprint, facts, 0);
        if (evaluation.refusals.isEmpty())
            evaluation.counted.addAll(evaluation.governance.forcing());
        return evaluation;
    }

    /// What the statement owes, if it is permitted.
    Obligations obligations() {
        return governance.obligations();
    }

    /// What would be copied out of reach of its limits.
    List<Governance.Copied> copied() {
        return governance.copied();
    }

    /// What a rule limits here, as grants that would give just that.
    List<Limited.Narrowest> narrowest(Rule rule) {
        return governance.narrowest(rule);
    }

    /// Empty: permitted, unless something would be {@link #copied}.
    List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    /// What permitted it: grants in file order, then built-in rules.
    List<String> permittingIds() {
        var ids = new ArrayList<String>();
        counted.forEach(r -> ids.add(r.id()));
        ids.addAll(builtins);
        return ids;
    }

    private void judge(Footprint footprint, Facts facts, int depth) {
        if (depth > MAX_NESTING) throw new IllegalArgumentException("footprint nested too deep");
        var trusted = trustedViews(footprint, facts);
        for (var access : footprint.accesses()) judge(access, footprint, trusted, facts);
        for (var change : footprint.sessionChanges()) {
            switch (change) {
                // Nothing is prepared that could not run, though it is decided again when it runs.
                case SessionChange.Prepares p -> judgeWithin(p.inner(), facts, depth);
                case SessionChange.DeclaresCursor c -> judgeWithin(c.query(), facts, depth);
                case SessionChange.Executes _,
                        SessionChange.Deallocates _,
                        SessionChange.DeallocatesAll _,
                        SessionChange.UsesCursor _,
                        SessionChange.ClosesCursor _,
                        SessionChange.ClosesAllCursors _,
                        SessionChange.DiscardsAll _ -> {}
            }
        }
    }

    private void judgeWithin(Footprint inner, Facts facts, int depth) {
        var within = facts.within(inner);
        judge(inner, within, depth + 1);
        facts.add(within);
    }

    private void judge(
            Access access, Footprint footprint, Set<Resource.Relation> trusted, Facts facts) {
        if (isReserved(access)) {
            refusals.add(Refusal.of(access, List.of(), false));
            return;
        }
        var denies = denies(access, footprint, facts);
        var grants =
                rules.grants(access.action(), access.resource()).stream()
                        .filter(facts::holds)
                        .toList();
        var restricted = restrictsRowsOf(access, footprint, facts);
        if (!restricted.isEmpty()) {
            refusals.add(Refusal.of(access, List.of(), restricted, !grants.isEmpty()));
            return;
        }
        if (!denies.isEmpty()) {
            var columns = new LinkedHashSet<String>();
            var whole = false;
            for (var rule : denies.keySet()) {
                var denied = SubjectRules.denied(access, rule);
                columns.addAll(denied);
                whole |= denied.isEmpty();
            }
            refusals.add(
                    Refusal.of(
                            access,
                            whole ? List.of() : List.copyOf(columns),
                            new LinkedHashMap<>(denies),
                            !grants.isEmpty()));
            if (whole || columns.size() == access.columns().size()) return;
            // The other columns of `SELECT *`: all that is wrong is said at once.
            judge(SubjectRules.without(access, columns), footprint, trusted, facts);
            return;
        }
        var trustedView =
                access.via().isPresent()
                        && trusted.contains(access.via().get())
                        && isRead(access.action());
        if (SubjectRules.allows(access, grants)) {
            count(grants, access);
            if (trustedView) governance.trusted(access, footprint, facts);
            else governance.permitted(access, grants, footprint, facts);
            return;
        }
        var rest = SubjectRules.only(access, SubjectRules.missing(access, grants));
        var builtin = Floor.permits(rest, footprint);
        if (builtin.isPresent()) {
            count(grants, access);
            builtins.add(builtin.get());
            governance.permitted(access, grants, footprint, facts);
            return;
        }
        if (trustedView) {
            governance.trusted(access, footprint, facts);
            return;
        }
        var refused = rest.columns().stream().map(ColumnUse::column).toList();
        var hidden = refused.stream().filter(c -> Floor.hides(rest, c)).toList();
        refusals.add(
                hidden.isEmpty()
                        ? Refusal.of(access, refused, !grants.isEmpty())
                        : Refusal.of(access, hidden, true));
    }

    /// In file order, each with what it is about. What is denied of a table is denied of its rows,
    /// whichever table they are reached through.
    private SortedMap<Rule.Deny, Resource> denies(Access access, Footprint footprint, Facts facts) {
        var found = new TreeMap<Rule.Deny, Resource>(Rule.IN_FILE_ORDER);
        addDenies(access, access.resource(), facts, found);
        for (var kin : footprint.above(access)) addDenies(access, kin, facts, found);
        for (var kin : footprint.below(access)) addDenies(access, kin, facts, found);
        return found;
    }

    private void addDenies(
            Access access, Resource about, Facts facts, Map<Rule.Deny, Resource> found) {
        for (var rule : rules.denies(access.action(), about))
            if (SubjectRules.applies(access, rule) && facts.mayHold(rule))
                found.putIfAbsent(rule, about);
    }

    /// The gateway's own settings hold what masks are made with: no grant is for them.
    static boolean isReserved(Access access) {
        return access.resource() instanceof Resource.Setting s
                && s.name().toLowerCase(Locale.ROOT).startsWith(HashKey.RESERVED_PREFIX);
    }

    /// The force rules that keep rows apart where they can't be kept apart: TRUNCATE knows no
    /// condition, and one for some of a table's partitions can't be told in terms of the whole.
    private Map<Rule.Restriction, Resource> restrictsRowsOf(
            Access access, Footprint footprint, Facts facts) {
        if (!(access.resource() instanceof Resource.Relation relation)) return Map.of();
        var own = new TreeMap<Rule.Force, Resource>(Rule.IN_FILE_ORDER);
        addFiltering(relation, facts, own);
        for (var kin : footprint.above(access)) addFiltering(kin, facts, own);
        var all = new TreeMap<Rule.Force, Resource>(own);
        for (var kin : footprint.below(access)) addFiltering(kin, facts, all);
        var restricting =
                switch (access.action()) {
                    case TRUNCATE -> all;
                    case SELECT, UPDATE, DELETE, COPY_OUT -> {
                        all.keySet().removeAll(own.keySet());
                        yield all;
                    }
                    case INSERT, COPY_IN, EXECUTE, DDL, ADMIN, SESSION ->
                            new TreeMap<Rule.Force, Resource>(Rule.IN_FILE_ORDER);
                };
        return new LinkedHashMap<>(restricting);
    }

    private void addFiltering(
            Resource.Relation relation, Facts facts, Map<Rule.Force, Resource> found) {
        for (var rule : rules.forced(relation))
            if (rule.rows().isPresent() && facts.mayHold(rule)) found.putIfAbsent(rule, relation);
    }

    private void count(Collection<Rule.Grant> grants, Access access) {
        grants.stream().filter(g -> helps(g, access)).forEach(counted::add);
    }

    private static boolean helps(Rule.Grant grant, Access access) {
        var columns = grant.columns(access.action());
        return access.columns().isEmpty()
                || access.columns().stream().anyMatch(c -> columns.has(c.column()));
    }

    static boolean isRead(Action action) {
        return switch (action) {
            case SELECT, EXECUTE, COPY_OUT -> true;
            case INSERT, UPDATE, DELETE, TRUNCATE, DDL, COPY_IN, ADMIN, SESSION -> false;
        };
    }

    /// The views whose reads need no grants of their own: those that `definer` grants cover, for
    /// all that the statement does with them, and those that it reaches through such views only.
    private Set<Resource.Relation> trustedViews(Footprint footprint, Facts facts) {
        var accessesByView = new HashMap<Resource.Relation, List<Access>>();
        var views = new HashSet<Resource.Relation>();
        footprint.accesses().forEach(a -> a.via().ifPresent(views::add));
        if (views.isEmpty()) return Set.of();
        for (var a : footprint.accesses())
            if (a.resource() instanceof Resource.Relation r && views.contains(r))
                accessesByView.computeIfAbsent(r, _ -> new ArrayList<>()).add(a);
        var trusted = new HashSet<Resource.Relation>();
        while (trustMore(accessesByView, trusted, facts)) {}
        return trusted;
    }

    private boolean trustMore(
            Map<Resource.Relation, List<Access>> accessesByView,
            Set<Resource.Relation> trusted,
            Facts facts) {
        var more = false;
        for (var e : accessesByView.entrySet())
            if (!trusted.contains(e.getKey())
                    && e.getValue().stream().allMatch(a -> isTrusted(a, trusted, facts)))
                more |= trusted.add(e.getKey());
        return more;
    }

    private boolean isTrusted(Access toView, Set<Resource.Relation> trusted, Facts facts) {
        if (toView.via().isPresent() && trusted.contains(toView.via().get())) return true;
        var grants =
                rules.grants(toView.action(), toView.resource()).stream()
                        .filter(g -> g.definer() && facts.holds(g))
                        .toList();
        return isRead(toView.action()) && SubjectRules.allows(toView, grants);
    }
}
