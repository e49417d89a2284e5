package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.CreateView;
import dev.sallyport.sql.ast.Statement.Ddl;
import dev.sallyport.sql.ast.Statement.Option;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.List;
import java.util.Set;

/// CREATE, DROP, COMMENT and their like; ALTER is {@link Alterations}, tables are {@link Tables},
/// routines {@link Routines}.
final class Definitions {
    private final Grammar grammar;
    private final Cursor in;
    private final Objects objects;
    private final Definition definition;

    Definitions(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.objects = new Objects(grammar);
        this.definition = new Definition(grammar);
    }

    Privileges privileges() {
        return new Privileges(grammar);
    }

    Statement alter() {
        return new Alterations(grammar).alter();
    }

    private Tables tables() {
        return new Tables(grammar);
    }

    private static DdlBuilder creating(String type) {
        return new DdlBuilder(Verb.CREATE, type);
    }

    // ---------------------------------------------------------------- CREATE

    Statement create() {
        in.enter();
        int start = in.start();
        in.expect(CREATE);
        boolean orReplace = in.accept(OR, REPLACE);
        Statement statement = orReplace ? replaceable(start) : created(start);
        in.leave();
        return statement;
    }

    /// What OR REPLACE may stand before.
    private Statement replaceable(int start) {
        boolean temporary = temporary();
        Keyword keyword = in.keyword();
        if (temporary || keyword == VIEW || keyword == RECURSIVE)
            return view(true, temporary, start);
        if (keyword == null) throw in.error("what to create");
        return switch (keyword) {
            case FUNCTION, PROCEDURE -> new Routines(grammar).create(start);
            case AGGREGATE -> aggregate(start);
            case TRIGGER, CONSTRAINT -> trigger(start);
            case RULE -> rule(start);
            case TRUSTED, PROCEDURAL, LANGUAGE -> language(start);
            case TRANSFORM -> transform(start);
            default -> throw in.error("a function, view, trigger or rule");
        };
    }

    private boolean temporary() {
        if (in.acceptAny(TEMPORARY, TEMP)) return true;
        if (in.acceptAny(LOCAL, GLOBAL)) {
            if (!in.acceptAny(TEMPORARY, TEMP)) throw in.error("TEMPORARY");
            return true;
        }
        return false;
    }

    private Statement created(int start) {
        boolean temporary = temporary();
        boolean unlogged = !temporary && in.accept(UNLOGGED);
        Keyword keyword = in.keyword();
        if (keyword == null) throw in.error("what to create");
        if (temporary || unlogged) {
            if (in.accept(TABLE)) return tables().create(temporary, start);
            if (in.accept(SEQUENCE)) return sequence(temporary, start);
            if (unlogged && in.accept(MATERIALIZED)) return materializedView(start);
            if (temporary && (in.at(VIEW) || in.at(RECURSIVE))) return view(false, true, start);
            throw in.error("TABLE, SEQUENCE or VIEW");
        }
        return switch (keyword) {
            case TABLE -> {
                in.skip();
                yield tables().create(false, start);
            }
            case VIEW, RECURSIVE -> view(false, false, start);
            case MATERIALIZED -> {
                in.skip();
                yield materializedView(start);
            }
            case INDEX -> tables().createIndex(start);
            case UNIQUE -> {
                in.skip();
                yield tables().createIndex(start);
            }
            case SEQUENCE -> {
                in.skip();
                yield sequence(false, start);
            }
            case SCHEMA -> schema(start);
            case FUNCTION, PROCEDURE -> new Routines(grammar).create(start);
            case TYPE -> type(start);
            case DOMAIN -> domain(start);
            case TRIGGER, CONSTRAINT -> trigger(start);
            case RULE -> rule(start);
            case POLICY -> policy(start);
            case EXTENSION -> extension(start);
            case ROLE, GROUP -> new Roles(grammar).create(start);
            case USER ->
                    in.keyword(1) == MAPPING
                            ? userMapping(start)
                            : new Roles(grammar).create(start);
            case DATABASE -> database(start);
            case TABLESPACE -> tablespace(start);
            case CAST -> cast(start);
            case CONVERSION, DEFAULT -> conversion(start);
            case AGGREGATE -> aggregate(start);
            case OPERATOR -> operator(start);
            case COLLATION -> collation(start);
            case STATISTICS -> statistics(start);
            case PUBLICATION -> new Publications(grammar).createPublication(start);
            case SUBSCRIPTION -> new Publications(grammar).createSubscription(start);
            case SERVER -> server(start);
            case FOREIGN -> {
                in.skip();
                yield in.accept(TABLE) ? tables().createForeign(start) : wrapper(start);
            }
            case EVENT -> eventTrigger(start);
            case TRUSTED, PROCEDURAL, LANGUAGE -> language(start);
            case TEXT -> textSearch(start);
            case ACCESS -> accessMethod(start);
            case TRANSFORM -> transform(start);
            default -> throw in.error("what to create");
        };
    }

