package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Star;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Query.GroupingElement;
import dev.sallyport.sql.ast.Query.IntoTable;
import dev.sallyport.sql.ast.Query.LockStrength;
import dev.sallyport.sql.ast.Query.LockWait;
import dev.sallyport.sql.ast.Query.Locking;
import dev.sallyport.sql.ast.Query.NamedWindow;
import dev.sallyport.sql.ast.Query.Select;
import dev.sallyport.sql.ast.Query.SelectItem;
import dev.sallyport.sql.ast.Query.SetOperation;
import dev.sallyport.sql.ast.Query.SetOperator;
import dev.sallyport.sql.ast.Query.Values;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SELECT, VALUES, TABLE, set operations, WITH: PostgreSQL's select_no_parens and its parts.
final class Queries {
    private final Grammar grammar;
    private final Cursor in;
    private final Relations relations;

    Queries(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.relations = new Relations(grammar);
    }

    Relations relations() {
        return relations;
    }

    // ---------------------------------------------------------------- is it a query?

    /// Whether a query begins here, parentheses before it allowed.
    boolean atQuery() {
        int ahead = 0;
        while (in.kind(ahead) == TokenKind.LEFT_PAREN) ahead++;
        return isQueryWord(ahead);
    }

    /// Whether a query begins here with its first word.
    boolean atQueryWord() {
        return isQueryWord(0);
    }

    private boolean isQueryWord(int ahead) {
        Keyword keyword = in.keyword(ahead);
        return keyword == SELECT
                || keyword == WITH
                || keyword == TABLE
                || (keyword == VALUES && in.kind(ahead + 1) == TokenKind.LEFT_PAREN);
    }

    // ---------------------------------------------------------------- whole queries

    /// `( query )`, the query perhaps in more parentheses.
    Query parenthesisedQuery() {
        in.enter();
        in.expect(TokenKind.LEFT_PAREN);
        Query query = query();
        in.expect(TokenKind.RIGHT_PAREN);
        in.leave();
        return query;
    }

    /// A query with everything that may stand before and behind it.
    Query query() {
        int start = in.start();
        With with = in.at(WITH) ? with() : null;
        return query(with, start);
    }

    /// A query behind its WITH.
    Query query(@Nullable With with, int start) {
        in.enter();
        int outer = in.height;
        in.height = 0;
        Query query = finished(with, setOperations(operand(start), start, 1), start);
        in.raise();
        in.height = Math.max(in.height, outer);
        in.leave();
        return query;
    }

    /// Whether what stands here carries on a query that was in parentheses.
    boolean continuesQuery() {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        return switch (keyword) {
            case UNION, INTERSECT, EXCEPT, ORDER, LIMIT, OFFSET, FETCH, FOR -> true;
            default -> false;
        };
    }

    /// The query that begins at `start` with `first`, which was in parentheses.
    Query continued(Query first, int start) {
        Query query = finished(null, setOperations(first, start, 1), start);
        in.raise();
        return query;
    }

    /// UNION and EXCEPT bind alike, INTERSECT binds tighter.
    private Query setOperations(Query first, int start, int min) {
        Query left = first;
        while (true) {
            SetOperator operator;
            int level = 1;
            if (in.at(UNION)) operator = SetOperator.UNION;
            else if (in.at(EXCEPT)) operator = SetOperator.EXCEPT;
            else if (in.at(INTERSECT)) {
                operator = SetOperator.INTERSECT;
                level = 2;
            } else return left;
            if (level < min) return left;
            in.skip();
            boolean all = in.accept(ALL);
            if (!all) in.accept(DISTINCT);
            int rightStart = in.start();
            Query right = setOperations(operand(rightStart), rightStart, level + 1);
            Span span = in.since(start);
            left = plain(new SetOperation(left, operator, all, right, span), span);
            in.raise();
        }
    }

    private static Query plain(Query.Body body, Span span) {
        return new Query(null, body, List.of(), null, null, false, List.of(), span);
    }

