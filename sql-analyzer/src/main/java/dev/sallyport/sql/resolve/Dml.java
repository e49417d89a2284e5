package dev.sallyport.sql.resolve;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Sought;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import dev.sallyport.sql.resolve.Accesses.ColumnFlow;
import dev.sallyport.sql.resolve.Accesses.Entry;
import dev.sallyport.sql.resolve.Value.Field;
import dev.sallyport.sql.rewrite.Views;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// INSERT, UPDATE, DELETE, MERGE, at the top or inside WITH.
final class Dml {
    private static final int FIRST_WITH_OLD_AND_NEW = 180000;

    private final Names names;
    private final Findings findings;
    private final Relations relations;
    private final Calls calls;
    private final Queries queries;
    private final Expressions expressions;

    /// An UPDATE or DELETE without WHERE was seen.
    private boolean everyRow;

    Dml(
            Names names,
            Findings findings,
            Relations relations,
            Calls calls,
            Queries queries,
            Expressions expressions) {
        this.names = names;
        this.findings = findings;
        this.relations = relations;
        this.calls = calls;
        this.queries = queries;
        this.expressions = expressions;
    }

    boolean everyRow() {
        return everyRow;
    }

    /// A statement that this one prepares or declares changes every row.
    void innerEveryRow() {
        everyRow = true;
    }

    /// The columns of RETURNING; none are marked as used.
    List<Field> resolve(Statement.Preparable statement, Scope outside) {
        return switch (statement) {
            case Query query -> queries.resolve(query, outside).columns();
            case Statement.Insert insert -> insert(insert, outside);
            case Statement.Update update -> update(update, outside);
            case Statement.Delete delete -> delete(delete, outside);
            case Statement.Merge merge -> merge(merge, outside);
            case MySqlStatement.Dml other -> throw Refusal.ofMySql(other);
        };
    }

    // ---------------------------------------------------------------- the relation written

    /// A relation as a target, with the relation below it when it is a view that the server looks
    /// through.
    private record Written(
            Catalog.Relation relation,
            Entry entry,
            Referring referring,
            @Nullable Written below,
            Map<String, String> columnsBelow) {}

    /// The column is given a value.
    private void assigned(Written written, String name) {
        written.entry.column(name).mark(Place.TARGET);
        if (written.entry.action == Action.UPDATE) {
            written.referring.writes(name);
            keyChanged(written.relation, name);
        }
        String under = written.columnsBelow.get(name);
        if (written.below != null && under != null) assigned(written.below, under);
    }

    private Catalog.Relation target(Statement.Target target) {
        Catalog.Relation relation = names.relation(target.name());
        if (target.alias() != null) findings.account(target.alias());
        switch (relation.kind()) {
            case TABLE, PARTITIONED_TABLE, VIEW, FOREIGN_TABLE -> {}
            case MATERIALIZED_VIEW, SEQUENCE, INDEX, COMPOSITE_TYPE ->
                    throw Refusal.unsupported(
                            relation.resource().describe() + " cannot be written", target);
        }
        return relation;
    }

    private static String nameOf(Statement.Target target) {
        return target.alias() == null ? target.name().last().name() : target.alias().name();
    }

    private Written write(
            Action action, Catalog.Relation relation, Referring referring, Node where) {
        return write(action, relation, null, referring, where);
    }

