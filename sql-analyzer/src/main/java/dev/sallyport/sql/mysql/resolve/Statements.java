package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.OutputColumn;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.MySqlStatement.VariableSetting;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.TransactionKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.RoutineKind;
import dev.sallyport.sql.catalog.Sought;
import dev.sallyport.sql.mysql.resolve.Level.Output;
import dev.sallyport.sql.mysql.resolve.Source.Column;
import dev.sallyport.sql.mysql.resolve.Source.Operand;
import dev.sallyport.sql.resolve.Accesses;
import dev.sallyport.sql.rewrite.References;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// From a statement of any kind to its footprint.
final class Statements {
    /// Character sets in which a text can be read safely: no quote hides in another character.
    private static final Set<String> SAFE_CHARACTER_SETS =
            Set.of("utf8", "utf8mb3", "utf8mb4", "ascii", "latin1", "binary");

    /// Settings that decide how the session's later texts are read.
    private static final Set<String> LEXING =
            Set.of("sql_mode", "names", "character set", "character_set_client");

    private final Walk walk;
    private final Definitions definitions;

    Statements(Walk walk) {
        this.walk = walk;
        this.definitions = new Definitions(walk, this);
    }

    /// @param outputs the columns of the result
    private record Outcome(StatementKind kind, List<OutputColumn> outputs) {
        static Outcome of(StatementKind kind) {
            return new Outcome(kind, List.of());
        }
    }

    Footprint footprint(Statement statement) {
        Outcome outcome = resolve(statement);
        return new Footprint(
                outcome.kind,
                walk.accesses.toList(),
                outcome.outputs,
                walk.effects,
                walk.sessionChanges,
                !walk.everyRow,
                Map.of());
    }

    /// A statement of a stored program or compound: what it returns goes to the client as well.
    void inner(Statement statement) {
        var _ = resolve(statement);
    }

    private static Level nowhere() {
        return new Level(null, null);
    }

    private Outcome resolve(Statement statement) {
        return switch (statement) {
            case Query query ->
                    new Outcome(
                            StatementKind.SELECT, output(walk.queries.resolve(query, null, null)));
            case MySqlStatement other -> mySql(other);
            case Statement.Explain explain -> explain(explain);
            case Statement.Execute execute -> {
                for (Expression argument : execute.arguments())
                    walk.expressions.used(argument, nowhere(), Place.PREDICATE);
                yield session(
                        StatementKind.EXECUTE, new SessionChange.Executes(name(execute.name())));
            }
            case Statement.Deallocate deallocate -> {
                Identifier name = deallocate.name();
                yield session(
                        StatementKind.DEALLOCATE,
                        name == null
                                ? new SessionChange.DeallocatesAll()
                                : new SessionChange.Deallocates(name(name)));
            }
            case Statement.CreateView view -> {
                definitions.view(view);
                yield Outcome.of(StatementKind.DDL);
            }
            case Statement.Transaction transaction -> transaction(transaction);
            case Statement.Truncate truncate -> {
                walk.effects.add(Effect.DATA);
                // It commits, and makes the table anew.
                walk.effects.add(Effect.TRANSACTION);
                for (Statement.Target target : truncate.relations())
                    walk.accesses.add(
                            Action.TRUNCATE, walk.relations.named(target.name()).resource());
                yield Outcome.of(StatementKind.TRUNCATE);
            }
            case Statement.Call call -> call(call);
            case Statement.Ddl ddl -> Outcome.of(definitions.resolve(ddl));
            case Statement.Insert other -> throw foreign(other);
            case Statement.Update other -> throw foreign(other);
            case Statement.Delete other -> throw foreign(other);
            case Statement.Merge other -> throw foreign(other);
            case Statement.Copy other -> throw foreign(other);
            case Statement.Prepare other -> throw foreign(other);
            case Statement.DeclareCursor other -> throw foreign(other);
            case Statement.Fetch other -> throw foreign(other);
            case Statement.CloseCursor other -> throw foreign(other);
            case Statement.CreateTableAs other -> throw foreign(other);
            case Statement.SetParameter other -> throw foreign(other);
            case Statement.ResetParameter other -> throw foreign(other);
            case Statement.ShowParameter other -> throw foreign(other);
            case Statement.Discard other -> throw foreign(other);
            case Statement.Listen other -> throw foreign(other);
            case Statement.Unlisten other -> throw foreign(other);
            case Statement.Notify other -> throw foreign(other);
            case Statement.Lock other -> throw foreign(other);
            case Statement.Do other -> throw foreign(other);
            case Statement.Maintenance other -> throw foreign(other);
            case Statement.Load other -> throw foreign(other);
        };
    }

