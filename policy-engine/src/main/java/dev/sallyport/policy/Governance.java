package dev.sallyport.policy;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// From the grants that permit a statement's accesses, and the force rules, to what the statement
/// owes: {@link Obligations}. For one evaluation.
///
/// INVARIANT: no cell (this column of this row) is shown plainer than some single grant shows it.
/// Roles add up, but "all rows masked" and "my rows plain" don't add up to "all rows plain": so a
/// column's filters are kept with how it is shown, and a row counts only where each column that the
/// statement uses is granted.
final class Governance {
    private final SubjectRules rules;
    private final Map<Resource.Relation, Uses> byRelation = new LinkedHashMap<>();
    private final TreeSet<Rule> forcing = new TreeSet<>(Rule.IN_FILE_ORDER);
    private final TreeMap<Rule, Limits> limits = new TreeMap<>(Rule.IN_FILE_ORDER);
    private final List<Read> reads = new ArrayList<>();
    private final Set<Resource.Relation> barriers = new HashSet<>();

    Governance(SubjectRules rules) {
        this.rules = rules;
    }

    /// What one statement does with one relation.
    private static final class Uses {
        /// Those of the statement, and of statements inside it.
        final List<Facts> facts = new ArrayList<>();

        final TreeMap<String, Shown> columns = new TreeMap<>();
        final Set<RowCondition.AnyOf> reading = new HashSet<>();
        final Set<RowCondition.AnyOf> changing = new HashSet<>();
        final Set<Resource.Relation> via = new HashSet<>();

        /// Tables that have rows in common with what is read or changed: see `Kin`.
        final Set<Resource.Relation> above = new LinkedHashSet<>();

        final Set<Resource.Relation> below = new LinkedHashSet<>();
        final Set<String> ruleIds = new TreeSet<>();

        /// The rules that limit it where no column is named.
        final Set<Rule> under = new HashSet<>();

        boolean copiedOut;
        boolean direct;

        /// Read through a view that needs no grants for it.
        boolean trusted;

        /// Read or changed under grants.
        boolean granted;
    }

    /// A column that the statement uses, or none of the relation's, and the limits that it is read
    /// under.
    private record Read(
            Access access,
            Resource.Relation relation,
            ColumnUse use,
            Footprint footprint,
            Facts facts,
            Set<Rule> under) {}

    /// One grant's part in showing something.
    private record Part(
            Rule.Grant grant, Shown.Form form, Optional<RowFilter> filter, Limits limits) {}

    /// @param grants those in effect on the access' resource; none where something else permits it
    void permitted(Access access, Collection<Rule.Grant> grants, Footprint footprint, Facts facts) {
        if (access.resource() instanceof Resource.Relation relation
                && govern(access, relation, grants, footprint, facts))
            uses(access, relation, footprint, facts).granted = true;
    }

    /// What a view reads that is trusted with it: only what is forced holds there.
    void trusted(Access access, Footprint footprint, Facts facts) {
        if (access.resource() instanceof Resource.Relation relation
                && govern(access, relation, List.of(), footprint, facts)) {
            uses(access, relation, footprint, facts).trusted = true;
            access.via().ifPresent(barriers::add);
        }
    }

    private boolean govern(
            Access access,
            Resource.Relation relation,
            Collection<Rule.Grant> grants,
            Footprint footprint,
            Facts facts) {
        switch (access.action()) {
            case SELECT -> read(access, relation, grants, footprint, facts);
            case COPY_OUT -> {
                var uses = uses(access, relation, footprint, facts);
                var parts = parts(access, relation, uses, grants, Optional.empty(), facts);
                var under = new TreeMap<Rule, Limits>(Rule.IN_FILE_ORDER);
                show(parts, uses, uses.reading, under);
                limits.putAll(under);
                uses.under.addAll(under.keySet());
                uses.copiedOut = true;
            }
            case UPDATE, DELETE -> change(access, relation, grants, footprint, facts);
            case INSERT, TRUNCATE, EXECUTE, DDL, COPY_IN, ADMIN, SESSION -> {
                return false;
            }
        }
        return true;
    }

