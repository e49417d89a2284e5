package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.ast.Alias;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.MySqlContext;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.parser.MySqlParseResult;
import dev.sallyport.sql.mysql.parser.MySqlParser;
import dev.sallyport.sql.mysql.resolve.Level.Cte;
import dev.sallyport.sql.mysql.resolve.Level.Output;
import dev.sallyport.sql.mysql.resolve.Source.Column;
import dev.sallyport.sql.mysql.resolve.Source.Operand;
import dev.sallyport.sql.resolve.Accesses.ColumnFlow;
import dev.sallyport.sql.resolve.Accesses.Entry;
import dev.sallyport.sql.resolve.Flow;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// FROM: tables, views and what lies below them, sub-selects and joins.
final class Relations {
    private final Walk walk;

    /// In FROM of a statement that changes what stands there: being named reads nothing yet.
    boolean changes;

    Relations(Walk walk) {
        this.walk = walk;
    }

    /// @param level with what stands before it in FROM
    Operand operand(Relation relation, Level level) {
        return switch (relation) {
            case Relation.Table table -> Operand.of(table(table, level));
            case Relation.Versioned(var table, var points, _) -> {
                walk.expressions.used(points, level.seeing(List.of()), Place.PREDICATE);
                yield Operand.of(table(table, level));
            }
            case Relation.Subquery subquery -> Operand.of(subquery(subquery, level));
            case Relation.Join join -> join(join, level);
            case Relation.JsonTable json -> Operand.of(json(json, level));
            case Relation.Function other ->
                    throw Refusal.unsupported("this is PostgreSQL's syntax", other);
            case Relation.XmlTable other ->
                    throw Refusal.unsupported("this is PostgreSQL's syntax", other);
        };
    }

    // ---------------------------------------------------------------- tables and views

    private Source table(Relation.Table table, Level level) {
        walk.account(table.name());
        Alias alias = table.alias();
        if (alias != null) walk.account(alias.name());
        String name = alias == null ? table.name().last().name() : alias.name().name();
        Cte cte = walk.queries.common(table.name(), level.ctes);
        if (cte != null) return ofOutputs(name, walk.queries.columns(cte));
        Catalog.Relation relation = walk.names.known(table.name(), walk.context.schema());
        return source(
                relation,
                name,
                !changes,
                table.name(),
                walk.name(relation, table.reference(), name, table, null));
    }

    /// What is named elsewhere than in FROM.
    ///
    /// @param reads false where being named reads nothing yet
    /// @param what in which it is named
    Source source(Catalog.Relation relation, String alias, boolean reads, Node where, String what) {
        return source(
                relation,
                alias,
                reads,
                where,
                walk.name(relation, where.span(), alias, null, what));
    }

    Source source(Catalog.Relation relation, String alias, boolean reads, Node where, Named place) {
        if (relation.columns().isEmpty())
            throw Refusal.unsupported(
                    "the columns of " + relation.resource().describe() + " are not known", where);
        boolean users = relation.kind() == RelationKind.VIEW && !relation.isSystem();
        List<Column> columns = new ArrayList<>(relation.columns().size());
        if (users) {
            ViewBelow view = below(relation, where);
            Entry own = walk.accesses.add(Action.SELECT, relation.resource(), null, true);
            List<Entry> touched = view.touch(relation.resource(), walk);
            for (Catalog.Column column : relation.columns()) {
                List<ViewBelow.Origin> origins =
                        view.origins().getOrDefault(column.name(), List.of());
                columns.add(
                        new Column(
                                column.name(),
                                () ->
                                        place.used(
                                                column.name(),
                                                ofView(
                                                        own.column(column.name()),
                                                        origins,
                                                        touched)),
                                false));
            }
        } else {
            Supplier<Entry> entry = () -> walk.accesses.add(Action.SELECT, relation.resource());
            if (reads) {
                Entry _ = entry.get();
            }
            for (Catalog.Column column : relation.columns())
                columns.add(
                        new Column(
                                column.name(),
                                () -> place.used(column.name(), entry.get().column(column.name())),
                                walk.names.facts.isInvisible(relation, column.name())));
        }
        var source = new Source(alias, relation.schema(), relation, columns);
        walk.named(source, place);
        return source;
    }

    private static Flow ofView(
            ColumnFlow own, List<ViewBelow.Origin> origins, List<Entry> touched) {
        for (ViewBelow.Origin origin : origins)
            own.from(touched.get(origin.touch()).column(origin.column()));
        return own;
    }