    private static Refusal foreign(Node statement) {
        return Refusal.unsupported("this is PostgreSQL's syntax", statement);
    }

    private Outcome mySql(MySqlStatement statement) {
        return switch (statement) {
            case MySqlStatement.Insert insert ->
                    new Outcome(StatementKind.INSERT, output(walk.dml.insert(insert)));
            case MySqlStatement.Update update -> {
                walk.dml.update(update);
                yield Outcome.of(StatementKind.UPDATE);
            }
            case MySqlStatement.Delete delete ->
                    new Outcome(StatementKind.DELETE, output(walk.dml.delete(delete)));
            case MySqlStatement.LoadData load -> {
                walk.dml.load(load);
                yield Outcome.of(StatementKind.COPY_IN);
            }
            case MySqlStatement.SelectInto into -> selectInto(into);
            case MySqlStatement.Evaluate evaluate -> {
                for (Expression expression : evaluate.expressions())
                    walk.expressions.used(expression, nowhere(), Place.PREDICATE);
                yield Outcome.of(StatementKind.SELECT);
            }
            case MySqlStatement.Handler handler -> handler(handler);
            case MySqlStatement.SetVariables set -> {
                for (VariableSetting setting : set.settings()) setting(setting);
                yield Outcome.of(StatementKind.SET);
            }
            case MySqlStatement.SetStatement set -> {
                for (VariableSetting setting : set.settings()) setting(setting);
                yield resolve(set.statement());
            }
            case MySqlStatement.Show show -> show(show);
            case MySqlStatement.Use use -> {
                walk.account(use.database());
                if (walk.names.schema(use.database().name()) == null)
                    throw Refusal.unknown(
                            "database " + use.database().name() + " is not known", use);
                walk.effects.add(Effect.SESSION);
                walk.effects.add(Effect.NAME_RESOLUTION);
                yield Outcome.of(StatementKind.SET);
            }
            case MySqlStatement.Xa xa -> {
                walk.admin("command", "xa " + xa.verb());
                walk.effects.add(Effect.DATA);
                walk.effects.add(Effect.TRANSACTION);
                yield Outcome.of(StatementKind.TRANSACTION);
            }
            case MySqlStatement.LockTables lock -> {
                walk.effects.add(Effect.SESSION);
                walk.effects.add(Effect.TRANSACTION);
                for (MySqlStatement.LockedTable table : lock.tables()) {
                    if (table.alias() != null) walk.account(table.alias());
                    Catalog.Relation relation = walk.relations.named(table.name());
                    walk.name(relation, table.span(), relation.name(), null, null).unread = true;
                    walk.accesses.add(
                            table.write() ? Action.UPDATE : Action.SELECT, relation.resource());
                }
                // UNLOCK TABLES gives back what the session itself has, and may commit.
                yield Outcome.of(
                        lock.tables().isEmpty() ? StatementKind.TRANSACTION : StatementKind.LOCK);
            }
            case MySqlStatement.Prepared prepared -> prepared(prepared);
            case MySqlStatement.Compound compound -> {
                compound(compound, compound.variables());
                walk.effects.add(Effect.NAME_RESOLUTION);
                yield Outcome.of(StatementKind.CALL);
            }
            case MySqlStatement.Command command -> command(command);
        };
    }

    /// Prepared statements' names ignore case.
    private String name(Identifier identifier) {
        walk.account(identifier);
        for (int i = 0; i < identifier.name().length(); i++)
            if (identifier.name().charAt(i) >= 0x80)
                throw Refusal.unsupported("a prepared statement's name beyond ASCII", identifier);
        return Folding.lower(identifier.name());
    }

    private Outcome session(StatementKind kind, SessionChange change) {
        walk.effects.add(Effect.SESSION);
        walk.sessionChanges.add(change);
        return Outcome.of(kind);
    }

