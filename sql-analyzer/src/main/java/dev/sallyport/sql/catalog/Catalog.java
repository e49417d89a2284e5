package dev.sallyport.sql.catalog;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.lexer.LexMode;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An immutable snapshot of what the database holds: schemas, relations, columns, views, functions,
/// types, operators and casts. Made by {@link CatalogBuilder}; every lookup is O(1). Equal only to
/// itself: a newer snapshot is another one, whatever it holds.
public final class Catalog {
    /// Objects below this were made by initdb; PostgreSQL's FirstNormalObjectId.
    public static final long FIRST_USER_OID = 16384;

    /// The session's own temporary schema, whatever its number.
    public static final String TEMP_SCHEMA = "pg_temp";

    private final long epoch;
    private final int serverVersion;
    private final String database;
    private final String encoding;
    private final Map<String, Schema> schemas;
    private final Map<Long, Relation> relationsByOid;
    private final Map<Long, Type> typesByOid;
    private final Map<Long, Long> arraysByElement;
    private final Map<Long, Routine> routinesByOid;
    private final Map<String, List<Operator>> operators;
    private final Map<String, Set<String>> operatorSchemas;
    private final Map<Long, List<Cast>> castsBySource;
    private final Map<Long, List<Cast>> castsByTarget;
    private final Set<String> relationNames;
    private final Set<Long> leakproof;
    private final Map<Long, String> domains;
    private final @Nullable MySqlFacts mySql;
    private final Map<Class<?>, Object> derived = new ConcurrentHashMap<>();

    Catalog(
            long epoch,
            int serverVersion,
            String database,
            String encoding,
            Map<String, Schema> schemas,
            Map<Long, Relation> relationsByOid,
            Map<Long, Type> typesByOid,
            Map<Long, Routine> routinesByOid,
            Map<String, List<Operator>> operators,
            Map<Long, List<Cast>> castsBySource,
            Map<Long, List<Cast>> castsByTarget,
            Set<String> relationNames,
            Set<Long> leakproof,
            Map<Long, String> domains,
            @Nullable MySqlFacts mySql) {
        this.epoch = epoch;
        this.serverVersion = serverVersion;
        this.database = database;
        this.encoding = encoding;
        this.schemas = schemas;
        this.relationsByOid = relationsByOid;
        this.typesByOid = typesByOid;
        this.arraysByElement = arraysByElement(typesByOid.values());
        this.routinesByOid = routinesByOid;
        this.operators = operators;
        this.operatorSchemas = schemasOf(operators);
        this.castsBySource = castsBySource;
        this.castsByTarget = castsByTarget;
        this.relationNames = relationNames;
        this.leakproof = leakproof;
        this.domains = domains;
        this.mySql = mySql;
    }

    /// Tells snapshots apart in logs and caches; higher is newer.
    public long epoch() {
        return epoch;
    }

    /// As `180006` for 18.6.
    public int serverVersion() {
        return serverVersion;
    }

    public String database() {
        return database;
    }

    /// What holds of a MySQL or MariaDB server only; null: it is PostgreSQL's catalog.
    public @Nullable MySqlFacts mySql() {
        return mySql;
    }

    /// How this server cuts a text into tokens. Of a snapshot without the encoding nothing is
    /// assumed.
    ///
    /// @param maxLength texts longer than this many UTF-16 units are refused
    public LexMode lexMode(boolean standardConformingStrings, int maxLength) {
        return new LexMode(
                standardConformingStrings, maxLength, serverVersion / 10_000, isInUtf8());
    }

    /// Whether the database is known to keep its names in UTF8.
    boolean isInUtf8() {
        return encoding.equals("UTF8");
    }

    public Collection<Schema> schemas() {
        return schemas.values();
    }

    public @Nullable Schema schema(String name) {
        return schemas.get(name);
    }

    public @Nullable Relation relation(String schema, String name) {
        Schema found = schemas.get(schema);
        return found == null ? null : found.relations.get(name);
    }

