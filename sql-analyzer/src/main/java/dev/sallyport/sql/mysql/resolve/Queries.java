package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.mysql.resolve.Level.Clause;
import dev.sallyport.sql.mysql.resolve.Level.Cte;
import dev.sallyport.sql.mysql.resolve.Level.Ctes;
import dev.sallyport.sql.mysql.resolve.Level.Output;
import dev.sallyport.sql.mysql.resolve.Source.Column;
import dev.sallyport.sql.mysql.resolve.Source.Operand;
import dev.sallyport.sql.resolve.Flow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Queries: which tables, under which names, visible where; and the columns of the result.
final class Queries {
    private final Walk walk;

    Queries(Walk walk) {
        this.walk = walk;
    }

    /// The columns of the result; marking them is the caller's business.
    ///
    /// @param outer what is visible from outside; null for nothing
    List<Output> resolve(Query query, @Nullable Level outer, @Nullable Ctes ctes) {
        return resolve(query, outer, ctes, null);
    }

    /// @param seen receives the level of a plain SELECT, whose tables ON DUPLICATE KEY UPDATE sees
    List<Output> resolve(
            Query query, @Nullable Level outer, @Nullable Ctes ctes, @Nullable List<Level> seen) {
        walk.enter(query);
        Ctes inside = query.with() == null ? ctes : with(query.with(), outer, ctes);
        Level level = new Level(outer, inside);
        List<Output> outputs =
                switch (query.body()) {
                    case Query.Select select -> {
                        if (seen != null) seen.add(level);
                        yield select(select, level);
                    }
                    case Query.SetOperation operation -> operation(operation, level);
                    case Query.Parenthesised(var inner, _) ->
                            ofResult(resolve(inner, outer, inside), level);
                    case Query.Values values -> ofResult(values(values, level), level);
                };
        level.clause = Clause.ORDER;
        for (SortKey key : query.orderBy()) item(key.expression(), level, outputs).mark(Place.SORT);
        walk.expressions.used(query.limit(), level, Place.PREDICATE);
        walk.expressions.used(query.offset(), level, Place.PREDICATE);
        for (Query.Locking locking : query.locking()) lock(locking, level);
        walk.leave();
        return outputs;
    }

    /// What stands behind a set operation, a parenthesis or VALUES sees its result only.
    private static List<Output> ofResult(List<Output> outputs, Level level) {
        level.aliases = outputs;
        return outputs;
    }

    // ---------------------------------------------------------------- WITH

    Ctes with(With with, @Nullable Level outer, @Nullable Ctes before) {
        List<Cte> all = new ArrayList<>(with.tables().size());
        Ctes frame = before == null ? new Ctes(null) : before;
        for (With.CommonTable table : with.tables()) {
            walk.account(table.name());
            walk.account(table.columns());
            var cte = new Cte(table, with.recursive(), outer);
            Ctes own = new Ctes(frame);
            own.byName.put(table.name().name(), cte);
            cte.sees = with.recursive() ? own : frame;
            frame = own;
            all.add(cte);
        }
        // MariaDB lets the queries of WITH RECURSIVE name each other in any order.
        if (with.recursive() && walk.context.dialect().isMariaDb())
            for (Cte cte : all) cte.sees = frame;
        // Those that nobody names are understood as well.
        for (Cte cte : all) columns(cte);
        return frame;
    }

    @Nullable Cte common(QualifiedName name, @Nullable Ctes ctes) {
        if (name.parts().size() != 1) return null;
        String written = name.last().name();
        for (Ctes frame = ctes; frame != null; frame = frame.outer)
            for (var entry : frame.byName.entrySet()) {
                if (walk.names.sameTable(entry.getKey(), written)) return entry.getValue();
                if (Folding.same(entry.getKey(), written)
                        || Folding.confusable(entry.getKey(), written))
                    throw Refusal.ambiguous(
                            "table " + written + " might be the WITH query of a similar name",
                            name);
            }
        return null;
    }

    List<Output> columns(Cte cte) {
        if (cte.columns != null) return cte.columns;
        With.CommonTable definition = cte.definition;
        if (cte.started)
            throw Refusal.unsupported("a WITH query that needs its own columns", definition);
        cte.started = true;
        if (!(definition.body() instanceof Query query))
            throw Refusal.unsupported("a WITH query that changes data", definition);
        boolean recursive = cte.recursive && query.body() instanceof Query.SetOperation;
        if (recursive) {
            // The first part says which columns there are; what they come from is added below.
            Ctes inside = query.with() == null ? cte.sees : with(query.with(), cte.home, cte.sees);
            List<Output> first = resolve(leftmost(query), cte.home, inside);
            List<Output> open = new ArrayList<>(first.size());
            for (Output output : renamed(first, definition.columns(), definition))
                open.add(new Output(output.name(), Flow.open(output.flow())));
            cte.columns = open;
            List<Output> whole = resolve(query, cte.home, cte.sees);
            for (int i = 0; i < open.size() && i < whole.size(); i++)
                open.get(i).flow().from(whole.get(i).flow());
            return open;
        }
        List<Output> columns =
                renamed(resolve(query, cte.home, cte.sees), definition.columns(), definition);
        cte.columns = columns;
        return columns;
    }

