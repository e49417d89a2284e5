package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.OutputColumn;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.TransactionKind;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.resolve.Accesses.Entry;
import dev.sallyport.sql.resolve.Value.Field;
import dev.sallyport.sql.rewrite.References;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From a statement of any kind to its footprint.
final class Statements {
    private final Names names;
    private final List<String> path;
    private final Findings findings;
    private final Relations relations;
    private final Resolver resolver;

    Statements(
            Names names,
            List<String> path,
            Findings findings,
            Relations relations,
            Resolver resolver) {
        this.names = names;
        this.path = path;
        this.findings = findings;
        this.relations = relations;
        this.resolver = resolver;
    }

    /// @param outputs the columns of the result
    private record Outcome(StatementKind kind, List<OutputColumn> outputs) {
        static Outcome of(StatementKind kind) {
            return new Outcome(kind, List.of());
        }
    }

    Footprint footprint(Statement statement) {
        Outcome outcome = resolve(statement, Scope.empty());
        List<Access> accesses = findings.accesses.toList();
        return new Footprint(
                outcome.kind,
                accesses,
                outcome.outputs,
                findings.effects,
                findings.sessionChanges,
                !resolver.dml().everyRow(),
                kin(accesses));
    }

    private Map<Resource.Relation, Kin> kin(List<Access> accesses) {
        Map<Resource.Relation, Kin> all = new HashMap<>(0);
        Set<Resource.Relation> inside = new HashSet<>(0);
        for (Access access : accesses)
            if (access.resource() instanceof Resource.Relation resource) {
                // A view's own text, or a foreign key, names it too.
                if (access.via().isPresent()) inside.add(resource);
                if (all.containsKey(resource)) continue;
                Catalog.Relation relation =
                        names.catalog.relation(resource.schema(), resource.name());
                if (relation != null && !relation.kin().isNone()) all.put(resource, relation.kin());
            }
        all.replaceAll((resource, kin) -> {
            Catalog.Relation relation = names.catalog.relation(resource.schema(), resource.name());
            return relation != null && findings.isAlone(relation) && !inside.contains(resource)
                    ? new Kin(kin.above(), List.of())
                    : kin;
        });
        return all;
    }

    /// A statement inside another one, as a rule's action: what it touches counts, what it returns
    /// doesn't.
    void inner(Statement statement, Scope scope) {
        resolve(statement, scope);
    }

    private Outcome resolve(Statement statement, Scope scope) {
        return switch (statement) {
            case Query query -> query(query, scope);
            case Statement.Insert insert -> dml(StatementKind.INSERT, insert, scope);
            case Statement.Update update -> dml(StatementKind.UPDATE, update, scope);
            case Statement.Delete delete -> dml(StatementKind.DELETE, delete, scope);
            case Statement.Merge merge -> dml(StatementKind.MERGE, merge, scope);
            case Statement.Explain explain -> explain(explain, scope);
            case Statement.OfMySql other -> throw Refusal.ofMySql(other);
            case Statement.Copy copy -> copy(copy);
            case Statement.Prepare prepare -> prepare(prepare);
            case Statement.Execute execute -> execute(execute);
            case Statement.Deallocate deallocate -> {
                Identifier name = deallocate.name();
                yield session(
                        StatementKind.DEALLOCATE,
                        name == null
                                ? new SessionChange.DeallocatesAll()
                                : new SessionChange.Deallocates(account(name)));
            }
            case Statement.DeclareCursor declare -> declare(declare);
            case Statement.Fetch fetch ->
                    session(
                            StatementKind.FETCH,
                            new SessionChange.UsesCursor(account(fetch.cursor())));
            case Statement.CloseCursor close -> {
                Identifier cursor = close.cursor();
                yield session(
                        StatementKind.CLOSE_CURSOR,
                        cursor == null
                                ? new SessionChange.ClosesAllCursors()
                                : new SessionChange.ClosesCursor(account(cursor)));
            }
            case Statement.CreateView view -> createView(view);
            case Statement.CreateTableAs table -> createTableAs(table);
            case Statement.Transaction transaction -> transaction(transaction);
            case Statement.SetParameter set -> set(set);
            case Statement.ResetParameter reset -> reset(reset.name());
            case Statement.ShowParameter show -> show(show.name());
            case Statement.Discard discard -> discard(discard);
            case Statement.Listen listen -> channel(listen.channel(), Set.of(Effect.SESSION));
            case Statement.Unlisten unlisten -> channel(unlisten.channel(), Set.of(Effect.SESSION));
            case Statement.Notify notify -> channel(notify.channel(), Set.of(Effect.OUTSIDE));
            case Statement.Lock lock -> lock(lock);
            case Statement.Truncate truncate -> truncate(truncate);
            case Statement.Call call -> {
                Value value = resolver.expressions().resolve(call.call(), scope);
                value.flow().mark(Place.OUTPUT);
                yield Outcome.of(StatementKind.CALL);
            }
            case Statement.Do code -> {
                Identifier language = code.language();
                anything();
                yield admin("code block", language == null ? "plpgsql" : account(language));
            }
            case Statement.Maintenance maintenance -> maintenance(maintenance);
            case Statement.Load _ -> {
                anything();
                yield admin("library", "*");
            }
            case Statement.Ddl ddl -> Outcome.of(resolver.definitions().resolve(ddl));
        };
    }