    /// What reading a view reads, worked out once per snapshot.
    ViewBelow below(Catalog.Relation view, Node where) {
        var definition = view.view();
        if (definition == null)
            throw Refusal.unsupported(
                    "the definition of "
                            + view.resource().describe()
                            + " can't be seen: the gateway's catalog account needs SHOW VIEW",
                    where);
        walk.enter(where);
        try {
            return definition.lineage(
                    ViewBelow.class, () -> resolved(view, definition.text().sql(), where));
        } catch (Refusal refusal) {
            throw refusal.inside(view.resource().describe(), where);
        } finally {
            walk.leave();
        }
    }

    /// The server prints a view's text with backticks and escapes, whatever the sql_mode.
    private ViewBelow resolved(Catalog.Relation view, String text, Node where) {
        Dialect dialect = walk.names.facts.dialect();
        var context = new MySqlContext(walk.context.catalog(), view.schema(), dialect);
        if (!(MySqlParser.parse(new SqlText(text), dialect)
                        instanceof MySqlParseResult.Parsed(var statements, _, _))
                || statements.size() != 1
                || !(statements.getFirst().statement() instanceof Query query))
            throw Refusal.unsupported("its definition is not understood", where);
        Walk inside = walk.nested(context, text, new BitSet());
        List<Output> outputs = inside.queries.resolve(query, null, null);
        if (outputs.size() != view.columns().size())
            throw Refusal.unsupported("its columns are not those of its definition", where);
        return ViewBelow.of(view, inside, outputs);
    }

    /// What a view's query touches, to be laid under every statement that names the view.
    ///
    /// @param origins for each column of the view, where its value comes from
    record ViewBelow(List<Touch> touches, Map<String, List<Origin>> origins, Set<Effect> effects) {

        /// @param via null for what the view's query names itself
        record Touch(
                Action action,
                Resource resource,
                Resource.@Nullable Relation via,
                boolean derived,
                Map<String, Set<Place>> conditions) {}

        /// @param touch index into the touches
        record Origin(int touch, String column) {}

        static ViewBelow of(Catalog.Relation view, Walk inside, List<Output> outputs) {
            List<Touch> touches = new ArrayList<>();
            Map<Entry, Integer> indexes = new HashMap<>();
            for (Entry entry : inside.accesses.entries()) {
                Map<String, Set<Place>> conditions = new HashMap<>();
                for (ColumnFlow column : entry.columns())
                    if (!column.places().isEmpty()) conditions.put(column.name, column.places());
                indexes.put(entry, touches.size());
                touches.add(
                        new Touch(
                                entry.action,
                                entry.resource,
                                entry.via,
                                entry.derived,
                                conditions));
            }
            Map<String, List<Origin>> origins = new HashMap<>();
            for (int i = 0; i < outputs.size(); i++) {
                List<Origin> from = new ArrayList<>();
                outputs.get(i)
                        .flow()
                        .visitAll(flow -> {
                            if (flow instanceof ColumnFlow column) {
                                Integer touch = indexes.get(column.entry);
                                if (touch != null) from.add(new Origin(touch, column.name));
                            }
                        });
                origins.put(view.columns().get(i).name(), List.copyOf(from));
            }
            return new ViewBelow(List.copyOf(touches), origins, Set.copyOf(inside.effects));
        }

        /// @return the entry of each touch, in order
        List<Entry> touch(Resource.Relation view, Walk walk) {
            List<Entry> entries = new ArrayList<>(touches.size());
            for (Touch touch : touches) {
                Entry entry =
                        walk.accesses.add(
                                touch.action,
                                touch.resource,
                                touch.via == null ? view : touch.via,
                                touch.derived);
                touch.conditions.forEach((column, places) -> {
                    Flow flow = entry.column(column);
                    for (Place place : places) flow.mark(place);
                });
                entries.add(entry);
            }
            walk.effects.addAll(effects);
            walk.functionEffects.addAll(effects);
            return entries;
        }

        /// The tables whose rows the view shows.
        List<Resource.Relation> tables() {
            List<Resource.Relation> tables = new ArrayList<>();
            for (Touch touch : touches)
                if (touch.action == Action.SELECT
                        && !touch.derived
                        && touch.resource instanceof Resource.Relation relation
                        && !tables.contains(relation)) tables.add(relation);
            return tables;
        }
    }

    // ---------------------------------------------------------------- sub-selects

    static Source ofOutputs(String alias, List<Output> outputs) {
        List<Column> columns = new ArrayList<>(outputs.size());
        for (Output output : outputs) columns.add(new Column(output.name(), output::flow, false));
        return new Source(alias, null, null, columns);
    }