    // ---------------------------------------------------------------- views

    private Statement view(boolean orReplace, boolean temporary, int start) {
        boolean recursive = in.accept(RECURSIVE);
        in.expect(VIEW);
        QualifiedName name = in.qualifiedName();
        if (recursive && !in.at(TokenKind.LEFT_PAREN)) throw in.error("\"(\"");
        List<Identifier> columns = in.optionalNameList();
        List<Option> options = in.accept(WITH) ? tables().relationOptions() : List.of();
        in.expect(AS);
        Query query = grammar.queries.query();
        if (in.accept(WITH)) {
            in.acceptAny(CASCADED, LOCAL);
            in.expect(CHECK, OPTION);
        }
        return new CreateView(
                name,
                orReplace,
                temporary,
                recursive,
                false,
                columns,
                options,
                query,
                true,
                in.since(start));
    }

    private Statement materializedView(int start) {
        in.expect(VIEW);
        definition.ifNotExists();
        QualifiedName name = in.qualifiedName();
        List<Identifier> columns = in.optionalNameList();
        if (in.accept(USING)) in.colId();
        List<Option> options = in.accept(WITH) ? tables().relationOptions() : List.of();
        if (in.accept(TABLESPACE)) in.colId();
        in.expect(AS);
        Query query = grammar.queries.query();
        boolean withData = tables().withData();
        return new CreateView(
                name,
                false,
                false,
                false,
                true,
                columns,
                options,
                query,
                withData,
                in.since(start));
    }

    Ddl refresh() {
        int start = in.start();
        var ddl = new DdlBuilder(Verb.REFRESH, "materialized view");
        in.expect(REFRESH);
        in.expect(MATERIALIZED, VIEW);
        in.accept(CONCURRENTLY);
        ddl.subject(Use.ALTERED, in.qualifiedName());
        tables().withData();
        return ddl.build(in.since(start));
    }

    // ---------------------------------------------------------------- small objects

    private Statement sequence(boolean temporary, int start) {
        var ddl = creating("sequence");
        ddl.temporary = temporary;
        definition.ifNotExists();
        QualifiedName name = in.qualifiedName();
        ddl.subject(Use.CREATED, temporary ? Cursor.temporary(name) : name);
        definition.sequenceOptions(ddl);
        return ddl.build(in.since(start));
    }

    private Statement schema(int start) {
        var ddl = creating("schema");
        in.expect(SCHEMA);
        definition.ifNotExists();
        if (in.accept(AUTHORIZATION)) {
            // The schema is named after the role: for CURRENT_USER and the like nothing names it.
            boolean named = !objects.atSessionsRole();
            Identifier role = objects.roleSpecification();
            ddl.mention(Use.REFERENCED, "role", role);
            if (named) ddl.mention(Use.CREATED, "schema", role);
        } else {
            ddl.mention(Use.CREATED, "schema", in.colId());
            if (in.accept(AUTHORIZATION)) objects.role(Use.REFERENCED, ddl);
        }
        while (in.at(CREATE) || in.at(GRANT))
            ddl.statements.add(in.at(CREATE) ? create() : privileges().grant());
        return ddl.build(in.since(start));
    }

