package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Argument;
import dev.sallyport.sql.ast.Expression.ArrayConstructor;
import dev.sallyport.sql.ast.Expression.ArraySubquery;
import dev.sallyport.sql.ast.Expression.Between;
import dev.sallyport.sql.ast.Expression.Binary;
import dev.sallyport.sql.ast.Expression.Case;
import dev.sallyport.sql.ast.Expression.Cast;
import dev.sallyport.sql.ast.Expression.Collate;
import dev.sallyport.sql.ast.Expression.ColumnRef;
import dev.sallyport.sql.ast.Expression.Default;
import dev.sallyport.sql.ast.Expression.Exists;
import dev.sallyport.sql.ast.Expression.FieldSelect;
import dev.sallyport.sql.ast.Expression.FieldStar;
import dev.sallyport.sql.ast.Expression.FunctionCall;
import dev.sallyport.sql.ast.Expression.InList;
import dev.sallyport.sql.ast.Expression.InSubquery;
import dev.sallyport.sql.ast.Expression.IsDistinctFrom;
import dev.sallyport.sql.ast.Expression.IsTest;
import dev.sallyport.sql.ast.Expression.Like;
import dev.sallyport.sql.ast.Expression.LikeKind;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Expression.Logical;
import dev.sallyport.sql.ast.Expression.Not;
import dev.sallyport.sql.ast.Expression.Parameter;
import dev.sallyport.sql.ast.Expression.QuantifiedArray;
import dev.sallyport.sql.ast.Expression.QuantifiedSubquery;
import dev.sallyport.sql.ast.Expression.Row;
import dev.sallyport.sql.ast.Expression.ScalarSubquery;
import dev.sallyport.sql.ast.Expression.Star;
import dev.sallyport.sql.ast.Expression.Subscript;
import dev.sallyport.sql.ast.Expression.Test;
import dev.sallyport.sql.ast.Expression.Unary;
import dev.sallyport.sql.ast.Expression.When;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Operator;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.ast.Window;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.Keyword.Category;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Value expressions: PostgreSQL's a_expr, b_expr and c_expr, by precedence climbing.
final class Expressions {
    // PostgreSQL manual, 4.1.6 Operator Precedence, from loose to tight.
    private static final int OR_LEVEL = 1;
    private static final int AND_LEVEL = 2;
    private static final int NOT_LEVEL = 3;
    private static final int IS_LEVEL = 4;
    private static final int COMPARISON_LEVEL = 5;
    private static final int LIKE_LEVEL = 6;
    private static final int OPERATOR_LEVEL = 7;
    private static final int ADDITION_LEVEL = 8;
    private static final int MULTIPLICATION_LEVEL = 9;
    private static final int POWER_LEVEL = 10;
    private static final int AT_LEVEL = 11;
    private static final int COLLATE_LEVEL = 12;
    private static final int SIGN_LEVEL = 13;
    private static final int CAST_LEVEL = 14;

    private final Grammar grammar;
    private final Cursor in;
    private final SpecialForms specials;

    Expressions(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.specials = new SpecialForms(grammar, this);
    }

    /// Any expression (a_expr).
    Expression expression() {
        return climb(OR_LEVEL, false);
    }

    /// One without AND, OR, NOT, IN, LIKE, BETWEEN, most of IS, AT TIME ZONE and COLLATE (b_expr).
    Expression restricted() {
        return climb(OR_LEVEL, true);
    }

    List<Expression> expressions() {
        return in.separated(this::expression);
    }

    // ---------------------------------------------------------------- operators

    private Expression climb(int min, boolean restricted) {
        in.enter();
        int outer = in.height;
        in.height = 0;
        int start = in.start();
        Expression left = prefix(restricted);
        in.raise();
        Expression whole = infixes(left, start, min, restricted);
        in.height = Math.max(in.height, outer);
        in.leave();
        return whole;
    }

