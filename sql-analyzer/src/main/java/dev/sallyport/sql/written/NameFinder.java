package dev.sallyport.sql.written;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.Parts;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.resolve.StatementResolver;
import dev.sallyport.sql.written.WrittenStatement.Use;
import dev.sallyport.sql.written.WrittenStatement.WrittenFunction;
import dev.sallyport.sql.written.WrittenStatement.WrittenObject;
import dev.sallyport.sql.written.WrittenStatement.WrittenRelation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Walks one statement's tree. The walk itself is {@link Parts}, which cannot forget a part; what a
/// record names is said here, and `WrittenNamesTest` fails for a record with a name that nobody
/// decided about. One statement.
final class NameFinder {
    /// Settings that decide how the session's later texts are cut.
    private static final Set<String> LEXING =
            Set.of("standard_conforming_strings", "client_encoding");

    /// The same of MySQL and MariaDB; whatever they are set to.
    private static final Set<String> MYSQL_LEXING =
            Set.of("sql_mode", "names", "character set", "character_set_client");

    /// What the server takes for true, and for the encoding that is read here.
    private static final Set<String> AS_ASSUMED =
            Set.of("on", "true", "yes", "1", "t", "y", "utf8", "utf-8", "unicode", "");

    private final Set<WrittenRelation> relations = new LinkedHashSet<>();

    /// The tables that MySQL's UPDATE and DELETE name among those they join, and write.
    private final Set<Relation.Table> written = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Set<WrittenFunction> functions = new LinkedHashSet<>();
    private final Set<WrittenObject> objects = new LinkedHashSet<>();
    private boolean changesLexing;

    /// Whether WITH RECURSIVE lets a query name a later one, as PostgreSQL and MariaDB do and MySQL
    /// doesn't.
    private final boolean forwardReferences;

    private final boolean mySql;

    NameFinder(boolean mySql, boolean forwardReferences) {
        this.mySql = mySql;
        this.forwardReferences = forwardReferences;
    }

    /// A part still to be walked, and the common table expressions that it sees.
    private record Step(Record part, Set<String> ctes) {}

    /// A stack of our own: operators, joins and UNIONs lean left as far as they are long.
    private final Deque<Step> toDo = new ArrayDeque<>();

    WrittenStatement find(Statement statement, Span span) {
        toDo.push(new Step((Record) statement, Set.of()));
        while (!toDo.isEmpty()) {
            Step step = toDo.pop();
            walk(step.part, step.ctes);
        }
        return new WrittenStatement(
                kind(statement),
                span,
                List.copyOf(relations),
                List.copyOf(functions),
                List.copyOf(objects),
                changesLexing,
                statement instanceof Statement.Copy copy
                        && copy.from()
                        && copy.endpoint() == Statement.Endpoint.CLIENT);
    }

    private void walk(Record part, Set<String> ctes) {
        Set<String> scope = ctes;
        List<Step> inside = new ArrayList<>();
        if (part instanceof Statement.Preparable preparable && preparable.with() != null)
            scope = with(preparable.with(), ctes, inside);
        if (part instanceof Statement.CreateView view && view.recursive())
            scope = plus(ctes, view.name().last());
        names(part, scope);
        // What it locks has been said, and isn't written like other targets.
        if (part instanceof Statement.Lock) return;
        Set<String> visible = scope;
        Parts.forEach(
                part,
                inner -> {
                    if (!(inner instanceof With)) inside.add(new Step(inner, visible));
                });
        for (Step step : inside.reversed()) toDo.push(step);
    }

    /// The scope behind a WITH clause; each of its queries sees what RECURSIVE or its place allows.
    private Set<String> with(With with, Set<String> ctes, List<Step> inside) {
        Set<String> scope = new HashSet<>(ctes);
        if (with.recursive() && forwardReferences)
            for (With.CommonTable table : with.tables()) scope.add(table.name().name());
        for (With.CommonTable table : with.tables()) {
            if (with.recursive()) scope.add(table.name().name());
            inside.add(new Step(table, Set.copyOf(scope)));
            scope.add(table.name().name());
        }
        return scope;
    }