    /// The columns go to the client.
    private static List<OutputColumn> output(List<Output> columns) {
        for (Output column : columns) column.flow().mark(Place.OUTPUT);
        List<OutputColumn> outputs = new ArrayList<>(columns.size());
        for (Output column : columns)
            outputs.add(new OutputColumn(column.name(), Accesses.lineage(column.flow())));
        return outputs;
    }

    // ---------------------------------------------------------------- queries

    private Outcome explain(Statement.Explain explain) {
        Outcome inner = resolve(explain.statement());
        walk.explained = new References.Explain(explain.analyze(), explain.span(), -1, false);
        if (!explain.analyze()) {
            walk.effects.clear();
            walk.effects.addAll(walk.functionEffects);
        }
        var _ = inner;
        return new Outcome(StatementKind.EXPLAIN, List.of(new OutputColumn("EXPLAIN", List.of())));
    }

    private Outcome selectInto(MySqlStatement.SelectInto into) {
        List<OutputColumn> outputs = output(walk.queries.resolve(into.query(), null, null));
        if (into.file() != null) walk.admin("server file", "*");
        for (Expression variable : into.variables())
            switch (variable) {
                case Expression.UserVariable user -> {
                    var _ = walk.expressions.resolve(user, nowhere());
                    walk.effects.add(Effect.SESSION);
                }
                // Of a stored program.
                case Expression.ColumnRef local -> walk.account(local.parts());
                default -> throw Refusal.unsupported("INTO of no variable", variable);
            }
        return new Outcome(StatementKind.SELECT, into.file() == null ? List.of() : outputs);
    }

    /// A handle shows any row, by itself; what READ asks for isn't bound to the table's name.
    private Outcome handler(MySqlStatement.Handler handler) {
        if (handler.where() != null)
            throw Refusal.unsupported("HANDLER ... READ with a condition: use SELECT", handler);
        for (Expression key : handler.keys())
            walk.expressions.used(key, nowhere(), Place.PREDICATE);
        for (Expression limit : handler.limits())
            walk.expressions.used(limit, nowhere(), Place.PREDICATE);
        if (handler.index() != null) walk.account(handler.index());
        return switch (handler.kind()) {
            case OPEN -> {
                Catalog.Relation relation = walk.relations.named(handler.name());
                if (relation.view() != null)
                    throw Refusal.unsupported("HANDLER of a view", handler);
                Identifier alias = handler.alias();
                if (alias != null) walk.account(alias);
                Source source =
                        walk.relations.source(relation, relation.name(), true, handler, "HANDLER");
                for (Column column : source.columns()) column.flow().mark(Place.OUTPUT);
                String name = alias == null ? relation.name() : alias.name();
                var query =
                        new Footprint(
                                StatementKind.SELECT,
                                walk.accesses.toList(),
                                List.of(),
                                Set.of(),
                                List.of(),
                                true,
                                Map.of());
                yield session(
                        StatementKind.DECLARE_CURSOR,
                        new SessionChange.DeclaresCursor(handle(name), query));
            }
            case READ -> {
                walk.account(handler.name());
                yield session(
                        StatementKind.FETCH,
                        new SessionChange.UsesCursor(handle(handler.name().last().name())));
            }
            case CLOSE -> {
                walk.account(handler.name());
                yield session(
                        StatementKind.CLOSE_CURSOR,
                        new SessionChange.ClosesCursor(handle(handler.name().last().name())));
            }
        };
    }

    /// Handles' names ignore case; no portal of the protocol is called so.
    private static String handle(String name) {
        return "handler " + Folding.lower(name);
    }

    // ---------------------------------------------------------------- SET

    private void setting(VariableSetting setting) {
        Expression value = setting.value();
        switch (setting.kind()) {
            case USER -> {
                walk.expressions.variable();
                walk.effects.add(Effect.SESSION);
            }
            // Of a stored program.
            case LOCAL -> {}
            case SYSTEM -> system(setting);
        }
        // What is put into a variable can be asked for.
        walk.expressions.used(value, nowhere(), Place.OUTPUT);
    }

