package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.catalog.Catalog;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The texts that views stand for, as they can be written into the statement at hand.
@FunctionalInterface
public interface Views {
    /// Where no names are known.
    Views NONE = _ -> new Expansion.Refused("its definition is not known");

    /// What a view stands for.
    sealed interface Expansion {
        /// @param sql the view's query, which means in the session at hand what it means in the
        ///   view, as far as {@link #references} are replaced by what they stand for
        /// @param references every place in it that names a relation; the offsets are `sql`'s
        record Text(String sql, References references) implements Expansion {
            @Override
            public String toString() {
                return "Text[" + sql.length() + " chars]";
            }
        }

        /// @param reason why its query can't be written out, lower case, free of literals
        record Refused(String reason) implements Expansion {}
    }

    Expansion expand(Catalog.Relation view);

    /// What the server changes in place of an automatically updatable view's rows: those of the one
    /// relation that its query reads.
    ///
    /// @param columns from the view's columns to the relation's, for those that are shown as they
    ///   are
    /// @param from of each of the view's columns, which of the relation's it comes from
    /// @param conditions the relation's columns by which the query says which rows the view has
    /// @param tells something in these conditions is not leakproof
    /// @param besides what else the query reads, in sub-selects; the relation itself if that is
    ///   read there as well
    record Below(
            Catalog.Relation relation,
            Map<String, String> columns,
            Map<String, Set<String>> from,
            Set<String> conditions,
            boolean tells,
            Set<Catalog.Relation> besides) {
        public Below {
            columns = Map.copyOf(columns);
            from = Map.copyOf(from);
            conditions = Set.copyOf(conditions);
            besides = Set.copyOf(besides);
        }
    }

    /// What is changed when the view is; null where the server has to be told what to do (triggers,
    /// rules), and where that isn't known.
    default @Nullable Below below(Catalog.Relation view) {
        return null;
    }
}