    private Statement type(int start) {
        var ddl = creating("type");
        in.expect(TYPE);
        QualifiedName name = in.qualifiedName();
        List<Identifier> attributes = List.of();
        if (in.at(TokenKind.LEFT_PAREN)) {
            definition.list(ddl);
        } else if (in.accept(AS)) {
            if (in.at(ENUM, TokenKind.LEFT_PAREN)) {
                in.skip();
                in.expect(TokenKind.LEFT_PAREN);
                if (!in.at(TokenKind.RIGHT_PAREN)) in.separated(in::string);
                in.expect(TokenKind.RIGHT_PAREN);
            } else if (in.accept(RANGE)) {
                definition.list(ddl);
            } else {
                attributes = tables().attributes(ddl);
            }
        }
        ddl.mention(Use.CREATED, "type", name, attributes);
        return ddl.build(in.since(start));
    }

    private Statement domain(int start) {
        var ddl = creating("domain");
        in.expect(DOMAIN);
        ddl.mention(Use.CREATED, "type", in.qualifiedName());
        in.accept(AS);
        ddl.type(grammar.types.type());
        tables().columnConstraints(ddl);
        return ddl.build(in.since(start));
    }

    private Statement policy(int start) {
        var ddl = creating("policy");
        in.expect(POLICY);
        objects.object(new Objects.Kind("policy", Objects.Form.ON_RELATION), Use.CREATED, ddl);
        if (in.accept(AS)) in.oneOf(Set.of("permissive", "restrictive"));
        if (in.accept(FOR)
                && !in.accept(ALL)
                && !in.accept(SELECT)
                && !in.accept(INSERT)
                && !in.accept(UPDATE)) in.expect(DELETE);
        policyTail(ddl);
        return ddl.build(in.since(start));
    }

    /// `TO roles USING (...) WITH CHECK (...)`, each perhaps.
    void policyTail(DdlBuilder ddl) {
        if (in.accept(TO)) objects.roles(Use.REFERENCED, ddl);
        if (in.accept(USING)) ddl.expression("using", parenthesised());
        if (in.accept(WITH)) {
            in.expect(CHECK);
            ddl.expression("check", parenthesised());
        }
    }

    private Expression parenthesised() {
        in.expect(TokenKind.LEFT_PAREN);
        Expression expression = grammar.expressions.expression();
        in.expect(TokenKind.RIGHT_PAREN);
        return expression;
    }

    private Statement extension(int start) {
        var ddl = creating("extension");
        in.expect(EXTENSION);
        definition.ifNotExists();
        ddl.mention(Use.CREATED, "extension", in.colId());
        in.accept(WITH);
        while (true) {
            if (in.accept(SCHEMA)) ddl.mention(Use.REFERENCED, "schema", in.colId());
            else if (in.accept(VERSION)) wordOrString();
            else if (!in.accept(CASCADE)) break;
        }
        return ddl.build(in.since(start));
    }

    void wordOrString() {
        if (in.at(TokenKind.STRING)) in.string();
        else in.nonReservedWord();
    }

    private Statement database(int start) {
        var ddl = creating("database");
        in.expect(DATABASE);
        ddl.mention(Use.CREATED, "database", in.colId());
        in.accept(WITH);
        databaseOptions(ddl);
        return ddl.build(in.since(start));
    }

    void databaseOptions(DdlBuilder ddl) {
        while (in.at(TokenKind.WORD)) {
            Keyword keyword = in.keyword();
            if (in.accept(CONNECTION)) in.expect(LIMIT);
            else in.nonReservedWord();
            in.acceptOperator("=");
            if (in.atSignedNumber()) {
                in.signedNumber();
            } else if (!in.accept(DEFAULT)) {
                boolean name = !in.at(TokenKind.STRING);
                int start = in.index();
                new Options(grammar).booleanOrString();
                if (name && (keyword == OWNER || keyword == TEMPLATE || keyword == TABLESPACE)) {
                    var identifier =
                            new Identifier(in.tokens.name(start), false, in.tokens.span(start));
                    String type =
                            keyword == OWNER
                                    ? "role"
                                    : keyword == TEMPLATE ? "database" : "tablespace";
                    ddl.mention(Use.REFERENCED, type, identifier);
                }
            }
        }
    }

