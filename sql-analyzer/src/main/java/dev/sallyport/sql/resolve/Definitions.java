package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.RuleEvent;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CREATE, ALTER, DROP, GRANT, COMMENT and the like: every object they name, by what is done to it.
final class Definitions {
    /// Beyond the database's schemas: roles, other databases, servers, code that the server loads.
    private static final Set<String> ADMINISTRATION =
            Set.of(
                    "role",
                    "user",
                    "group",
                    "database",
                    "tablespace",
                    "server",
                    "foreign server",
                    "foreign data wrapper",
                    "user mapping",
                    "extension",
                    "language",
                    "publication",
                    "subscription",
                    "event trigger",
                    "system",
                    "large object",
                    "access method",
                    "default privileges",
                    "parameter",
                    "transform",
                    "operator class",
                    "operator family");

    /// Column types that only the grammar of CREATE TABLE knows.
    private static final Set<String> SERIAL =
            Set.of("serial", "serial2", "serial4", "serial8", "smallserial", "bigserial");

    private final Names names;
    private final Findings findings;
    private final Relations relations;
    private final Calls calls;
    private final Statements statements;
    private final Resolver resolver;

    Definitions(
            Names names,
            Findings findings,
            Relations relations,
            Calls calls,
            Statements statements,
            Resolver resolver) {
        this.names = names;
        this.findings = findings;
        this.relations = relations;
        this.calls = calls;
        this.statements = statements;
        this.resolver = resolver;
    }

    /// A relation that the statement brings into being.
    void created(String objectType, QualifiedName name, boolean temporary) {
        findings.effects.addAll(Set.of(Effect.SCHEMA, Effect.NAME_RESOLUTION));
        findings.account(name);
        String written = names.schemaOf(name);
        String schema =
                temporary
                        ? Catalog.TEMP_SCHEMA
                        : written != null ? written : names.creationSchema(name);
        Catalog.Relation existing = names.catalog.relation(schema, name.last().name());
        findings.accesses.add(
                Action.DDL,
                existing != null
                        ? existing.resource()
                        : new Resource.Relation(schema, name.last().name(), kind(objectType)));
    }

    private static RelationKind kind(String objectType) {
        return switch (objectType) {
            case "view" -> RelationKind.VIEW;
            case "materialized view" -> RelationKind.MATERIALIZED_VIEW;
            case "foreign table" -> RelationKind.FOREIGN_TABLE;
            case "sequence" -> RelationKind.SEQUENCE;
            case "index" -> RelationKind.INDEX;
            case "type" -> RelationKind.COMPOSITE_TYPE;
            // Serial columns make sequences, constraints indexes: parts of their table.
            case String _ -> RelationKind.TABLE;
        };
    }

    static boolean administers(Statement.Ddl ddl) {
        return switch (ddl.verb()) {
            case REASSIGN, IMPORT -> true;
            case CREATE, ALTER, DROP, REFRESH, COMMENT, SECURITY_LABEL, GRANT, REVOKE ->
                    ADMINISTRATION.contains(ddl.objectType());
        };
    }

    StatementKind resolve(Statement.Ddl ddl) {
        findings.effects.add(Effect.SCHEMA);
        boolean administers = administers(ddl);
        switch (ddl.verb()) {
            case CREATE, ALTER, DROP -> findings.effects.add(Effect.NAME_RESOLUTION);
            case REFRESH -> findings.effects.add(Effect.DATA);
            case COMMENT, SECURITY_LABEL, GRANT, REVOKE -> {}
            case REASSIGN, IMPORT -> findings.effects.add(Effect.NAME_RESOLUTION);
        }
        if (administers) findings.effects.add(Effect.OUTSIDE);
        Set<String> made = new HashSet<>();
        for (Mention mention : ddl.mentions())
            if (mention.use() == Use.CREATED) made.add(mention.name().last().name());
        for (Mention mention : ddl.mentions()) mention(ddl, mention, made);
        if (ddl.verb() == Verb.CREATE
                && ddl.objectType().equals("schema")
                && createdSchema(ddl) == null)
            findings.accesses.add(Action.DDL, new Resource.Schema("*"));
        for (Statement.DdlExpression expression : ddl.expressions()) expression(ddl, expression);
        // What a function or role shall run under; FROM CURRENT would also keep the value of now
        // in a catalog that everybody may read.
        for (String setting : ddl.settings())
            if (!setting.equals("*"))
                findings.accesses.add(Action.SESSION, new Resource.Setting(setting));
        embedded(ddl);
        inTheMaking(ddl);
        Statement.Routine routine = ddl.routine();
        // A body that is a string can do anything, as DO can, once somebody may execute it.
        if (routine != null && routine.opaque() && ddl.verb() == Verb.CREATE)
            findings.accesses.add(
                    Action.ADMIN, new Resource.Other("code block", "", routine.language()));
        boolean admin = false;
        boolean named = false;
        for (Accesses.Entry entry : findings.accesses.entries()) {
            admin |= entry.action == Action.ADMIN;
            named |= entry.action == Action.ADMIN || entry.action == Action.DDL;
        }
        // Every definition is of something. What has no name that a grant could be about (a cast,
        // all that a role owns) takes more than the right to the functions that it mentions.
        if (administers && !admin || !named)
            findings.accesses.add(Action.ADMIN, new Resource.Other(ddl.objectType(), "", "*"));
        return administers ? StatementKind.ADMIN : StatementKind.DDL;
    }

