package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A query: a body and the clauses that stand round it. Parentheses round a query leave no trace:
/// as in PostgreSQL, the ORDER BY of `(SELECT a FROM t) ORDER BY b` belongs to the inner SELECT and
/// sees its FROM. `TABLE t` is `SELECT * FROM t`.
///
/// @param limit null also for LIMIT ALL; FETCH FIRST is a limit too
public record Query(
        @Nullable With with,
        Body body,
        List<SortKey> orderBy,
        @Nullable Expression limit,
        @Nullable Expression offset,
        boolean withTies,
        List<Locking> locking,
        Span span)
        implements Statement.Preparable {
    public Query {
        orderBy = List.copyOf(orderBy);
        locking = List.copyOf(locking);
    }

    public sealed interface Body extends Node {}

    /// @param distinct SELECT DISTINCT, also with ON
    /// @param distinctOn the expressions of DISTINCT ON
    /// @param items may be empty: `SELECT FROM t`
    /// @param into the table that SELECT INTO creates
    public record Select(
            boolean distinct,
            List<Expression> distinctOn,
            List<SelectItem> items,
            @Nullable IntoTable into,
            List<Relation> from,
            @Nullable Expression where,
            boolean groupByDistinct,
            List<GroupingElement> groupBy,
            @Nullable Expression having,
            List<NamedWindow> windows,
            Span span)
            implements Body {
        public Select {
            distinctOn = List.copyOf(distinctOn);
            items = List.copyOf(items);
            from = List.copyOf(from);
            groupBy = List.copyOf(groupBy);
            windows = List.copyOf(windows);
        }
    }

    public record SetOperation(
            Query left, SetOperator operator, boolean all, Query right, Span span)
            implements Body {}

    /// A query in parentheses that has clauses of its own and is followed by more of them, as MySQL
    /// takes `(SELECT a FROM t LIMIT 2) ORDER BY a`: the outer ones see its result only.
    public record Parenthesised(Query query, Span span) implements Body {}

    public enum SetOperator {
        UNION,
        INTERSECT,
        EXCEPT
    }

    /// VALUES: columns are named `column1`, `column2`, ...
    public record Values(List<List<Expression>> rows, Span span) implements Body {
        public Values {
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /// One item of a select list or RETURNING; the expression may be {@link Expression.Star} or
    /// {@link Expression.FieldStar}.
    public record SelectItem(Expression expression, @Nullable Identifier alias, Span span)
            implements Node {}

    public record IntoTable(QualifiedName name, boolean temporary, Span span) implements Node {}

    public record NamedWindow(Identifier name, Window.Specification specification, Span span)
            implements Node {}

    public sealed interface GroupingElement extends Node {
        record Single(Expression expression, Span span) implements GroupingElement {}

        /// `()`.
        record Empty(Span span) implements GroupingElement {}

        /// An item may be an implicit row, `ROLLUP (a, (b, c))`.
        record Rollup(List<Expression> items, Span span) implements GroupingElement {
            public Rollup {
                items = List.copyOf(items);
            }
        }

        record Cube(List<Expression> items, Span span) implements GroupingElement {
            public Cube {
                items = List.copyOf(items);
            }
        }

        record Sets(List<GroupingElement> elements, Span span) implements GroupingElement {
            public Sets {
                elements = List.copyOf(elements);
            }
        }
    }

    /// `FOR UPDATE OF a, b NOWAIT`.
    ///
    /// @param of aliases or relation names of this query's FROM; empty means all of them
    public record Locking(
            LockStrength strength, List<QualifiedName> of, LockWait onLocked, Span span)
            implements Node {
        public Locking {
            of = List.copyOf(of);
        }
    }

    public enum LockStrength {
        KEY_SHARE,
        SHARE,
        NO_KEY_UPDATE,
        UPDATE
    }

    public enum LockWait {
        WAIT,
        NOWAIT,
        SKIP_LOCKED
    }
}
