package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.List;

/// ALTER of everything.
final class Alterations {
    private final Grammar grammar;
    private final Cursor in;
    private final Objects objects;
    private final Definition definition;
    private final Tables tables;

    Alterations(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.objects = new Objects(grammar);
        this.definition = new Definition(grammar);
        this.tables = new Tables(grammar);
    }

    Statement alter() {
        int start = in.start();
        in.expect(ALTER);
        if (in.accept(DEFAULT)) {
            in.expect(PRIVILEGES);
            return new Privileges(grammar).defaults(start);
        }
        if (in.accept(SYSTEM)) {
            var ddl = new DdlBuilder(Verb.ALTER, "system");
            new Roles(grammar).setting(ddl);
            return ddl.build(in.since(start));
        }
        if (in.at(ROLE) || in.at(GROUP) || (in.at(USER) && in.keyword(1) != MAPPING))
            return new Roles(grammar).alter(start);
        if (atAllInTablespace()) return moveAll(start);
        Objects.Kind kind = objects.kind();
        var ddl = new DdlBuilder(Verb.ALTER, kind.type());
        ddl.ifExists = definition.ifExists();
        objects.object(kind, Use.ALTERED, ddl);
        if (!common(kind, ddl)) specific(kind, ddl);
        return ddl.build(in.since(start));
    }

    // ---------------------------------------------------------------- ALL IN TABLESPACE

    private boolean atAllInTablespace() {
        return in.keyword(1) == ALL || (in.at(MATERIALIZED) && in.keyword(2) == ALL);
    }

    private Statement moveAll(int start) {
        Objects.Kind kind = objects.kind();
        var ddl = new DdlBuilder(Verb.ALTER, "all " + kind.type() + " in tablespace");
        in.expect(ALL, IN, TABLESPACE);
        ddl.mention(Use.ALTERED, "tablespace", in.colId());
        if (in.accept(OWNED, BY)) objects.roles(Use.REFERENCED, ddl);
        in.expect(SET, TABLESPACE);
        ddl.mention(Use.REFERENCED, "tablespace", in.colId());
        in.accept(NOWAIT);
        return ddl.build(in.since(start));
    }

    // ---------------------------------------------------------------- what most objects share

    /// RENAME, OWNER TO, SET SCHEMA, DEPENDS ON EXTENSION, if it stands here.
    private boolean common(Objects.Kind kind, DdlBuilder ddl) {
        if (in.accept(RENAME)) {
            rename(kind, ddl);
            return true;
        }
        if (in.at(OWNER, TO)) {
            // In ALTER TABLE one of several actions.
            if (kind.form() == Objects.Form.RELATION) return false;
            in.skip();
            in.skip();
            objects.role(Use.REFERENCED, ddl);
            return true;
        }
        if (in.accept(SET, SCHEMA)) {
            ddl.mention(Use.REFERENCED, "schema", in.colId());
            return true;
        }
        if (in.at(DEPENDS) || in.at(NO, DEPENDS)) {
            in.accept(NO);
            in.skip();
            in.expect(ON, EXTENSION);
            ddl.mention(Use.REFERENCED, "extension", in.colId());
            return true;
        }
        return false;
    }

    private void rename(Objects.Kind kind, DdlBuilder ddl) {
        if (in.accept(TO)) {
            Identifier name = in.colId();
            ddl.mention(Use.CREATED, mentionType(kind), name);
            return;
        }
        if (in.accept(CONSTRAINT)) {
            ddl.mention(Use.ALTERED, "constraint", in.colId());
            in.expect(TO);
            in.colId();
            return;
        }
        if (kind.form() == Objects.Form.TYPE) {
            if (in.accept(VALUE)) {
                in.string();
                in.expect(TO);
                in.string();
            } else {
                in.expect(ATTRIBUTE);
                in.colId();
                in.expect(TO);
                in.colId();
                definition.behavior();
            }
            return;
        }
        if (kind.form() != Objects.Form.RELATION
                || kind.type().equals("index")
                || kind.type().equals("sequence")) throw in.error("TO");
        in.accept(COLUMN);
        Identifier column = in.colId();
        in.expect(TO);
        Identifier renamed = in.colId();
        ddl.columns(Use.ALTERED, List.of(column));
        ddl.columns(Use.CREATED, List.of(renamed));
    }

    private static String mentionType(Objects.Kind kind) {
        return switch (kind.form()) {
            case RELATION -> "relation";
            case ROUTINE, AGGREGATE -> "function";
            case TYPE -> "type";
            default -> kind.type();
        };
    }

    // ---------------------------------------------------------------- by kind