    private Statement tablespace(int start) {
        var ddl = creating("tablespace");
        in.expect(TABLESPACE);
        ddl.mention(Use.CREATED, "tablespace", in.colId());
        if (in.accept(OWNER)) objects.role(Use.REFERENCED, ddl);
        in.expect(LOCATION);
        in.string();
        definition.optionalWithList(ddl);
        return ddl.build(in.since(start));
    }

    // ---------------------------------------------------------------- triggers and rules

    private Statement trigger(int start) {
        var ddl = creating("trigger");
        in.accept(CONSTRAINT);
        in.expect(TRIGGER);
        Identifier name = in.colId();
        if (in.accept(INSTEAD)) in.expect(OF);
        else if (!in.acceptAny(BEFORE, AFTER)) throw in.error("BEFORE, AFTER or INSTEAD OF");
        List<Identifier> columns = List.of();
        do {
            if (in.accept(UPDATE)) {
                if (in.accept(OF)) columns = in.separated(in::colId);
            } else if (!in.accept(INSERT) && !in.accept(DELETE)) {
                in.expect(TRUNCATE);
            }
        } while (in.accept(OR));
        in.expect(ON);
        ddl.subject(Use.ALTERED, in.qualifiedName());
        ddl.columns(Use.REFERENCED, columns);
        ddl.mention(Use.CREATED, "trigger", name);
        if (in.accept(FROM)) ddl.mention(Use.REFERENCED, "relation", in.qualifiedName());
        tables().constraintAttributes();
        if (in.accept(REFERENCING)) transitions();
        if (in.accept(FOR)) {
            in.accept(EACH);
            if (!in.acceptAny(ROW, STATEMENT)) throw in.error("ROW or STATEMENT");
        }
        if (in.accept(WHEN)) ddl.expression("when", parenthesised());
        in.expect(EXECUTE);
        triggerFunction(ddl);
        return ddl.build(in.since(start));
    }

    private void transitions() {
        do {
            if (!in.acceptAny(NEW, OLD)) throw in.error("NEW or OLD");
            if (!in.acceptAny(TABLE, ROW)) throw in.error("TABLE");
            in.accept(AS);
            in.colId();
        } while (in.at(NEW) || in.at(OLD));
    }

    private void triggerFunction(DdlBuilder ddl) {
        if (!in.acceptAny(FUNCTION, PROCEDURE)) throw in.error("FUNCTION");
        ddl.mention(Use.REFERENCED, "function", in.functionName());
        in.expect(TokenKind.LEFT_PAREN);
        if (!in.at(TokenKind.RIGHT_PAREN)) {
            do {
                if (in.at(TokenKind.STRING)) in.string();
                else if (in.at(TokenKind.INTEGER) || in.at(TokenKind.NUMERIC)) in.number();
                else in.colLabel();
            } while (in.accept(TokenKind.COMMA));
        }
        in.expect(TokenKind.RIGHT_PAREN);
    }

    private Statement eventTrigger(int start) {
        var ddl = creating("event trigger");
        in.expect(EVENT, TRIGGER);
        ddl.mention(Use.CREATED, "event trigger", in.colId());
        in.expect(ON);
        in.colLabel();
        if (in.accept(WHEN)) {
            do {
                in.colId();
                in.expect(IN);
                in.expect(TokenKind.LEFT_PAREN);
                in.separated(in::string);
                in.expect(TokenKind.RIGHT_PAREN);
            } while (in.accept(AND));
        }
        in.expect(EXECUTE);
        triggerFunction(ddl);
        return ddl.build(in.since(start));
    }

    private Statement rule(int start) {
        var ddl = creating("rule");
        in.expect(RULE);
        Identifier name = in.colId();
        in.expect(AS);
        in.expect(ON);
        if (!in.accept(SELECT) && !in.accept(INSERT) && !in.accept(UPDATE)) in.expect(DELETE);
        in.expect(TO);
        ddl.subject(Use.ALTERED, in.qualifiedName());
        ddl.mention(Use.CREATED, "rule", name);
        if (in.accept(WHERE)) ddl.expression("where", grammar.expressions.expression());
        in.expect(DO);
        in.acceptAny(ALSO, INSTEAD);
        if (in.accept(NOTHING)) return ddl.build(in.since(start));
        if (in.accept(TokenKind.LEFT_PAREN)) {
            while (!in.at(TokenKind.RIGHT_PAREN)) {
                if (in.accept(TokenKind.SEMICOLON)) continue;
                ddl.statements.add(ruleAction());
                if (!in.at(TokenKind.RIGHT_PAREN)) in.expect(TokenKind.SEMICOLON);
            }
            in.expect(TokenKind.RIGHT_PAREN);
        } else {
            ddl.statements.add(ruleAction());
        }
        return ddl.build(in.since(start));
    }

