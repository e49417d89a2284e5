package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.catalog.Catalog;

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
}