    private Source subquery(Relation.Subquery subquery, Level level) {
        Level outer = subquery.lateral() ? level : level.outer;
        boolean before = changes;
        changes = false;
        List<Output> outputs = walk.queries.resolve(subquery.query(), outer, level.ctes);
        changes = before;
        Alias alias = subquery.alias();
        if (alias == null) return ofOutputs("", outputs);
        walk.account(alias.name());
        walk.account(alias.columns());
        return ofOutputs(alias.name().name(), Queries.renamed(outputs, alias.columns(), subquery));
    }

    /// It sees what stands before it in FROM.
    private Source json(Relation.JsonTable json, Level level) {
        Flow flow = walk.expressions.resolve(json.context(), level);
        flow.mark(Place.PREDICATE);
        walk.expressions.used(json.path(), level, Place.PREDICATE);
        List<Column> columns = new ArrayList<>();
        jsonColumns(json.columns(), flow, columns, level);
        Alias alias = json.alias();
        if (alias != null) walk.account(alias.name());
        return new Source(alias == null ? "" : alias.name().name(), null, null, columns);
    }

    private void jsonColumns(
            List<Relation.JsonColumn> written, Flow flow, List<Column> columns, Level level) {
        for (Relation.JsonColumn column : written)
            switch (column) {
                case Relation.JsonColumn.Ordinality(var name, _) -> {
                    walk.account(name);
                    columns.add(new Column(name.name(), () -> flow, false));
                }
                case Relation.JsonColumn.Value value -> {
                    walk.account(value.name());
                    walk.expressions.used(value.defaults(), level, Place.PREDICATE);
                    columns.add(new Column(value.name().name(), () -> flow, false));
                }
                case Relation.JsonColumn.Nested(_, var inner, _) ->
                        jsonColumns(inner, flow, columns, level);
            }
    }

    // ---------------------------------------------------------------- joins

    private Operand join(Relation.Join join, Level level) {
        Operand left = operand(join.left(), level);
        // LATERAL on the right sees the left.
        List<Operand> before = new ArrayList<>(level.operands);
        before.add(left);
        Operand right = operand(join.right(), level.seeing(before));
        return joined(join, left, right, level);
    }

    Operand joined(Relation.Join join, Operand left, Operand right, Level level) {
        if (join.natural()) return merged(join, common(left, right, join), left, right);
        return switch (join.condition()) {
            case null -> Operand.both(left, right);
            case Relation.JoinCondition.On(var expression, _) -> {
                Level on = level.seeing(List.of(left, right));
                walk.expressions.used(expression, on, Place.JOIN);
                yield Operand.both(left, right);
            }
            case Relation.JoinCondition.Using(var columns, _, _) -> {
                walk.account(columns);
                yield merged(join, columns.stream().map(Identifier::name).toList(), left, right);
            }
        };
    }

    private static List<String> common(Operand left, Operand right, Relation.Join join) {
        List<String> common = new ArrayList<>();
        for (Column column : left.columns())
            for (Column other : right.columns()) {
                boolean same = Folding.same(column.name(), other.name());
                if (!same && !Folding.confusable(column.name(), other.name())) continue;
                // Whether those take part differs by server and version.
                if (!same || column.hidden() || other.hidden())
                    throw Refusal.unsupported(
                            "NATURAL JOIN over a column that it may leave out", join);
                if (!common.contains(column.name())) common.add(column.name());
            }
        return common;
    }

    private Operand merged(Relation.Join join, List<String> names, Operand left, Operand right) {
        // For errors only: a name has no place of its own in NATURAL.
        var where = new Expression.ColumnRef(List.of(), join.span());
        List<Column> columns = new ArrayList<>();
        List<Column> used = new ArrayList<>();
        for (String name : names) {
            Column one = Source.named(left.columns(), name, where);
            Column other = Source.named(right.columns(), name, where);
            if (one == null || other == null)
                throw Refusal.unknown("column " + name + " is not on both sides of the join", join);
            Flow both = walk.expressions.compared(List.of(one.flow(), other.flow()), true);
            both.mark(Place.JOIN);
            columns.add(new Column(one.name(), () -> both, one.hidden() && other.hidden()));
            used.add(one);
            used.add(other);
        }
        for (Column column : left.columns()) if (!used.contains(column)) columns.add(column);
        for (Column column : right.columns()) if (!used.contains(column)) columns.add(column);
        List<Source> sources = new ArrayList<>(left.sources());
        sources.addAll(right.sources());
        boolean ordered =
                left.orderKnown()
                        && right.orderKnown()
                        && join.type() != Relation.JoinType.RIGHT
                        && (join.natural() || names.size() < 2);
        return new Operand(sources, columns, ordered || names.isEmpty());
    }

    // ---------------------------------------------------------------- names

    /// A table that a statement names without reading it as a FROM item.
    Catalog.Relation named(QualifiedName name) {
        walk.account(name);
        return walk.names.known(name, walk.context.schema());
    }
}