    private static Set<String> plus(Set<String> ctes, Identifier name) {
        Set<String> scope = new HashSet<>(ctes);
        scope.add(name.name());
        return scope;
    }

    // ---------------------------------------------------------------- what a record names

    private void names(Record part, Set<String> ctes) {
        switch (part) {
            case Statement statement -> statement(statement);
            case Relation.Table table -> {
                boolean cte =
                        table.name().parts().size() == 1
                                && ctes.contains(table.name().last().name());
                if (!cte && !written.contains(table)) relation(table.name(), Use.READ);
            }
            case Relation.Sample sample -> function(sample.method(), true);
            case Query.IntoTable into -> relation(into.name(), Use.WRITE);
            case Statement.Target target -> relation(target.name(), Use.WRITE);
            case Statement.Mention mention -> mention(mention);
            case Expression.FunctionCall call -> {
                function(call.name(), true);
                if (call.name().last().name().equals("set_config")) setConfig(call);
            }
            case Expression.SystemVariable variable -> object("setting", variable.name(), Use.READ);
            case Expression.SequenceValue value ->
                    relation(value.sequence(), value.changes() ? Use.WRITE : Use.READ);
            case MySqlStatement.VariableSetting setting -> variable(setting);
            case MySqlStatement.LockedTable table ->
                    relation(table.name(), table.write() ? Use.WRITE : Use.READ);
            case Expression.Like like -> {
                // MySQL's ESCAPE calls nothing.
                if (mySql) break;
                if (like.kind() == Expression.LikeKind.SIMILAR_TO) like("similar_to_escape");
                else if (like.escape() != null) like("like_escape");
            }
            default -> {
                // Names nothing itself; its parts are walked.
            }
        }
    }

