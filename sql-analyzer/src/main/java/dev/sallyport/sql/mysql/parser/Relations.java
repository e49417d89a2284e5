package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Alias;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Relation.Join;
import dev.sallyport.sql.ast.Relation.JoinCondition;
import dev.sallyport.sql.ast.Relation.JoinType;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// FROM and everything in it.
final class Relations {
    private final Grammar grammar;
    private final Cursor in;

    Relations(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    /// `a, b JOIN c, ...`.
    List<Relation> list() {
        return in.separated(this::reference);
    }

    // ---------------------------------------------------------------- joins

    /// One join of a chain: what it joins, and the conditions behind that.
    private record Step(
            JoinType type, boolean natural, Relation right, List<JoinCondition> conditions) {}

    /// A table, or several joined.
    Relation reference() {
        in.enter();
        Relation first = factor();
        Relation whole = chain(first, first.span().start());
        in.leave();
        return whole;
    }

    private Relation chain(Relation first, int start) {
        List<Step> steps = new ArrayList<>();
        boolean nested = false;
        while (true) {
            Step step = step();
            if (step == null) break;
            steps.add(step);
            nested |= step.conditions.size() > 1;
        }
        return nested ? nested(first, steps, start) : leftDeep(first, steps, start);
    }

    /// A join without a condition of its own binds to the left, whatever follows.
    private Relation leftDeep(Relation first, List<Step> steps, int start) {
        Relation left = first;
        for (Step step : steps) {
            JoinCondition condition = step.conditions.isEmpty() ? null : step.conditions.getFirst();
            left = join(left, step, step.right, condition, start);
        }
        return left;
    }

    /// `a JOIN b JOIN c ON x ON y`: each condition belongs to the nearest join that has none.
    private Relation nested(Relation first, List<Step> steps, int start) {
        Deque<Relation> operands = new ArrayDeque<>();
        Deque<Step> open = new ArrayDeque<>();
        operands.push(first);
        for (Step step : steps) {
            if (step.natural) {
                if (!step.conditions.isEmpty()) throw in.error("no condition of NATURAL JOIN");
                Relation left = operands.pop();
                operands.push(join(left, step, step.right, null, start));
                continue;
            }
            open.push(step);
            operands.push(step.right);
            for (JoinCondition condition : step.conditions) {
                if (open.isEmpty()) throw in.error("no more ON than joins");
                Step closed = open.pop();
                Relation right = operands.pop();
                Relation left = operands.pop();
                operands.push(join(left, closed, right, condition, left.span().start()));
            }
        }
        if (!open.isEmpty()) throw in.error("an ON for every join");
        return operands.pop();
    }

    private Relation join(
            Relation left,
            Step step,
            Relation right,
            @Nullable JoinCondition condition,
            int start) {
        boolean outer = step.type == JoinType.LEFT || step.type == JoinType.RIGHT;
        if (outer && !step.natural && condition == null) throw in.error("ON");
        JoinType type =
                condition == null && !step.natural && step.type == JoinType.INNER
                        ? JoinType.CROSS
                        : step.type;
        in.raise();
        return new Join(left, type, step.natural, right, condition, null, in.since(start));
    }

    private @Nullable Step step() {
        boolean natural = false;
        JoinType type = JoinType.INNER;
        if (in.accept("NATURAL")) {
            natural = true;
            if (!in.accept("INNER")) type = outer();
            in.expect("JOIN");
        } else if (in.at("LEFT") || in.at("RIGHT")) {
            type = outer();
            in.expect("JOIN");
        } else if (in.acceptAny("INNER", "CROSS")) {
            in.expect("JOIN");
        } else if (!in.acceptAny("JOIN", "STRAIGHT_JOIN")) {
            return null;
        }
        Relation right = factor();
        List<JoinCondition> conditions = new ArrayList<>(1);
        while (atCondition()) {
            if (natural) throw in.error("no condition behind NATURAL JOIN");
            conditions.add(condition());
        }
        return new Step(type, natural, right, conditions);
    }

    private boolean atCondition() {
        // ON DUPLICATE KEY follows the query of an INSERT.
        return in.at("USING") || (in.at("ON") && !in.at("ON", "DUPLICATE", "KEY"));
    }

    private JoinType outer() {
        JoinType type =
                in.accept("LEFT")
                        ? JoinType.LEFT
                        : in.accept("RIGHT") ? JoinType.RIGHT : JoinType.INNER;
        if (type != JoinType.INNER) in.accept("OUTER");
        return type;
    }

    private JoinCondition condition() {
        int start = in.start();
        if (in.accept("USING"))
            return new JoinCondition.Using(in.nameList(), null, in.since(start));
        in.expect("ON");
        Expression expression = grammar.expressions.expression();
        return new JoinCondition.On(expression, in.since(start));
    }

    // ---------------------------------------------------------------- one relation

    private Relation factor() {
        int start = in.start();
        if (in.at(MySqlTokenKind.LEFT_PAREN)) {
            in.skip();
            return behindParenthesis(parenthesisRest(), start, false);
        }
        if (in.accept(MySqlTokenKind.LEFT_BRACE)) {
            // ODBC's { OJ a LEFT JOIN b ON ... }.
            in.identifier();
            Relation inside = reference();
            in.expect(MySqlTokenKind.RIGHT_BRACE);
            return inside;
        }
        if (in.at("LATERAL") && in.kind(1) == MySqlTokenKind.LEFT_PAREN) {
            in.skip();
            in.skip();
            return behindParenthesis(parenthesisRest(), start, true);
        }
        if (in.at("JSON_TABLE") && in.kind(1) == MySqlTokenKind.LEFT_PAREN) return jsonTable();
        return table();
    }

    /// Behind a `(`: a query or relations; and the `)`. Nothing is read twice.
    private Node parenthesisRest() {
        in.enter();
        Node inside;
        if (in.at("SELECT") || in.at("WITH") || in.at("VALUES") || atTableQuery()) {
            inside = grammar.queries.query();
        } else if (in.at(MySqlTokenKind.LEFT_PAREN)) {
            int inner = in.start();
            in.skip();
            Node first = parenthesisRest();
            if (first instanceof Query query && grammar.queries.atQueryRest())
                inside = grammar.queries.continued(query, inner);
            else if (first instanceof Query query && in.at(MySqlTokenKind.RIGHT_PAREN))
                inside = query;
            else inside = joined(chain(behindParenthesis(first, inner, false), inner));
        } else {
            inside = joined(reference());
        }
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        in.leave();
        return inside;
    }

    private boolean atTableQuery() {
        return in.at("TABLE") && !in.isMariaDb();
    }

    /// `(a, b)` is a cross join.
    private Relation joined(Relation first) {
        Relation left = first;
        while (in.accept(MySqlTokenKind.COMMA)) {
            Relation right = reference();
            in.raise();
            left =
                    new Join(
                            left,
                            JoinType.CROSS,
                            false,
                            right,
                            null,
                            null,
                            in.since(left.span().start()));
        }
        return left;
    }

    private Relation behindParenthesis(Node inside, int start, boolean lateral) {
        if (inside instanceof Query query) {
            Alias alias = alias(true);
            in.raise();
            return new Relation.Subquery(lateral, query, alias, in.since(start));
        }
        if (lateral) throw in.error("a query behind LATERAL");
        return (Relation) inside;
    }

    private @Nullable Alias alias(boolean withColumns) {
        int start = in.start();
        // MariaDB takes = for AS.
        boolean as = in.accept("AS") || (in.isMariaDb() && in.acceptOperator("="));
        if (!as && (!in.isIdentifier(0) || in.atWindowClause())) return null;
        Identifier name = in.identifier();
        List<Identifier> columns =
                withColumns && in.at(MySqlTokenKind.LEFT_PAREN) ? in.nameList() : List.of();
        return new Alias(name, columns, in.since(start));
    }

    private Relation table() {
        int start = in.start();
        QualifiedName name = in.qualifiedName();
        var reference = in.since(start);
        acceptPartitions();
        List<Expression> points = null;
        if (in.isMariaDb() && in.at("FOR", "SYSTEM_TIME")) points = systemTime();
        Alias alias = alias(false);
        indexHints();
        var table = new Relation.Table(name, false, false, alias, null, reference, in.since(start));
        return points == null ? table : new Relation.Versioned(table, points, in.since(start));
    }

    /// `PARTITION (p0, p1)`.
    void acceptPartitions() {
        if (in.at("PARTITION") && in.kind(1) == MySqlTokenKind.LEFT_PAREN) {
            in.skip();
            in.nameList();
        }
    }

    private List<Expression> systemTime() {
        in.skip();
        in.skip();
        if (in.accept("ALL")) return List.of();
        if (in.accept("AS")) {
            in.expect("OF");
            return List.of(point());
        }
        boolean from = in.expectAny("FROM", "BETWEEN").equals("from");
        Expression first = point();
        in.expect(from ? "TO" : "AND");
        return List.of(first, point());
    }

    private Expression point() {
        if (in.at("TRANSACTION") || (in.at("TIMESTAMP") && in.kind(1) != MySqlTokenKind.LEFT_PAREN))
            in.skip();
        return grammar.expressions.bitExpression();
    }

    private void indexHints() {
        while (in.at("USE") || in.at("FORCE") || in.at("IGNORE")) {
            if (!in.at(1, "INDEX") && !in.at(1, "KEY")) return;
            in.skip();
            in.skip();
            if (in.accept("FOR")) {
                if (!in.accept("JOIN")) {
                    in.expectAny("ORDER", "GROUP");
                    in.expect("BY");
                }
            }
            in.expect(MySqlTokenKind.LEFT_PAREN);
            if (!in.at(MySqlTokenKind.RIGHT_PAREN))
                in.separated(() -> in.at("PRIMARY") ? in.take() : in.identifier());
            in.expect(MySqlTokenKind.RIGHT_PAREN);
            if (in.at(MySqlTokenKind.COMMA)
                    && (in.at(1, "USE") || in.at(1, "FORCE") || in.at(1, "IGNORE"))) in.skip();
        }
    }

    // ---------------------------------------------------------------- JSON_TABLE

    private Relation jsonTable() {
        int start = in.start();
        in.skip();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        Expression context = grammar.expressions.expression();
        in.expect(MySqlTokenKind.COMMA);
        Expression path = grammar.expressions.textLiteral();
        List<Relation.JsonColumn> columns = jsonColumns();
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        Alias alias = alias(false);
        in.raise();
        return new Relation.JsonTable(
                true, context, path, List.of(), columns, null, alias, in.since(start));
    }

    private List<Relation.JsonColumn> jsonColumns() {
        in.expect("COLUMNS");
        return in.parenthesised(this::jsonColumn);
    }

    private Relation.JsonColumn jsonColumn() {
        in.enter();
        int start = in.start();
        Relation.JsonColumn column;
        if (in.at("NESTED") && (in.at(1, "PATH") || in.kind(1) == MySqlTokenKind.STRING)) {
            in.skip();
            in.accept("PATH");
            Expression path = grammar.expressions.textLiteral();
            column = new Relation.JsonColumn.Nested(path, jsonColumns(), in.since(start));
        } else {
            Identifier name = in.identifier();
            if (in.accept("FOR")) {
                in.expect("ORDINALITY");
                column = new Relation.JsonColumn.Ordinality(name, in.since(start));
            } else {
                column = jsonValue(name, start);
            }
        }
        in.leave();
        return column;
    }

    private Relation.JsonColumn jsonValue(Identifier name, int start) {
        TypeName type = grammar.types.type();
        in.accept("EXISTS");
        in.expect("PATH");
        Expression path = grammar.expressions.textLiteral();
        List<Expression> defaults = new ArrayList<>();
        while (in.at("NULL") || in.at("ERROR") || in.at("DEFAULT")) {
            if (in.accept("DEFAULT")) defaults.add(grammar.expressions.simpleExpression());
            else in.skip();
            in.expect("ON");
            in.expectAny("EMPTY", "ERROR");
        }
        return new Relation.JsonColumn.Value(name, type, path, defaults, in.since(start));
    }
}
