package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.MySqlStatement.ColumnAssignment;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.resolve.Level.Clause;
import dev.sallyport.sql.mysql.resolve.Level.Ctes;
import dev.sallyport.sql.mysql.resolve.Level.Output;
import dev.sallyport.sql.mysql.resolve.Relations.ViewBelow;
import dev.sallyport.sql.mysql.resolve.Source.Column;
import dev.sallyport.sql.mysql.resolve.Source.Operand;
import dev.sallyport.sql.rewrite.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// INSERT, REPLACE, UPDATE, DELETE, LOAD DATA: what is written, and what that sets off.
final class Dml {
    private final Walk walk;

    /// What VALUES(column) means; null outside of ON DUPLICATE KEY UPDATE.
    @Nullable Level inserted;

    Dml(Walk walk) {
        this.walk = walk;
    }

    // ---------------------------------------------------------------- INSERT

    /// @return the columns of RETURNING
    List<Output> insert(MySqlStatement.Insert insert) {
        walk.effects.add(Effect.DATA);
        Catalog.Relation relation = walk.relations.named(insert.target().name());
        List<String> columns = new ArrayList<>();
        for (Expression.ColumnRef column : insert.columns()) columns.add(target(column, relation));
        if (insert.columns().isEmpty()) columns.addAll(visible(relation));
        written(Action.INSERT, relation, columns, insert.target());
        if (insert.replace()) deleted(relation, insert.target());
        Named place = walk.name(relation, insert.target().reference(), relation.name(), null, null);
        place.target(insert.replace() ? Action.DELETE : Action.INSERT, List.of());
        Source target =
                walk.relations.source(relation, relation.name(), false, insert.target(), place);
        Level own = new Level(null, null);
        own.operands.add(Operand.of(target));
        own.clause = Clause.WHERE;
        // Values may name the columns before them.
        boolean values = insert.source().body() instanceof Query.Values;
        List<Level> selected = new ArrayList<>(1);
        List<Output> source =
                walk.queries.resolve(insert.source(), values ? own : null, null, selected);
        for (Output output : source) output.flow().mark(Place.SOURCE);
        if (!source.isEmpty() && source.size() != columns.size())
            throw Refusal.unsupported("values that don't fit the columns", insert.target());
        if (!insert.onDuplicate().isEmpty()) {
            Level both = new Level(null, selected.isEmpty() ? null : selected.getFirst().ctes);
            both.operands.add(Operand.of(target));
            if (!selected.isEmpty()) both.operands.addAll(selected.getFirst().operands);
            if (insert.rowAlias() != null) both.operands.add(row(insert, columns, source));
            both.clause = Clause.WHERE;
            inserted = own;
            for (ColumnAssignment assignment : insert.onDuplicate()) {
                String column = target(assignment.column(), relation);
                written(Action.UPDATE, relation, List.of(column), insert.target());
                place.target(Action.UPDATE, List.of());
                place.written(column);
                walk.expressions.used(assignment.value(), both, Place.SOURCE);
            }
            inserted = null;
        }
        return returning(insert.returning(), own);
    }

