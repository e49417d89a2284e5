package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A value expression. Parentheses leave no trace except in the shape of the tree.
///
/// Syntax that PostgreSQL itself turns into a call of a system function (EXTRACT, OVERLAY,
/// POSITION, SUBSTRING ... FROM, SYSTEM_USER, TRIM, AT TIME ZONE, OVERLAPS, IS NORMALIZED,
/// COLLATION FOR, XMLEXISTS) is a {@link FunctionCall} of `pg_catalog.<that function>`.
public sealed interface Expression extends Node {

    /// A constant of the text. The only place of constant text in the tree.
    ///
    /// @param text the value after unescaping; `toString` hides it
    record Literal(LiteralKind kind, String text, Span span) implements Expression {
        @Override
        public String toString() {
            return "Literal[" + kind + "]";
        }
    }

    enum LiteralKind {
        INTEGER,
        NUMERIC,
        STRING,
        BIT_STRING,
        TRUE,
        FALSE,
        NULL
    }

    /// `$1`.
    record Parameter(int number, Span span) implements Expression {}

    /// One to four names: a column, or a whole row (`SELECT patients FROM patients`), or a field of
    /// a column, or a function written as a column (`p.full_name`). The resolver tells.
    record ColumnRef(List<Identifier> parts, Span span) implements Expression {
        public ColumnRef {
            parts = List.copyOf(parts);
        }
    }

    /// `*` (empty qualifier), `t.*` or `schema.t.*`; in select lists, RETURNING, ROW(...) and
    /// arguments.
    record Star(List<Identifier> qualifier, Span span) implements Expression {
        public Star {
            qualifier = List.copyOf(qualifier);
        }
    }

    /// `(base).field`; may also be a function call written as a field.
    record FieldSelect(Expression base, Identifier field, Span span) implements Expression {}

    /// `(base).*`.
    record FieldStar(Expression base, Span span) implements Expression {}

    /// `base[index]`, or a slice `base[lower:upper]`, either end of which may be absent.
    ///
    /// @param lower the index when not a slice
    record Subscript(
            Expression base,
            @Nullable Expression lower,
            @Nullable Expression upper,
            boolean slice,
            Span span)
            implements Expression {}

    /// A prefix operator, also `+` and `-`.
    record Unary(Operator operator, Expression operand, Span span) implements Expression {}

    /// An infix operator; comparison and arithmetic included.
    record Binary(Expression left, Operator operator, Expression right, Span span)
            implements Expression {}

    /// AND or OR of two or more operands; chains are flat.
    record Logical(boolean and, List<Expression> operands, Span span) implements Expression {
        public Logical {
            operands = List.copyOf(operands);
        }
    }

    record Not(Expression operand, Span span) implements Expression {}

    record IsTest(Expression operand, Test test, boolean negated, Span span)
            implements Expression {}

    enum Test {
        NULL,
        TRUE,
        FALSE,
        UNKNOWN,
        DOCUMENT,
        JSON
    }

    record IsDistinctFrom(Expression left, Expression right, boolean negated, Span span)
            implements Expression {}

    record Between(
            Expression operand,
            Expression low,
            Expression high,
            boolean symmetric,
            boolean negated,
            Span span)
            implements Expression {}

    /// SIMILAR TO calls `pg_catalog.similar_to_escape` and ESCAPE otherwise
    /// `pg_catalog.like_escape` besides the operator.
    record Like(
            Expression operand,
            LikeKind kind,
            Expression pattern,
            @Nullable Expression escape,
            boolean negated,
            Span span)
            implements Expression {}

    enum LikeKind {
        LIKE,
        ILIKE,
        SIMILAR_TO
    }

    record InList(Expression operand, List<Expression> items, boolean negated, Span span)
            implements Expression {
        public InList {
            items = List.copyOf(items);
        }
    }

    record InSubquery(Expression operand, Query query, boolean negated, Span span)
            implements Expression {}

    /// `operand op ANY|ALL (array)`; LIKE appears as its operator `~~`.
    record QuantifiedArray(
            Expression operand, Operator operator, boolean all, Expression array, Span span)
            implements Expression {}

    record QuantifiedSubquery(
            Expression operand, Operator operator, boolean all, Query query, Span span)
            implements Expression {}

    record Case(
            @Nullable Expression operand,
            List<When> whens,
            @Nullable Expression otherwise,
            Span span)
            implements Expression {
        public Case {
            whens = List.copyOf(whens);
        }
    }

    record When(Expression condition, Expression result) {}