    public @Nullable Relation relation(long oid) {
        return relationsByOid.get(oid);
    }

    /// Every overload of a name in one schema; empty when there is none.
    public List<Routine> routines(String schema, String name) {
        Schema found = schemas.get(schema);
        return found == null ? List.of() : found.routines.getOrDefault(name, List.of());
    }

    public Collection<Routine> routines() {
        return routinesByOid.values();
    }

    public @Nullable Routine routine(long oid) {
        return routinesByOid.get(oid);
    }

    public @Nullable Type type(String schema, String name) {
        Schema found = schemas.get(schema);
        return found == null ? null : found.types.get(name);
    }

    public @Nullable Type type(long oid) {
        return typesByOid.get(oid);
    }

    /// The array type over an element type, 0 when there is none.
    public long arrayOf(long element) {
        Long array = arraysByElement.get(element);
        return array == null ? 0 : array;
    }

    /// Every operator of every schema.
    public List<Operator> operators() {
        return operators.values().stream().flatMap(List::stream).toList();
    }

    /// Operators of that symbol in any schema.
    public List<Operator> operators(String symbol) {
        return operators.getOrDefault(symbol, List.of());
    }

    /// Where operators of that symbol are.
    public Set<String> schemasOfOperators(String symbol) {
        return operatorSchemas.getOrDefault(symbol, Set.of());
    }

    private static Map<String, Set<String>> schemasOf(Map<String, List<Operator>> operators) {
        Map<String, Set<String>> schemas = HashMap.newHashMap(operators.size());
        operators.forEach((symbol, all) -> {
            Set<String> homes = new HashSet<>();
            for (Operator operator : all) homes.add(operator.schema());
            schemas.put(symbol, Set.copyOf(homes));
        });
        return schemas;
    }

    public List<Cast> castsFrom(long type) {
        return castsBySource.getOrDefault(type, List.of());
    }

    public List<Cast> castsTo(long type) {
        return castsByTarget.getOrDefault(type, List.of());
    }

    /// Whether the server itself vouches that the function tells nothing about its arguments but by
    /// its result: no error, no message.
    public boolean isLeakproof(Routine routine) {
        return leakproof.contains(routine.oid());
    }

    /// The type below a domain with its modifiers, as {@link Detail#formattedType}; null when it
    /// has none.
    public @Nullable String formattedBase(long domain) {
        return domains.get(domain);
    }

    /// What the resolver works out once for a snapshot: made by whoever asks first, the same for
    /// all who ask later.
    public <T> T derived(Class<T> type, Supplier<T> make) {
        Object known = derived.get(type);
        if (known == null) {
            T made = make.get();
            Object earlier = derived.putIfAbsent(type, made);
            known = earlier == null ? made : earlier;
        }
        return type.cast(known);
    }

    public Collection<Relation> relations() {
        return relationsByOid.values();
    }

    public Collection<Type> types() {
        return typesByOid.values();
    }

    /// Functions that users wrote by which a value of the type is checked: its domain's, and those
    /// of all that its values consist of.
    public Set<Routine> checksOf(long type) {
        return calledFor(type, Type::checkedBy);
    }

    /// Functions that users wrote by which values of the type are sorted and grouped.
    public Set<Routine> comparisonsOf(long type) {
        return calledFor(type, Type::comparedBy);
    }

    private Set<Routine> calledFor(long type, Function<Type, List<Routine>> own) {
        if (type < FIRST_USER_OID) return Set.of();
        Set<Routine> routines = new LinkedHashSet<>();
        collect(type, own, new HashSet<>(), routines);
        return routines;
    }

