package dev.sallyport.sql.selection;

import dev.sallyport.sql.catalog.Catalog;
import java.util.List;
import java.util.Set;

/// One place of a statement that names a relation, and the rows that it is about there.
///
/// @param compared constants that the statement holds columns equal to, or writes into them
/// @param limitedBy the columns of which that is all: no row without one of those constants is
///   read, written or changed at this place
public record RowSelection(
        Catalog.Relation relation, List<Compared> compared, Set<String> limitedBy) {
    public RowSelection {
        compared = List.copyOf(compared);
        limitedBy = Set.copyOf(limitedBy);
    }

    public record Compared(String column, Constant constant) {}
}