    private Statement ruleAction() {
        return in.at(NOTIFY) ? new Utilities(grammar).notification() : grammar.dml.preparable();
    }

    // ---------------------------------------------------------------- functions' surroundings

    private Statement aggregate(int start) {
        var ddl = creating("aggregate");
        in.expect(AGGREGATE);
        ddl.mention(Use.CREATED, "function", in.functionName());
        // The old syntax has only the definition.
        boolean old = in.isColLabel(1) && in.atOperator(2, "=");
        if (!old) objects.aggregateArguments(ddl);
        definition.list(ddl);
        return ddl.build(in.since(start));
    }

    private Statement operator(int start) {
        in.expect(OPERATOR);
        if (in.accept(CLASS)) {
            var ddl = creating("operator class");
            ddl.mention(Use.CREATED, "operator class", in.qualifiedName());
            in.accept(DEFAULT);
            in.expect(FOR, TYPE);
            ddl.type(grammar.types.type());
            in.expect(USING);
            ddl.mention(Use.REFERENCED, "access method", in.colId());
            if (in.accept(FAMILY))
                ddl.mention(Use.REFERENCED, "operator family", in.qualifiedName());
            in.expect(AS);
            do operatorClassItem(ddl);
            while (in.accept(TokenKind.COMMA));
            return ddl.build(in.since(start));
        }
        if (in.accept(FAMILY)) {
            var ddl = creating("operator family");
            ddl.mention(Use.CREATED, "operator family", in.qualifiedName());
            in.expect(USING);
            ddl.mention(Use.REFERENCED, "access method", in.colId());
            return ddl.build(in.since(start));
        }
        var ddl = creating("operator");
        ddl.mention(Use.CREATED, "operator", objects.operatorName());
        definition.list(ddl);
        return ddl.build(in.since(start));
    }

    void operatorClassItem(DdlBuilder ddl) {
        if (in.accept(OPERATOR)) {
            in.integer();
            ddl.mention(Use.REFERENCED, "operator", objects.operatorName());
            if (in.at(TokenKind.LEFT_PAREN)) objects.operandTypes(ddl);
            if (in.accept(FOR)) {
                if (in.accept(ORDER)) {
                    in.expect(BY);
                    ddl.mention(Use.REFERENCED, "operator family", in.qualifiedName());
                } else {
                    in.expect(SEARCH);
                }
            }
            in.acceptWord("recheck");
        } else if (in.accept(FUNCTION)) {
            in.integer();
            if (in.accept(TokenKind.LEFT_PAREN)) {
                do ddl.type(grammar.types.type());
                while (in.accept(TokenKind.COMMA));
                in.expect(TokenKind.RIGHT_PAREN);
            }
            objects.routine(Use.REFERENCED, ddl);
        } else {
            in.expect(STORAGE);
            ddl.type(grammar.types.type());
        }
    }

    private Statement cast(int start) {
        var ddl = creating("cast");
        in.expect(CAST);
        objects.object(new Objects.Kind("cast", Objects.Form.CAST), Use.CREATED, ddl);
        if (in.accept(WITH)) {
            if (in.accept(FUNCTION)) objects.routine(Use.REFERENCED, ddl);
            else in.expect(INOUT);
        } else {
            in.expect(WITHOUT, FUNCTION);
        }
        if (in.accept(AS) && !in.acceptAny(IMPLICIT, ASSIGNMENT))
            throw in.error("IMPLICIT or ASSIGNMENT");
        return ddl.build(in.since(start));
    }

