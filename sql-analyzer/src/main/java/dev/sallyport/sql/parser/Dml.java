package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.CurrentOf;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement.Assignment;
import dev.sallyport.sql.ast.Statement.Delete;
import dev.sallyport.sql.ast.Statement.IndexElement;
import dev.sallyport.sql.ast.Statement.Insert;
import dev.sallyport.sql.ast.Statement.Merge;
import dev.sallyport.sql.ast.Statement.MergeAction;
import dev.sallyport.sql.ast.Statement.MergeMatch;
import dev.sallyport.sql.ast.Statement.MergeWhen;
import dev.sallyport.sql.ast.Statement.OnConflict;
import dev.sallyport.sql.ast.Statement.Overriding;
import dev.sallyport.sql.ast.Statement.Preparable;
import dev.sallyport.sql.ast.Statement.Returning;
import dev.sallyport.sql.ast.Statement.Target;
import dev.sallyport.sql.ast.Statement.TargetColumn;
import dev.sallyport.sql.ast.Statement.Update;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// INSERT, UPDATE, DELETE, MERGE.
final class Dml {
    private final Grammar grammar;
    private final Cursor in;

    Dml(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    boolean atPreparable() {
        Keyword keyword = in.keyword();
        return keyword == INSERT
                || keyword == UPDATE
                || keyword == DELETE
                || keyword == MERGE
                || grammar.queries.atQuery();
    }

    /// PostgreSQL's PreparableStmt: a query or DML, with its WITH.
    Preparable preparable() {
        in.enter();
        int start = in.start();
        With with = in.at(WITH) ? grammar.queries.with() : null;
        Keyword keyword = in.keyword();
        Preparable statement;
        if (keyword == INSERT) statement = insert(with, start);
        else if (keyword == UPDATE) statement = update(with, start);
        else if (keyword == DELETE) statement = delete(with, start);
        else if (keyword == MERGE) statement = merge(with, start);
        else statement = grammar.queries.query(with, start);
        in.leave();
        return statement;
    }

    // ---------------------------------------------------------------- INSERT

    private Insert insert(@Nullable With with, int start) {
        in.expect(INSERT, INTO);
        int targetStart = in.start();
        QualifiedName name = in.qualifiedName();
        Span reference = in.since(targetStart);
        Identifier alias = in.accept(AS) ? in.colId() : null;
        var target = new Target(name, false, alias, reference, in.since(targetStart));

        List<TargetColumn> columns = List.of();
        Overriding overriding = Overriding.NONE;
        Query source = null;
        if (!in.accept(DEFAULT, VALUES)) {
            // A parenthesis opens the column list or the query.
            if (in.at(TokenKind.LEFT_PAREN) && !grammar.queries.atQuery())
                columns = targetColumns();
            overriding = overriding();
            source = grammar.queries.query();
        }
        OnConflict onConflict = in.at(ON, CONFLICT) ? onConflict() : null;
        Returning returning = returning();
        return new Insert(
                with, target, columns, overriding, source, onConflict, returning, in.since(start));
    }

    private Overriding overriding() {
        if (!in.accept(OVERRIDING)) return Overriding.NONE;
        boolean system = in.accept(SYSTEM);
        if (!system) in.expect(USER);
        in.expect(VALUE);
        return system ? Overriding.SYSTEM : Overriding.USER;
    }

    private List<TargetColumn> targetColumns() {
        in.expect(TokenKind.LEFT_PAREN);
        List<TargetColumn> columns = in.separated(this::targetColumn);
        in.expect(TokenKind.RIGHT_PAREN);
        return columns;
    }

    /// `column`, `column.field`, `column[1]`.
    private TargetColumn targetColumn() {
        int start = in.start();
        Identifier name = in.colId();
        if (!in.at(TokenKind.DOT) && !in.at(TokenKind.LEFT_BRACKET))
            return new TargetColumn(name, List.of(), List.of(), name.span());
        var fields = new ArrayList<Identifier>(1);
        var subscripts = new ArrayList<Expression>(1);
        while (true) {
            if (in.accept(TokenKind.DOT)) {
                fields.add(in.colLabel());
            } else if (in.accept(TokenKind.LEFT_BRACKET)) {
                if (!in.at(TokenKind.COLON)) subscripts.add(grammar.expressions.expression());
                if (in.accept(TokenKind.COLON) && !in.at(TokenKind.RIGHT_BRACKET))
                    subscripts.add(grammar.expressions.expression());
                in.expect(TokenKind.RIGHT_BRACKET);
            } else {
                return new TargetColumn(name, fields, subscripts, in.since(start));
            }
        }
    }

    private OnConflict onConflict() {
        int start = in.start();
        in.expect(ON, CONFLICT);
        List<IndexElement> inference = List.of();
        Expression inferenceWhere = null;
        Identifier constraint = null;
        if (in.at(TokenKind.LEFT_PAREN)) {
            in.skip();
            inference = in.separated(this::indexElement);
            in.expect(TokenKind.RIGHT_PAREN);
            inferenceWhere = where();
        } else if (in.accept(ON, CONSTRAINT)) {
            constraint = in.colId();
        }
        in.expect(DO);
        if (in.accept(NOTHING)) {
            Span all = in.since(start);
            Span none = new Span(all.end(), all.end());
            return new OnConflict(
                    inference, inferenceWhere, constraint, false, List.of(), null, none, all);
        }
        in.expect(UPDATE, SET);
        List<Assignment> assignments = assignments();
        int before = in.since(start).end();
        int at = in.start();
        Expression where = where();
        Span condition = where == null ? new Span(before, before) : in.since(at);
        return new OnConflict(
                inference,
                inferenceWhere,
                constraint,
                true,
                assignments,
                where,
                condition,
                in.since(start));
    }

    /// PostgreSQL's index_elem without what only CREATE INDEX has use for; that is taken, too.
    IndexElement indexElement() {
        int start = in.start();
        Expression expression = indexExpression();
        QualifiedName collation = in.accept(COLLATE) ? in.qualifiedName() : null;
        QualifiedName operatorClass = null;
        if (in.isColId(0) && !in.at(NULLS)) {
            operatorClass = in.qualifiedName();
            if (in.at(TokenKind.LEFT_PAREN)) new Options(grammar).list();
        }
        if (!in.accept(ASC)) in.accept(DESC);
        grammar.expressions.nullsFirst();
        return new IndexElement(expression, collation, operatorClass, in.since(start));
    }

    /// A column, a call, or any expression in parentheses.
    Expression indexExpression() {
        if (in.accept(TokenKind.LEFT_PAREN)) {
            Expression expression = grammar.expressions.expression();
            in.expect(TokenKind.RIGHT_PAREN);
            return expression;
        }
        if (in.isColId(0) && in.kind(1) != TokenKind.LEFT_PAREN && in.kind(1) != TokenKind.DOT) {
            Identifier column = in.colId();
            return new Expression.ColumnRef(List.of(column), column.span());
        }
        return grammar.expressions.tableFunction();
    }

    // ---------------------------------------------------------------- UPDATE and DELETE

    /// PostgreSQL's relation_expr_opt_alias.
    private Target target() {
        int start = in.start();
        Relation.Table table = grammar.queries.relations().bareTable();
        Identifier alias = null;
        if (in.accept(AS)) alias = in.colId();
        else if (in.isColId(0) && !in.at(SET)) alias = in.colId();
        return new Target(table.name(), table.only(), alias, table.reference(), in.since(start));
    }

    private Update update(@Nullable With with, int start) {
        in.expect(UPDATE);
        Target target = target();
        in.expect(SET);
        List<Assignment> assignments = assignments();
        List<Relation> from = in.accept(FROM) ? relations() : List.of();
        int before = in.since(start).end();
        int at = in.start();
        Expression where = whereOrCurrent();
        Span condition = where == null ? new Span(before, before) : in.since(at);
        Returning returning = returning();
        return new Update(
                with, target, assignments, from, where, condition, returning, in.since(start));
    }

    private List<Assignment> assignments() {
        return in.separated(this::assignment);
    }

    private Assignment assignment() {
        int start = in.start();
        boolean multiple = in.at(TokenKind.LEFT_PAREN);
        List<TargetColumn> columns = multiple ? targetColumns() : List.of(targetColumn());
        in.expectOperator("=");
        Expression value = grammar.expressions.expression();
        return new Assignment(columns, multiple, value, in.since(start));
    }

    private Delete delete(@Nullable With with, int start) {
        in.expect(DELETE, FROM);
        Target target = target();
        List<Relation> using = in.accept(USING) ? relations() : List.of();
        int before = in.since(start).end();
        int at = in.start();
        Expression where = whereOrCurrent();
        Span condition = where == null ? new Span(before, before) : in.since(at);
        Returning returning = returning();
        return new Delete(with, target, using, where, condition, returning, in.since(start));
    }

    private List<Relation> relations() {
        return in.separated(grammar.queries.relations()::relation);
    }

    @Nullable Expression where() {
        return in.accept(WHERE) ? grammar.expressions.expression() : null;
    }

    private @Nullable Expression whereOrCurrent() {
        if (in.at(WHERE, CURRENT) && in.keyword(2) == OF) {
            in.skip();
            int start = in.start();
            in.expect(CURRENT, OF);
            Identifier cursor = in.colId();
            return new CurrentOf(cursor, in.since(start));
        }
        return where();
    }

    private @Nullable Returning returning() {
        int start = in.start();
        if (!in.accept(RETURNING)) return null;
        Identifier oldAlias = null;
        Identifier newAlias = null;
        if (in.accept(WITH)) {
            in.expect(TokenKind.LEFT_PAREN);
            do {
                boolean old = in.accept(OLD);
                if (!old) in.expect(NEW);
                in.expect(AS);
                Identifier alias = in.colId();
                if (old ? oldAlias != null : newAlias != null)
                    throw in.refuse("syntax error: OLD or NEW named twice", alias.span());
                if (old) oldAlias = alias;
                else newAlias = alias;
            } while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        }
        List<Query.SelectItem> items = grammar.queries.selectItems();
        return new Returning(oldAlias, newAlias, items, in.since(start));
    }

    // ---------------------------------------------------------------- MERGE

    private Merge merge(@Nullable With with, int start) {
        in.expect(MERGE, INTO);
        Target target = target();
        in.expect(USING);
        Relation using = grammar.queries.relations().relation();
        int at = in.start();
        in.expect(ON);
        Expression on = grammar.expressions.expression();
        Span condition = in.since(at);
        var whens = new ArrayList<MergeWhen>();
        do whens.add(mergeWhen());
        while (in.at(WHEN));
        Returning returning = returning();
        return new Merge(with, target, using, on, condition, whens, returning, in.since(start));
    }

    private MergeWhen mergeWhen() {
        int start = in.start();
        in.expect(WHEN);
        MergeMatch match = MergeMatch.MATCHED;
        if (in.accept(NOT)) {
            match = MergeMatch.NOT_MATCHED_BY_TARGET;
            in.expect(MATCHED);
            if (in.accept(BY)) {
                if (in.accept(SOURCE)) match = MergeMatch.NOT_MATCHED_BY_SOURCE;
                else in.expect(TARGET);
            }
        } else {
            in.expect(MATCHED);
        }
        int before = in.since(start).end();
        int at = in.start();
        Expression condition = in.accept(AND) ? grammar.expressions.expression() : null;
        Span guard = condition == null ? new Span(before, before) : in.since(at);
        in.expect(THEN);
        MergeAction action = mergeAction(match);
        return new MergeWhen(match, condition, guard, action, in.since(start));
    }

    private MergeAction mergeAction(MergeMatch match) {
        if (in.accept(DO, NOTHING)) return new MergeAction.DoNothing();
        if (match == MergeMatch.NOT_MATCHED_BY_TARGET) {
            in.expect(INSERT);
            List<TargetColumn> columns = in.at(TokenKind.LEFT_PAREN) ? targetColumns() : List.of();
            Overriding overriding = overriding();
            if (in.accept(DEFAULT, VALUES))
                return new MergeAction.InsertRow(columns, overriding, List.of());
            in.expect(VALUES);
            in.expect(TokenKind.LEFT_PAREN);
            List<Expression> values = grammar.expressions.expressions();
            in.expect(TokenKind.RIGHT_PAREN);
            return new MergeAction.InsertRow(columns, overriding, values);
        }
        if (in.accept(DELETE)) return new MergeAction.DeleteRow();
        in.expect(UPDATE, SET);
        return new MergeAction.UpdateRow(assignments());
    }
}