    private void collect(
            long oid, Function<Type, List<Routine>> own, Set<Long> seen, Set<Routine> routines) {
        Type type = type(oid);
        if (type == null || !seen.add(oid)) return;
        routines.addAll(own.apply(type));
        if (type.isDomain()) collect(type.base(), own, seen, routines);
        else if (type.isArray()) collect(type.element(), own, seen, routines);
        else if (type.subtype() != 0) collect(type.subtype(), own, seen, routines);
        Relation row = type.relation() == 0 ? null : relation(type.relation());
        if (row != null)
            for (Column column : row.columns()) collect(column.type(), own, seen, routines);
    }

    public Collection<List<Cast>> casts() {
        return castsBySource.values();
    }

    /// Whether any user's relation of any schema has this name: what the second net looks for.
    public boolean isUserRelationName(String name) {
        return relationNames.contains(name);
    }

    @Override
    public String toString() {
        return "Catalog[epoch " + epoch + ", " + relationsByOid.size() + " relations]";
    }

    public static final class Schema {
        private final String name;
        final Map<String, Relation> relations = new HashMap<>();
        final Map<String, Type> types = new HashMap<>();
        final Map<String, List<Routine>> routines = new HashMap<>();

        Schema(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }

        public Collection<Relation> relations() {
            return relations.values();
        }

        @Override
        public String toString() {
            return "Schema[" + name + "]";
        }
    }

    /// A relation and its columns in order, dropped ones left out.
    public static final class Relation {
        private static final int MAX_REMEMBERED = 500;
        private static final long NO_OID = 0;
        private static final String KIN = "kin";

        private final long oid;
        private final String schema;
        private final String name;
        private final RelationKind kind;
        private final long rowType;
        private final boolean rowSecurity;
        private final Resource.Relation resource;
        private List<Column> columns = List.of();
        private @Nullable Map<String, Column> byName;
        private @Nullable ViewDefinition view;
        private List<Rule> rules = List.of();
        private List<Relation> children = List.of();
        private List<Relation> parents = List.of();
        private List<Relation> referencedBy = List.of();
        private List<SetOff> setsOff = List.of();
        private List<ForeignKey> cascades = List.of();
        private Dependencies policies = Dependencies.NONE;
        private final Map<String, Object> remembered = new ConcurrentHashMap<>();

        Relation(
                long oid,
                String schema,
                String name,
                RelationKind kind,
                long rowType,
                boolean rowSecurity) {
            this.oid = oid;
            this.schema = schema;
            this.name = name;
            this.kind = kind;
            this.rowType = rowType;
            this.rowSecurity = rowSecurity;
            this.resource = new Resource.Relation(schema, name, kind);
        }

        /// One that a statement makes: in no snapshot, for what the rest of the statement says of
        /// it.
        public static Relation inTheMaking(
                String schema, String name, RelationKind kind, List<Column> columns) {
            Relation relation = new Relation(NO_OID, schema, name, kind, NO_OID, false);
            relation.columns(columns);
            return relation;
        }

        /// Of the same name and columns, where both are in the making: each analysis of the
        /// statement makes its own.
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || (oid == NO_OID
                            && other instanceof Relation that
                            && that.oid == NO_OID
                            && kind == that.kind
                            && schema.equals(that.schema)
                            && name.equals(that.name)
                            && columns.equals(that.columns));
        }

        @Override
        public int hashCode() {
            return oid == NO_OID ? name.hashCode() : System.identityHashCode(this);
        }

        /// How footprints name it.
        public Resource.Relation resource() {
            return resource;
        }

        public long oid() {
            return oid;
        }

        public String schema() {
            return schema;
        }

        public String name() {
            return name;
        }

        public RelationKind kind() {
            return kind;
        }

        /// The type of a whole row.
        public long rowType() {
            return rowType;
        }

        public boolean rowSecurity() {
            return rowSecurity;
        }

        public List<Column> columns() {
            return columns;
        }

        public @Nullable Column column(String columnName) {
            Map<String, Column> index = byName;
            if (index != null) return index.get(columnName);
            for (Column column : columns) if (column.name.equals(columnName)) return column;
            return null;
        }

