package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Argument;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.ast.Window;
import dev.sallyport.sql.mysql.lexer.Dialect.SqlMode;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Operands that begin with a word that isn't just a name, and calls with a syntax of their own.
/// Words of their syntax (units, character sets) are no values and leave no trace.
final class SpecialForms {
    /// Reserved words that are functions when a parenthesis follows.
    private static final Set<String> FUNCTION_WORDS =
            Set.of(
                    "IF",
                    "LEFT",
                    "RIGHT",
                    "REPLACE",
                    "INSERT",
                    "MOD",
                    "REPEAT",
                    "CHAR",
                    "DATABASE",
                    "SCHEMA",
                    "VALUES",
                    "GROUPING",
                    "ROW_NUMBER",
                    "RANK",
                    "DENSE_RANK",
                    "PERCENT_RANK",
                    "CUME_DIST",
                    "NTILE",
                    "LAG",
                    "LEAD",
                    "FIRST_VALUE",
                    "LAST_VALUE",
                    "NTH_VALUE",
                    "UTC_DATE",
                    "UTC_TIME",
                    "UTC_TIMESTAMP",
                    "CURRENT_DATE",
                    "CURRENT_TIME",
                    "CURRENT_TIMESTAMP",
                    "CURRENT_USER",
                    "CURRENT_ROLE",
                    "LOCALTIME",
                    "LOCALTIMESTAMP",
                    "CURDATE",
                    "CURTIME");

    /// Reserved words that are functions without parentheses, too.
    private static final Set<String> BARE =
            Set.of(
                    "CURRENT_DATE",
                    "CURRENT_TIME",
                    "CURRENT_TIMESTAMP",
                    "CURRENT_USER",
                    "CURRENT_ROLE",
                    "LOCALTIME",
                    "LOCALTIMESTAMP",
                    "UTC_DATE",
                    "UTC_TIME",
                    "UTC_TIMESTAMP");

    /// Words that are the server's functions only directly before the parenthesis, unless
    /// IGNORE_SPACE is on; elsewhere they could be a stored function of that name (MySQL manual,
    /// 11.2.5 Function Name Parsing and Resolution).
    private static final Set<String> ADJACENT =
            Set.of(
                    "ADDDATE",
                    "BIT_AND",
                    "BIT_OR",
                    "BIT_XOR",
                    "CAST",
                    "COUNT",
                    "CURDATE",
                    "CURTIME",
                    "DATE_ADD",
                    "DATE_SUB",
                    "EXTRACT",
                    "GROUP_CONCAT",
                    "JSON_ARRAYAGG",
                    "JSON_OBJECTAGG",
                    "MAX",
                    "MID",
                    "MIN",
                    "NOW",
                    "POSITION",
                    "SESSION_USER",
                    "STD",
                    "STDDEV",
                    "STDDEV_POP",
                    "STDDEV_SAMP",
                    "SUBDATE",
                    "SUBSTR",
                    "SUBSTRING",
                    "SUM",
                    "SYSDATE",
                    "SYSTEM_USER",
                    "TRIM",
                    "VARIANCE",
                    "VAR_POP",
                    "VAR_SAMP",
                    "ST_COLLECT");

    private final Grammar grammar;
    private final Cursor in;

