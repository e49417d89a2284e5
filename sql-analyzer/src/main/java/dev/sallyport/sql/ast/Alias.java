package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;

/// `AS name (column, ...)`; `columns` may be empty or shorter than the relation's columns.
public record Alias(Identifier name, List<Identifier> columns, Span span) implements Node {
    public Alias {
        columns = List.copyOf(columns);
    }
}
