package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Routine;
import dev.sallyport.sql.ast.Statement.SetParameter;
import dev.sallyport.sql.ast.Statement.SetScope;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// CREATE FUNCTION and CREATE PROCEDURE, and the options that ALTER shares with them.
final class Routines {
    private final Grammar grammar;
    private final Cursor in;
    private final Objects objects;

    private final List<String> settings = new ArrayList<>(0);
    private @Nullable String language;
    private boolean securityDefiner;
    private boolean body;

    Routines(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.objects = new Objects(grammar);
    }

    /// Behind CREATE [OR REPLACE].
    Statement create(int start) {
        boolean procedure = in.accept(PROCEDURE);
        if (!procedure) in.expect(FUNCTION);
        var ddl = new DdlBuilder(Verb.CREATE, procedure ? "procedure" : "function");
        QualifiedName name = in.functionName();
        ddl.mention(Use.CREATED, "function", name);
        in.expect(TokenKind.LEFT_PAREN);
        if (!in.at(TokenKind.RIGHT_PAREN)) {
            do objects.argument(ddl, true);
            while (in.accept(TokenKind.COMMA));
        }
        in.expect(TokenKind.RIGHT_PAREN);
        if (!procedure && in.at(RETURNS) && in.keyword(1) != NULL) returns(ddl);
        while (option(ddl)) {
            // Each call takes one.
        }
        boolean opaque = body;
        if (in.accept(RETURN)) {
            ddl.expression("return", grammar.expressions.expression());
        } else if (in.accept(BEGIN, ATOMIC)) {
            atomic(ddl);
        } else if (!body) {
            throw in.error("a body");
        }
        ddl.routine =
                new Routine(
                        procedure,
                        language == null ? "sql" : language,
                        opaque,
                        securityDefiner,
                        settings);
        return ddl.build(in.since(start));
    }

    private void returns(DdlBuilder ddl) {
        in.expect(RETURNS);
        if (in.accept(TABLE)) {
            in.expect(TokenKind.LEFT_PAREN);
            do {
                in.typeFunctionName();
                ddl.type(grammar.types.functionType());
            } while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        } else {
            ddl.type(grammar.types.functionType());
        }
    }

    private void atomic(DdlBuilder ddl) {
        in.enter();
        var statements = new Statements(grammar);
        while (!in.at(END)) {
            if (in.accept(TokenKind.SEMICOLON)) continue;
            if (in.accept(RETURN)) ddl.expression("return", grammar.expressions.expression());
            else ddl.statements.add(statements.statement());
            in.expect(TokenKind.SEMICOLON);
        }
        in.expect(END);
        in.leave();
    }

    /// Takes one option of CREATE or ALTER FUNCTION if it stands here.
    boolean option(DdlBuilder ddl) {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        switch (keyword) {
            case AS -> {
                in.skip();
                in.string();
                if (in.accept(TokenKind.COMMA)) in.string();
                body = true;
            }
            case LANGUAGE -> {
                in.skip();
                String name =
                        in.at(TokenKind.STRING) ? in.string().text() : in.nonReservedWord().name();
                language = name.toLowerCase(Locale.ROOT);
            }
            case TRANSFORM -> {
                in.skip();
                do {
                    in.expect(FOR, TYPE);
                    ddl.type(grammar.types.type());
                } while (in.accept(TokenKind.COMMA));
            }
            case WINDOW, STRICT, IMMUTABLE, STABLE, VOLATILE, LEAKPROOF -> in.skip();
            case CALLED -> {
                in.skip();
                in.expect(ON, NULL, INPUT);
            }
            case RETURNS -> {
                in.skip();
                in.expect(NULL);
                in.expect(ON, NULL, INPUT);
            }
            case NOT -> {
                in.skip();
                in.expect(LEAKPROOF);
            }
            case EXTERNAL -> {
                in.skip();
                in.expect(SECURITY);
                security();
            }
            case SECURITY -> {
                in.skip();
                security();
            }
            case COST, ROWS -> {
                in.skip();
                in.signedNumber();
            }
            case SUPPORT -> {
                in.skip();
                ddl.mention(Use.REFERENCED, "function", in.qualifiedName());
            }
            case PARALLEL -> {
                in.skip();
                in.colId();
            }
            case SET -> {
                int start = in.start();
                in.skip();
                SetParameter set = new Utilities(grammar).setParameter(SetScope.DEFAULT, start);
                settings.add(set.name());
                ddl.settings.add(set.name());
            }
            case RESET -> {
                in.skip();
                String name = new Utilities(grammar).shownName();
                ddl.settings.add(name == null ? "*" : name);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void security() {
        securityDefiner = in.accept(DEFINER);
        if (!securityDefiner) in.expect(INVOKER);
    }
}
