package dev.sallyport.sql.catalog;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.catalog.Catalog.Body;
import dev.sallyport.sql.catalog.Catalog.Cast;
import dev.sallyport.sql.catalog.Catalog.CastContext;
import dev.sallyport.sql.catalog.Catalog.Column;
import dev.sallyport.sql.catalog.Catalog.ColumnOf;
import dev.sallyport.sql.catalog.Catalog.Dependencies;
import dev.sallyport.sql.catalog.Catalog.Detail;
import dev.sallyport.sql.catalog.Catalog.ForeignKey;
import dev.sallyport.sql.catalog.Catalog.KeyAction;
import dev.sallyport.sql.catalog.Catalog.Operator;
import dev.sallyport.sql.catalog.Catalog.Printed;
import dev.sallyport.sql.catalog.Catalog.Relation;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.RoutineKind;
import dev.sallyport.sql.catalog.Catalog.Rule;
import dev.sallyport.sql.catalog.Catalog.RuleEvent;
import dev.sallyport.sql.catalog.Catalog.Schema;
import dev.sallyport.sql.catalog.Catalog.SetOff;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.catalog.Catalog.ViewDefinition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a {@link Catalog} from the rows of {@link CatalogQueries}. Rows of one query come in the
/// order in which the server sent them; the queries in any order. One thread, one use.
public final class CatalogBuilder {
    private final Map<CatalogQueries, List<Row>> rows = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<Column, Column> distinctColumns = new HashMap<>();

    private String ownTempSchema = "";
    private final Map<Long, Schema> schemas = new HashMap<>();
    private final Map<Long, Relation> relations = new HashMap<>();
    private final Map<Long, Type> types = new HashMap<>();
    private final Map<Long, Routine> routines = new HashMap<>();
    private final Map<Long, List<Column>> columns = new HashMap<>();

    /// @param query the index in {@link CatalogQueries#all()}
    /// @param row the columns' text values
    /// @throws IllegalArgumentException for an index or a row that can't be one of these
    public void add(int query, List<@Nullable String> row) {
        add(CatalogQueries.values()[query], row);
    }

    public void add(CatalogQueries query, List<@Nullable String> row) {
        Row values = new Row(row);
        // Columns are the bulk of it: no rows are kept.
        if (query == CatalogQueries.COLUMNS)
            columns.computeIfAbsent(values.number(0), _ -> new ArrayList<>())
                    .add(column(values.text(1), values.number(2)));
        else rows.computeIfAbsent(query, _ -> new ArrayList<>()).add(values);
    }

    /// @throws IllegalArgumentException when rows are missing or contradict each other
    public Catalog build(long epoch) {
        Row server = rows(CatalogQueries.SERVER).getFirst();
        for (Row row : rows(CatalogQueries.SCHEMAS)) {
            schemas.put(row.number(0), new Schema(row.text(1)));
            if (row.text(1).equals(Catalog.TEMP_SCHEMA)) ownTempSchema = row.text(2);
        }
        routines();
        types();
        Set<String> relationNames = relations();
        views();
        rules();
        Map<Long, List<Cast>> castsBySource = new HashMap<>();
        Map<Long, List<Cast>> castsByTarget = new HashMap<>();
        for (Cast cast : casts()) {
            castsBySource.computeIfAbsent(cast.source(), _ -> new ArrayList<>()).add(cast);
            castsByTarget.computeIfAbsent(cast.target(), _ -> new ArrayList<>()).add(cast);
        }
        Map<String, Schema> schemasByName = new LinkedHashMap<>();
        for (Schema schema : schemas.values()) schemasByName.put(schema.name(), schema);
        return new Catalog(
                epoch,
                (int) server.number(0),
                server.text(1),
                server.text(2),
                schemasByName,
                relations,
                types,
                routines,
                operators(),
                castsBySource,
                castsByTarget,
                relationNames,
                leakproof(),
                domains(),
                null);
    }

