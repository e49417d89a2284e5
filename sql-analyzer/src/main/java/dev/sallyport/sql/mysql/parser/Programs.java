package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Bodies of stored programs: every statement and expression in them is parsed; their flow isn't
/// kept.
final class Programs {
    private final Grammar grammar;
    private final Cursor in;

    /// What the body being parsed holds so far.
    private @Nullable Body body;

    private static final class Body {
        final List<Identifier> variables = new ArrayList<>();
        final List<Statement> statements = new ArrayList<>();
        final List<Expression> expressions = new ArrayList<>();
    }

    Programs(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    // ---------------------------------------------------------------- variables

    /// Whether `SET name = ...` is about a variable of the program, or a column of NEW.
    boolean isVariable(List<Identifier> parts) {
        if (body == null) return false;
        String first = parts.getFirst().name().toLowerCase(Locale.ROOT);
        if (parts.size() == 2 && first.equals("new")) return true;
        for (Identifier variable : body.variables)
            if (variable.name().toLowerCase(Locale.ROOT).equals(first)) return true;
        return false;
    }

    // ---------------------------------------------------------------- entry points

    /// BEGIN NOT ATOMIC ... END.
    Statement compound() {
        int start = in.start();
        Body outer = body;
        body = new Body();
        in.expect("BEGIN", "NOT");
        in.expect("ATOMIC");
        block(body);
        Statement compound = built(body, start);
        body = outer;
        return compound;
    }

    /// The body of a routine, trigger or event.
    ///
    /// @param parameters names that mean variables in it
    MySqlStatement.Compound body(List<Identifier> parameters) {
        int start = in.start();
        Body outer = body;
        body = new Body();
        body.variables.addAll(parameters);
        statement(body);
        MySqlStatement.Compound compound = built(body, start);
        body = outer;
        return compound;
    }

    private MySqlStatement.Compound built(Body made, int start) {
        return new MySqlStatement.Compound(
                made.variables, made.statements, made.expressions, in.since(start));
    }

    // ---------------------------------------------------------------- statements

    private void statement(Body into) {
        in.enter();
        if (in.isIdentifier(0) && in.kind(1) == MySqlTokenKind.COLON) {
            in.skip();
            in.skip();
            if (!in.atAny("BEGIN", "LOOP", "REPEAT", "WHILE", "FOR"))
                throw in.error("a block or loop behind its label");
        }
        String word = in.at(MySqlTokenKind.WORD) ? in.tokens.upper(in.index()) : "";
        switch (word) {
            case "BEGIN" -> {
                in.skip();
                if (in.accept("NOT")) in.expect("ATOMIC");
                block(into);
            }
            case "IF" -> ifThen(into);
            case "CASE" -> caseWhen(into);
            case "LOOP" -> {
                in.skip();
                until(into, "END");
                in.expect("END", "LOOP");
                label();
            }
            case "REPEAT" -> {
                in.skip();
                until(into, "UNTIL");
                in.expect("UNTIL");
                into.expressions.add(grammar.expressions.expression());
                in.expect("END", "REPEAT");
                label();
            }
            case "WHILE" -> {
                in.skip();
                into.expressions.add(grammar.expressions.expression());
                in.expect("DO");
                until(into, "END");
                in.expect("END", "WHILE");
                label();
            }
            case "FOR" -> forLoop(into);
            case "LEAVE", "ITERATE" -> {
                in.skip();
                in.identifier();
            }
            case "RETURN" -> {
                in.skip();
                into.expressions.add(grammar.expressions.expression());
            }
            case "OPEN" -> {
                in.skip();
                in.identifier();
                if (in.at(MySqlTokenKind.LEFT_PAREN))
                    into.expressions.addAll(grammar.queries.row());
            }
            case "CLOSE" -> {
                in.skip();
                in.identifier();
            }
            case "FETCH" -> fetch(into);
            case String _ -> into.statements.add(grammar.statements.statement());
        }
        in.raise();
        in.leave();
    }

    private void label() {
        if (in.isIdentifier(0)) in.identifier();
    }

    /// Statements with `;` behind each, up to one of these words.
    private void until(Body into, String... words) {
        while (!in.atAny(words)) {
            statement(into);
            in.expect(MySqlTokenKind.SEMICOLON);
        }
    }

    /// Behind BEGIN.
    private void block(Body into) {
        while (in.at("DECLARE")) {
            declare(into);
            in.expect(MySqlTokenKind.SEMICOLON);
        }
        until(into, "END");
        in.expect("END");
        label();
    }

    private void ifThen(Body into) {
        in.skip();
        into.expressions.add(grammar.expressions.expression());
        in.expect("THEN");
        until(into, "ELSEIF", "ELSE", "END");
        while (in.accept("ELSEIF")) {
            into.expressions.add(grammar.expressions.expression());
            in.expect("THEN");
            until(into, "ELSEIF", "ELSE", "END");
        }
        if (in.accept("ELSE")) until(into, "END");
        in.expect("END", "IF");
    }

    private void caseWhen(Body into) {
        in.skip();
        if (!in.at("WHEN")) into.expressions.add(grammar.expressions.expression());
        in.expect("WHEN");
        do {
            into.expressions.add(grammar.expressions.expression());
            in.expect("THEN");
            until(into, "WHEN", "ELSE", "END");
        } while (in.accept("WHEN"));
        if (in.accept("ELSE")) until(into, "END");
        in.expect("END", "CASE");
    }

    /// FOR record IN (query) or cursor DO ... END FOR, of MariaDB.
    private void forLoop(Body into) {
        if (!in.isMariaDb()) throw in.error("a statement");
        in.skip();
        into.variables.add(in.identifier());
        in.expect("IN");
        in.accept("REVERSE");
        if (in.at(MySqlTokenKind.LEFT_PAREN)) {
            int paren = in.start();
            in.skip();
            Node inside = grammar.queries.parenthesisRest(paren);
            if (!(inside instanceof Query query)) throw in.error("a query");
            into.statements.add(query);
        } else {
            // A cursor, perhaps with arguments, or a range.
            into.expressions.add(grammar.expressions.bitExpression());
            if (in.accept(MySqlTokenKind.DOT)) {
                in.expect(MySqlTokenKind.DOT);
                into.expressions.add(grammar.expressions.bitExpression());
            }
        }
        in.expect("DO");
        until(into, "END");
        in.expect("END", "FOR");
        label();
    }

    private void fetch(Body into) {
        in.skip();
        // FETCH GROUP NEXT ROW of a stored aggregate.
        if (in.accept("GROUP")) {
            in.expect("NEXT", "ROW");
            return;
        }
        if (in.accept("NEXT")) in.expect("FROM");
        else in.accept("FROM");
        in.identifier();
        in.expect("INTO");
        for (Expression.ColumnRef variable : in.separated(grammar.expressions::column))
            into.expressions.add(variable);
    }

    // ---------------------------------------------------------------- DECLARE

    private void declare(Body into) {
        in.skip();
        if (in.atAny("CONTINUE", "EXIT", "UNDO") && in.at(1, "HANDLER")) {
            in.skip();
            in.skip();
            in.expect("FOR");
            in.separated(this::condition);
            statement(into);
            return;
        }
        Identifier name = in.identifier();
        if (in.accept("CONDITION")) {
            in.expect("FOR");
            condition();
            return;
        }
        into.variables.add(name);
        if (in.accept("CURSOR")) {
            if (in.accept(MySqlTokenKind.LEFT_PAREN)) {
                in.separated(() -> {
                    in.accept("IN");
                    into.variables.add(in.identifier());
                    type(into);
                    return true;
                });
                in.expect(MySqlTokenKind.RIGHT_PAREN);
            }
            in.expect("FOR");
            if (in.at(MySqlTokenKind.WORD) && !grammar.queries.atQuery()) throw in.error("a query");
            into.statements.add(grammar.queries.query());
            return;
        }
        while (in.accept(MySqlTokenKind.COMMA)) into.variables.add(in.identifier());
        type(into);
        if (in.accept("DEFAULT") || in.acceptOperator(":="))
            into.expressions.add(grammar.expressions.expression());
    }

    /// Of a variable. A table that it follows is read when the program runs.
    private void type(Body into) {
        QualifiedName table = type();
        if (table == null) return;
        for (Identifier variable : into.variables)
            if (table.parts().size() == 1 && variable.name().equalsIgnoreCase(table.last().name()))
                return;
        into.statements.add(
                new MySqlStatement.Show(
                        "columns",
                        List.of(
                                new Statement.Mention(
                                        Statement.Use.REFERENCED,
                                        "relation",
                                        table,
                                        List.of(),
                                        table.span())),
                        null,
                        table.span()));
    }

    /// Of a parameter or result.
    void type(Definition definition) {
        QualifiedName table = type();
        if (table != null) definition.mention(Statement.Use.REFERENCED, "relation", table);
    }

    /// A type, or of MariaDB: ROW(a INT, b TEXT), TYPE OF t.c, ROW TYPE OF t.
    ///
    /// @return the table, or variable or cursor, that the type is taken from
    private @Nullable QualifiedName type() {
        if (in.isMariaDb() && in.at("TYPE", "OF")) {
            in.skip();
            in.skip();
            int start = in.start();
            List<Identifier> parts = new ArrayList<>(3);
            parts.add(in.identifier());
            while (in.accept(MySqlTokenKind.DOT)) parts.add(in.anyWord());
            if (parts.size() > 1) parts.removeLast();
            return new QualifiedName(parts, in.since(start));
        }
        if (in.isMariaDb() && in.accept("ROW", "TYPE", "OF")) return in.qualifiedName();
        if (in.isMariaDb() && in.accept("ROW")) {
            in.parenthesised(() -> {
                in.identifier();
                grammar.types.type();
                return true;
            });
            return null;
        }
        grammar.types.type();
        if (in.accept("COLLATE")) grammar.types.collationName();
        return null;
    }

    private boolean condition() {
        if (in.at(MySqlTokenKind.INTEGER)) in.number();
        else if (in.accept("SQLSTATE")) {
            in.accept("VALUE");
            in.string();
        } else if (in.accept("NOT")) in.expect("FOUND");
        else if (!in.acceptAny("SQLWARNING", "SQLEXCEPTION")) in.identifier();
        return true;
    }

    // ---------------------------------------------------------------- conditions

    /// SIGNAL and RESIGNAL.
    Statement signal(int start) {
        boolean again = in.accept("RESIGNAL");
        if (!again) in.expect("SIGNAL");
        List<Expression> expressions = new ArrayList<>();
        if (in.at("SQLSTATE") || (in.isIdentifier(0) && !in.at("SET"))) condition();
        if (in.accept("SET"))
            in.separated(() -> {
                in.identifier();
                in.expectOperator("=");
                expressions.add(grammar.expressions.expression());
                return true;
            });
        return new MySqlStatement.Evaluate(expressions, in.since(start));
    }

    /// GET DIAGNOSTICS.
    Statement getDiagnostics(int start) {
        in.skip();
        in.acceptAny("CURRENT", "STACKED");
        in.expect("DIAGNOSTICS");
        List<Expression> expressions = new ArrayList<>();
        if (in.accept("CONDITION")) expressions.add(grammar.expressions.simpleExpression());
        in.separated(() -> {
            if (in.at(MySqlTokenKind.USER_VARIABLE)) grammar.expressions.plainUserVariable();
            else grammar.expressions.column();
            in.expectOperator("=");
            in.identifier();
            return true;
        });
        return new MySqlStatement.Evaluate(expressions, in.since(start));
    }
}
