package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.IndexElement;
import dev.sallyport.sql.ast.Statement.Option;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CREATE TABLE, CREATE FOREIGN TABLE, CREATE INDEX, and the actions of ALTER TABLE.
final class Tables {
    private static final Set<String> STRATEGIES = Set.of("list", "range", "hash");
    private static final Set<String> HASH_BOUND = Set.of("modulus", "remainder");

    private final Grammar grammar;
    private final Cursor in;
    private final Definition definition;
    private final Objects objects;

    Tables(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.definition = new Definition(grammar);
        this.objects = new Objects(grammar);
    }

    // ---------------------------------------------------------------- CREATE TABLE

    /// Behind `CREATE [TEMP] TABLE`: a table, or CREATE TABLE AS.
    Statement create(boolean temporary, int start) {
        var ddl = new DdlBuilder(Verb.CREATE, "table");
        ddl.temporary = temporary;
        definition.ifNotExists();
        QualifiedName name = in.qualifiedName();
        ddl.subject(Use.CREATED, temporary ? Cursor.temporary(name) : name);
        if (in.accept(OF)) {
            ddl.mention(Use.REFERENCED, "type", in.qualifiedName());
            ddl.borrowsColumns = true;
            optionalTypedElements(ddl);
        } else if (in.accept(PARTITION, OF)) {
            parent(ddl);
            optionalTypedElements(ddl);
            partitionBound(ddl);
        } else if (in.at(TokenKind.LEFT_PAREN) && !atNamesOnly()) {
            elements(ddl);
            inherits(ddl);
        } else {
            return createAs(name, temporary, start);
        }
        partitionBy(ddl);
        if (in.accept(USING)) ddl.mention(Use.REFERENCED, "access method", in.colId());
        storage(ddl);
        return ddl.build(in.since(start));
    }

    private boolean atNamesOnly() {
        TokenKind behindName = in.kind(2);
        return in.isColId(1)
                && (behindName == TokenKind.COMMA || behindName == TokenKind.RIGHT_PAREN);
    }

    private Statement createAs(QualifiedName name, boolean temporary, int start) {
        List<Identifier> columns = in.optionalNameList();
        if (in.accept(USING)) in.colId();
        List<Option> options = List.of();
        if (in.accept(WITH)) options = relationOptions();
        else if (in.accept(WITHOUT)) in.expect(OIDS);
        onCommit();
        if (in.accept(TABLESPACE)) in.colId();
        in.expect(AS);
        Statement source =
                in.at(EXECUTE) ? new Utilities(grammar).execute() : grammar.queries.query();
        return new Statement.CreateTableAs(
                name, temporary, columns, options, source, withData(), in.since(start));
    }

    List<Option> relationOptions() {
        int start = in.start();
        // The values of a relation's options name no object.
        definition.list(new DdlBuilder(Verb.CREATE, "options"));
        return List.of(new Option("with", List.of(), in.since(start)));
    }

    boolean withData() {
        if (in.accept(WITH, DATA)) return true;
        return !in.accept(WITH, NO, DATA);
    }

    private void onCommit() {
        if (!in.accept(ON, COMMIT)) return;
        if (in.accept(DROP)) return;
        if (!in.acceptAny(DELETE, PRESERVE)) throw in.error("DROP, DELETE ROWS or PRESERVE ROWS");
        in.expect(ROWS);
    }

    private void storage(DdlBuilder ddl) {
        if (in.accept(WITHOUT)) in.expect(OIDS);
        else definition.optionalWithList(ddl);
        onCommit();
        if (in.accept(TABLESPACE)) ddl.mention(Use.REFERENCED, "tablespace", in.colId());
    }

    private void inherits(DdlBuilder ddl) {
        if (!in.accept(INHERITS)) return;
        in.expect(TokenKind.LEFT_PAREN);
        do parent(ddl);
        while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
    }

    /// Whoever reads the parent reads its new child's rows too: the parent itself changes.
    private void parent(DdlBuilder ddl) {
        ddl.mention(Use.ALTERED, "relation", in.qualifiedName());
        ddl.borrowsColumns = true;
    }

    private void partitionBy(DdlBuilder ddl) {
        if (!in.accept(PARTITION, BY)) return;
        in.oneOf(STRATEGIES);
        in.expect(TokenKind.LEFT_PAREN);
        do indexElement("partition", ddl);
        while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
    }

