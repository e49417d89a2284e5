package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Queries: SELECT, VALUES, TABLE, set operations and the clauses round them.
final class Queries {
    private final Grammar grammar;
    private final Cursor in;

    /// How many queries the one being parsed stands in, itself included.
    private int level;

    /// The level at which INTO may stand: that of a statement of its own.
    private int intoLevel = -1;

    private @Nullable Into into;

    /// Where SELECT ... INTO puts its rows.
    private record Into(@Nullable Literal file, List<Expression> variables) {}

    Queries(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    // ---------------------------------------------------------------- statements

    boolean atQuery() {
        int ahead = 0;
        while (in.kind(ahead) == MySqlTokenKind.LEFT_PAREN) ahead++;
        return isQueryWord(ahead);
    }

    private boolean isQueryWord(int ahead) {
        return in.at(ahead, "SELECT")
                || in.at(ahead, "WITH")
                || in.at(ahead, "VALUES")
                || (in.at(ahead, "TABLE") && !in.isMariaDb());
    }

    /// A query that is a statement, with INTO or without.
    Statement statement() {
        return statement(null, in.start());
    }

    /// @param with what stands before it
    Statement statement(@Nullable With with, int start) {
        int outer = intoLevel;
        intoLevel = level + 1;
        into = null;
        Query query = with == null ? query() : query(with, start);
        Into target = into;
        into = null;
        intoLevel = outer;
        return target == null
                ? query
                : new MySqlStatement.SelectInto(
                        query, target.file, target.variables, in.since(start));
    }

    private void acceptInto() {
        if (!in.at("INTO")) return;
        if (level != intoLevel || into != null) throw in.error("no INTO here");
        in.skip();
        if (in.accept("OUTFILE") || in.accept("DUMPFILE")) {
            Literal file = in.string();
            grammar.types.acceptCharacterSet();
            grammar.dml.fieldsAndLines();
            into = new Into(file, List.of());
            return;
        }
        into = new Into(null, in.separated(this::intoTarget));
    }

    private Expression intoTarget() {
        return in.at(MySqlTokenKind.USER_VARIABLE)
                ? grammar.expressions.plainUserVariable()
                : grammar.expressions.column();
    }

    // ---------------------------------------------------------------- queries

    Query query() {
        int start = in.start();
        return query(in.at("WITH") ? with() : null, start);
    }

    private Query query(@Nullable With with, int start) {
        in.enter();
        level++;
        int before = in.height;
        in.height = 0;
        boolean parenthesised = in.at(MySqlTokenKind.LEFT_PAREN);
        Query query = whole(with, operand(), parenthesised, start);
        in.height = Math.max(before, in.height);
        in.raise();
        level--;
        in.leave();
        return query;
    }

    /// A query whose first operand, in parentheses, has been parsed.
    Query continued(Query first, int start) {
        in.enter();
        level++;
        Query query = whole(null, first, true, start);
        level--;
        in.leave();
        return query;
    }

    private Query whole(@Nullable With with, Query first, boolean parenthesised, int start) {
        Query left = intersections(first);
        while (in.at("UNION") || in.at("EXCEPT")) {
            var operator = in.at("UNION") ? Query.SetOperator.UNION : Query.SetOperator.EXCEPT;
            in.skip();
            boolean all = all();
            Query right = intersections(operand());
            left = setOperation(left, operator, all, right);
        }
        boolean single = left == first;
        List<SortKey> orderBy = in.at("ORDER", "BY") ? orderBy() : List.of();
        var limits = limits();
        if (in.at("PROCEDURE")) procedure();
        acceptInto();
        List<Query.Locking> locking = locking();
        acceptInto();
        boolean tail =
                with != null
                        || !orderBy.isEmpty()
                        || limits.limit != null
                        || limits.offset != null
                        || !locking.isEmpty();
        if (single && parenthesised && !tail) return first;
        // What stands behind (SELECT ...) still sees its FROM, unless that has an order or limit of
        // its own.
        Query.Body body =
                single && parenthesised && !isPlain(first)
                        ? new Query.Parenthesised(first, first.span())
                        : left.body();
        return new Query(
                with,
                body,
                orderBy,
                limits.limit,
                limits.offset,
                limits.ties,
                locking,
                in.since(start));
    }

    private static boolean isPlain(Query query) {
        return query.with() == null
                && query.orderBy().isEmpty()
                && query.limit() == null
                && query.offset() == null
                && query.locking().isEmpty();
    }

    private Query intersections(Query first) {
        Query left = first;
        while (in.accept("INTERSECT")) {
            boolean all = all();
            left = setOperation(left, Query.SetOperator.INTERSECT, all, operand());
        }
        return left;
    }

    private boolean all() {
        if (in.accept("ALL")) return true;
        in.accept("DISTINCT");
        return false;
    }

    private Query setOperation(Query left, Query.SetOperator operator, boolean all, Query right) {
        in.raise();
        int start = left.span().start();
        return plain(new Query.SetOperation(left, operator, all, right, in.since(start)), start);
    }

    private Query plain(Query.Body body, int start) {
        return new Query(null, body, List.of(), null, null, false, List.of(), in.since(start));
    }

    private Query operand() {
        int start = in.start();
        if (in.at(MySqlTokenKind.LEFT_PAREN)) {
            in.skip();
            if (!(parenthesisRest(start) instanceof Query query)) throw in.error("a query");
            return query;
        }
        if (in.at("SELECT")) return plain(select(), start);
        if (in.at("VALUES")) return plain(values(), start);
        if (in.at("TABLE") && !in.isMariaDb()) return plain(table(), start);
        throw in.error("SELECT");
    }

    /// Behind a `(`: a query, an expression, or several as a {@link Expression.Row}; and the `)`.
    /// However many parentheses stand there, nothing is read twice.
    ///
    /// @param start of the `(`
    Node parenthesisRest(int start) {
        in.enter();
        Node inside;
        if (isQueryWord(0)) {
            inside = query();
        } else if (in.at(MySqlTokenKind.LEFT_PAREN)) {
            int inner = in.start();
            in.skip();
            Node first = parenthesisRest(inner);
            if (first instanceof Query query && atQueryRest()) {
                inside = continued(query, inner);
            } else if (first instanceof Query query && in.at(MySqlTokenKind.RIGHT_PAREN)) {
                inside = query;
            } else {
                Expression operand =
                        first instanceof Query query
                                ? new Expression.ScalarSubquery(query, in.since(inner))
                                : (Expression) first;
                inside = list(grammar.expressions.continued(operand), start);
            }
        } else {
            inside = list(grammar.expressions.expression(), start);
        }
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        in.raise();
        in.leave();
        return inside;
    }

    /// Whether what follows a query in parentheses makes a larger query of it.
    boolean atQueryRest() {
        return in.atAny("UNION", "EXCEPT", "INTERSECT", "LIMIT", "FOR", "LOCK", "INTO", "OFFSET")
                || in.at("ORDER", "BY")
                || in.at("FETCH");
    }

    private Expression list(Expression first, int start) {
        if (!in.at(MySqlTokenKind.COMMA)) return first;
        List<Expression> items = new ArrayList<>();
        items.add(first);
        while (in.accept(MySqlTokenKind.COMMA)) items.add(grammar.expressions.expression());
        return new Expression.Row(items, in.since(start));
    }

    // ---------------------------------------------------------------- bodies

    private Query.Select select() {
        int start = in.start();
        in.expect("SELECT");
        boolean distinct = options();
        List<Query.SelectItem> items = in.separated(this::item);
        acceptInto();
        List<Relation> from = List.of();
        if (in.accept("FROM") && !acceptDual()) from = grammar.relations.list();
        Expression where = in.accept("WHERE") ? grammar.expressions.expression() : null;
        List<Query.GroupingElement> groupBy = in.at("GROUP", "BY") ? groupBy() : List.of();
        Expression having = in.accept("HAVING") ? grammar.expressions.expression() : null;
        List<Query.NamedWindow> windows = windows();
        if (!in.isMariaDb() && in.at("QUALIFY")) having = qualify(having);
        in.raise();
        return new Query.Select(
                distinct,
                List.of(),
                items,
                null,
                from,
                where,
                false,
                groupBy,
                having,
                windows,
                in.since(start));
    }

    /// QUALIFY is a condition on the groups' rows; where it stands makes no difference to what is
    /// used.
    private Expression qualify(@Nullable Expression having) {
        int start = in.start();
        in.expect("QUALIFY");
        Expression qualify = grammar.expressions.expression();
        return having == null
                ? qualify
                : new Expression.Logical(true, List.of(having, qualify), in.since(start));
    }

    private boolean acceptDual() {
        if (!in.at("DUAL") || in.kind(1) == MySqlTokenKind.COMMA) return false;
        in.skip();
        return true;
    }

    /// @return DISTINCT
    private boolean options() {
        boolean distinct = false;
        while (true) {
            if (in.acceptAny("DISTINCT", "DISTINCTROW")) distinct = true;
            else if (!in.acceptAny(
                            "ALL",
                            "HIGH_PRIORITY",
                            "STRAIGHT_JOIN",
                            "SQL_SMALL_RESULT",
                            "SQL_BIG_RESULT",
                            "SQL_BUFFER_RESULT",
                            "SQL_NO_CACHE",
                            "SQL_CALC_FOUND_ROWS")
                    && !(in.isMariaDb() && in.accept("SQL_CACHE"))) return distinct;
        }
    }

    Query.SelectItem item() {
        int start = in.start();
        if (in.atOperator("*")) {
            in.skip();
            return new Query.SelectItem(
                    new Expression.Star(List.of(), in.since(start)), null, in.since(start));
        }
        Expression expression = grammar.expressions.expression();
        Identifier alias = null;
        if (in.accept("AS")) alias = in.identifierOrString();
        else if ((in.isIdentifier(0) && !in.atWindowClause()) || in.at(MySqlTokenKind.STRING))
            alias = in.identifierOrString();
        return new Query.SelectItem(expression, alias, in.since(start));
    }

    private List<Query.GroupingElement> groupBy() {
        int start = in.start();
        in.skip();
        in.skip();
        if ((in.at("ROLLUP") || in.at("CUBE")) && in.kind(1) == MySqlTokenKind.LEFT_PAREN) {
            in.skip();
            List<Expression> items = in.parenthesised(grammar.expressions::expression);
            return List.of(new Query.GroupingElement.Rollup(items, in.since(start)));
        }
        List<Expression> items =
                in.separated(() -> {
                    Expression item = grammar.expressions.expression();
                    in.acceptAny("ASC", "DESC");
                    return item;
                });
        if (in.accept("WITH", "ROLLUP"))
            return List.of(new Query.GroupingElement.Rollup(items, in.since(start)));
        List<Query.GroupingElement> elements = new ArrayList<>();
        for (Expression item : items)
            elements.add(new Query.GroupingElement.Single(item, item.span()));
        return elements;
    }

    private List<Query.NamedWindow> windows() {
        if (!in.at("WINDOW")) return List.of();
        in.skip();
        return in.separated(() -> {
            int start = in.start();
            Identifier name = in.identifier();
            in.expect("AS");
            return new Query.NamedWindow(name, grammar.specialForms.window(), in.since(start));
        });
    }

    /// `VALUES ROW(1, 2), ...` of MySQL, `VALUES (1, 2), ...` of MariaDB.
    private Query.Values values() {
        int start = in.start();
        in.expect("VALUES");
        List<List<Expression>> rows =
                in.separated(() -> {
                    in.accept("ROW");
                    return row();
                });
        in.raise();
        return new Query.Values(rows, in.since(start));
    }

    /// `(value, ...)`, also `()`.
    List<Expression> row() {
        in.expect(MySqlTokenKind.LEFT_PAREN);
        if (in.accept(MySqlTokenKind.RIGHT_PAREN)) return List.of();
        List<Expression> values = in.separated(grammar.expressions::expression);
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        return values;
    }

    private Query.Select table() {
        int start = in.start();
        in.expect("TABLE");
        QualifiedName name = in.qualifiedName();
        var table =
                new Relation.Table(name, false, true, null, null, in.since(start), in.since(start));
        var star = new Expression.Star(List.of(), in.since(start));
        return new Query.Select(
                false,
                List.of(),
                List.of(new Query.SelectItem(star, null, in.since(start))),
                null,
                List.of(table),
                null,
                false,
                List.of(),
                null,
                List.of(),
                in.since(start));
    }

    /// PROCEDURE ANALYSE(10, 20) of MariaDB: looks at the result only.
    private void procedure() {
        if (!in.isMariaDb()) throw in.error("no PROCEDURE");
        in.skip();
        in.expect("ANALYSE");
        in.expect(MySqlTokenKind.LEFT_PAREN);
        if (!in.at(MySqlTokenKind.RIGHT_PAREN)) in.separated(in::number);
        in.expect(MySqlTokenKind.RIGHT_PAREN);
    }

    // ---------------------------------------------------------------- clauses

    List<SortKey> orderBy() {
        in.expect("ORDER", "BY");
        return in.separated(() -> {
            int start = in.start();
            Expression expression = grammar.expressions.expression();
            boolean descending = in.accept("DESC");
            if (!descending) in.accept("ASC");
            return new SortKey(expression, descending, null, null, in.since(start));
        });
    }

    private record Limits(@Nullable Expression limit, @Nullable Expression offset, boolean ties) {}

    /// LIMIT in both orders, OFFSET ... FETCH, ROWS EXAMINED.
    private Limits limits() {
        Expression limit = null;
        Expression offset = null;
        boolean ties = false;
        if (in.accept("LIMIT")) {
            if (!in.at("ROWS", "EXAMINED")) {
                limit = grammar.expressions.simpleExpression();
                if (in.accept(MySqlTokenKind.COMMA)) {
                    offset = limit;
                    limit = grammar.expressions.simpleExpression();
                } else if (in.accept("OFFSET")) {
                    offset = grammar.expressions.simpleExpression();
                }
            }
            if (in.accept("ROWS", "EXAMINED")) {
                Expression examined = grammar.expressions.simpleExpression();
                if (limit == null) limit = examined;
            }
        } else if (in.isMariaDb()) {
            if (in.accept("OFFSET")) {
                offset = grammar.expressions.simpleExpression();
                in.acceptAny("ROW", "ROWS");
            }
            if (in.accept("FETCH")) {
                in.expectAny("FIRST", "NEXT");
                if (!in.at("ROW") && !in.at("ROWS")) limit = grammar.expressions.simpleExpression();
                in.expectAny("ROW", "ROWS");
                ties = in.accept("WITH", "TIES");
                if (!ties) in.expect("ONLY");
            }
        }
        return new Limits(limit, offset, ties);
    }

    /// LIMIT of UPDATE and DELETE.
    @Nullable Expression limit() {
        if (!in.accept("LIMIT")) return null;
        Expression limit = in.at("ROWS") ? null : grammar.expressions.simpleExpression();
        if (in.accept("ROWS", "EXAMINED")) {
            Expression examined = grammar.expressions.simpleExpression();
            if (limit == null) limit = examined;
        }
        return limit;
    }

    private List<Query.Locking> locking() {
        List<Query.Locking> clauses = new ArrayList<>();
        while (true) {
            int start = in.start();
            Query.LockStrength strength;
            List<QualifiedName> of = List.of();
            if (in.accept("LOCK", "IN", "SHARE")) {
                in.expect("MODE");
                strength = Query.LockStrength.SHARE;
            } else if (in.accept("FOR", "UPDATE")) {
                strength = Query.LockStrength.UPDATE;
            } else if (!in.isMariaDb() && in.accept("FOR", "SHARE")) {
                strength = Query.LockStrength.SHARE;
            } else {
                return clauses;
            }
            if (in.accept("OF")) of = in.separated(in::qualifiedName);
            var wait = Query.LockWait.WAIT;
            if (in.accept("NOWAIT")) wait = Query.LockWait.NOWAIT;
            else if (in.accept("SKIP", "LOCKED")) wait = Query.LockWait.SKIP_LOCKED;
            else if (in.accept("WAIT")) in.number();
            clauses.add(new Query.Locking(strength, of, wait, in.since(start)));
        }
    }

    // ---------------------------------------------------------------- WITH

    With with() {
        int start = in.start();
        in.expect("WITH");
        boolean recursive = in.accept("RECURSIVE");
        List<With.CommonTable> tables = in.separated(this::commonTable);
        return new With(recursive, tables, in.since(start));
    }

    private With.CommonTable commonTable() {
        int start = in.start();
        Identifier name = in.identifier();
        List<Identifier> columns = in.at(MySqlTokenKind.LEFT_PAREN) ? in.nameList() : List.of();
        in.expect("AS");
        int paren = in.start();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        if (!(parenthesisRest(paren) instanceof Query query)) throw in.error("a query");
        // CYCLE of MariaDB adds no column.
        if (in.isMariaDb() && in.accept("CYCLE")) {
            in.separated(in::identifier);
            in.expect("RESTRICT");
        }
        return new With.CommonTable(name, columns, null, query, null, null, in.since(start));
    }
}
