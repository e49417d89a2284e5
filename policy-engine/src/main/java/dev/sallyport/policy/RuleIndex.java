package dev.sallyport.policy;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/// Finds the rules that speak of an action on a resource without looking at the others. Immutable
/// once built.
final class RuleIndex<R extends Rule> {
    private final Map<Action, ByAction<R>> byAction = new EnumMap<>(Action.class);

    RuleIndex(Collection<R> rules) {
        for (var rule : rules)
            for (var action : rule.actions().keySet()) {
                var index = byAction.computeIfAbsent(action, _ -> new ByAction<>());
                rule.on().forEach(pattern -> index.add(pattern, rule));
            }
    }

    /// How far a pattern may stand from the name that it matches.
    enum Reach {
        /// Any pattern: deny rules.
        ANY,
        /// `schema.*` is enough, `"*"` isn't.
        SCHEMA,
        /// Only the name itself.
        NAME
    }

    /// In file order, each once.
    Collection<R> find(Action action, Resource resource, Reach reach) {
        var index = byAction.get(action);
        if (index == null) return List.of();
        var found = new TreeSet<R>(Rule.IN_FILE_ORDER);
        switch (resource) {
            case Resource.Relation r -> index.find("", r.schema(), r.name(), reach, found);
            case Resource.Function f -> index.find("", f.schema(), f.name(), reach, found);
            case Resource.Schema s -> index.find("schema", "", s.name(), reach, found);
            case Resource.Setting s ->
                    index.find("setting", "", s.name().toLowerCase(Locale.ROOT), reach, found);
            case Resource.Other o -> {
                index.find(o.type(), o.schema(), o.name(), reach, found);
                if (!o.schema().isEmpty()) {
                    index.find("", o.schema(), o.name(), reach, found);
                    index.findAllOfKind(o.type(), reach, found);
                }
            }
        }
        if (reach == Reach.ANY) found.addAll(index.everything);
        return found;
    }

    private record Container(String kind, String schema) {}

    private static final class ByAction<R> {
        private final Map<Container, Names<R>> containers = new HashMap<>();
        private final List<R> everything = new ArrayList<>();

        void add(ResourcePattern p, R rule) {
            var names =
                    p.match() == ResourcePattern.Match.EVERYTHING
                            ? null
                            : containers.computeIfAbsent(
                                    new Container(p.kind(), p.schema()), _ -> new Names<>());
            if (names == null) everything.add(rule);
            else names.add(p, rule);
        }

        void find(String kind, String schema, String name, Reach reach, Collection<R> found) {
            var names = containers.get(new Container(kind, schema));
            if (names != null) names.find(name, reach, found);
        }

        /// `type:*` speaks of the types of all schemas.
        void findAllOfKind(String kind, Reach reach, Collection<R> found) {
            var names = containers.get(new Container(kind, ""));
            if (names != null && reach != Reach.NAME) found.addAll(names.all);
        }
    }

    private static final class Names<R> {
        private final Map<String, List<R>> exact = new HashMap<>();
        private final Map<String, List<R>> prefixes = new HashMap<>();
        private final BitSet prefixLengths = new BitSet();
        private final List<R> all = new ArrayList<>();

        void add(ResourcePattern p, R rule) {
            switch (p.match()) {
                case EXACT -> exact.computeIfAbsent(p.name(), _ -> new ArrayList<>()).add(rule);
                case PREFIX -> {
                    prefixes.computeIfAbsent(p.name(), _ -> new ArrayList<>()).add(rule);
                    prefixLengths.set(p.name().length());
                }
                case ALL -> all.add(rule);
                case EVERYTHING -> throw new IllegalArgumentException("has no names: " + p);
            }
        }

        void find(String name, Reach reach, Collection<R> found) {
            found.addAll(exact.getOrDefault(name, List.of()));
            if (reach == Reach.NAME) return;
            found.addAll(all);
            int longest = name.length();
            for (int n = prefixLengths.nextSetBit(0);
                    n >= 0 && n <= longest;
                    n = prefixLengths.nextSetBit(n + 1))
                found.addAll(prefixes.getOrDefault(name.substring(0, n), List.of()));
        }
    }
}