    private void routines() {
        Map<Long, Body> bodies = new HashMap<>();
        for (Row row : rows(CatalogQueries.BODIES))
            bodies.put(
                    row.number(0),
                    new Body(row.isNull(1) ? "" : row.text(1), row.isNull(2) ? "" : row.text(2)));
        for (Row row : rows(CatalogQueries.ROUTINES)) {
            Schema schema = schemas.get(row.number(1));
            if (schema == null) continue;
            List<Long> arguments = new ArrayList<>();
            for (String type : row.text(14).split(" "))
                if (!type.isEmpty()) arguments.add(Long.valueOf(type));
            Routine routine =
                    new Routine(
                            row.number(0),
                            schema.name(),
                            name(row.text(2)),
                            switch (row.text(3)) {
                                case "f" -> RoutineKind.FUNCTION;
                                case "p" -> RoutineKind.PROCEDURE;
                                case "a" -> RoutineKind.AGGREGATE;
                                case "w" -> RoutineKind.WINDOW;
                                case String kind ->
                                        throw new IllegalArgumentException("prokind " + kind);
                            },
                            name(row.text(4)),
                            row.number(5),
                            row.flag(6),
                            arguments,
                            (int) row.number(8),
                            row.number(9) != 0,
                            resultColumns(row),
                            row.isNull(13) ? "" : name(row.text(13)),
                            bodies.getOrDefault(row.number(0), Body.UNKNOWN));
            routines.put(routine.oid(), routine);
            schema.routines.computeIfAbsent(routine.name(), _ -> new ArrayList<>(1)).add(routine);
        }
    }

    /// The columns of OUT, INOUT and TABLE arguments, named as the server names them.
    private List<Column> resultColumns(Row row) {
        if (row.isNull(10) || row.isNull(12)) return List.of(); // input arguments only
        List<String> modes = TextArrays.parse(row.text(10));
        List<String> types = TextArrays.parse(row.text(12));
        List<String> argumentNames = row.isNull(11) ? List.of() : TextArrays.parse(row.text(11));
        List<Column> result = new ArrayList<>();
        for (int i = 0; i < modes.size(); i++) {
            if (!modes.get(i).equals("o") && !modes.get(i).equals("b") && !modes.get(i).equals("t"))
                continue;
            String argument = i < argumentNames.size() ? argumentNames.get(i) : "";
            result.add(
                    new Column(
                            argument.isEmpty() ? "column" + (result.size() + 1) : name(argument),
                            Long.parseLong(types.get(i))));
        }
        // A single OUT argument makes a scalar, whose column takes the argument's name.
        return result;
    }

    private void types() {
        Map<Long, Set<Routine>> checks = new HashMap<>();
        Map<Long, Set<Routine>> comparisons = new HashMap<>();
        for (Row row : rows(CatalogQueries.SET_OFF))
            if (row.number(1) != 0) {
                Routine routine = routines.get(row.number(2));
                if (routine == null || routine.isSystem()) continue;
                boolean compares = row.text(3).equals("c");
                // It takes a superuser to install native code: trusted to compare, as casts are to
                // convert.
                if (compares && routine.isNative()) continue;
                (compares ? comparisons : checks)
                        .computeIfAbsent(row.number(1), _ -> new LinkedHashSet<>())
                        .add(routine);
            }
        for (Row row : rows(CatalogQueries.TYPES)) {
            Schema schema = schemas.get(row.number(1));
            if (schema == null) continue;
            Type type =
                    new Type(
                            row.number(0),
                            schema.name(),
                            name(row.text(2)),
                            row.text(3).charAt(0),
                            row.text(4).charAt(0),
                            row.number(5),
                            row.number(6),
                            row.number(7),
                            row.isNull(8) ? 0 : row.number(8),
                            List.copyOf(checks.getOrDefault(row.number(0), Set.of())),
                            List.copyOf(comparisons.getOrDefault(row.number(0), Set.of())));
            types.put(type.oid(), type);
            schema.types.put(type.name(), type);
        }
    }