    // ---------------------------------------------------------------- what is named

    private void mention(Statement.Ddl ddl, Mention written, Set<String> made) {
        findings.account(written.name());
        findings.account(written.columns());
        Mention mention = renamed(ddl, written);
        switch (mention.type()) {
            case "relation" -> relation(ddl, mention, made);
            case "function" -> function(ddl, mention, made);
            case "type" -> type(ddl, mention, made);
            case "schema" -> {
                String schema = mention.name().last().name();
                if (mention.use() != Use.REFERENCED || ddl.verb() != Verb.CREATE)
                    findings.accesses.add(Action.DDL, new Resource.Schema(schema));
                if (mention.use() == Use.DROPPED && ddl.cascades()) droppedWith(schema);
            }
            case String other -> other(ddl, other, mention);
        }
    }

    private void droppedWith(String schema) {
        for (Catalog.Relation relation : names.catalog.relations())
            if (relation.schema().equals(schema)
                    && relation.kind() != RelationKind.INDEX
                    && relation.kind() != RelationKind.COMPOSITE_TYPE) dropped(relation);
        for (Routine routine : names.catalog.routines())
            if (routine.schema().equals(schema) && routine.extension().isEmpty())
                functionResource(schema, routine.name());
    }

    /// The new name of RENAME TO lies where the old one does.
    private Mention renamed(Statement.Ddl ddl, Mention mention) {
        if (ddl.verb() != Verb.ALTER || mention.use() != Use.CREATED) return mention;
        for (Mention old : ddl.mentions()) {
            if (old.use() != Use.ALTERED || !old.type().equals(mention.type())) continue;
            String schema =
                    switch (old.type()) {
                        case "relation" -> {
                            Catalog.Relation found = names.find(old.name());
                            yield found == null ? null : found.schema();
                        }
                        case "function" -> {
                            List<Routine> found = names.routines(old.name());
                            // Overloads in several schemas: each could be the one.
                            yield found.isEmpty() ? null : found.getFirst().schema();
                        }
                        case "type" -> {
                            Type found = names.findType(old.name());
                            yield found == null ? null : found.schema();
                        }
                        case String _ -> names.schemaOf(old.name());
                    };
            if (schema == null) continue;
            Identifier last = mention.name().last();
            return new Mention(
                    mention.use(),
                    mention.type(),
                    new QualifiedName(
                            List.of(new Identifier(schema, true, last.span()), last),
                            mention.name().span()),
                    mention.columns(),
                    mention.span());
        }
        return mention;
    }