    private static Query leftmost(Query query) {
        Query leftmost = query;
        while (leftmost.body() instanceof Query.SetOperation operation) leftmost = operation.left();
        return leftmost;
    }

    static List<Output> renamed(
            List<Output> outputs, List<Identifier> names, dev.sallyport.sql.ast.Node where) {
        if (names.isEmpty()) return outputs;
        if (names.size() != outputs.size())
            throw Refusal.unsupported("a list of names that doesn't fit the columns", where);
        List<Output> renamed = new ArrayList<>(outputs.size());
        for (int i = 0; i < outputs.size(); i++)
            renamed.add(new Output(names.get(i).name(), outputs.get(i).flow()));
        return renamed;
    }

    // ---------------------------------------------------------------- bodies

    private List<Output> operation(Query.SetOperation operation, Level level) {
        List<Output> left = resolve(operation.left(), level.outer, level.ctes);
        List<Output> right = resolve(operation.right(), level.outer, level.ctes);
        if (left.size() != right.size())
            throw Refusal.unsupported("a set operation of different numbers of columns", operation);
        List<Output> both = new ArrayList<>(left.size());
        for (int i = 0; i < left.size(); i++) {
            Flow flow = Flow.of(left.get(i).flow(), right.get(i).flow());
            switch (operation.operator()) {
                case UNION -> {
                    if (!operation.all()) flow.mark(Place.GROUP);
                }
                case INTERSECT, EXCEPT -> flow.mark(Place.PREDICATE);
            }
            both.add(new Output(left.get(i).name(), flow));
        }
        return ofResult(both, level);
    }

    private List<Output> values(Query.Values values, Level level) {
        List<List<Flow>> columns = new ArrayList<>();
        for (List<Expression> row : values.rows()) {
            for (int i = 0; i < row.size(); i++) {
                if (columns.size() <= i) columns.add(new ArrayList<>());
                columns.get(i).add(walk.expressions.resolve(row.get(i), level));
            }
        }
        List<Output> outputs = new ArrayList<>(columns.size());
        boolean mariaDb = walk.context.dialect().isMariaDb();
        for (int i = 0; i < columns.size(); i++) {
            // MariaDB names them by their first row's text.
            String name = mariaDb ? text(values.rows().getFirst().get(i).span()) : "column_" + i;
            outputs.add(new Output(name, Flow.of(columns.get(i))));
        }
        return outputs;
    }

    private List<Output> select(Query.Select select, Level level) {
        for (Relation relation : select.from())
            level.operands.add(walk.relations.operand(relation, level));
        distinctNames(level, select);
        List<Output> outputs = items(select, level);
        if (select.distinct()) for (Output output : outputs) output.flow().mark(Place.GROUP);
        level.clause = Clause.WHERE;
        walk.expressions.used(select.where(), level, Place.PREDICATE);
        level.clause = Clause.GROUP;
        for (Query.GroupingElement element : select.groupBy()) grouping(element, level, outputs);
        level.clause = Clause.HAVING;
        walk.expressions.used(select.having(), level, Place.PREDICATE);
        level.clause = Clause.ORDER;
        for (Query.NamedWindow window : select.windows()) {
            walk.account(window.name());
            var _ = walk.expressions.window(window.specification(), level);
        }
        return outputs;
    }

    /// The select list, or RETURNING.
    List<Output> items(Query.Select select, Level level) {
        List<Output> aliases = new ArrayList<>();
        List<@Nullable Flow> open = new ArrayList<>();
        for (Query.SelectItem item : select.items()) {
            String name = alias(item);
            Flow flow = name == null ? null : Flow.open(Flow.NONE);
            open.add(flow);
            if (name != null && flow != null) aliases.add(new Output(name, flow));
        }
        level.aliases = aliases;
        level.clause = Clause.SELECT_LIST;
        List<Output> outputs = new ArrayList<>(select.items().size());
        for (int i = 0; i < select.items().size(); i++) {
            Query.SelectItem item = select.items().get(i);
            if (item.expression() instanceof Expression.Star star) {
                outputs.addAll(star(star, level));
                continue;
            }
            Flow flow = walk.expressions.resolve(item.expression(), level);
            Flow named = open.get(i);
            if (named != null) named.from(flow);
            outputs.add(new Output(name(item), flow));
        }
        return outputs;
    }

