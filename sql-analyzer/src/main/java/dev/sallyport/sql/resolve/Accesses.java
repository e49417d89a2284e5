package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.OutputColumn.BaseColumn;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Collects what one statement touches: each (action, resource, via) once, its columns merged.
public final class Accesses {
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    private record Key(Action action, Resource resource, Resource.@Nullable Relation via) {}

    /// One access in the making.
    ///
    /// INVARIANT: a flow is in `columns` exactly when the statement uses the column, be it only
    /// inside a sub-select that nobody reads.
    public static final class Entry {
        public final Action action;
        public final Resource resource;
        public final Resource.@Nullable Relation via;

        /// Its columns come from other accesses: a view that is seen through.
        public final boolean derived;

        private final Map<String, ColumnFlow> columns = new LinkedHashMap<>();

        private Entry(
                Action action,
                Resource resource,
                Resource.@Nullable Relation via,
                boolean derived) {
            this.action = action;
            this.resource = resource;
            this.via = via;
            this.derived = derived;
        }

        /// The column's flow: it counts as used from now on.
        public ColumnFlow column(String name) {
            ColumnFlow known = columns.get(name);
            if (known != null) return known;
            ColumnFlow flow = new ColumnFlow(this, name);
            columns.put(name, flow);
            return flow;
        }

        public Collection<ColumnFlow> columns() {
            return columns.values();
        }
    }

    /// The value of one column of one accessed relation.
    public static final class ColumnFlow extends Flow {
        public final Entry entry;
        public final String name;

        private ColumnFlow(Entry entry, String name) {
            this.entry = entry;
            this.name = name;
        }
    }

    public Entry add(Action action, Resource resource) {
        return add(action, resource, null, false);
    }

    public Entry add(
            Action action, Resource resource, Resource.@Nullable Relation via, boolean derived) {
        return entries.computeIfAbsent(
                new Key(action, resource, via), _ -> new Entry(action, resource, via, derived));
    }

    public Collection<Entry> entries() {
        return entries.values();
    }

    /// A column that is computed into nothing that is used counts as a {@link Place#SOURCE}: the
    /// server demands the privilege all the same.
    public List<Access> toList() {
        List<Access> list = new ArrayList<>(entries.size());
        for (Entry entry : entries.values()) {
            List<ColumnUse> uses = new ArrayList<>(entry.columns.size());
            for (ColumnFlow column : entry.columns.values()) {
                Set<Place> places = column.places();
                uses.add(
                        new ColumnUse(
                                column.name, places.isEmpty() ? Set.of(Place.SOURCE) : places));
            }
            list.add(
                    new Access(entry.action, entry.resource, uses, Optional.ofNullable(entry.via)));
        }
        return list;
    }

    /// The base columns a value comes from, in order of their names.
    public static List<BaseColumn> lineage(Flow flow) {
        if (flow == Flow.NONE) return List.of();
        if (flow.isBase()) {
            BaseColumn only = base(flow);
            return only == null ? List.of() : List.of(only);
        }
        Set<BaseColumn> columns =
                new TreeSet<>((a, b) -> {
                    int order = a.schema().compareTo(b.schema());
                    if (order == 0) order = a.relation().compareTo(b.relation());
                    return order == 0 ? a.column().compareTo(b.column()) : order;
                });
        flow.visitAll(source -> {
            BaseColumn column = base(source);
            if (column != null) columns.add(column);
        });
        return List.copyOf(columns);
    }

    private static @Nullable BaseColumn base(Flow flow) {
        return flow instanceof ColumnFlow column
                        && !column.entry.derived
                        && column.entry.resource instanceof Resource.Relation relation
                ? new BaseColumn(relation.schema(), relation.name(), column.name)
                : null;
    }
}
