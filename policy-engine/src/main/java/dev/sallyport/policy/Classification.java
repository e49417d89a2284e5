package dev.sallyport.policy;

import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Which columns hold which class of data, as `classify` says. Immutable, but for a cache.
final class Classification {
    static final Classification NONE = new Classification(List.of());

    /// Relations whose patterns are kept sorted out; a database has fewer.
    private static final int MAX_CACHED = 20_000;

    /// `public.patients.first_name`; the table and the column may be a beginning, or all.
    ///
    /// @param table the whole name, or how it begins
    record Entry(String dataClass, String schema, Part table, Part column) {
        @Override
        public String toString() {
            return ResourcePattern.quoted(schema) + "." + table + "." + column;
        }
    }

    record Part(String text, ResourcePattern.Match match) {
        boolean matches(String name) {
            return switch (match) {
                case EXACT -> name.equals(text);
                case PREFIX -> name.startsWith(text);
                case ALL, EVERYTHING -> true;
            };
        }

        @Override
        public String toString() {
            return switch (match) {
                case EXACT -> ResourcePattern.quoted(text);
                case PREFIX -> text + "*";
                case ALL, EVERYTHING -> "*";
            };
        }
    }

    private record Name(String schema, String relation) {}

    private final List<Entry> entries;
    private final Map<Name, List<Entry>> exact = new HashMap<>();
    private final Map<String, List<Entry>> patterns = new HashMap<>();
    private final ConcurrentHashMap<Name, List<Entry>> byRelation = new ConcurrentHashMap<>();

    Classification(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        for (var e : entries) {
            var list =
                    e.table.match() == ResourcePattern.Match.EXACT
                            ? exact.computeIfAbsent(
                                    new Name(e.schema, e.table.text()), _ -> new ArrayList<>())
                            : patterns.computeIfAbsent(e.schema, _ -> new ArrayList<>());
            list.add(e);
        }
    }

    List<Entry> entries() {
        return entries;
    }

    SortedSet<String> classes() {
        var classes = new TreeSet<String>();
        entries.forEach(e -> classes.add(e.dataClass));
        return classes;
    }

    /// The classes of one column; most have none.
    SortedSet<String> of(Resource.Relation relation, String column) {
        var found = new TreeSet<String>();
        for (var e : about(relation)) if (e.column.matches(column)) found.add(e.dataClass);
        return found;
    }

    /// Whether any column of the relation may have this class.
    boolean has(Resource.Relation relation, String dataClass) {
        for (var e : about(relation)) if (e.dataClass.equals(dataClass)) return true;
        return false;
    }

    private List<Entry> about(Resource.Relation relation) {
        var name = new Name(relation.schema(), relation.name());
        var known = byRelation.get(name);
        if (known != null) return known;
        var found = new ArrayList<>(exact.getOrDefault(name, List.of()));
        for (var e : patterns.getOrDefault(name.schema, List.of()))
            if (e.table.matches(name.relation)) found.add(e);
        if (byRelation.size() >= MAX_CACHED) byRelation.clear();
        var list = List.copyOf(found);
        byRelation.put(name, list);
        return list;
    }
}
