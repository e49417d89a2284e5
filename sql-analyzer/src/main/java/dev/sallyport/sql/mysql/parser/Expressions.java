package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Argument;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Operator;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.mysql.lexer.Dialect.SqlMode;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Value expressions: precedence climbing over MySQL's operators (MySQL manual, 14.4.1 Operator
/// Precedence).
final class Expressions {
    // From loose to tight.
    private static final int ASSIGN = 1;
    private static final int OR = 2;
    private static final int XOR = 3;
    private static final int AND = 4;
    private static final int NOT = 5;
    private static final int COMPARISON = 6;
    private static final int PREDICATE = 7;
    private static final int BIT_OR = 8;
    private static final int BIT_AND = 9;
    private static final int SHIFT = 10;
    private static final int SUM = 11;
    private static final int PRODUCT = 12;
    private static final int BIT_XOR = 13;
    private static final int CONCAT = 14;
    private static final int UNARY = 15;
    private static final int COLLATE = 16;

    static final Set<String> UNITS =
            Set.of(
                    "MICROSECOND",
                    "SECOND",
                    "MINUTE",
                    "HOUR",
                    "DAY",
                    "WEEK",
                    "MONTH",
                    "QUARTER",
                    "YEAR",
                    "SECOND_MICROSECOND",
                    "MINUTE_MICROSECOND",
                    "MINUTE_SECOND",
                    "HOUR_MICROSECOND",
                    "HOUR_SECOND",
                    "HOUR_MINUTE",
                    "DAY_MICROSECOND",
                    "DAY_SECOND",
                    "DAY_MINUTE",
                    "DAY_HOUR",
                    "YEAR_MONTH",
                    "SQL_TSI_SECOND",
                    "SQL_TSI_MINUTE",
                    "SQL_TSI_HOUR",
                    "SQL_TSI_DAY",
                    "SQL_TSI_WEEK",
                    "SQL_TSI_MONTH",
                    "SQL_TSI_QUARTER",
                    "SQL_TSI_YEAR");

    private final Grammar grammar;
    private final Cursor in;

