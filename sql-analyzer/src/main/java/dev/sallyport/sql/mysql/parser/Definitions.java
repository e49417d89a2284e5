package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;

/// CREATE, ALTER, DROP and RENAME: everything they name, and every expression and query in them.
final class Definitions {
    private final Grammar grammar;
    private final Cursor in;
    private final Accounts accounts;
    private final Tables tables;

    Definitions(Grammar grammar, Accounts accounts) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.accounts = accounts;
        this.tables = new Tables(grammar);
    }

    // ---------------------------------------------------------------- CREATE

    Statement create(int start) {
        in.expect("CREATE");
        boolean orReplace = in.accept("OR", "REPLACE");
        boolean temporary = in.accept("TEMPORARY");
        if (in.accept("TABLE")) return tables.create(temporary, start);
        if (in.at("SEQUENCE")) return sequence(Verb.CREATE, Use.CREATED, temporary, start);
        if (temporary) throw in.error("TABLE or SEQUENCE");
        if (atIndex()) return index(start);
        if (in.acceptAny("DATABASE", "SCHEMA")) return database(Verb.CREATE, Use.CREATED, start);
        if (in.acceptAny("USER", "ROLE"))
            return accounts.define(Verb.CREATE, Use.CREATED, "user", start);
        if (in.accept("SERVER")) return server(Verb.CREATE, Use.CREATED, start);
        if (in.at("TABLESPACE") || in.at("UNDO", "TABLESPACE") || in.at("LOGFILE", "GROUP"))
            return tablespace(Verb.CREATE, Use.CREATED, start);
        if (in.accept("RESOURCE", "GROUP")) return resourceGroup(Verb.CREATE, Use.CREATED, start);
        return program(orReplace, start);
    }

    private boolean atIndex() {
        return in.at("INDEX")
                || (in.atAny("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR") && in.at(1, "INDEX"));
    }

    private Statement index(int start) {
        in.acceptAny("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR");
        in.expect("INDEX");
        in.acceptIfNotExists();
        var definition = new Definition(Verb.CREATE, "index");
        Identifier name = in.identifier();
        definition.mention(Use.CREATED, "index", Cursor.unqualified(name));
        tables.acceptIndexType();
        in.expect("ON");
        QualifiedName table = in.qualifiedName();
        definition.relation = table;
        definition.mention(Use.ALTERED, "relation", table);
        tables.indexParts(definition);
        tables.indexOptions();
        tables.waitOption();
        tables.algorithmAndLock();
        return definition.build(in.since(start));
    }

    private Statement database(Verb verb, Use use, int start) {
        in.acceptIfNotExists();
        in.acceptIfExists();
        var definition = new Definition(verb, "database");
        if (in.isIdentifier(0)
                && !(in.at("COMMENT") && in.kind(1) == MySqlTokenKind.STRING)
                && !(in.atAny("CHARACTER", "CHARSET", "COLLATE", "ENCRYPTION", "READ", "UPGRADE")))
            definition.mention(use, "database", Cursor.unqualified(in.identifier()));
        if (in.accept("UPGRADE")) {
            in.expect("DATA", "DIRECTORY");
            in.expect("NAME");
        }
        while (!in.atEnd()) {
            in.accept("DEFAULT");
            if (in.accept("CHARACTER")) {
                in.expect("SET");
                in.acceptOperator("=");
                grammar.types.characterSetName();
            } else if (in.accept("CHARSET")) {
                in.acceptOperator("=");
                grammar.types.characterSetName();
            } else if (in.accept("COLLATE")) {
                in.acceptOperator("=");
                grammar.types.collationName();
            } else if (in.acceptAny("ENCRYPTION", "COMMENT")) {
                in.acceptOperator("=");
                in.string();
            } else {
                in.expect("READ", "ONLY");
                in.acceptOperator("=");
                if (!in.accept("DEFAULT")) in.number();
            }
        }
        return definition.build(in.since(start));
    }

    private Statement server(Verb verb, Use use, int start) {
        in.acceptIfNotExists();
        in.acceptIfExists();
        var definition = new Definition(verb, "server");
        definition.mention(use, "server", Cursor.unqualified(in.identifierOrString()));
        if (in.accept("FOREIGN", "DATA")) {
            in.expect("WRAPPER");
            in.identifierOrString();
        }
        if (in.accept("OPTIONS"))
            in.parenthesised(() -> {
                in.anyWord();
                if (in.at(MySqlTokenKind.STRING)) in.string();
                else in.number();
                return true;
            });
        return definition.build(in.since(start));
    }

    private Statement tablespace(Verb verb, Use use, int start) {
        boolean log = in.accept("LOGFILE");
        if (log) in.expect("GROUP");
        else {
            in.accept("UNDO");
            in.expect("TABLESPACE");
        }
        var definition = new Definition(verb, "tablespace");
        definition.mention(use, "tablespace", Cursor.unqualified(in.identifier()));
        while (!in.atEnd()) {
            if (in.acceptAny("ADD", "DROP")) in.expectAny("DATAFILE", "UNDOFILE");
            else if (in.accept("USE")) in.expect("LOGFILE", "GROUP");
            else if (in.accept("RENAME")) in.expect("TO");
            else if (in.accept("SET")) {
                in.expectAny("ACTIVE", "INACTIVE");
                continue;
            } else if (!in.accept(MySqlTokenKind.COMMA)) {
                in.identifier();
            }
            in.acceptOperator("=");
            if (in.at(MySqlTokenKind.STRING)) in.string();
            else if (in.at(MySqlTokenKind.INTEGER)) in.number();
            else if (in.isIdentifier(0)) in.identifier();
        }
        return definition.build(in.since(start));
    }

    private Statement resourceGroup(Verb verb, Use use, int start) {
        var definition = new Definition(verb, "resource group");
        definition.mention(use, "resource group", Cursor.unqualified(in.identifier()));
        while (!in.atEnd()) {
            if (in.accept("TYPE")) {
                in.acceptOperator("=");
                in.expectAny("SYSTEM", "USER");
            } else if (in.accept("VCPU")) {
                in.acceptOperator("=");
                in.separated(() -> {
                    in.number();
                    if (in.acceptOperator("-")) in.number();
                    return true;
                });
            } else if (in.accept("THREAD_PRIORITY")) {
                in.acceptOperator("=");
                in.acceptOperator("-");
                in.number();
            } else {
                in.expectAny("ENABLE", "DISABLE", "FORCE");
            }
        }
        return definition.build(in.since(start));
    }

    private Statement sequence(Verb verb, Use use, boolean temporary, int start) {
        in.expect("SEQUENCE");
        in.acceptIfNotExists();
        in.acceptIfExists();
        var definition = new Definition(verb, "sequence");
        definition.temporary = temporary;
        definition.mention(use, "relation", in.qualifiedName());
        if (in.accept("AS")) grammar.types.type();
        boolean more = true;
        while (more) {
            if (in.acceptAny("NOCACHE", "NOCYCLE", "CYCLE", "NOMINVALUE", "NOMAXVALUE")) continue;
            if (in.accept("NO")) {
                in.expectAny("MINVALUE", "MAXVALUE", "CYCLE", "CACHE");
            } else if (in.acceptAny(
                    "START", "RESTART", "INCREMENT", "MINVALUE", "MAXVALUE", "CACHE")) {
                in.acceptAny("WITH", "BY");
                in.acceptOperator("=");
                if (!in.atEnd()
                        && !in.atAny(
                                "START",
                                "INCREMENT",
                                "MINVALUE",
                                "MAXVALUE",
                                "CACHE",
                                "CYCLE",
                                "NOCYCLE",
                                "NOCACHE",
                                "ENGINE"))
                    definition.expression("sequence", grammar.expressions.simpleExpression());
            } else {
                more = false;
            }
        }
        tables.options(definition);
        return definition.build(in.since(start));
    }

    // ---------------------------------------------------------------- views and programs

    private Statement program(boolean orReplace, int start) {
        while (true) {
            if (in.accept("ALGORITHM")) {
                in.expectOperator("=");
                in.expectAny("UNDEFINED", "MERGE", "TEMPTABLE");
            } else if (in.accept("DEFINER")) {
                in.expectOperator("=");
                accounts.account();
            } else if (in.accept("SQL")) {
                in.expect("SECURITY");
                in.expectAny("DEFINER", "INVOKER");
            } else {
                break;
            }
        }
        if (in.accept("VIEW")) return view(orReplace, start);
        if (in.accept("PROCEDURE")) return routine(true, false, start);
        boolean aggregate = in.accept("AGGREGATE");
        if (in.accept("FUNCTION")) return routine(false, aggregate, start);
        if (aggregate) throw in.error("FUNCTION");
        if (in.accept("TRIGGER")) return trigger(start);
        if (in.accept("EVENT")) return event(Verb.CREATE, Use.CREATED, start);
        throw in.error("what to create");
    }

    private Statement view(boolean orReplace, int start) {
        in.acceptIfNotExists();
        QualifiedName name = in.qualifiedName();
        List<Identifier> columns = in.at(MySqlTokenKind.LEFT_PAREN) ? in.nameList() : List.of();
        in.expect("AS");
        Query query = grammar.queries.query();
        if (in.accept("WITH")) {
            in.acceptAny("CASCADED", "LOCAL");
            in.expect("CHECK", "OPTION");
        }
        return new Statement.CreateView(
                name,
                orReplace,
                false,
                false,
                false,
                columns,
                List.of(),
                query,
                true,
                in.since(start));
    }

    private Statement routine(boolean procedure, boolean aggregate, int start) {
        in.acceptIfNotExists();
        QualifiedName name = in.qualifiedName();
        var definition = new Definition(Verb.CREATE, procedure ? "procedure" : "function");
        definition.mention(Use.CREATED, "function", name);
        if (!procedure && in.accept("RETURNS") && !in.at(MySqlTokenKind.LEFT_PAREN)) {
            in.expectAny("STRING", "INTEGER", "INT", "REAL", "DECIMAL");
            in.expect("SONAME");
            in.string();
            definition.routine = new Statement.Routine(false, "c", true, false, List.of());
            return definition.build(in.since(start));
        }
        List<Identifier> parameters = new ArrayList<>();
        in.expect(MySqlTokenKind.LEFT_PAREN);
        if (!in.at(MySqlTokenKind.RIGHT_PAREN))
            in.separated(() -> {
                if (in.isAnyWord(1)) in.acceptAny("IN", "OUT", "INOUT");
                parameters.add(in.identifier());
                grammar.programs.type(definition);
                if (in.accept("DEFAULT"))
                    definition.expression("argument default", grammar.expressions.expression());
                return true;
            });
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        if (!procedure) {
            in.expect("RETURNS");
            grammar.programs.type(definition);
        }
        boolean definer = characteristics();
        definition.routine = new Statement.Routine(procedure, "sql", false, definer, List.of());
        definition.statement(grammar.programs.body(parameters));
        if (aggregate && procedure) throw in.error("a function");
        return definition.build(in.since(start));
    }

    /// @return whether it runs with its owner's rights, as it does unless INVOKER is written
    private boolean characteristics() {
        boolean definer = true;
        while (true) {
            if (in.accept("COMMENT")) in.string();
            else if (in.accept("LANGUAGE")) in.expect("SQL");
            else if (in.accept("NOT")) in.expect("DETERMINISTIC");
            else if (in.accept("SQL")) {
                in.expect("SECURITY");
                definer = in.expectAny("DEFINER", "INVOKER").equals("definer");
            } else if (in.acceptAny("CONTAINS", "NO")) in.expect("SQL");
            else if (in.acceptAny("READS", "MODIFIES")) in.expect("SQL", "DATA");
            else if (!in.accept("DETERMINISTIC")) return definer;
        }
    }

    private Statement trigger(int start) {
        in.acceptIfNotExists();
        var definition = new Definition(Verb.CREATE, "trigger");
        definition.mention(Use.CREATED, "trigger", in.qualifiedName());
        in.expectAny("BEFORE", "AFTER");
        do in.expectAny("INSERT", "UPDATE", "DELETE");
        while (in.accept("OR"));
        List<Identifier> columns =
                in.isMariaDb() && in.accept("OF") ? in.separated(in::identifier) : List.of();
        in.expect("ON");
        QualifiedName table = in.qualifiedName();
        definition.relation = table;
        definition.mention(Use.ALTERED, "relation", table, columns);
        in.expect("FOR", "EACH");
        in.expect("ROW");
        if (in.acceptAny("FOLLOWS", "PRECEDES"))
            definition.mention(Use.REFERENCED, "trigger", in.qualifiedName());
        definition.statement(grammar.programs.body(List.of()));
        return definition.build(in.since(start));
    }

    private Statement event(Verb verb, Use use, int start) {
        in.acceptIfNotExists();
        var definition = new Definition(verb, "event");
        definition.mention(use, "event", in.qualifiedName());
        if (in.accept("ON", "SCHEDULE")) {
            if (in.accept("AT")) {
                definition.expression("schedule", grammar.expressions.expression());
            } else {
                in.expect("EVERY");
                definition.expression("schedule", grammar.expressions.expression());
                grammar.expressions.unit();
                if (in.accept("STARTS"))
                    definition.expression("schedule", grammar.expressions.expression());
                if (in.accept("ENDS"))
                    definition.expression("schedule", grammar.expressions.expression());
            }
        }
        if (in.accept("ON", "COMPLETION")) {
            in.accept("NOT");
            in.expect("PRESERVE");
        }
        if (in.accept("RENAME")) {
            in.expect("TO");
            definition.mention(Use.CREATED, "event", in.qualifiedName());
        }
        if (in.accept("DISABLE")) {
            if (in.accept("ON")) in.expectAny("SLAVE", "REPLICA");
        } else {
            in.accept("ENABLE");
        }
        if (in.accept("COMMENT")) in.string();
        if (in.accept("DO")) definition.statement(grammar.programs.body(List.of()));
        else if (verb == Verb.CREATE) throw in.error("DO");
        return definition.build(in.since(start));
    }

    // ---------------------------------------------------------------- ALTER

    Statement alter(int start) {
        in.expect("ALTER");
        in.accept("IGNORE");
        if (in.accept("TABLE")) return tables.alter(start);
        if (in.acceptAny("DATABASE", "SCHEMA")) return database(Verb.ALTER, Use.ALTERED, start);
        if (in.at("SEQUENCE")) return sequence(Verb.ALTER, Use.ALTERED, false, start);
        if (in.acceptAny("USER", "ROLE"))
            return accounts.define(Verb.ALTER, Use.ALTERED, "user", start);
        if (in.accept("SERVER")) return server(Verb.ALTER, Use.ALTERED, start);
        if (in.at("TABLESPACE") || in.at("UNDO", "TABLESPACE") || in.at("LOGFILE", "GROUP"))
            return tablespace(Verb.ALTER, Use.ALTERED, start);
        if (in.accept("RESOURCE", "GROUP")) return resourceGroup(Verb.ALTER, Use.ALTERED, start);
        if (in.at("PROCEDURE") || in.at("FUNCTION")) {
            String type = in.expectAny("PROCEDURE", "FUNCTION");
            var definition = new Definition(Verb.ALTER, type);
            definition.mention(Use.ALTERED, "function", in.qualifiedName());
            characteristics();
            return definition.build(in.since(start));
        }
        if (in.accept("INSTANCE")) {
            while (in.isAnyWord(0)) in.skip();
            return new MySqlStatement.Command(
                    "alter instance", List.of(), List.of(), in.since(start));
        }
        while (true) {
            if (in.accept("ALGORITHM")) {
                in.expectOperator("=");
                in.expectAny("UNDEFINED", "MERGE", "TEMPTABLE");
            } else if (in.accept("DEFINER")) {
                in.expectOperator("=");
                accounts.account();
            } else if (in.accept("SQL")) {
                in.expect("SECURITY");
                in.expectAny("DEFINER", "INVOKER");
            } else {
                break;
            }
        }
        if (in.accept("VIEW")) return view(true, start);
        in.expect("EVENT");
        return event(Verb.ALTER, Use.ALTERED, start);
    }

    // ---------------------------------------------------------------- DROP

    Statement drop(int start) {
        in.expect("DROP");
        boolean temporary = in.accept("TEMPORARY");
        String type =
                in.expectAny(
                        "TABLES",
                        "TABLE",
                        "VIEW",
                        "SEQUENCE",
                        "DATABASE",
                        "SCHEMA",
                        "INDEX",
                        "PROCEDURE",
                        "FUNCTION",
                        "TRIGGER",
                        "EVENT",
                        "USER",
                        "ROLE",
                        "SERVER",
                        "TABLESPACE",
                        "UNDO",
                        "LOGFILE",
                        "RESOURCE");
        switch (type) {
            case "undo" -> in.expect("TABLESPACE");
            case "logfile", "resource" -> in.expect("GROUP");
            case String _ -> {}
        }
        var definition = new Definition(Verb.DROP, type.equals("tables") ? "table" : type);
        definition.temporary = temporary;
        in.acceptIfExists();
        switch (type) {
            case "tables", "table", "view", "sequence" -> {
                in.separated(() -> {
                    definition.mention(Use.DROPPED, "relation", in.qualifiedName());
                    return true;
                });
                tables.waitOption();
                in.acceptAny("RESTRICT", "CASCADE");
            }
            case "index" -> {
                Identifier index = in.at("PRIMARY") ? in.take() : in.identifier();
                definition.mention(Use.DROPPED, "index", Cursor.unqualified(index));
                in.expect("ON");
                definition.mention(Use.ALTERED, "relation", in.qualifiedName());
                tables.waitOption();
                tables.algorithmAndLock();
            }
            case "procedure", "function" ->
                    definition.mention(Use.DROPPED, "function", in.qualifiedName());
            case "user", "role" ->
                    in.separated(() -> {
                        definition.mention(Use.DROPPED, "role", accounts.account());
                        return true;
                    });
            case "database", "schema" ->
                    definition.mention(
                            Use.DROPPED, "database", Cursor.unqualified(in.identifier()));
            case String other -> {
                QualifiedName name =
                        in.at(MySqlTokenKind.STRING)
                                ? Cursor.unqualified(in.identifierOrString())
                                : in.qualifiedName();
                definition.mention(Use.DROPPED, other, name);
                in.accept("FORCE");
                if (in.accept("ENGINE")) {
                    in.acceptOperator("=");
                    in.identifier();
                }
            }
        }
        return definition.build(in.since(start));
    }

    // ---------------------------------------------------------------- RENAME

    Statement rename(int start) {
        if (in.at(1, "USER")) return accounts.rename(start);
        in.skip();
        in.expectAny("TABLE", "TABLES");
        in.acceptIfExists();
        var definition = new Definition(Verb.ALTER, "table");
        in.separated(() -> {
            definition.mention(Use.ALTERED, "relation", in.qualifiedName());
            tables.waitOption();
            in.expect("TO");
            definition.mention(Use.CREATED, "relation", in.qualifiedName());
            return true;
        });
        return definition.build(in.since(start));
    }
}
