package dev.sallyport.policy;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which rows: those for which, of each member, at least one filter is true. (As in WHERE, unknown
/// is not true.) Without members: all rows.
///
/// Grants of several roles add up, so their filters stand in one member; each column that a
/// statement uses has a member of its own where different grants give them, and each force rule has
/// one.
///
/// @param all joined by AND, in an order of their own; equal members once
public record RowCondition(List<AnyOf> all) {
    /// @param filters joined by OR, by their rules' ids; not empty, equal ones once
    public record AnyOf(List<RowFilter> filters) {
        public AnyOf {
            filters =
                    filters.stream()
                            .distinct()
                            .sorted(Comparator.comparing(RowFilter::ruleId))
                            .toList();
            if (filters.isEmpty()) throw new IllegalArgumentException("any of nothing");
        }

        String words() {
            return filters.stream()
                    .map(f -> f.ruleId() + " (" + f.describe() + ")")
                    .collect(Collectors.joining(" or "));
        }
    }

    public static final RowCondition ALL_ROWS = new RowCondition(List.of());

    public RowCondition {
        all = all.stream().distinct().sorted(Comparator.comparing(RowCondition::ids)).toList();
    }

    private static String ids(AnyOf member) {
        return member.filters().stream().map(RowFilter::ruleId).collect(Collectors.joining("\n"));
    }

    /// Both conditions.
    public RowCondition and(RowCondition other) {
        return new RowCondition(Stream.concat(all.stream(), other.all.stream()).toList());
    }

    /// For people, without values of a person: `own (id = subject.attributes.id) and not-deleted
    /// (deleted_at IS NULL)`.
    String words() {
        return all.stream().map(AnyOf::words).collect(Collectors.joining(" and "));
    }

    public boolean isAllRows() {
        return all.isEmpty();
    }
}