    private Set<String> relations() {
        Set<String> userNames = new HashSet<>();
        Map<Long, Map<String, Detail>> details = details();
        for (Row row : rows(CatalogQueries.RELATIONS)) {
            Schema schema = schemas.get(row.number(1));
            if (schema == null) continue;
            Relation relation =
                    new Relation(
                            row.number(0),
                            schema.name(),
                            name(row.text(2)),
                            kind(row.text(3)),
                            row.number(4),
                            row.flag(5));
            List<Column> own = columns.remove(relation.oid());
            if (own != null) relation.columns(detailed(relation, own, details));
            relations.put(relation.oid(), relation);
            schema.relations.put(relation.name(), relation);
            if (!relation.isSystem() && relation.kind() != RelationKind.INDEX)
                userNames.add(relation.name());
        }
        columns.clear();
        Map<Relation, List<Relation>> children = new HashMap<>();
        Map<Relation, List<Relation>> parents = new HashMap<>();
        for (Row row : rows(CatalogQueries.INHERITANCE)) {
            Relation parent = relations.get(row.number(0));
            Relation child = relations.get(row.number(1));
            if (parent == null || child == null) continue;
            children.computeIfAbsent(parent, _ -> new ArrayList<>()).add(child);
            parents.computeIfAbsent(child, _ -> new ArrayList<>()).add(parent);
        }
        children.forEach(Relation::children);
        parents.forEach(Relation::parents);
        Map<Relation, List<Relation>> referencedBy = new HashMap<>();
        for (Row row : rows(CatalogQueries.FOREIGN_KEYS)) {
            Relation referring = relations.get(row.number(0));
            Relation referredTo = relations.get(row.number(1));
            if (referring != null && referredTo != null)
                referencedBy.computeIfAbsent(referredTo, _ -> new ArrayList<>()).add(referring);
        }
        referencedBy.forEach(Relation::referencedBy);
        Map<Relation, List<SetOff>> setOff = new HashMap<>();
        for (Row row : rows(CatalogQueries.SET_OFF)) {
            Relation relation = relations.get(row.number(0));
            Routine routine = routines.get(row.number(2));
            if (relation != null && routine != null && !routine.isSystem())
                setOff.computeIfAbsent(relation, _ -> new ArrayList<>())
                        .add(new SetOff(routine, changes(row.text(3))));
        }
        setOff.forEach(Relation::setsOff);
        foreignKeyActions();
        Map<Long, List<Row>> policies = new HashMap<>();
        for (Row row : rows(CatalogQueries.POLICY_DEPENDENCIES))
            policies.computeIfAbsent(row.number(1), _ -> new ArrayList<>()).add(row);
        policies.forEach((oid, recorded) -> {
            Relation relation = relations.get(oid);
            if (relation != null) relation.policies(dependencies(relation, recorded));
        });
        return userNames;
    }

    private Map<Long, Map<String, Detail>> details() {
        Map<Long, Map<String, Detail>> details = new HashMap<>();
        for (Row row : rows(CatalogQueries.COLUMN_DETAILS))
            details.computeIfAbsent(row.number(0), _ -> new HashMap<>())
                    .put(
                            row.text(1),
                            new Detail(
                                    row.isNull(2) ? null : name(row.text(2)),
                                    row.isNull(3) ? null : name(row.text(3)),
                                    row.isNull(4) ? null : name(row.text(4)),
                                    row.flag(5)));
        return details;
    }

    private static List<Column> detailed(
            Relation relation, List<Column> own, Map<Long, Map<String, Detail>> details) {
        Map<String, Detail> ofRelation = details.get(relation.oid());
        if (ofRelation == null) return own;
        List<Column> detailed = new ArrayList<>(own.size());
        for (Column column : own) {
            Detail detail = ofRelation.get(column.name());
            detailed.add(
                    detail == null ? column : new Column(column.name(), column.type(), detail));
        }
        return detailed;
    }

    private Set<Long> leakproof() {
        Set<Long> oids = new HashSet<>();
        for (Row row : rows(CatalogQueries.LEAKPROOF)) oids.add(row.number(0));
        return oids;
    }

