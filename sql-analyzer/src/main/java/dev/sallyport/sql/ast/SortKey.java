package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import org.jspecify.annotations.Nullable;

/// One item of an ORDER BY.
///
/// @param using the operator of `USING <`
/// @param nullsFirst null when not written
public record SortKey(
        Expression expression,
        boolean descending,
        @Nullable Operator using,
        @Nullable Boolean nullsFirst,
        Span span)
        implements Node {}