    private String account(Identifier identifier) {
        findings.account(identifier);
        return identifier.name();
    }

    private Outcome session(StatementKind kind, SessionChange change) {
        findings.effects.add(Effect.SESSION);
        findings.sessionChanges.add(change);
        return Outcome.of(kind);
    }

    private Outcome admin(String type, String name) {
        findings.accesses.add(Action.ADMIN, new Resource.Other(type, "", name));
        findings.effects.add(Effect.OUTSIDE);
        return Outcome.of(StatementKind.ADMIN);
    }

    /// Code that is not seen through.
    private void anything() {
        findings.effects.addAll(Set.of(Effect.values()));
    }

    // ---------------------------------------------------------------- queries and DML

    private Outcome query(Query query, Scope scope) {
        Queries.Result result = resolver.queries().resolve(query, scope);
        if (creates(query)) {
            mark(result.columns(), Place.SOURCE);
            return Outcome.of(StatementKind.DDL);
        }
        return new Outcome(StatementKind.SELECT, output(result.columns()));
    }

    /// SELECT INTO; the server takes it in the leftmost SELECT of a set operation.
    private static boolean creates(Query query) {
        Query leftmost = query;
        while (leftmost.body() instanceof Query.SetOperation operation) leftmost = operation.left();
        return leftmost.body() instanceof Query.Select select && select.into() != null;
    }

    private Outcome dml(StatementKind kind, Statement.Preparable statement, Scope scope) {
        return new Outcome(kind, output(resolver.dml().resolve(statement, scope)));
    }

    private static void mark(List<Field> columns, Place place) {
        for (Field column : columns) column.flow().mark(place);
    }

    /// The columns go to the client.
    private static List<OutputColumn> output(List<Field> columns) {
        mark(columns, Place.OUTPUT);
        List<OutputColumn> outputs = new ArrayList<>(columns.size());
        for (Field column : columns)
            outputs.add(new OutputColumn(column.name(), Accesses.lineage(column.flow())));
        return outputs;
    }

    private Outcome explain(Statement.Explain explain, Scope scope) {
        findings.explain =
                new References.Explain(
                        explain.analyze(),
                        explain.head(),
                        explain.options().isEmpty() ? -1 : explain.options().getLast().span().end(),
                        explain.verbose());
        resolve(explain.statement(), scope);
        findings.sessionChanges.removeIf(SessionChange.DeclaresCursor.class::isInstance);
        if (!explain.analyze()) {
            findings.effects.clear();
            findings.effects.addAll(findings.functionEffects);
        }
        return new Outcome(
                StatementKind.EXPLAIN, List.of(new OutputColumn("QUERY PLAN", List.of())));
    }

    // ---------------------------------------------------------------- COPY

