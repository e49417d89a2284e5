package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;

/// GRANT, REVOKE, ALTER DEFAULT PRIVILEGES.
final class Privileges {
    private final Grammar grammar;
    private final Cursor in;
    private final Objects objects;

    Privileges(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.objects = new Objects(grammar);
    }

    Statement grant() {
        int start = in.start();
        var ddl = new DdlBuilder(Verb.GRANT, "role");
        grant(ddl, false);
        return ddl.build(in.since(start));
    }

    Statement revoke() {
        int start = in.start();
        var ddl = new DdlBuilder(Verb.REVOKE, "role");
        revoke(ddl, false);
        return ddl.build(in.since(start));
    }

    /// Behind ALTER DEFAULT PRIVILEGES.
    Statement defaults(int start) {
        var ddl = new DdlBuilder(Verb.ALTER, "default privileges");
        while (true) {
            if (in.accept(IN, SCHEMA)) {
                names("schema", Use.ALTERED, ddl);
            } else if (in.accept(FOR)) {
                if (!in.acceptAny(ROLE, USER)) throw in.error("ROLE or USER");
                objects.roles(Use.ALTERED, ddl);
            } else {
                break;
            }
        }
        if (in.at(GRANT)) grant(ddl, true);
        else revoke(ddl, true);
        ddl.objectType = "default privileges";
        return ddl.build(in.since(start));
    }

    private void grant(DdlBuilder ddl, boolean defaults) {
        in.expect(GRANT);
        List<Privilege> privileges = privileges();
        if (in.accept(ON)) {
            target(privileges, ddl, defaults);
            in.expect(TO);
            grantees(ddl);
            in.accept(WITH, GRANT, OPTION);
        } else {
            roles(privileges, ddl);
            in.expect(TO);
            objects.roles(Use.REFERENCED, ddl);
            if (in.accept(WITH)) {
                do {
                    in.colLabel();
                    if (!in.accept(OPTION) && !in.accept(TRUE)) in.expect(FALSE);
                } while (in.accept(TokenKind.COMMA));
            }
        }
        grantedBy(ddl);
    }

    private void revoke(DdlBuilder ddl, boolean defaults) {
        in.expect(REVOKE);
        // "GRANT OPTION FOR", or for roles any option's name.
        if (in.keyword(1) == OPTION && in.keyword(2) == FOR) {
            in.colLabel();
            in.expect(OPTION, FOR);
        }
        List<Privilege> privileges = privileges();
        if (in.accept(ON)) {
            target(privileges, ddl, defaults);
            in.expect(FROM);
            grantees(ddl);
        } else {
            roles(privileges, ddl);
            in.expect(FROM);
            objects.roles(Use.REFERENCED, ddl);
        }
        grantedBy(ddl);
        if (!in.accept(CASCADE)) in.accept(RESTRICT);
    }

    private void grantees(DdlBuilder ddl) {
        do {
            in.accept(GROUP);
            objects.role(Use.REFERENCED, ddl);
        } while (in.accept(TokenKind.COMMA));
    }

    private void grantedBy(DdlBuilder ddl) {
        if (in.accept(GRANTED, BY)) objects.role(Use.REFERENCED, ddl);
    }

    /// A privilege, or a role that is granted: what it is shows only behind the list.
    private record Privilege(Identifier name, List<Identifier> columns) {}

    private List<Privilege> privileges() {
        if (in.accept(ALL)) {
            in.accept(PRIVILEGES);
            var name = new Identifier("all", false, in.here());
            return List.of(new Privilege(name, in.optionalNameList()));
        }
        return in.separated(() -> {
            if (in.at(ALTER, SYSTEM)) in.skip();
            Keyword keyword = in.keyword();
            boolean reserved =
                    keyword == SELECT
                            || keyword == REFERENCES
                            || keyword == CREATE
                            || keyword == CURRENT_USER
                            || keyword == CURRENT_ROLE
                            || keyword == SESSION_USER;
            Identifier name = reserved ? in.take() : in.nonReservedWord();
            return new Privilege(name, in.optionalNameList());
        });
    }