    /// SELECT, VALUES, TABLE, or a query in parentheses, without clauses behind it.
    private Query operand(int start) {
        if (in.at(TokenKind.LEFT_PAREN)) return parenthesisedQuery();
        Keyword keyword = in.keyword();
        if (keyword == SELECT) {
            Select select = select();
            return plain(select, select.span());
        }
        if (keyword == VALUES) {
            Values values = values();
            return plain(values, values.span());
        }
        if (keyword == TABLE) {
            in.skip();
            Relation.Table bare = relations.bareTable();
            Span span = in.since(start);
            var table = new Relation.Table(bare.name(), bare.only(), true, null, null, span, span);
            var star = new SelectItem(new Star(List.of(), span), null, span);
            return plain(
                    new Select(
                            false,
                            List.of(),
                            List.of(star),
                            null,
                            List.of(table),
                            null,
                            false,
                            List.of(),
                            null,
                            List.of(),
                            span),
                    span);
        }
        throw in.error("SELECT, VALUES, TABLE or WITH");
    }

    /// `query` with its WITH and the clauses that follow here. As in PostgreSQL they become the
    /// clauses of a query in parentheses, which may not have the same ones itself.
    private Query finished(@Nullable With with, Query query, int start) {
        List<SortKey> orderBy = grammar.expressions.orderBy();
        Limits limits = new Limits(in, grammar.expressions);
        var locking = new ArrayList<Locking>(0);
        while (true) {
            if (in.at(FOR)) locking(locking);
            else if (!limits.clause()) break;
        }
        boolean unchanged = with == null && orderBy.isEmpty() && limits.none() && locking.isEmpty();
        if (unchanged && query.span().start() == start) return query;
        if (with != null && query.with() != null)
            throw in.refuse("syntax error: several WITH clauses", with.span());
        if (!orderBy.isEmpty() && !query.orderBy().isEmpty())
            throw in.refuse("syntax error: several ORDER BY clauses", orderBy.get(0).span());
        if ((limits.limited && query.limit() != null)
                || (limits.offset != null && query.offset() != null))
            throw in.refuse("syntax error: several LIMIT or OFFSET clauses", in.since(start));
        var allLocking = new ArrayList<Locking>(query.locking());
        allLocking.addAll(locking);
        return new Query(
                with != null ? with : query.with(),
                query.body(),
                orderBy.isEmpty() ? query.orderBy() : orderBy,
                limits.limit != null ? limits.limit : query.limit(),
                limits.offset != null ? limits.offset : query.offset(),
                limits.withTies || query.withTies(),
                allLocking,
                in.since(start));
    }

    /// LIMIT, OFFSET and FETCH FIRST, each at most once.
    private static final class Limits {
        private final Cursor in;
        private final Expressions expressions;
        @Nullable Expression limit;
        @Nullable Expression offset;
        boolean limited;
        boolean withTies;

        Limits(Cursor in, Expressions expressions) {
            this.in = in;
            this.expressions = expressions;
        }

        boolean none() {
            return !limited && offset == null;
        }

        /// Takes one clause if it stands here.
        boolean clause() {
            if (in.at(LIMIT)) {
                once(limited);
                in.skip();
                limited = true;
                if (!in.accept(ALL)) limit = expressions.expression();
                if (in.at(TokenKind.COMMA)) throw in.error("OFFSET rather than LIMIT x, y");
                return true;
            }
            if (in.at(FETCH)) {
                once(limited);
                in.skip();
                limited = true;
                fetch();
                return true;
            }
            if (in.at(OFFSET)) {
                once(offset != null);
                in.skip();
                offset = expressions.expression();
                in.acceptAny(ROW, ROWS);
                return true;
            }
            return false;
        }

        private void once(boolean before) {
            if (before) throw in.error("the end of the query");
        }

        private void fetch() {
            if (!in.acceptAny(FIRST, NEXT)) throw in.error("FIRST or NEXT");
            if (!in.at(ROW) && !in.at(ROWS))
                limit =
                        in.atSignedNumber() && !in.at(TokenKind.INTEGER)
                                ? in.signedNumber()
                                : expressions.primary();
            if (!in.acceptAny(ROW, ROWS)) throw in.error("ROW or ROWS");
            if (!in.accept(ONLY)) {
                in.expect(WITH, TIES);
                withTies = true;
            }
        }
    }

