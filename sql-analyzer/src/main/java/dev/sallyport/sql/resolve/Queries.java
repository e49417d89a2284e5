package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.resolve.Scope.CommonTableState;
import dev.sallyport.sql.resolve.Scope.CommonTables;
import dev.sallyport.sql.resolve.Source.Locked;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Queries, level by level, in the server's own order: WITH, then FROM, then what sees it.
final class Queries {
    private final Findings findings;
    private final Types types;
    private final Parts parts;

    /// The other parts of the resolver, which need this one and each other.
    interface Parts {
        Expressions expressions();

        FromItems fromItems();

        Columns columns();

        Calls calls();

        /// A data-modifying statement inside WITH: the columns of its RETURNING.
        List<Field> modifying(Statement.Preparable statement, Scope scope);

        /// The table that SELECT INTO makes.
        void into(Query.IntoTable into);
    }

    Queries(Findings findings, Types types, Parts parts) {
        this.findings = findings;
        this.types = types;
        this.parts = parts;
    }

    /// @param columns nothing is marked as used yet
    record Result(List<Field> columns, List<Locked> locked) {}

    /// @param outside what the query sees of the statement round it
    Result resolve(Query query, Scope outside) {
        return resolve(query, outside, null);
    }

    private Result resolve(Query query, Scope outside, @Nullable CommonTableState recursive) {
        findings.enter();
        try {
            Scope scope = with(query.with(), outside.inner());
            Result result =
                    switch (query.body()) {
                        case Query.Select select -> select(select, query.orderBy(), scope);
                        case Query.Values values -> values(values, scope);
                        case Query.SetOperation operation ->
                                setOperation(operation, scope, recursive);
                        case Query.Parenthesised other -> throw Refusal.ofMySql(other);
                    };
            if (!(query.body() instanceof Query.Select)) orderResult(query, result, scope);
            Scope noColumns = scope.seeing(List.of());
            parts.expressions().used(query.limit(), noColumns, Place.PREDICATE);
            parts.expressions().used(query.offset(), noColumns, Place.PREDICATE);
            for (Query.Locking locking : query.locking()) lock(locking, scope);
            return result;
        } finally {
            findings.leave();
        }
    }

    // ---------------------------------------------------------------- WITH

    /// The scope with the clause's CTEs. Each is resolved once, used or not.
    Scope with(@Nullable With with, Scope scope) {
        if (with == null) return scope;
        CommonTables frame = new CommonTables(scope.ctes);
        Scope extended = scope.with(frame);
        Scope home = extended.seeing(List.of());
        if (with.recursive()) {
            for (With.CommonTable table : with.tables()) declare(frame, table, home);
            for (With.CommonTable table : with.tables()) {
                CommonTableState state = frame.byName.get(table.name().name());
                if (state != null) columnsOf(state);
            }
            return extended;
        }
        for (With.CommonTable table : with.tables()) {
            // Not in the frame yet: without RECURSIVE it sees neither itself nor what follows.
            CommonTableState state = new CommonTableState(table, home);
            findings.account(table.name());
            columnsOf(state);
            if (frame.byName.putIfAbsent(table.name().name(), state) != null)
                throw Refusal.ambiguous("WITH query name " + table.name() + " twice", table);
        }
        return extended;
    }

    private void declare(CommonTables frame, With.CommonTable table, Scope home) {
        findings.account(table.name());
        CommonTableState state = new CommonTableState(table, home);
        if (frame.byName.putIfAbsent(table.name().name(), state) != null)
            throw Refusal.ambiguous("WITH query name " + table.name() + " twice", table);
    }

