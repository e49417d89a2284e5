package dev.sallyport.sql.catalog;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.catalog.Catalog.Body;
import dev.sallyport.sql.catalog.Catalog.Column;
import dev.sallyport.sql.catalog.Catalog.Dependencies;
import dev.sallyport.sql.catalog.Catalog.Detail;
import dev.sallyport.sql.catalog.Catalog.ForeignKey;
import dev.sallyport.sql.catalog.Catalog.KeyAction;
import dev.sallyport.sql.catalog.Catalog.Printed;
import dev.sallyport.sql.catalog.Catalog.Relation;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.RoutineKind;
import dev.sallyport.sql.catalog.Catalog.Schema;
import dev.sallyport.sql.catalog.Catalog.SetOff;
import dev.sallyport.sql.catalog.Catalog.ViewDefinition;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes a {@link Catalog} from the rows of {@link MySqlCatalogQueries}. A database of MySQL is a
/// schema here. What the server brings along (information_schema, mysql, performance_schema, sys)
/// is the server's own; information_schema's names are kept in lower case, since case never counts
/// there. One thread, one use.
public final class MySqlCatalogBuilder {
    private static final Set<String> SERVERS_OWN =
            Set.of("information_schema", "mysql", "performance_schema", "sys");

    private final Map<MySqlCatalogQueries, List<List<@Nullable String>>> rows =
            new EnumMap<>(MySqlCatalogQueries.class);
    private final Map<String, Schema> schemas = new TreeMap<>();
    private final Map<Long, Relation> relations = new HashMap<>();
    private final Map<Long, Routine> routines = new HashMap<>();
    private final Map<Relation, Set<String>> invisible = new HashMap<>();
    private final Map<Relation, List<SetOff>> setsOff = new HashMap<>();
    private final Map<String, Relation> triggers = new HashMap<>();
    private long serversOid = 1;
    private long usersOid = Catalog.FIRST_USER_OID;

    /// @param query the index in {@link MySqlCatalogQueries#all()}
    public void add(int query, List<@Nullable String> row) {
        add(MySqlCatalogQueries.values()[query], row);
    }

    public void add(MySqlCatalogQueries query, List<@Nullable String> row) {
        rows.computeIfAbsent(query, _ -> new ArrayList<>()).add(row);
    }

