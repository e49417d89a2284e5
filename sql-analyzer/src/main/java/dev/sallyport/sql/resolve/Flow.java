package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A value on its way from base columns to where the statement uses it.
///
/// Flows form a graph: a column of a sub-select flows from the columns in its expression, those
/// from base columns. To use a value at a {@link Place} is to {@link #mark} its flow, which marks
/// everything that it comes from, now and later (a recursive CTE's column gains a source after it
/// was used). So where a base column is used is known whatever lies between.
public class Flow {
    /// A constant, or anything else that comes from no column. Marks leave no trace on it.
    public static final Flow NONE = new Flow();

    private static final Place[] PLACES = Place.values();

    /// By their bits, as they are needed.
    private static final AtomicReferenceArray<@Nullable Set<Place>> PLACE_SETS =
            new AtomicReferenceArray<>(1 << PLACES.length);

    /// It decides which rows count: the server may evaluate it before other conditions.
    private static final int DECIDES = 1 << 16;

    /// And on the way there something is computed from it that could say more than its result, by
    /// an error or a message.
    private static final int TELLS = 1 << 17;

    /// It decides how many rows there are, whoever reads its result: `unnest(tags)`.
    private static final int COUNTS = 1 << 18;

    /// Of {@link Place}s by their ordinals, and the three above.
    private int places;

    /// It is the result of such a computation.
    private boolean telling;

    private List<Flow> sources = List.of();

    /// A value computed from others.
    public static Flow of(List<Flow> sources) {
        Flow only = NONE;
        boolean several = false;
        for (Flow source : sources) {
            if (source == NONE || source == only) continue;
            several |= only != NONE;
            only = source;
        }
        if (!several) return only;
        Set<Flow> distinct = new LinkedHashSet<>(sources);
        distinct.remove(NONE);
        Flow joined = new Flow();
        joined.sources = new ArrayList<>(distinct);
        return joined;
    }

    public static Flow of(Flow left, Flow right) {
        if (left == NONE || left == right) return right;
        if (right == NONE) return left;
        Flow joined = new Flow();
        joined.sources = new ArrayList<>(2);
        joined.sources.add(left);
        joined.sources.add(right);
        return joined;
    }

    /// A value of its own, so that sources can be added to it later.
    public static Flow open(Flow source) {
        Flow flow = new Flow();
        flow.from(source);
        return flow;
    }

    /// Adds a source, which is used wherever this value is.
    public final void from(Flow source) {
        if (source == NONE || source == this || sources.contains(source)) return;
        if (sources.isEmpty()) sources = new ArrayList<>(2);
        sources.add(source);
        source.add(passedOn());
    }

    /// The result of a computation from this value that is not leakproof.
    public final Flow telling() {
        if (this == NONE) return NONE;
        Flow result = open(this);
        result.telling = true;
        return result;
    }

    final boolean isTelling() {
        return telling;
    }

    /// Not a constant, though it comes from no column: what is computed from it may tell that rows
    /// got so far.
    static Flow varying() {
        return new Flow();
    }

    /// What is computed from it here may be evaluated before any condition.
    final void tell() {
        add(TELLS);
    }

    final void count() {
        add(COUNTS);
    }

    final boolean counts() {
        return (places & COUNTS) != 0;
    }

    public final boolean tells() {
        return (places & TELLS) != 0;
    }

    private int passedOn() {
        return telling && (places & DECIDES) != 0 ? places | TELLS : places;
    }

    /// The value is used here.
    ///
    /// @return whether that is news
    public final boolean mark(Place place) {
        boolean news = this != NONE && (places & 1 << place.ordinal()) == 0;
        boolean decides = place == Place.PREDICATE || place == Place.JOIN;
        add(1 << place.ordinal() | (decides ? DECIDES : 0));
        return news;
    }

    private void add(int bits) {
        if (this == NONE || (places & bits) == bits) return;
        places |= bits;
        ArrayDeque<Flow> toDo = null;
        for (Flow flow = this; flow != null; flow = toDo == null ? null : toDo.poll()) {
            int passed = flow.passedOn();
            for (int i = 0; i < flow.sources.size(); i++) {
                Flow source = flow.sources.get(i);
                if ((source.places & passed) == passed) continue;
                source.places |= passed;
                if (source.sources.isEmpty()) continue;
                if (toDo == null) toDo = new ArrayDeque<>();
                toDo.add(source);
            }
        }
    }

    public final Set<Place> places() {
        int bits = places & (1 << PLACES.length) - 1;
        Set<Place> known = PLACE_SETS.get(bits);
        if (known != null) return known;
        Set<Place> set = EnumSet.noneOf(Place.class);
        for (Place place : PLACES) if ((bits & 1 << place.ordinal()) != 0) set.add(place);
        Set<Place> made = Set.copyOf(set);
        PLACE_SETS.set(bits, made);
        return made;
    }

    /// It comes from nothing else, yet.
    final boolean isBase() {
        return sources.isEmpty();
    }

    /// Everything that this value comes from, itself included, each once.
    public final void visitAll(Consumer<Flow> visitor) {
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
