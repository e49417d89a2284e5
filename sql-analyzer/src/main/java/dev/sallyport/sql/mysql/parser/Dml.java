package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Alias;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.ColumnRef;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.MySqlStatement.ColumnAssignment;
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

/// INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, HANDLER.
final class Dml {
    private final Grammar grammar;
    private final Cursor in;

    Dml(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    // ---------------------------------------------------------------- INSERT and REPLACE

    Statement insert() {
        int start = in.start();
        boolean replace = in.accept("REPLACE");
        if (!replace) in.expect("INSERT");
        while (in.acceptAny("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE")) {
            // They change when and how it runs, not what it touches.
        }
        in.accept("INTO");
        Statement.Target target = target();
        List<ColumnRef> columns = List.of();
        Query source;
        Alias rowAlias = null;
        if (in.accept("SET")) {
            int from = in.start();
            List<ColumnAssignment> assignments = in.separated(this::assignment);
            columns = assignments.stream().map(ColumnAssignment::column).toList();
            source =
                    values(
                            List.of(assignments.stream().map(ColumnAssignment::value).toList()),
                            from);
            rowAlias = rowAlias();
        } else {
            if (atColumnList()) columns = columnList();
            int from = in.start();
            if (in.at("VALUE") || (in.at("VALUES") && !atRowConstructor())) {
                in.skip();
                source = values(in.separated(grammar.queries::row), from);
                rowAlias = rowAlias();
            } else if (grammar.queries.atQuery()) {
                source = grammar.queries.query();
                rowAlias = rowAlias();
            } else {
                throw in.error("VALUES, SET or a query");
            }
        }
        List<ColumnAssignment> onDuplicate = List.of();
        if (in.at("ON", "DUPLICATE") && in.at(2, "KEY")) {
            in.skip();
            in.skip();
            in.skip();
            in.expect("UPDATE");
            onDuplicate = in.separated(this::assignment);
        }
        return new MySqlStatement.Insert(
                replace,
                target,
                columns,
                source,
                rowAlias,
                onDuplicate,
                returning(),
                in.since(start));
    }

    /// VALUES ROW(...) is a query of its own.
    private boolean atRowConstructor() {
        return in.at(1, "ROW");
    }

    private Query values(List<List<Expression>> rows, int start) {
        in.raise();
        return new Query(
                null,
                new Query.Values(rows, in.since(start)),
                List.of(),
                null,
                null,
                false,
                List.of(),
                in.since(start));
    }

    private @Nullable Alias rowAlias() {
        if (!in.at("AS") || in.isMariaDb()) return null;
        int start = in.start();
        in.skip();
        Identifier name = in.identifier();
        List<Identifier> columns = in.at(MySqlTokenKind.LEFT_PAREN) ? in.nameList() : List.of();
        return new Alias(name, columns, in.since(start));
    }

    /// A parenthesis that doesn't begin a query.
    private boolean atColumnList() {
        return in.at(MySqlTokenKind.LEFT_PAREN) && !grammar.queries.atQuery();
    }

    private List<ColumnRef> columnList() {
        in.expect(MySqlTokenKind.LEFT_PAREN);
        if (in.accept(MySqlTokenKind.RIGHT_PAREN)) return List.of();
        List<ColumnRef> columns = in.separated(grammar.expressions::column);
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        return columns;
    }

    private Statement.Target target() {
        int start = in.start();
        QualifiedName name = in.qualifiedName();
        var reference = in.since(start);
        grammar.relations.acceptPartitions();
        return new Statement.Target(name, false, null, reference, in.since(start));
    }

    ColumnAssignment assignment() {
        int start = in.start();
        ColumnRef column = grammar.expressions.column();
        if (!in.acceptOperator(":=")) in.expectOperator("=");
        Expression value = grammar.expressions.expression();
        return new ColumnAssignment(column, value, in.since(start));
    }

    private Statement.@Nullable Returning returning() {
        if (!in.isMariaDb() || !in.at("RETURNING")) return null;
        int start = in.start();
        in.skip();
        List<Query.SelectItem> items = in.separated(grammar.queries::item);
        return new Statement.Returning(null, null, items, in.since(start));
    }

    // ---------------------------------------------------------------- UPDATE

    Statement update(@Nullable With with, int start) {
        in.expect("UPDATE");
        while (in.acceptAny("LOW_PRIORITY", "IGNORE")) {
            // Nothing is touched by them.
        }
        List<Relation> tables = in.separated(grammar.relations::reference);
        List<Expression> portion = portion();
        if (!portion.isEmpty()) {
            if (tables.size() != 1 || !(tables.getFirst() instanceof Relation.Table table))
                throw in.error("one table before FOR PORTION OF");
            tables =
                    List.of(new Relation.Versioned(table, portion, in.since(table.span().start())));
        }
        in.expect("SET");
        List<ColumnAssignment> assignments = in.separated(this::assignment);
        int place = in.since(start).end();
        int whereStart = in.start();
        Expression where = in.accept("WHERE") ? grammar.expressions.expression() : null;
        Span condition = where == null ? new Span(place, place) : in.since(whereStart);
        List<SortKey> orderBy = in.at("ORDER", "BY") ? grammar.queries.orderBy() : List.of();
        Expression limit = grammar.queries.limit();
        return new MySqlStatement.Update(
                with, tables, assignments, where, orderBy, limit, condition, in.since(start));
    }

    /// FOR PORTION OF period FROM a TO b.
    private List<Expression> portion() {
        if (!in.isMariaDb() || !in.at("FOR", "PORTION")) return List.of();
        in.skip();
        in.skip();
        in.expect("OF");
        in.identifier();
        in.expect("FROM");
        Expression from = grammar.expressions.expression();
        in.expect("TO");
        return List.of(from, grammar.expressions.expression());
    }

    // ---------------------------------------------------------------- DELETE

    Statement delete(@Nullable With with, int start) {
        in.expect("DELETE");
        while (in.acceptAny("LOW_PRIORITY", "QUICK", "IGNORE")) {
            // Nothing is touched by them.
        }
        boolean history = in.isMariaDb() && in.accept("HISTORY");
        if (!in.accept("FROM")) return multiple(with, false, start);
        int tableStart = in.start();
        QualifiedName name = in.qualifiedName();
        if (in.at(MySqlTokenKind.DOT) || in.at(MySqlTokenKind.COMMA) || in.at("USING"))
            return using(with, name, start);
        var reference = in.since(tableStart);
        grammar.relations.acceptPartitions();
        List<Expression> portion = portion();
        Alias alias = null;
        int aliasStart = in.start();
        if (in.accept("AS") || in.isIdentifier(0) && !in.at("BEFORE"))
            alias = new Alias(in.identifier(), List.of(), in.since(aliasStart));
        List<Expression> points = new ArrayList<>(portion);
        if (history && in.accept("BEFORE", "SYSTEM_TIME")) {
            in.acceptAny("TIMESTAMP", "TRANSACTION");
            points.add(grammar.expressions.bitExpression());
        }
        var table =
                new Relation.Table(
                        name, false, false, alias, null, reference, in.since(tableStart));
        Relation from =
                points.isEmpty()
                        ? table
                        : new Relation.Versioned(table, points, in.since(tableStart));
        QualifiedName target = alias == null ? name : Cursor.unqualified(alias.name());
        return rest(with, List.of(target), List.of(from), start);
    }

    /// `DELETE a, b.* FROM ...`.
    private Statement multiple(@Nullable With with, boolean using, int start) {
        List<QualifiedName> targets = in.separated(() -> starred(in.qualifiedName()));
        in.expect(using ? "USING" : "FROM");
        return rest(with, targets, grammar.relations.list(), start);
    }

    /// `DELETE FROM a, b.* USING ...`, whose first name has been read.
    private Statement using(@Nullable With with, QualifiedName first, int start) {
        List<QualifiedName> targets = new ArrayList<>();
        targets.add(starred(first));
        while (in.accept(MySqlTokenKind.COMMA)) targets.add(starred(in.qualifiedName()));
        in.expect("USING");
        return rest(with, targets, grammar.relations.list(), start);
    }

    private QualifiedName starred(QualifiedName name) {
        if (in.accept(MySqlTokenKind.DOT)) in.expectOperator("*");
        return name;
    }

    private Statement rest(
            @Nullable With with, List<QualifiedName> targets, List<Relation> from, int start) {
        int place = in.since(start).end();
        int whereStart = in.start();
        Expression where = in.accept("WHERE") ? grammar.expressions.expression() : null;
        Span condition = where == null ? new Span(place, place) : in.since(whereStart);
        List<SortKey> orderBy = in.at("ORDER", "BY") ? grammar.queries.orderBy() : List.of();
        Expression limit = grammar.queries.limit();
        return new MySqlStatement.Delete(
                with,
                targets,
                from,
                where,
                orderBy,
                limit,
                returning(),
                condition,
                in.since(start));
    }

    // ---------------------------------------------------------------- LOAD DATA

    Statement loadData() {
        int start = in.start();
        in.expect("LOAD");
        boolean xml = in.expectAny("DATA", "XML").equals("xml");
        in.acceptAny("LOW_PRIORITY", "CONCURRENT");
        boolean local = in.accept("LOCAL");
        in.expect("INFILE");
        Literal file = in.string();
        boolean replace = in.accept("REPLACE");
        if (!replace) in.accept("IGNORE");
        in.expect("INTO", "TABLE");
        Statement.Target target = target();
        grammar.types.acceptCharacterSet();
        if (xml && in.accept("ROWS")) {
            in.expect("IDENTIFIED", "BY");
            in.string();
        }
        fieldsAndLines();
        if (in.accept("IGNORE")) {
            in.number();
            in.expectAny("LINES", "ROWS");
        }
        List<Expression> fields = List.of();
        if (in.accept(MySqlTokenKind.LEFT_PAREN)) {
            if (!in.at(MySqlTokenKind.RIGHT_PAREN)) fields = in.separated(this::field);
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        }
        List<ColumnAssignment> assignments =
                in.accept("SET") ? in.separated(this::assignment) : List.of();
        return new MySqlStatement.LoadData(
                local, replace, file, target, fields, assignments, in.since(start));
    }

    private Expression field() {
        return in.at(MySqlTokenKind.USER_VARIABLE)
                ? grammar.expressions.plainUserVariable()
                : grammar.expressions.column();
    }

    /// FIELDS ... LINES ... of LOAD DATA and INTO OUTFILE.
    void fieldsAndLines() {
        if (in.acceptAny("FIELDS", "COLUMNS")) {
            boolean any = true;
            while (any) {
                any = in.accept("TERMINATED") || in.at("ENCLOSED") || in.accept("ESCAPED");
                if (!any && in.accept("OPTIONALLY")) any = true;
                if (!any) break;
                in.accept("ENCLOSED");
                in.expect("BY");
                grammar.expressions.textLiteral();
            }
        }
        if (in.accept("LINES"))
            while (in.acceptAny("STARTING", "TERMINATED")) {
                in.expect("BY");
                grammar.expressions.textLiteral();
            }
    }

    // ---------------------------------------------------------------- HANDLER

    Statement handler() {
        int start = in.start();
        in.expect("HANDLER");
        QualifiedName name = in.qualifiedName();
        if (in.accept("OPEN")) {
            Identifier alias = null;
            if (in.accept("AS") || in.isIdentifier(0)) alias = in.identifier();
            return handler(MySqlStatement.HandlerKind.OPEN, name, alias, null, List.of(), start);
        }
        if (in.accept("CLOSE"))
            return handler(MySqlStatement.HandlerKind.CLOSE, name, null, null, List.of(), start);
        in.expect("READ");
        Identifier index = null;
        List<Expression> keys = List.of();
        if (!in.acceptAny("FIRST", "NEXT")) {
            index = in.at("PRIMARY") ? in.take() : in.identifier();
            if (!in.acceptAny("FIRST", "NEXT", "PREV", "LAST")) {
                if (!in.acceptOperator("=")
                        && !in.acceptOperator("<=")
                        && !in.acceptOperator(">=")
                        && !in.acceptOperator("<")) in.expectOperator(">");
                keys = grammar.queries.row();
            }
        }
        return handler(MySqlStatement.HandlerKind.READ, name, null, index, keys, start);
    }

    private Statement handler(
            MySqlStatement.HandlerKind kind,
            QualifiedName name,
            @Nullable Identifier alias,
            @Nullable Identifier index,
            List<Expression> keys,
            int start) {
        Expression where = null;
        List<Expression> limits = new ArrayList<>();
        if (kind == MySqlStatement.HandlerKind.READ) {
            if (in.accept("WHERE")) where = grammar.expressions.expression();
            if (in.accept("LIMIT")) {
                limits.add(grammar.expressions.simpleExpression());
                if (in.accept(MySqlTokenKind.COMMA) || in.accept("OFFSET"))
                    limits.add(grammar.expressions.simpleExpression());
            }
        }
        return new MySqlStatement.Handler(
                kind, name, alias, index, keys, where, limits, in.since(start));
    }
}