    /// @throws IllegalArgumentException when rows are missing or contradict each other, or the
    ///   server's version isn't supported
    public Catalog build(long epoch) {
        List<List<@Nullable String>> server = rows(MySqlCatalogQueries.SERVER);
        if (server.isEmpty()) throw new IllegalArgumentException("no row of the server");
        String version = text(server.getFirst(), 0);
        boolean mariaDb = version.toLowerCase(Locale.ROOT).contains("mariadb");
        Dialect dialect =
                (mariaDb ? Dialect.MARIADB : Dialect.MYSQL)
                        .withVersion(version)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "a server of version " + version + " is not supported"));
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.SCHEMAS)) {
            String name = schemaName(text(row, 0));
            schemas.put(name, new Schema(name));
        }
        Set<String> userNames = relations();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.ROUTINES)) routine(row);
        triggers();
        setsOff.forEach(Relation::setsOff);
        keys();
        var facts =
                new MySqlFacts(
                        dialect,
                        Integer.parseInt(text(server.getFirst(), 1)),
                        invisible,
                        untold(),
                        triggers,
                        events(),
                        partitions());
        String database = server.getFirst().get(2);
        return new Catalog(
                epoch,
                dialect.lowestVersion(),
                database == null ? "" : database,
                "UTF8",
                new LinkedHashMap<>(schemas),
                relations,
                Map.of(),
                routines,
                Map.of(),
                Map.of(),
                Map.of(),
                userNames,
                Set.of(),
                Map.of(),
                facts);
    }

    private static boolean isInformationSchema(String schema) {
        return schema.equalsIgnoreCase("information_schema");
    }

    private static String schemaName(String written) {
        return isInformationSchema(written) ? "information_schema" : written;
    }

    /// Also of a column.
    private static String relationName(String schema, String written) {
        return isInformationSchema(schema) ? written.toLowerCase(Locale.ROOT) : written;
    }

    private @Nullable Relation relation(String schema, String name) {
        Schema found = schemas.get(schemaName(schema));
        return found == null ? null : found.relations.get(relationName(schema, name));
    }

    private Set<String> relations() {
        Map<String, List<List<@Nullable String>>> columns = new HashMap<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.COLUMNS))
            columns.computeIfAbsent(key(text(row, 0), text(row, 1)), _ -> new ArrayList<>())
                    .add(row);
        Map<String, String> views = new HashMap<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.VIEWS)) {
            String definition = row.get(2);
            // Without the right to see it, the server shows an empty one.
            if (definition != null && !definition.isBlank())
                views.put(key(text(row, 0), text(row, 1)), definition);
        }
        Set<String> userNames = new HashSet<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.RELATIONS)) {
            String schemaName = schemaName(text(row, 0));
            Schema schema = schemas.get(schemaName);
            // One that only the reading session sees.
            if (schema == null || text(row, 2).equals("TEMPORARY")) continue;
            String name = relationName(schemaName, text(row, 1));
            boolean servers = SERVERS_OWN.contains(schemaName);
            RelationKind kind = kind(text(row, 2));
            var relation =
                    new Relation(
                            servers ? serversOid++ : usersOid++, schemaName, name, kind, 0, false);
            columns(relation, columns.getOrDefault(key(text(row, 0), text(row, 1)), List.of()));
            String definition = views.get(key(text(row, 0), text(row, 1)));
            if (!servers && kind == RelationKind.VIEW && definition != null)
                relation.view(
                        new ViewDefinition(
                                new Printed(definition, List.of(schemaName), true),
                                Dependencies.NONE,
                                // Whether it has a CHECK OPTION isn't read.
                                true));
            relations.put(relation.oid(), relation);
            schema.relations.put(name, relation);
            // Case never counts for the second net.
            if (!servers) userNames.add(name.toLowerCase(Locale.ROOT));
        }
        return userNames;
    }

    private void columns(Relation relation, List<List<@Nullable String>> own) {
        List<Column> all = new ArrayList<>(own.size());
        Set<String> hidden = new HashSet<>();
        for (List<@Nullable String> row : own) {
            String name = relationName(relation.schema(), text(row, 2));
            String extra = row.get(4) == null ? "" : text(row, 4).toUpperCase(Locale.ROOT);
            if (extra.contains("INVISIBLE")) hidden.add(name);
            boolean generated =
                    extra.contains("GENERATED") && !extra.contains("DEFAULT_GENERATED")
                            || extra.contains("VIRTUAL")
                            || extra.contains("STORED")
                            || extra.contains("PERSISTENT");
            all.add(new Column(name, 0, new Detail(row.get(3), null, null, generated)));
        }
        relation.columns(all);
        if (!hidden.isEmpty()) invisible.put(relation, Set.copyOf(hidden));
    }

    private static RelationKind kind(String type) {
        return switch (type) {
            case "BASE TABLE", "SYSTEM VERSIONED" -> RelationKind.TABLE;
            case "VIEW", "SYSTEM VIEW" -> RelationKind.VIEW;
            case "SEQUENCE" -> RelationKind.SEQUENCE;
            case String other -> throw new IllegalArgumentException("table type " + other);
        };
    }

    private void routine(List<@Nullable String> row) {
        Schema schema = schemas.get(schemaName(text(row, 0)));
        if (schema == null) return;
        String name = text(row, 1);
        String definition = row.get(3);
        add(
                schema,
                name,
                text(row, 2).equals("FUNCTION") ? RoutineKind.FUNCTION : RoutineKind.PROCEDURE,
                definition == null ? "" : definition);
    }

    /// Routines' names are kept in lower case for looking up: case never counts.
    private Routine add(Schema schema, String name, RoutineKind kind, String body) {
        var routine =
                new Routine(
                        SERVERS_OWN.contains(schema.name()) ? serversOid++ : usersOid++,
                        schema.name(),
                        name,
                        kind,
                        "sql",
                        0,
                        false,
                        List.of(),
                        0,
                        true,
                        List.of(),
                        "",
                        new Body(body, ""));
        routines.put(routine.oid(), routine);
        schema.routines
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>(1))
                .add(routine);
        return routine;
    }

    /// A trigger is code of a user's that a change sets off: a routine that nobody can call.
    private void triggers() {
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.TRIGGERS)) {
            Relation relation = relation(text(row, 3), text(row, 4));
            if (relation == null) continue;
            String body = row.get(5);
            var routine =
                    new Routine(
                            relation.isSystem() ? serversOid++ : usersOid++,
                            schemaName(text(row, 0)),
                            text(row, 1),
                            RoutineKind.PROCEDURE,
                            "sql",
                            0,
                            false,
                            List.of(),
                            0,
                            false,
                            List.of(),
                            "",
                            new Body(body == null ? "" : body, ""));
            triggers.put(
                    (routine.schema() + "." + routine.name()).toLowerCase(Locale.ROOT), relation);
            Set<Action> on = new HashSet<>();
            // MariaDB has triggers for several: `INSERT,UPDATE`.
            for (String change : text(row, 2).split(","))
                on.add(Action.valueOf(change.strip().toUpperCase(Locale.ROOT)));
            setsOff.computeIfAbsent(relation, _ -> new ArrayList<>()).add(new SetOff(routine, on));
        }
    }

    private void keys() {
        Map<String, List<@Nullable String>> actions = new HashMap<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.KEY_ACTIONS))
            actions.put(key(text(row, 0), text(row, 1)) + '\0' + text(row, 2), row);
        Map<String, List<List<@Nullable String>>> keys = new LinkedHashMap<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.KEYS))
            keys.computeIfAbsent(
                            key(text(row, 0), text(row, 1)) + '\0' + text(row, 2),
                            _ -> new ArrayList<>())
                    .add(row);
        Map<Relation, List<ForeignKey>> cascades = new HashMap<>();
        Map<Relation, List<Relation>> referencedBy = new HashMap<>();
        keys.forEach((String key, List<List<@Nullable String>> columns) -> {
            List<@Nullable String> first = columns.getFirst();
            Relation referring = relation(text(first, 0), text(first, 1));
            Relation referredTo = relation(text(first, 4), text(first, 5));
            if (referring == null || referredTo == null) return;
            referencedBy.computeIfAbsent(referredTo, _ -> new ArrayList<>()).add(referring);
            @Nullable List<@Nullable String> action = actions.get(key);
            // Of a key whose actions weren't told, the worst is taken.
            KeyAction onDelete = action == null ? KeyAction.CASCADE : keyAction(text(action, 3));
            KeyAction onUpdate = action == null ? KeyAction.CASCADE : keyAction(text(action, 4));
            if (onDelete == KeyAction.NONE && onUpdate == KeyAction.NONE) return;
            Map<String, String> pairs = new LinkedHashMap<>();
            for (List<@Nullable String> row : columns) pairs.put(text(row, 6), text(row, 3));
            cascades.computeIfAbsent(referredTo, _ -> new ArrayList<>())
                    .add(new ForeignKey(referring, onDelete, onUpdate, pairs));
        });
        cascades.forEach(Relation::cascades);
        referencedBy.forEach(Relation::referencedBy);
    }

    private static KeyAction keyAction(String rule) {
        return switch (rule) {
            case "NO ACTION", "RESTRICT" -> KeyAction.NONE;
            case "CASCADE" -> KeyAction.CASCADE;
            case "SET NULL", "SET DEFAULT" -> KeyAction.SETS;
            case String other -> throw new IllegalArgumentException("foreign key rule " + other);
        };
    }

    /// Triggers are shown to those who have the right to make them.
    private Set<Relation> untold() {
        Set<String> told = new HashSet<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.PRIVILEGES))
            // A schema's name may be a pattern here: then it says nothing about one schema.
            if (text(row, 1).equals("TRIGGER"))
                told.add(text(row, 0).replace("\\_", "_").replace("\\%", "%"));
        Set<Relation> untold = new HashSet<>();
        if (!told.contains("*"))
            for (Relation relation : relations.values())
                if (!told.contains(relation.schema())) untold.add(relation);
        return untold;
    }

    private Set<String> events() {
        Set<String> events = new HashSet<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.EVENTS))
            events.add((text(row, 0) + "." + text(row, 1)).toLowerCase(Locale.ROOT));
        return events;
    }

    private Map<Relation, Set<String>> partitions() {
        Map<Relation, Set<String>> partitions = new HashMap<>();
        for (List<@Nullable String> row : rows(MySqlCatalogQueries.PARTITIONS)) {
            Relation relation = relation(text(row, 0), text(row, 1));
            if (relation != null)
                partitions.computeIfAbsent(relation, _ -> new HashSet<>()).add(text(row, 2));
        }
        return partitions;
    }

    private List<List<@Nullable String>> rows(MySqlCatalogQueries query) {
        return rows.getOrDefault(query, List.of());
    }

    private static String key(String schema, String name) {
        return schema + '\0' + name;
    }

    private static String text(List<@Nullable String> row, int column) {
        String value = row.get(column);
        if (value == null)
            throw new IllegalArgumentException("column " + column + " is null in " + row);
        return value;
    }
}
