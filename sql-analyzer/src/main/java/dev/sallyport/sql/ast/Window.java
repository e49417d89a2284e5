package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stands behind OVER.
public sealed interface Window extends Node {
    /// `OVER w`.
    record Named(Identifier name, Span span) implements Window {}

    /// `OVER (base PARTITION BY ... ORDER BY ... frame)`.
    record Specification(
            @Nullable Identifier base,
            List<Expression> partitionBy,
            List<SortKey> orderBy,
            @Nullable Frame frame,
            Span span)
            implements Window {
        public Specification {
            partitionBy = List.copyOf(partitionBy);
            orderBy = List.copyOf(orderBy);
        }
    }

    /// @param end null without BETWEEN
    record Frame(Mode mode, Bound start, @Nullable Bound end, Exclusion exclusion, Span span)
            implements Node {}

    enum Mode {
        ROWS,
        RANGE,
        GROUPS
    }

    enum Exclusion {
        NONE,
        CURRENT_ROW,
        GROUP,
        TIES
    }

    /// @param offset for PRECEDING and FOLLOWING; null for UNBOUNDED and CURRENT ROW
    record Bound(BoundKind kind, @Nullable Expression offset) {}

    enum BoundKind {
        UNBOUNDED_PRECEDING,
        PRECEDING,
        CURRENT_ROW,
        FOLLOWING,
        UNBOUNDED_FOLLOWING
    }
}