    private Written write(
            Action action,
            Catalog.Relation relation,
            Catalog.@Nullable Relation view,
            Referring referring,
            Node where) {
        findings.enter();
        try {
            findings.effects.add(Effect.DATA);
            setsOff(action, relation);
            relations.policies(relation);
            rules(action, relation, where);
            Entry entry =
                    findings.accesses.add(
                            action,
                            relation.resource(),
                            view == null ? null : view.resource(),
                            relation.view() != null);
            if (relation.kind() != RelationKind.VIEW || relation.view() == null)
                return new Written(relation, entry, referring, null, Map.of());
            ViewLineage lineage = relations.lineage(relation, where);
            Views.@Nullable Below updatable = lineage.updatable();
            if (action != Action.INSERT) lineage.touch(relation.resource(), findings);
            // Of the row that is added, nothing is read.
            else if (relation.view().checksNewRows())
                lineage.touchBesides(
                        updatable == null ? null : updatable.relation().resource(),
                        relation.resource(),
                        findings);
            if (updatable == null) return new Written(relation, entry, referring, null, Map.of());
            return new Written(
                    relation,
                    entry,
                    referring,
                    write(action, updatable.relation(), relation, below(updatable, where), where),
                    updatable.columns());
        } finally {
            findings.leave();
        }
    }

    // ---------------------------------------------------------------- what a change sets off

    /// Functions that users wrote to run on such a change, of the relation's children as well; and
    /// what foreign keys do to the rows that refer to it. All of it happens by way of the relation.
    void setsOff(Action action, Catalog.Relation relation) {
        runs(action, relation);
        for (Catalog.Relation child : Catalog.descendants(relation)) {
            runs(action, child);
            // A row that a change moves to another partition is deleted here and inserted there.
            if (action == Action.UPDATE && relation.kind() == RelationKind.PARTITIONED_TABLE) {
                runs(Action.DELETE, child);
                runs(Action.INSERT, child);
            }
        }
        if (action == Action.DELETE)
            for (Catalog.ForeignKey key : keysTo(relation))
                switch (key.onDelete()) {
                    case NONE -> {}
                    case CASCADE -> {
                        if (byWayOf(relation, Action.DELETE, key.referring()))
                            setsOff(Action.DELETE, key.referring());
                    }
                    case SETS -> change(relation, key, key.columns().values());
                }
    }

    private void runs(Action action, Catalog.Relation relation) {
        for (Catalog.SetOff setOff : relation.setsOff())
            if (setOff.on().contains(action)) calls.setOff(setOff.routine(), relation);
        if (action == Action.INSERT) calls.checksOfNewRow(relation);
    }

    /// Its own, and those to its children: their rows go with it.
    private static List<Catalog.ForeignKey> keysTo(Catalog.Relation relation) {
        List<Catalog.ForeignKey> keys = new ArrayList<>(relation.cascades());
        for (Catalog.Relation child : Catalog.descendants(relation)) keys.addAll(child.cascades());
        return keys;
    }

    private void keyChanged(Catalog.Relation relation, String column) {
        if (relation.cascades().isEmpty() && relation.children().isEmpty()) return;
        for (Catalog.ForeignKey key : keysTo(relation)) {
            String referring = key.columns().get(column);
            if (referring == null) continue;
            switch (key.onUpdate()) {
                case NONE -> {}
                case CASCADE -> change(relation, key, List.of(referring));
                case SETS -> change(relation, key, key.columns().values());
            }
        }
    }

    /// A foreign key changes columns of the referring rows.
    private void change(
            Catalog.Relation relation, Catalog.ForeignKey key, Collection<String> columns) {
        boolean more = byWayOf(relation, Action.UPDATE, key.referring());
        Entry entry =
                findings.accesses.add(
                        Action.UPDATE, key.referring().resource(), relation.resource(), false);
        if (more) setsOff(Action.UPDATE, key.referring());
        for (String column : columns) {
            if (entry.column(column).mark(Place.TARGET)) keyChanged(key.referring(), column);
            Catalog.Column changed = key.referring().column(column);
            if (changed != null)
                for (Catalog.Routine routine : names.catalog.checksOf(changed.type()))
                    calls.setOff(routine, relation);
        }
    }

    /// Whether that wasn't known yet: tables may refer to each other in circles.
    private boolean byWayOf(Catalog.Relation relation, Action action, Catalog.Relation referring) {
        int before = findings.accesses.entries().size();
        findings.accesses.add(action, referring.resource(), relation.resource(), false);
        return findings.accesses.entries().size() > before;
    }

