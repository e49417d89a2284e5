package dev.sallyport.sql.resolve;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Query;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The name that the server gives a result column without an alias (PostgreSQL's FigureColname).
final class ColumnNames {
    static final String NONE = "?column?";

    private ColumnNames() {}

    static String of(Query.SelectItem item) {
        if (item.alias() != null) return item.alias().name();
        String name = strong(item.expression());
        if (name == null) name = weak(item.expression());
        return name == null ? NONE : name;
    }

    static String of(Expression expression) {
        String name = strong(expression);
        if (name == null) name = weak(expression);
        return name == null ? NONE : name;
    }

    private static @Nullable String strong(Expression expression) {
        return switch (expression) {
            case Expression.ColumnRef ref -> ref.parts().getLast().name();
            case Expression.FieldSelect select -> select.field().name();
            case Expression.Subscript subscript -> strong(subscript.base());
            case Expression.FunctionCall call -> call.name().last().name();
            case Expression.Special special -> special(special);
            case Expression.Collate collate -> strong(collate.operand());
            case Expression.Cast cast -> strong(cast.operand());
            case Expression.ScalarSubquery scalar -> firstColumn(scalar.query());
            case Expression.Exists _ -> "exists";
            case Expression.ArraySubquery _ -> "array";
            case Expression.ArrayConstructor _ -> "array";
            case Expression.Row _ -> "row";
            case Expression.Case choice ->
                    choice.otherwise() == null ? null : strong(choice.otherwise());
            case Expression.Literal _,
                    Expression.Parameter _,
                    Expression.Star _,
                    Expression.FieldStar _,
                    Expression.Unary _,
                    Expression.Binary _,
                    Expression.Logical _,
                    Expression.Not _,
                    Expression.IsTest _,
                    Expression.IsDistinctFrom _,
                    Expression.Between _,
                    Expression.Like _,
                    Expression.InList _,
                    Expression.InSubquery _,
                    Expression.QuantifiedArray _,
                    Expression.QuantifiedSubquery _,
                    Expression.Default _,
                    Expression.OfMySql _,
                    Expression.CurrentOf _ ->
                    null;
        };
    }

    private static @Nullable String weak(Expression expression) {
        return switch (expression) {
            case Expression.Cast cast -> {
                String inner = weak(cast.operand());
                yield inner == null || !(cast.operand() instanceof Expression.Case)
                        ? cast.type().name().last().name()
                        : inner;
            }
            case Expression.Case _ -> "case";
            case Expression.Collate collate -> weak(collate.operand());
            case Expression.Subscript subscript -> weak(subscript.base());
            default -> null; // a name only: no decision hangs on it
        };
    }

    private static @Nullable String special(Expression.Special special) {
        return switch (special.kind()) {
            case XMLSERIALIZE -> "xmlserialize";
            case CURRENT_ROLE -> "current_role";
            case JSON,
                    JSON_SCALAR,
                    JSON_SERIALIZE,
                    JSON_OBJECT,
                    JSON_ARRAY,
                    JSON_OBJECTAGG,
                    JSON_ARRAYAGG,
                    JSON_EXISTS,
                    JSON_VALUE,
                    JSON_QUERY,
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
                    MERGE_ACTION ->
                    special.kind().name().toLowerCase(Locale.ROOT);
        };
    }

    private static @Nullable String firstColumn(Query query) {
        return switch (query.body()) {
            case Query.Select select ->
                    select.items().isEmpty() ? null : of(select.items().getFirst());
            case Query.Values _ -> "column1";
            case Query.SetOperation operation -> firstColumn(operation.left());
            case Query.Parenthesised inner -> firstColumn(inner.query());
        };
    }
}