    private void partitionBound(DdlBuilder ddl) {
        if (in.accept(DEFAULT)) return;
        in.expect(FOR, VALUES);
        if (in.accept(IN)) {
            boundValues(ddl);
        } else if (in.accept(FROM)) {
            boundValues(ddl);
            in.expect(TO);
            boundValues(ddl);
        } else {
            in.expect(WITH);
            in.expect(TokenKind.LEFT_PAREN);
            do {
                in.oneOf(HASH_BOUND);
                in.integer();
            } while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        }
    }

    private void boundValues(DdlBuilder ddl) {
        in.expect(TokenKind.LEFT_PAREN);
        do {
            TokenKind next = in.kind(1);
            boolean alone = next == TokenKind.COMMA || next == TokenKind.RIGHT_PAREN;
            if (alone && (in.at(MINVALUE) || in.at(MAXVALUE))) in.skip();
            else ddl.expression("partition bound", grammar.expressions.expression());
        } while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
    }

    // ---------------------------------------------------------------- elements

    private void elements(DdlBuilder ddl) {
        in.expect(TokenKind.LEFT_PAREN);
        if (!in.at(TokenKind.RIGHT_PAREN)) {
            do element(ddl);
            while (in.accept(TokenKind.COMMA));
        }
        in.expect(TokenKind.RIGHT_PAREN);
    }

    private void element(DdlBuilder ddl) {
        if (in.accept(LIKE)) like(ddl);
        else if (atTableConstraint()) tableConstraint(ddl);
        else column(ddl);
    }

    private void like(DdlBuilder ddl) {
        ddl.mention(Use.REFERENCED, "relation", in.qualifiedName());
        ddl.borrowsColumns = true;
        while (in.acceptAny(INCLUDING, EXCLUDING)) {
            Keyword keyword = in.keyword();
            if (keyword == null) throw in.error("what to include");
            switch (keyword) {
                case COMMENTS,
                        COMPRESSION,
                        CONSTRAINTS,
                        DEFAULTS,
                        IDENTITY,
                        GENERATED,
                        INDEXES,
                        STATISTICS,
                        STORAGE,
                        ALL ->
                        in.skip();
                default -> throw in.error("what to include");
            }
        }
    }

    private void optionalTypedElements(DdlBuilder ddl) {
        if (!in.accept(TokenKind.LEFT_PAREN)) return;
        do {
            if (atTableConstraint()) {
                tableConstraint(ddl);
            } else {
                ddl.columns(Use.CREATED, List.of(in.colId()));
                in.accept(WITH, OPTIONS);
                columnConstraints(ddl);
            }
        } while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
    }

    /// A column with type and constraints.
    void column(DdlBuilder ddl) {
        ddl.columns(Use.CREATED, List.of(in.colId()));
        ddl.type(grammar.types.type());
        while (true) {
            if (in.accept(STORAGE)) {
                if (!in.accept(DEFAULT)) in.colId();
            } else if (in.accept(COMPRESSION)) {
                if (!in.accept(DEFAULT)) in.colId();
            } else {
                break;
            }
        }
        definition.options();
        columnConstraints(ddl);
    }

    /// Zero or more constraints of a column or domain.
    void columnConstraints(DdlBuilder ddl) {
        while (columnConstraint(ddl)) {
            // Each call takes one.
        }
    }

    private boolean columnConstraint(DdlBuilder ddl) {
        if (in.accept(CONSTRAINT)) {
            in.colId();
            if (!bareColumnConstraint(ddl)) throw in.error("a constraint");
            return true;
        }
        if (in.accept(COLLATE)) {
            ddl.collation(in.qualifiedName());
            return true;
        }
        return constraintAttribute() || bareColumnConstraint(ddl);
    }

