package dev.sallyport.policy;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What one person may do now, in words: each column of each relation is put to the rules as a
/// statement that does only that would be, so that the answer is theirs.
final class GrantLines {
    private static final List<Action> ON_RELATIONS =
            List.of(
                    Action.SELECT,
                    Action.INSERT,
                    Action.UPDATE,
                    Action.DELETE,
                    Action.TRUNCATE,
                    Action.COPY_OUT,
                    Action.COPY_IN);

    private static final Set<Action> ON_OTHERS =
            EnumSet.of(Action.EXECUTE, Action.DDL, Action.ADMIN, Action.SESSION);

    /// What is said alike of several columns, and then of several actions.
    private record Terms(String shown, String rows, String limit, String rules) {}

    private record Columns(String columns, Terms terms) {}

    private final DatabasePolicy policy;
    private final SubjectRules rules;
    private final Function<Footprint, Facts> facts;
    private Map<Resource.Relation, Kin> kin = Map.of();
    private final Map<String, String> rowsByRule = new HashMap<>();
    private final List<GrantLine> lines = new ArrayList<>();

    GrantLines(DatabasePolicy policy, SubjectRules rules, Function<Footprint, Facts> facts) {
        this.policy = policy;
        this.rules = rules;
        this.facts = facts;
        for (var role : policy.roles().values())
            for (var g : role.grants())
                g.rows().ifPresent(rows -> rowsByRule.put(g.id(), rows.text()));
        for (var f : policy.forced())
            f.rows().ifPresent(rows -> rowsByRule.put(f.id(), rows.text()));
    }

    List<GrantLine> of(
            Set<String> roles,
            Map<Resource.Relation, List<String>> columns,
            Map<Resource.Relation, Kin> kinOfRelations,
            int most) {
        kin = kinOfRelations;
        var relations = new TreeMap<String, Resource.Relation>();
        for (var relation : columns.keySet())
            if (ON_RELATIONS.stream().anyMatch(a -> !rules.grants(a, relation).isEmpty()))
                relations.put(Wording.pattern(relation), relation);
        int said = 0;
        for (var relation : relations.values()) {
            if (said++ == most) {
                var left = "... and " + (relations.size() - most) + " more relations";
                lines.add(new GrantLine(left, "", "", "", "", "", ""));
                break;
            }
            addRelation(relation, columns.getOrDefault(relation, List.of()));
        }
        for (var role : policy.roles().values())
            if (roles.contains(role.name())) role.grants().forEach(this::addOthers);
        return List.copyOf(lines);
    }

    private void addRelation(Resource.Relation relation, List<String> all) {
        var actionsByColumns = new LinkedHashMap<Columns, List<String>>();
        for (var action : ON_RELATIONS) {
            if (rules.grants(action, relation).isEmpty()) continue;
            var columnsByTerms = new LinkedHashMap<Terms, List<String>>();
            if (Wording.takesColumns(action))
                for (var column : all)
                    terms(action, relation, Optional.of(column))
                            .ifPresent(t ->
                                    columnsByTerms
                                            .computeIfAbsent(t, _ -> new ArrayList<>())
                                            .add(column));
            else
                terms(action, relation, Optional.empty())
                        .ifPresent(t -> columnsByTerms.put(t, List.of()));
            columnsByTerms.forEach((terms, columns) ->
                    actionsByColumns
                            .computeIfAbsent(
                                    new Columns(words(columns, all), terms), _ -> new ArrayList<>())
                            .add(action.word()));
        }
        actionsByColumns.forEach((what, actions) ->
                lines.add(
                        new GrantLine(
                                Wording.pattern(relation),
                                String.join(", ", actions),
                                what.columns,
                                what.terms.shown,
                                what.terms.rows,
                                what.terms.limit,
                                what.terms.rules)));
    }

    private static String words(List<String> columns, List<String> all) {
        return columns.size() == all.size() && !all.isEmpty() ? "*" : Wording.names(columns);
    }

    private Optional<Terms> terms(
            Action action, Resource.Relation relation, Optional<String> column) {
        var place = action == Action.SELECT ? Place.OUTPUT : Place.TARGET;
        var uses = column.map(c -> List.of(new ColumnUse(c, Set.of(place)))).orElse(List.of());
        var footprint =
                new Footprint(
                        kind(action),
                        List.of(new Access(action, relation, uses, Optional.empty())),
                        List.of(),
                        Set.of(),
                        List.of(),
                        true,
                        Map.of(relation, kin.getOrDefault(relation, Kin.NONE)));
        var evaluation = Evaluation.of(footprint, rules, facts.apply(footprint));
        if (!evaluation.refusals().isEmpty()) return Optional.empty();
        var owed = evaluation.obligations();
        var governed = owed.governing(relation);
        var shown =
                governed.flatMap(g -> column.map(c -> g.columns().get(c)))
                        .map(s -> Wording.shown(s, this::rows))
                        .orElse(action == Action.SELECT ? "as it is" : "");
        var rows = governed.map(g -> Wording.rows(g.target(), this::rows)).orElse("");
        var limits =
                owed.limits().stream()
                        .map(l -> l.limits().words())
                        .collect(Collectors.joining("; "));
        var ids = new TreeSet<>(evaluation.permittingIds());
        return Optional.of(new Terms(shown, rows, limits, String.join(", ", ids)));
    }

    private String rows(RowFilter filter) {
        return rowsByRule.getOrDefault(filter.ruleId(), filter.describe());
    }

    private static StatementKind kind(Action action) {
        return switch (action) {
            case SELECT -> StatementKind.SELECT;
            case INSERT -> StatementKind.INSERT;
            case UPDATE -> StatementKind.UPDATE;
            case DELETE -> StatementKind.DELETE;
            case TRUNCATE -> StatementKind.TRUNCATE;
            case COPY_OUT -> StatementKind.COPY_OUT;
            case COPY_IN -> StatementKind.COPY_IN;
            case EXECUTE, DDL, ADMIN, SESSION ->
                    throw new IllegalArgumentException("not on relations: " + action);
        };
    }

    /// What isn't about rows is said as the rule has it.
    private void addOthers(Rule.Grant grant) {
        var actions =
                grant.actions().keySet().stream()
                        .filter(ON_OTHERS::contains)
                        .map(Action::word)
                        .sorted()
                        .toList();
        var nothing =
                new Footprint(
                        StatementKind.EMPTY,
                        List.of(),
                        List.of(),
                        Set.of(),
                        List.of(),
                        true,
                        Map.of());
        if (actions.isEmpty() || !facts.apply(nothing).holds(grant)) return;
        for (var pattern : grant.on())
            lines.add(
                    new GrantLine(
                            pattern.toString(),
                            String.join(", ", actions),
                            "",
                            "",
                            "",
                            "",
                            grant.id()));
    }
}