    private Expression prefix(boolean restricted) {
        int start = in.start();
        if (in.at(TokenKind.OPERATOR)) {
            Operator operator = operator();
            boolean sign = operator.symbol().equals("+") || operator.symbol().equals("-");
            if (isComparison(operator.symbol()) || isReserved(operator.symbol()))
                throw in.refuse(
                        "syntax error: an operator without a left operand", operator.span());
            Expression operand = climb(sign ? SIGN_LEVEL : OPERATOR_LEVEL + 1, restricted);
            return new Unary(operator, operand, in.since(start));
        }
        if (in.at(OPERATOR, TokenKind.LEFT_PAREN)) {
            Operator operator = operator();
            Expression operand = climb(OPERATOR_LEVEL + 1, restricted);
            return new Unary(operator, operand, in.since(start));
        }
        if (!restricted) {
            if (in.accept(NOT)) {
                Expression operand = climb(NOT_LEVEL, false);
                return new Not(operand, in.since(start));
            }
            if (in.accept(DEFAULT)) return new Default(in.since(start));
        }
        return primary();
    }

    private static boolean isComparison(String symbol) {
        return switch (symbol) {
            case "<", ">", "=", "<=", ">=", "<>", "!=" -> true;
            default -> false;
        };
    }

    private static boolean isReserved(String symbol) {
        return switch (symbol) {
            case "*", "/", "%", "^" -> true;
            default -> false;
        };
    }

    /// Everything that follows `left`, which begins at `start`, and binds at least as tight as
    /// `min`.
    private Expression infixes(Expression first, int start, int min, boolean restricted) {
        Expression left = first;
        // The level of a non-associative operator just applied: the same may not follow.
        int closed = 0;
        while (true) {
            int level = infixLevel(restricted);
            if (level < min) return left;
            if (level == closed)
                throw in.error("parentheses, as these operators have no order among themselves");
            closed = 0;
            switch (level) {
                case OR_LEVEL -> left = logical(left, start, false);
                case AND_LEVEL -> left = logical(left, start, true);
                case IS_LEVEL -> {
                    boolean distinct = atDistinct();
                    left = is(left, start, restricted);
                    if (distinct) closed = IS_LEVEL;
                }
                case LIKE_LEVEL -> {
                    boolean list = in.at(IN) || in.at(NOT, IN);
                    left = like(left, start);
                    boolean quantified =
                            left instanceof QuantifiedArray || left instanceof QuantifiedSubquery;
                    if (!list && !quantified) closed = LIKE_LEVEL;
                }
                case AT_LEVEL -> left = atTimeZone(left, start);
                case COLLATE_LEVEL -> {
                    in.skip();
                    QualifiedName collation = in.qualifiedName();
                    left = new Collate(left, collation, in.since(start));
                }
                case CAST_LEVEL -> {
                    in.skip();
                    TypeName type = grammar.types.type();
                    left = new Cast(left, type, in.since(start));
                }
                default -> {
                    left = binary(left, start, level, restricted);
                    if (level == COMPARISON_LEVEL && left instanceof Binary) closed = level;
                }
            }
            in.raise();
        }
    }

    private int infixLevel(boolean restricted) {
        switch (in.kind()) {
            case OPERATOR -> {
                return operatorLevel();
            }
            case TYPECAST -> {
                return CAST_LEVEL;
            }
            case WORD -> {}
            default -> {
                return 0;
            }
        }
        Keyword keyword = in.keyword();
        if (keyword == null) return 0;
        if (keyword == OPERATOR) return in.kind(1) == TokenKind.LEFT_PAREN ? OPERATOR_LEVEL : 0;
        if (restricted) {
            boolean is =
                    keyword == IS
                            && (atDistinct()
                                    || in.keyword(1) == DOCUMENT
                                    || (in.keyword(1) == NOT && in.keyword(2) == DOCUMENT));
            return is ? IS_LEVEL : 0;
        }
        return switch (keyword) {
            case OR -> OR_LEVEL;
            case AND -> AND_LEVEL;
            case ISNULL, NOTNULL -> IS_LEVEL;
            case IS -> isLabel() ? 0 : IS_LEVEL;
            case IN, OVERLAPS -> LIKE_LEVEL;
            case BETWEEN, LIKE, ILIKE -> isLabel() ? 0 : LIKE_LEVEL;
            // SUBSTRING(a SIMILAR b ESCAPE c) has the word, too.
            case SIMILAR -> in.keyword(1) == TO ? LIKE_LEVEL : 0;
            case NOT -> notLevel(in.keyword(1));
            case AT -> in.keyword(1) == TIME || in.keyword(1) == LOCAL ? AT_LEVEL : 0;
            case COLLATE -> COLLATE_LEVEL;
            default -> 0;
        };
    }