    private void read(
            Access access,
            Resource.Relation relation,
            Collection<Rule.Grant> grants,
            Footprint footprint,
            Facts facts) {
        var uses = uses(access, relation, footprint, facts);
        if (access.columns().isEmpty()) {
            var under = new TreeMap<Rule, Limits>(Rule.IN_FILE_ORDER);
            var parts = parts(access, relation, uses, grants, Optional.empty(), facts);
            show(parts, uses, uses.reading, under);
            limits.putAll(under);
            uses.under.addAll(under.keySet());
        }
        for (var use : access.columns()) {
            var parts = parts(access, relation, uses, grants, Optional.of(use.column()), facts);
            var under = new TreeMap<Rule, Limits>(Rule.IN_FILE_ORDER);
            var shown = show(parts, uses, uses.reading, under);
            uses.columns.merge(use.column(), shown, Governance::stricter);
            limits.putAll(under);
            reads.add(new Read(access, relation, use, footprint, facts, under.keySet()));
        }
    }

    private void change(
            Access access,
            Resource.Relation relation,
            Collection<Rule.Grant> grants,
            Footprint footprint,
            Facts facts) {
        var uses = uses(access, relation, footprint, facts);
        var columns =
                access.columns().isEmpty()
                        ? List.of(Optional.<String>empty())
                        : access.columns().stream()
                                .map(ColumnUse::column)
                                .map(Optional::of)
                                .toList();
        var conditions = new HashSet<RowCondition.AnyOf>();
        for (var column : columns)
            // A limit is about what comes back.
            show(
                    parts(access, relation, uses, grants, column, facts),
                    uses,
                    conditions,
                    new TreeMap<>(Rule.IN_FILE_ORDER));
        uses.changing.addAll(conditions);
        // FOR UPDATE locks what is read, and a WITH may change what no target names.
        var hasTarget =
                switch (footprint.kind()) {
                    case INSERT, UPDATE, DELETE, MERGE -> true;
                    case SELECT,
                            TRUNCATE,
                            COPY_IN,
                            COPY_OUT,
                            EXPLAIN,
                            CALL,
                            DDL,
                            ADMIN,
                            SET,
                            SHOW,
                            TRANSACTION,
                            PREPARE,
                            EXECUTE,
                            DEALLOCATE,
                            DECLARE_CURSOR,
                            FETCH,
                            CLOSE_CURSOR,
                            LISTEN,
                            LOCK,
                            EMPTY ->
                            false;
                };
        if (!hasTarget) uses.reading.addAll(conditions);
    }

    private Uses uses(Access access, Resource.Relation relation, Footprint footprint, Facts facts) {
        var uses = byRelation.computeIfAbsent(relation, _ -> new Uses());
        uses.above.addAll(footprint.above(access));
        uses.below.addAll(footprint.below(access));
        if (!uses.facts.contains(facts)) uses.facts.add(facts);
        access.via().ifPresentOrElse(uses.via::add, () -> uses.direct = true);
        return uses;
    }

    private List<Part> parts(
            Access access,
            Resource.Relation relation,
            Uses uses,
            Collection<Rule.Grant> grants,
            Optional<String> column,
            Facts facts) {
        var parts = new ArrayList<Part>();
        for (var grant : grants) {
            if (column.isPresent() && !grant.columns(access.action()).has(column.get())) continue;
            parts.add(
                    new Part(
                            grant,
                            form(access.action(), grant, relation, uses, column),
                            facts.filter(grant),
                            limits(grant.limits(), relation, uses, column)));
        }
        return parts;
    }

    /// What of a rule's limits counts for the column.
    private Limits limits(
            Limits limits, Resource.Relation relation, Uses uses, Optional<String> column) {
        var concerns =
                column.map(c -> concerns(limits, relation, uses, c))
                        .orElse(limits.classes().isEmpty());
        return concerns ? limits : Limits.NONE;
    }

    private Shown.Form form(
            Action action,
            Rule.Grant grant,
            Resource.Relation relation,
            Uses uses,
            Optional<String> column) {
        if (action != Action.SELECT || column.isEmpty()) return new Shown.Plain();
        return grant.mask()
                .flatMap(plan -> mask(plan, relation, uses, column.get()))
                .<Shown.Form>map(Shown.Masked::new)
                .orElseGet(Shown.Plain::new);
    }