    /// `AS new(a, b)`: the row that was to be inserted.
    private Operand row(MySqlStatement.Insert insert, List<String> columns, List<Output> source) {
        var alias = insert.rowAlias();
        if (alias == null) throw new IllegalStateException("no row alias");
        walk.account(alias.name());
        walk.account(alias.columns());
        List<Column> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            String name =
                    i < alias.columns().size() ? alias.columns().get(i).name() : columns.get(i);
            Output output = i < source.size() ? source.get(i) : null;
            all.add(
                    new Column(
                            name,
                            output == null
                                    ? () -> dev.sallyport.sql.resolve.Flow.NONE
                                    : output::flow,
                            false));
        }
        Operand operand = Operand.of(new Source(alias.name().name(), null, null, all));
        // Its columns have names that the table has too: those need the alias.
        return new Operand(operand.sources(), List.of(), true);
    }

    private List<Output> returning(Statement.@Nullable Returning returning, Level own) {
        if (returning == null) return List.of();
        var select =
                new Query.Select(
                        false,
                        List.of(),
                        returning.items(),
                        null,
                        List.of(),
                        null,
                        false,
                        List.of(),
                        null,
                        List.of(),
                        returning.span());
        return walk.queries.items(select, own);
    }

    // ---------------------------------------------------------------- UPDATE

    void update(MySqlStatement.Update update) {
        walk.effects.add(Effect.DATA);
        Ctes ctes = update.with() == null ? null : walk.queries.with(update.with(), null, null);
        Level level = new Level(null, ctes);
        from(update.tables(), level);
        level.clause = Clause.WHERE;
        Set<Source> targets = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ColumnAssignment assignment : update.assignments()) {
            Source owner = owner(assignment.column(), level);
            Catalog.Relation relation = owner.relation();
            if (relation == null)
                throw Refusal.unsupported("what is updated is no table", assignment.column());
            String column = target(assignment.column(), relation);
            written(Action.UPDATE, relation, List.of(column), assignment);
            changed(owner, Action.UPDATE, update.condition(), update.tables(), targets);
            Named place = walk.named(owner);
            if (place != null) place.written(column);
        }
        for (ColumnAssignment assignment : update.assignments())
            walk.expressions.used(assignment.value(), level, Place.SOURCE);
        read(level, targets);
        rest(level, update.where(), update.orderBy(), update.limit());
    }

    /// FROM of a statement that changes some of the tables in it.
    private void from(List<Relation> relations, Level level) {
        walk.relations.changes = true;
        for (Relation relation : relations)
            level.operands.add(walk.relations.operand(relation, level));
        walk.relations.changes = false;
    }

    private void changed(
            Source target,
            Action action,
            Span condition,
            List<Relation> tables,
            Set<Source> targets) {
        if (!targets.add(target)) return;
        Named place = walk.named(target);
        if (place == null) return;
        boolean outer = tables.stream().anyMatch(Dml::isOuterJoin);
        place.target(action, List.of(new Reference.Restriction("WHERE", condition, outer)));
    }

    private static boolean isOuterJoin(Relation relation) {
        return relation instanceof Relation.Join join
                && (join.type() == Relation.JoinType.LEFT
                        || join.type() == Relation.JoinType.RIGHT
                        || join.type() == Relation.JoinType.FULL
                        || isOuterJoin(join.left())
                        || isOuterJoin(join.right()));
    }

    /// Those that are joined but not changed are read, if only for their rows being there.
    private void read(Level level, Set<Source> targets) {
        for (Operand operand : level.operands)
            for (Source source : operand.sources())
                if (source.relation() != null && !targets.contains(source))
                    walk.accesses.add(
                            Action.SELECT,
                            source.relation().resource(),
                            null,
                            source.relation().view() != null);
    }

    private void rest(
            Level level,
            @Nullable Expression where,
            List<SortKey> orderBy,
            @Nullable Expression limit) {
        walk.everyRow |= where == null;
        walk.expressions.used(where, level, Place.PREDICATE);
        for (SortKey key : orderBy) walk.expressions.used(key.expression(), level, Place.SORT);
        walk.expressions.used(limit, level, Place.PREDICATE);
    }

    /// The part of FROM whose column is assigned to.
    private Source owner(Expression.ColumnRef column, Level level) {
        List<Identifier> parts = column.parts();
        String name = parts.getLast().name();
        String table = parts.size() > 1 ? parts.get(parts.size() - 2).name() : null;
        String schema = parts.size() > 2 ? parts.getFirst().name() : null;
        Source found = null;
        for (Operand operand : level.operands)
            for (Source source : operand.sources()) {
                if (table != null && !walk.expressions.mayBe(source, schema, table, column))
                    continue;
                if (Source.named(source.columns(), name, column) == null) continue;
                if (found != null)
                    throw Refusal.ambiguous("column " + name + " is ambiguous", column);
                found = source;
            }
        if (found == null) throw Refusal.unknown("column " + name + " is not known", column);
        return found;
    }

    // ---------------------------------------------------------------- DELETE

    List<Output> delete(MySqlStatement.Delete delete) {
        walk.effects.add(Effect.DATA);
        Ctes ctes = delete.with() == null ? null : walk.queries.with(delete.with(), null, null);
        Level level = new Level(null, ctes);
        from(delete.from(), level);
        level.clause = Clause.WHERE;
        Set<Source> targets = Collections.newSetFromMap(new IdentityHashMap<>());
        for (QualifiedName name : delete.targets()) {
            walk.account(name);
            Source target = deletedFrom(name, level);
            Catalog.Relation relation = target.relation();
            if (relation == null)
                throw Refusal.unsupported("what is deleted from is no table", name);
            deleted(relation, name);
            changed(target, Action.DELETE, delete.condition(), delete.from(), targets);
        }
        read(level, targets);
        rest(level, delete.where(), delete.orderBy(), delete.limit());
        return returning(delete.returning(), level);
    }

    private Source deletedFrom(QualifiedName name, Level level) {
        var where = new Expression.ColumnRef(name.parts(), name.span());
        String table = name.last().name();
        String schema = name.parts().size() > 1 ? name.parts().getFirst().name() : null;
        Source found = null;
        for (Operand operand : level.operands)
            for (Source source : operand.sources())
                if (walk.expressions.mayBe(source, schema, table, where)) {
                    if (found != null)
                        throw Refusal.ambiguous("table " + table + " is ambiguous", name);
                    found = source;
                }
        if (found == null)
            throw Refusal.unknown("table " + table + " does not stand in FROM", name);
        return found;
    }

    // ---------------------------------------------------------------- LOAD DATA

    void load(MySqlStatement.LoadData load) {
        if (load.local())
            throw Refusal.unsupported(
                    "LOAD DATA LOCAL: the gateway takes no file from a client", load);
        walk.effects.add(Effect.DATA);
        walk.admin("server file", "*");
        Catalog.Relation relation = walk.relations.named(load.target().name());
        List<String> columns = new ArrayList<>();
        for (Expression field : load.fields())
            switch (field) {
                case Expression.ColumnRef column -> columns.add(target(column, relation));
                case Expression.UserVariable variable -> {
                    var _ = walk.expressions.resolve(variable, new Level(null, null));
                }
                default -> throw Refusal.unsupported("a field that is no column", field);
            }
        if (load.fields().isEmpty()) columns.addAll(visible(relation));
        Level own = new Level(null, null);
        Named place = walk.name(relation, load.target().reference(), relation.name(), null, null);
        place.target(load.replace() ? Action.DELETE : Action.INSERT, List.of());
        own.operands.add(
                Operand.of(
                        walk.relations.source(
                                relation, relation.name(), false, load.target(), place)));
        own.clause = Clause.WHERE;
        for (ColumnAssignment assignment : load.assignments()) {
            columns.add(target(assignment.column(), relation));
            walk.expressions.used(assignment.value(), own, Place.SOURCE);
        }
        written(Action.INSERT, relation, columns, load.target());
        if (load.replace()) deleted(relation, load.target());
    }

    // ---------------------------------------------------------------- what is written

    private String target(Expression.ColumnRef written, Catalog.Relation relation) {
        walk.account(written.parts());
        String name = written.parts().getLast().name();
        Catalog.Column found = null;
        for (Catalog.Column column : relation.columns()) {
            if (Folding.same(column.name(), name)) found = column;
            else if (Folding.confusable(column.name(), name))
                throw Refusal.ambiguous(
                        "column " + name + " might be taken for another one", written);
        }
        if (found == null) throw Refusal.unknown("column " + name + " is not known", written);
        return found.name();
    }

    private List<String> visible(Catalog.Relation relation) {
        List<String> columns = new ArrayList<>();
        for (Catalog.Column column : relation.columns())
            if (!walk.names.facts.isInvisible(relation, column.name())) columns.add(column.name());
        return columns;
    }

    void written(Action action, Catalog.Relation relation, List<String> columns, Node where) {
        var entry = walk.accesses.add(action, relation.resource());
        for (String column : columns) entry.column(column).mark(Place.TARGET);
        if (!isUsersView(relation)) {
            setsOff(action, relation, where);
            if (action == Action.UPDATE)
                for (String column : columns) keyChanged(relation, column, new HashSet<>());
            return;
        }
        ViewBelow below = walk.relations.below(relation, where);
        for (String column : columns) {
            Resource.Relation table = null;
            String of = null;
            for (ViewBelow.Origin origin : below.origins().getOrDefault(column, List.of())) {
                ViewBelow.Touch touch = below.touches().get(origin.touch());
                if (touch.derived() || !(touch.resource() instanceof Resource.Relation resource))
                    continue;
                if (table != null)
                    throw Refusal.unsupported(
                            "column " + column + " of the view can't be written", where);
                table = resource;
                of = origin.column();
            }
            if (table == null || of == null)
                throw Refusal.unsupported(
                        "column " + column + " of the view can't be written", where);
            walk.accesses
                    .add(action, table, relation.resource(), false)
                    .column(of)
                    .mark(Place.TARGET);
            Catalog.Relation base = walk.context.catalog().relation(table.schema(), table.name());
            if (base == null) throw Refusal.unsupported("the view's table is not known", where);
            setsOff(action, base, where);
            if (action == Action.UPDATE) keyChanged(base, of, new HashSet<>());
        }
    }

    private static boolean isUsersView(Catalog.Relation relation) {
        return relation.kind() == RelationKind.VIEW && !relation.isSystem();
    }

    void deleted(Catalog.Relation relation, Node where) {
        walk.accesses.add(Action.DELETE, relation.resource());
        Catalog.Relation base = relation;
        if (isUsersView(relation)) {
            List<Resource.Relation> tables = walk.relations.below(relation, where).tables();
            if (tables.size() != 1)
                throw Refusal.unsupported("rows of this view can't be deleted", where);
            Resource.Relation table = tables.getFirst();
            walk.accesses.add(Action.DELETE, table, relation.resource(), false);
            base = walk.context.catalog().relation(table.schema(), table.name());
            if (base == null) throw Refusal.unsupported("the view's table is not known", where);
        }
        setsOff(Action.DELETE, base, where);
        gone(base, new HashSet<>());
    }

    private void setsOff(Action action, Catalog.Relation relation, Node where) {
        if (walk.names.facts.untold().contains(relation))
            throw Refusal.unsupported(
                    "whether "
                            + relation.resource().describe()
                            + " has triggers can't be seen: the gateway's catalog account needs"
                            + " TRIGGER",
                    where);
        for (Catalog.SetOff setOff : relation.setsOff()) {
            if (!setOff.on().contains(action)) continue;
            walk.accesses.add(
                    Action.EXECUTE,
                    new Resource.Function(
                            setOff.routine().schema(),
                            setOff.routine().name(),
                            FunctionClass.USER_DEFINED),
                    relation.resource(),
                    false);
            walk.effects.addAll(Set.of(Effect.DATA, Effect.SESSION, Effect.OUTSIDE));
        }
    }

    /// Foreign keys take rows along; those set off no triggers.
    private void gone(Catalog.Relation relation, Set<Catalog.Relation> seen) {
        if (!seen.add(relation)) return;
        for (Catalog.ForeignKey key : relation.cascades())
            switch (key.onDelete()) {
                case NONE -> {}
                case CASCADE -> {
                    walk.accesses.add(
                            Action.DELETE, key.referring().resource(), relation.resource(), false);
                    gone(key.referring(), seen);
                }
                case SETS -> changed(relation, key, key.columns().values(), new HashSet<>());
            }
    }

    private void keyChanged(Catalog.Relation relation, String column, Set<String> seen) {
        if (!seen.add(relation.oid() + "." + column)) return;
        for (Catalog.ForeignKey key : relation.cascades()) {
            String referring = null;
            for (var pair : key.columns().entrySet())
                if (Folding.same(pair.getKey(), column)) referring = pair.getValue();
            if (referring == null) continue;
            switch (key.onUpdate()) {
                case NONE -> {}
                case CASCADE -> changed(relation, key, List.of(referring), seen);
                case SETS -> changed(relation, key, key.columns().values(), seen);
            }
        }
    }

    private void changed(
            Catalog.Relation relation,
            Catalog.ForeignKey key,
            Iterable<String> columns,
            Set<String> seen) {
        var entry =
                walk.accesses.add(
                        Action.UPDATE, key.referring().resource(), relation.resource(), false);
        for (String column : columns) {
            entry.column(column).mark(Place.TARGET);
            keyChanged(key.referring(), column, seen);
        }
    }
}