    /// Whether the operator's word here is a column's label, for want of a right operand.
    private boolean isLabel() {
        TokenKind next = in.kind(1);
        return next == TokenKind.COMMA
                || next == TokenKind.END
                || next == TokenKind.RIGHT_PAREN
                || next == TokenKind.SEMICOLON
                || in.keyword(1) == FROM;
    }

    private static int notLevel(@Nullable Keyword next) {
        return next == BETWEEN || next == IN || next == LIKE || next == ILIKE || next == SIMILAR
                ? LIKE_LEVEL
                : 0;
    }

    private int operatorLevel() {
        int token = in.index();
        int length = in.tokens.end(token) - in.tokens.start(token);
        if (length > 2) return OPERATOR_LEVEL;
        if (length == 2)
            return isComparison(in.tokens.text(token)) ? COMPARISON_LEVEL : OPERATOR_LEVEL;
        return switch (in.tokens.firstChar(token)) {
            case '<', '>', '=' -> COMPARISON_LEVEL;
            case '+', '-' -> ADDITION_LEVEL;
            case '*', '/', '%' -> MULTIPLICATION_LEVEL;
            case '^' -> POWER_LEVEL;
            default -> OPERATOR_LEVEL;
        };
    }

    /// A flat AND or OR: `left`, then all operands that follow behind the same word.
    private Expression logical(Expression left, int start, boolean and) {
        Keyword word = and ? AND : OR;
        var operands = new ArrayList<Expression>(4);
        operands.add(left);
        while (in.accept(word)) operands.add(climb((and ? AND_LEVEL : OR_LEVEL) + 1, false));
        return new Logical(and, operands, in.since(start));
    }

    private Expression binary(Expression left, int start, int level, boolean restricted) {
        Operator operator = operator();
        if (!restricted && atQuantifier()) return quantified(left, operator, start);
        Expression right = climb(level + 1, restricted);
        return new Binary(left, operator, right, in.since(start));
    }

    /// Any operator, also `OPERATOR(schema.+)`.
    Operator operator() {
        int start = in.start();
        if (in.accept(OPERATOR)) {
            in.expect(TokenKind.LEFT_PAREN);
            Operator operator = qualifiedOperator();
            in.expect(TokenKind.RIGHT_PAREN);
            return new Operator(operator.schema(), operator.symbol(), in.since(start));
        }
        return symbol();
    }

    /// `schema.+` or `+`, as in OPERATOR(...), and in definitions of operators.
    Operator qualifiedOperator() {
        int start = in.start();
        var schema = new ArrayList<Identifier>(1);
        while (in.isColId(0)) {
            schema.add(in.colId());
            in.expect(TokenKind.DOT);
        }
        String symbol = symbol().symbol();
        return new Operator(schema, symbol, in.since(start));
    }

    private Operator symbol() {
        if (!in.at(TokenKind.OPERATOR)) throw in.error("an operator");
        String text = in.tokens.text(in.index());
        var operator = new Operator(List.of(), text.equals("!=") ? "<>" : text, in.here());
        in.skip();
        return operator;
    }

    private boolean atQuantifier() {
        Keyword keyword = in.keyword();
        return keyword == ANY || keyword == SOME || keyword == ALL;
    }

    private Expression quantified(Expression left, Operator operator, int start) {
        boolean all = in.at(ALL);
        in.skip();
        if (!in.at(TokenKind.LEFT_PAREN)) throw in.error("\"(\"");
        Parenthesised inside = parenthesised();
        if (inside.query() != null)
            return new QuantifiedSubquery(left, operator, all, inside.query(), in.since(start));
        return new QuantifiedArray(left, operator, all, inside.single(in), in.since(start));
    }

    private boolean atDistinct() {
        return in.at(IS, DISTINCT) || (in.at(IS, NOT) && in.keyword(2) == DISTINCT);
    }

