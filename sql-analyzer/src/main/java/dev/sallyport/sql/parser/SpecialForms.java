package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Argument;
import dev.sallyport.sql.ast.Expression.ArraySubquery;
import dev.sallyport.sql.ast.Expression.Cast;
import dev.sallyport.sql.ast.Expression.FunctionCall;
import dev.sallyport.sql.ast.Expression.Special;
import dev.sallyport.sql.ast.Expression.SpecialKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.ast.Window;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Expressions with their own syntax: PostgreSQL's func_expr_common_subexpr and JSON aggregates.
final class SpecialForms {
    private final Grammar grammar;
    private final Expressions expressions;
    private final Cursor in;

    SpecialForms(Grammar grammar, Expressions expressions) {
        this.grammar = grammar;
        this.expressions = expressions;
        this.in = grammar.in;
    }

    /// Whether the keyword here begins a special form rather than a name.
    boolean atSpecial(Keyword keyword) {
        return switch (keyword) {
            case CURRENT_CATALOG,
                    CURRENT_DATE,
                    CURRENT_ROLE,
                    CURRENT_TIME,
                    CURRENT_TIMESTAMP,
                    CURRENT_USER,
                    LOCALTIME,
                    LOCALTIMESTAMP,
                    SESSION_USER,
                    SYSTEM_USER,
                    USER ->
                    true;
            case CURRENT_SCHEMA -> in.kind(1) != TokenKind.LEFT_PAREN;
            case COLLATION -> in.keyword(1) == FOR;
            case CAST,
                    COALESCE,
                    EXTRACT,
                    GREATEST,
                    GROUPING,
                    LEAST,
                    MERGE_ACTION,
                    NORMALIZE,
                    NULLIF,
                    OVERLAY,
                    POSITION,
                    SUBSTRING,
                    TREAT,
                    TRIM,
                    XMLCONCAT,
                    XMLELEMENT,
                    XMLEXISTS,
                    XMLFOREST,
                    XMLPARSE,
                    XMLPI,
                    XMLROOT,
                    XMLSERIALIZE,
                    JSON,
                    JSON_ARRAY,
                    JSON_ARRAYAGG,
                    JSON_EXISTS,
                    JSON_OBJECT,
                    JSON_OBJECTAGG,
                    JSON_QUERY,
                    JSON_SCALAR,
                    JSON_SERIALIZE,
                    JSON_VALUE ->
                    in.kind(1) == TokenKind.LEFT_PAREN;
            default -> false;
        };
    }

    /// The special form that `keyword` begins here, or null with nothing taken.
    ///
    /// @param full whether FILTER and OVER may follow an aggregate
    @Nullable Expression special(Keyword keyword, boolean full) {
        if (!atSpecial(keyword)) return null;
        int start = in.start();
        Span word = in.here();
        in.skip();
        // Counted besides their operands' own expressions: these frames are the largest of all.
        in.enter();
        in.enter();
        Expression form = form(keyword, word, start, full);
        in.leave();
        in.leave();
        return form;
    }