    private Map<Long, String> domains() {
        Map<Long, String> domains = new HashMap<>();
        for (Row row : rows(CatalogQueries.DOMAINS)) domains.put(row.number(0), row.text(1));
        return domains;
    }

    private static Set<Action> changes(String letters) {
        Set<Action> changes = EnumSet.noneOf(Action.class);
        for (int i = 0; i < letters.length(); i++)
            changes.add(
                    switch (letters.charAt(i)) {
                        case 'i' -> Action.INSERT;
                        case 'u' -> Action.UPDATE;
                        case 'd' -> Action.DELETE;
                        case 't' -> Action.TRUNCATE;
                        case 'm' -> Action.DDL;
                        default -> throw new IllegalArgumentException("changes " + letters);
                    });
        return changes;
    }

    private void foreignKeyActions() {
        Map<Long, List<Row>> keys = new LinkedHashMap<>();
        for (Row row : rows(CatalogQueries.FOREIGN_KEY_ACTIONS))
            keys.computeIfAbsent(row.number(0), _ -> new ArrayList<>()).add(row);
        Map<Relation, List<ForeignKey>> cascades = new HashMap<>();
        for (List<Row> key : keys.values()) {
            Row first = key.getFirst();
            Relation referring = relations.get(first.number(1));
            Relation referredTo = relations.get(first.number(2));
            if (referring == null || referredTo == null) continue;
            Map<String, String> pairs = new LinkedHashMap<>();
            for (Row row : key) pairs.put(name(row.text(6)), name(row.text(5)));
            cascades.computeIfAbsent(referredTo, _ -> new ArrayList<>())
                    .add(
                            new ForeignKey(
                                    referring,
                                    keyAction(first.text(3)),
                                    keyAction(first.text(4)),
                                    pairs));
        }
        cascades.forEach(Relation::cascades);
    }

    private static KeyAction keyAction(String letter) {
        return switch (letter) {
            case "a", "r" -> KeyAction.NONE;
            case "c" -> KeyAction.CASCADE;
            case "n", "d" -> KeyAction.SETS;
            case String other -> throw new IllegalArgumentException("foreign key action " + other);
        };
    }

    private static RelationKind kind(String relkind) {
        return switch (relkind) {
            case "r" -> RelationKind.TABLE;
            case "p" -> RelationKind.PARTITIONED_TABLE;
            case "v" -> RelationKind.VIEW;
            case "m" -> RelationKind.MATERIALIZED_VIEW;
            case "f" -> RelationKind.FOREIGN_TABLE;
            case "S" -> RelationKind.SEQUENCE;
            case "i", "I" -> RelationKind.INDEX;
            case "c" -> RelationKind.COMPOSITE_TYPE;
            case String other -> throw new IllegalArgumentException("relkind " + other);
        };
    }

    private void views() {
        Map<Long, List<Row>> dependencies = new HashMap<>();
        for (Row row : rows(CatalogQueries.RULE_DEPENDENCIES))
            if (row.text(5).equals("1"))
                dependencies.computeIfAbsent(row.number(1), _ -> new ArrayList<>()).add(row);
        for (Row row : rows(CatalogQueries.VIEWS)) {
            Relation view = relations.get(row.number(0));
            if (view == null || row.isNull(1)) continue; // dropped meanwhile
            view.view(
                    new ViewDefinition(
                            printed(row, 1),
                            dependencies(view, dependencies.getOrDefault(view.oid(), List.of())),
                            !row.isNull(4)));
        }
    }

    private void rules() {
        Map<Long, List<Row>> dependencies = new HashMap<>();
        for (Row row : rows(CatalogQueries.RULE_DEPENDENCIES))
            dependencies.computeIfAbsent(row.number(0), _ -> new ArrayList<>()).add(row);
        Map<Relation, List<Rule>> rules = new HashMap<>();
        for (Row row : rows(CatalogQueries.RULES)) {
            Relation relation = relations.get(row.number(1));
            if (relation == null || row.isNull(5)) continue;
            rules.computeIfAbsent(relation, _ -> new ArrayList<>())
                    .add(
                            new Rule(
                                    row.text(2),
                                    switch (row.text(3)) {
                                        case "2" -> RuleEvent.UPDATE;
                                        case "3" -> RuleEvent.INSERT;
                                        case "4" -> RuleEvent.DELETE;
                                        case String event ->
                                                throw new IllegalArgumentException(
                                                        "ev_type " + event);
                                    },
                                    row.flag(4),
                                    printed(row, 5),
                                    dependencies(
                                            relation,
                                            dependencies.getOrDefault(row.number(0), List.of()))));
        }
        rules.forEach(Relation::rules);
    }