    /// Of a row that is several tables' the column holds what any of them is said to hold.
    private Optional<Mask> mask(
            MaskPlan plan, Resource.Relation relation, Uses uses, String column) {
        var mask = plan.of(relation, column, rules.classification()).orElse(null);
        for (var kin : List.of(uses.above, uses.below))
            for (var other : kin)
                mask =
                        MaskPlan.stronger(
                                mask, plan.of(other, column, rules.classification()).orElse(null));
        return Optional.ofNullable(mask);
    }

    /// From the plainest form on: a form that a grant gives for all rows makes all that shows less
    /// superfluous, with its limits.
    private static Shown show(
            List<Part> parts,
            Uses uses,
            Set<RowCondition.AnyOf> conditions,
            Map<Rule, Limits> under) {
        if (parts.isEmpty()) return Shown.PLAIN;
        var byForm = new TreeMap<Shown.Form, List<Part>>(PLAINEST_FIRST);
        for (var part : parts) byForm.computeIfAbsent(part.form, _ -> new ArrayList<>()).add(part);
        var cases = new ArrayList<Shown.Case>();
        var filters = new ArrayList<RowFilter>();
        for (var e : byForm.entrySet()) {
            var form = e.getKey();
            var everywhere =
                    e.getValue().stream().filter(p -> p.filter.isEmpty()).min(LOOSEST_FIRST);
            if (everywhere.isPresent()) {
                limit(everywhere.get(), under);
                for (var part : e.getValue()) if (part.filter.isEmpty()) note(part.grant, uses);
                return new Shown(cases, form);
            }
            var here = new ArrayList<RowFilter>();
            for (var part : e.getValue()) {
                limit(part, under);
                note(part.grant, uses);
                part.filter.ifPresent(here::add);
            }
            cases.add(new Shown.Case(new RowCondition.AnyOf(here), form));
            filters.addAll(here);
        }
        // In no other row is it shown at all, so the last case needs no test.
        conditions.add(new RowCondition.AnyOf(filters));
        var last = cases.removeLast().then();
        return new Shown(cases, last);
    }

    /// Of equal limits that of the first id: the order of a file's rules doesn't matter.
    private static final Comparator<Part> LOOSEST_FIRST =
            Comparator.comparing(Part::limits, Limits.LOOSEST_FIRST)
                    .thenComparing(part -> part.grant.id());

    private static void limit(Part part, Map<Rule, Limits> under) {
        if (!part.limits.isNone()) under.put(part.grant, part.limits);
    }

    private static void note(Rule.Grant grant, Uses uses) {
        if (grant.mask().isPresent() || grant.rows().isPresent()) uses.ruleIds.add(grant.id());
    }

    private static final Comparator<Shown.Form> PLAINEST_FIRST =
            (a, b) ->
                    switch (a) {
                        case Shown.Plain _ -> b instanceof Shown.Plain ? 0 : -1;
                        case Shown.Masked(var mask) ->
                                switch (b) {
                                    case Shown.Plain _ -> 1;
                                    case Shown.Masked(var other) ->
                                            Mask.WEAKEST_FIRST.compare(mask, other);
                                };
                    };

    private static Shown.Form lessPlain(Shown.Form a, Shown.Form b) {
        return PLAINEST_FIRST.compare(a, b) >= 0 ? a : b;
    }

    /// For a column that a statement reaches in two ways, as by itself and through a view, which
    /// different grants may permit.
    private static Shown stricter(Shown a, Shown b) {
        if (a.equals(b)) return a;
        var worst = lessPlain(worst(a), worst(b));
        return new Shown(List.of(), worst);
    }

    private static Shown.Form worst(Shown shown) {
        var worst = shown.otherwise();
        for (var c : shown.cases()) worst = lessPlain(worst, c.then());
        return worst;
    }

    /// The rules that force something on the statement.
    Collection<Rule> forcing() {
        finish();
        return forcing;
    }