    private void relation(Statement.Ddl ddl, Mention mention, Set<String> made) {
        QualifiedName name = mention.name();
        Catalog.Relation found = names.find(name);
        switch (mention.use()) {
            case CREATED -> {
                String schema = ddl.temporary() ? Catalog.TEMP_SCHEMA : names.schemaOf(name);
                if (schema == null) schema = names.creationSchema(name);
                Catalog.Relation existing = names.catalog.relation(schema, name.last().name());
                findings.accesses.add(
                        Action.DDL,
                        existing != null
                                ? existing.resource()
                                : new Resource.Relation(
                                        schema, name.last().name(), kind(ddl.objectType())));
            }
            case ALTERED -> {
                if (found == null) {
                    // DROP TRIGGER IF EXISTS ... ON what isn't there. An expression would be about
                    // columns that aren't known.
                    boolean may =
                            ddl.verb() == Verb.DROP
                                    || ddl.ifExists() && ddl.expressions().isEmpty();
                    if (!may) throw names.unknownRelation(name);
                    if (ddl.verb() == Verb.ALTER && ddl.objectType().equals("foreign table"))
                        administer("server", "*");
                    missing(ddl, name);
                    return;
                }
                findings.accesses.add(Action.DDL, found.resource());
                if (computesAnew(ddl, found)) resolver.dml().setsOff(Action.DDL, found);
                // Its options say what is read at the other end.
                if (found.kind() == RelationKind.FOREIGN_TABLE && ddl.verb() == Verb.ALTER)
                    administer("server", "*");
                if (ddl.verb() == Verb.REFRESH) reader(found, name, "a materialized view").touch();
            }
            case DROPPED -> {
                if (found == null) missing(ddl, name);
                else if (ddl.cascades() && mention.columns().isEmpty()) dropped(found);
                else findings.accesses.add(Action.DDL, found.resource());
            }
            case REFERENCED -> {
                if (found == null) {
                    if (made.contains(name.last().name())) return;
                    throw names.unknownRelation(name);
                }
                if (found.kind() == RelationKind.INDEX
                        || found.kind() == RelationKind.COMPOSITE_TYPE) return;
                // A foreign key or LIKE: whoever can refer to it can find out what is in it.
                Relations.Reader reader = reader(found, name, "a definition");
                reader.touch();
                for (Identifier column : mention.columns()) {
                    Catalog.Column used = found.column(column.name());
                    if (used != null) reader.column(used).flow().mark(Place.PREDICATE);
                }
            }
        }
    }

    /// Checks, indexes and partition keys are computed for rows that are there already: by what
    /// rewrites the table or adds to it, and by what fills it.
    private static boolean computesAnew(Statement.Ddl ddl, Catalog.Relation relation) {
        return switch (ddl.verb()) {
            case ALTER, REFRESH -> true;
            case CREATE ->
                    ddl.objectType().equals("table")
                            && relation.kind() == RelationKind.PARTITIONED_TABLE;
            case DROP, COMMENT, SECURITY_LABEL, GRANT, REVOKE, REASSIGN, IMPORT -> false;
        };
    }

    /// With everything that reads it, or inherits from it, and what reads that.
    private void dropped(Catalog.Relation relation) {
        int before = findings.accesses.entries().size();
        findings.accesses.add(Action.DDL, relation.resource());
        if (findings.accesses.entries().size() == before) return;
        for (Catalog.Relation child : relation.children()) dropped(child);
        for (Catalog.Relation view : Dependents.of(names.catalog).views(relation)) dropped(view);
    }

    /// DROP or ALTER ... IF EXISTS of what the snapshot doesn't hold, or of a part of it: it may
    /// lie in any schema of the path.
    private void missing(Statement.Ddl ddl, QualifiedName name) {
        String schema = names.schemaOf(name);
        List<String> schemas = schema == null ? names.userSchemas() : List.of(schema);
        for (String possible : schemas)
            findings.accesses.add(
                    Action.DDL,
                    new Resource.Relation(possible, name.last().name(), kind(ddl.objectType())));
    }

    private void function(Statement.Ddl ddl, Mention mention, Set<String> made) {
        QualifiedName name = mention.name();
        List<Routine> candidates = names.routines(name);
        String schema = names.schemaOf(name);
        switch (mention.use()) {
            case CREATED ->
                    functionResource(
                            schema != null ? schema : names.creationSchema(name),
                            name.last().name());
            case ALTERED, DROPPED -> {
                for (Routine routine : candidates)
                    functionResource(routine.schema(), routine.name());
                if (!candidates.isEmpty()) return;
                if (mention.use() == Use.ALTERED && ddl.verb() != Verb.DROP)
                    throw names.unknownRoutine("function", name);
                for (String possible : schema == null ? names.userSchemas() : List.of(schema))
                    functionResource(possible, name.last().name());
            }
            case REFERENCED -> {
                if (candidates.isEmpty() && !made.contains(name.last().name()))
                    throw names.unknownRoutine("function", name);
                calls.execute(candidates);
            }
        }
    }

    private void functionResource(String schema, String name) {
        findings.accesses.add(
                Action.DDL, new Resource.Function(schema, name, FunctionClass.USER_DEFINED));
    }