    private void assign(Written written, Identifier column) {
        findings.account(column);
        Catalog.Column found = written.relation().column(column.name());
        if (found == null) {
            Resource.Relation relation = written.relation().resource();
            throw Refusal.unknown(
                    "column " + column.name() + " of " + relation.describe() + " is not known",
                    column,
                    Set.of(new Sought.Column(relation.schema(), relation.name(), column.name())));
        }
        assigned(written, found.name());
        calls.assignment(found.type());
    }

    /// What a view that is written leads to: reached by way of the view, so no place of the text.
    private static Referring below(Views.Below updatable, Node where) {
        return new Referring(
                updatable.relation(),
                new Referring.Kind.Fixed(where.span(), "a view that is written"));
    }

    private Referring refer(
            @Nullable Action action,
            Catalog.Relation relation,
            Statement.Target target,
            @Nullable Expression where) {
        // New rows go where they are told to, or to partitions.
        if (action != Action.INSERT) findings.named(relation, target.only());
        return findings.refer(
                relation,
                new Referring.Kind.Target(
                        action,
                        target.reference(),
                        nameOf(target),
                        where instanceof Expression.CurrentOf));
    }

    /// The target as a FROM item: read only where a column of it is used.
    private Source source(Catalog.Relation relation, Statement.Target target, Referring referring) {
        Relations.Reader reader = relations.new Reader(relation, referring, target);
        return new Source.OfRelation(
                nameOf(target),
                relation,
                target.alias() != null,
                List.of(),
                List.of(),
                reader::column,
                null);
    }

    // ---------------------------------------------------------------- rules

    /// The actions of rewrite rules happen as well, with the rights of the relation's owner: they
    /// are accesses by way of the relation.
    private void rules(Action action, Catalog.Relation relation, Node where) {
        for (Catalog.Rule rule : relation.rules()) {
            boolean applies =
                    switch (rule.event()) {
                        case INSERT -> action == Action.INSERT;
                        case UPDATE -> action == Action.UPDATE;
                        case DELETE -> action == Action.DELETE;
                    };
            if (!applies) continue;
            Findings inside = findings.ofPrinted();
            rule(relation, rule, inside, where);
            for (Entry entry : inside.accesses.entries()) {
                Entry through =
                        findings.accesses.add(
                                entry.action,
                                entry.resource,
                                entry.via == null ? relation.resource() : entry.via,
                                entry.derived);
                for (ColumnFlow column : entry.columns())
                    for (Place place : column.places()) through.column(column.name).mark(place);
            }
            findings.effects.addAll(inside.effects);
            findings.functionEffects.addAll(inside.functionEffects);
        }
    }

    private void rule(Catalog.Relation relation, Catalog.Rule rule, Findings inside, Node where) {
        ParseResult parsed =
                PostgresParser.parse(
                        new SqlText(rule.text().sql()),
                        names.catalog.lexMode(
                                rule.text().standardConformingStrings(), Integer.MAX_VALUE));
        if (!(parsed instanceof ParseResult.Parsed(var statements, _))
                || statements.size() != 1
                || !(statements.getFirst().statement() instanceof Statement.Ddl ddl))
            throw Refusal.unsupported(
                    "rule "
                            + rule.name()
                            + " on "
                            + relation.resource().describe()
                            + " is not understood",
                    where);
        Resolver resolver = new Resolver(names.catalog, rule.text().path(), inside);
        resolver.definitions().ruleActions(ddl, relation, rule.event());
    }

    // ---------------------------------------------------------------- INSERT