    private boolean bareColumnConstraint(DdlBuilder ddl) {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        switch (keyword) {
            case NOT -> {
                if (in.keyword(1) != NULL) return false;
                in.skip();
                in.skip();
                in.accept(NO, INHERIT);
            }
            case NULL -> in.skip();
            case UNIQUE -> {
                in.skip();
                nullsDistinct();
                definition.optionalWithList(ddl);
                indexTablespace(ddl);
            }
            case PRIMARY -> {
                in.skip();
                in.expect(KEY);
                definition.optionalWithList(ddl);
                indexTablespace(ddl);
            }
            case CHECK -> {
                in.skip();
                ddl.expression("check", parenthesised());
                in.accept(NO, INHERIT);
            }
            case DEFAULT -> {
                in.skip();
                ddl.expression("default", grammar.expressions.restricted());
            }
            case GENERATED -> {
                in.skip();
                boolean always = in.accept(ALWAYS);
                if (!always) in.expect(BY, DEFAULT);
                in.expect(AS);
                if (always && in.at(TokenKind.LEFT_PAREN)) {
                    ddl.expression("generated", parenthesised());
                    if (!in.accept(STORED)) in.accept(VIRTUAL);
                } else {
                    in.expect(IDENTITY);
                    definition.optionalSequenceOptions(ddl);
                }
            }
            case REFERENCES -> {
                in.skip();
                references(ddl);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Expression parenthesised() {
        in.expect(TokenKind.LEFT_PAREN);
        Expression expression = grammar.expressions.expression();
        in.expect(TokenKind.RIGHT_PAREN);
        return expression;
    }

    private void nullsDistinct() {
        if (in.accept(NULLS)) {
            in.accept(NOT);
            in.expect(DISTINCT);
        }
    }

    private void indexTablespace(DdlBuilder ddl) {
        if (in.accept(USING, INDEX)) {
            in.expect(TABLESPACE);
            ddl.mention(Use.REFERENCED, "tablespace", in.colId());
        }
    }

    /// Behind REFERENCES.
    private void references(DdlBuilder ddl) {
        QualifiedName table = in.qualifiedName();
        List<Identifier> columns = in.at(TokenKind.LEFT_PAREN) ? keyColumns(PERIOD) : List.of();
        ddl.mention(Use.REFERENCED, "relation", table, columns);
        if (in.accept(MATCH) && !in.accept(FULL) && !in.accept(PARTIAL)) in.expect(SIMPLE);
        while (in.accept(ON)) {
            if (!in.acceptAny(UPDATE, DELETE)) throw in.error("UPDATE or DELETE");
            if (in.accept(NO)) {
                in.expect(ACTION);
            } else if (in.accept(SET)) {
                if (!in.acceptAny(NULL, DEFAULT)) throw in.error("NULL or DEFAULT");
                in.optionalNameList();
            } else if (!in.accept(RESTRICT)) {
                in.expect(CASCADE);
            }
        }
    }

    /// `(a, b)`, the last with PERIOD before it perhaps.
    private List<Identifier> keyColumns(Keyword period) {
        in.expect(TokenKind.LEFT_PAREN);
        List<Identifier> columns =
                in.separated(() -> {
                    if (in.at(period) && in.isColId(1)) in.skip();
                    return in.colId();
                });
        in.expect(TokenKind.RIGHT_PAREN);
        return columns;
    }

    private boolean constraintAttribute() {
        if (in.accept(DEFERRABLE) || in.accept(NOT, DEFERRABLE)) return true;
        if (in.accept(INITIALLY)) {
            if (!in.acceptAny(DEFERRED, IMMEDIATE)) throw in.error("DEFERRED or IMMEDIATE");
            return true;
        }
        return in.accept(ENFORCED) || in.accept(NOT, ENFORCED);
    }

    void constraintAttributes() {
        while (constraintAttribute() || in.accept(NOT, VALID) || in.accept(NO, INHERIT)) {
            // Each is one attribute.
        }
    }

    private boolean atTableConstraint() {
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        return switch (keyword) {
            case CONSTRAINT, CHECK, UNIQUE, PRIMARY, FOREIGN -> true;
            // Unreserved: might be a column.
            case EXCLUDE -> in.keyword(1) == USING || in.kind(1) == TokenKind.LEFT_PAREN;
            case NOT -> in.keyword(1) == NULL;
            default -> false;
        };
    }

    /// A constraint of a table or domain.
    void tableConstraint(DdlBuilder ddl) {
        if (in.accept(CONSTRAINT)) ddl.mention(Use.CREATED, "constraint", in.colId());
        Keyword keyword = in.keyword();
        if (keyword == null) throw in.error("a constraint");
        in.skip();
        switch (keyword) {
            case CHECK -> ddl.expression("check", parenthesised());
            case NOT -> {
                in.expect(NULL);
                if (in.isColId(0)) ddl.columns(Use.REFERENCED, List.of(in.colId()));
            }
            case UNIQUE -> unique(ddl);
            case PRIMARY -> {
                in.expect(KEY);
                unique(ddl);
            }
            case EXCLUDE -> exclude(ddl);
            case FOREIGN -> {
                in.expect(KEY);
                ddl.columns(Use.REFERENCED, keyColumns(PERIOD));
                in.expect(REFERENCES);
                references(ddl);
            }
            default -> throw in.error("a constraint");
        }
        constraintAttributes();
    }

    private void unique(DdlBuilder ddl) {
        if (in.accept(USING, INDEX)) {
            ddl.mention(Use.REFERENCED, "relation", in.colId());
            return;
        }
        nullsDistinct();
        in.expect(TokenKind.LEFT_PAREN);
        List<Identifier> columns =
                in.separated(() -> {
                    Identifier column = in.colId();
                    in.accept(WITHOUT, OVERLAPS);
                    return column;
                });
        in.expect(TokenKind.RIGHT_PAREN);
        ddl.columns(Use.REFERENCED, columns);
        if (in.accept(INCLUDE)) ddl.columns(Use.REFERENCED, in.nameList());
        definition.optionalWithList(ddl);
        indexTablespace(ddl);
    }

    private void exclude(DdlBuilder ddl) {
        if (in.accept(USING)) in.colId();
        in.expect(TokenKind.LEFT_PAREN);
        do {
            indexElement("exclude", ddl);
            in.expect(WITH);
            if (in.at(OPERATOR, TokenKind.LEFT_PAREN)) grammar.expressions.operator();
            else grammar.expressions.qualifiedOperator();
        } while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
        if (in.accept(INCLUDE)) ddl.columns(Use.REFERENCED, in.nameList());
        definition.optionalWithList(ddl);
        indexTablespace(ddl);
        if (in.accept(WHERE)) ddl.expression("where", parenthesised());
    }

    private void indexElement(String purpose, DdlBuilder ddl) {
        IndexElement element = grammar.dml.indexElement();
        ddl.expression(purpose, element.expression());
        if (element.collation() != null) ddl.collation(element.collation());
        if (element.operatorClass() != null)
            ddl.mention(Use.REFERENCED, "operator class", element.operatorClass());
    }

    // ---------------------------------------------------------------- other relations

    /// Behind CREATE FOREIGN TABLE.
    Statement createForeign(int start) {
        var ddl = new DdlBuilder(Verb.CREATE, "foreign table");
        definition.ifNotExists();
        ddl.subject(Use.CREATED, in.qualifiedName());
        if (in.accept(PARTITION, OF)) {
            parent(ddl);
            optionalTypedElements(ddl);
            partitionBound(ddl);
        } else {
            elements(ddl);
            inherits(ddl);
        }
        in.expect(SERVER);
        ddl.mention(Use.REFERENCED, "server", in.colId());
        definition.options();
        return ddl.build(in.since(start));
    }

    /// Behind CREATE [UNIQUE].
    Statement createIndex(int start) {
        var ddl = new DdlBuilder(Verb.CREATE, "index");
        in.expect(INDEX);
        in.accept(CONCURRENTLY);
        definition.ifNotExists();
        QualifiedName index = in.at(ON) ? null : in.qualifiedName();
        in.expect(ON);
        QualifiedName table = grammar.queries.relations().bareTable().name();
        if (index != null) ddl.mention(Use.CREATED, "relation", index);
        ddl.subject(Use.ALTERED, table);
        if (in.accept(USING)) ddl.mention(Use.REFERENCED, "access method", in.colId());
        in.expect(TokenKind.LEFT_PAREN);
        do indexElement("index", ddl);
        while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
        if (in.accept(INCLUDE)) {
            in.expect(TokenKind.LEFT_PAREN);
            do indexElement("index", ddl);
            while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        }
        nullsDistinct();
        definition.optionalWithList(ddl);
        if (in.accept(TABLESPACE)) ddl.mention(Use.REFERENCED, "tablespace", in.colId());
        if (in.accept(WHERE)) ddl.expression("where", grammar.expressions.expression());
        return ddl.build(in.since(start));
    }

    // ---------------------------------------------------------------- ALTER TABLE

    /// One or more actions of ALTER TABLE and its like.
    void actions(DdlBuilder ddl) {
        do action(ddl);
        while (in.accept(TokenKind.COMMA));
    }

    private void action(DdlBuilder ddl) {
        Keyword keyword = in.keyword();
        if (keyword == null) throw in.error("an action");
        in.skip();
        switch (keyword) {
            case ADD -> {
                if (atTableConstraint()) {
                    tableConstraint(ddl);
                } else {
                    in.accept(COLUMN);
                    definition.ifNotExists();
                    column(ddl);
                }
            }
            case ALTER -> {
                if (in.accept(CONSTRAINT)) {
                    ddl.mention(Use.ALTERED, "constraint", in.colId());
                    if (!in.accept(INHERIT)) constraintAttributes();
                } else {
                    alterColumn(ddl);
                }
            }
            case DROP -> {
                boolean constraint = in.accept(CONSTRAINT);
                if (!constraint) in.accept(COLUMN);
                definition.ifExists();
                Identifier name = in.colId();
                if (constraint) ddl.mention(Use.DROPPED, "constraint", name);
                else ddl.columns(Use.DROPPED, List.of(name));
                definition.behavior();
            }
            case VALIDATE -> {
                in.expect(CONSTRAINT);
                ddl.mention(Use.ALTERED, "constraint", in.colId());
            }
            case CLUSTER -> {
                in.expect(ON);
                ddl.mention(Use.REFERENCED, "relation", in.colId());
            }
            case SET -> set(ddl);
            case RESET -> definition.list(ddl);
            case ENABLE, DISABLE -> enable(keyword == ENABLE, ddl);
            case FORCE -> in.expect(ROW, LEVEL, SECURITY);
            case INHERIT -> parent(ddl);
            case NO -> {
                if (in.accept(INHERIT)) parent(ddl);
                else {
                    in.expect(FORCE);
                    in.expect(ROW, LEVEL, SECURITY);
                }
            }
            case OF -> ddl.mention(Use.REFERENCED, "type", in.qualifiedName());
            case NOT -> in.expect(OF);
            case OWNER -> {
                in.expect(TO);
                objects.role(Use.REFERENCED, ddl);
            }
            case REPLICA -> {
                in.expect(IDENTITY);
                if (in.accept(USING)) {
                    in.expect(INDEX);
                    ddl.mention(Use.REFERENCED, "relation", in.colId());
                } else if (!in.accept(NOTHING) && !in.accept(FULL)) {
                    in.expect(DEFAULT);
                }
            }
            case ATTACH -> {
                in.expect(PARTITION);
                ddl.mention(Use.ALTERED, "relation", in.qualifiedName());
                if (!ddl.objectType.equals("index")) partitionBound(ddl);
            }
            case DETACH -> {
                in.expect(PARTITION);
                ddl.mention(Use.ALTERED, "relation", in.qualifiedName());
                if (!in.accept(CONCURRENTLY)) in.accept(FINALIZE);
            }
            case OPTIONS -> {
                options();
            }
            default -> throw in.error("an action");
        }
    }

    /// Behind the word OPTIONS, which was taken.
    private void options() {
        in.expect(TokenKind.LEFT_PAREN);
        do {
            boolean drop = in.at(DROP) && in.isColLabel(1);
            if (drop || ((in.at(ADD) || in.at(SET)) && in.isColLabel(1))) in.skip();
            in.colLabel();
            if (!drop) in.string();
        } while (in.accept(TokenKind.COMMA));
        in.expect(TokenKind.RIGHT_PAREN);
    }

    private void set(DdlBuilder ddl) {
        if (in.at(TokenKind.LEFT_PAREN)) {
            definition.list(ddl);
        } else if (in.accept(WITHOUT)) {
            if (!in.acceptAny(OIDS, CLUSTER)) throw in.error("OIDS or CLUSTER");
        } else if (in.accept(ACCESS)) {
            in.expect(METHOD);
            if (!in.accept(DEFAULT)) ddl.mention(Use.REFERENCED, "access method", in.colId());
        } else if (in.accept(TABLESPACE)) {
            ddl.mention(Use.REFERENCED, "tablespace", in.colId());
            in.accept(NOWAIT);
        } else if (in.accept(SCHEMA)) {
            ddl.mention(Use.REFERENCED, "schema", in.colId());
        } else if (!in.acceptAny(LOGGED, UNLOGGED)) {
            throw in.error("what to set");
        }
    }

    private void enable(boolean enable, DdlBuilder ddl) {
        if (in.accept(ROW)) {
            in.expect(LEVEL, SECURITY);
            return;
        }
        if (enable) in.acceptAny(ALWAYS, REPLICA);
        if (in.accept(TRIGGER)) {
            if (!in.acceptAny(ALL, USER)) ddl.mention(Use.ALTERED, "trigger", in.colId());
        } else {
            in.expect(RULE);
            ddl.mention(Use.ALTERED, "rule", in.colId());
        }
    }

    private void alterColumn(DdlBuilder ddl) {
        in.accept(COLUMN);
        Identifier column = null;
        if (in.at(TokenKind.INTEGER)) {
            in.integer();
        } else {
            column = in.colId();
            ddl.columns(Use.ALTERED, List.of(column));
        }
        Keyword keyword = in.keyword();
        if (keyword == null) throw in.error("an action");
        in.skip();
        switch (keyword) {
            case TYPE -> columnType(ddl, column);
            case SET -> setColumn(ddl, column);
            case DROP -> {
                if (in.accept(NOT)) in.expect(NULL);
                else if (in.acceptAny(EXPRESSION, IDENTITY)) definition.ifExists();
                else in.expect(DEFAULT);
            }
            case ADD -> {
                in.expect(GENERATED);
                if (!in.accept(ALWAYS)) in.expect(BY, DEFAULT);
                in.expect(AS, IDENTITY);
                definition.optionalSequenceOptions(ddl);
            }
            case RESET -> definition.list(ddl);
            case RESTART -> {
                if (in.accept(WITH) || in.atSignedNumber()) in.signedNumber();
                identityOptions(ddl);
            }
            case OPTIONS -> options();
            default -> throw in.error("an action");
        }
    }

    private void columnType(DdlBuilder ddl, @Nullable Identifier column) {
        TypeName type = grammar.types.type();
        ddl.type(type);
        if (column != null) ddl.conversion(column, type);
        if (in.accept(COLLATE)) ddl.collation(in.qualifiedName());
        if (in.accept(USING)) ddl.expression("using", grammar.expressions.expression());
    }

    private void setColumn(DdlBuilder ddl, @Nullable Identifier column) {
        if (in.at(TokenKind.LEFT_PAREN)) {
            definition.list(ddl);
        } else if (in.accept(DEFAULT)) {
            ddl.expression("default", grammar.expressions.expression());
        } else if (in.accept(NOT)) {
            in.expect(NULL);
        } else if (in.accept(DATA)) {
            in.expect(TYPE);
            columnType(ddl, column);
        } else if (in.accept(EXPRESSION)) {
            in.expect(AS);
            ddl.expression("generated", parenthesised());
        } else if (in.accept(STATISTICS)) {
            if (!in.accept(DEFAULT)) in.signedNumber();
        } else if (in.accept(STORAGE)) {
            if (!in.accept(DEFAULT)) in.colId();
        } else if (in.accept(COMPRESSION)) {
            if (!in.accept(DEFAULT)) in.colId();
        } else {
            setIdentity(ddl);
            identityOptions(ddl);
        }
    }

    /// Behind SET: GENERATED, or an option of the sequence.
    private void setIdentity(DdlBuilder ddl) {
        if (in.accept(GENERATED)) {
            if (!in.accept(ALWAYS)) in.expect(BY, DEFAULT);
        } else if (!definition.sequenceOptions(ddl)) {
            throw in.error("what to set");
        }
    }

    private void identityOptions(DdlBuilder ddl) {
        while (true) {
            if (in.accept(SET)) setIdentity(ddl);
            else if (in.accept(RESTART)) {
                if (in.accept(WITH) || in.atSignedNumber()) in.signedNumber();
            } else {
                return;
            }
        }
    }

    /// The columns of a composite type.
    List<Identifier> attributes(DdlBuilder ddl) {
        var names = new ArrayList<Identifier>();
        in.expect(TokenKind.LEFT_PAREN);
        if (!in.at(TokenKind.RIGHT_PAREN)) {
            do names.add(attribute(ddl));
            while (in.accept(TokenKind.COMMA));
        }
        in.expect(TokenKind.RIGHT_PAREN);
        return names;
    }

    Identifier attribute(DdlBuilder ddl) {
        Identifier name = in.colId();
        TypeName type = grammar.types.type();
        ddl.type(type);
        if (in.accept(COLLATE)) ddl.collation(in.qualifiedName());
        return name;
    }
}
