package dev.sallyport.sql.access;

import java.util.List;

/// The tables that a table has rows in common with, since it inherits from them, is a partition of
/// them, or the other way round. A name that a statement doesn't mention is met through them.
///
/// @param above those of which each row of the table is a row, too: what it inherits from or is a
///   partition of, at any depth
/// @param below those of which the statement meets rows through the table: what inherits from it or
///   is a partition of it, at any depth, and what such a row is a row of besides
public record Kin(List<Resource.Relation> above, List<Resource.Relation> below) {
    public static final Kin NONE = new Kin(List.of(), List.of());

    public Kin {
        above = List.copyOf(above);
        below = List.copyOf(below);
    }

    public boolean isNone() {
        return above.isEmpty() && below.isEmpty();
    }
}