    private List<Field> insert(Statement.Insert insert, Scope outside) {
        Scope scope = queries.with(insert.with(), outside.inner());
        Catalog.Relation relation = target(insert.target());
        Referring referring = refer(Action.INSERT, relation, insert.target(), null);
        Written written = write(Action.INSERT, relation, referring, insert.target());
        List<Field> values =
                insert.source() == null
                        ? List.of()
                        : queries.resolve(insert.source(), scope).columns();
        Map<String, Flow> assigned = new HashMap<>();
        List<String> columns = new ArrayList<>();
        if (insert.columns().isEmpty()) {
            for (int i = 0; i < Math.min(values.size(), relation.columns().size()); i++) {
                Catalog.Column column = relation.columns().get(i);
                columns.add(column.name());
                assigned(written, column.name());
                calls.assignment(column.type());
            }
        } else
            for (Statement.TargetColumn column : insert.columns()) {
                targetColumn(written, column, scope);
                columns.add(column.name().name());
            }
        for (int i = 0; i < values.size(); i++) {
            values.get(i).flow().mark(Place.SOURCE);
            if (i < columns.size()) assigned.merge(columns.get(i), values.get(i).flow(), Flow::of);
        }
        Source read = source(relation, insert.target(), referring);
        scope.sources.add(read);
        if (insert.onConflict() != null) onConflict(insert, relation, referring, assigned, scope);
        return returning(
                insert.returning(), insert.target(), relation, referring, read, assigned, scope);
    }

    private void onConflict(
            Statement.Insert insert,
            Catalog.Relation relation,
            Referring referring,
            Map<String, Flow> assigned,
            Scope scope) {
        Statement.OnConflict conflict = insert.onConflict();
        if (conflict == null) return;
        for (Statement.IndexElement element : conflict.inference()) {
            expressions.used(element.expression(), scope, Place.PREDICATE);
            if (element.collation() != null) findings.account(element.collation());
            if (element.operatorClass() != null) findings.account(element.operatorClass());
        }
        expressions.used(conflict.inferenceWhere(), scope, Place.PREDICATE);
        if (conflict.constraint() != null) findings.account(conflict.constraint());
        if (!conflict.update()) return;
        referring.restrictedAt("WHERE", conflict.condition());
        // The server demands the right to read what is read of `excluded`.
        Relations.Reader reader = relations.new Reader(relation, referring, insert.target());
        Source proposed =
                new Source.OfRelation(
                        "excluded",
                        relation,
                        true,
                        List.of(),
                        List.of(),
                        column -> {
                            reader.column(column);
                            return Value.of(
                                    assigned.getOrDefault(column.name(), Flow.NONE), column.type());
                        },
                        null);
        proposed.columnsVisible = false;
        scope.sources.add(proposed);
        Written updated = write(Action.UPDATE, relation, referring, insert.target());
        assignments(conflict.assignments(), updated, scope, assigned);
        expressions.used(conflict.where(), scope, Place.PREDICATE);
        scope.sources.remove(proposed);
    }

    private void targetColumn(Written written, Statement.TargetColumn column, Scope scope) {
        assign(written, column.name());
        findings.account(column.fields());
        for (Expression subscript : column.subscripts())
            expressions.used(subscript, scope, Place.SOURCE);
    }

    /// @param assigned receives where each column's new value comes from
    private void assignments(
            List<Statement.Assignment> assignments,
            Written written,
            Scope scope,
            Map<String, Flow> assigned) {
        for (Statement.Assignment assignment : assignments) {
            Value value = expressions.used(assignment.value(), scope, Place.SOURCE);
            List<Field> row =
                    value.fields() != null && value.fields().size() == assignment.columns().size()
                            ? value.fields()
                            : null;
            for (int i = 0; i < assignment.columns().size(); i++) {
                Statement.TargetColumn column = assignment.columns().get(i);
                targetColumn(written, column, scope);
                // `(a, b) = (x, y)` goes field by field; `a = row` is one value.
                Flow flow = assignment.multiple() && row != null ? row.get(i).flow() : value.flow();
                assigned.merge(column.name().name(), flow, Flow::of);
            }
        }
    }