    private Expression form(Keyword keyword, Span word, int start, boolean full) {
        return switch (keyword) {
            case CURRENT_CATALOG -> bare(SpecialKind.CURRENT_CATALOG, start);
            case CURRENT_DATE -> bare(SpecialKind.CURRENT_DATE, start);
            case CURRENT_ROLE -> bare(SpecialKind.CURRENT_ROLE, start);
            case CURRENT_SCHEMA -> bare(SpecialKind.CURRENT_SCHEMA, start);
            case CURRENT_USER -> bare(SpecialKind.CURRENT_USER, start);
            case SESSION_USER -> bare(SpecialKind.SESSION_USER, start);
            case SYSTEM_USER -> call("system_user", word, List.of(), start);
            case USER -> bare(SpecialKind.USER, start);
            case CURRENT_TIME -> timed(SpecialKind.CURRENT_TIME, start);
            case CURRENT_TIMESTAMP -> timed(SpecialKind.CURRENT_TIMESTAMP, start);
            case LOCALTIME -> timed(SpecialKind.LOCALTIME, start);
            case LOCALTIMESTAMP -> timed(SpecialKind.LOCALTIMESTAMP, start);
            case COLLATION -> collationFor(word, start);
            case CAST -> {
                open();
                Expression operand = expressions.expression();
                in.expect(AS);
                TypeName type = grammar.types.type();
                close();
                yield new Cast(operand, type, in.since(start));
            }
            case TREAT -> {
                // As in PostgreSQL: a call of the system function that has the type's name.
                open();
                Expression operand = expressions.expression();
                in.expect(AS);
                String function = grammar.types.type().name().last().name();
                close();
                yield call(function, word, positional(operand), start);
            }
            case COALESCE -> listed(SpecialKind.COALESCE, start);
            case GREATEST -> listed(SpecialKind.GREATEST, start);
            case LEAST -> listed(SpecialKind.LEAST, start);
            case GROUPING -> listed(SpecialKind.GROUPING, start);
            case XMLCONCAT -> listed(SpecialKind.XMLCONCAT, start);
            case NULLIF -> {
                Expression whole = listed(SpecialKind.NULLIF, start);
                if (!(whole instanceof Special special) || special.operands().size() != 2)
                    throw in.refuse("syntax error: NULLIF needs two operands", word);
                yield whole;
            }
            case MERGE_ACTION -> {
                open();
                close();
                yield bare(SpecialKind.MERGE_ACTION, start);
            }
            case EXTRACT -> extract(word, start);
            case NORMALIZE -> normalize(word, start);
            case OVERLAY -> overlay(word, start);
            case POSITION -> {
                open();
                Expression part = expressions.restricted();
                in.expect(IN);
                Expression whole = expressions.restricted();
                close();
                yield call("position", word, positional(whole, part), start);
            }
            case SUBSTRING -> substring(word, start);
            case TRIM -> trim(word, start);
            case XMLELEMENT -> xmlElement(start);
            case XMLEXISTS -> {
                open();
                Expression path = expressions.primary();
                Expression document = xmlPassing();
                close();
                yield call("xmlexists", word, positional(path, document), start);
            }
            case XMLFOREST -> {
                open();
                List<Expression> items = in.separated(this::xmlAttribute);
                close();
                yield special(SpecialKind.XMLFOREST, items, null, start);
            }
            case XMLPARSE -> {
                open();
                documentOrContent();
                Expression operand = expressions.expression();
                if (in.acceptAny(PRESERVE, STRIP)) in.expect(WHITESPACE);
                close();
                yield special(SpecialKind.XMLPARSE, List.of(operand), null, start);
            }
            case XMLPI -> {
                open();
                in.expect(NAME);
                in.colLabel();
                List<Expression> operands =
                        in.accept(TokenKind.COMMA) ? List.of(expressions.expression()) : List.of();
                close();
                yield special(SpecialKind.XMLPI, operands, null, start);
            }
            case XMLROOT -> xmlRoot(start);
            case XMLSERIALIZE -> {
                open();
                documentOrContent();
                Expression operand = expressions.expression();
                in.expect(AS);
                TypeName type = grammar.types.simple();
                if (!in.accept(NO, INDENT)) in.accept(INDENT);
                close();
                yield special(SpecialKind.XMLSERIALIZE, List.of(operand), type, start);
            }
            case JSON -> {
                open();
                Expression operand = jsonValue();
                uniqueKeys();
                close();
                yield special(SpecialKind.JSON, List.of(operand), null, start);
            }
            case JSON_SCALAR -> {
                open();
                Expression operand = expressions.expression();
                close();
                yield special(SpecialKind.JSON_SCALAR, List.of(operand), null, start);
            }
            case JSON_SERIALIZE -> {
                open();
                Expression operand = jsonValue();
                TypeName type = returning();
                close();
                yield special(SpecialKind.JSON_SERIALIZE, List.of(operand), type, start);
            }
            case JSON_OBJECT -> jsonObject(word, start);
            case JSON_ARRAY -> jsonArray(start);
            case JSON_OBJECTAGG -> jsonObjectAggregate(full, start);
            case JSON_ARRAYAGG -> jsonArrayAggregate(full, start);
            case JSON_EXISTS -> jsonQuery(SpecialKind.JSON_EXISTS, start);
            case JSON_VALUE -> jsonQuery(SpecialKind.JSON_VALUE, start);
            case JSON_QUERY -> jsonQuery(SpecialKind.JSON_QUERY, start);
            default -> throw new IllegalStateException("no special form: " + keyword);
        };
    }

    // ---------------------------------------------------------------- building blocks

    /// A call of the system function that a syntax stands for.
    FunctionCall call(String function, Span word, List<Argument> arguments, int start) {
        return call(Cursor.system(function, word), arguments, start);
    }

    private FunctionCall call(QualifiedName name, List<Argument> arguments, int start) {
        return new FunctionCall(
                name, arguments, false, false, List.of(), List.of(), null, null, in.since(start));
    }

    private static List<Argument> positional(Expression... values) {
        var arguments = new ArrayList<Argument>(values.length);
        for (Expression value : values) arguments.add(new Argument(null, value, false));
        return arguments;
    }

