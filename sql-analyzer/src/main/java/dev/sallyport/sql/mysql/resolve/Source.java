package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.resolve.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One named thing of a FROM clause, and its columns.
///
/// @param alias the name it goes by; empty where it has none
/// @param schema that of a table or view; null for everything else
/// @param relation the table or view; null for everything else
record Source(
        String alias,
        @Nullable String schema,
        Catalog.@Nullable Relation relation,
        List<Column> columns) {

    /// A column counts as used when its flow is asked for, not before.
    ///
    /// @param hidden `*` leaves it out
    record Column(String name, Supplier<Flow> use, boolean hidden) {
        Flow flow() {
            return use.get();
        }
    }

    /// What a FROM item, perhaps of several joined ones, contributes: its parts by name, and the
    /// columns that names without a table see, in the order of `*`.
    ///
    /// @param orderKnown whether that order is certain
    record Operand(List<Source> sources, List<Column> columns, boolean orderKnown) {
        static Operand of(Source source) {
            return new Operand(List.of(source), source.columns(), true);
        }

        static Operand both(Operand left, Operand right) {
            List<Source> sources = new ArrayList<>(left.sources);
            sources.addAll(right.sources);
            List<Column> columns = new ArrayList<>(left.columns);
            columns.addAll(right.columns);
            return new Operand(sources, columns, left.orderKnown && right.orderKnown);
        }
    }

    /// The one column of that name; null when there is none.
    ///
    /// @throws Refusal where there are several, or one that might be meant
    static @Nullable Column named(List<Column> columns, String name, Expression where) {
        Column found = null;
        for (Column column : columns) {
            if (Folding.same(column.name(), name)) {
                if (found != null)
                    throw Refusal.ambiguous("column " + name + " is ambiguous", where);
                found = column;
            } else if (Folding.confusable(column.name(), name)) {
                throw Refusal.ambiguous(
                        "column " + name + " might be taken for another one", where);
            }
        }
        return found;
    }
}