        /// The definition of a user's view or materialized view; null for everything else, the
        /// server's own views included (they are taken as they stand: policy names them).
        public @Nullable ViewDefinition view() {
            return view;
        }

        /// Rewrite rules other than a view's own query.
        public List<Rule> rules() {
            return rules;
        }

        /// Direct inheritance children and partitions.
        public List<Relation> children() {
            return children;
        }

        /// What it inherits from directly, or is a partition of.
        public List<Relation> parents() {
            return parents;
        }

        /// See {@link Kin}; of all that is below.
        public Kin kin() {
            if (children.isEmpty() && parents.isEmpty()) return Kin.NONE;
            return remember(KIN, Kin.class, () -> kinOf(this));
        }

        /// Tables with a foreign key to this one; one per key.
        public List<Relation> referencedBy() {
            return referencedBy;
        }

        /// Functions that users wrote and a change to the rows may run: triggers, defaults, checks,
        /// generated columns, index expressions, partition keys.
        public List<SetOff> setsOff() {
            return setsOff;
        }

        /// Foreign keys to this table by which a change here changes the rows that refer to it.
        public List<ForeignKey> cascades() {
            return cascades;
        }

        /// What the policies of row security refer to, whether it is switched on or not.
        public Dependencies policies() {
            return policies;
        }

        /// Made by the server's own installation, not by a user.
        public boolean isSystem() {
            return oid < FIRST_USER_OID;
        }

        /// What somebody worked out about this relation, by a key of theirs; threads that ask at
        /// the same time may both compute it. Some hundred are kept.
        public <T> T remember(String key, Class<T> type, Supplier<T> compute) {
            Object known = remembered.get(key);
            if (known != null) return type.cast(known);
            if (remembered.size() >= MAX_REMEMBERED) remembered.clear();
            T computed = compute.get();
            remembered.put(key, computed);
            return computed;
        }

        void columns(List<Column> all) {
            columns = List.copyOf(all);
            if (all.size() > 16) {
                Map<String, Column> index = HashMap.newHashMap(all.size());
                for (Column column : all) index.put(column.name, column);
                byName = index;
            }
        }

        void view(ViewDefinition definition) {
            view = definition;
        }

        void rules(List<Rule> all) {
            rules = List.copyOf(all);
        }

        void children(List<Relation> all) {
            children = List.copyOf(all);
        }

        void parents(List<Relation> all) {
            parents = List.copyOf(all);
        }

        void referencedBy(List<Relation> all) {
            referencedBy = List.copyOf(all);
        }

        void setsOff(List<SetOff> all) {
            setsOff = List.copyOf(all);
        }

        void cascades(List<ForeignKey> all) {
            cascades = List.copyOf(all);
        }

        void policies(Dependencies all) {
            policies = all;
        }