    /// The columns of a CTE; resolves its body when that wasn't done.
    List<Field> columnsOf(CommonTableState state) {
        if (state.columns != null) return state.columns;
        With.CommonTable table = state.definition;
        if (state.started)
            throw Refusal.unsupported(
                    "WITH query " + table.name() + " refers to itself before its first part",
                    table);
        state.started = true;
        findings.enter();
        try {
            List<Field> columns =
                    switch (table.body()) {
                        case Query query -> resolve(query, state.home, state).columns();
                        case Statement.Insert insert -> parts.modifying(insert, state.home);
                        case Statement.Update update -> parts.modifying(update, state.home);
                        case Statement.Delete delete -> parts.modifying(delete, state.home);
                        case Statement.Merge merge -> parts.modifying(merge, state.home);
                        case MySqlStatement.Dml other -> throw Refusal.ofMySql(other);
                    };
            // A recursive one has set them already, with its first part's names.
            columns = searchAndCycle(table, rename(columns, table.columns()));
            state.columns = columns;
            return columns;
        } finally {
            findings.leave();
        }
    }

    private List<Field> rename(List<Field> columns, List<Identifier> names) {
        findings.account(names);
        if (names.isEmpty()) return columns;
        List<Field> renamed = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++)
            renamed.add(
                    i < names.size()
                            ? new Field(names.get(i).name(), columns.get(i).value())
                            : columns.get(i));
        return renamed;
    }

    private List<Field> searchAndCycle(With.CommonTable table, List<Field> columns) {
        if (table.search() == null && table.cycle() == null) return columns;
        List<Field> extended = new ArrayList<>(columns);
        if (table.search() != null) {
            findings.account(table.search().by());
            findings.account(table.search().sequence());
            extended.add(
                    new Field(
                            table.search().sequence().name(),
                            Value.of(flowOf(columns, table.search().by()), Types.ANY)));
        }
        if (table.cycle() != null) {
            With.Cycle cycle = table.cycle();
            findings.account(cycle.columns());
            findings.account(cycle.mark());
            findings.account(cycle.path());
            Flow flow = flowOf(columns, cycle.columns());
            parts.expressions().used(cycle.value(), Scope.empty(), Place.PREDICATE);
            parts.expressions().used(cycle.defaultValue(), Scope.empty(), Place.PREDICATE);
            flow.mark(Place.PREDICATE);
            extended.add(new Field(cycle.mark().name(), Value.of(flow, Types.ANY)));
            extended.add(new Field(cycle.path().name(), Value.of(flow, Types.ANY)));
        }
        return extended;
    }

    private static Flow flowOf(List<Field> columns, List<Identifier> names) {
        List<Flow> flows = new ArrayList<>();
        for (Identifier name : names)
            for (Field column : columns)
                if (column.name().equals(name.name())) flows.add(column.flow());
        return Flow.of(flows);
    }

    // ---------------------------------------------------------------- VALUES, UNION

    private Result values(Query.Values values, Scope scope) {
        List<List<Flow>> flows = new ArrayList<>();
        List<Long> columnTypes = new ArrayList<>();
        for (List<Expression> row : values.rows()) {
            int column = 0;
            for (Expression item : row)
                for (Field field : parts.expressions().expand(item, "", scope)) {
                    if (column == flows.size()) {
                        flows.add(new ArrayList<>());
                        columnTypes.add(Types.UNKNOWN);
                    }
                    flows.get(column).add(field.flow());
                    columnTypes.set(
                            column, types.common(columnTypes.get(column), field.value().type()));
                    column++;
                }
        }
        List<Field> columns = new ArrayList<>(flows.size());
        for (int i = 0; i < flows.size(); i++)
            columns.add(
                    new Field(
                            "column" + (i + 1),
                            Value.of(Flow.of(flows.get(i)), settled(columnTypes.get(i)))));
        return new Result(columns, List.of());
    }

    /// An untyped literal in a result is text.
    private static long settled(long type) {
        return type == Types.UNKNOWN ? Types.TEXT : type;
    }

    private Result setOperation(
            Query.SetOperation operation, Scope scope, @Nullable CommonTableState recursive) {
        // A UNION of thousands leans left as far as it is long: walked without recursion.
        List<Query.SetOperation> spine = new ArrayList<>();
        Query leftmost = operation.left();
        spine.add(operation);
        while (leftmost.body() instanceof Query.SetOperation next
                && leftmost.with() == null
                && leftmost.orderBy().isEmpty()
                && leftmost.limit() == null
                && leftmost.offset() == null
                && leftmost.locking().isEmpty()) {
            spine.add(next);
            leftmost = next.left();
        }
        List<Field> columns = resolve(leftmost, scope).columns();
        for (int i = spine.size() - 1; i >= 0; i--) {
            Query.SetOperation next = spine.get(i);
            columns = opened(columns);
            if (i == 0 && recursive != null)
                recursive.columns =
                        searchAndCycle(
                                recursive.definition,
                                rename(columns, recursive.definition.columns()));
            List<Field> right = resolve(next.right(), scope).columns();
            if (right.size() != columns.size())
                throw Refusal.unsupported(
                        "each side of a set operation needs the same columns", next);
            columns = combined(columns, next, right);
        }
        return new Result(columns, List.of());
    }

    private static List<Field> opened(List<Field> columns) {
        List<Field> opened = new ArrayList<>(columns.size());
        for (Field column : columns)
            opened.add(
                    new Field(
                            column.name(),
                            Value.of(Flow.open(column.flow()), column.value().type())));
        return opened;
    }

    private List<Field> combined(
            List<Field> left, Query.SetOperation operation, List<Field> right) {
        List<Field> combined = new ArrayList<>(left.size());
        for (int i = 0; i < left.size(); i++) {
            Flow flow = left.get(i).flow();
            Flow other = right.get(i).flow();
            switch (operation.operator()) {
                case UNION -> {
                    flow.from(other);
                    if (!operation.all()) flow.mark(Place.GROUP);
                }
                case INTERSECT -> {
                    flow.from(other);
                    flow.mark(Place.PREDICATE);
                }
                // What the right side holds decides which rows are left: no value comes from it.
                case EXCEPT -> {
                    flow.mark(Place.PREDICATE);
                    other.mark(Place.PREDICATE);
                }
            }
            long type = types.common(left.get(i).value().type(), right.get(i).value().type());
            if (!operation.all()) parts.calls().compared(type);
            combined.add(new Field(left.get(i).name(), Value.of(flow, type)));
        }
        return combined;
    }

    /// ORDER BY of a set operation or VALUES sees the result's columns only.
    private void orderResult(Query query, Result result, Scope scope) {
        if (query.orderBy().isEmpty()) return;
        Scope resultOnly =
                scope.seeing(List.of(new Source.OfColumns("", result.columns(), List.of())));
        for (SortKey key : query.orderBy()) sort(key, result.columns(), resultOnly);
    }

    // ---------------------------------------------------------------- SELECT

    private Result select(Query.Select select, List<SortKey> orderBy, Scope scope) {
        Expressions expressions = parts.expressions();
        from(select.from(), scope);
        expressions.used(select.where(), scope, Place.PREDICATE);
        List<Field> columns = new ArrayList<>(select.items().size());
        scope.onlySetting = parts.calls().onlySetting(select, scope);
        for (Query.SelectItem item : select.items()) {
            if (item.alias() != null) findings.account(item.alias());
            for (Field field : expressions.expand(item.expression(), ColumnNames.of(item), scope))
                columns.add(settled(field));
        }
        scope.onlySetting = null;
        for (Query.GroupingElement element : select.groupBy()) group(element, columns, scope);
        expressions.used(select.having(), scope, Place.PREDICATE);
        for (Query.NamedWindow window : select.windows()) {
            findings.account(window.name());
            expressions.window(window.specification(), scope);
        }
        for (Expression key : select.distinctOn())
            parts.calls().compared(outputOrInput(key, columns, scope, Place.GROUP).type());
        if (select.distinct() && select.distinctOn().isEmpty())
            for (Field column : columns) {
                column.flow().mark(Place.GROUP);
                parts.calls().compared(column.value().type());
            }
        for (SortKey key : orderBy) sort(key, columns, scope);
        if (select.into() != null) parts.into(select.into());
        List<Locked> locked = new ArrayList<>();
        for (Source source : scope.sources) locked.addAll(source.locked());
        return new Result(columns, locked);
    }

    /// Adds FROM items to a scope, from left to right.
    void from(List<Relation> items, Scope scope) {
        for (Relation item : items)
            scope.sources.addAll(
                    parts.fromItems().resolve(item, scope, List.copyOf(scope.sources)));
    }

    private static Field settled(Field field) {
        if (field.value().type() != Types.UNKNOWN) return field;
        return new Field(field.name(), Value.of(field.flow(), Types.TEXT));
    }

    private void group(Query.GroupingElement element, List<Field> columns, Scope scope) {
        switch (element) {
            case Query.GroupingElement.Single single ->
                    groupBy(single.expression(), columns, scope);
            case Query.GroupingElement.Empty _ -> {}
            case Query.GroupingElement.Rollup rollup -> {
                for (Expression item : rollup.items()) groupBy(item, columns, scope);
            }
            case Query.GroupingElement.Cube cube -> {
                for (Expression item : cube.items()) groupBy(item, columns, scope);
            }
            case Query.GroupingElement.Sets sets -> {
                for (Query.GroupingElement inner : sets.elements()) group(inner, columns, scope);
            }
        }
    }

    /// In GROUP BY an input column's name goes before an output's.
    private void groupBy(Expression item, List<Field> columns, Scope scope) {
        if (item instanceof Expression.Row row) {
            for (Expression inner : row.items()) groupBy(inner, columns, scope);
            return;
        }
        if (item instanceof Expression.ColumnRef ref
                && ref.parts().size() == 1
                && parts.columns().isLocal(ref, scope))
            parts.calls().compared(parts.expressions().used(item, scope, Place.GROUP).type());
        else parts.calls().compared(outputOrInput(item, columns, scope, Place.GROUP).type());
    }

    private void sort(SortKey key, List<Field> columns, Scope scope) {
        Value value = outputOrInput(key.expression(), columns, scope, Place.SORT);
        parts.calls().compared(value.type());
        if (key.using() != null) {
            findings.account(key.using().schema());
            String schema =
                    key.using().schema().isEmpty() ? null : key.using().schema().getLast().name();
            parts.calls().operator(schema, key.using().symbol(), value, value, key);
        }
    }

    /// In ORDER BY and DISTINCT ON an output column's name or number goes before everything else.
    private Value outputOrInput(Expression item, List<Field> columns, Scope scope, Place place) {
        if (item instanceof Expression.Literal literal && literal.kind() == LiteralKind.INTEGER) {
            for (int i = 0; i < columns.size(); i++)
                if (literal.text().equals(Integer.toString(i + 1))) {
                    columns.get(i).flow().mark(place);
                    return columns.get(i).value();
                }
            return Value.CONSTANT;
        }
        if (item instanceof Expression.ColumnRef ref && ref.parts().size() == 1) {
            Value found = null;
            for (Field column : columns)
                if (column.name().equals(ref.parts().getFirst().name())) {
                    column.flow().mark(place);
                    found = column.value();
                }
            if (found != null) {
                findings.account(ref.parts());
                return found;
            }
        }
        return parts.expressions().used(item, scope, place);
    }

    /// FOR UPDATE and the like change the rows' locks; the server asks for the UPDATE privilege.
    private void lock(Query.Locking locking, Scope scope) {
        findings.effects.add(Effect.DATA);
        if (locking.of().isEmpty()) {
            for (Source source : scope.sources) lock(source);
            return;
        }
        for (QualifiedName of : locking.of()) {
            findings.account(of);
            boolean found = false;
            for (Source source : scope.sources)
                if (source.relationVisible && source.name.equals(of.last().name())) {
                    lock(source);
                    found = true;
                }
            if (!found) throw Refusal.unknown("table " + of + " is not in FROM here", of, Set.of());
        }
    }

    private void lock(Source source) {
        for (Locked locked : source.locked())
            findings.accesses.add(Action.UPDATE, locked.relation(), locked.via(), false);
    }
}