    private void roles(List<Privilege> roles, DdlBuilder ddl) {
        for (Privilege role : roles) ddl.mention(Use.ALTERED, "role", role.name());
    }

    private void target(List<Privilege> privileges, DdlBuilder ddl, boolean defaults) {
        var columns = new ArrayList<Identifier>();
        for (Privilege privilege : privileges) columns.addAll(privilege.columns());
        if (defaults) {
            defaultTarget();
            return;
        }
        if (in.at(ALL)) {
            in.skip();
            allInSchema(ddl);
            return;
        }
        Keyword keyword = in.keyword();
        if (keyword != null) {
            switch (keyword) {
                case SEQUENCE -> {
                    in.skip();
                    ddl.objectType = "sequence";
                    relations(columns, ddl);
                    return;
                }
                case FOREIGN -> {
                    in.skip();
                    if (in.accept(SERVER)) {
                        ddl.objectType = "server";
                        names("server", Use.ALTERED, ddl);
                    } else {
                        in.expect(DATA, WRAPPER);
                        ddl.objectType = "foreign data wrapper";
                        names("foreign data wrapper", Use.ALTERED, ddl);
                    }
                    return;
                }
                case FUNCTION, PROCEDURE, ROUTINE -> {
                    in.skip();
                    ddl.objectType = keyword.word();
                    do objects.routine(Use.ALTERED, ddl);
                    while (in.accept(TokenKind.COMMA));
                    return;
                }
                case DATABASE, LANGUAGE, SCHEMA, TABLESPACE -> {
                    in.skip();
                    ddl.objectType = keyword.word();
                    names(keyword.word(), Use.ALTERED, ddl);
                    return;
                }
                case DOMAIN, TYPE -> {
                    in.skip();
                    ddl.objectType = keyword.word();
                    do ddl.mention(Use.ALTERED, "type", in.qualifiedName());
                    while (in.accept(TokenKind.COMMA));
                    return;
                }
                case LARGE -> {
                    in.skip();
                    in.expect(OBJECT);
                    ddl.objectType = "large object";
                    do
                        objects.object(
                                new Objects.Kind("large object", Objects.Form.LARGE_OBJECT),
                                Use.ALTERED,
                                ddl);
                    while (in.accept(TokenKind.COMMA));
                    return;
                }
                case PARAMETER -> {
                    in.skip();
                    ddl.objectType = "parameter";
                    do ddl.mention(Use.ALTERED, "parameter", in.qualifiedName());
                    while (in.accept(TokenKind.COMMA));
                    return;
                }
                default -> in.accept(TABLE);
            }
        }
        ddl.objectType = "table";
        relations(columns, ddl);
    }

    private void relations(List<Identifier> columns, DdlBuilder ddl) {
        do {
            QualifiedName name = in.qualifiedName();
            ddl.mention(Use.ALTERED, "relation", name, columns);
        } while (in.accept(TokenKind.COMMA));
    }

    private void names(String type, Use use, DdlBuilder ddl) {
        do ddl.mention(use, type, in.colId());
        while (in.accept(TokenKind.COMMA));
    }

    private void allInSchema(DdlBuilder ddl) {
        Keyword keyword = in.keyword();
        if (keyword != TABLES
                && keyword != SEQUENCES
                && keyword != FUNCTIONS
                && keyword != PROCEDURES
                && keyword != ROUTINES) throw in.error("TABLES, SEQUENCES or FUNCTIONS");
        in.skip();
        in.expect(IN, SCHEMA);
        ddl.objectType = "all " + keyword.word() + " in schema";
        names("schema", Use.ALTERED, ddl);
    }

    private void defaultTarget() {
        Keyword keyword = in.keyword();
        if (keyword == LARGE) {
            in.skip();
            in.expect(OBJECTS);
        } else if (keyword == TABLES
                || keyword == FUNCTIONS
                || keyword == ROUTINES
                || keyword == SEQUENCES
                || keyword == TYPES
                || keyword == SCHEMAS) {
            in.skip();
        } else {
            throw in.error("TABLES, FUNCTIONS, SEQUENCES, TYPES or SCHEMAS");
        }
    }
}
