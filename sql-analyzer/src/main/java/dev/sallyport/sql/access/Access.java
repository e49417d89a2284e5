package dev.sallyport.sql.access;

import java.util.List;
import java.util.Optional;

/// One thing a statement does to one resource.
///
/// @param columns the columns used, for relations under SELECT, INSERT and UPDATE; empty where the
///   statement uses none (`SELECT count(*) FROM t` reads that rows exist) or where columns don't
///   apply (DELETE, DDL, EXECUTE)
/// @param via the view through whose definition the resource was reached, or the table that sets it
///   off (triggers, defaults, checks, foreign keys that cascade, row security), or either for a
///   rule's action; empty when the statement names it itself
public record Access(
        Action action,
        Resource resource,
        List<ColumnUse> columns,
        Optional<Resource.Relation> via) {
    public Access {
        columns = List.copyOf(columns);
    }

    public static Access of(Action action, Resource resource) {
        return new Access(action, resource, List.of(), Optional.empty());
    }
}
