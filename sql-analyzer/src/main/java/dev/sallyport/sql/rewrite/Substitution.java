package dev.sallyport.sql.rewrite;

import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What stands in the place of one governed relation.
///
/// @param shown for each column that may be shown in another form than it has: its expression, of
///   the column's type, with the relation's columns qualified by the relation's name. Columns that
///   are not here are shown as they are.
/// @param granted the columns that may be used at all
/// @param nullOf a column, a null of its type
/// @param reading the rows that may be read
/// @param target the rows that may be changed
public record Substitution(
        Map<String, String> shown,
        Set<String> granted,
        UnaryOperator<String> nullOf,
        RowCondition reading,
        RowCondition target) {
    public Substitution {
        shown = Map.copyOf(shown);
        granted = Set.copyOf(granted);
    }

    boolean masks(String column) {
        return shown.containsKey(column);
    }

    /// Expressions may hold facts about a person.
    @Override
    public String toString() {
        return "Substitution[" + shown.keySet() + " of " + granted + "]";
    }
}