    private Expression is(Expression left, int start, boolean restricted) {
        if (in.accept(ISNULL)) return new IsTest(left, Test.NULL, false, in.since(start));
        if (in.accept(NOTNULL)) return new IsTest(left, Test.NULL, true, in.since(start));
        in.expect(IS);
        boolean negated = in.accept(NOT);
        if (in.accept(DISTINCT)) {
            in.expect(FROM);
            Expression right = climb(IS_LEVEL + 1, restricted);
            return new IsDistinctFrom(left, right, negated, in.since(start));
        }
        // A word like any other to a server of 16, which has the predicate all the same.
        if (in.acceptWord("json")) {
            specials.jsonPredicate();
            return new IsTest(left, Test.JSON, negated, in.since(start));
        }
        Keyword keyword = in.keyword();
        if (keyword == null) throw in.error("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
        switch (keyword) {
            case NULL -> {
                return test(left, Test.NULL, negated, start);
            }
            case TRUE -> {
                return test(left, Test.TRUE, negated, start);
            }
            case FALSE -> {
                return test(left, Test.FALSE, negated, start);
            }
            case UNKNOWN -> {
                return test(left, Test.UNKNOWN, negated, start);
            }
            case DOCUMENT -> {
                return test(left, Test.DOCUMENT, negated, start);
            }
            case NFC, NFD, NFKC, NFKD, NORMALIZED -> {
                Span form = in.here();
                var arguments = new ArrayList<Argument>(2);
                arguments.add(new Argument(null, left, false));
                if (keyword != NORMALIZED) {
                    arguments.add(new Argument(null, in.wordLiteral(), false));
                }
                in.expect(NORMALIZED);
                Expression call = specials.call("is_normalized", form, arguments, start);
                return negated ? new Not(call, in.since(start)) : call;
            }
            default -> throw in.error("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
        }
    }

    private Expression test(Expression left, Test test, boolean negated, int start) {
        in.skip();
        return new IsTest(left, test, negated, in.since(start));
    }

    /// BETWEEN, IN, LIKE, ILIKE, SIMILAR TO and their negations, OVERLAPS.
    private Expression like(Expression left, int start) {
        Span here = in.here();
        boolean negated = in.accept(NOT);
        Keyword keyword = in.keyword();
        in.skip();
        if (keyword == BETWEEN) {
            boolean symmetric = in.accept(SYMMETRIC);
            if (!symmetric) in.accept(ASYMMETRIC);
            Expression low = restricted();
            in.expect(AND);
            Expression high = climb(LIKE_LEVEL + 1, false);
            return new Between(left, low, high, symmetric, negated, in.since(start));
        }
        if (keyword == IN) {
            if (!in.at(TokenKind.LEFT_PAREN)) throw in.error("\"(\"");
            Parenthesised inside = parenthesised();
            return inside.query() != null
                    ? new InSubquery(left, inside.query(), negated, in.since(start))
                    : new InList(left, inside.items(), negated, in.since(start));
        }
        if (keyword == OVERLAPS) {
            Expression right = climb(OPERATOR_LEVEL, false);
            if (!(left instanceof Row a && a.items().size() == 2)
                    || !(right instanceof Row b && b.items().size() == 2))
                throw in.refuse("syntax error: OVERLAPS needs two pairs", here);
            var arguments = new ArrayList<Argument>(4);
            for (Expression item : a.items()) arguments.add(new Argument(null, item, false));
            for (Expression item : b.items()) arguments.add(new Argument(null, item, false));
            return specials.call("overlaps", here, arguments, start);
        }
        LikeKind kind =
                keyword == LIKE
                        ? LikeKind.LIKE
                        : keyword == ILIKE ? LikeKind.ILIKE : LikeKind.SIMILAR_TO;
        if (kind == LikeKind.SIMILAR_TO) in.expect(TO);
        else if (atQuantifier()) {
            String symbol = (negated ? "!" : "") + (kind == LikeKind.LIKE ? "~~" : "~~*");
            return quantified(left, new Operator(List.of(), symbol, here), start);
        }
        Expression pattern = climb(LIKE_LEVEL + 1, false);
        Expression escape = in.accept(ESCAPE) ? climb(LIKE_LEVEL + 1, false) : null;
        return new Like(left, kind, pattern, escape, negated, in.since(start));
    }

    private Expression atTimeZone(Expression left, int start) {
        Span at = in.here();
        in.expect(AT);
        var arguments = new ArrayList<Argument>(2);
        if (!in.accept(LOCAL)) {
            in.expect(TIME, ZONE);
            arguments.add(new Argument(null, climb(AT_LEVEL + 1, false), false));
        }
        arguments.add(new Argument(null, left, false));
        return specials.call("timezone", at, arguments, start);
    }

    // ---------------------------------------------------------------- primaries

    /// PostgreSQL's c_expr: constants, names, calls, parentheses, with their indirections.
    Expression primary() {
        int start = in.start();
        switch (in.kind()) {
            case INTEGER, NUMERIC -> {
                return in.number();
            }
            case STRING -> {
                return in.string();
            }
            case BIT_STRING -> {
                var literal =
                        new Literal(LiteralKind.BIT_STRING, in.tokens.value(in.index()), in.here());
                in.skip();
                return literal;
            }
            case PARAMETER -> {
                String text = in.tokens.text(in.index());
                var parameter =
                        new Parameter(Integer.parseInt(text, 1, text.length(), 10), in.here());
                in.skip();
                return indirections(parameter, start);
            }
            case LEFT_PAREN -> {
                Parenthesised inside = parenthesised();
                if (inside.query() != null)
                    return indirections(new ScalarSubquery(inside.query(), in.since(start)), start);
                if (inside.items().size() > 1) return new Row(inside.items(), in.since(start));
                return indirections(inside.items().get(0), start);
            }
            case WORD, QUOTED_IDENTIFIER -> {
                Keyword keyword = in.keyword();
                if (keyword == null) return name();
                Expression special = keywordPrimary(keyword, start);
                return special != null ? special : name();
            }
            default -> throw in.error("an expression");
        }
    }

    /// What `keyword` begins here other than a name, or null with nothing taken.
    private @Nullable Expression keywordPrimary(Keyword keyword, int start) {
        switch (keyword) {
            case NULL -> {
                return constant(LiteralKind.NULL);
            }
            case TRUE -> {
                return constant(LiteralKind.TRUE);
            }
            case FALSE -> {
                return constant(LiteralKind.FALSE);
            }
            case CASE -> {
                return caseExpression();
            }
            case ARRAY -> {
                in.skip();
                if (in.at(TokenKind.LEFT_PAREN)) {
                    Query query = grammar.queries.parenthesisedQuery();
                    return new ArraySubquery(query, in.since(start));
                }
                return array(start);
            }
            case EXISTS -> {
                if (in.kind(1) != TokenKind.LEFT_PAREN) return null;
                in.skip();
                Query query = grammar.queries.parenthesisedQuery();
                return new Exists(query, in.since(start));
            }
            case ROW -> {
                if (in.kind(1) != TokenKind.LEFT_PAREN) return null;
                in.skip();
                in.skip();
                List<Expression> items = in.at(TokenKind.RIGHT_PAREN) ? List.of() : expressions();
                in.expect(TokenKind.RIGHT_PAREN);
                return new Row(items, in.since(start));
            }
            default -> {
                if (grammar.types.atConstant()) return typedConstant(start);
                return specials.special(keyword, true);
            }
        }
    }

    private Expression constant(LiteralKind kind) {
        var literal = new Literal(kind, "", in.here());
        in.skip();
        return literal;
    }

    /// `TIMESTAMP '...'`, `INTERVAL '1' DAY`.
    private Expression typedConstant(int start) {
        TypeName type = grammar.types.keywordType();
        if (type == null) throw in.error("a type");
        Literal value = in.string();
        if (type.name().last().name().equals("interval") && type.modifiers().isEmpty())
            grammar.types.intervalQualifier();
        return new Cast(value, type, in.since(start));
    }

    private Expression caseExpression() {
        in.enter();
        in.enter();
        int start = in.start();
        in.expect(CASE);
        Expression operand = in.at(WHEN) ? null : expression();
        var whens = new ArrayList<When>();
        if (!in.at(WHEN)) throw in.error("WHEN");
        while (in.accept(WHEN)) {
            Expression condition = expression();
            in.expect(THEN);
            whens.add(new When(condition, expression()));
        }
        Expression otherwise = in.accept(ELSE) ? expression() : null;
        in.expect(END);
        in.leave();
        in.leave();
        return new Case(operand, whens, otherwise, in.since(start));
    }

    /// Behind ARRAY or inside another: `[1, 2]`, `[[1], [2]]`.
    private Expression array(int start) {
        in.enter();
        int outer = in.height;
        in.height = 0;
        in.expect(TokenKind.LEFT_BRACKET);
        List<Expression> items;
        if (in.at(TokenKind.RIGHT_BRACKET)) items = List.of();
        else if (in.at(TokenKind.LEFT_BRACKET)) items = in.separated(() -> array(in.start()));
        else items = expressions();
        in.expect(TokenKind.RIGHT_BRACKET);
        in.raise();
        in.height = Math.max(in.height, outer);
        in.leave();
        return new ArrayConstructor(items, in.since(start));
    }

    // ---------------------------------------------------------------- parentheses

    /// What stood in parentheses: a query, or one or more expressions.
    record Parenthesised(@Nullable Query query, List<Expression> items) {
        Expression single(Cursor in) {
            if (items.size() != 1)
                throw in.refuse("syntax error: one expression expected", items.get(1).span());
            return items.get(0);
        }
    }

    /// `(query)`, `(expression)` or `(expression, ...)`, told apart in one pass: a query in
    /// parentheses of its own may turn out to be the first operand of an expression.
    Parenthesised parenthesised() {
        in.enter();
        in.expect(TokenKind.LEFT_PAREN);
        Parenthesised inside;
        if (grammar.queries.atQueryWord()) {
            inside = new Parenthesised(grammar.queries.query(), List.of());
        } else if (in.at(TokenKind.LEFT_PAREN) && grammar.queries.atQuery()) {
            inside = queryOrExpressions();
        } else {
            inside = new Parenthesised(null, expressions());
        }
        in.expect(TokenKind.RIGHT_PAREN);
        in.leave();
        return inside;
    }

    private Parenthesised queryOrExpressions() {
        int start = in.start();
        int outer = in.height;
        in.height = 0;
        Parenthesised first = parenthesised();
        Parenthesised whole;
        if (first.query() != null && in.at(TokenKind.RIGHT_PAREN)) {
            whole = first;
        } else if (first.query() != null && grammar.queries.continuesQuery()) {
            whole = new Parenthesised(grammar.queries.continued(first.query(), start), List.of());
        } else {
            Expression operand =
                    first.query() != null
                            ? new ScalarSubquery(first.query(), in.since(start))
                            : first.items().size() > 1
                                    ? new Row(first.items(), in.since(start))
                                    : first.items().get(0);
            if (!(operand instanceof Row)) operand = indirections(operand, start);
            in.raise();
            var items = new ArrayList<Expression>();
            items.add(infixes(operand, start, OR_LEVEL, false));
            while (in.accept(TokenKind.COMMA)) items.add(expression());
            whole = new Parenthesised(null, items);
        }
        in.height = Math.max(in.height, outer);
        return whole;
    }

    // ---------------------------------------------------------------- names and calls

    /// A column, a whole row, a call, or a constant with its type's name before it.
    private Expression name() {
        int start = in.start();
        Keyword keyword = in.keyword();
        Category category = keyword == null ? Category.UNRESERVED : keyword.category();
        if (category == Category.RESERVED) throw in.error("an expression");
        Identifier first = in.take();
        if (in.at(TokenKind.DOT) && category != Category.TYPE_OR_FUNCTION_NAME)
            return qualifiedName(first, start);
        if (in.at(TokenKind.LEFT_PAREN) && category != Category.COLUMN_NAME)
            return call(Cursor.unqualified(first), start, true);
        if (in.at(TokenKind.STRING) && category != Category.COLUMN_NAME)
            return constantOf(Cursor.unqualified(first), List.of(), start);
        if (category == Category.TYPE_OR_FUNCTION_NAME) throw in.error("\"(\"");
        var column = new ColumnRef(List.of(first), first.span());
        return in.at(TokenKind.LEFT_BRACKET) ? indirections(column, start) : column;
    }

    private Expression qualifiedName(Identifier first, int start) {
        List<Identifier> parts = List.of(first);
        while (in.at(TokenKind.DOT)) {
            in.skip();
            if (in.acceptOperator("*")) return new Star(parts, in.since(start));
            parts = Cursor.and(parts, in.colLabel());
        }
        if (in.at(TokenKind.LEFT_PAREN))
            return call(new QualifiedName(parts, in.since(start)), start, true);
        if (in.at(TokenKind.STRING))
            return constantOf(new QualifiedName(parts, in.since(start)), List.of(), start);
        return indirections(new ColumnRef(parts, in.since(start)), start);
    }

    private Expression constantOf(QualifiedName name, List<Expression> modifiers, int start) {
        Literal value = in.string();
        var type = new TypeName(name, modifiers, false, false, 0, name.span());
        return new Cast(value, type, in.since(start));
    }

    /// Subscripts and fields behind `base`.
    private Expression indirections(Expression base, int start) {
        Expression whole = base;
        while (true) {
            if (in.accept(TokenKind.DOT)) {
                if (in.acceptOperator("*")) return new FieldStar(whole, in.since(start));
                Identifier field = in.colLabel();
                whole = new FieldSelect(whole, field, in.since(start));
            } else if (in.at(TokenKind.LEFT_BRACKET)) {
                whole = subscript(whole, start);
            } else {
                return whole;
            }
            in.raise();
        }
    }

    private Expression subscript(Expression base, int start) {
        in.expect(TokenKind.LEFT_BRACKET);
        Expression lower = in.at(TokenKind.COLON) ? null : expression();
        boolean slice = in.accept(TokenKind.COLON);
        Expression upper = slice && !in.at(TokenKind.RIGHT_BRACKET) ? expression() : null;
        in.expect(TokenKind.RIGHT_BRACKET);
        return new Subscript(base, lower, upper, slice, in.since(start));
    }

    /// A call of `name` from its `(` on.
    ///
    /// @param full whether WITHIN GROUP, FILTER, OVER, or a constant (`numeric(3) '1'`) may follow
    Expression call(QualifiedName name, int start, boolean full) {
        // Counted besides its arguments' own expressions: a call takes many frames.
        in.enter();
        in.expect(TokenKind.LEFT_PAREN);
        boolean star = false;
        boolean distinct = false;
        boolean plain = true;
        List<Argument> arguments = List.of();
        List<SortKey> orderBy = List.of();
        if (in.at(TokenKind.RIGHT_PAREN)) {
            plain = false;
        } else if (in.atOperator("*")) {
            in.skip();
            star = true;
            plain = false;
        } else {
            distinct = in.accept(DISTINCT);
            boolean all = !distinct && in.accept(ALL);
            plain = !distinct && !all;
            arguments = in.separated(this::argument);
            for (int i = 0; i < arguments.size(); i++) {
                boolean last = i == arguments.size() - 1;
                if (arguments.get(i).variadic() && (!last || distinct || all))
                    throw in.refuse(
                            "syntax error: VARIADIC not in its place",
                            arguments.get(i).value().span());
            }
            orderBy = orderBy();
        }
        in.expect(TokenKind.RIGHT_PAREN);
        in.leave();
        if (full && plain && in.at(TokenKind.STRING)) {
            List<Expression> modifiers = arguments.stream().map(Argument::value).toList();
            return constantOf(name, modifiers, start);
        }
        if (!full)
            return new FunctionCall(
                    name,
                    arguments,
                    star,
                    distinct,
                    orderBy,
                    List.of(),
                    null,
                    null,
                    in.since(start));
        List<SortKey> withinGroup = List.of();
        if (in.accept(WITHIN)) {
            in.expect(GROUP);
            in.expect(TokenKind.LEFT_PAREN);
            withinGroup = orderBy();
            if (withinGroup.isEmpty()) throw in.error("ORDER BY");
            if (!orderBy.isEmpty() || distinct)
                throw in.refuse("syntax error: WITHIN GROUP not in its place", in.since(start));
            in.expect(TokenKind.RIGHT_PAREN);
        }
        Expression filter = filter();
        Window over = over();
        return new FunctionCall(
                name,
                arguments,
                star,
                distinct,
                orderBy,
                withinGroup,
                filter,
                over,
                in.since(start));
    }

    List<Argument> arguments() {
        in.expect(TokenKind.LEFT_PAREN);
        List<Argument> arguments =
                in.at(TokenKind.RIGHT_PAREN) ? List.of() : in.separated(this::argument);
        in.expect(TokenKind.RIGHT_PAREN);
        return arguments;
    }

    Argument argument() {
        boolean variadic = in.accept(VARIADIC);
        Identifier name = null;
        TokenKind next = in.kind(1);
        if ((next == TokenKind.COLON_EQUALS || next == TokenKind.EQUALS_GREATER)
                && in.isTypeFunctionName(0)) {
            name = in.take();
            in.skip();
        }
        return new Argument(name, expression(), variadic);
    }

    @Nullable Expression filter() {
        if (!in.at(FILTER, TokenKind.LEFT_PAREN) || in.keyword(2) != WHERE) return null;
        in.skip();
        in.skip();
        in.skip();
        Expression filter = expression();
        in.expect(TokenKind.RIGHT_PAREN);
        return filter;
    }

    @Nullable Window over() {
        if (!in.accept(OVER)) return null;
        if (in.at(TokenKind.LEFT_PAREN)) return windowSpecification();
        Identifier name = in.colId();
        return new Window.Named(name, name.span());
    }

    Window.Specification windowSpecification() {
        int start = in.start();
        in.expect(TokenKind.LEFT_PAREN);
        Identifier base = null;
        Keyword keyword = in.keyword();
        boolean clause =
                keyword == PARTITION || keyword == RANGE || keyword == ROWS || keyword == GROUPS;
        if (in.isColId(0) && !clause) base = in.colId();
        List<Expression> partitionBy = in.accept(PARTITION, BY) ? expressions() : List.of();
        List<SortKey> orderBy = orderBy();
        Window.Frame frame = frame();
        in.expect(TokenKind.RIGHT_PAREN);
        return new Window.Specification(base, partitionBy, orderBy, frame, in.since(start));
    }

    private Window.@Nullable Frame frame() {
        int start = in.start();
        Window.Mode mode;
        if (in.accept(RANGE)) mode = Window.Mode.RANGE;
        else if (in.accept(ROWS)) mode = Window.Mode.ROWS;
        else if (in.accept(GROUPS)) mode = Window.Mode.GROUPS;
        else return null;
        Window.Bound first;
        Window.Bound end = null;
        if (in.accept(BETWEEN)) {
            first = bound();
            in.expect(AND);
            end = bound();
        } else {
            first = bound();
        }
        var exclusion = Window.Exclusion.NONE;
        if (in.accept(EXCLUDE)) {
            if (in.accept(CURRENT, ROW)) exclusion = Window.Exclusion.CURRENT_ROW;
            else if (in.accept(GROUP)) exclusion = Window.Exclusion.GROUP;
            else if (in.accept(TIES)) exclusion = Window.Exclusion.TIES;
            else in.expect(NO, OTHERS);
        }
        return new Window.Frame(mode, first, end, exclusion, in.since(start));
    }

    private Window.Bound bound() {
        if (in.at(UNBOUNDED) && (in.keyword(1) == PRECEDING || in.keyword(1) == FOLLOWING)) {
            in.skip();
            boolean preceding = in.at(PRECEDING);
            in.skip();
            return new Window.Bound(
                    preceding
                            ? Window.BoundKind.UNBOUNDED_PRECEDING
                            : Window.BoundKind.UNBOUNDED_FOLLOWING,
                    null);
        }
        if (in.accept(CURRENT, ROW)) return new Window.Bound(Window.BoundKind.CURRENT_ROW, null);
        Expression offset = expression();
        if (in.accept(PRECEDING)) return new Window.Bound(Window.BoundKind.PRECEDING, offset);
        in.expect(FOLLOWING);
        return new Window.Bound(Window.BoundKind.FOLLOWING, offset);
    }

    // ---------------------------------------------------------------- sorting

    /// ORDER BY and its keys, or nothing.
    List<SortKey> orderBy() {
        return in.accept(ORDER, BY) ? in.separated(this::sortKey) : List.of();
    }

    private SortKey sortKey() {
        int start = in.start();
        Expression expression = expression();
        boolean descending = false;
        Operator using = null;
        if (in.accept(USING)) using = operator();
        else if (in.accept(DESC)) descending = true;
        else in.accept(ASC);
        return new SortKey(expression, descending, using, nullsFirst(), in.since(start));
    }

    @Nullable Boolean nullsFirst() {
        if (in.accept(NULLS, FIRST)) return true;
        return in.accept(NULLS, LAST) ? Boolean.FALSE : null;
    }

    /// What may stand for a table in FROM: a call, or an expression with own syntax.
    Expression tableFunction() {
        int start = in.start();
        Keyword keyword = in.keyword();
        if (keyword != null) {
            Expression special = specials.special(keyword, false);
            if (special != null) return special;
        }
        return call(in.functionName(), start, false);
    }

    boolean atTableSpecial() {
        Keyword keyword = in.keyword();
        return keyword != null && specials.atSpecial(keyword);
    }

    SpecialForms specials() {
        return specials;
    }
}
