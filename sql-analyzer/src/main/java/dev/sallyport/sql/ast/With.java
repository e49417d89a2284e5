package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A WITH clause.
public record With(boolean recursive, List<CommonTable> tables, Span span) implements Node {
    public With {
        tables = List.copyOf(tables);
    }

    /// `name (columns) AS [NOT] MATERIALIZED (body) SEARCH ... CYCLE ...`.
    ///
    /// @param materialized null when not written
    public record CommonTable(
            Identifier name,
            List<Identifier> columns,
            @Nullable Boolean materialized,
            Statement.Preparable body,
            @Nullable Search search,
            @Nullable Cycle cycle,
            Span span)
            implements Node {
        public CommonTable {
            columns = List.copyOf(columns);
        }
    }

    /// `SEARCH BREADTH|DEPTH FIRST BY columns SET sequence`: adds column `sequence`.
    public record Search(boolean breadthFirst, List<Identifier> by, Identifier sequence, Span span)
            implements Node {
        public Search {
            by = List.copyOf(by);
        }
    }

    /// `CYCLE columns SET mark [TO value DEFAULT value] USING path`: adds columns `mark` and
    /// `path`.
    public record Cycle(
            List<Identifier> columns,
            Identifier mark,
            @Nullable Expression value,
            @Nullable Expression defaultValue,
            Identifier path,
            Span span)
            implements Node {
        public Cycle {
            columns = List.copyOf(columns);
        }
    }
}