    private static List<Argument> positional(List<Expression> values) {
        return positional(values.toArray(Expression[]::new));
    }

    private Special special(
            SpecialKind kind, List<Expression> operands, @Nullable TypeName type, int start) {
        return new Special(kind, operands, type, List.of(), null, null, in.since(start));
    }

    private Special bare(SpecialKind kind, int start) {
        return special(kind, List.of(), null, start);
    }

    private Special timed(SpecialKind kind, int start) {
        if (in.accept(TokenKind.LEFT_PAREN)) {
            in.integer();
            close();
        }
        return bare(kind, start);
    }

    private Special listed(SpecialKind kind, int start) {
        open();
        List<Expression> operands = expressions.expressions();
        close();
        return special(kind, operands, null, start);
    }

    private void open() {
        in.expect(TokenKind.LEFT_PAREN);
    }

    private void close() {
        in.expect(TokenKind.RIGHT_PAREN);
    }

    // ---------------------------------------------------------------- functions with words inside

    private Expression collationFor(Span word, int start) {
        in.expect(FOR);
        open();
        Expression operand = expressions.expression();
        close();
        return call("pg_collation_for", word, positional(operand), start);
    }

    private Expression extract(Span word, int start) {
        open();
        Expression field;
        Keyword keyword = in.keyword();
        boolean unit =
                keyword == YEAR
                        || keyword == MONTH
                        || keyword == DAY
                        || keyword == HOUR
                        || keyword == MINUTE
                        || keyword == SECOND;
        if (in.at(TokenKind.STRING)) field = in.string();
        else if (unit || (in.isColLabel(0) && keyword == null)) field = in.wordLiteral();
        else throw in.error("a field");
        in.expect(FROM);
        Expression source = expressions.expression();
        close();
        return call("extract", word, positional(field, source), start);
    }

    private Expression normalize(Span word, int start) {
        open();
        var arguments = new ArrayList<>(positional(expressions.expression()));
        if (in.accept(TokenKind.COMMA)) {
            Keyword form = in.keyword();
            if (form != NFC && form != NFD && form != NFKC && form != NFKD)
                throw in.error("NFC, NFD, NFKC or NFKD");
            arguments.add(new Argument(null, in.wordLiteral(), false));
        }
        close();
        return call("normalize", word, arguments, start);
    }

    /// Written as a plain call these are looked up by the search path like any other.
    private Expression plainCall(String name, Span word, List<Argument> arguments, int start) {
        close();
        return call(Cursor.unqualified(new Identifier(name, false, word)), arguments, start);
    }

    private List<Argument> rest(Argument first) {
        var arguments = new ArrayList<Argument>();
        arguments.add(first);
        while (in.accept(TokenKind.COMMA)) arguments.add(expressions.argument());
        return arguments;
    }

    private Expression overlay(Span word, int start) {
        open();
        if (in.at(TokenKind.RIGHT_PAREN)) return plainCall("overlay", word, List.of(), start);
        Argument first = expressions.argument();
        if (!in.at(PLACING)) return plainCall("overlay", word, rest(first), start);
        in.skip();
        var arguments = new ArrayList<Argument>();
        arguments.add(first);
        arguments.addAll(positional(expressions.expression()));
        in.expect(FROM);
        arguments.addAll(positional(expressions.expression()));
        if (in.accept(FOR)) arguments.addAll(positional(expressions.expression()));
        close();
        return call("overlay", word, arguments, start);
    }

    private Expression substring(Span word, int start) {
        open();
        if (in.at(TokenKind.RIGHT_PAREN)) return plainCall("substring", word, List.of(), start);
        Argument first = expressions.argument();
        var arguments = new ArrayList<Argument>();
        arguments.add(first);
        if (in.accept(FROM)) {
            arguments.addAll(positional(expressions.expression()));
            if (in.accept(FOR)) arguments.addAll(positional(expressions.expression()));
        } else if (in.accept(FOR)) {
            Expression length = expressions.expression();
            if (in.accept(FROM)) arguments.addAll(positional(expressions.expression()));
            arguments.addAll(positional(length));
        } else if (in.accept(SIMILAR)) {
            arguments.addAll(positional(expressions.expression()));
            in.expect(ESCAPE);
            arguments.addAll(positional(expressions.expression()));
        } else {
            return plainCall("substring", word, rest(first), start);
        }
        close();
        return call("substring", word, arguments, start);
    }

