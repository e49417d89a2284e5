package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.ColumnOf;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An item of a FROM list as the rest of the query sees it: a name and columns.
///
/// PostgreSQL calls it a namespace item; `relationVisible` and `columnsVisible` are its
/// `p_rel_visible` and `p_cols_visible`: a join's USING hides its arms' columns behind the merged
/// ones, a join's alias hides the arms wholly.
abstract sealed class Source {
    /// The name that qualifies its columns; empty for a join without alias.
    final String name;

    boolean relationVisible = true;
    boolean columnsVisible = true;

    Source(String name) {
        this.name = name;
        if (name.isEmpty()) relationVisible = false;
    }

    /// The column of that name, null when there is none.
    ///
    /// @throws Duplicate when there are several
    abstract @Nullable Value column(String column);

    /// Every column, as `*` expands to: all of them count as used from now on.
    abstract List<Field> columns();

    abstract List<String> columnNames();

    /// What the item's own `t.*` expands to.
    List<Field> starColumns() {
        return columns();
    }

    /// The column that the bare name means, without a qualifier.
    @Nullable Value unqualified(String column) {
        return column(column);
    }

    /// What this item adds to a bare `*`.
    List<Field> unqualifiedColumns() {
        return starColumns();
    }

    List<String> unqualifiedNames() {
        return columnNames();
    }

    /// The type of a whole row, or {@link Types#ANY}.
    long rowType() {
        return Types.RECORD;
    }

    /// Whether `schema.relation` written before a column means this one.
    boolean isRelation(Catalog.Relation relation) {
        return false;
    }

    /// The text calls it `schema.relation` here.
    ///
    /// @param upToName the part before the relation's own name
    void qualified(Span upToName) {
        // Nothing else can be called so.
    }

    /// Where a column as called here is exactly `expected` of stored rows, computed and merged from
    /// nothing: the flow of the column `beside` it in the same rows, which counts as read as it
    /// stands. Null otherwise.
    @Nullable Flow beside(String column, ColumnOf expected, String beside) {
        return null;
    }

    /// The tables, directly or in sub-selects, whose rows FOR UPDATE locks here.
    List<Locked> locked() {
        return List.of();
    }

    /// @param via the view through which the relation was reached
    record Locked(Resource.Relation relation, Resource.@Nullable Relation via) {}