    /// Two tables by one name in one FROM: the server refuses that, and so names stay certain.
    private void distinctNames(Level level, Query.Select select) {
        List<Source> all = new ArrayList<>();
        for (Operand operand : level.operands) all.addAll(operand.sources());
        for (int i = 0; i < all.size(); i++)
            for (int j = i + 1; j < all.size(); j++) {
                Source a = all.get(i);
                Source b = all.get(j);
                if (a.alias().isEmpty() || !walk.names.sameTable(a.alias(), b.alias())) continue;
                if (a.schema() == null || b.schema() == null || a.schema().equals(b.schema()))
                    throw Refusal.ambiguous("table " + a.alias() + " stands in FROM twice", select);
            }
    }

    /// What ORDER BY, GROUP BY and HAVING may call the item by; null for `*` and expressions
    /// without a name.
    private static @Nullable String alias(Query.SelectItem item) {
        if (item.alias() != null) return item.alias().name();
        return item.expression() instanceof Expression.ColumnRef column
                ? column.parts().getLast().name()
                : null;
    }

    private String name(Query.SelectItem item) {
        if (item.alias() != null) walk.account(item.alias());
        String alias = alias(item);
        return alias == null ? text(item.expression().span()) : alias;
    }

    private String text(Span span) {
        return span.start() >= 0 && span.end() <= walk.text.length() && span.start() <= span.end()
                ? walk.text.substring(span.start(), span.end())
                : "?";
    }

    private List<Output> star(Expression.Star star, Level level) {
        walk.account(star.qualifier());
        List<Output> outputs = new ArrayList<>();
        if (star.qualifier().isEmpty()) {
            if (level.operands.isEmpty()) throw Refusal.unsupported("* without a table", star);
            for (Operand operand : level.operands) {
                List<Output> own = new ArrayList<>();
                for (Column column : operand.columns())
                    if (!column.hidden()) own.add(new Output(column.name(), column.flow()));
                if (!operand.orderKnown()) {
                    // Which column comes where isn't certain: each may be any of them.
                    Flow any = Flow.of(own.stream().map(Output::flow).toList());
                    own.replaceAll(output -> new Output(output.name(), any));
                }
                outputs.addAll(own);
            }
            return outputs;
        }
        String table = star.qualifier().getLast().name();
        String schema = star.qualifier().size() == 2 ? star.qualifier().getFirst().name() : null;
        if (star.qualifier().size() > 2)
            throw Refusal.unsupported("a table's name of more than two parts", star);
        Source found = null;
        for (Operand operand : level.operands)
            for (Source source : operand.sources())
                if (walk.expressions.mayBe(source, schema, table, star)) {
                    if (found != null)
                        throw Refusal.ambiguous("table " + table + " is ambiguous", star);
                    found = source;
                }
        if (found == null)
            throw Refusal.unknown("table " + table + " does not stand in FROM", star);
        walk.expressions.qualified(star.qualifier(), schema != null, found);
        for (Column column : found.columns())
            if (!column.hidden()) outputs.add(new Output(column.name(), column.flow()));
        return outputs;
    }

    // ---------------------------------------------------------------- clauses

    /// An item of ORDER BY or GROUP BY: a number is a column of the result.
    private Flow item(Expression expression, Level level, List<Output> outputs) {
        if (expression instanceof Expression.Literal literal
                && literal.kind() == Expression.LiteralKind.INTEGER) {
            try {
                int position = Integer.parseInt(literal.text());
                if (position >= 1 && position <= outputs.size())
                    return outputs.get(position - 1).flow();
            } catch (NumberFormatException _) {
                // No column has such a number.
            }
            throw Refusal.unsupported("there is no column of that number", expression);
        }
        return walk.expressions.resolve(expression, level);
    }

    private void grouping(Query.GroupingElement element, Level level, List<Output> outputs) {
        switch (element) {
            case Query.GroupingElement.Single(var expression, _) ->
                    item(expression, level, outputs).mark(Place.GROUP);
            case Query.GroupingElement.Rollup(var items, _) -> {
                for (Expression item : items) item(item, level, outputs).mark(Place.GROUP);
            }
            case Query.GroupingElement.Cube(var items, _) -> {
                for (Expression item : items) item(item, level, outputs).mark(Place.GROUP);
            }
            case Query.GroupingElement.Empty _ -> {}
            case Query.GroupingElement.Sets(var elements, _) -> {
                for (Query.GroupingElement inner : elements) grouping(inner, level, outputs);
            }
        }
    }

    /// Locked rows are kept from others: as much as a right to change them.
    private void lock(Query.Locking locking, Level level) {
        for (QualifiedName name : locking.of()) walk.account(name);
        walk.effects.add(Effect.DATA);
        for (Operand operand : level.operands)
            for (Source source : operand.sources())
                if (source.relation() != null) {
                    walk.accesses.add(Action.UPDATE, source.relation().resource());
                    Named place = walk.named(source);
                    if (place == null) continue;
                    // Rows are locked where they are read; which relation's, OF says by its name.
                    if (locking.of().isEmpty()) place.locked(text(locking.span()));
                    else place.fixed = "FOR UPDATE OF: leave OF out";
                }
    }
}
