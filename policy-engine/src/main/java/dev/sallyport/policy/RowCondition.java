package dev.sallyport.policy;

import java.util.LinkedHashSet;
import java.util.List;

/// Which rows: those for which, of each member, at least one filter is true. (As in WHERE, unknown
/// is not true.) Without members: all rows.
///
/// Grants of several roles add up, so their filters stand in one member; each column that a
/// statement uses has a member of its own where different grants give them, and each force rule has
/// one.
///
/// @param all joined by AND; equal members once
public record RowCondition(List<AnyOf> all) {
    /// @param filters joined by OR; not empty, equal ones once
    public record AnyOf(List<RowFilter> filters) {
        public AnyOf {
            filters = List.copyOf(new LinkedHashSet<>(filters));
            if (filters.isEmpty()) throw new IllegalArgumentException("any of nothing");
        }
    }

    public static final RowCondition ALL_ROWS = new RowCondition(List.of());

    public RowCondition {
        all = List.copyOf(new LinkedHashSet<>(all));
    }

    public boolean isAllRows() {
        return all.isEmpty();
    }
}
