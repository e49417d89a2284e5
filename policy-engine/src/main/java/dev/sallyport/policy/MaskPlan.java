package dev.sallyport.policy;

import dev.sallyport.sql.access.Resource;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A rule's `mask`: which column it shows how. The nearer statement counts: a column's own, else
/// its class's, else its family's (`phi.*`), else what holds for all. Of several classes of one
/// column the mask that shows less.
///
/// @param columns by column
/// @param classes by class of data, as `phi.name`, or family, as `phi.*`
/// @param all for every other column
record MaskPlan(Map<String, Choice> columns, Map<String, Choice> classes, Optional<Choice> all) {
    sealed interface Choice {
        String word();
    }

    record Fixed(Mask mask) implements Choice {
        @Override
        public String word() {
            return mask.word();
        }
    }

    /// Each protected class's own: {@link SafeHarbor}.
    record Standard() implements Choice {
        @Override
        public String word() {
            return SafeHarbor.WORD;
        }
    }

    MaskPlan {
        columns = Collections.unmodifiableMap(new TreeMap<>(columns));
        classes = Collections.unmodifiableMap(new TreeMap<>(classes));
    }

    /// Empty: shown plain.
    Optional<Mask> of(Resource.Relation relation, String column, Classification classification) {
        var dataClasses = classification.of(relation, column);
        var own = columns.get(column);
        if (own != null) return strongest(own, dataClasses);
        Mask found = null;
        var named = false;
        for (var c : dataClasses) {
            var choice = classes.get(c);
            if (choice == null) choice = classes.get(family(c));
            if (choice == null) continue;
            named = true;
            found = stronger(found, mask(choice, c));
        }
        if (named) return Optional.ofNullable(found);
        return all.flatMap(choice -> strongest(choice, dataClasses));
    }

    boolean hashes() {
        var hash = new Fixed(new Mask.Hash());
        return columns.containsValue(hash)
                || classes.containsValue(hash)
                || all.filter(hash::equals).isPresent();
    }

    /// Whether it is about de-identified data.
    boolean isSafeHarbor() {
        return all.filter(Standard.class::isInstance).isPresent()
                || classes.values().stream().anyMatch(Standard.class::isInstance);
    }

    static String family(String dataClass) {
        int dot = dataClass.indexOf('.');
        return (dot < 0 ? dataClass : dataClass.substring(0, dot)) + ".*";
    }

    private static Optional<Mask> strongest(Choice choice, Iterable<String> dataClasses) {
        if (choice instanceof Fixed(var mask)) return Optional.of(mask);
        Mask found = null;
        for (var c : dataClasses) found = stronger(found, mask(choice, c));
        return Optional.ofNullable(found);
    }

    private static @Nullable Mask mask(Choice choice, String dataClass) {
        return switch (choice) {
            case Fixed(var mask) -> mask;
            case Standard _ -> SafeHarbor.MASKS.get(dataClass);
        };
    }

    static @Nullable Mask stronger(@Nullable Mask a, @Nullable Mask b) {
        if (a == null) return b;
        if (b == null) return a;
        return Mask.WEAKEST_FIRST.compare(a, b) >= 0 ? a : b;
    }

    /// As in a policy file; equal plans give equal words.
    @Override
    public String toString() {
        if (columns.isEmpty() && classes.isEmpty()) return all.map(Choice::word).orElse("nothing");
        var parts = new TreeMap<String, String>();
        columns.forEach((c, m) -> parts.put(ResourcePattern.quoted(c), m.word()));
        classes.forEach((c, m) -> parts.put(c, m.word()));
        all.ifPresent(m -> parts.put("*", m.word()));
        return parts.toString();
    }
}