    private void type(Statement.Ddl ddl, Mention mention, Set<String> made) {
        QualifiedName name = mention.name();
        Type found = names.findType(name);
        String schema = names.schemaOf(name);
        switch (mention.use()) {
            case CREATED ->
                    other(
                            "type",
                            schema != null ? schema : names.creationSchema(name),
                            name.last().name());
            case ALTERED, DROPPED -> {
                if (found != null) {
                    other("type", found.schema(), found.name());
                    // ALTER DOMAIN ... VALIDATE CONSTRAINT checks what is there.
                    if (ddl.verb() == Verb.ALTER) calls.checks(found.oid());
                } else
                    for (String possible : schema == null ? names.userSchemas() : List.of(schema))
                        other("type", possible, name.last().name());
            }
            case REFERENCED -> {
                // An argument's or operand's: whatever goes is named beside it, and nothing runs.
                if (ddl.verb() == Verb.DROP) return;
                // A new column is checked in every row there is.
                if (found != null && ddl.verb() == Verb.ALTER) calls.checks(found.oid());
                String last = name.last().name();
                if (found != null || made.contains(last) || SERIAL.contains(last)) return;
                if (!makesShells(ddl)) throw names.unknownType(name);
                other("type", schema != null ? schema : names.creationSchema(name), last);
            }
        }
    }

    /// The functions that read and print a new type come before it: of a result's type that isn't
    /// there yet, compiled code makes a shell (CREATE TYPE, "Base Types").
    private static boolean makesShells(Statement.Ddl ddl) {
        Statement.Routine routine = ddl.routine();
        return routine != null
                && ddl.verb() == Verb.CREATE
                && (routine.language().equals("c") || routine.language().equals("internal"));
    }

    private void other(Statement.Ddl ddl, String type, Mention mention) {
        if (mention.use() == Use.REFERENCED) {
            // A foreign table reads all that the server's user mapping or files give.
            if (type.equals("server") && ddl.objectType().equals("foreign table"))
                administer(type, mention.name().last().name());
            return;
        }
        String schema = names.schemaOf(mention.name());
        String name = mention.name().last().name();
        if (ADMINISTRATION.contains(type)) {
            administer(type, name);
        } else other(type, schema == null ? "" : schema, name);
    }

    private void administer(String type, String name) {
        findings.accesses.add(Action.ADMIN, new Resource.Other(type, "", name));
        findings.effects.add(Effect.OUTSIDE);
    }

    private void other(String type, String schema, String name) {
        findings.accesses.add(Action.DDL, new Resource.Other(type, schema, name));
    }

    // ---------------------------------------------------------------- what is inside

    private void expression(Statement.Ddl ddl, Statement.DdlExpression expression) {
        String objectType = ddl.objectType();
        Scope scope = Scope.empty().inner();
        QualifiedName name = expression.relation();
        Catalog.Relation relation = name == null ? null : names.find(name);
        if (expression.purpose().equals("conversion")
                && expression.expression()
                        instanceof Expression.Cast(Expression.ColumnRef(var parts, _), var to, _)) {
            Catalog.Column column =
                    relation == null ? null : relation.column(parts.getLast().name());
            calls.cast(column == null ? Types.ANY : column.type(), names.type(to));
            return;
        }
        if (objectType.equals("trigger") || objectType.equals("rule")) {
            Source row = relation == null ? named("new") : version("new", relation);
            // A rule on INSERT or DELETE has one row only, whose columns need no qualifier. Which
            // of the two it is makes no difference: neither is read by the statement itself.
            row.columnsVisible = objectType.equals("rule");
            scope.sources.add(row);
            scope.sources.add(relation == null ? named("old") : version("old", relation));
        } else if (relation == null) {
            scope.sources.add(new Source.Open(name == null ? "" : name.last().name()));
        } else {
            Relations.Reader reader = reader(relation, expression, "a definition");
            scope.sources.add(
                    new Source.OfRelation(
                            relation.name(),
                            relation,
                            false,
                            List.of(),
                            List.of(),
                            reader::column,
                            null));
            List<Field> added = added(ddl, relation);
            if (!added.isEmpty()) scope.sources.add(new Source.OfColumns("", added, List.of()));
        }
        Place place =
                switch (expression.purpose()) {
                    case "default", "generated", "using" -> Place.SOURCE;
                    case String _ -> Place.PREDICATE;
                };
        resolver.expressions().used(expression.expression(), scope, place);
    }

