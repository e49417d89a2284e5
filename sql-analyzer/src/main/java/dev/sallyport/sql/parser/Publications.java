package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.List;

/// Logical replication: publications and subscriptions.
final class Publications {
    private final Grammar grammar;
    private final Cursor in;
    private final Definition definition;

    Publications(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.definition = new Definition(grammar);
    }

    Statement createPublication(int start) {
        var ddl = new DdlBuilder(Verb.CREATE, "publication");
        in.expect(PUBLICATION);
        ddl.mention(Use.CREATED, "publication", in.colId());
        if (in.accept(FOR) && !in.accept(ALL, TABLES)) objects(ddl);
        definition.optionalWithList(ddl);
        return ddl.build(in.since(start));
    }

    /// `TABLE a, b, TABLES IN SCHEMA c`.
    void objects(DdlBuilder ddl) {
        boolean schemas = false;
        boolean first = true;
        do {
            if (in.accept(TABLE)) {
                schemas = false;
                table(ddl);
            } else if (in.accept(TABLES)) {
                schemas = true;
                in.expect(IN, SCHEMA);
                schema(ddl);
            } else if (first) {
                throw in.error("TABLE or TABLES");
            } else if (schemas) {
                schema(ddl);
            } else {
                table(ddl);
            }
            first = false;
        } while (in.accept(TokenKind.COMMA));
    }

    private void schema(DdlBuilder ddl) {
        Identifier name = in.at(CURRENT_SCHEMA) ? in.take() : in.colId();
        ddl.mention(Use.REFERENCED, "schema", name);
    }

    private void table(DdlBuilder ddl) {
        QualifiedName name = grammar.queries.relations().bareTable().name();
        List<Identifier> columns = in.optionalNameList();
        ddl.mention(Use.REFERENCED, "relation", name, columns);
        ddl.relation = name;
        if (in.accept(WHERE)) {
            in.expect(TokenKind.LEFT_PAREN);
            ddl.expression("where", grammar.expressions.expression());
            in.expect(TokenKind.RIGHT_PAREN);
        }
    }

    Statement createSubscription(int start) {
        var ddl = new DdlBuilder(Verb.CREATE, "subscription");
        in.expect(SUBSCRIPTION);
        ddl.mention(Use.CREATED, "subscription", in.colId());
        in.expect(CONNECTION);
        in.string();
        in.expect(PUBLICATION);
        publications(ddl);
        definition.optionalWithList(ddl);
        return ddl.build(in.since(start));
    }

    private void publications(DdlBuilder ddl) {
        do ddl.mention(Use.REFERENCED, "publication", in.colId());
        while (in.accept(TokenKind.COMMA));
    }

    /// Behind ALTER PUBLICATION name. Returns whether an action of its own stood here.
    boolean alterPublication(DdlBuilder ddl) {
        if (in.acceptAny(ADD, DROP)) {
            objects(ddl);
            return true;
        }
        if (in.accept(SET)) {
            if (in.at(TokenKind.LEFT_PAREN)) definition.list(ddl);
            else objects(ddl);
            return true;
        }
        return false;
    }

    /// Behind ALTER SUBSCRIPTION name. Returns whether an action of its own stood here.
    boolean alterSubscription(DdlBuilder ddl) {
        if (in.accept(CONNECTION)) {
            in.string();
        } else if (in.accept(REFRESH)) {
            in.expect(PUBLICATION);
            definition.optionalWithList(ddl);
        } else if (in.at(SET, TokenKind.LEFT_PAREN) || in.at(SKIP, TokenKind.LEFT_PAREN)) {
            in.skip();
            definition.list(ddl);
        } else if (in.at(SET, PUBLICATION) || in.at(ADD, PUBLICATION) || in.at(DROP, PUBLICATION)) {
            in.skip();
            in.skip();
            publications(ddl);
            definition.optionalWithList(ddl);
        } else {
            return in.acceptAny(ENABLE, DISABLE);
        }
        return true;
    }
}