    /// `CAST(x AS t)`, `x::t`, `t 'constant'`.
    record Cast(Expression operand, TypeName type, Span span) implements Expression {}

    record Collate(Expression operand, QualifiedName collation, Span span) implements Expression {}

    /// `ROW(...)` or `(a, b)`.
    record Row(List<Expression> items, Span span) implements Expression {
        public Row {
            items = List.copyOf(items);
        }
    }

    /// `ARRAY[...]`; nested brackets are nested constructors.
    record ArrayConstructor(List<Expression> items, Span span) implements Expression {
        public ArrayConstructor {
            items = List.copyOf(items);
        }
    }

    record ArraySubquery(Query query, Span span) implements Expression {}

    record ScalarSubquery(Query query, Span span) implements Expression {}

    record Exists(Query query, Span span) implements Expression {}

    /// A call of a function, aggregate, window function or procedure.
    ///
    /// @param star `f(*)`
    /// @param orderBy inside the parentheses
    /// @param withinGroup the ORDER BY of WITHIN GROUP
    record FunctionCall(
            QualifiedName name,
            List<Argument> arguments,
            boolean star,
            boolean distinct,
            List<SortKey> orderBy,
            List<SortKey> withinGroup,
            @Nullable Expression filter,
            @Nullable Window over,
            Span span)
            implements Expression {
        public FunctionCall {
            arguments = List.copyOf(arguments);
            orderBy = List.copyOf(orderBy);
            withinGroup = List.copyOf(withinGroup);
        }
    }

    /// @param name of a named argument, `f(a => 1)`
    record Argument(@Nullable Identifier name, Expression value, boolean variadic) {}

    /// An expression with its own syntax that is no call of a catalog function.
    ///
    /// @param operands every expression in it, in order
    /// @param type as in `XMLSERIALIZE(x AS text)`, `JSON_VALUE(... RETURNING int)`
    /// @param orderBy of JSON_ARRAYAGG
    /// @param filter of JSON_ARRAYAGG and JSON_OBJECTAGG, as `over`
    record Special(
            SpecialKind kind,
            List<Expression> operands,
            @Nullable TypeName type,
            List<SortKey> orderBy,
            @Nullable Expression filter,
            @Nullable Window over,
            Span span)
            implements Expression {
        public Special {
            operands = List.copyOf(operands);
            orderBy = List.copyOf(orderBy);
        }
    }

    enum SpecialKind {
        COALESCE,
        GREATEST,
        LEAST,
        NULLIF,
        GROUPING,
        CURRENT_DATE,
        CURRENT_TIME,
        CURRENT_TIMESTAMP,
        LOCALTIME,
        LOCALTIMESTAMP,
        CURRENT_ROLE,
        CURRENT_USER,
        SESSION_USER,
        USER,
        CURRENT_CATALOG,
        CURRENT_SCHEMA,
        XMLCONCAT,
        XMLELEMENT,
        XMLFOREST,
        XMLPARSE,
        XMLPI,
        XMLROOT,
        XMLSERIALIZE,
        JSON,
        JSON_SCALAR,
        JSON_SERIALIZE,
        JSON_OBJECT,
        /// With a subquery its operand is an {@link ArraySubquery}.
        JSON_ARRAY,
        JSON_OBJECTAGG,
        JSON_ARRAYAGG,
        JSON_EXISTS,
        JSON_VALUE,
        JSON_QUERY,
        MERGE_ACTION
    }

    /// DEFAULT as a value in VALUES and SET.
    record Default(Span span) implements Expression {}

    /// What only MySQL and MariaDB have.
    sealed interface OfMySql extends Expression {}

    /// `@name`.
    record UserVariable(String name, Span span) implements OfMySql {}

    /// `@@name`, `@@global.name`, `@@keycache.name`.
    ///
    /// @param scope lower case, empty when not written
    record SystemVariable(String scope, String name, Span span) implements OfMySql {}

    /// `@name := value`, inside an expression.
    record VariableAssignment(UserVariable variable, Expression value, Span span)
            implements OfMySql {}

    /// `NEXT VALUE FOR s`, `PREVIOUS VALUE FOR s`, `NEXTVAL(s)`, `LASTVAL(s)`, `SETVAL(s, ...)`.
    ///
    /// @param changes false for the value last drawn
    record SequenceValue(
            QualifiedName sequence, boolean changes, List<Expression> arguments, Span span)
            implements OfMySql {
        public SequenceValue {
            arguments = List.copyOf(arguments);
        }
    }

    /// `WHERE CURRENT OF cursor`.
    record CurrentOf(Identifier cursor, Span span) implements Expression {}
}