    private void specific(Objects.Kind kind, DdlBuilder ddl) {
        switch (kind.type()) {
            case "table", "foreign table", "view", "materialized view", "index" ->
                    tables.actions(ddl);
            case "sequence" -> {
                if (!definition.sequenceOptions(ddl)) tables.actions(ddl);
            }
            case "type" -> type(ddl);
            case "domain" -> domain(ddl);
            case "function", "procedure", "routine" -> routine(ddl);
            case "database" -> database(ddl);
            case "policy" -> new Definitions(grammar).policyTail(ddl);
            case "extension" -> extension(ddl);
            case "publication" -> require(new Publications(grammar).alterPublication(ddl));
            case "subscription" -> require(new Publications(grammar).alterSubscription(ddl));
            case "server" -> {
                if (in.accept(VERSION) && !in.accept(NULL)) in.string();
                definition.options();
            }
            case "foreign data wrapper" -> {
                new Definitions(grammar).wrapperFunctions(ddl);
                definition.options();
            }
            case "user mapping" -> definition.options();
            case "event trigger" -> {
                if (in.accept(ENABLE)) in.acceptAny(REPLICA, ALWAYS);
                else in.expect(DISABLE);
            }
            case "tablespace" -> {
                if (!in.accept(SET)) in.expect(RESET);
                definition.list(ddl);
            }
            case "collation" -> in.expect(REFRESH, VERSION);
            case "statistics" -> {
                in.expect(SET, STATISTICS);
                if (!in.accept(DEFAULT)) in.signedNumber();
            }
            case "operator" -> {
                in.expect(SET);
                definition.list(ddl);
            }
            case "operator family" -> operatorFamily(ddl);
            case "text search dictionary" -> definition.list(ddl);
            case "text search configuration" -> configuration(ddl);
            default -> throw in.error("an action");
        }
    }

    private void require(boolean action) {
        if (!action) throw in.error("an action");
    }

    private void type(DdlBuilder ddl) {
        if (in.at(ADD) && in.keyword(1) == VALUE) {
            in.expect(ADD, VALUE);
            definition.ifNotExists();
            in.string();
            if (in.acceptAny(BEFORE, AFTER)) in.string();
            return;
        }
        if (in.at(SET)) {
            in.skip();
            definition.list(ddl);
            return;
        }
        do {
            if (in.accept(ADD)) {
                in.expect(ATTRIBUTE);
                tables.attribute(ddl);
            } else if (in.accept(DROP)) {
                in.expect(ATTRIBUTE);
                definition.ifExists();
                in.colId();
            } else {
                in.expect(ALTER, ATTRIBUTE);
                in.colId();
                if (in.accept(SET)) in.expect(DATA);
                in.expect(TYPE);
                ddl.type(grammar.types.type());
                if (in.accept(COLLATE)) ddl.collation(in.qualifiedName());
            }
            definition.behavior();
        } while (in.accept(TokenKind.COMMA));
    }

    private void domain(DdlBuilder ddl) {
        if (in.accept(SET)) {
            if (in.accept(DEFAULT)) ddl.expression("default", grammar.expressions.expression());
            else in.expect(NOT, NULL);
        } else if (in.accept(DROP)) {
            if (in.accept(CONSTRAINT)) {
                definition.ifExists();
                ddl.mention(Use.DROPPED, "constraint", in.colId());
                definition.behavior();
            } else if (in.accept(NOT)) {
                in.expect(NULL);
            } else {
                in.expect(DEFAULT);
            }
        } else if (in.accept(VALIDATE)) {
            in.expect(CONSTRAINT);
            ddl.mention(Use.ALTERED, "constraint", in.colId());
        } else {
            in.expect(ADD);
            tables.tableConstraint(ddl);
        }
    }

    private void routine(DdlBuilder ddl) {
        var routines = new Routines(grammar);
        if (in.at(AS) || !routines.option(ddl)) throw in.error("an option");
        while (!in.at(AS) && routines.option(ddl)) {
            // Each call takes one.
        }
        in.accept(RESTRICT);
    }

    private void database(DdlBuilder ddl) {
        if (in.at(SET, TABLESPACE)) {
            in.expect(SET, TABLESPACE);
            ddl.mention(Use.REFERENCED, "tablespace", in.colId());
        } else if (in.at(SET) || in.at(RESET)) {
            new Roles(grammar).setting(ddl);
        } else if (in.accept(REFRESH)) {
            in.expect(COLLATION, VERSION);
        } else {
            in.accept(WITH);
            new Definitions(grammar).databaseOptions(ddl);
        }
    }

    private void extension(DdlBuilder ddl) {
        if (in.accept(UPDATE)) {
            if (in.accept(TO)) new Definitions(grammar).wordOrString();
        } else {
            if (!in.acceptAny(ADD, DROP)) throw in.error("UPDATE, ADD or DROP");
            objects.object(objects.kind(), Use.ALTERED, ddl);
        }
    }

    private void operatorFamily(DdlBuilder ddl) {
        if (in.accept(ADD)) {
            do new Definitions(grammar).operatorClassItem(ddl);
            while (in.accept(TokenKind.COMMA));
            return;
        }
        in.expect(DROP);
        do {
            if (!in.acceptAny(OPERATOR, FUNCTION)) throw in.error("OPERATOR or FUNCTION");
            in.integer();
            in.expect(TokenKind.LEFT_PAREN);
            do ddl.type(grammar.types.type());
            while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        } while (in.accept(TokenKind.COMMA));
    }

    private void configuration(DdlBuilder ddl) {
        Keyword action = in.keyword();
        if (action != ADD && action != ALTER && action != DROP)
            throw in.error("ADD, ALTER or DROP");
        in.skip();
        in.expect(MAPPING);
        if (action == DROP) definition.ifExists();
        if (in.accept(FOR)) in.separated(in::colId);
        if (in.accept(REPLACE)) {
            dictionary(ddl);
            in.expect(WITH);
            dictionary(ddl);
        } else if (in.accept(WITH)) {
            do dictionary(ddl);
            while (in.accept(TokenKind.COMMA));
        }
    }

    private void dictionary(DdlBuilder ddl) {
        QualifiedName name = in.qualifiedName();
        ddl.mention(Use.REFERENCED, "text search dictionary", name);
    }
}