    private Expression trim(Span word, int start) {
        open();
        String function = "btrim";
        if (in.accept(LEADING)) function = "ltrim";
        else if (in.accept(TRAILING)) function = "rtrim";
        else in.accept(BOTH);
        var operands = new ArrayList<Expression>();
        if (in.accept(FROM)) {
            operands.addAll(expressions.expressions());
        } else {
            Expression first = expressions.expression();
            if (in.accept(FROM)) {
                operands.addAll(expressions.expressions());
                operands.add(first);
            } else {
                operands.add(first);
                while (in.accept(TokenKind.COMMA)) operands.add(expressions.expression());
            }
        }
        close();
        return call(function, word, positional(operands), start);
    }

    // ---------------------------------------------------------------- XML

    private void documentOrContent() {
        if (!in.acceptAny(DOCUMENT, CONTENT)) throw in.error("DOCUMENT or CONTENT");
    }

    private Expression xmlAttribute() {
        Expression value = expressions.expression();
        if (in.accept(AS)) in.colLabel();
        return value;
    }

    private Expression xmlElement(int start) {
        open();
        in.expect(NAME);
        in.colLabel();
        var operands = new ArrayList<Expression>();
        if (in.accept(TokenKind.COMMA)) {
            if (in.at(XMLATTRIBUTES, TokenKind.LEFT_PAREN)) {
                in.skip();
                open();
                operands.addAll(in.separated(this::xmlAttribute));
                close();
                if (in.accept(TokenKind.COMMA)) operands.addAll(expressions.expressions());
            } else {
                operands.addAll(expressions.expressions());
            }
        }
        close();
        return special(SpecialKind.XMLELEMENT, operands, null, start);
    }

    private Expression xmlRoot(int start) {
        open();
        var operands = new ArrayList<Expression>();
        operands.add(expressions.expression());
        in.expect(TokenKind.COMMA);
        in.expect(VERSION);
        if (!in.accept(NO, VALUE)) operands.add(expressions.expression());
        if (in.accept(TokenKind.COMMA)) {
            in.expect(STANDALONE);
            if (!in.accept(YES) && !in.accept(NO, VALUE)) in.expect(NO);
        }
        close();
        return special(SpecialKind.XMLROOT, operands, null, start);
    }

    /// `PASSING [BY REF] document [BY REF]`.
    Expression xmlPassing() {
        in.expect(PASSING);
        xmlMechanism();
        Expression document = expressions.primary();
        xmlMechanism();
        return document;
    }

    private void xmlMechanism() {
        if (in.accept(BY) && !in.acceptAny(REF, VALUE)) throw in.error("REF or VALUE");
    }

    // ---------------------------------------------------------------- JSON

    /// Behind IS JSON.
    void jsonPredicate() {
        if (!in.accept(VALUE) && !in.accept(ARRAY) && !in.accept(OBJECT)) in.accept(SCALAR);
        uniqueKeys();
    }

    private void uniqueKeys() {
        if (in.accept(WITH, UNIQUE) || in.accept(WITHOUT, UNIQUE)) in.accept(KEYS);
    }

    /// An expression with FORMAT JSON.
    Expression jsonValue() {
        Expression value = expressions.expression();
        formatJson();
        return value;
    }

    void formatJson() {
        // Not by keyword: to a server of 16 the word is like any other.
        if (in.at(FORMAT)
                && in.kind(1) == TokenKind.WORD
                && in.tokens.name(in.index() + 1).equals("json")) {
            in.skip();
            in.skip();
            if (in.accept(ENCODING)) in.colLabel();
        }
    }

    private @Nullable TypeName returning() {
        if (!in.accept(RETURNING)) return null;
        TypeName type = grammar.types.type();
        formatJson();
        return type;
    }

    private void nullClause() {
        if (in.at(NULL, ON) || in.at(ABSENT, ON)) {
            in.skip();
            in.skip();
            in.expect(NULL);
        }
    }

    private boolean atEntrySeparator() {
        return in.at(VALUE) || in.at(TokenKind.COLON);
    }

    private void entry(List<Expression> operands) {
        operands.add(expressions.expression());
        if (!atEntrySeparator()) throw in.error("VALUE or \":\"");
        in.skip();
        operands.add(jsonValue());
    }

    private Expression jsonObject(Span word, int start) {
        open();
        var operands = new ArrayList<Expression>();
        boolean empty =
                in.at(TokenKind.RIGHT_PAREN)
                        || in.at(RETURNING)
                        || in.at(NULL, ON)
                        || in.at(ABSENT, ON);
        if (!empty) {
            Argument first = expressions.argument();
            if (!atEntrySeparator()) {
                List<Argument> arguments = rest(first);
                close();
                return call("json_object", word, arguments, start);
            }
            in.skip();
            operands.add(first.value());
            operands.add(jsonValue());
            while (in.accept(TokenKind.COMMA)) entry(operands);
            nullClause();
            uniqueKeys();
        }
        TypeName type = returning();
        close();
        return special(SpecialKind.JSON_OBJECT, operands, type, start);
    }

