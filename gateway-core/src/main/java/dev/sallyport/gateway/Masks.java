package dev.sallyport.gateway;

import dev.sallyport.policy.Mask;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Condition;
import dev.sallyport.sql.rewrite.Governing;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.rewrite.Rewriter;
import java.util.Optional;

/// How masks and row filters are written in one kind of server's SQL.
sealed interface Masks permits MaskSql, MySqlMaskSql {
    static Masks of(Catalog catalog) {
        return catalog.mySql() == null ? new MaskSql(catalog) : new MySqlMaskSql(catalog);
    }

    /// A null of the column's type.
    String nullOf(Catalog.Column column);

    /// The expression as a value of the column's type.
    String typed(String expression, Catalog.Column column);

    /// What is shown in place of a value.
    ///
    /// @param value the column, qualified
    /// @return empty when the mask makes no sense for the column's type
    Optional<String> masked(Mask mask, Catalog.Column column, String value);

    /// A column, qualified by its relation's name.
    String name(Catalog.Relation relation, Catalog.Column column);

    /// A string as {@link #condition} reads it.
    ///
    /// @throws IllegalArgumentException for a text that the server can't hold
    String literal(String value);

    Condition.Result condition(String text, Catalog.Relation relation);

    Rewriter.Result rewrite(References references, Governing governing);
}
