package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.resolve.Level.Output;
import dev.sallyport.sql.mysql.resolve.Source.Column;
import dev.sallyport.sql.mysql.resolve.Source.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Definitions: what is made, changed and dropped, and everything that they need. Bodies of stored
/// programs run later with their definer's rights, which are the gateway's own: whoever defines one
/// needs the rights to all that it does.
final class Definitions {
    private final Walk walk;
    private final Statements statements;

    /// OLD and NEW of the trigger that is being defined.
    private List<Operand> rows = List.of();

    Definitions(Walk walk, Statements statements) {
        this.walk = walk;
        this.statements = statements;
    }

    void view(Statement.CreateView view) {
        walk.account(view.columns());
        walk.fixedIn = "a view's definition";
        List<Output> outputs = walk.queries.resolve(view.query(), null, null);
        for (Output output : outputs) output.flow().mark(Place.SOURCE);
        created(view.name(), RelationKind.VIEW);
    }

    private void created(QualifiedName name, RelationKind kind) {
        walk.account(name);
        String schema = walk.names.written(walk.names.schemaOf(name, walk.context.schema()));
        Catalog.Relation existing = walk.names.relation(schema, name.last().name());
        walk.accesses.add(
                Action.DDL,
                existing != null
                        ? existing.resource()
                        : new Resource.Relation(schema, name.last().name(), kind));
        changesSchema();
    }

    private void changesSchema() {
        // Every definition commits.
        walk.effects.addAll(Set.of(Effect.SCHEMA, Effect.NAME_RESOLUTION, Effect.TRANSACTION));
    }

    StatementKind resolve(Statement.Ddl ddl) {
        if (ddl.temporary() && ddl.verb() == Verb.CREATE)
            throw Refusal.unsupported(
                    "temporary tables: one may stand before a table of the same name", ddl);
        changesSchema();
        boolean administers = false;
        for (Mention mention : ddl.mentions()) administers |= mention(ddl, mention);
        if (ddl.verb() == Verb.GRANT || ddl.verb() == Verb.REVOKE) {
            walk.admin("command", ddl.verb().name().toLowerCase(Locale.ROOT));
            administers = true;
        }
        if (ddl.mentions().isEmpty()) {
            walk.admin(
                    "command", ddl.verb().name().toLowerCase(Locale.ROOT) + " " + ddl.objectType());
            administers = true;
        }
        for (Statement.DdlExpression expression : ddl.expressions()) expression(expression);
        if (ddl.objectType().equals("trigger")) rows = rows(ddl);
        // CREATE TABLE ... SELECT runs its query now, and keeps what it shows.
        if (!ddl.objectType().equals("table")) walk.fixedIn = "a stored program";
        for (Statement inner : ddl.statements()) embedded(inner);
        rows = List.of();
        if (administers) walk.effects.add(Effect.OUTSIDE);
        return administers ? StatementKind.ADMIN : StatementKind.DDL;
    }

    /// @return whether it is about more than the database's own objects
    private boolean mention(Statement.Ddl ddl, Mention mention) {
        walk.account(mention.columns());
        switch (mention.type()) {
            case "relation" -> {
                relation(ddl, mention);
                return false;
            }
            case "function" -> {
                walk.account(mention.name());
                String schema =
                        walk.names.written(
                                walk.names.schemaOf(mention.name(), walk.context.schema()));
                walk.accesses.add(
                        Action.DDL,
                        new Resource.Function(
                                schema, mention.name().last().name(), FunctionClass.USER_DEFINED));
                // One of a library runs as the server itself.
                if (ddl.routine() != null && ddl.routine().opaque()) {
                    walk.admin("library", "*");
                    return true;
                }
                return false;
            }
            case "database" -> {
                walk.account(mention.name());
                walk.accesses.add(
                        Action.DDL,
                        new Resource.Schema(walk.names.written(mention.name().last().name())));
                return false;
            }
            case "trigger" -> {
                trigger(mention);
                return false;
            }
            case "event" -> {
                walk.account(mention.name());
                String schema =
                        walk.names.written(
                                walk.names.schemaOf(mention.name(), walk.context.schema()));
                walk.accesses.add(
                        Action.DDL,
                        new Resource.Other("event", schema, mention.name().last().name()));
                return false;
            }
            // Its table is mentioned besides.
            case "index" -> {
                walk.account(mention.name());
                return false;
            }
            case String other -> {
                walk.account(mention.name());
                walk.admin(other, mention.name().toString());
                return true;
            }
        }
    }