    private Expression jsonArray(int start) {
        open();
        List<Expression> operands = List.of();
        if (grammar.queries.atQueryWord()) {
            int queryStart = in.start();
            Query query = grammar.queries.query();
            formatJson();
            operands = List.of(new ArraySubquery(query, in.since(queryStart)));
        } else if (!in.at(TokenKind.RIGHT_PAREN)
                && !in.at(RETURNING)
                && !in.at(NULL, ON)
                && !in.at(ABSENT, ON)) {
            operands = in.separated(this::jsonValue);
        }
        nullClause();
        TypeName type = returning();
        close();
        return special(SpecialKind.JSON_ARRAY, operands, type, start);
    }

    private Expression jsonObjectAggregate(boolean full, int start) {
        open();
        var operands = new ArrayList<Expression>(2);
        entry(operands);
        nullClause();
        uniqueKeys();
        TypeName type = returning();
        close();
        return aggregate(SpecialKind.JSON_OBJECTAGG, operands, type, List.of(), full, start);
    }

    private Expression jsonArrayAggregate(boolean full, int start) {
        open();
        List<Expression> operands = List.of(jsonValue());
        List<SortKey> orderBy = expressions.orderBy();
        nullClause();
        TypeName type = returning();
        close();
        return aggregate(SpecialKind.JSON_ARRAYAGG, operands, type, orderBy, full, start);
    }

    private Special aggregate(
            SpecialKind kind,
            List<Expression> operands,
            @Nullable TypeName type,
            List<SortKey> orderBy,
            boolean full,
            int start) {
        Expression filter = full ? expressions.filter() : null;
        Window over = full ? expressions.over() : null;
        return new Special(kind, operands, type, orderBy, filter, over, in.since(start));
    }

    /// JSON_EXISTS, JSON_VALUE and JSON_QUERY; each clause where PostgreSQL has it for one of them.
    private Expression jsonQuery(SpecialKind kind, int start) {
        open();
        var operands = new ArrayList<Expression>();
        operands.add(jsonValue());
        in.expect(TokenKind.COMMA);
        operands.add(expressions.expression());
        operands.addAll(passing());
        TypeName type = kind == SpecialKind.JSON_EXISTS ? null : returning();
        if (kind == SpecialKind.JSON_QUERY) {
            wrapper();
            quotes();
        }
        operands.addAll(behaviors());
        close();
        return special(kind, operands, type, start);
    }

    /// `PASSING value AS name, ...`, or nothing.
    List<Expression> passing() {
        if (!in.accept(PASSING)) return List.of();
        return in.separated(() -> {
            Expression value = jsonValue();
            in.expect(AS);
            in.colLabel();
            return value;
        });
    }

    void wrapper() {
        if (in.at(WITHOUT, WRAPPER) || in.at(WITHOUT, ARRAY)) {
            in.skip();
            in.accept(ARRAY);
            in.expect(WRAPPER);
        } else if (in.at(WITH, WRAPPER)
                || in.at(WITH, ARRAY)
                || in.at(WITH, CONDITIONAL)
                || in.at(WITH, UNCONDITIONAL)) {
            in.skip();
            in.acceptAny(CONDITIONAL, UNCONDITIONAL);
            in.accept(ARRAY);
            in.expect(WRAPPER);
        }
    }

    void quotes() {
        if (in.acceptAny(KEEP, OMIT)) {
            in.expect(QUOTES);
            if (in.accept(ON)) in.expect(SCALAR, STRING);
        }
    }

    /// `... ON EMPTY ... ON ERROR`, or nothing; the expressions of their DEFAULTs.
    List<Expression> behaviors() {
        var defaults = new ArrayList<Expression>(0);
        boolean more = true;
        for (int i = 0; more && i < 2; i++) more = behavior(defaults);
        return defaults;
    }

    private boolean behavior(List<Expression> defaults) {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        switch (keyword) {
            case DEFAULT -> {
                in.skip();
                defaults.add(expressions.expression());
            }
            case ERROR, NULL, TRUE, FALSE, UNKNOWN -> in.skip();
            case EMPTY -> {
                in.skip();
                if (!in.accept(ARRAY)) in.accept(OBJECT);
            }
            default -> {
                return false;
            }
        }
        in.expect(ON);
        if (!in.acceptAny(EMPTY, ERROR)) throw in.error("EMPTY or ERROR");
        return true;
    }
}