    /// Columns that the same statement adds, as in `ADD COLUMN n int CHECK (n >= 0)`: they hold
    /// nothing yet.
    private static List<Field> added(Statement.Ddl ddl, Catalog.Relation relation) {
        List<Field> added = new ArrayList<>();
        for (Mention mention : ddl.mentions())
            if (mention.use() == Use.CREATED && mention.type().equals("relation"))
                for (Identifier column : mention.columns())
                    if (relation.column(column.name()) == null)
                        added.add(new Field(column.name(), Value.of(Flow.NONE, Types.ANY)));
        return added;
    }

    private static Source named(String name) {
        Source source = new Source.Open(name);
        source.columnsVisible = false;
        return source;
    }

    private Relations.Reader reader(Catalog.Relation relation, Node where, String what) {
        Referring referring =
                findings.refer(relation, new Referring.Kind.Fixed(where.span(), what));
        return relations.new Reader(relation, referring, where);
    }

    private void embedded(Statement.Ddl ddl) {
        if (ddl.statements().isEmpty()) return;
        int first = findings.references.size();
        embeddedStatements(ddl);
        findings.fixReferences(first, "a definition");
    }

    private void embeddedStatements(Statement.Ddl ddl) {
        switch (ddl.objectType()) {
            case "rule" -> {
                Scope scope = Scope.empty().inner();
                scope.sources.add(named("new"));
                scope.sources.add(named("old"));
                for (Statement action : ddl.statements()) statements.inner(action, scope);
            }
            case "function", "procedure", "routine" -> {
                // Unknown columns of the body are its arguments; a column's name goes first.
                Scope scope = Scope.empty().inner();
                scope.sources.add(new Source.Open(""));
                for (Mention mention : ddl.mentions())
                    if (mention.use() == Use.CREATED && mention.type().equals("function"))
                        scope.sources.add(named(mention.name().last().name()));
                for (Statement statement : ddl.statements()) statements.inner(statement, scope);
            }
            case "schema" -> newSchema(ddl);
            case String other ->
                    throw Refusal.unsupported(
                            "statements inside CREATE "
                                    + other
                                    + " are not understood: send them one by one",
                            ddl);
        }
    }

    private void newSchema(Statement.Ddl ddl) {
        String name = createdSchema(ddl);
        if (name == null)
            throw Refusal.unsupported("the new schema's name is not known here: write it", ddl);
        names.createIn(new NewSchema(name));
        for (Statement element : NewSchema.inTurn(ddl.statements()))
            statements.inner(element, Scope.empty());
    }

    /// Null for CREATE SCHEMA AUTHORIZATION CURRENT_USER: it is named after whoever that is.
    private static @Nullable String createdSchema(Statement.Ddl ddl) {
        for (Mention mention : ddl.mentions())
            if (mention.use() == Use.CREATED && mention.type().equals("schema"))
                return mention.name().last().name();
        return null;
    }

    /// Part of a schema in the making: the elements behind it may speak of it.
    private void inTheMaking(Statement.Ddl ddl) {
        NewSchema schema = names.newSchema();
        if (schema == null || ddl.verb() != Verb.CREATE) return;
        QualifiedName name = null;
        List<Catalog.Column> columns = new ArrayList<>();
        for (Mention mention : ddl.mentions())
            if (mention.use() == Use.CREATED && mention.type().equals("relation")) {
                if (name == null) name = mention.name();
                for (Identifier column : mention.columns())
                    columns.add(new Catalog.Column(column.name(), Types.ANY));
            }
        if (name != null)
            schema.table(name.last().name(), kind(ddl.objectType()), columns, ddl.borrowsColumns());
    }

    /// The actions of a rule that exists, as they happen when a statement sets it off.
    void ruleActions(Statement.Ddl rule, Catalog.Relation relation, RuleEvent event) {
        Scope scope = Scope.empty().inner();
        if (event != RuleEvent.DELETE) scope.sources.add(version("new", relation));
        if (event != RuleEvent.INSERT) scope.sources.add(version("old", relation));
        for (Statement.DdlExpression expression : rule.expressions())
            resolver.expressions().used(expression.expression(), scope, Place.PREDICATE);
        for (Statement action : rule.statements()) statements.inner(action, scope);
    }

    /// `NEW` or `OLD`: a row of the relation, but not one that the statement reads by itself.
    private static Source version(String name, Catalog.Relation relation) {
        List<Field> row = new ArrayList<>();
        for (Catalog.Column column : relation.columns())
            row.add(new Field(column.name(), Value.of(Flow.NONE, column.type())));
        Source source = new Source.OfColumns(name, row, List.of(), relation.rowType());
        source.columnsVisible = false;
        return source;
    }
}