    private void relation(Statement.Ddl ddl, Mention mention) {
        switch (mention.use()) {
            case CREATED ->
                    created(
                            mention.name(),
                            ddl.objectType().equals("sequence")
                                    ? RelationKind.SEQUENCE
                                    : RelationKind.TABLE);
            case ALTERED, DROPPED ->
                    walk.accesses.add(Action.DDL, walk.relations.named(mention.name()).resource());
            // LIKE, a foreign key, a table of MERGE: what is asked of it later is answered from it.
            case REFERENCED -> {
                Catalog.Relation relation = walk.relations.named(mention.name());
                Source source =
                        walk.relations.source(
                                relation,
                                relation.name(),
                                true,
                                mention,
                                "LIKE, a foreign key or MERGE");
                if (!mention.columns().isEmpty()) {
                    for (Identifier column : mention.columns()) {
                        var where =
                                new dev.sallyport.sql.ast.Expression.ColumnRef(
                                        List.of(column), column.span());
                        Column found = Source.named(source.columns(), column.name(), where);
                        if (found == null)
                            throw Refusal.unknown(
                                    "column " + column.name() + " is not known", mention);
                        found.flow().mark(Place.SOURCE);
                    }
                } else {
                    for (Column column : source.columns()) column.flow().mark(Place.SOURCE);
                    // A table of MERGE hands changes on, too; nothing tells it from LIKE here.
                    walk.accesses.add(Action.DDL, relation.resource());
                }
            }
        }
    }

    /// Making, changing and dropping one changes what its table does.
    private void trigger(Mention mention) {
        walk.account(mention.name());
        String schema =
                walk.names.written(walk.names.schemaOf(mention.name(), walk.context.schema()));
        String name = mention.name().last().name();
        walk.accesses.add(Action.DDL, new Resource.Other("trigger", "", name));
        if (mention.use() != Use.DROPPED) return;
        Catalog.Relation table =
                walk.names.facts.triggers().get((schema + "." + name).toLowerCase(Locale.ROOT));
        if (table == null) throw Refusal.unknown("trigger " + name + " is not known", mention);
        walk.accesses.add(Action.DDL, table.resource());
    }

    private void expression(Statement.DdlExpression expression) {
        Level level = new Level(null, null);
        level.clause = Level.Clause.WHERE;
        QualifiedName name = expression.relation();
        Catalog.Relation relation = name == null ? null : existing(name);
        if (relation != null) {
            level.operands.add(
                    Operand.of(
                            walk.relations.source(
                                    relation,
                                    relation.name(),
                                    false,
                                    expression,
                                    "a table's definition")));
            walk.expressions.used(expression.expression(), level, Place.SOURCE);
        } else {
            open(expression);
        }
    }

    private Catalog.@Nullable Relation existing(QualifiedName name) {
        return walk.names.relation(
                walk.names.schemaOf(name, walk.context.schema()), name.last().name());
    }

    /// Of a table that doesn't exist yet: its columns are its own. What else it uses is found in
    /// the tree.
    private void open(Statement.DdlExpression expression) {
        var finder = new ArrayList<Record>();
        finder.add((Record) expression.expression());
        while (!finder.isEmpty()) {
            Record part = finder.removeLast();
            switch (part) {
                case Query query ->
                        throw Refusal.unsupported("a query in a table's definition", query);
                case dev.sallyport.sql.ast.Expression.ColumnRef column ->
                        walk.account(column.parts());
                case dev.sallyport.sql.ast.Expression.FunctionCall call ->
                        walk.expressions.called(call);
                case dev.sallyport.sql.ast.Expression.SequenceValue value -> {
                    var _ = walk.expressions.resolve(value, new Level(null, null));
                }
                // Whose value it is depends on who adds a row.
                case dev.sallyport.sql.ast.Expression.OfMySql variable ->
                        throw Refusal.unsupported("a variable in a table's definition", variable);
                default -> {
                    // It names nothing itself; its parts are looked at.
                }
            }
            dev.sallyport.sql.ast.Parts.forEach(part, finder::add);
        }
    }

    /// A trigger's OLD and NEW are rows of its table.
    private List<Operand> rows(Statement.Ddl ddl) {
        List<Operand> operands = new ArrayList<>();
        for (Mention mention : ddl.mentions())
            if (mention.type().equals("relation") && mention.use() == Use.ALTERED) {
                Catalog.Relation relation = walk.relations.named(mention.name());
                for (String row : List.of("old", "new")) {
                    Source source =
                            walk.relations.source(relation, row, false, mention, "a trigger");
                    // They are never named without OLD or NEW.
                    operands.add(
                            new Operand(
                                    List.of(new Source(row, null, null, source.columns())),
                                    List.of(),
                                    true));
                }
            }
        return operands;
    }

    private void embedded(Statement inner) {
        switch (inner) {
            case Query query -> {
                for (Output output : walk.queries.resolve(query, null, null))
                    output.flow().mark(Place.SOURCE);
                walk.effects.add(Effect.DATA);
            }
            case MySqlStatement.Compound compound -> {
                if (!rows.isEmpty()) {
                    triggerBody(compound);
                    return;
                }
                statements.compound(compound, compound.variables());
            }
            case Statement other -> statements.inner(other);
        }
    }

    /// Names of OLD and NEW stand in queries of the body, too: as in the server, they are rows of a
    /// level outside of every statement.
    private void triggerBody(MySqlStatement.Compound compound) {
        Level outside = new Level(null, null);
        outside.operands.addAll(rows);
        outside.clause = Level.Clause.WHERE;
        walk.outside = outside;
        statements.compound(compound, compound.variables());
        walk.outside = null;
    }
}
