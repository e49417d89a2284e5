package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An item of FROM (or of USING in DELETE and MERGE).
public sealed interface Relation extends Node {

    @Nullable Alias alias();

    /// A table, view or CTE by name.
    ///
    /// @param only ONLY was written: without descendants
    /// @param reference the span of the name with ONLY, its parentheses and `*`, without alias and
    ///   TABLESAMPLE: what a rewrite replaces
    /// @param command written as `TABLE name`; the reference then includes the word TABLE
    record Table(
            QualifiedName name,
            boolean only,
            boolean command,
            @Nullable Alias alias,
            @Nullable Sample sample,
            Span reference,
            Span span)
            implements Relation {}

    /// What only MySQL and MariaDB have.
    sealed interface OfMySql extends Relation {}

    /// `t FOR SYSTEM_TIME ...` of MariaDB.
    ///
    /// @param points the expressions of the clause
    record Versioned(Table table, List<Expression> points, Span span) implements OfMySql {
        public Versioned {
            points = List.copyOf(points);
        }

        @Override
        public @Nullable Alias alias() {
            return table.alias();
        }
    }

    /// `TABLESAMPLE method (arguments) REPEATABLE (seed)`.
    record Sample(
            QualifiedName method,
            List<Expression> arguments,
            @Nullable Expression repeatable,
            Span span)
            implements Node {
        public Sample {
            arguments = List.copyOf(arguments);
        }
    }

    record Subquery(boolean lateral, Query query, @Nullable Alias alias, Span span)
            implements Relation {}

    /// A function call in FROM, or several in ROWS FROM.
    ///
    /// @param calls one unless `rowsFrom`
    /// @param columns the column definition list behind a single function (`AS t(a int, b text)`)
    record Function(
            boolean lateral,
            List<FunctionItem> calls,
            boolean rowsFrom,
            boolean withOrdinality,
            @Nullable Alias alias,
            List<ColumnDefinition> columns,
            Span span)
            implements Relation {
        public Function {
            calls = List.copyOf(calls);
            columns = List.copyOf(columns);
        }
    }

    /// @param call mostly a {@link Expression.FunctionCall}; also the special forms that PostgreSQL
    ///   admits, as `CURRENT_DATE`, COALESCE or CAST
    /// @param columns its own column definitions (`ROWS FROM (f() AS (a int))`)
    record FunctionItem(Expression call, List<ColumnDefinition> columns, Span span)
            implements Node {
        public FunctionItem {
            columns = List.copyOf(columns);
        }
    }

    record ColumnDefinition(
            Identifier name, TypeName type, @Nullable QualifiedName collation, Span span)
            implements Node {}

    /// @param condition null for CROSS and NATURAL
    /// @param alias of a parenthesised join: hides the aliases inside
    record Join(
            Relation left,
            JoinType type,
            boolean natural,
            Relation right,
            @Nullable JoinCondition condition,
            @Nullable Alias alias,
            Span span)
            implements Relation {}

    enum JoinType {
        CROSS,
        INNER,
        LEFT,
        RIGHT,
        FULL
    }

    sealed interface JoinCondition extends Node {
        record On(Expression expression, Span span) implements JoinCondition {}

        /// @param alias `USING (a) AS alias`
        record Using(List<Identifier> columns, @Nullable Identifier alias, Span span)
                implements JoinCondition {
            public Using {
                columns = List.copyOf(columns);
            }
        }
    }

    /// `XMLTABLE(XMLNAMESPACES(...), row PASSING document COLUMNS ...)`.
    ///
    /// @param namespaces the URIs
    record XmlTable(
            boolean lateral,
            List<Expression> namespaces,
            Expression row,
            Expression document,
            List<XmlColumn> columns,
            @Nullable Alias alias,
            Span span)
            implements Relation {
        public XmlTable {
            namespaces = List.copyOf(namespaces);
            columns = List.copyOf(columns);
        }
    }

    /// @param type null for FOR ORDINALITY
    record XmlColumn(
            Identifier name,
            @Nullable TypeName type,
            @Nullable Expression path,
            @Nullable Expression defaultValue,
            Span span)
            implements Node {}

    /// `JSON_TABLE(context, path PASSING ... COLUMNS (...))`.
    record JsonTable(
            boolean lateral,
            Expression context,
            Expression path,
            List<Expression> passing,
            List<JsonColumn> columns,
            @Nullable Expression onError,
            @Nullable Alias alias,
            Span span)
            implements Relation {
        public JsonTable {
            passing = List.copyOf(passing);
            columns = List.copyOf(columns);
        }
    }

    sealed interface JsonColumn extends Node {
        record Ordinality(Identifier name, Span span) implements JsonColumn {}

        /// A regular, EXISTS or FORMAT JSON column.
        ///
        /// @param defaults the expressions of DEFAULT ... ON EMPTY and ON ERROR
        record Value(
                Identifier name,
                TypeName type,
                @Nullable Expression path,
                List<Expression> defaults,
                Span span)
                implements JsonColumn {
            public Value {
                defaults = List.copyOf(defaults);
            }
        }

        /// NESTED PATH: its columns are columns of the whole.
        record Nested(Expression path, List<JsonColumn> columns, Span span) implements JsonColumn {
            public Nested {
                columns = List.copyOf(columns);
            }
        }
    }
}