    /// COPY FROM writes as INSERT does: without a column list, every column.
    void copyIn(Catalog.Relation relation, Statement.Copy copy) {
        Referring referring =
                findings.refer(
                        relation,
                        new Referring.Kind.Target(
                                Action.INSERT, copy.reference(), relation.name(), false));
        Written written = write(Action.INSERT, relation, referring, copy);
        if (!copy.columns().isEmpty()) {
            for (Identifier column : copy.columns()) assign(written, column);
            return;
        }
        for (Catalog.Column column : relation.columns()) {
            assigned(written, column.name());
            calls.assignment(column.type());
        }
    }

    // ---------------------------------------------------------------- UPDATE, DELETE

    private List<Field> update(Statement.Update update, Scope outside) {
        Scope scope = queries.with(update.with(), outside.inner());
        Catalog.Relation relation = target(update.target());
        Referring referring = refer(Action.UPDATE, relation, update.target(), update.where());
        referring.restrictedAt("WHERE", update.condition());
        Written written = write(Action.UPDATE, relation, referring, update.target());
        queries.from(update.from(), scope);
        Source read = source(relation, update.target(), referring);
        scope.sources.addFirst(read);
        Map<String, Flow> assigned = new HashMap<>();
        assignments(update.assignments(), written, scope, assigned);
        expressions.used(update.where(), scope, Place.PREDICATE);
        everyRow |= update.where() == null;
        return returning(
                update.returning(), update.target(), relation, referring, read, assigned, scope);
    }

    private List<Field> delete(Statement.Delete delete, Scope outside) {
        Scope scope = queries.with(delete.with(), outside.inner());
        Catalog.Relation relation = target(delete.target());
        Referring referring = refer(Action.DELETE, relation, delete.target(), delete.where());
        referring.restrictedAt("WHERE", delete.condition());
        write(Action.DELETE, relation, referring, delete.target());
        queries.from(delete.using(), scope);
        Source read = source(relation, delete.target(), referring);
        scope.sources.addFirst(read);
        expressions.used(delete.where(), scope, Place.PREDICATE);
        everyRow |= delete.where() == null;
        return returning(
                delete.returning(), delete.target(), relation, referring, read, Map.of(), scope);
    }

    // ---------------------------------------------------------------- MERGE

    private List<Field> merge(Statement.Merge merge, Scope outside) {
        Scope scope = queries.with(merge.with(), outside.inner());
        Catalog.Relation relation = target(merge.target());
        queries.from(List.of(merge.using()), scope);
        List<Source> sources = List.copyOf(scope.sources);
        Referring referring = refer(null, relation, merge.target(), null);
        boolean fullJoin =
                has(merge, Statement.MergeMatch.NOT_MATCHED_BY_SOURCE)
                        && has(merge, Statement.MergeMatch.NOT_MATCHED_BY_TARGET);
        referring.joinedAt(merge.condition(), fullJoin);
        Source target = source(relation, merge.target(), referring);
        scope.sources.add(target);
        expressions.used(merge.on(), scope, Place.JOIN);
        Map<String, Flow> assigned = new HashMap<>();
        for (Statement.MergeWhen when : merge.whens()) {
            Scope visible =
                    switch (when.match()) {
                        case MATCHED -> scope;
                        case NOT_MATCHED_BY_SOURCE -> scope.seeing(List.of(target));
                        case NOT_MATCHED_BY_TARGET -> scope.seeing(sources);
                    };
            expressions.used(when.condition(), visible, Place.PREDICATE);
            // What no row of the source meets by ON, hidden rows among it.
            if (when.match() == Statement.MergeMatch.NOT_MATCHED_BY_SOURCE)
                referring.restrictedAt("AND", when.guard());
            switch (when.action()) {
                case Statement.MergeAction.DoNothing() -> {}
                case Statement.MergeAction.DeleteRow() ->
                        write(Action.DELETE, relation, referring, merge.target());
                case Statement.MergeAction.UpdateRow(var assignments) ->
                        assignments(
                                assignments,
                                write(Action.UPDATE, relation, referring, merge.target()),
                                visible,
                                assigned);
                case Statement.MergeAction.InsertRow(var columns, _, var values) ->
                        mergeInsert(
                                write(Action.INSERT, relation, referring, merge.target()),
                                columns,
                                values,
                                visible,
                                assigned);
            }
        }
        return returning(
                merge.returning(), merge.target(), relation, referring, target, assigned, scope);
    }

