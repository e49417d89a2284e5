package dev.sallyport.policy;

import dev.sallyport.config.Located;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a permitted statement sees of one row, cell by cell, straight from the policy's text: for
/// each cell every grant is asked whether it shows it and how, then every force rule. No conditions
/// are put together and none are left out as superfluous. Rows are made up: a filter is true of a
/// row when the row says so.
///
/// @param conditions what each `when` comes to: true, false, or absent for an error
/// @param masks what each mask's text is
/// @param kin tables that have rows in common
record ReferenceObligations(
        PolicyFile file,
        Set<String> roles,
        Map<Resource.Relation, Kin> kin,
        Map<String, Optional<Boolean>> conditions,
        Map<String, Mask> masks) {

    /// A made-up row: the filters' texts that are true of it. A filter that can't be bound is in no
    /// row.
    record Row(Set<String> trueFilters) {}

    /// How the cell is shown; empty: not at all.
    Optional<Shown.Form> cell(Resource.Relation relation, String column, Row row) {
        Shown.Form best = null;
        for (var g : grants(Action.SELECT, relation)) {
            if (!covers(g, Action.SELECT, column) || !isTrue(g.rows().map(Object::toString), row))
                continue;
            var form = form(g.mask(), relation, column);
            if (best == null || strength(form) < strength(best)) best = form;
        }
        if (best == null) return Optional.empty();
        for (var f : forced(relation)) {
            var form = form(f.mask(), relation, column);
            if (!(form instanceof Shown.Plain) && holds(f.when().map(Object::toString)).isEmpty())
                form = new Shown.Masked(new Mask.Null());
            if (strength(form) > strength(best)) best = form;
        }
        return Optional.of(best);
    }

    /// Whether the cell is held to a limit if it has to be: of the grants that show it plainest
    /// some has no limit on it, or one of these.
    ///
    /// @param limiting the rules whose limits count for the statement
    boolean isCounted(Resource.Relation relation, String column, Row row, Set<String> limiting) {
        var showing =
                grants(Action.SELECT, relation).stream()
                        .filter(g -> covers(g, Action.SELECT, column))
                        .filter(g -> isTrue(g.rows().map(Object::toString), row))
                        .toList();
        int plainest =
                showing.stream()
                        .mapToInt(g -> strength(form(g.mask(), relation, column)))
                        .min()
                        .orElseThrow();
        return showing.stream()
                .filter(g -> strength(form(g.mask(), relation, column)) == plainest)
                .anyMatch(g ->
                        !concerns(g.limit(), relation, Set.of(column))
                                || limiting.contains(g.id().value()));
    }

    /// The rules that may limit what a statement reads of these columns.
    Set<String> mayLimit(Resource.Relation relation, Set<String> columns) {
        var all = new HashSet<>(forcedLimits(relation, columns));
        for (var g : grants(Action.SELECT, relation)) {
            var covered = new HashSet<>(columns);
            covered.removeIf(c -> !covers(g, Action.SELECT, c));
            if ((columns.isEmpty() || !covered.isEmpty()) && concerns(g.limit(), relation, covered))
                all.add(g.id().value());
        }
        return all;
    }

    /// Those of force rules count whatever the grants say.
    Set<String> forcedLimits(Resource.Relation relation, Set<String> columns) {
        return forced(relation).stream()
                .filter(f -> concerns(f.limit(), relation, columns))
                .map(f -> f.id().value())
                .collect(Collectors.toSet());
    }

    private boolean concerns(
            Optional<PolicyFile.Limit> limit, Resource.Relation relation, Set<String> columns) {
        if (limit.isEmpty()) return false;
        var about = limit.get().classes().stream().map(Located::value).toList();
        return about.isEmpty()
                || columns.stream()
                        .flatMap(c -> classes(relation, c).stream())
                        .anyMatch(about::contains);
    }

    /// Whether a reference to the relation shows the row.
    boolean reads(Resource.Relation relation, List<Access> accesses, Row row) {
        for (var a : accesses) {
            if (!a.resource().equals(relation) || a.action() != Action.SELECT) continue;
            if (a.columns().isEmpty() && !granted(a.action(), relation, Optional.empty(), row))
                return false;
            for (var c : a.columns())
                if (!granted(a.action(), relation, Optional.of(c.column()), row)) return false;
        }
        return forcedRows(relation, row);
    }

    boolean changes(Resource.Relation relation, List<Access> accesses, Row row) {
        if (!reads(relation, accesses, row)) return false;
        for (var a : accesses) {
            if (!a.resource().equals(relation)) continue;
            if (a.action() != Action.UPDATE && a.action() != Action.DELETE) continue;
            if (a.columns().isEmpty() && !granted(a.action(), relation, Optional.empty(), row))
                return false;
            for (var c : a.columns())
                if (!granted(a.action(), relation, Optional.of(c.column()), row)) return false;
        }
        return true;
    }

    private boolean forcedRows(Resource.Relation relation, Row row) {
        return forced(relation).stream().allMatch(f -> isTrue(f.rows().map(Object::toString), row));
    }

    private boolean granted(
            Action action, Resource.Relation relation, Optional<String> column, Row row) {
        return grants(action, relation).stream()
                .filter(g -> column.isEmpty() || covers(g, action, column.get()))
                .anyMatch(g -> isTrue(g.rows().map(Object::toString), row));
    }

    private List<PolicyFile.Grant> grants(Action action, Resource.Relation relation) {
        return file.roles().stream()
                .filter(r -> roles.contains(r.name().value()))
                .flatMap(r -> r.grants().stream())
                .filter(g -> g.allow().stream().anyMatch(t -> is(t.action(), action)))
                .filter(g -> isOn(g.on(), relation))
                .filter(g ->
                        holds(g.when().map(Object::toString)).orElse(false)
                                && !g.rows().map(Object::toString).orElse("").contains("absent"))
                .toList();
    }

    /// Whether a force rule keeps rows of a part of the relation apart, but not of the relation.
    boolean keepsPartsRowsApart(Resource.Relation relation) {
        var own = new ArrayList<>(List.of(relation));
        own.addAll(kin.getOrDefault(relation, Kin.NONE).above());
        return forced(relation).stream()
                .filter(f -> f.rows().isPresent() && !f.on().isEmpty())
                .anyMatch(f -> own.stream().noneMatch(r -> isOn(f.on(), r)));
    }

    /// The relation, and what has rows in common with it.
    private List<Resource.Relation> relatives(Resource.Relation relation) {
        var all = new ArrayList<>(List.of(relation));
        var known = kin.getOrDefault(relation, Kin.NONE);
        all.addAll(known.above());
        all.addAll(known.below());
        return all;
    }

    private List<PolicyFile.ForceRule> forced(Resource.Relation relation) {
        return file.force().stream()
                .filter(f -> f.except().stream().noneMatch(e -> roles.contains(e.value())))
                .filter(f ->
                        f.on().isEmpty()
                                || relatives(relation).stream().anyMatch(r -> isOn(f.on(), r)))
                .filter(f -> holds(f.when().map(Object::toString)).orElse(true))
                .toList();
    }

    private Optional<Boolean> holds(Optional<String> when) {
        return when.isEmpty()
                ? Optional.of(true)
                : Objects.requireNonNull(conditions.get(when.get()));
    }

    private static boolean isTrue(Optional<String> rows, Row row) {
        return rows.isEmpty() || row.trueFilters().contains(rows.get());
    }

    private static boolean covers(PolicyFile.Grant g, Action action, String column) {
        var term = g.allow().stream().filter(t -> is(t.action(), action)).findFirst().orElseThrow();
        var columns = term.columns().or(g::columns);
        return columns.isEmpty() || columns.get().stream().anyMatch(c -> c.value().equals(column));
    }

    private Shown.Form form(
            Optional<PolicyFile.Masking> masking, Resource.Relation relation, String column) {
        if (masking.isEmpty()) return new Shown.Plain();
        var classes = classes(relation, column);
        switch (masking.get()) {
            case PolicyFile.Masking.All(var word) -> {
                if (!word.value().equals("safe-harbor"))
                    return new Shown.Masked(mask(word.value()));
                return strongest(classes.stream().map(SafeHarbor.MASKS::get).toList());
            }
            case PolicyFile.Masking.Each(var terms, _) -> {
                for (var t : terms)
                    if (t.what().value().equals(column))
                        return new Shown.Masked(mask(t.mask().value()));
                return strongest(
                        terms.stream()
                                .filter(t -> classes.contains(t.what().value()))
                                .map(t -> mask(t.mask().value()))
                                .toList());
            }
        }
    }

    private List<String> classes(Resource.Relation relation, String column) {
        return file.classify().stream()
                .filter(c ->
                        c.columns().stream()
                                .anyMatch(p ->
                                        relatives(relation).stream()
                                                .anyMatch(r ->
                                                        p.value()
                                                                .equals(
                                                                        r.schema()
                                                                                + "."
                                                                                + r.name()
                                                                                + "."
                                                                                + column))))
                .map(c -> c.dataClass().value())
                .toList();
    }

    private Mask mask(String word) {
        return Objects.requireNonNull(masks.get(word), word);
    }

    private static Shown.Form strongest(List<Mask> all) {
        return all.stream()
                .max(Mask.WEAKEST_FIRST)
                .<Shown.Form>map(Shown.Masked::new)
                .orElse(new Shown.Plain());
    }

    /// As the documentation lists the masks, from what shows most.
    private static int strength(Shown.Form form) {
        return switch (form) {
            case Shown.Plain _ -> 0;
            case Shown.Masked(var mask) ->
                    1
                            + List.of(
                                            "bucket",
                                            "year",
                                            "age-band",
                                            "partial",
                                            "zip3",
                                            "hash",
                                            "redact",
                                            "constant",
                                            "null")
                                    .indexOf(mask.word().replaceAll("\\(.*", ""));
        };
    }

    private static boolean is(Located<String> word, Action action) {
        return word.value().equals(action.word());
    }

    private static boolean isOn(List<Located<String>> on, Resource.Relation relation) {
        var name = relation.schema() + "." + relation.name();
        return on.stream()
                .map(Located::value)
                .anyMatch(p ->
                        p.equals("*")
                                || p.equals(name)
                                || (p.endsWith("*")
                                        && name.startsWith(p.substring(0, p.length() - 1))));
    }
}