    private Outcome copy(Statement.Copy copy) {
        StatementKind kind = copy.from() ? StatementKind.COPY_IN : StatementKind.COPY_OUT;
        switch (copy.endpoint()) {
            case CLIENT -> {}
            case FILE -> admin("server file", "*");
            case PROGRAM -> admin("server program", "*");
        }
        List<Field> columns;
        List<OutputColumn> outputs = List.of();
        if (copy.query() != null) {
            columns = resolver.dml().resolve(copy.query(), Scope.empty());
            outputs = output(columns);
            copiedOut();
        } else if (copy.table() != null && !copy.from()) {
            Catalog.Relation relation = names.relation(copy.table());
            Referring referring =
                    findings.refer(relation, new Referring.Kind.CopyOut(copy.reference()));
            findings.named(relation, true);
            Source source =
                    relations.read(
                            relation, relation.name(), false, List.of(), referring, copy.table());
            columns = copy.columns().isEmpty() ? source.columns() : named(copy.columns(), source);
            outputs = output(columns);
            copiedOut();
        } else if (copy.table() != null) copyIn(copy, names.relation(copy.table()));
        else throw Refusal.unsupported("COPY of nothing", copy);
        findings.account(copy.forceColumns());
        return new Outcome(kind, outputs);
    }

    private List<Field> named(List<Identifier> columns, Source source) {
        List<Field> fields = new ArrayList<>(columns.size());
        for (Identifier column : columns) {
            Value value = source.column(account(column));
            if (value == null)
                throw Refusal.unknown("column " + column.name() + " is not known", column);
            fields.add(new Field(column.name(), value));
        }
        return fields;
    }

    /// Every relation that is read leaves in bulk.
    private void copiedOut() {
        for (Entry entry : List.copyOf(findings.accesses.entries()))
            if (entry.action == Action.SELECT)
                findings.accesses.add(Action.COPY_OUT, entry.resource, entry.via, entry.derived);
    }

    private void copyIn(Statement.Copy copy, Catalog.Relation relation) {
        resolver.dml().copyIn(relation, copy);
        findings.accesses.add(Action.COPY_IN, relation.resource());
        // The condition sees the rows that come in, not the table's.
        Scope scope = Scope.empty().inner();
        scope.sources.add(new Source.Open(relation.name()));
        resolver.expressions().used(copy.where(), scope, Place.PREDICATE);
    }

    // ---------------------------------------------------------------- named statements

    private Outcome prepare(Statement.Prepare prepare) {
        for (var type : prepare.types())
            if (!References.isHarmless(names.type(type))) findings.varying().tell();
        List<Long> types = new ArrayList<>();
        for (TypeName type : prepare.types()) types.add(names.type(type));
        Footprint inner = apart(prepare.statement(), types);
        if (findings.castsParameters && !prepare.types().isEmpty()) findings.varying().tell();
        return session(
                StatementKind.PREPARE, new SessionChange.Prepares(account(prepare.name()), inner));
    }

    private Outcome declare(Statement.DeclareCursor declare) {
        Footprint inner = apart(declare.query(), List.of());
        findings.effects.addAll(inner.effects());
        return session(
                StatementKind.DECLARE_CURSOR,
                new SessionChange.DeclaresCursor(account(declare.name()), inner));
    }

    /// The footprint of a statement that runs later; what it touches counts here too.
    ///
    /// @param parameters the types that it declares for them: it checks what it is given
    private Footprint apart(Statement statement, List<Long> parameters) {
        Findings inside = findings.nested(findings.accounted);
        Footprint inner = Resolver.footprint(statement, parameters, names.catalog, path, inside);
        if (!inner.hasWhere()) resolver.dml().innerEveryRow();
        for (Access access : inner.accesses()) {
            Entry entry =
                    findings.accesses.add(
                            access.action(), access.resource(), access.via().orElse(null), true);
            for (var column : access.columns())
                for (Place place : column.places()) entry.column(column.column()).mark(place);
        }
        findings.references.addAll(inside.references);
        findings.varying.addAll(inside.varying);
        findings.castsParameters |= inside.castsParameters;
        findings.functionEffects.addAll(inside.functionEffects);
        findings.sessionChanges.addAll(inner.sessionChanges());
        return inner;
    }

    private Outcome execute(Statement.Execute execute) {
        for (Expression argument : execute.arguments())
            resolver.expressions().used(argument, Scope.empty(), Place.PREDICATE);
        return session(StatementKind.EXECUTE, new SessionChange.Executes(account(execute.name())));
    }

    // ---------------------------------------------------------------- CREATE ... AS

