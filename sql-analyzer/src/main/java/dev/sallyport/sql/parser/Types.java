package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Type names. PostgreSQL's Typename and func_type.
final class Types {
    private final Grammar grammar;
    private final Cursor in;

    Types(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    /// A type with SETOF and array bounds.
    TypeName type() {
        return type(false);
    }

    /// A parameter's or result's type, which may be `relation.column%TYPE`.
    TypeName functionType() {
        return type(true);
    }

    private TypeName type(boolean mayReferToColumn) {
        int start = in.start();
        boolean setOf = in.accept(SETOF);
        TypeName simple = simple(mayReferToColumn);
        if (simple.columnOfRelation())
            return new TypeName(simple.name(), simple.modifiers(), setOf, true, 0, in.since(start));
        int dimensions = 0;
        if (in.accept(ARRAY)) {
            dimensions = 1;
            if (in.accept(TokenKind.LEFT_BRACKET)) {
                in.integer();
                in.expect(TokenKind.RIGHT_BRACKET);
            }
        } else {
            while (in.accept(TokenKind.LEFT_BRACKET)) {
                if (in.at(TokenKind.INTEGER)) in.integer();
                in.expect(TokenKind.RIGHT_BRACKET);
                dimensions++;
            }
        }
        if (!setOf && dimensions == 0) return simple;
        return new TypeName(
                simple.name(), simple.modifiers(), setOf, false, dimensions, in.since(start));
    }

    /// Without SETOF and array bounds.
    TypeName simple() {
        return simple(false);
    }

    private TypeName simple(boolean mayReferToColumn) {
        int start = in.start();
        TypeName keywordType = keywordType();
        if (keywordType != null) {
            if (keywordType.name().last().name().equals("interval")) {
                intervalQualifier();
                return new TypeName(
                        keywordType.name(),
                        keywordType.modifiers(),
                        false,
                        false,
                        0,
                        in.since(start));
            }
            return keywordType;
        }
        // A qualified type's first part is a type_function_name too, not a ColId.
        QualifiedName name = in.qualified(in.typeFunctionName());
        if (mayReferToColumn && in.atOperator("%") && in.keyword(1) == TYPE) {
            if (name.parts().size() < 2) throw in.error("a column's qualified name");
            in.skip();
            in.skip();
            return new TypeName(name, List.of(), false, true, 0, in.since(start));
        }
        return new TypeName(name, modifiers(), false, false, 0, in.since(start));
    }

    private List<Expression> modifiers() {
        if (!in.accept(TokenKind.LEFT_PAREN)) return List.of();
        List<Expression> modifiers = in.separated(grammar.expressions::expression);
        in.expect(TokenKind.RIGHT_PAREN);
        modifiers.forEach(this::constant);
        return modifiers;
    }

    /// PostgreSQL's grammar takes any expression for a modifier; its analysis only these.
    private void constant(Expression modifier) {
        boolean constant =
                switch (modifier) {
                    case Expression.Literal _ -> true;
                    case Expression.Unary(var sign, Expression.Literal _, _) ->
                            sign.symbol().equals("-") || sign.symbol().equals("+");
                    case Expression.ColumnRef(var parts, _) -> parts.size() == 1;
                    case Expression _ -> false;
                };
        if (!constant)
            throw in.refuse("a type's modifier is neither a constant nor a name", modifier.span());
    }

    /// A type with own syntax, or null with nothing taken. INTERVAL without its qualifier.
    @Nullable TypeName keywordType() {
        Keyword keyword = in.keyword();
        if (keyword == null) return null;
        int start = in.start();
        return switch (keyword) {
            case INT, INTEGER -> plain("int4", start);
            case SMALLINT -> plain("int2", start);
            case BIGINT -> plain("int8", start);
            case REAL -> plain("float4", start);
            case BOOLEAN -> plain("bool", start);
            case JSON -> plain("json", start);
            case FLOAT -> {
                in.skip();
                boolean single = false;
                if (in.accept(TokenKind.LEFT_PAREN)) {
                    String digits = in.integer().text();
                    single = digits.length() <= 2 && precision(digits) <= 24;
                    in.expect(TokenKind.RIGHT_PAREN);
                }
                yield named(single ? "float4" : "float8", List.of(), start);
            }
            case DOUBLE -> {
                if (in.keyword(1) != PRECISION) yield null;
                in.skip();
                yield plain("float8", start);
            }
            case DECIMAL, DEC, NUMERIC -> {
                in.skip();
                yield named("numeric", modifiers(), start);
            }
            case BIT -> {
                in.skip();
                boolean varying = in.accept(VARYING);
                yield named(varying ? "varbit" : "bit", modifiers(), start);
            }
            case VARCHAR -> {
                in.skip();
                yield named("varchar", length(), start);
            }
            case CHARACTER, CHAR, NCHAR -> {
                in.skip();
                yield named(in.accept(VARYING) ? "varchar" : "bpchar", length(), start);
            }
            case NATIONAL -> {
                in.skip();
                if (!in.acceptAny(CHARACTER, CHAR)) throw in.error("CHARACTER");
                yield named(in.accept(VARYING) ? "varchar" : "bpchar", length(), start);
            }
            case TIMESTAMP, TIME -> {
                in.skip();
                List<Expression> length = length();
                boolean zone = in.accept(WITH, TIME, ZONE);
                if (!zone) in.accept(WITHOUT, TIME, ZONE);
                String base = keyword == TIME ? "time" : "timestamp";
                yield named(zone ? base + "tz" : base, length, start);
            }
            case INTERVAL -> {
                in.skip();
                yield named("interval", length(), start);
            }
            default -> null;
        };
    }

    private static int precision(String digits) {
        for (int i = 0; i < digits.length(); i++)
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') return Integer.MAX_VALUE;
        return Integer.parseInt(digits);
    }

    private List<Expression> length() {
        if (!in.at(TokenKind.LEFT_PAREN)) return List.of();
        in.skip();
        Expression length = in.integer();
        in.expect(TokenKind.RIGHT_PAREN);
        return List.of(length);
    }

    private TypeName plain(String name, int start) {
        in.skip();
        return named(name, List.of(), start);
    }

    private TypeName named(String name, List<Expression> modifiers, int start) {
        var span = in.since(start);
        return new TypeName(Cursor.system(name, span), modifiers, false, false, 0, span);
    }

    /// `YEAR TO MONTH`, `SECOND(3)`: PostgreSQL's opt_interval.
    void intervalQualifier() {
        Keyword from = in.keyword();
        if (from == YEAR) {
            in.skip();
            if (in.at(TO, MONTH)) in.accept(TO, MONTH);
        } else if (from == MONTH) {
            in.skip();
        } else if (from == DAY || from == HOUR || from == MINUTE) {
            in.skip();
            if (in.at(TO)) {
                Keyword to = in.keyword(1);
                boolean finer =
                        (to == HOUR && from == DAY)
                                || (to == MINUTE && from != MINUTE)
                                || to == SECOND;
                if (!finer) return;
                in.skip();
                if (to == SECOND) second();
                else in.skip();
            }
        } else if (from == SECOND) {
            second();
        }
    }

    private void second() {
        in.expect(SECOND);
        if (in.accept(TokenKind.LEFT_PAREN)) {
            in.integer();
            in.expect(TokenKind.RIGHT_PAREN);
        }
    }

    /// Whether a constant of a type with own syntax stands here, as `TIMESTAMP '...'` or
    /// `NUMERIC(3) '...'`, rather than a column of that name.
    boolean atConstant() {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        TokenKind next = in.kind(1);
        return switch (keyword) {
            case INT, INTEGER, SMALLINT, BIGINT, REAL, BOOLEAN, JSON -> next == TokenKind.STRING;
            case FLOAT, DECIMAL, DEC, NUMERIC, VARCHAR, INTERVAL ->
                    next == TokenKind.STRING || next == TokenKind.LEFT_PAREN;
            case BIT, CHARACTER, CHAR, NCHAR ->
                    next == TokenKind.STRING
                            || next == TokenKind.LEFT_PAREN
                            || (in.keyword(1) == VARYING
                                    && (in.kind(2) == TokenKind.STRING
                                            || in.kind(2) == TokenKind.LEFT_PAREN));
            case NATIONAL -> in.keyword(1) == CHARACTER || in.keyword(1) == CHAR;
            case TIMESTAMP, TIME ->
                    next == TokenKind.STRING
                            || next == TokenKind.LEFT_PAREN
                            || ((in.keyword(1) == WITH || in.keyword(1) == WITHOUT)
                                    && in.keyword(2) == TIME);
            case DOUBLE -> in.keyword(1) == PRECISION && in.kind(2) == TokenKind.STRING;
            default -> false;
        };
    }

    /// `relation.column%TYPE` names its relation; other types name themselves.
    static QualifiedName relationOf(TypeName columnType) {
        List<Identifier> parts = columnType.name().parts();
        var relation = new ArrayList<>(parts.subList(0, parts.size() - 1));
        return new QualifiedName(relation, columnType.name().span());
    }
}