        @Override
        public String toString() {
            return kind.word() + " " + schema + "." + name;
        }
    }

    /// @param detail null where there is nothing to say
    public record Column(String name, long type, @Nullable Detail detail) {
        public Column(String name, long type) {
            this(name, type, null);
        }
    }

    /// What a column's type doesn't say of it.
    ///
    /// @param formattedType the server's own type with its modifiers, in the grammar's keywords, as
    ///   `character varying(11)`; null without modifiers
    /// @param collationSchema null where the collation is the type's own
    /// @param generated computed from other columns: COPY leaves it out
    public record Detail(
            @Nullable String formattedType,
            @Nullable String collationSchema,
            @Nullable String collation,
            boolean generated) {}

    /// @param on the changes that run it: INSERT, UPDATE, DELETE, TRUNCATE
    public record SetOff(Routine routine, Set<Action> on) {
        public SetOff {
            on = Set.copyOf(on);
        }
    }

    /// A foreign key of which at least one action changes rows.
    ///
    /// @param columns from the column referred to, to the referring one
    public record ForeignKey(
            Relation referring,
            KeyAction onDelete,
            KeyAction onUpdate,
            Map<String, String> columns) {
        public ForeignKey {
            columns = Map.copyOf(columns);
        }
    }

    public enum KeyAction {
        /// NO ACTION and RESTRICT: the change is refused.
        NONE,
        CASCADE,
        /// SET NULL and SET DEFAULT.
        SETS
    }

    /// What a view's text was printed under; names in it mean what they mean there.
    ///
    /// @param path the schemas in force when the server printed it, as `current_schemas(true)`
    public record Printed(String sql, List<String> path, boolean standardConformingStrings) {
        public Printed {
            path = List.copyOf(path);
        }

        @Override
        public String toString() {
            return "Printed[" + sql.length() + " chars]";
        }
    }

    /// A view's query, and what the server recorded that it refers to.
    public static final class ViewDefinition {
        private final Printed text;
        private final Dependencies dependencies;
        private final boolean checksNewRows;
        private final AtomicReference<@Nullable Object> lineage = new AtomicReference<>();

        ViewDefinition(Printed text, Dependencies dependencies, boolean checksNewRows) {
            this.text = text;
            this.dependencies = dependencies;
            this.checksNewRows = checksNewRows;
        }

        /// WITH CHECK OPTION: its conditions are computed for each row that is added through it.
        public boolean checksNewRows() {
            return checksNewRows;
        }

        public Printed text() {
            return text;
        }

        public Dependencies dependencies() {
            return dependencies;
        }

        /// What the resolver made of this definition: computed once per snapshot, by whoever asks
        /// first; threads that ask at the same time may both compute it, and get the same one.
        public <T> T lineage(Class<T> type, Supplier<T> compute) {
            Object known = lineage.get();
            if (known == null) {
                T computed = compute.get();
                Object earlier = lineage.compareAndExchange(null, computed);
                known = earlier == null ? computed : earlier;
            }
            return type.cast(known);
        }
    }

    /// Relations (with their columns, where the server recorded them) and functions that a rule
    /// refers to, as in `pg_depend`; the server's own objects don't appear there.
    public record Dependencies(
            List<Relation> relations, List<ColumnOf> columns, List<Routine> routines) {
        static final Dependencies NONE = new Dependencies(List.of(), List.of(), List.of());

        public Dependencies {
            relations = List.copyOf(relations);
            columns = List.copyOf(columns);
            routines = List.copyOf(routines);
        }
    }

    public record ColumnOf(Relation relation, String column) {}

    /// A rewrite rule: what happens as well, or instead, when a statement changes its relation.
    public record Rule(
            String name,
            RuleEvent event,
            boolean instead,
            Printed text,
            Dependencies dependencies) {}

    public enum RuleEvent {
        UPDATE,
        INSERT,
        DELETE
    }

    /// @param relation the relation whose columns are a composite's fields, or 0
    /// @param element the element type of an array, or 0
    /// @param base the base type of a domain, or 0
    /// @param subtype the subtype of a range or multirange, or 0
    /// @param checkedBy functions that users wrote, called by a domain's checks
    /// @param comparedBy functions that users wrote, by which values are sorted and grouped
    public record Type(
            long oid,
            String schema,
            String name,
            char kind,
            char category,
            long relation,
            long element,
            long base,
            long subtype,
            List<Routine> checkedBy,
            List<Routine> comparedBy) {
        public Type {
            checkedBy = List.copyOf(checkedBy);
            comparedBy = List.copyOf(comparedBy);
        }

        public boolean isSystem() {
            return oid < FIRST_USER_OID;
        }

        public boolean isArray() {
            return category == 'A' && element != 0;
        }

        public boolean isComposite() {
            return kind == 'c';
        }

        public boolean isDomain() {
            return kind == 'd';
        }

        public boolean isPseudo() {
            return kind == 'p';
        }
    }

    /// A function, procedure, aggregate or window function (PostgreSQL's word for all of them).
    ///
    /// @param language as `sql`, `plpgsql`, `c`, `internal`
    /// @param argumentTypes the input arguments
    /// @param defaults how many of the arguments, at the end, have defaults
    /// @param resultColumns the columns of RETURNS TABLE or OUT arguments; empty where the result
    ///   is one value or a named row type
    /// @param extension the extension it belongs to, or empty
    public record Routine(
            long oid,
            String schema,
            String name,
            RoutineKind kind,
            String language,
            long resultType,
            boolean returnsSet,
            List<Long> argumentTypes,
            int defaults,
            boolean variadic,
            List<Column> resultColumns,
            String extension,
            Body body) {
        public Routine {
            argumentTypes = List.copyOf(argumentTypes);
            resultColumns = List.copyOf(resultColumns);
        }

        /// Made by the server's own installation, not by a user.
        public boolean isSystem() {
            return oid < FIRST_USER_OID;
        }

        @Override
        public String toString() {
            return "Routine[" + schema + "." + name + "]";
        }

        /// Compiled code, which only a superuser installs.
        public boolean isNative() {
            return language.equals("c") || language.equals("internal");
        }

        /// Whether a call with that many arguments could mean this one.
        public boolean accepts(int arguments) {
            int most = argumentTypes.size();
            return arguments >= most - defaults - (variadic ? 1 : 0)
                    && (variadic || arguments <= most);
        }
    }

    /// What a function in SQL or PL/pgSQL runs.
    ///
    /// @param text empty where it isn't known
    /// @param defaults what stands for arguments that a call leaves out
    public record Body(String text, String defaults) {
        static final Body UNKNOWN = new Body("", "");

        @Override
        public String toString() {
            return "Body[" + text.length() + " chars]";
        }
    }

    public enum RoutineKind {
        FUNCTION,
        PROCEDURE,
        AGGREGATE,
        WINDOW
    }

    /// @param left the left operand's type, 0 for a prefix operator
    /// @param function null when the catalog doesn't know it
    public record Operator(
            String schema,
            String symbol,
            long left,
            long right,
            long result,
            @Nullable Routine function) {}

    /// @param function null where the representation stays as it is or goes through text
    public record Cast(long source, long target, @Nullable Routine function, CastContext context) {}

    public enum CastContext {
        IMPLICIT,
        ASSIGNMENT,
        EXPLICIT
    }

    /// Every relation below one in inheritance, at any depth, itself left out.
    public static List<Relation> descendants(Relation parent) {
        Set<Relation> all = new LinkedHashSet<>();
        collect(parent, all);
        return List.copyOf(all);
    }

    private static Kin kinOf(Relation relation) {
        Set<Relation> above = new LinkedHashSet<>();
        collectParents(relation, above);
        Set<Relation> below = new LinkedHashSet<>();
        for (Relation child : descendants(relation)) {
            below.add(child);
            if (child.parents.size() > 1) collectParents(child, below);
        }
        below.remove(relation);
        below.removeAll(above);
        return new Kin(resources(above), resources(below));
    }

    private static List<Resource.Relation> resources(Collection<Relation> relations) {
        return relations.stream().map(Relation::resource).toList();
    }

    private static void collectParents(Relation child, Set<Relation> all) {
        for (Relation parent : child.parents) if (all.add(parent)) collectParents(parent, all);
    }

    private static Map<Long, Long> arraysByElement(Collection<Type> types) {
        Map<Long, Long> arrays = HashMap.newHashMap(types.size() / 2);
        for (Type type : types)
            // int2vector and oidvector are arrays of sorts, but not the ones meant.
            if (type.isArray() && type.name().startsWith("_"))
                arrays.put(type.element(), type.oid());
        return arrays;
    }

    private static void collect(Relation parent, Set<Relation> all) {
        for (Relation child : parent.children) if (all.add(child)) collect(child, all);
    }
}