    private static boolean has(Statement.Merge merge, Statement.MergeMatch match) {
        for (Statement.MergeWhen when : merge.whens()) if (when.match() == match) return true;
        return false;
    }

    private void mergeInsert(
            Written written,
            List<Statement.TargetColumn> columns,
            List<Expression> values,
            Scope scope,
            Map<String, Flow> assigned) {
        for (Statement.TargetColumn column : columns) targetColumn(written, column, scope);
        for (int i = 0; i < values.size(); i++) {
            Value value = expressions.used(values.get(i), scope, Place.SOURCE);
            String name;
            if (!columns.isEmpty()) {
                if (i >= columns.size()) continue;
                name = columns.get(i).name().name();
            } else {
                if (i >= written.relation().columns().size()) continue;
                name = written.relation().columns().get(i).name();
                assigned(written, name);
                calls.assignment(written.relation().columns().get(i).type());
            }
            assigned.merge(name, value.flow(), Flow::of);
        }
    }

    // ---------------------------------------------------------------- RETURNING

    /// What RETURNING shows of a column is what was there, or what the statement put there.
    private List<Field> returning(
            Statement.@Nullable Returning returning,
            Statement.Target target,
            Catalog.Relation relation,
            Referring referring,
            Source read,
            Map<String, Flow> assigned,
            Scope scope) {
        if (returning == null) return List.of();
        Relations.Reader reader = relations.new Reader(relation, referring, target);
        List<Source> sources = new ArrayList<>();
        for (Source source : scope.sources)
            sources.add(
                    source == read
                            ? returned(
                                    nameOf(target),
                                    relation,
                                    target.alias() != null,
                                    reader,
                                    assigned)
                            : source);
        if (returning.oldAlias() != null) findings.account(returning.oldAlias());
        if (returning.newAlias() != null) findings.account(returning.newAlias());
        if (names.catalog.serverVersion() >= FIRST_WITH_OLD_AND_NEW) {
            addVersion(
                    returning.oldAlias() == null ? "old" : returning.oldAlias().name(),
                    sources,
                    relation,
                    reader,
                    assigned);
            addVersion(
                    returning.newAlias() == null ? "new" : returning.newAlias().name(),
                    sources,
                    relation,
                    reader,
                    assigned);
        }
        Scope visible = scope.seeing(sources);
        List<Field> columns = new ArrayList<>();
        for (Query.SelectItem item : returning.items()) {
            if (item.alias() != null) findings.account(item.alias());
            columns.addAll(expressions.expand(item.expression(), ColumnNames.of(item), visible));
        }
        return columns;
    }

    private static void addVersion(
            String name,
            List<Source> sources,
            Catalog.Relation relation,
            Relations.Reader reader,
            Map<String, Flow> assigned) {
        for (Source source : sources)
            if (source.relationVisible && source.name.equals(name)) return;
        Source version = returned(name, relation, true, reader, assigned);
        version.columnsVisible = false;
        sources.add(version);
    }

    private static Source returned(
            String name,
            Catalog.Relation relation,
            boolean aliased,
            Relations.Reader reader,
            Map<String, Flow> assigned) {
        return new Source.OfRelation(
                name,
                relation,
                aliased,
                List.of(),
                List.of(),
                column -> {
                    Value value = reader.column(column);
                    Flow flow = assigned.getOrDefault(column.name(), Flow.NONE);
                    return Value.of(Flow.of(value.flow(), flow), value.type());
                },
                null);
    }
}