    private void system(VariableSetting setting) {
        String name = setting.name();
        walk.effects.add(Effect.SESSION);
        if (name.startsWith("session_track"))
            throw Refusal.unsupported("the gateway follows the session by this setting", setting);
        if (name.equals("role")) {
            walk.accesses.add(Action.ADMIN, new Resource.Other("role", "", "*"));
            walk.effects.add(Effect.NAME_RESOLUTION);
            return;
        }
        if (LEXING.contains(name)) {
            walk.effects.add(Effect.NAME_RESOLUTION);
            checkReadable(setting);
        }
        boolean others = setting.scope().equals("global") || setting.scope().startsWith("persist");
        if (others) walk.effects.add(Effect.OUTSIDE);
        walk.accesses.add(others ? Action.ADMIN : Action.SESSION, new Resource.Setting(name));
    }

    /// What would leave the session with texts that nobody can read is refused at once.
    private void checkReadable(VariableSetting setting) {
        if (!(setting.value() instanceof Expression.Literal literal)) return;
        if (setting.name().equals("sql_mode")) {
            if (literal.kind() == Expression.LiteralKind.STRING
                    && walk.context.dialect().withSqlMode(literal.text()).isEmpty())
                throw Refusal.unsupported("an sql_mode that is not understood", setting);
        } else if (!SAFE_CHARACTER_SETS.contains(literal.text().toLowerCase(Locale.ROOT))) {
            throw Refusal.unsupported(
                    "texts in this character set can't be read safely: use utf8mb4", setting);
        }
    }

    // ---------------------------------------------------------------- SHOW

    /// As if the table of information_schema were read that says the same.
    private Outcome show(MySqlStatement.Show show) {
        for (Statement.Mention mention : show.mentions()) {
            walk.account(mention.name());
            if (mention.type().equals("relation"))
                walk.names.known(mention.name(), walk.context.schema());
        }
        String what = show.what();
        switch (what) {
            case "variables" -> walk.accesses.add(Action.SESSION, new Resource.Setting("*"));
            case "warnings", "errors", "help", "profile", "profiles" -> {
                // Of the session itself, or of the manual.
            }
            case "tables", "table status", "open tables" -> catalog("tables");
            case "create table", "create view", "create sequence" -> {
                catalog("tables");
                catalog("columns");
            }
            case "databases", "schemas", "create database", "create schema" -> catalog("schemata");
            case "columns" -> catalog("columns");
            case "index" -> catalog("statistics");
            case "triggers", "create trigger" -> catalog("triggers");
            case "events", "create event" -> catalog("events");
            case "procedure status",
                    "function status",
                    "create procedure",
                    "create function",
                    "package status",
                    "package body status" ->
                    catalog("routines");
            case "status" -> catalog("session_status");
            case "engines", "storage engines" -> catalog("engines");
            case "character set", "charset" -> catalog("character_sets");
            case "collation" -> catalog("collations");
            case "plugins" -> catalog("plugins");
            case "grants", "privileges" -> catalog("user_privileges");
            case "processlist" -> catalog("processlist");
            case String other -> walk.admin("command", "show " + other);
        }
        if (show.where() != null) {
            Level level = nowhere();
            // Its columns are those of SHOW's own result, which tells nothing else.
            level.operands.add(
                    Operand.of(
                            new Source(
                                    "",
                                    null,
                                    null,
                                    SHOWN.stream()
                                            .map(name ->
                                                    new Column(
                                                            name,
                                                            () ->
                                                                    dev.sallyport.sql.resolve.Flow
                                                                            .NONE,
                                                            false))
                                            .toList())));
            level.clause = Level.Clause.WHERE;
            walk.expressions.used(show.where(), level, Place.PREDICATE);
        }
        return Outcome.of(StatementKind.SHOW);
    }

    /// Names of the columns that SHOW's results have, beside `Tables_in_...`.
    private static final List<String> SHOWN =
            List.of(
                    "variable_name",
                    "value",
                    "field",
                    "type",
                    "null",
                    "key",
                    "default",
                    "extra",
                    "table",
                    "non_unique",
                    "key_name",
                    "column_name",
                    "index_type",
                    "name",
                    "engine",
                    "table_type",
                    "database",
                    "db",
                    "charset",
                    "collation",
                    "event",
                    "trigger",
                    "support",
                    "status");