    /// What a statement names besides its parts.
    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Copy copy -> {
                if (copy.table() != null)
                    relation(copy.table(), copy.from() ? Use.WRITE : Use.READ);
                switch (copy.endpoint()) {
                    case CLIENT -> {}
                    case FILE -> object("server file", copy.from() ? Use.READ : Use.WRITE);
                    case PROGRAM -> object("server program", Use.WRITE);
                }
            }
            case Statement.CreateView view -> relation(view.name(), Use.WRITE);
            case Statement.CreateTableAs table -> relation(table.name(), Use.WRITE);
            case Statement.Lock lock -> {
                boolean weak =
                        lock.mode().equals("access share") || lock.mode().equals("row share");
                for (Statement.Target target : lock.relations())
                    relation(target.name(), weak ? Use.READ : Use.WRITE);
            }
            case Statement.Maintenance maintenance -> maintenance(maintenance);
            case Statement.Transaction transaction -> {
                for (QualifiedName constraint : transaction.constraints())
                    objects.add(
                            new WrittenObject(
                                    "constraint", WrittenStatement.parts(constraint), Use.READ));
            }
            case Statement.SetParameter set -> {
                object("setting", set.name(), Use.WRITE);
                if (LEXING.contains(set.name())) {
                    changesLexing |= set.values().size() > 1;
                    for (Expression value : set.values()) changesLexing |= !isAsAssumed(value);
                }
            }
            case Statement.ResetParameter reset ->
                    object("setting", reset.name() == null ? "*" : reset.name(), Use.WRITE);
            case Statement.ShowParameter show ->
                    object("setting", show.name() == null ? "*" : show.name(), Use.READ);
            case Statement.Discard _ -> object("setting", "*", Use.WRITE);
            case Statement.Listen listen -> object("channel", listen.channel().name(), Use.READ);
            case Statement.Notify notify -> object("channel", notify.channel().name(), Use.WRITE);
            case Statement.Unlisten unlisten -> {
                Identifier channel = unlisten.channel();
                object("channel", channel == null ? "*" : channel.name(), Use.READ);
            }
            case Statement.Do code -> {
                Identifier language = code.language();
                object("code block", language == null ? "plpgsql" : language.name(), Use.WRITE);
            }
            case Statement.Load _ -> object("library", Use.WRITE);
            case Statement.Prepare prepare ->
                    object("prepared statement", prepare.name().name(), Use.WRITE);
            case Statement.Execute execute ->
                    object("prepared statement", execute.name().name(), Use.READ);
            case Statement.Deallocate deallocate -> {
                Identifier name = deallocate.name();
                object("prepared statement", name == null ? "*" : name.name(), Use.WRITE);
            }
            case Statement.DeclareCursor declare ->
                    object("cursor", declare.name().name(), Use.WRITE);
            case Statement.Fetch fetch -> object("cursor", fetch.cursor().name(), Use.READ);
            case Statement.CloseCursor close -> {
                Identifier cursor = close.cursor();
                object("cursor", cursor == null ? "*" : cursor.name(), Use.WRITE);
            }
            case Statement.Ddl ddl -> {
                for (String setting : ddl.settings()) object("setting", setting, Use.WRITE);
            }
            case MySqlStatement other -> mySql(other);
            // Their parts say it all.
            case Query _,
                    Statement.Insert _,
                    Statement.Update _,
                    Statement.Delete _,
                    Statement.Merge _,
                    Statement.Explain _,
                    Statement.Truncate _,
                    Statement.Call _ -> {}
        }
    }

    /// What only MySQL and MariaDB have.
    private void mySql(MySqlStatement statement) {
        switch (statement) {
            case MySqlStatement.Update update -> written(update);
            case MySqlStatement.Delete delete -> written(delete);
            case MySqlStatement.SelectInto into -> {
                if (into.file() != null) object("server file", Use.WRITE);
            }
            case MySqlStatement.LoadData load ->
                    object(load.local() ? "client file" : "server file", Use.READ);
            case MySqlStatement.Handler handler -> relation(handler.name(), Use.READ);
            case MySqlStatement.Show show -> object("show", show.what(), Use.READ);
            case MySqlStatement.Use use -> object("database", use.database().name(), Use.READ);
            case MySqlStatement.Prepared prepared -> {
                Identifier name = prepared.name();
                if (name != null) object("prepared statement", name.name(), Use.WRITE);
                if (prepared.statement() == null) object("dynamic statement", Use.WRITE);
            }
            case MySqlStatement.Command command -> object("command", command.command(), Use.WRITE);
            case MySqlStatement.Insert _,
                    MySqlStatement.Evaluate _,
                    MySqlStatement.SetVariables _,
                    MySqlStatement.SetStatement _,
                    MySqlStatement.Xa _,
                    MySqlStatement.LockTables _,
                    MySqlStatement.Compound _ -> {}
        }
    }

    /// The tables that are assigned to: those whose name stands before a column; all of them when
    /// one is written without.
    private void written(MySqlStatement.Update update) {
        List<Relation.Table> tables = new ArrayList<>();
        for (Relation relation : update.tables()) tables(relation, tables);
        for (MySqlStatement.ColumnAssignment assignment : update.assignments()) {
            List<Identifier> column = assignment.column().parts();
            Identifier qualifier = column.size() < 2 ? null : column.get(column.size() - 2);
            for (Relation.Table table : tables)
                if (qualifier == null || isCalled(table, qualifier)) writes(table);
        }
    }

    private void written(MySqlStatement.Delete delete) {
        List<Relation.Table> tables = new ArrayList<>();
        for (Relation relation : delete.from()) tables(relation, tables);
        for (QualifiedName target : delete.targets()) {
            boolean found = false;
            for (Relation.Table table : tables)
                if (isCalled(table, target.last())) {
                    writes(table);
                    found = true;
                }
            if (!found) relation(target, Use.WRITE);
        }
    }

    private void writes(Relation.Table table) {
        written.add(table);
        relation(table.name(), Use.WRITE);
    }

    /// Case is not looked at: whether it matters is the server's setting, and one table too many is
    /// the better answer.
    private static boolean isCalled(Relation.Table table, Identifier name) {
        Identifier called = table.alias() == null ? table.name().last() : table.alias().name();
        return called.name().equalsIgnoreCase(name.name());
    }

    private static void tables(Relation relation, List<Relation.Table> tables) {
        Relation at = relation;
        while (at instanceof Relation.Join join) {
            tables(join.right(), tables);
            at = join.left();
        }
        if (at instanceof Relation.Table table) tables.add(table);
        if (at instanceof Relation.Versioned versioned) tables.add(versioned.table());
    }

    private void variable(MySqlStatement.VariableSetting setting) {
        switch (setting.kind()) {
            case SYSTEM -> {
                object("setting", setting.name(), Use.WRITE);
                changesLexing |= MYSQL_LEXING.contains(setting.name());
            }
            case USER, LOCAL -> {}
        }
    }

    private void maintenance(Statement.Maintenance maintenance) {
        if (maintenance.index() != null) object("index", maintenance.index().name(), Use.WRITE);
        if (maintenance.targets().isEmpty()) object("database", Use.WRITE);
        for (Statement.MaintenanceTarget target : maintenance.targets()) {
            boolean relation =
                    !Set.of("schema", "database", "system").contains(maintenance.object());
            if (relation) relation(target.name(), Use.WRITE);
            else
                objects.add(
                        new WrittenObject(
                                maintenance.object(),
                                WrittenStatement.parts(target.name()),
                                Use.WRITE));
        }
    }

    private void mention(Statement.Mention mention) {
        Use use =
                switch (mention.use()) {
                    case CREATED, ALTERED, DROPPED -> Use.WRITE;
                    case REFERENCED -> Use.READ;
                };
        switch (mention.type()) {
            case "relation", "foreign relation" -> relation(mention.name(), use);
            case "function" -> function(mention.name(), false);
            case String type ->
                    objects.add(
                            new WrittenObject(type, WrittenStatement.parts(mention.name()), use));
        }
    }

    private void setConfig(Expression.FunctionCall call) {
        List<Expression.Argument> arguments = call.arguments();
        boolean plain = arguments.stream().allMatch(a -> a.name() == null && !a.variadic());
        String setting =
                plain && !arguments.isEmpty() ? string(arguments.getFirst().value()) : null;
        if (setting != null && !LEXING.contains(setting.toLowerCase(Locale.ROOT))) return;
        changesLexing |=
                setting == null || arguments.size() < 2 || !isAsAssumed(arguments.get(1).value());
    }

    private static boolean isAsAssumed(Expression value) {
        if (!(value instanceof Literal literal)) return false;
        return switch (literal.kind()) {
            case TRUE -> true;
            case STRING, INTEGER ->
                    AS_ASSUMED.contains(literal.text().strip().toLowerCase(Locale.ROOT));
            case FALSE, NULL, NUMERIC, BIT_STRING -> false;
        };
    }

    private static @Nullable String string(Expression value) {
        return value instanceof Literal literal && literal.kind() == LiteralKind.STRING
                ? literal.text()
                : null;
    }

    private void relation(QualifiedName name, Use use) {
        relations.add(new WrittenRelation(WrittenStatement.parts(name), use));
    }

    private void function(QualifiedName name, boolean called) {
        functions.add(new WrittenFunction(WrittenStatement.parts(name), called));
    }

    private void like(String function) {
        functions.add(new WrittenFunction(List.of("pg_catalog", function), true));
    }

    private void object(String type, Use use) {
        object(type, "*", use);
    }

    private void object(String type, String name, Use use) {
        objects.add(new WrittenObject(type, name.equals("*") ? List.of() : List.of(name), use));
    }

    // ---------------------------------------------------------------- kinds

    private static StatementKind kind(Statement statement) {
        return switch (statement) {
            case Query query -> creates(query) ? StatementKind.DDL : StatementKind.SELECT;
            case MySqlStatement other -> kind(other);
            case Statement.Insert _ -> StatementKind.INSERT;
            case Statement.Update _ -> StatementKind.UPDATE;
            case Statement.Delete _ -> StatementKind.DELETE;
            case Statement.Merge _ -> StatementKind.MERGE;
            case Statement.Explain _ -> StatementKind.EXPLAIN;
            case Statement.Copy copy ->
                    copy.from() ? StatementKind.COPY_IN : StatementKind.COPY_OUT;
            case Statement.Prepare _ -> StatementKind.PREPARE;
            case Statement.Execute _ -> StatementKind.EXECUTE;
            case Statement.Deallocate _ -> StatementKind.DEALLOCATE;
            case Statement.DeclareCursor _ -> StatementKind.DECLARE_CURSOR;
            case Statement.Fetch _ -> StatementKind.FETCH;
            case Statement.CloseCursor _ -> StatementKind.CLOSE_CURSOR;
            case Statement.CreateView _, Statement.CreateTableAs _ -> StatementKind.DDL;
            case Statement.Ddl ddl ->
                    StatementResolver.administers(ddl) ? StatementKind.ADMIN : StatementKind.DDL;
            case Statement.Transaction transaction ->
                    transaction.kind() == Statement.TransactionKind.SET_SESSION_MODES
                            ? StatementKind.SET
                            : StatementKind.TRANSACTION;
            case Statement.SetParameter _, Statement.ResetParameter _, Statement.Discard _ ->
                    StatementKind.SET;
            case Statement.ShowParameter _ -> StatementKind.SHOW;
            case Statement.Listen _, Statement.Unlisten _, Statement.Notify _ ->
                    StatementKind.LISTEN;
            case Statement.Lock _ -> StatementKind.LOCK;
            case Statement.Truncate _ -> StatementKind.TRUNCATE;
            case Statement.Call _ -> StatementKind.CALL;
            case Statement.Do _, Statement.Maintenance _, Statement.Load _ -> StatementKind.ADMIN;
        };
    }

    private static StatementKind kind(MySqlStatement statement) {
        return switch (statement) {
            case MySqlStatement.Insert _ -> StatementKind.INSERT;
            case MySqlStatement.Update _ -> StatementKind.UPDATE;
            case MySqlStatement.Delete _ -> StatementKind.DELETE;
            case MySqlStatement.LoadData _ -> StatementKind.COPY_IN;
            case MySqlStatement.SelectInto _, MySqlStatement.Evaluate _, MySqlStatement.Handler _ ->
                    StatementKind.SELECT;
            case MySqlStatement.SetVariables _, MySqlStatement.Use _ -> StatementKind.SET;
            case MySqlStatement.SetStatement set -> kind(set.statement());
            case MySqlStatement.Show _ -> StatementKind.SHOW;
            case MySqlStatement.Xa _ -> StatementKind.TRANSACTION;
            case MySqlStatement.LockTables _ -> StatementKind.LOCK;
            case MySqlStatement.Prepared prepared ->
                    prepared.name() == null ? StatementKind.EXECUTE : StatementKind.PREPARE;
            case MySqlStatement.Compound _ -> StatementKind.CALL;
            case MySqlStatement.Command _ -> StatementKind.ADMIN;
        };
    }

    /// SELECT INTO; the server takes it in the leftmost SELECT of a set operation.
    private static boolean creates(Query query) {
        Query leftmost = query;
        while (leftmost.body() instanceof Query.SetOperation operation) leftmost = operation.left();
        return leftmost.body() instanceof Query.Select select && select.into() != null;
    }
}
