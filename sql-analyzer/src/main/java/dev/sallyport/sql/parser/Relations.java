package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Alias;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Relation.ColumnDefinition;
import dev.sallyport.sql.ast.Relation.FunctionItem;
import dev.sallyport.sql.ast.Relation.Join;
import dev.sallyport.sql.ast.Relation.JoinCondition;
import dev.sallyport.sql.ast.Relation.JoinType;
import dev.sallyport.sql.ast.Relation.JsonColumn;
import dev.sallyport.sql.ast.Relation.JsonTable;
import dev.sallyport.sql.ast.Relation.Sample;
import dev.sallyport.sql.ast.Relation.Subquery;
import dev.sallyport.sql.ast.Relation.Table;
import dev.sallyport.sql.ast.Relation.XmlColumn;
import dev.sallyport.sql.ast.Relation.XmlTable;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stands in FROM: PostgreSQL's table_ref.
final class Relations {
    private final Grammar grammar;
    private final Cursor in;

    Relations(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    /// One item of FROM with its joins.
    Relation relation() {
        in.enter();
        int outer = in.height;
        in.height = 0;
        int start = in.start();
        Relation relation = joins(single(), start);
        in.raise();
        in.height = Math.max(in.height, outer);
        in.leave();
        return relation;
    }

    // ---------------------------------------------------------------- joins

    private Relation joins(Relation first, int start) {
        Relation left = first;
        while (atJoin()) left = join(left, start);
        return left;
    }

    private boolean atJoin() {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        return switch (keyword) {
            case JOIN, CROSS, NATURAL, INNER, LEFT, RIGHT, FULL -> true;
            default -> false;
        };
    }

    /// One join of `left` with what follows. Without its condition a right side goes on: `a JOIN b
    /// JOIN c ON x ON y`.
    private Relation join(Relation left, int start) {
        in.enter();
        Relation join;
        if (in.accept(CROSS)) {
            in.expect(JOIN);
            Relation right = single();
            join = new Join(left, JoinType.CROSS, false, right, null, null, in.since(start));
        } else if (in.accept(NATURAL)) {
            JoinType type = joinType();
            Relation right = single();
            join = new Join(left, type, true, right, null, null, in.since(start));
        } else {
            JoinType type = joinType();
            int rightStart = in.start();
            Relation right = single();
            while (atJoin()) right = join(right, rightStart);
            JoinCondition condition = condition();
            join = new Join(left, type, false, right, condition, null, in.since(start));
        }
        in.raise();
        in.leave();
        return join;
    }

    private JoinType joinType() {
        JoinType type = JoinType.INNER;
        if (in.accept(LEFT)) type = JoinType.LEFT;
        else if (in.accept(RIGHT)) type = JoinType.RIGHT;
        else if (in.accept(FULL)) type = JoinType.FULL;
        else in.accept(INNER);
        if (type != JoinType.INNER) in.accept(OUTER);
        in.expect(JOIN);
        return type;
    }

    private JoinCondition condition() {
        int start = in.start();
        if (in.accept(ON)) {
            Expression expression = grammar.expressions.expression();
            return new JoinCondition.On(expression, in.since(start));
        }
        in.expect(USING);
        List<Identifier> columns = in.nameList();
        Identifier alias = in.accept(AS) ? in.colId() : null;
        return new JoinCondition.Using(columns, alias, in.since(start));
    }

    // ---------------------------------------------------------------- single items

    private Relation single() {
        int start = in.start();
        if (in.at(TokenKind.LEFT_PAREN)) {
            Relation inside = parenthesised();
            return inside instanceof Subquery query && query.alias() == null
                    ? subquery(false, query.query(), start)
                    : withAlias(inside, start);
        }
        boolean lateral = in.accept(LATERAL);
        if (lateral && in.at(TokenKind.LEFT_PAREN)) {
            Query query = grammar.queries.parenthesisedQuery();
            return subquery(true, query, start);
        }
        if (in.at(XMLTABLE, TokenKind.LEFT_PAREN)) return xmlTable(lateral, start);
        if (in.at(JSON_TABLE, TokenKind.LEFT_PAREN)) return jsonTable(lateral, start);
        if (in.at(ROWS, FROM) && in.kind(2) == TokenKind.LEFT_PAREN)
            return rowsFrom(lateral, start);
        if (lateral || atFunction()) return function(lateral, start);
        return table();
    }

    private Relation subquery(boolean lateral, Query query, int start) {
        Alias alias = alias();
        return new Subquery(lateral, query, alias, in.since(start));
    }

    /// A join in parentheses, perhaps with an alias, which it may get only once.
    private Relation withAlias(Relation inside, int start) {
        if (!(inside instanceof Join join) || join.alias() != null) return inside;
        Alias alias = alias();
        if (alias == null) return inside;
        return new Join(
                join.left(),
                join.type(),
                join.natural(),
                join.right(),
                join.condition(),
                alias,
                in.since(start));
    }

    /// `(query)` as a sub-select without alias, or `(join)`, told apart in one pass: what begins as
    /// a query in parentheses of its own may turn out to be the first item of a join.
    private Relation parenthesised() {
        in.enter();
        int start = in.start();
        in.expect(TokenKind.LEFT_PAREN);
        int innerStart = in.start();
        Relation inside;
        if (grammar.queries.atQueryWord()) {
            Query query = grammar.queries.query();
            inside = new Subquery(false, query, null, query.span());
        } else if (in.at(TokenKind.LEFT_PAREN) && grammar.queries.atQuery()) {
            inside = parenthesised();
            if (inside instanceof Subquery subquery && subquery.alias() == null) {
                if (grammar.queries.continuesQuery()) {
                    Query query = grammar.queries.continued(subquery.query(), innerStart);
                    inside = new Subquery(false, query, null, query.span());
                } else if (!in.at(TokenKind.RIGHT_PAREN)) {
                    inside = joined(subquery(false, subquery.query(), innerStart), innerStart);
                }
            } else {
                inside = withAlias(inside, innerStart);
                inside = joins(inside, innerStart);
            }
        } else {
            inside = joined(single(), innerStart);
        }
        in.expect(TokenKind.RIGHT_PAREN);
        in.raise();
        in.leave();
        if (inside instanceof Join join && join.alias() == null)
            return new Join(
                    join.left(),
                    join.type(),
                    join.natural(),
                    join.right(),
                    join.condition(),
                    null,
                    in.since(start));
        return inside;
    }

    /// Only joins may stand in parentheses.
    private Relation joined(Relation first, int start) {
        if (!atJoin() && !(first instanceof Join)) throw in.error("JOIN");
        return joins(first, start);
    }

    private boolean atFunction() {
        if (grammar.expressions.atTableSpecial()) return true;
        if (!in.isColId(0) && !in.isTypeFunctionName(0)) return false;
        int ahead = 1;
        while (in.kind(ahead) == TokenKind.DOT && in.isColLabel(ahead + 1)) ahead += 2;
        return in.kind(ahead) == TokenKind.LEFT_PAREN && !in.at(ONLY);
    }

    /// A table with alias and sample.
    private Relation table() {
        int start = in.start();
        Table bare = bareTable();
        Alias alias = alias();
        Sample sample = in.at(TABLESAMPLE) ? sample() : null;
        if (alias == null && sample == null) return bare;
        return new Table(
                bare.name(), bare.only(), false, alias, sample, bare.reference(), in.since(start));
    }

    /// PostgreSQL's relation_expr: `name`, `name *`, `ONLY name`, `ONLY (name)`.
    Table bareTable() {
        int start = in.start();
        boolean only = in.accept(ONLY);
        QualifiedName name;
        if (only && in.accept(TokenKind.LEFT_PAREN)) {
            name = in.qualifiedName();
            in.expect(TokenKind.RIGHT_PAREN);
        } else {
            name = in.qualifiedName();
            if (!only) in.acceptOperator("*");
        }
        Span reference = in.since(start);
        return new Table(name, only, false, null, null, reference, reference);
    }

    private Sample sample() {
        int start = in.start();
        in.expect(TABLESAMPLE);
        QualifiedName method = in.functionName();
        in.expect(TokenKind.LEFT_PAREN);
        List<Expression> arguments = grammar.expressions.expressions();
        in.expect(TokenKind.RIGHT_PAREN);
        Expression repeatable = null;
        if (in.accept(REPEATABLE)) {
            in.expect(TokenKind.LEFT_PAREN);
            repeatable = grammar.expressions.expression();
            in.expect(TokenKind.RIGHT_PAREN);
        }
        return new Sample(method, arguments, repeatable, in.since(start));
    }

    /// `[AS] name [(columns)]`, or nothing.
    private @Nullable Alias alias() {
        int start = in.start();
        if (!in.accept(AS) && !in.isColId(0)) return null;
        Identifier name = in.colId();
        List<Identifier> columns = in.optionalNameList();
        return new Alias(name, columns, in.since(start));
    }

    // ---------------------------------------------------------------- functions

    private Relation function(boolean lateral, int start) {
        Expression call = grammar.expressions.tableFunction();
        var item = new FunctionItem(call, List.of(), in.since(start));
        return functionTail(lateral, List.of(item), false, start);
    }

    private Relation rowsFrom(boolean lateral, int start) {
        in.expect(ROWS, FROM);
        in.expect(TokenKind.LEFT_PAREN);
        List<FunctionItem> items =
                in.separated(() -> {
                    int itemStart = in.start();
                    Expression call = grammar.expressions.tableFunction();
                    List<ColumnDefinition> columns =
                            in.accept(AS) ? columnDefinitions() : List.of();
                    return new FunctionItem(call, columns, in.since(itemStart));
                });
        in.expect(TokenKind.RIGHT_PAREN);
        return functionTail(lateral, items, true, start);
    }

    /// WITH ORDINALITY, then an alias with names or with definitions of its columns.
    private Relation functionTail(
            boolean lateral, List<FunctionItem> items, boolean rowsFrom, int start) {
        boolean ordinality = in.accept(WITH, ORDINALITY);
        int aliasStart = in.start();
        boolean as = in.accept(AS);
        Alias alias = null;
        List<ColumnDefinition> columns = List.of();
        if (as && in.at(TokenKind.LEFT_PAREN)) {
            columns = columnDefinitions();
        } else if (as || in.isColId(0)) {
            Identifier name = in.colId();
            List<Identifier> names = List.of();
            if (in.at(TokenKind.LEFT_PAREN)) {
                TokenKind next = in.kind(2);
                if (next == TokenKind.COMMA || next == TokenKind.RIGHT_PAREN) names = in.nameList();
                else columns = columnDefinitions();
            }
            alias = new Alias(name, names, in.since(aliasStart));
        }
        return new Relation.Function(
                lateral, items, rowsFrom, ordinality, alias, columns, in.since(start));
    }

    private List<ColumnDefinition> columnDefinitions() {
        in.expect(TokenKind.LEFT_PAREN);
        List<ColumnDefinition> columns = in.separated(this::columnDefinition);
        in.expect(TokenKind.RIGHT_PAREN);
        return columns;
    }

    private ColumnDefinition columnDefinition() {
        int start = in.start();
        Identifier name = in.colId();
        TypeName type = grammar.types.type();
        QualifiedName collation = in.accept(COLLATE) ? in.qualifiedName() : null;
        return new ColumnDefinition(name, type, collation, in.since(start));
    }

    // ---------------------------------------------------------------- XMLTABLE

    private Relation xmlTable(boolean lateral, int start) {
        in.expect(XMLTABLE);
        in.expect(TokenKind.LEFT_PAREN);
        List<Expression> namespaces = List.of();
        if (in.at(XMLNAMESPACES, TokenKind.LEFT_PAREN)) {
            in.skip();
            in.skip();
            namespaces = in.separated(this::xmlNamespace);
            in.expect(TokenKind.RIGHT_PAREN);
            in.expect(TokenKind.COMMA);
        }
        Expression row = grammar.expressions.primary();
        Expression document = grammar.expressions.specials().xmlPassing();
        in.expect(COLUMNS);
        List<XmlColumn> columns = in.separated(this::xmlColumn);
        in.expect(TokenKind.RIGHT_PAREN);
        Alias alias = alias();
        return new XmlTable(lateral, namespaces, row, document, columns, alias, in.since(start));
    }

    private Expression xmlNamespace() {
        if (in.accept(DEFAULT)) return grammar.expressions.restricted();
        Expression uri = grammar.expressions.restricted();
        in.expect(AS);
        in.colLabel();
        return uri;
    }

    private XmlColumn xmlColumn() {
        int start = in.start();
        Identifier name = in.colId();
        if (in.accept(FOR)) {
            in.expect(ORDINALITY);
            return new XmlColumn(name, null, null, null, in.since(start));
        }
        TypeName type = grammar.types.type();
        Expression path = null;
        Expression defaultValue = null;
        while (true) {
            if (in.accept(PATH)) path = grammar.expressions.restricted();
            else if (in.accept(DEFAULT)) defaultValue = grammar.expressions.restricted();
            else if (!in.accept(NOT, NULL) && !in.accept(NULL)) break;
        }
        return new XmlColumn(name, type, path, defaultValue, in.since(start));
    }

    // ---------------------------------------------------------------- JSON_TABLE

    private Relation jsonTable(boolean lateral, int start) {
        SpecialForms specials = grammar.expressions.specials();
        in.expect(JSON_TABLE);
        in.expect(TokenKind.LEFT_PAREN);
        Expression context = specials.jsonValue();
        in.expect(TokenKind.COMMA);
        Expression path = in.string();
        if (in.accept(AS)) in.colId();
        List<Expression> passing = specials.passing();
        List<JsonColumn> columns = jsonColumns();
        List<Expression> onError = specials.behaviors();
        in.expect(TokenKind.RIGHT_PAREN);
        Alias alias = alias();
        return new JsonTable(
                lateral,
                context,
                path,
                passing,
                columns,
                onError.isEmpty() ? null : onError.get(0),
                alias,
                in.since(start));
    }

    private List<JsonColumn> jsonColumns() {
        in.enter();
        in.expect(COLUMNS);
        in.expect(TokenKind.LEFT_PAREN);
        List<JsonColumn> columns = in.separated(this::jsonColumn);
        in.expect(TokenKind.RIGHT_PAREN);
        in.raise();
        in.leave();
        return columns;
    }

    private JsonColumn jsonColumn() {
        SpecialForms specials = grammar.expressions.specials();
        int start = in.start();
        if (in.at(NESTED) && (in.keyword(1) == PATH || in.kind(1) == TokenKind.STRING)) {
            in.skip();
            in.accept(PATH);
            Expression path = in.string();
            if (in.accept(AS)) in.colId();
            List<JsonColumn> columns = jsonColumns();
            return new JsonColumn.Nested(path, columns, in.since(start));
        }
        Identifier name = in.colId();
        if (in.accept(FOR)) {
            in.expect(ORDINALITY);
            return new JsonColumn.Ordinality(name, in.since(start));
        }
        TypeName type = grammar.types.type();
        boolean exists = in.accept(EXISTS);
        if (!exists) specials.formatJson();
        Expression path = in.accept(PATH) ? in.string() : null;
        if (!exists) {
            specials.wrapper();
            specials.quotes();
        }
        List<Expression> defaults = new ArrayList<>(specials.behaviors());
        return new JsonColumn.Value(name, type, path, defaults, in.since(start));
    }
}
