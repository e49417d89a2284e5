package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;

/// A type as written. Keyword types appear under their catalog names and qualified by `pg_catalog`
/// (`INTEGER` is `pg_catalog.int4`), as PostgreSQL's own parser yields them.
///
/// @param modifiers as the 10 and 2 of `numeric(10, 2)`
/// @param columnOfRelation for `table.column%TYPE`: `name` is then the column's qualified name
/// @param arrayDimensions 0 for no array
public record TypeName(
        QualifiedName name,
        List<Expression> modifiers,
        boolean setOf,
        boolean columnOfRelation,
        int arrayDimensions,
        Span span)
        implements Node {
    public TypeName {
        modifiers = List.copyOf(modifiers);
    }
}