    Obligations obligations() {
        finish();
        var relations = new ArrayList<Governed>();
        var notices = new ArrayList<String>();
        byRelation.forEach((relation, uses) -> {
            var reading = new RowCondition(List.copyOf(uses.reading));
            var target = reading.and(new RowCondition(List.copyOf(uses.changing)));
            var governed =
                    new Governed(
                            relation,
                            uses.columns,
                            reading,
                            target,
                            uses.direct,
                            uses.via,
                            barriers);
            if (!governed.masksAny() && target.isAllRows()) return;
            relations.add(governed);
            notices.add(notice(governed, uses.ruleIds));
        });
        notices.sort(Comparator.naturalOrder());
        var limited = new ArrayList<Limited>();
        limits.forEach((rule, of) -> limited.add(new Limited(rule.id(), of, narrowest(rule))));
        return relations.isEmpty() && limited.isEmpty()
                ? Obligations.NONE
                : new Obligations(relations, limited, notices);
    }

    /// What a grant limits here, as grants that would give just that.
    List<Limited.Narrowest> narrowest(Rule rule) {
        if (!(rule instanceof Rule.Grant grant)) return List.of();
        var found = new ArrayList<Limited.Narrowest>();
        byRelation.forEach((relation, uses) -> {
            var masks = new TreeMap<String, Optional<Mask>>();
            for (var read : reads)
                if (read.relation.equals(relation) && read.under.contains(grant)) {
                    var column = read.use.column();
                    var plan = grant.mask();
                    masks.put(column, plan.flatMap(p -> mask(p, relation, uses, column)));
                }
            if (!masks.isEmpty() || uses.under.contains(grant))
                found.add(Wording.narrowest(grant, relation, uses.copiedOut, masks));
        });
        found.sort(Comparator.comparing(Limited.Narrowest::keys));
        return found;
    }

    private static String notice(Governed governed, Set<String> ruleIds) {
        var masked = governed.columns().keySet().stream().filter(governed::masks).toList();
        var parts = new ArrayList<String>();
        if (!masked.isEmpty()) parts.add(Wording.names(masked) + " masked");
        if (!governed.target().isAllRows()) parts.add("rows restricted");
        return Wording.pattern(governed.relation())
                + ": "
                + String.join(", ", parts)
                + " ("
                + (ruleIds.size() == 1 ? "rule " : "rules ")
                + ruleIds.stream().collect(Collectors.joining(", "))
                + ")";
    }

    /// Whether the grants don't show all: one substitution can't show it here and not there.
    private static boolean restricts(Uses uses) {
        return !uses.reading.isEmpty()
                || !uses.changing.isEmpty()
                || uses.columns.values().stream().anyMatch(shown -> !shown.isPlain());
    }

    private boolean finished;

    private void finish() {
        if (finished) return;
        finished = true;
        byRelation.forEach((relation, uses) -> {
            if (uses.trusted && uses.granted && restricts(uses)) uses.via.add(relation);
            for (var rule : forced(relation, uses))
                for (var facts : uses.facts) {
                    var outcome = facts.outcome(rule);
                    if (outcome != Condition.Outcome.FALSE)
                        force(rule, outcome, facts, relation, uses);
                }
        });
    }

    private void force(
            Rule.Force rule,
            Condition.Outcome outcome,
            Facts facts,
            Resource.Relation relation,
            Uses uses) {
        var counts = false;
        for (var e : uses.columns.entrySet()) {
            var mask =
                    rule.mask()
                            .flatMap(p -> mask(p, relation, uses, e.getKey()))
                            // Whether it should hold isn't known: then it shows nothing.
                            .map(m ->
                                    outcome == Condition.Outcome.ERROR
                                            ? (Mask) new Mask.Null()
                                            : m);
            if (mask.isEmpty()) continue;
            e.setValue(atMost(e.getValue(), mask.get()));
            counts = true;
        }
        var filter = facts.filter(rule);
        if (filter.isPresent()) {
            var member = new RowCondition.AnyOf(List.of(filter.get()));
            uses.reading.add(member);
            uses.changing.add(member);
            counts = true;
        }
        if (!rule.limits().isNone() && concerned(rule, relation, uses)) {
            limits.put(rule, rule.limits());
            counts = true;
        }
        if (!counts) return;
        forcing.add(rule);
        uses.ruleIds.add(rule.id());
    }

    private boolean concerned(Rule.Force rule, Resource.Relation relation, Uses uses) {
        return rule.limits().classes().isEmpty()
                || uses.columns.keySet().stream()
                        .anyMatch(c -> concerns(rule.limits(), relation, uses, c));
    }

