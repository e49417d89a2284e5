package dev.sallyport.sql.catalog;

import org.jspecify.annotations.Nullable;

/// An object that a statement names and a {@link Catalog} doesn't hold. Names as the server keeps
/// them: unquoted, folded, cut.
///
/// A `schema` that is null was not written: it may be any of the search path.
public sealed interface Sought {
    /// The last part of its name.
    String name();

    /// Anything in `pg_class`.
    record Relation(@Nullable String schema, String name) implements Sought {}

    /// A function, a procedure or an aggregate, whatever its arguments.
    record Routine(@Nullable String schema, String name) implements Sought {}

    record Type(@Nullable String schema, String name) implements Sought {}

    /// An operator, whatever its operands.
    record Operator(@Nullable String schema, String name) implements Sought {}

    /// @param schema of the relation
    record Column(String schema, String relation, String name) implements Sought {}
}