    private void locking(List<Locking> locking) {
        int start = in.start();
        in.expect(FOR);
        if (in.accept(READ)) {
            in.expect(ONLY);
            return;
        }
        LockStrength strength;
        if (in.accept(UPDATE)) strength = LockStrength.UPDATE;
        else if (in.accept(SHARE)) strength = LockStrength.SHARE;
        else if (in.accept(NO)) {
            in.expect(KEY, UPDATE);
            strength = LockStrength.NO_KEY_UPDATE;
        } else {
            in.expect(KEY, SHARE);
            strength = LockStrength.KEY_SHARE;
        }
        List<QualifiedName> of = in.accept(OF) ? in.separated(in::qualifiedName) : List.of();
        LockWait onLocked = LockWait.WAIT;
        if (in.accept(NOWAIT)) onLocked = LockWait.NOWAIT;
        else if (in.accept(SKIP)) {
            in.expect(LOCKED);
            onLocked = LockWait.SKIP_LOCKED;
        }
        locking.add(new Locking(strength, of, onLocked, in.since(start)));
    }

    // ---------------------------------------------------------------- SELECT and VALUES

    private Select select() {
        int start = in.start();
        in.expect(SELECT);
        boolean distinct = in.accept(DISTINCT);
        List<Expression> distinctOn = List.of();
        if (distinct) {
            if (in.accept(ON)) {
                in.expect(TokenKind.LEFT_PAREN);
                distinctOn = grammar.expressions.expressions();
                in.expect(TokenKind.RIGHT_PAREN);
            }
        } else {
            in.accept(ALL);
        }
        List<SelectItem> items = atSelectEnd() && !distinct ? List.of() : selectItems();
        IntoTable into = in.at(INTO) ? into() : null;
        List<Relation> from = in.accept(FROM) ? in.separated(relations::relation) : List.of();
        Expression where = in.accept(WHERE) ? grammar.expressions.expression() : null;
        boolean groupByDistinct = false;
        List<GroupingElement> groupBy = List.of();
        if (in.accept(GROUP, BY)) {
            groupByDistinct = in.accept(DISTINCT);
            if (!groupByDistinct) in.accept(ALL);
            groupBy = in.separated(this::groupingElement);
        }
        Expression having = in.accept(HAVING) ? grammar.expressions.expression() : null;
        List<NamedWindow> windows = in.accept(WINDOW) ? in.separated(this::namedWindow) : List.of();
        return new Select(
                distinct,
                distinctOn,
                items,
                into,
                from,
                where,
                groupByDistinct,
                groupBy,
                having,
                windows,
                in.since(start));
    }

    /// SELECT may have no items: what may stand instead of one.
    private boolean atSelectEnd() {
        switch (in.kind()) {
            case END, RIGHT_PAREN, SEMICOLON -> {
                return true;
            }
            case WORD -> {}
            default -> {
                return false;
            }
        }
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        return switch (keyword) {
            case FROM,
                    INTO,
                    WHERE,
                    GROUP,
                    HAVING,
                    WINDOW,
                    UNION,
                    INTERSECT,
                    EXCEPT,
                    ORDER,
                    LIMIT,
                    OFFSET,
                    FETCH,
                    FOR,
                    ON,
                    RETURNING,
                    WITH ->
                    true;
            default -> false;
        };
    }

    List<SelectItem> selectItems() {
        return in.separated(this::selectItem);
    }

    private SelectItem selectItem() {
        int start = in.start();
        if (in.acceptOperator("*")) {
            Span span = in.since(start);
            return new SelectItem(new Star(List.of(), span), null, span);
        }
        Expression expression = grammar.expressions.expression();
        Identifier alias = null;
        if (in.accept(AS)) alias = in.colLabel();
        else if (isBareLabel()) alias = in.take();
        return new SelectItem(expression, alias, in.since(start));
    }

    private boolean isBareLabel() {
        if (in.at(TokenKind.QUOTED_IDENTIFIER)) return true;
        if (!in.at(TokenKind.WORD)) return false;
        Keyword keyword = in.keyword();
        return keyword == null || keyword.bareLabel();
    }

    private IntoTable into() {
        int start = in.start();
        in.expect(INTO);
        boolean temporary = false;
        if (in.acceptAny(LOCAL, GLOBAL)) {
            if (!in.acceptAny(TEMPORARY, TEMP)) throw in.error("TEMPORARY");
            temporary = true;
        } else if (in.acceptAny(TEMPORARY, TEMP)) {
            temporary = true;
        } else {
            in.accept(UNLOGGED);
        }
        in.accept(TABLE);
        QualifiedName name = in.qualifiedName();
        return new IntoTable(name, temporary, in.since(start));
    }

