package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;

/// An operator as written: `+`, `~~`, or `OPERATOR(schema.@@)`.
///
/// @param schema its qualification; empty for a plain operator
/// @param symbol with PostgreSQL's canonical spelling (`!=` is `<>`)
public record Operator(List<Identifier> schema, String symbol, Span span) implements Node {
    public Operator {
        schema = List.copyOf(schema);
    }
}
