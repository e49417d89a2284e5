package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// A value on its way from base columns to where the statement uses it.
///
/// Flows form a graph: a column of a sub-select flows from the columns in its expression, those
/// from base columns. To use a value at a {@link Place} is to {@link #mark} its flow, which marks
/// everything that it comes from, now and later (a recursive CTE's column gains a source after it
/// was used). So where a base column is used is known whatever lies between.
class Flow {
    /// A constant, or anything else that comes from no column. Marks leave no trace on it.
    static final Flow NONE = new Flow();

    private static final Place[] PLACES = Place.values();

    private int places;
    private List<Flow> sources = List.of();

    /// A value computed from others.
    static Flow of(List<Flow> sources) {
        Set<Flow> distinct = new LinkedHashSet<>(sources);
        distinct.remove(NONE);
        if (distinct.isEmpty()) return NONE;
        if (distinct.size() == 1) return distinct.iterator().next();
        Flow joined = new Flow();
        joined.sources = new ArrayList<>(distinct);
        return joined;
    }

    static Flow of(Flow left, Flow right) {
        if (left == NONE || left == right) return right;
        if (right == NONE) return left;
        return of(List.of(left, right));
    }

    /// A value of its own, so that sources can be added to it later.
    static Flow open(Flow source) {
        Flow flow = new Flow();
        flow.from(source);
        return flow;
    }

    /// Adds a source, which is used wherever this value is.
    final void from(Flow source) {
        if (source == NONE || source == this || sources.contains(source)) return;
        if (sources.isEmpty()) sources = new ArrayList<>(2);
        sources.add(source);
        for (Place place : PLACES) if ((places & 1 << place.ordinal()) != 0) source.mark(place);
    }

    /// The value is used here.
    ///
    /// @return whether that is news
    final boolean mark(Place place) {
        int bit = 1 << place.ordinal();
        if (this == NONE || (places & bit) != 0) return false;
        ArrayDeque<Flow> toDo = new ArrayDeque<>();
        toDo.add(this);
        while (!toDo.isEmpty()) {
            Flow flow = toDo.poll();
            if ((flow.places & bit) != 0) continue;
            flow.places |= bit;
            toDo.addAll(flow.sources);
        }
        return true;
    }

    final Set<Place> places() {
        Set<Place> set = EnumSet.noneOf(Place.class);
        for (Place place : PLACES) if ((places & 1 << place.ordinal()) != 0) set.add(place);
        return set;
    }

    /// Everything that this value comes from, itself included, each once.
    final void visitAll(Consumer<Flow> visitor) {
        if (this == NONE) return;
        Set<Flow> seen = new HashSet<>();
        ArrayDeque<Flow> toDo = new ArrayDeque<>();
        toDo.add(this);
        while (!toDo.isEmpty()) {
            Flow flow = toDo.poll();
            if (!seen.add(flow)) continue;
            visitor.accept(flow);
            toDo.addAll(flow.sources);
        }
    }
}