    private Outcome createView(Statement.CreateView view) {
        int first = findings.references.size();
        findings.account(view.columns());
        Queries.Result result;
        if (view.recursive()) {
            With.CommonTable table =
                    new With.CommonTable(
                            view.name().last(),
                            view.columns(),
                            null,
                            view.query(),
                            null,
                            null,
                            view.span());
            With with = new With(true, List.of(table), view.span());
            Scope scope = resolver.queries().with(with, Scope.empty().inner());
            Scope.CommonTableState state = scope.commonTable(view.name().last().name());
            if (state == null) throw new IllegalStateException("no CTE");
            result = new Queries.Result(resolver.queries().columnsOf(state), List.of());
        } else result = resolver.queries().resolve(view.query(), Scope.empty());
        mark(result.columns(), Place.SOURCE);
        findings.fixReferences(first, "a view's definition");
        resolver.definitions()
                .created(
                        view.materialized() ? "materialized view" : "view",
                        view.name(),
                        view.temporary());
        NewSchema schema = names.newSchema();
        if (schema != null)
            schema.view(
                    view.name().last().name(),
                    view.columns().stream().map(Identifier::name).toList(),
                    result.columns());
        return Outcome.of(StatementKind.DDL);
    }

    private Outcome createTableAs(Statement.CreateTableAs table) {
        findings.account(table.columns());
        switch (table.source()) {
            case Query query ->
                    mark(resolver.queries().resolve(query, Scope.empty()).columns(), Place.SOURCE);
            case Statement.Execute execute -> execute(execute);
            case Statement other ->
                    throw Refusal.unsupported("CREATE TABLE AS of this statement", other);
        }
        resolver.definitions().created("table", table.name(), table.temporary());
        return Outcome.of(StatementKind.DDL);
    }

    // ---------------------------------------------------------------- session and transaction

    private Outcome transaction(Statement.Transaction transaction) {
        findings.effects.add(Effect.TRANSACTION);
        if (transaction.name() != null) findings.account(transaction.name());
        for (var constraint : transaction.constraints()) findings.account(constraint);
        switch (transaction.kind()) {
            case BEGIN,
                    COMMIT,
                    ROLLBACK,
                    SAVEPOINT,
                    RELEASE,
                    ROLLBACK_TO,
                    SET_MODES,
                    SET_CONSTRAINTS -> {}
            case SET_SESSION_MODES -> findings.effects.add(Effect.SESSION);
            case PREPARE_TRANSACTION, COMMIT_PREPARED, ROLLBACK_PREPARED -> {
                findings.effects.add(Effect.DATA);
                findings.accesses.add(
                        Action.ADMIN, new Resource.Other("prepared transaction", "", "*"));
            }
        }
        return Outcome.of(
                transaction.kind() == TransactionKind.SET_SESSION_MODES
                        ? StatementKind.SET
                        : StatementKind.TRANSACTION);
    }

    private Outcome set(Statement.SetParameter set) {
        changesSetting(set.name());
        if (set.name().equals("role") || set.name().equals("session_authorization"))
            findings.accesses.add(Action.ADMIN, new Resource.Other("role", "", word(set)));
        else findings.accesses.add(Action.SESSION, new Resource.Setting(set.name()));
        return Outcome.of(StatementKind.SET);
    }

    /// A role's name as it was written; a literal is shown only where it is a name.
    private static String word(Statement.SetParameter set) {
        return set.values().size() == 1
                        && set.values().getFirst() instanceof Expression.Literal literal
                        && literal.text().matches("[A-Za-z_][A-Za-z0-9_$-]{0,62}")
                ? literal.text()
                : "*";
    }

    private void changesSetting(String name) {
        findings.effects.add(Effect.SESSION);
        if (Calls.changesMeaning(name)) findings.effects.add(Effect.NAME_RESOLUTION);
    }

    private Outcome reset(@Nullable String name) {
        String setting = name == null ? "*" : name;
        changesSetting(setting);
        findings.accesses.add(Action.SESSION, new Resource.Setting(setting));
        return Outcome.of(StatementKind.SET);
    }

    private Outcome show(@Nullable String name) {
        findings.accesses.add(Action.SESSION, new Resource.Setting(name == null ? "*" : name));
        List<OutputColumn> outputs =
                name == null
                        ? List.of(
                                new OutputColumn("name", List.of()),
                                new OutputColumn("setting", List.of()),
                                new OutputColumn("description", List.of()))
                        : List.of(new OutputColumn(name, List.of()));
        return new Outcome(StatementKind.SHOW, outputs);
    }

