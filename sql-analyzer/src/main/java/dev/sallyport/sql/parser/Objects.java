package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;

/// How DROP, ALTER, COMMENT and their like say which object they mean.
final class Objects {

    /// How the names of a kind of object are written.
    enum Form {
        /// A qualified name of a relation.
        RELATION,
        /// A qualified name.
        QUALIFIED,
        /// One name.
        SIMPLE,
        TYPE,
        /// A name with argument types, perhaps.
        ROUTINE,
        /// A name with an aggregate's argument types.
        AGGREGATE,
        /// `+ (int, int)`.
        OPERATOR,
        /// `name USING method`.
        OPERATOR_CLASS,
        /// `(type AS type)`.
        CAST,
        /// `name ON relation`.
        ON_RELATION,
        /// `name ON relation` or `name ON DOMAIN type`.
        CONSTRAINT,
        /// `FOR type LANGUAGE name`.
        TRANSFORM,
        LARGE_OBJECT,
        /// `relation.column`.
        COLUMN,
        /// `FOR role SERVER name`.
        USER_MAPPING
    }

    record Kind(String type, Form form) {}

    private final Grammar grammar;
    private final Cursor in;

    Objects(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    /// The words for a kind of object.
    Kind kind() {
        Keyword keyword = in.keyword();
        if (keyword == null) throw in.error("a kind of object");
        in.skip();
        return switch (keyword) {
            case TABLE -> new Kind("table", Form.RELATION);
            case VIEW -> new Kind("view", Form.RELATION);
            case INDEX -> new Kind("index", Form.RELATION);
            case SEQUENCE -> new Kind("sequence", Form.RELATION);
            case MATERIALIZED -> words(VIEW, "materialized view", Form.RELATION);
            case FOREIGN -> {
                if (in.accept(TABLE)) yield new Kind("foreign table", Form.RELATION);
                in.expect(DATA, WRAPPER);
                yield new Kind("foreign data wrapper", Form.SIMPLE);
            }
            case COLLATION -> new Kind("collation", Form.QUALIFIED);
            case CONVERSION -> new Kind("conversion", Form.QUALIFIED);
            case STATISTICS -> new Kind("statistics", Form.QUALIFIED);
            case TEXT -> {
                in.expect(SEARCH);
                Keyword part = in.keyword();
                if (part != PARSER
                        && part != DICTIONARY
                        && part != TEMPLATE
                        && part != CONFIGURATION) throw in.error("a text search object");
                in.skip();
                yield new Kind("text search " + part.word(), Form.QUALIFIED);
            }
            case ACCESS -> words(METHOD, "access method", Form.SIMPLE);
            case EVENT -> words(TRIGGER, "event trigger", Form.SIMPLE);
            case EXTENSION -> new Kind("extension", Form.SIMPLE);
            case PUBLICATION -> new Kind("publication", Form.SIMPLE);
            case SUBSCRIPTION -> new Kind("subscription", Form.SIMPLE);
            case SCHEMA -> new Kind("schema", Form.SIMPLE);
            case SERVER -> new Kind("server", Form.SIMPLE);
            case DATABASE -> new Kind("database", Form.SIMPLE);
            case TABLESPACE -> new Kind("tablespace", Form.SIMPLE);
            case ROLE, GROUP -> new Kind("role", Form.SIMPLE);
            case USER -> {
                if (in.accept(MAPPING)) yield new Kind("user mapping", Form.USER_MAPPING);
                yield new Kind("role", Form.SIMPLE);
            }
            case PROCEDURAL -> words(LANGUAGE, "language", Form.SIMPLE);
            case LANGUAGE -> new Kind("language", Form.SIMPLE);
            case LARGE -> words(OBJECT, "large object", Form.LARGE_OBJECT);
            case TYPE -> new Kind("type", Form.TYPE);
            case DOMAIN -> new Kind("domain", Form.TYPE);
            case FUNCTION -> new Kind("function", Form.ROUTINE);
            case PROCEDURE -> new Kind("procedure", Form.ROUTINE);
            case ROUTINE -> new Kind("routine", Form.ROUTINE);
            case AGGREGATE -> new Kind("aggregate", Form.AGGREGATE);
            case OPERATOR -> {
                if (in.accept(CLASS)) yield new Kind("operator class", Form.OPERATOR_CLASS);
                if (in.accept(FAMILY)) yield new Kind("operator family", Form.OPERATOR_CLASS);
                yield new Kind("operator", Form.OPERATOR);
            }
            case CAST -> new Kind("cast", Form.CAST);
            case CONSTRAINT -> new Kind("constraint", Form.CONSTRAINT);
            case POLICY -> new Kind("policy", Form.ON_RELATION);
            case RULE -> new Kind("rule", Form.ON_RELATION);
            case TRIGGER -> new Kind("trigger", Form.ON_RELATION);
            case TRANSFORM -> new Kind("transform", Form.TRANSFORM);
            case COLUMN -> new Kind("column", Form.COLUMN);
            default -> throw in.error("a kind of object");
        };
    }

    private Kind words(Keyword next, String type, Form form) {
        in.expect(next);
        return new Kind(type, form);
    }

    /// One object of `kind`, as a mention.
    void object(Kind kind, Use use, DdlBuilder ddl) {
        int start = in.start();
        switch (kind.form()) {
            case RELATION -> ddl.subject(use, relation());
            case QUALIFIED -> ddl.mention(use, kind.type(), in.qualifiedName());
            case SIMPLE -> ddl.mention(use, kind.type(), simple(kind));
            case TYPE -> {
                TypeName type = grammar.types.type();
                ddl.mention(use, "type", type.name());
            }
            case ROUTINE -> routine(use, ddl);
            case AGGREGATE -> {
                QualifiedName name = in.functionName();
                aggregateArguments(ddl);
                ddl.mention(use, "function", name);
            }
            case OPERATOR -> operator(use, ddl);
            case OPERATOR_CLASS -> {
                QualifiedName name = in.qualifiedName();
                in.expect(USING);
                in.colId();
                ddl.mention(use, kind.type(), name);
            }
            case CAST -> {
                in.expect(TokenKind.LEFT_PAREN);
                ddl.type(grammar.types.type());
                in.expect(AS);
                ddl.type(grammar.types.type());
                in.expect(TokenKind.RIGHT_PAREN);
            }
            case ON_RELATION -> {
                Identifier name = in.colId();
                in.expect(ON);
                ddl.subject(Use.ALTERED, in.qualifiedName());
                ddl.mention(use, kind.type(), name);
            }
            case CONSTRAINT -> {
                Identifier name = in.colId();
                in.expect(ON);
                if (in.accept(DOMAIN)) ddl.mention(Use.ALTERED, "type", in.qualifiedName());
                else ddl.subject(Use.ALTERED, in.qualifiedName());
                ddl.mention(use, kind.type(), name);
            }
            case TRANSFORM -> {
                in.expect(FOR);
                ddl.type(grammar.types.type());
                in.expect(LANGUAGE);
                ddl.mention(Use.REFERENCED, "language", in.colId());
            }
            case LARGE_OBJECT -> {
                String text = in.signedNumber().text();
                ddl.mention(use, kind.type(), new Identifier(text, false, in.since(start)));
            }
            case COLUMN -> {
                QualifiedName column = in.qualifiedName();
                int count = column.parts().size();
                if (count < 2) throw in.error("a column's qualified name");
                var relation =
                        new QualifiedName(column.parts().subList(0, count - 1), column.span());
                ddl.relation = relation;
                ddl.mention(use, "relation", relation, List.of(column.last()));
            }
            case USER_MAPPING -> {
                in.expect(FOR);
                role(use, ddl);
                in.expect(SERVER);
                ddl.mention(Use.ALTERED, "server", in.colId());
            }
        }
    }

    /// A relation, with ONLY and `*` where PostgreSQL takes them.
    private QualifiedName relation() {
        return grammar.queries.relations().bareTable().name();
    }

    private Identifier simple(Kind kind) {
        return kind.type().equals("role") ? roleName() : in.colId();
    }

    /// PostgreSQL's RoleSpec.
    Identifier roleName() {
        return atSessionsRole() ? in.take() : in.nonReservedWord();
    }

    boolean atSessionsRole() {
        Keyword keyword = in.keyword();
        return keyword == CURRENT_USER || keyword == CURRENT_ROLE || keyword == SESSION_USER;
    }

    void role(Use use, DdlBuilder ddl) {
        ddl.mention(use, "role", roleSpecification());
    }

    /// A role's name, or a word for one of the session's.
    Identifier roleSpecification() {
        return in.keyword() == USER ? in.take() : roleName();
    }

    void roles(Use use, DdlBuilder ddl) {
        do role(use, ddl);
        while (in.accept(TokenKind.COMMA));
    }

    /// A function's name, with argument types perhaps.
    void routine(Use use, DdlBuilder ddl) {
        QualifiedName name = in.functionName();
        if (in.accept(TokenKind.LEFT_PAREN)) {
            if (!in.at(TokenKind.RIGHT_PAREN)) {
                do argument(ddl, false);
                while (in.accept(TokenKind.COMMA));
            }
            in.expect(TokenKind.RIGHT_PAREN);
        }
        ddl.mention(use, "function", name);
    }

    /// `(*)`, `(int, text)`, `(int ORDER BY text)`.
    void aggregateArguments(DdlBuilder ddl) {
        in.expect(TokenKind.LEFT_PAREN);
        if (!in.acceptOperator("*")) {
            if (!in.at(ORDER)) {
                do argument(ddl, false);
                while (in.accept(TokenKind.COMMA));
            }
            if (in.accept(ORDER, BY)) {
                do argument(ddl, false);
                while (in.accept(TokenKind.COMMA));
            }
        }
        in.expect(TokenKind.RIGHT_PAREN);
    }

    /// PostgreSQL's func_arg: `[mode] [name] [mode] type [DEFAULT expression]`. Returns whether it
    /// is only a result.
    boolean argument(DdlBuilder ddl, boolean withDefault) {
        boolean output = mode();
        if (isArgumentName()) {
            in.take();
            output |= mode();
        }
        ddl.type(grammar.types.functionType());
        if (withDefault && (in.accept(DEFAULT) || in.acceptOperator("=")))
            ddl.expression("argument default", grammar.expressions.expression());
        return output;
    }

    private boolean mode() {
        if (in.accept(OUT)) return true;
        if (in.accept(IN)) in.accept(OUT);
        else if (!in.accept(INOUT)) in.accept(VARIADIC);
        return false;
    }

    /// A name before the type, when what follows can begin a type.
    private boolean isArgumentName() {
        if (!in.isTypeFunctionName(0)) return false;
        TokenKind next = in.kind(1);
        if (next == TokenKind.QUOTED_IDENTIFIER) return true;
        if (next != TokenKind.WORD) return false;
        Keyword keyword = in.keyword(1);
        if (keyword == DEFAULT || keyword == ARRAY || keyword == ORDER) return false;
        return !(in.at(DOUBLE) && keyword == PRECISION);
    }

    private void operator(Use use, DdlBuilder ddl) {
        QualifiedName name = operatorName();
        operandTypes(ddl);
        ddl.mention(use, "operator", name);
    }

    /// An operator, with its schema perhaps, as a name.
    QualifiedName operatorName() {
        var operator = grammar.expressions.qualifiedOperator();
        var parts = new ArrayList<>(operator.schema());
        parts.add(new Identifier(operator.symbol(), false, operator.span()));
        return new QualifiedName(parts, operator.span());
    }

    private void operandType(DdlBuilder ddl) {
        if (!in.accept(NONE)) ddl.type(grammar.types.type());
    }

    /// `(int, int)`, `(NONE, int)`.
    void operandTypes(DdlBuilder ddl) {
        in.expect(TokenKind.LEFT_PAREN);
        operandType(ddl);
        in.expect(TokenKind.COMMA);
        operandType(ddl);
        in.expect(TokenKind.RIGHT_PAREN);
    }
}
