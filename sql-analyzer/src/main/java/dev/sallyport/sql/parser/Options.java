package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Statement.Option;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.List;
import java.util.Locale;

/// Option lists: of EXPLAIN, COPY and VACUUM, of WITH (...), of definitions.
final class Options {
    private final Cursor in;

    Options(Grammar grammar) {
        this.in = grammar.in;
    }

    /// PostgreSQL's reloptions: `(name = value, namespace.name = value, name)`.
    List<Option> list() {
        in.expect(TokenKind.LEFT_PAREN);
        List<Option> options = in.separated(this::relationOption);
        in.expect(TokenKind.RIGHT_PAREN);
        return options;
    }

    private Option relationOption() {
        int start = in.start();
        String name = in.colLabel().name();
        if (in.accept(TokenKind.DOT)) name += "." + in.colLabel().name();
        List<Expression> values = in.acceptOperator("=") ? List.of(argument()) : List.of();
        return new Option(name.toLowerCase(Locale.ROOT), values, in.since(start));
    }

    /// PostgreSQL's utility_option_list: `(name [value], ...)`.
    List<Option> utilityList() {
        in.expect(TokenKind.LEFT_PAREN);
        List<Option> options = in.separated(this::utilityOption);
        in.expect(TokenKind.RIGHT_PAREN);
        return options;
    }

    private Option utilityOption() {
        int start = in.start();
        Identifier word = in.at(ANALYZE) || in.at(ANALYSE) ? in.take() : in.nonReservedWord();
        String name = word.name().toLowerCase(Locale.ROOT);
        return new Option(name, utilityValues(), in.since(start));
    }

    private List<Expression> utilityValues() {
        if (in.at(TokenKind.COMMA) || in.at(TokenKind.RIGHT_PAREN)) return List.of();
        return List.of(in.atSignedNumber() ? in.signedNumber() : booleanOrString());
    }

    /// PostgreSQL's opt_boolean_or_string without its emptiness.
    Expression booleanOrString() {
        Keyword keyword = in.keyword();
        if (keyword == TRUE || keyword == FALSE || keyword == ON) return in.wordLiteral();
        if (in.at(TokenKind.STRING)) return in.string();
        if (!in.isNonReservedWord()) throw in.error("a value");
        return in.wordLiteral();
    }

    /// PostgreSQL's def_arg, types as words: what may stand behind `name =`.
    Expression argument() {
        int start = in.start();
        if (in.atSignedNumber()) return in.signedNumber();
        if (in.at(TokenKind.STRING)) return in.string();
        if (in.accept(NONE)) return text("none", start);
        if (in.at(TokenKind.OPERATOR)) {
            String symbol = in.tokens.text(in.index());
            in.skip();
            return text(symbol, start);
        }
        throw in.error("a value");
    }

    private Literal text(String text, int start) {
        return new Literal(LiteralKind.STRING, text, in.since(start));
    }
}