    private void catalog(String table) {
        walk.accesses.add(
                Action.SELECT,
                new Resource.Relation("information_schema", table, Resource.RelationKind.VIEW));
    }

    // ---------------------------------------------------------------- prepared texts and programs

    private Outcome prepared(MySqlStatement.Prepared prepared) {
        for (Expression argument : prepared.arguments())
            walk.expressions.used(argument, nowhere(), Place.PREDICATE);
        Statement statement = prepared.statement();
        if (statement == null)
            throw Refusal.unsupported(
                    "a statement whose text is known only when it runs: prepare it from a literal,"
                            + " or by the protocol",
                    prepared);
        var accounted = new BitSet();
        walk.prepared.add(accounted);
        Walk inside = walk.nested(walk.context, "", accounted);
        Footprint inner = new Statements(inside).footprint(statement);
        walk.include(inside);
        Identifier name = prepared.name();
        if (name == null) {
            walk.effects.addAll(inner.effects());
            walk.sessionChanges.addAll(inner.sessionChanges());
            return new Outcome(StatementKind.EXECUTE, inner.outputs());
        }
        return session(StatementKind.PREPARE, new SessionChange.Prepares(name(name), inner));
    }

    private Outcome call(Statement.Call call) {
        Expression.FunctionCall function = call.call();
        walk.account(function.name());
        List<Identifier> parts = function.name().parts();
        if (parts.size() > 2) throw Refusal.unsupported("a procedure of a package", call);
        String schema = parts.size() == 2 ? parts.getFirst().name() : walk.context.schema();
        boolean known = false;
        for (Catalog.Routine routine : walk.names.routines(schema, parts.getLast().name()))
            if (routine.kind() == RoutineKind.PROCEDURE) {
                walk.expressions.calls(Expressions.stored(routine));
                known = true;
            }
        if (!known)
            throw Refusal.unknown(
                    "procedure " + function.name() + " is not known",
                    call,
                    Set.of(new Sought.Routine(schema, Folding.lower(parts.getLast().name()))));
        for (Expression.Argument argument : function.arguments())
            walk.expressions.used(argument.value(), nowhere(), Place.OUTPUT);
        return Outcome.of(StatementKind.CALL);
    }

    /// Whatever its flow, each of its statements may run.
    void compound(MySqlStatement.Compound compound, List<Identifier> variables) {
        String in = walk.fixedIn;
        if (in == null) walk.fixedIn = "a compound statement";
        List<Identifier> before = walk.variables;
        List<Identifier> all = new ArrayList<>(before);
        all.addAll(variables);
        walk.account(variables);
        walk.variables = all;
        for (Statement statement : compound.statements()) inner(statement);
        walk.expressions.used(compound.expressions(), nowhere(), Place.OUTPUT);
        walk.variables = before;
        walk.fixedIn = in;
        // Names that it prepares or opens are gone by then, or not told apart.
        if (!walk.sessionChanges.isEmpty())
            throw Refusal.unsupported(
                    "a compound statement that prepares or executes others", compound);
    }

    // ---------------------------------------------------------------- the rest

    private Outcome transaction(Statement.Transaction transaction) {
        walk.effects.add(Effect.TRANSACTION);
        if (transaction.name() != null) walk.account(transaction.name());
        boolean session = transaction.kind() == TransactionKind.SET_SESSION_MODES;
        if (session) walk.effects.add(Effect.SESSION);
        return Outcome.of(session ? StatementKind.SET : StatementKind.TRANSACTION);
    }

    private Outcome command(MySqlStatement.Command command) {
        for (Statement.Mention mention : command.mentions()) {
            walk.account(mention.columns());
            if (mention.type().equals("relation"))
                walk.accesses.add(Action.DDL, walk.relations.named(mention.name()).resource());
            else {
                walk.account(mention.name());
                walk.admin(mention.type(), mention.name().toString());
            }
        }
        walk.expressions.used(command.expressions(), nowhere(), Place.OUTPUT);
        walk.effects.add(Effect.DATA);
        walk.admin("command", command.command());
        return Outcome.of(StatementKind.ADMIN);
    }
}