    /// The text in a column, the path and the literal mode in the two behind it.
    private Printed printed(Row row, int column) {
        List<String> path = new ArrayList<>();
        for (String schema : TextArrays.parse(row.text(column + 1)))
            path.add(schema.equals(ownTempSchema) ? Catalog.TEMP_SCHEMA : name(schema));
        return new Printed(row.text(column), path, row.text(column + 2).equals("on"));
    }

    private Dependencies dependencies(Relation self, List<Row> recorded) {
        if (recorded.isEmpty()) return Dependencies.NONE;
        Set<Relation> wholes = new HashSet<>();
        Set<ColumnOf> ofColumns = new HashSet<>();
        Set<Routine> called = new HashSet<>();
        for (Row row : recorded) {
            if (row.text(2).equals("p")) {
                Routine routine = routines.get(row.number(3));
                if (routine != null) called.add(routine);
                continue;
            }
            Relation relation = relations.get(row.number(3));
            if (relation == null || relation == self) continue;
            wholes.add(relation);
            if (!row.isNull(4)) ofColumns.add(new ColumnOf(relation, name(row.text(4))));
        }
        return new Dependencies(List.copyOf(wholes), List.copyOf(ofColumns), List.copyOf(called));
    }

    private Map<String, List<Operator>> operators() {
        Map<String, List<Operator>> bySymbol = new HashMap<>();
        for (Row row : rows(CatalogQueries.OPERATORS)) {
            Schema schema = schemas.get(row.number(1));
            if (schema == null) continue;
            bySymbol.computeIfAbsent(row.text(2), _ -> new ArrayList<>())
                    .add(
                            new Operator(
                                    schema.name(),
                                    row.text(2),
                                    row.number(3),
                                    row.number(4),
                                    row.number(5),
                                    routines.get(row.number(6))));
        }
        return bySymbol;
    }

    private List<Cast> casts() {
        List<Cast> casts = new ArrayList<>();
        for (Row row : rows(CatalogQueries.CASTS))
            casts.add(
                    new Cast(
                            row.number(0),
                            row.number(1),
                            routines.get(row.number(2)),
                            switch (row.text(3)) {
                                case "i" -> CastContext.IMPLICIT;
                                case "a" -> CastContext.ASSIGNMENT;
                                case "e" -> CastContext.EXPLICIT;
                                case String context ->
                                        throw new IllegalArgumentException(
                                                "castcontext " + context);
                            }));
        return casts;
    }

    private List<Row> rows(CatalogQueries query) {
        return rows.getOrDefault(query, List.of());
    }

    /// One instance of each: thousands of tables have a `created_at` of the same type.
    private Column column(String name, long type) {
        Column column = new Column(name(name), type);
        Column known = distinctColumns.putIfAbsent(column, column);
        return known == null ? column : known;
    }

    /// One instance per name: thousands of tables have an `id`.
    private String name(String name) {
        String known = names.putIfAbsent(name, name);
        return known == null ? name : known;
    }

    private record Row(List<@Nullable String> values) {
        String text(int column) {
            String value = values.get(column);
            if (value == null)
                throw new IllegalArgumentException("column " + column + " is null in " + values);
            return value;
        }

        long number(int column) {
            return Long.parseLong(text(column));
        }

        /// `true` or `t`, as a driver or the server itself writes it.
        boolean flag(int column) {
            return text(column).startsWith("t");
        }

        boolean isNull(int column) {
            return values.get(column) == null;
        }
    }
}