    SpecialForms(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    // ---------------------------------------------------------------- by their first word

    /// @return null when a plain name or call stands here
    @Nullable Expression special() {
        int start = in.start();
        boolean paren = in.kind(1) == MySqlTokenKind.LEFT_PAREN;
        String word = in.tokens.upper(in.index());
        switch (word) {
            case "NULL" -> {
                return literal(LiteralKind.NULL, start);
            }
            case "TRUE" -> {
                return literal(LiteralKind.TRUE, start);
            }
            case "FALSE" -> {
                return literal(LiteralKind.FALSE, start);
            }
            case "CASE" -> {
                return caseExpression();
            }
            case "EXISTS" -> {
                if (!paren) return null;
                in.skip();
                int open = in.start();
                in.skip();
                if (!(grammar.queries.parenthesisRest(open) instanceof Query query))
                    throw in.error("a query");
                return new Expression.Exists(query, in.since(start));
            }
            case "ROW" -> {
                if (!paren) return null;
                in.skip();
                return new Expression.Row(
                        in.parenthesised(grammar.expressions::expression), in.since(start));
            }
            case "INTERVAL" -> {
                Expression interval = grammar.expressions.intervalOrFunction(true);
                return interval;
            }
            case "MATCH" -> {
                return match(start);
            }
            case "CAST" -> {
                if (!paren) return null;
                return cast(start);
            }
            case "CONVERT" -> {
                if (!paren) return null;
                return convert(start);
            }
            case "DEFAULT" -> {
                in.skip();
                if (!in.at(MySqlTokenKind.LEFT_PAREN))
                    return new Expression.Default(in.since(start));
                Span name = new Span(start, in.start());
                in.skip();
                Expression column = grammar.expressions.column();
                in.expect(MySqlTokenKind.RIGHT_PAREN);
                return grammar.expressions.call("default", List.of(column), name, start);
            }
            case "DATE", "TIME", "TIMESTAMP" -> {
                if (in.kind(1) != MySqlTokenKind.STRING) return null;
                in.skip();
                Literal text = in.string();
                return new Literal(LiteralKind.STRING, text.text(), in.since(start));
            }
            case "NEXT", "PREVIOUS" -> {
                if (!in.isMariaDb() || !in.at(1, "VALUE") || !in.at(2, "FOR")) return null;
                boolean changes = word.equals("NEXT");
                in.skip();
                in.skip();
                in.skip();
                QualifiedName sequence = in.qualifiedName();
                return new Expression.SequenceValue(sequence, changes, List.of(), in.since(start));
            }
            case String _ -> {
                return paren ? named(word, start) : bare(word, start);
            }
        }
    }

    private Literal literal(LiteralKind kind, int start) {
        in.skip();
        return new Literal(kind, kind.name(), in.since(start));
    }

    private @Nullable Expression bare(String word, int start) {
        if (!BARE.contains(word) || (!in.isMariaDb() && word.equals("CURRENT_ROLE"))) return null;
        Span name = in.here();
        in.skip();
        return grammar.expressions.call(word.toLowerCase(Locale.ROOT), List.of(), name, start);
    }

    private @Nullable Expression named(String word, int start) {
        if (FUNCTION_WORDS.contains(word) || in.isIdentifier(0)) {
            checkAdjacent(word);
            Identifier name = in.take();
            return call(Cursor.unqualified(name), start);
        }
        return null;
    }

    private void checkAdjacent(String word) {
        if (ADJACENT.contains(word)
                && !in.parenDirectlyBehind()
                && !in.tokens.dialect().is(SqlMode.IGNORE_SPACE))
            throw in.refuse(
                    "a blank between " + word + " and its parenthesis calls a stored function",
                    in.here());
    }

    private Expression caseExpression() {
        int start = in.start();
        in.skip();
        Expression operand = in.at("WHEN") ? null : grammar.expressions.expression();
        List<Expression.When> whens = new ArrayList<>();
        in.expect("WHEN");
        do {
            Expression condition = grammar.expressions.expression();
            in.expect("THEN");
            whens.add(new Expression.When(condition, grammar.expressions.expression()));
        } while (in.accept("WHEN"));
        Expression otherwise = in.accept("ELSE") ? grammar.expressions.expression() : null;
        in.expect("END");
        in.raise();
        return new Expression.Case(operand, whens, otherwise, in.since(start));
    }

    private Expression match(int start) {
        Span name = in.here();
        in.skip();
        List<Expression> arguments = new ArrayList<>();
        if (in.accept(MySqlTokenKind.LEFT_PAREN)) {
            arguments.addAll(in.separated(grammar.expressions::column));
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        } else {
            arguments.addAll(in.separated(grammar.expressions::column));
        }
        in.expect("AGAINST");
        in.expect(MySqlTokenKind.LEFT_PAREN);
        arguments.add(grammar.expressions.bitExpression());
        if (in.accept("IN")) {
            if (in.accept("BOOLEAN")) in.expect("MODE");
            else {
                in.expect("NATURAL");
                in.expect("LANGUAGE", "MODE");
            }
        }
        if (in.accept("WITH")) in.expect("QUERY", "EXPANSION");
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        return grammar.expressions.call("match", arguments, name, start);
    }

    private Expression cast(int start) {
        checkAdjacent("CAST");
        in.skip();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        Expression value = grammar.expressions.expression();
        if (in.accept("AT")) {
            in.expect("TIME", "ZONE");
            in.accept("INTERVAL");
            in.string();
        }
        in.expect("AS");
        TypeName type = grammar.types.type();
        in.accept("ARRAY");
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        in.raise();
        return new Expression.Cast(value, type, in.since(start));
    }

    private Expression convert(int start) {
        Span name = in.here();
        in.skip();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        Expression value = grammar.expressions.expression();
        if (in.accept("USING")) {
            grammar.types.characterSetName();
            in.expect(MySqlTokenKind.RIGHT_PAREN);
            return grammar.expressions.call("convert", List.of(value), name, start);
        }
        in.expect(MySqlTokenKind.COMMA);
        TypeName type = grammar.types.type();
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        in.raise();
        return new Expression.Cast(value, type, in.since(start));
    }

    // ---------------------------------------------------------------- calls

    /// What stands in a call's parentheses.
    private static final class Arguments {
        final List<Argument> values = new ArrayList<>();
        boolean star;
        boolean distinct;
        List<SortKey> orderBy = List.of();

        void add(Expression value) {
            values.add(new Argument(null, value, false));
        }
    }

    /// At the parenthesis behind `name`.
    Expression call(QualifiedName name, int start) {
        in.enter();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        String function =
                name.parts().size() == 1 ? name.last().name().toUpperCase(Locale.ROOT) : "";
        if (in.isMariaDb() && !name.last().quoted() && isSequence(function) && in.isIdentifier(0)) {
            Expression value = sequence(function, start);
            in.leave();
            return value;
        }
        var arguments = new Arguments();
        if (!in.at(MySqlTokenKind.RIGHT_PAREN)) arguments(function, arguments);
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        List<SortKey> withinGroup = List.of();
        if (in.accept("WITHIN", "GROUP")) {
            in.expect(MySqlTokenKind.LEFT_PAREN);
            withinGroup = grammar.queries.orderBy();
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        }
        if (in.at("FROM", "FIRST") && in.at(2, "OVER")) {
            in.skip();
            in.skip();
        }
        if (in.at("RESPECT", "NULLS")) {
            in.skip();
            in.skip();
        }
        Window over = in.at("OVER") ? over() : null;
        in.raise();
        in.leave();
        return new Expression.FunctionCall(
                name,
                arguments.values,
                arguments.star,
                arguments.distinct,
                arguments.orderBy,
                withinGroup,
                null,
                over,
                in.since(start));
    }

    private static boolean isSequence(String function) {
        return function.equals("NEXTVAL")
                || function.equals("LASTVAL")
                || function.equals("SETVAL");
    }

    private Expression sequence(String function, int start) {
        QualifiedName name = in.qualifiedName();
        List<Expression> values = new ArrayList<>();
        while (in.accept(MySqlTokenKind.COMMA)) values.add(grammar.expressions.expression());
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        in.raise();
        return new Expression.SequenceValue(
                name, !function.equals("LASTVAL"), values, in.since(start));
    }

    private void arguments(String function, Arguments arguments) {
        switch (function) {
            case "COUNT" -> {
                if (in.acceptOperator("*")) {
                    arguments.star = true;
                    return;
                }
            }
            case "EXTRACT" -> {
                grammar.expressions.unit();
                in.expect("FROM");
                arguments.add(grammar.expressions.expression());
                return;
            }
            case "TIMESTAMPADD", "TIMESTAMPDIFF" -> {
                grammar.expressions.unit();
                in.expect(MySqlTokenKind.COMMA);
            }
            case "GET_FORMAT" -> {
                in.expectAny("DATE", "TIME", "DATETIME", "TIMESTAMP");
                in.expect(MySqlTokenKind.COMMA);
            }
            case "TRIM" -> {
                trim(arguments);
                return;
            }
            case "POSITION" -> {
                arguments.add(grammar.expressions.bitExpression());
                in.expect("IN");
                arguments.add(grammar.expressions.expression());
                return;
            }
            case "VALUES", "VALUE" -> {
                arguments.add(grammar.expressions.column());
                return;
            }
            case String _ -> {}
        }
        if (in.acceptAny("DISTINCT", "DISTINCTROW")) arguments.distinct = true;
        else in.accept("ALL");
        arguments.add(argument(arguments));
        while (in.accept(MySqlTokenKind.COMMA)) arguments.add(argument(arguments));
        tail(function, arguments);
    }

    /// One argument; `*` only where a server's own function takes it.
    private Expression argument(Arguments arguments) {
        Expression value = grammar.expressions.expression();
        // The dynamic columns of MariaDB: COLUMN_GET(c, 'x' AS INT); and stored aggregates'
        // aliases.
        if (in.accept("AS")) {
            if (grammar.types.atType()) grammar.types.type();
            else in.identifier();
        }
        return value;
    }

    private void tail(String function, Arguments arguments) {
        // SUBSTRING(x FROM n FOR m).
        if (in.accept("FROM")) {
            arguments.add(grammar.expressions.expression());
            if (in.accept("FOR")) arguments.add(grammar.expressions.expression());
        }
        // CHAR(n USING utf8mb4).
        if (in.accept("USING")) grammar.types.characterSetName();
        // WEIGHT_STRING(x AS CHAR(3) LEVEL 1).
        if (in.accept("LEVEL")) {
            do {
                in.number();
                if (in.atOperator("-")) {
                    in.skip();
                    in.number();
                }
                in.acceptAny("ASC", "DESC");
                in.accept("REVERSE");
            } while (in.accept(MySqlTokenKind.COMMA));
        }
        if (in.at("ORDER", "BY")) arguments.orderBy = grammar.queries.orderBy();
        if (in.accept("SEPARATOR")) arguments.add(grammar.expressions.textLiteral());
        if (in.at("LIMIT")) {
            in.skip();
            arguments.add(grammar.expressions.simpleExpression());
            if (in.accept(MySqlTokenKind.COMMA) || in.accept("OFFSET"))
                arguments.add(grammar.expressions.simpleExpression());
        }
        // JSON_VALUE(x, path RETURNING type NULL ON EMPTY ERROR ON ERROR).
        if (in.accept("RETURNING")) grammar.types.type();
        while (function.equals("JSON_VALUE")
                && (in.at("NULL") || in.at("ERROR") || in.at("DEFAULT"))) {
            if (in.accept("DEFAULT")) arguments.add(grammar.expressions.simpleExpression());
            else in.skip();
            in.expect("ON");
            in.expectAny("EMPTY", "ERROR");
        }
    }

    private void trim(Arguments arguments) {
        if (in.acceptAny("LEADING", "TRAILING", "BOTH")) {
            if (in.accept("FROM")) {
                arguments.add(grammar.expressions.expression());
                return;
            }
            arguments.add(grammar.expressions.expression());
            in.expect("FROM");
            arguments.add(grammar.expressions.expression());
            return;
        }
        arguments.add(grammar.expressions.expression());
        if (in.accept("FROM")) arguments.add(grammar.expressions.expression());
    }

    // ---------------------------------------------------------------- windows

    private Window over() {
        in.expect("OVER");
        if (in.at(MySqlTokenKind.LEFT_PAREN)) return window();
        Identifier name = in.identifier();
        return new Window.Named(name, name.span());
    }

    /// `(base PARTITION BY ... ORDER BY ... frame)`.
    Window.Specification window() {
        int start = in.start();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        Identifier base = null;
        if (in.isIdentifier(0) && !in.at("ROWS") && !in.at("RANGE") && !in.at("GROUPS"))
            base = in.identifier();
        List<Expression> partitionBy = List.of();
        if (in.accept("PARTITION")) {
            in.expect("BY");
            partitionBy = in.separated(grammar.expressions::expression);
        }
        List<SortKey> orderBy = in.at("ORDER", "BY") ? grammar.queries.orderBy() : List.of();
        Window.Frame frame = frame();
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        return new Window.Specification(base, partitionBy, orderBy, frame, in.since(start));
    }

    private Window.@Nullable Frame frame() {
        int start = in.start();
        Window.Mode mode;
        if (in.accept("ROWS")) mode = Window.Mode.ROWS;
        else if (in.accept("RANGE")) mode = Window.Mode.RANGE;
        else if (in.accept("GROUPS")) mode = Window.Mode.GROUPS;
        else return null;
        Window.Bound first;
        Window.Bound last = null;
        if (in.accept("BETWEEN")) {
            first = bound();
            in.expect("AND");
            last = bound();
        } else {
            first = bound();
        }
        Window.Exclusion exclusion = Window.Exclusion.NONE;
        if (in.accept("EXCLUDE")) {
            if (in.accept("GROUP")) exclusion = Window.Exclusion.GROUP;
            else if (in.accept("TIES")) exclusion = Window.Exclusion.TIES;
            else if (in.accept("NO")) in.expect("OTHERS");
            else {
                in.expect("CURRENT", "ROW");
                exclusion = Window.Exclusion.CURRENT_ROW;
            }
        }
        return new Window.Frame(mode, first, last, exclusion, in.since(start));
    }

    private Window.Bound bound() {
        if (in.accept("CURRENT", "ROW"))
            return new Window.Bound(Window.BoundKind.CURRENT_ROW, null);
        Expression offset = null;
        if (in.at("INTERVAL")) offset = grammar.expressions.intervalOrFunction(false);
        else if (!in.accept("UNBOUNDED")) offset = grammar.expressions.bitExpression();
        boolean preceding = in.expectAny("PRECEDING", "FOLLOWING").equals("preceding");
        return new Window.Bound(
                offset == null
                        ? preceding
                                ? Window.BoundKind.UNBOUNDED_PRECEDING
                                : Window.BoundKind.UNBOUNDED_FOLLOWING
                        : preceding ? Window.BoundKind.PRECEDING : Window.BoundKind.FOLLOWING,
                offset);
    }
}