    Expressions(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    Expression expression() {
        return climb(ASSIGN);
    }

    /// MySQL's bit_expr, which stops before comparisons and AND: the low end of BETWEEN.
    Expression bitExpression() {
        return climb(BIT_OR);
    }

    Expression simpleExpression() {
        return climb(UNARY);
    }

    private Expression climb(int level) {
        in.enter();
        int before = in.height;
        in.height = 0;
        Expression left = infix(prefix(level), level);
        in.height = Math.max(before, in.height);
        in.leave();
        return left;
    }

    /// What an operand is followed by, when it has been parsed already.
    Expression continued(Expression left) {
        in.enter();
        Expression whole = infix(left, ASSIGN);
        in.leave();
        return whole;
    }

    // ---------------------------------------------------------------- prefix operators

    private Expression prefix(int level) {
        int start = in.start();
        if (in.at("NOT") && (level <= NOT || in.tokens.dialect().is(SqlMode.HIGH_NOT_PRECEDENCE))) {
            in.skip();
            Expression operand =
                    climb(in.tokens.dialect().is(SqlMode.HIGH_NOT_PRECEDENCE) ? UNARY : NOT);
            in.raise();
            return new Expression.Not(operand, in.since(start));
        }
        if (in.atOperator("!")) {
            in.skip();
            Expression operand = climb(UNARY);
            in.raise();
            return new Expression.Not(operand, in.since(start));
        }
        if (in.atOperator("-") || in.atOperator("+") || in.atOperator("~")) {
            Operator operator = takeOperator();
            Expression operand = climb(UNARY);
            in.raise();
            return new Expression.Unary(operator, operand, in.since(start));
        }
        if (in.at("BINARY") && in.kind(1) != MySqlTokenKind.DOT) {
            var operator = new Operator(List.of(), "BINARY", in.here());
            in.skip();
            Expression operand = climb(UNARY);
            in.raise();
            return new Expression.Unary(operator, operand, in.since(start));
        }
        return primary();
    }

    private Operator takeOperator() {
        var operator = new Operator(List.of(), in.tokens.text(in.index()), in.here());
        in.skip();
        return operator;
    }

    private Operator wordOperator(String symbol, int words) {
        int start = in.start();
        for (int i = 0; i < words; i++) in.skip();
        return new Operator(List.of(), symbol, in.since(start));
    }

    // ---------------------------------------------------------------- infix operators

    private Expression infix(Expression first, int level) {
        Expression left = first;
        while (true) {
            Expression next = step(left, level);
            if (next == null) return left;
            in.raise();
            left = next;
        }
    }

    private @Nullable Expression step(Expression left, int level) {
        return switch (in.kind()) {
            case OPERATOR -> operatorStep(left, level);
            case WORD -> wordStep(left, level);
            case NAME,
                    QUOTED_IDENTIFIER,
                    STRING,
                    HEX,
                    BIT,
                    INTEGER,
                    NUMERIC,
                    PARAMETER,
                    USER_VARIABLE,
                    AT_AT,
                    INTRODUCER,
                    NULL,
                    LEFT_PAREN,
                    RIGHT_PAREN,
                    LEFT_BRACE,
                    RIGHT_BRACE,
                    COMMA,
                    SEMICOLON,
                    DOT,
                    COLON,
                    END ->
                    null;
        };
    }

    private @Nullable Expression operatorStep(Expression left, int level) {
        String symbol = in.tokens.text(in.index());
        int precedence =
                switch (symbol) {
                    case "||" -> in.tokens.dialect().is(SqlMode.PIPES_AS_CONCAT) ? CONCAT : OR;
                    case "&&" -> AND;
                    case "=", "<=>", "<", ">", "<=", ">=", "<>", "!=" -> COMPARISON;
                    case "|" -> BIT_OR;
                    case "&" -> BIT_AND;
                    case "<<", ">>" -> SHIFT;
                    case "+", "-" -> SUM;
                    case "*", "/", "%" -> PRODUCT;
                    case "^" -> BIT_XOR;
                    case "->", "->>" -> COLLATE;
                    case String _ -> 0;
                };
        if (precedence == 0 || precedence < level) return null;
        int start = left.span().start();
        if (precedence == OR || precedence == AND) {
            in.skip();
            return logical(left, precedence == AND, climb(precedence + 1));
        }
        Operator operator = takeOperator();
        if (precedence == COMPARISON) return comparison(left, operator);
        if (precedence == COLLATE) {
            if (!(left instanceof Expression.ColumnRef) && !in.isMariaDb())
                throw in.refuse("-> stands behind a column only", operator.span());
            Literal path = in.string();
            return new Expression.Binary(left, operator, path, in.since(start));
        }
        Expression right = climb(precedence + 1);
        return new Expression.Binary(left, operator, right, in.since(start));
    }

    private Expression logical(Expression left, boolean and, Expression right) {
        List<Expression> operands = new ArrayList<>();
        if (left instanceof Expression.Logical(boolean same, var inside, Span _)
                && same == and
                && inside.size() < 2) operands.addAll(inside);
        else operands.add(left);
        operands.add(right);
        while (and
                ? in.at("AND") || in.atOperator("&&")
                : in.at("OR")
                        || (in.atOperator("||")
                                && !in.tokens.dialect().is(SqlMode.PIPES_AS_CONCAT))) {
            in.skip();
            operands.add(climb((and ? AND : OR) + 1));
        }
        return new Expression.Logical(and, operands, in.since(left.span().start()));
    }

    private Expression comparison(Expression left, Operator operator) {
        int start = left.span().start();
        if (in.at("ALL") || in.at("ANY") || in.at("SOME")) {
            boolean all = in.at("ALL");
            if (in.kind(1) == MySqlTokenKind.LEFT_PAREN) {
                in.skip();
                int paren = in.start();
                in.skip();
                Node inside = grammar.queries.parenthesisRest(paren);
                if (!(inside instanceof Query query)) throw in.error("a query");
                return new Expression.QuantifiedSubquery(
                        left, operator, all, query, in.since(start));
            }
        }
        Expression right = climb(PREDICATE);
        return new Expression.Binary(left, operator, right, in.since(start));
    }

    private @Nullable Expression wordStep(Expression left, int level) {
        int start = left.span().start();
        if (in.at("AND")) {
            if (level > AND) return null;
            in.skip();
            return logical(left, true, climb(AND + 1));
        }
        if (in.at("OR")) {
            if (level > OR) return null;
            in.skip();
            return logical(left, false, climb(OR + 1));
        }
        if (in.at("XOR")) {
            if (level > XOR) return null;
            Operator operator = wordOperator("XOR", 1);
            return new Expression.Binary(left, operator, climb(XOR + 1), in.since(start));
        }
        if (in.at("IS")) return level > COMPARISON ? null : is(left, start);
        if (in.at("DIV") || in.at("MOD")) {
            if (level > PRODUCT) return null;
            Operator operator = wordOperator(in.tokens.upper(in.index()), 1);
            return new Expression.Binary(left, operator, climb(PRODUCT + 1), in.since(start));
        }
        if (in.at("COLLATE")) {
            if (level > COLLATE) return null;
            in.skip();
            Identifier collation = grammar.types.collationName();
            return new Expression.Collate(left, Cursor.unqualified(collation), in.since(start));
        }
        return level > PREDICATE ? null : predicate(left, start);
    }

    private Expression is(Expression left, int start) {
        in.skip();
        boolean negated = in.accept("NOT");
        if (in.accept(MySqlTokenKind.NULL))
            return new Expression.IsTest(left, Expression.Test.NULL, negated, in.since(start));
        if (in.at("JSON")) {
            in.skip();
            in.acceptAny("VALUE", "ARRAY", "OBJECT", "SCALAR");
            return new Expression.IsTest(left, Expression.Test.JSON, negated, in.since(start));
        }
        Expression.Test test =
                switch (in.expectAny("NULL", "TRUE", "FALSE", "UNKNOWN")) {
                    case "null" -> Expression.Test.NULL;
                    case "true" -> Expression.Test.TRUE;
                    case "false" -> Expression.Test.FALSE;
                    default -> Expression.Test.UNKNOWN;
                };
        return new Expression.IsTest(left, test, negated, in.since(start));
    }

    private @Nullable Expression predicate(Expression left, int start) {
        boolean negated = in.at("NOT");
        int ahead = negated ? 1 : 0;
        if (in.at(ahead, "IN")) {
            skip(ahead + 1);
            return in(left, negated, start);
        }
        if (in.at(ahead, "BETWEEN")) {
            skip(ahead + 1);
            Expression low = bitExpression();
            in.expect("AND");
            Expression high = climb(PREDICATE);
            return new Expression.Between(left, low, high, false, negated, in.since(start));
        }
        if (in.at(ahead, "LIKE")) {
            skip(ahead + 1);
            Expression pattern = bitExpression();
            Expression escape = in.accept("ESCAPE") ? simpleExpression() : null;
            return new Expression.Like(
                    left, Expression.LikeKind.LIKE, pattern, escape, negated, in.since(start));
        }
        if (in.at(ahead, "REGEXP") || in.at(ahead, "RLIKE")) {
            skip(ahead);
            Operator operator = wordOperator("REGEXP", 1);
            return negated(
                    negated,
                    new Expression.Binary(left, operator, bitExpression(), in.since(start)));
        }
        if (negated) return null;
        if (in.at("SOUNDS", "LIKE")) {
            Operator operator = wordOperator("SOUNDS LIKE", 2);
            return new Expression.Binary(left, operator, bitExpression(), in.since(start));
        }
        if (in.at("MEMBER") && (in.at(1, "OF") || in.kind(1) == MySqlTokenKind.LEFT_PAREN)) {
            Operator operator = wordOperator("MEMBER OF", in.at(1, "OF") ? 2 : 1);
            in.expect(MySqlTokenKind.LEFT_PAREN);
            Expression array = expression();
            in.expect(MySqlTokenKind.RIGHT_PAREN);
            return new Expression.Binary(left, operator, array, in.since(start));
        }
        return null;
    }

    private static Expression negated(boolean negated, Expression expression) {
        return negated ? new Expression.Not(expression, expression.span()) : expression;
    }

    private void skip(int tokens) {
        for (int i = 0; i < tokens; i++) in.skip();
    }

    private Expression in(Expression left, boolean negated, int start) {
        int paren = in.start();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        Node inside = grammar.queries.parenthesisRest(paren);
        return switch (inside) {
            case Query query -> new Expression.InSubquery(left, query, negated, in.since(start));
            case Expression.Row row ->
                    new Expression.InList(left, row.items(), negated, in.since(start));
            case Expression item ->
                    new Expression.InList(left, List.of(item), negated, in.since(start));
            default -> throw in.error("a list or a query");
        };
    }

    // ---------------------------------------------------------------- operands

    private Expression primary() {
        int start = in.start();
        switch (in.kind()) {
            case STRING -> {
                return in.string();
            }
            case INTRODUCER -> {
                MySqlTokenKind next = in.kind(1);
                if (next == MySqlTokenKind.STRING) {
                    in.skip();
                    Literal text = in.string();
                    return new Literal(LiteralKind.STRING, text.text(), in.since(start));
                }
                if (next == MySqlTokenKind.HEX || next == MySqlTokenKind.BIT) {
                    in.skip();
                    Literal bits = in.number();
                    return new Literal(LiteralKind.BIT_STRING, bits.text(), in.since(start));
                }
                return nameOrCall();
            }
            case INTEGER, NUMERIC, HEX, BIT -> {
                return in.number();
            }
            case NULL -> {
                in.skip();
                return new Literal(LiteralKind.NULL, "NULL", in.since(start));
            }
            case PARAMETER -> {
                in.skip();
                return new Expression.Parameter(in.nextParameter(), in.since(start));
            }
            case USER_VARIABLE -> {
                return userVariable();
            }
            case AT_AT -> {
                return systemVariable();
            }
            case LEFT_PAREN -> {
                in.skip();
                Node inside = grammar.queries.parenthesisRest(start);
                return inside instanceof Query query
                        ? new Expression.ScalarSubquery(query, in.since(start))
                        : (Expression) inside;
            }
            case LEFT_BRACE -> {
                return braces();
            }
            case WORD -> {
                Expression special = grammar.specialForms.special();
                return special != null ? special : nameOrCall();
            }
            case NAME, QUOTED_IDENTIFIER, DOT -> {
                return nameOrCall();
            }
            case OPERATOR, RIGHT_PAREN, RIGHT_BRACE, COMMA, SEMICOLON, COLON, END ->
                    throw in.error("an expression");
        }
        throw in.error("an expression");
    }

    /// A literal of text: a string with or without introducer, or hexadecimal.
    Expression textLiteral() {
        return switch (in.kind()) {
            case STRING, INTRODUCER, HEX, BIT -> primary();
            case WORD,
                    NAME,
                    QUOTED_IDENTIFIER,
                    INTEGER,
                    NUMERIC,
                    PARAMETER,
                    USER_VARIABLE,
                    AT_AT,
                    NULL,
                    OPERATOR,
                    LEFT_PAREN,
                    RIGHT_PAREN,
                    LEFT_BRACE,
                    RIGHT_BRACE,
                    COMMA,
                    SEMICOLON,
                    DOT,
                    COLON,
                    END ->
                    throw in.error("a string");
        };
    }

    /// ODBC's `{d '2024-01-01'}`, `{fn now()}`: what stands inside is the value.
    private Expression braces() {
        in.skip();
        in.identifier();
        Expression inside = expression();
        in.expect(MySqlTokenKind.RIGHT_BRACE);
        return inside;
    }

    Expression.UserVariable plainUserVariable() {
        if (!in.at(MySqlTokenKind.USER_VARIABLE)) throw in.error("a user variable");
        var variable = new Expression.UserVariable(in.tokens.variable(in.index()), in.here());
        in.skip();
        return variable;
    }

    private Expression userVariable() {
        int start = in.start();
        Expression.UserVariable variable = plainUserVariable();
        if (!in.acceptOperator(":=")) return variable;
        Expression value = expression();
        in.raise();
        return new Expression.VariableAssignment(variable, value, in.since(start));
    }

    Expression.SystemVariable systemVariable() {
        int start = in.start();
        in.expect(MySqlTokenKind.AT_AT);
        List<String> parts = new ArrayList<>(2);
        parts.add(in.anyWord().name());
        while (in.accept(MySqlTokenKind.DOT)) parts.add(in.anyWord().name());
        String scope = "";
        if (parts.size() > 1
                && Set.of("global", "session", "local", "persist", "persist_only")
                        .contains(parts.getFirst().toLowerCase(Locale.ROOT)))
            scope = parts.removeFirst().toLowerCase(Locale.ROOT);
        return new Expression.SystemVariable(
                scope, String.join(".", parts).toLowerCase(Locale.ROOT), in.since(start));
    }

    // ---------------------------------------------------------------- names and calls

    /// `a`, `t.a`, `db.t.a`, `.t.a`, `t.*`, `f(...)`, `db.f(...)`.
    private Expression nameOrCall() {
        int start = in.start();
        in.accept(MySqlTokenKind.DOT);
        List<Identifier> parts = new ArrayList<>(3);
        boolean isName = in.isIdentifier(0);
        if (!isName) throw in.error("an expression");
        parts.add(in.take());
        // Two dots are a range.
        while (in.kind(1) != MySqlTokenKind.DOT && in.accept(MySqlTokenKind.DOT)) {
            if (in.atOperator("*")) {
                in.skip();
                return new Expression.Star(parts, in.since(start));
            }
            if (parts.size() == 3) throw in.error("no more than three names");
            parts.add(in.anyWord());
        }
        if (in.at(MySqlTokenKind.LEFT_PAREN) && parts.size() < 3) {
            var name = new QualifiedName(parts, in.since(start));
            return grammar.specialForms.call(name, start);
        }
        return new Expression.ColumnRef(parts, in.since(start));
    }

    /// `a`, `t.a`, `db.t.a`: a column that is written to.
    Expression.ColumnRef column() {
        int start = in.start();
        in.accept(MySqlTokenKind.DOT);
        List<Identifier> parts = new ArrayList<>(3);
        parts.add(in.identifier());
        while (parts.size() < 3 && in.accept(MySqlTokenKind.DOT)) parts.add(in.anyWord());
        return new Expression.ColumnRef(parts, in.since(start));
    }

    // ---------------------------------------------------------------- intervals

    boolean atUnit() {
        return in.at(MySqlTokenKind.WORD) && UNITS.contains(in.tokens.upper(in.index()));
    }

    void unit() {
        if (!atUnit()) throw in.error("a unit of time");
        in.skip();
    }

    /// `INTERVAL value unit`, whose value is what remains of it; or the function INTERVAL(n, ...).
    ///
    /// @param function whether the function may stand here
    Expression intervalOrFunction(boolean function) {
        int start = in.start();
        in.expect("INTERVAL");
        if (!in.at(MySqlTokenKind.LEFT_PAREN)) {
            Expression value = expression();
            unit();
            return value;
        }
        Span name = new Span(start, in.start());
        int paren = in.start();
        in.skip();
        Node inside = grammar.queries.parenthesisRest(paren);
        if (function && inside instanceof Expression.Row row && !atUnit())
            return call("interval", row.items(), name, start);
        Expression first =
                inside instanceof Query query
                        ? new Expression.ScalarSubquery(query, in.since(paren))
                        : (Expression) inside;
        Expression value = continued(first);
        unit();
        return value;
    }

    // ---------------------------------------------------------------- building calls

    Expression.FunctionCall call(String name, List<Expression> arguments, Span at, int start) {
        return new Expression.FunctionCall(
                Cursor.unqualified(new Identifier(name, false, at)),
                arguments.stream().map(value -> new Argument(null, value, false)).toList(),
                false,
                false,
                List.of(),
                List.of(),
                null,
                null,
                in.since(start));
    }
}