    private NamedWindow namedWindow() {
        int start = in.start();
        Identifier name = in.colId();
        in.expect(AS);
        var specification = grammar.expressions.windowSpecification();
        return new NamedWindow(name, specification, in.since(start));
    }

    private GroupingElement groupingElement() {
        int start = in.start();
        if (in.at(TokenKind.LEFT_PAREN) && in.kind(1) == TokenKind.RIGHT_PAREN) {
            in.skip();
            in.skip();
            return new GroupingElement.Empty(in.since(start));
        }
        if (in.at(ROLLUP, TokenKind.LEFT_PAREN)) {
            List<Expression> items = groupingItems();
            return new GroupingElement.Rollup(items, in.since(start));
        }
        if (in.at(CUBE, TokenKind.LEFT_PAREN)) {
            List<Expression> items = groupingItems();
            return new GroupingElement.Cube(items, in.since(start));
        }
        if (in.at(GROUPING, SETS)) {
            in.enter();
            in.skip();
            in.skip();
            in.expect(TokenKind.LEFT_PAREN);
            List<GroupingElement> elements = in.separated(this::groupingElement);
            in.expect(TokenKind.RIGHT_PAREN);
            in.raise();
            in.leave();
            return new GroupingElement.Sets(elements, in.since(start));
        }
        Expression expression = grammar.expressions.expression();
        return new GroupingElement.Single(expression, in.since(start));
    }

    private List<Expression> groupingItems() {
        in.skip();
        in.expect(TokenKind.LEFT_PAREN);
        List<Expression> items = grammar.expressions.expressions();
        in.expect(TokenKind.RIGHT_PAREN);
        return items;
    }

    private Values values() {
        int start = in.start();
        in.expect(VALUES);
        List<List<Expression>> rows =
                in.separated(() -> {
                    in.expect(TokenKind.LEFT_PAREN);
                    List<Expression> row = grammar.expressions.expressions();
                    in.expect(TokenKind.RIGHT_PAREN);
                    return row;
                });
        return new Values(rows, in.since(start));
    }

    // ---------------------------------------------------------------- WITH

    With with() {
        int start = in.start();
        in.expect(WITH);
        boolean recursive = in.accept(RECURSIVE);
        List<With.CommonTable> tables = in.separated(this::commonTable);
        return new With(recursive, tables, in.since(start));
    }

    private With.CommonTable commonTable() {
        in.enter();
        int start = in.start();
        Identifier name = in.colId();
        List<Identifier> columns = in.optionalNameList();
        in.expect(AS);
        Boolean materialized = null;
        if (in.accept(MATERIALIZED)) materialized = true;
        else if (in.accept(NOT, MATERIALIZED)) materialized = false;
        in.expect(TokenKind.LEFT_PAREN);
        Statement.Preparable body = grammar.dml.preparable();
        in.expect(TokenKind.RIGHT_PAREN);
        With.Search search = in.at(SEARCH) ? search() : null;
        With.Cycle cycle = in.at(CYCLE) ? cycle() : null;
        in.raise();
        in.leave();
        return new With.CommonTable(
                name, columns, materialized, body, search, cycle, in.since(start));
    }

    private With.Search search() {
        int start = in.start();
        in.expect(SEARCH);
        boolean breadth = in.accept(BREADTH);
        if (!breadth) in.expect(DEPTH);
        in.expect(FIRST, BY);
        List<Identifier> by = in.separated(in::colId);
        in.expect(SET);
        Identifier sequence = in.colId();
        return new With.Search(breadth, by, sequence, in.since(start));
    }

    private With.Cycle cycle() {
        int start = in.start();
        in.expect(CYCLE);
        List<Identifier> columns = in.separated(in::colId);
        in.expect(SET);
        Identifier mark = in.colId();
        Expression value = null;
        Expression defaultValue = null;
        if (in.accept(TO)) {
            value = mark();
            in.expect(DEFAULT);
            defaultValue = mark();
        }
        in.expect(USING);
        Identifier path = in.colId();
        return new With.Cycle(columns, mark, value, defaultValue, path, in.since(start));
    }

    /// The grammar has a constant here; the server prints it with a cast when it prints a view.
    private Expression mark() {
        int start = in.start();
        Expression mark = grammar.expressions.primary();
        while (in.accept(TokenKind.TYPECAST))
            mark = new Expression.Cast(mark, grammar.types.type(), in.since(start));
        return mark;
    }
}
