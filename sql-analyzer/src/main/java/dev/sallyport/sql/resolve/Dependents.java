package dev.sallyport.sql.resolve;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What goes with a relation that is dropped with CASCADE: the views that read it, as the server
/// recorded it.
///
/// Made once for a snapshot of the catalog; safe for any number of threads.
final class Dependents {
    private final Map<Relation, List<Relation>> views = new HashMap<>();

    static Dependents of(Catalog catalog) {
        return catalog.derived(Dependents.class, () -> new Dependents(catalog));
    }

    private Dependents(Catalog catalog) {
        for (Relation view : catalog.relations())
            if (view.view() != null)
                for (Relation read : view.view().dependencies().relations())
                    if (read != view)
                        views.computeIfAbsent(read, _ -> new ArrayList<>(1)).add(view);
    }

    /// Those that name the relation themselves.
    List<Relation> views(Relation relation) {
        return views.getOrDefault(relation, List.of());
    }
}
