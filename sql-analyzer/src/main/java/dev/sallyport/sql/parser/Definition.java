package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.Keyword.Category;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The small parts that many definitions share: `(name = value)` lists, OPTIONS, sequence options.
final class Definition {
    private static final Set<String> FUNCTIONS =
            Set.of(
                    "sfunc",
                    "finalfunc",
                    "combinefunc",
                    "serialfunc",
                    "deserialfunc",
                    "msfunc",
                    "minvfunc",
                    "mfinalfunc",
                    "sfunc1",
                    "function",
                    "procedure",
                    "restrict",
                    "join",
                    "input",
                    "output",
                    "receive",
                    "send",
                    "typmod_in",
                    "typmod_out",
                    "analyze",
                    "analyse",
                    "subscript",
                    "canonical",
                    "subtype_diff",
                    "start",
                    "gettoken",
                    "end",
                    "headline",
                    "lextypes",
                    "init",
                    "lexize");

    private static final Set<String> TYPES =
            Set.of(
                    "basetype",
                    "stype",
                    "stype1",
                    "mstype",
                    "leftarg",
                    "rightarg",
                    "subtype",
                    "element",
                    "like");

    private final Grammar grammar;
    private final Cursor in;

    Definition(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    /// PostgreSQL's definition and reloptions: `(name [= value], namespace.name = value)`.
    /// Functions and types among the values are mentioned.
    void list(DdlBuilder ddl) {
        in.expect(TokenKind.LEFT_PAREN);
        do element(ddl);
        while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
    }

    void optionalWithList(DdlBuilder ddl) {
        if (in.accept(WITH)) list(ddl);
    }

    private void element(DdlBuilder ddl) {
        String label = in.colLabel().name().toLowerCase(Locale.ROOT);
        if (in.accept(TokenKind.DOT)) label = in.colLabel().name().toLowerCase(Locale.ROOT);
        if (in.acceptOperator("=")) value(label, ddl);
    }

    private void value(String label, DdlBuilder ddl) {
        if (in.atSignedNumber()) {
            in.signedNumber();
        } else if (in.at(TokenKind.STRING)) {
            in.string();
        } else if (in.at(TokenKind.OPERATOR) || in.at(OPERATOR, TokenKind.LEFT_PAREN)) {
            var operator = grammar.expressions.operator();
            if (!operator.schema().isEmpty())
                ddl.mention(Use.REFERENCED, "schema", operator.schema().get(0));
        } else {
            Keyword keyword = in.keyword();
            if (keyword == NONE || (keyword != null && keyword.category() == Category.RESERVED)) {
                in.skip();
                return;
            }
            TypeName type = grammar.types.functionType();
            QualifiedName name = type.name();
            if (FUNCTIONS.contains(label)) ddl.mention(Use.REFERENCED, "function", name);
            else if (TYPES.contains(label)) ddl.type(type);
            else if (label.equals("multirange_type_name")) ddl.mention(Use.CREATED, "type", name);
            else if (label.equals("subtype_opclass"))
                ddl.mention(Use.REFERENCED, "operator class", name);
            else if (label.equals("collation")) ddl.collation(name);
        }
    }

    /// `OPTIONS (name 'value', ...)`, or nothing; with ADD, SET and DROP in ALTER.
    void options() {
        if (!in.accept(OPTIONS)) return;
        in.expect(TokenKind.LEFT_PAREN);
        do {
            if ((in.at(ADD) || in.at(SET)) && in.isColLabel(1)) {
                in.skip();
                in.colLabel();
                in.string();
            } else if (in.at(DROP) && in.isColLabel(1)) {
                in.skip();
                in.colLabel();
            } else {
                in.colLabel();
                in.string();
            }
        } while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
    }

    /// Options of a sequence; returns whether there were any.
    boolean sequenceOptions(DdlBuilder ddl) {
        boolean any = false;
        while (sequenceOption(ddl)) any = true;
        return any;
    }

    void optionalSequenceOptions(DdlBuilder ddl) {
        if (!in.accept(TokenKind.LEFT_PAREN)) return;
        if (!sequenceOptions(ddl)) throw in.error("an option of a sequence");
        in.expect(TokenKind.RIGHT_PAREN);
    }

    private boolean sequenceOption(DdlBuilder ddl) {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        switch (keyword) {
            case AS -> {
                in.skip();
                ddl.type(grammar.types.simple());
            }
            case CACHE, MAXVALUE, MINVALUE -> {
                in.skip();
                in.signedNumber();
            }
            case CYCLE, LOGGED, UNLOGGED -> in.skip();
            case NO -> {
                in.skip();
                if (!in.accept(CYCLE) && !in.accept(MAXVALUE)) in.expect(MINVALUE);
            }
            case INCREMENT -> {
                in.skip();
                in.accept(BY);
                in.signedNumber();
            }
            case OWNED -> {
                in.skip();
                in.expect(BY);
                QualifiedName column = in.qualifiedName();
                int count = column.parts().size();
                if (count > 1)
                    ddl.mention(
                            Use.REFERENCED,
                            "relation",
                            new QualifiedName(column.parts().subList(0, count - 1), column.span()),
                            List.of(column.last()));
            }
            case SEQUENCE -> {
                in.skip();
                in.expect(NAME);
                ddl.mention(Use.CREATED, "relation", in.qualifiedName());
            }
            case START -> {
                in.skip();
                in.accept(WITH);
                in.signedNumber();
            }
            case RESTART -> {
                in.skip();
                if (in.accept(WITH) || in.atSignedNumber()) in.signedNumber();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    boolean ifNotExists() {
        return in.accept(IF, NOT, EXISTS);
    }

    boolean ifExists() {
        return in.accept(IF, EXISTS);
    }

    /// @return CASCADE
    boolean behavior() {
        if (in.accept(CASCADE)) return true;
        in.accept(RESTRICT);
        return false;
    }
}