    private Statement transform(int start) {
        var ddl = creating("transform");
        in.expect(TRANSFORM);
        objects.object(new Objects.Kind("transform", Objects.Form.TRANSFORM), Use.CREATED, ddl);
        in.expect(TokenKind.LEFT_PAREN);
        do {
            if (!in.acceptAny(FROM, TO)) throw in.error("FROM SQL or TO SQL");
            in.expect(SQL);
            in.expect(WITH, FUNCTION);
            objects.routine(Use.REFERENCED, ddl);
        } while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
        return ddl.build(in.since(start));
    }

    private Statement language(int start) {
        var ddl = creating("language");
        in.accept(TRUSTED);
        in.accept(PROCEDURAL);
        in.expect(LANGUAGE);
        ddl.mention(Use.CREATED, "language", in.nonReservedWord());
        if (in.accept(HANDLER)) {
            ddl.mention(Use.REFERENCED, "function", in.qualifiedName());
            if (in.accept(INLINE)) ddl.mention(Use.REFERENCED, "function", in.qualifiedName());
            if (in.accept(VALIDATOR)) ddl.mention(Use.REFERENCED, "function", in.qualifiedName());
            else in.accept(NO, VALIDATOR);
        }
        return ddl.build(in.since(start));
    }

    private Statement conversion(int start) {
        var ddl = creating("conversion");
        in.accept(DEFAULT);
        in.expect(CONVERSION);
        ddl.mention(Use.CREATED, "conversion", in.qualifiedName());
        in.expect(FOR);
        in.string();
        in.expect(TO);
        in.string();
        in.expect(FROM);
        ddl.mention(Use.REFERENCED, "function", in.qualifiedName());
        return ddl.build(in.since(start));
    }

    private Statement collation(int start) {
        var ddl = creating("collation");
        in.expect(COLLATION);
        definition.ifNotExists();
        ddl.mention(Use.CREATED, "collation", in.qualifiedName());
        if (in.accept(FROM)) ddl.collation(in.qualifiedName());
        else definition.list(ddl);
        return ddl.build(in.since(start));
    }

    private Statement textSearch(int start) {
        Objects.Kind kind = objects.kind();
        var ddl = creating(kind.type());
        objects.object(kind, Use.CREATED, ddl);
        definition.list(ddl);
        return ddl.build(in.since(start));
    }

    private Statement accessMethod(int start) {
        var ddl = creating("access method");
        in.expect(ACCESS, METHOD);
        ddl.mention(Use.CREATED, "access method", in.colId());
        in.expect(TYPE);
        if (!in.acceptAny(INDEX, TABLE)) throw in.error("INDEX or TABLE");
        in.expect(HANDLER);
        ddl.mention(Use.REFERENCED, "function", in.qualifiedName());
        return ddl.build(in.since(start));
    }

    private Statement statistics(int start) {
        var ddl = creating("statistics");
        in.expect(STATISTICS);
        definition.ifNotExists();
        if (!in.at(ON) && !in.at(TokenKind.LEFT_PAREN))
            ddl.mention(Use.CREATED, "statistics", in.qualifiedName());
        in.optionalNameList();
        in.expect(ON);
        List<Expression> expressions = in.separated(grammar.dml::indexExpression);
        in.expect(FROM);
        for (Relation relation : in.separated(grammar.queries.relations()::relation)) {
            if (!(relation instanceof Relation.Table table))
                throw in.refuse("statistics need a table", relation.span());
            ddl.subject(Use.ALTERED, table.name());
        }
        for (Expression expression : expressions) ddl.expression("statistics", expression);
        return ddl.build(in.since(start));
    }

    // ---------------------------------------------------------------- foreign data

    private Statement server(int start) {
        var ddl = creating("server");
        in.expect(SERVER);
        definition.ifNotExists();
        ddl.mention(Use.CREATED, "server", in.colId());
        if (in.accept(TYPE)) in.string();
        if (in.accept(VERSION) && !in.accept(NULL)) in.string();
        in.expect(FOREIGN);
        in.expect(DATA, WRAPPER);
        ddl.mention(Use.REFERENCED, "foreign data wrapper", in.colId());
        definition.options();
        return ddl.build(in.since(start));
    }

    private Statement wrapper(int start) {
        var ddl = creating("foreign data wrapper");
        in.expect(DATA, WRAPPER);
        ddl.mention(Use.CREATED, "foreign data wrapper", in.colId());
        wrapperFunctions(ddl);
        definition.options();
        return ddl.build(in.since(start));
    }