    private Outcome discard(Statement.Discard discard) {
        findings.effects.add(Effect.SESSION);
        switch (discard.kind()) {
            case ALL -> {
                findings.effects.addAll(Set.of(Effect.NAME_RESOLUTION, Effect.SCHEMA));
                findings.accesses.add(Action.SESSION, new Resource.Setting("*"));
                findings.sessionChanges.add(new SessionChange.DiscardsAll());
            }
            case TEMPORARY ->
                    findings.effects.addAll(Set.of(Effect.NAME_RESOLUTION, Effect.SCHEMA));
            case PLANS, SEQUENCES -> {}
        }
        return Outcome.of(StatementKind.SET);
    }

    private Outcome channel(@Nullable Identifier channel, Set<Effect> effects) {
        findings.effects.addAll(effects);
        findings.accesses.add(
                Action.SESSION,
                new Resource.Other("channel", "", channel == null ? "*" : account(channel)));
        return Outcome.of(StatementKind.LISTEN);
    }

    // ---------------------------------------------------------------- acting on relations

    /// The server asks for a right to read, or to write, by how strong the lock is.
    private Outcome lock(Statement.Lock lock) {
        findings.effects.add(Effect.SESSION);
        boolean weak = lock.mode().equals("access share") || lock.mode().equals("row share");
        for (Statement.Target target : lock.relations()) {
            Catalog.Relation relation = names.relation(target.name());
            Referring referring = findings.refer(relation, new Referring.Kind.Unread());
            findings.named(relation, target.only());
            Relations.Reader reader = relations.new Reader(relation, referring, target);
            if (weak) reader.touch();
            else
                for (Source.Locked locked : reader.locked())
                    findings.accesses.add(Action.UPDATE, locked.relation(), locked.via(), false);
        }
        return Outcome.of(StatementKind.LOCK);
    }

    private Outcome truncate(Statement.Truncate truncate) {
        findings.effects.add(Effect.DATA);
        Set<Catalog.Relation> all = new LinkedHashSet<>();
        for (Statement.Target target : truncate.relations()) {
            Catalog.Relation relation = names.relation(target.name());
            findings.named(relation, target.only());
            all.add(relation);
        }
        if (truncate.cascade()) addReferencing(all);
        for (Catalog.Relation relation : all) {
            findings.accesses.add(Action.TRUNCATE, relation.resource());
            resolver.dml().setsOff(Action.TRUNCATE, relation);
        }
        return Outcome.of(StatementKind.TRUNCATE);
    }

    /// CASCADE empties what refers to the tables, and to their descendants, too.
    private static void addReferencing(Set<Catalog.Relation> all) {
        List<Catalog.Relation> toDo = new ArrayList<>(all);
        while (!toDo.isEmpty()) {
            Catalog.Relation next = toDo.removeLast();
            List<Catalog.Relation> touched = new ArrayList<>(next.referencedBy());
            for (Catalog.Relation child : Catalog.descendants(next))
                touched.addAll(child.referencedBy());
            for (Catalog.Relation relation : touched) if (all.add(relation)) toDo.add(relation);
        }
    }

    private Outcome maintenance(Statement.Maintenance maintenance) {
        findings.effects.add(Effect.DATA);
        if (maintenance.index() != null) findings.account(maintenance.index());
        if (maintenance.targets().isEmpty()) return admin("database", names.catalog.database());
        for (Statement.MaintenanceTarget target : maintenance.targets()) {
            findings.account(target.columns());
            switch (maintenance.object()) {
                case "schema" -> {
                    findings.account(target.name());
                    String schema = target.name().last().name();
                    findings.accesses.add(Action.DDL, new Resource.Schema(schema));
                    for (Catalog.Relation relation : names.catalog.relations())
                        if (relation.schema().equals(schema))
                            resolver.dml().setsOff(Action.DDL, relation);
                }
                case "database", "system" -> {
                    findings.account(target.name());
                    admin("database", target.name().last().name());
                }
                case "table", "index" -> {
                    Catalog.Relation relation = names.relation(target.name());
                    findings.accesses.add(Action.DDL, relation.resource());
                    resolver.dml().setsOff(Action.DDL, relation);
                }
                case String other ->
                        throw Refusal.unsupported(
                                "maintenance of a " + other + " is not understood", target);
            }
        }
        return Outcome.of(StatementKind.ADMIN);
    }
}