    static final class Duplicate extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Duplicate() {
            super(null, null, false, false);
        }
    }

    /// A relation of the catalog. Columns count as used when asked for, not before.
    static final class OfRelation extends Source {
        private final Catalog.Relation relation;
        private final boolean aliased;
        private final List<String> renamed;
        private final boolean systemColumns;
        private final Function<Catalog.Column, Value> use;
        private final List<Locked> locked;
        private final @Nullable Referring reading;

        /// @param renamed the names of the first columns, by the alias's column list
        /// @param reading the place in the text whose stored rows these are; null: a row in the
        ///   making, as a changed one
        OfRelation(
                String name,
                Catalog.Relation relation,
                boolean aliased,
                List<String> renamed,
                List<Locked> locked,
                Function<Catalog.Column, Value> use,
                @Nullable Referring reading) {
            super(name);
            this.relation = relation;
            this.aliased = aliased;
            this.renamed = renamed;
            this.systemColumns =
                    switch (relation.kind()) {
                        case TABLE, PARTITIONED_TABLE, FOREIGN_TABLE, MATERIALIZED_VIEW, SEQUENCE ->
                                true;
                        case VIEW, INDEX, COMPOSITE_TYPE -> false;
                    };
            this.use = use;
            this.locked = locked;
            this.reading = reading;
        }

        @Override
        void qualified(Span upToName) {
            if (reading != null) reading.qualifiedAt(upToName);
        }

        @Override
        @Nullable Value column(String column) {
            Catalog.Column found = own(column);
            if (found == null && systemColumns) found = Types.systemColumn(column);
            return found == null ? null : use.apply(found);
        }

        private Catalog.@Nullable Column own(String column) {
            if (renamed.isEmpty()) return relation.column(column);
            Catalog.Column found = null;
            List<String> names = columnNames();
            for (int i = 0; i < names.size(); i++)
                if (names.get(i).equals(column)) {
                    if (found != null) throw new Duplicate();
                    found = relation.columns().get(i);
                }
            return found;
        }

        @Override
        @Nullable Flow beside(String column, ColumnOf expected, String beside) {
            if (reading == null || relation != expected.relation()) return null;
            Catalog.Column found = own(column);
            Catalog.Column other = relation.column(beside);
            if (found == null || !found.name().equals(expected.column()) || other == null)
                return null;
            reading.fixedIn("what is computed from " + relation.resource().describe());
            return use.apply(other).flow();
        }

        @Override
        List<Field> columns() {
            List<String> names = columnNames();
            List<Field> all = new ArrayList<>(names.size());
            for (int i = 0; i < names.size(); i++)
                all.add(new Field(names.get(i), use.apply(relation.columns().get(i))));
            return all;
        }

        @Override
        List<String> columnNames() {
            List<String> names = new ArrayList<>(relation.columns().size());
            for (Catalog.Column column : relation.columns())
                names.add(
                        names.size() < renamed.size() ? renamed.get(names.size()) : column.name());
            return names;
        }

        @Override
        long rowType() {
            return relation.rowType();
        }

        @Override
        boolean isRelation(Catalog.Relation other) {
            return !aliased && relation == other;
        }

        @Override
        List<Locked> locked() {
            return locked;
        }
    }

    /// A sub-select, CTE, function, join or VALUES: its columns are at hand.
    static final class OfColumns extends Source {
        private final List<Field> columns;
        private final List<Locked> locked;
        private final long rowType;
        private final int behindStar;

        OfColumns(String name, List<Field> columns, List<Locked> locked) {
            this(name, columns, locked, Types.RECORD);
        }

        OfColumns(String name, List<Field> columns, List<Locked> locked, long rowType) {
            this(name, columns, locked, rowType, 0);
        }

        private OfColumns(
                String name,
                List<Field> columns,
                List<Locked> locked,
                long rowType,
                int behindStar) {
            super(name);
            this.columns = columns;
            this.locked = locked;
            this.rowType = rowType;
            this.behindStar = behindStar;
        }

        /// A reference to a CTE.
        ///
        /// @param behindStar how many of the last columns can be named, but aren't part of `*`
        static OfColumns ofCommonTable(String name, List<Field> columns, int behindStar) {
            return new OfColumns(name, columns, List.of(), Types.RECORD, behindStar);
        }

        @Override
        List<Field> starColumns() {
            return columns.subList(0, columns.size() - behindStar);
        }

        @Override
        @Nullable Value column(String column) {
            Value found = null;
            for (Field field : columns)
                if (field.name().equals(column)) {
                    if (found != null) throw new Duplicate();
                    found = field.value();
                }
            return found;
        }

        @Override
        List<Field> columns() {
            return columns;
        }

        @Override
        List<String> columnNames() {
            return columns.stream().map(Field::name).toList();
        }

        @Override
        long rowType() {
            return rowType;
        }

        @Override
        List<Locked> locked() {
            return locked;
        }
    }

    /// An arm of a USING or NATURAL join: the merged columns can be named with its own name only.
    static final class Hiding extends Source {
        private final Source arm;
        private final Set<String> hidden;

        Hiding(Source arm, Set<String> hidden) {
            super(arm.name);
            this.arm = arm;
            this.hidden = hidden;
            relationVisible = arm.relationVisible;
        }

        @Override
        @Nullable Value column(String column) {
            return arm.column(column);
        }

        @Override
        List<Field> columns() {
            return arm.columns();
        }

        @Override
        List<Field> starColumns() {
            return arm.starColumns();
        }

        @Override
        List<String> columnNames() {
            return arm.columnNames();
        }

        @Override
        @Nullable Value unqualified(String column) {
            return hidden.contains(column) ? null : arm.unqualified(column);
        }

        @Override
        List<Field> unqualifiedColumns() {
            List<Field> rest = new ArrayList<>();
            if (arm instanceof OfRelation) {
                // One by one: a hidden column is not used by being hidden.
                for (String name : unqualifiedNames()) {
                    Value value = arm.unqualified(name);
                    if (value != null) rest.add(new Field(name, value));
                }
            } else
                for (Field field : arm.unqualifiedColumns())
                    if (!hidden.contains(field.name())) rest.add(field);
            return rest;
        }

        @Override
        List<String> unqualifiedNames() {
            return arm.unqualifiedNames().stream().filter(n -> !hidden.contains(n)).toList();
        }

        @Override
        long rowType() {
            return arm.rowType();
        }

        @Override
        boolean isRelation(Catalog.Relation relation) {
            return arm.isRelation(relation);
        }

        @Override
        void qualified(Span upToName) {
            arm.qualified(upToName);
        }

        @Override
        @Nullable Flow beside(String column, ColumnOf expected, String beside) {
            return arm.beside(column, expected, beside);
        }

        @Override
        List<Locked> locked() {
            return arm.locked();
        }
    }

    /// A join under an alias, which hides everything inside. Columns count as used when asked for.
    static final class Joined extends Source {
        private final List<String> names;
        private final List<Supplier<Value>> values;
        private final List<Locked> locked;

        Joined(String name, List<Field> merged, List<Source> arms, List<String> renamed) {
            super(name);
            List<String> all = new ArrayList<>();
            values = new ArrayList<>();
            for (Field field : merged) {
                all.add(field.name());
                values.add(field::value);
            }
            locked = new ArrayList<>();
            for (Source arm : arms) {
                locked.addAll(arm.locked());
                if (!arm.columnsVisible) continue;
                if (arm instanceof OfRelation) {
                    for (String column : arm.unqualifiedNames()) {
                        all.add(column);
                        values.add(() -> Objects.requireNonNull(arm.unqualified(column)));
                    }
                } else
                    for (Field field : arm.unqualifiedColumns()) {
                        all.add(field.name());
                        values.add(field::value);
                    }
            }
            for (int i = 0; i < renamed.size() && i < all.size(); i++) all.set(i, renamed.get(i));
            names = all;
        }

        @Override
        @Nullable Value column(String column) {
            int found = names.indexOf(column);
            if (found < 0) return null;
            if (found != names.lastIndexOf(column)) throw new Duplicate();
            return values.get(found).get();
        }

        @Override
        List<Field> columns() {
            List<Field> all = new ArrayList<>(names.size());
            for (int i = 0; i < names.size(); i++)
                all.add(new Field(names.get(i), values.get(i).get()));
            return all;
        }

        @Override
        List<String> columnNames() {
            return names;
        }

        @Override
        List<Locked> locked() {
            return locked;
        }
    }

    /// The row of a relation that doesn't exist yet (a definition's own columns): it has every
    /// column, and none flows from anywhere.
    static final class Open extends Source {
        Open(String name) {
            super(name);
        }

        @Override
        Value column(String column) {
            return Value.CONSTANT;
        }

        @Override
        List<Field> columns() {
            return List.of();
        }

        @Override
        List<String> columnNames() {
            return List.of();
        }
    }
}
