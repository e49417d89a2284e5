package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.SetScope;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.Set;

/// CREATE and ALTER of roles, users and groups.
final class Roles {
    private static final Set<String> WORDS =
            Set.of(
                    "superuser",
                    "nosuperuser",
                    "createrole",
                    "nocreaterole",
                    "replication",
                    "noreplication",
                    "createdb",
                    "nocreatedb",
                    "login",
                    "nologin",
                    "bypassrls",
                    "nobypassrls",
                    "noinherit",
                    "createuser",
                    "nocreateuser");

    private final Grammar grammar;
    private final Cursor in;
    private final Objects objects;

    Roles(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.objects = new Objects(grammar);
    }

    /// Behind CREATE, at ROLE, USER or GROUP.
    Statement create(int start) {
        in.skip();
        var ddl = new DdlBuilder(Verb.CREATE, "role");
        objects.role(Use.CREATED, ddl);
        in.accept(WITH);
        while (option(ddl, true)) {
            // Each call takes one.
        }
        return ddl.build(in.since(start));
    }

    /// Behind ALTER, at ROLE, USER or GROUP.
    Statement alter(int start) {
        boolean group = in.at(GROUP);
        in.skip();
        var ddl = new DdlBuilder(Verb.ALTER, "role");
        if (!in.accept(ALL)) objects.role(Use.ALTERED, ddl);
        if (in.accept(RENAME)) {
            in.expect(TO);
            objects.role(Use.CREATED, ddl);
            return ddl.build(in.since(start));
        }
        if (group && (in.acceptAny(ADD, DROP))) {
            in.expect(USER);
            objects.roles(Use.REFERENCED, ddl);
            return ddl.build(in.since(start));
        }
        if (in.accept(IN)) {
            in.expect(DATABASE);
            ddl.mention(Use.ALTERED, "database", in.colId());
            if (!in.at(SET) && !in.at(RESET)) throw in.error("SET or RESET");
        }
        if (in.at(SET) || in.at(RESET)) {
            setting(ddl);
            return ddl.build(in.since(start));
        }
        in.accept(WITH);
        while (option(ddl, false)) {
            // Each call takes one.
        }
        return ddl.build(in.since(start));
    }

    /// SET or RESET of a parameter for later sessions.
    void setting(DdlBuilder ddl) {
        int start = in.start();
        var utilities = new Utilities(grammar);
        if (in.accept(SET)) {
            ddl.settings.add(utilities.setParameter(SetScope.DEFAULT, start).name());
        } else {
            in.expect(RESET);
            String name = utilities.shownName();
            ddl.settings.add(name == null ? "*" : name);
        }
    }

    private boolean option(DdlBuilder ddl, boolean creating) {
        Keyword keyword = in.keyword();
        if (keyword == null) {
            if (!in.at(TokenKind.WORD)) return false;
            in.oneOf(WORDS);
            return true;
        }
        switch (keyword) {
            case PASSWORD -> {
                in.skip();
                if (!in.accept(NULL)) in.string();
            }
            case ENCRYPTED, UNENCRYPTED -> {
                in.skip();
                in.expect(PASSWORD);
                in.string();
            }
            case INHERIT -> in.skip();
            case CONNECTION -> {
                in.skip();
                in.expect(LIMIT);
                in.signedNumber();
            }
            case VALID -> {
                in.skip();
                in.expect(UNTIL);
                in.string();
            }
            case USER -> {
                in.skip();
                objects.roles(Use.REFERENCED, ddl);
            }
            case SYSID -> {
                in.skip();
                in.integer();
            }
            case ADMIN, ROLE -> {
                if (!creating) return false;
                in.skip();
                objects.roles(Use.REFERENCED, ddl);
            }
            case IN -> {
                if (!creating) return false;
                in.skip();
                if (!in.acceptAny(ROLE, GROUP)) throw in.error("ROLE or GROUP");
                objects.roles(Use.REFERENCED, ddl);
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
