package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.catalog.Catalog;
import java.util.Map;
import java.util.Set;

/// Of what a statement may not see everything.
///
/// @param relations each with what stands in its place; the views, too
/// @param direct those that the statement itself names
/// @param views those through which it reaches others: each place that names one gets its query, in
///   which they are replaced
/// @param barriers those of the views whose own conditions keep rows from the person: they come
///   before the client's
public record Governing(
        Map<Catalog.Relation, Substitution> relations,
        Set<Catalog.Relation> direct,
        Set<Catalog.Relation> views,
        Set<Catalog.Relation> barriers) {
    public Governing {
        relations = Map.copyOf(relations);
        direct = Set.copyOf(direct);
        views = Set.copyOf(views);
        barriers = Set.copyOf(barriers);
        if (!relations.keySet().containsAll(views))
            throw new IllegalArgumentException("a view that nothing is known of");
    }

    /// Where no views are.
    static Governing tables(Map<Catalog.Relation, Substitution> relations) {
        return new Governing(relations, relations.keySet(), Set.of(), Set.of());
    }
}
