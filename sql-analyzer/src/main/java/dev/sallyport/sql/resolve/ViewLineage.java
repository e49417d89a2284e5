package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.resolve.Accesses.ColumnFlow;
import dev.sallyport.sql.resolve.Accesses.Entry;
import dev.sallyport.sql.resolve.Source.Locked;
import dev.sallyport.sql.resolve.Value.Field;
import dev.sallyport.sql.rewrite.Views;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What reading a view reads: worked out once per snapshot from the view's own text, then laid
/// under every statement that names the view.
///
/// @param touches every access of the view's query, with the columns that it uses whatever is read
///   of the view (conditions, joins, sort orders, arguments of functions that return rows)
/// @param origins for each column of the view, where its value comes from
/// @param telling the columns on whose way something is computed that could say more than its
///   result: whoever compares such a column has the server compute it
/// @param updatable the relation that the server changes when the view is changed; null when the
///   view isn't automatically updatable
record ViewLineage(
        List<Touch> touches,
        Map<String, List<Origin>> origins,
        Set<String> telling,
        Set<Effect> effects,
        List<Locked> locked,
        Views.@Nullable Below updatable) {

    /// @param via null for what the view's query names itself
    record Touch(
            Action action,
            Resource resource,
            Resource.@Nullable Relation via,
            boolean derived,
            Map<String, Set<Place>> conditions) {}

    /// @param touch index into the touches
    record Origin(int touch, String column) {}

    static ViewLineage of(
            Catalog.Relation view,
            Findings findings,
            Queries.Result result,
            Views.@Nullable Below updatable) {
        List<Touch> touches = new ArrayList<>();
        Map<Entry, Integer> indexes = new HashMap<>();
        for (Entry entry : findings.accesses.entries()) {
            Map<String, Set<Place>> conditions = new HashMap<>();
            for (ColumnFlow column : entry.columns()) {
                Set<Place> places = column.places();
                if (!places.isEmpty() || column.counts()) conditions.put(column.name, places);
            }
            indexes.put(entry, touches.size());
            touches.add(
                    new Touch(entry.action, entry.resource, entry.via, entry.derived, conditions));
        }
        Map<String, List<Origin>> origins = new HashMap<>();
        Set<String> telling = new HashSet<>();
        boolean stored = view.kind() == Resource.RelationKind.MATERIALIZED_VIEW;
        for (int i = 0; i < view.columns().size(); i++) {
            List<Origin> from = new ArrayList<>();
            Field field = result.columns().get(i);
            String name = view.columns().get(i).name();
            field.flow()
                    .visitAll(flow -> {
                        if (flow.isTelling() && !stored) telling.add(name);
                        if (flow instanceof ColumnFlow column) {
                            Integer touch = indexes.get(column.entry);
                            if (touch != null) from.add(new Origin(touch, column.name));
                        }
                    });
            origins.put(name, from);
        }
        return new ViewLineage(
                List.copyOf(touches),
                origins,
                Set.copyOf(telling),
                Set.copyOf(findings.effects),
                List.copyOf(result.locked()),
                updatable);
    }

    /// Lays the view under a statement that reads it.
    ///
    /// @return the entry of each touch, in order
    List<Entry> touch(Resource.Relation view, Findings findings) {
        List<Entry> entries = new ArrayList<>(touches.size());
        for (Touch touch : touches) entries.add(touch(touch, view, findings));
        findings.effects.addAll(effects);
        findings.functionEffects.addAll(effects);
        return entries;
    }

    /// Lays all of it but one relation under a statement that adds rows through the view.
    void touchBesides(@Nullable Resource written, Resource.Relation view, Findings findings) {
        for (Touch touch : touches)
            if (!touch.resource.equals(written)) touch(touch, view, findings);
        findings.effects.addAll(effects);
        findings.functionEffects.addAll(effects);
    }

    private static Entry touch(Touch touch, Resource.Relation view, Findings findings) {
        Entry entry =
                findings.accesses.add(
                        touch.action,
                        touch.resource,
                        touch.via == null ? view : touch.via,
                        touch.derived);
        touch.conditions.forEach((column, places) -> {
            ColumnFlow flow = entry.column(column);
            for (Place place : places) flow.mark(place);
        });
        return entry;
    }
}
