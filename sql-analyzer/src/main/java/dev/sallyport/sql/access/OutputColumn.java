package dev.sallyport.sql.access;

import java.util.List;

/// One column of the statement's result and the base columns its value is computed from (through
/// views, CTEs, set operations and functions); predicates are not lineage.
public record OutputColumn(String name, List<BaseColumn> from) {
    public OutputColumn {
        from = List.copyOf(from);
    }

    public record BaseColumn(String schema, String relation, String column) {}
}