    void wrapperFunctions(DdlBuilder ddl) {
        while (true) {
            if (in.acceptAny(HANDLER, VALIDATOR))
                ddl.mention(Use.REFERENCED, "function", in.qualifiedName());
            else if (!in.accept(NO, HANDLER) && !in.accept(NO, VALIDATOR)) return;
        }
    }

    private Statement userMapping(int start) {
        var ddl = creating("user mapping");
        in.expect(USER, MAPPING);
        definition.ifNotExists();
        objects.object(
                new Objects.Kind("user mapping", Objects.Form.USER_MAPPING), Use.CREATED, ddl);
        definition.options();
        return ddl.build(in.since(start));
    }

    Statement importForeignSchema() {
        int start = in.start();
        var ddl = new DdlBuilder(Verb.IMPORT, "foreign schema");
        in.expect(IMPORT);
        in.expect(FOREIGN, SCHEMA);
        ddl.mention(Use.REFERENCED, "foreign schema", in.colId());
        if (in.accept(LIMIT, TO) || in.accept(EXCEPT)) {
            in.expect(TokenKind.LEFT_PAREN);
            do
                ddl.mention(
                        Use.REFERENCED,
                        "foreign relation",
                        grammar.queries.relations().bareTable().name());
            while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        }
        in.expect(FROM, SERVER);
        ddl.mention(Use.REFERENCED, "server", in.colId());
        in.expect(INTO);
        ddl.mention(Use.ALTERED, "schema", in.colId());
        definition.options();
        return ddl.build(in.since(start));
    }

    // ---------------------------------------------------------------- DROP and others

    Statement drop() {
        int start = in.start();
        in.expect(DROP);
        if (in.accept(OWNED)) {
            var ddl = new DdlBuilder(Verb.DROP, "owned");
            in.expect(BY);
            objects.roles(Use.REFERENCED, ddl);
            definition.behavior();
            return ddl.build(in.since(start));
        }
        Objects.Kind kind = objects.kind();
        switch (kind.form()) {
            case COLUMN, CONSTRAINT, LARGE_OBJECT ->
                    throw in.refuse("syntax error: cannot be dropped by DROP", in.since(start));
            default -> {}
        }
        var ddl = new DdlBuilder(Verb.DROP, kind.type());
        if (kind.type().equals("index")) in.accept(CONCURRENTLY);
        definition.ifExists();
        do objects.object(kind, Use.DROPPED, ddl);
        while (in.accept(TokenKind.COMMA));
        if (kind.type().equals("database")) {
            in.accept(WITH);
            if (in.accept(TokenKind.LEFT_PAREN)) {
                do in.expect(FORCE);
                while (in.accept(TokenKind.COMMA));
                in.expect(TokenKind.RIGHT_PAREN);
            }
        }
        ddl.cascades = definition.behavior();
        return ddl.build(in.since(start));
    }

    Statement comment() {
        int start = in.start();
        in.expect(COMMENT, ON);
        Objects.Kind kind = objects.kind();
        var ddl = new DdlBuilder(Verb.COMMENT, kind.type());
        objects.object(kind, Use.ALTERED, ddl);
        in.expect(IS);
        if (!in.accept(NULL)) in.string();
        return ddl.build(in.since(start));
    }

    Statement securityLabel() {
        int start = in.start();
        in.expect(SECURITY, LABEL);
        if (in.accept(FOR)) wordOrString();
        in.expect(ON);
        Objects.Kind kind = objects.kind();
        var ddl = new DdlBuilder(Verb.SECURITY_LABEL, kind.type());
        objects.object(kind, Use.ALTERED, ddl);
        in.expect(IS);
        if (!in.accept(NULL)) in.string();
        return ddl.build(in.since(start));
    }

    Statement reassign() {
        int start = in.start();
        var ddl = new DdlBuilder(Verb.REASSIGN, "owned");
        in.expect(REASSIGN, OWNED, BY);
        objects.roles(Use.REFERENCED, ddl);
        in.expect(TO);
        objects.role(Use.REFERENCED, ddl);
        return ddl.build(in.since(start));
    }
}