    /// Of a row that is several tables' the column holds what any of them is said to hold.
    private boolean concerns(Limits limits, Resource.Relation relation, Uses uses, String column) {
        if (limits.concerns(relation, column, rules.classification())) return true;
        for (var kin : List.of(uses.above, uses.below))
            for (var other : kin)
                if (limits.concerns(other, column, rules.classification())) return true;
        return false;
    }

    /// The rules that force something on the rows of the relation, through whichever table.
    private Collection<Rule.Force> forced(Resource.Relation relation, Uses uses) {
        var forced = new TreeSet<Rule.Force>(Rule.IN_FILE_ORDER);
        forced.addAll(rules.forced(relation));
        for (var kin : List.of(uses.above, uses.below))
            for (var other : kin) forced.addAll(rules.forced(other));
        return forced;
    }

    /// A column whose rows are limited, and that the statement writes to where they are not.
    record Copied(Access access, String column, List<Rule> limiting) {}

    /// A limit is no limit if what it is about can be copied first and read then.
    List<Copied> copied() {
        finish();
        var copied = new ArrayList<Copied>();
        for (var read : reads) {
            var limiting = new TreeSet<>(Rule.IN_FILE_ORDER);
            limiting.addAll(read.under);
            limiting.addAll(forcedLimits(read.relation, read.use.column(), read.facts));
            if (!limiting.isEmpty() && isCopied(read, limiting))
                copied.add(new Copied(read.access, read.use.column(), List.copyOf(limiting)));
        }
        return copied;
    }

    private boolean isCopied(Read read, Set<Rule> limiting) {
        var accesses = read.footprint.accesses();
        // CREATE TABLE AS: nobody knows yet what will hold for the table.
        if (accesses.stream().anyMatch(a -> a.action() == Action.DDL))
            return isAt(read.use, Place.OUTPUT) || isAt(read.use, Place.SOURCE);
        if (!isAt(read.use, Place.SOURCE)) return false;
        for (var access : accesses)
            if (access.resource() instanceof Resource.Relation target)
                for (var use : access.columns())
                    if (isAt(use, Place.TARGET)
                            && !readingLimits(target, use.column(), read.facts)
                                    .containsAll(limiting)) return true;
        return false;
    }

    private static boolean isAt(ColumnUse use, Place place) {
        return use.places().contains(place);
    }

    /// The rules that would limit a read of the column.
    private Set<Rule> readingLimits(Resource.Relation relation, String column, Facts facts) {
        var grants = rules.grants(Action.SELECT, relation).stream().filter(facts::holds).toList();
        var access =
                new Access(
                        Action.SELECT,
                        relation,
                        List.of(new ColumnUse(column, Set.of(Place.OUTPUT))),
                        Optional.empty());
        var known = byRelation.get(relation);
        var uses = known == null ? new Uses() : known;
        var parts = parts(access, relation, uses, grants, Optional.of(column), facts);
        var under = new TreeMap<Rule, Limits>(Rule.IN_FILE_ORDER);
        var _ = show(parts, new Uses(), new HashSet<>(), under);
        var all = new HashSet<>(under.keySet());
        all.addAll(forcedLimits(relation, column, facts));
        return all;
    }

    private List<Rule> forcedLimits(Resource.Relation relation, String column, Facts facts) {
        var known = byRelation.get(relation);
        var uses = known == null ? new Uses() : known;
        var found = new ArrayList<Rule>();
        for (var rule : forced(relation, uses))
            if (!rule.limits().isNone()
                    && concerns(rule.limits(), relation, uses, column)
                    && facts.mayHold(rule)) found.add(rule);
        return found;
    }

    private static Shown atMost(Shown shown, Mask mask) {
        var most = new Shown.Masked(mask);
        var otherwise = lessPlain(shown.otherwise(), most);
        var cases = new ArrayList<Shown.Case>();
        for (var c : shown.cases()) cases.add(new Shown.Case(c.when(), lessPlain(c.then(), most)));
        // Cases that show all the same are none.
        while (!cases.isEmpty() && cases.getLast().then().equals(otherwise)) cases.removeLast();
        return new Shown(cases, otherwise);
    }
}
