package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.ast.Alias;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.resolve.Scope.CommonTableState;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The items of FROM: what each one reads, and what it shows to the rest of its query.
final class FromItems {
    private final Names names;
    private final Types types;
    private final Findings findings;
    private final Relations relations;
    private final Calls calls;
    private final Queries queries;
    private final Expressions expressions;

    FromItems(
            Names names,
            Types types,
            Findings findings,
            Relations relations,
            Calls calls,
            Queries queries,
            Expressions expressions) {
        this.names = names;
        this.types = types;
        this.findings = findings;
        this.relations = relations;
        this.calls = calls;
        this.queries = queries;
        this.expressions = expressions;
    }

    /// @param level the query whose FROM this is
    /// @param left what stands to the left of the item: visible to LATERAL and to functions
    List<Source> resolve(Relation item, Scope level, List<Source> left) {
        findings.enter();
        try {
            return switch (item) {
                case Relation.Table table -> List.of(table(table, level));
                case Relation.Subquery subquery -> List.of(subquery(subquery, level, left));
                case Relation.Function function -> List.of(function(function, level, left));
                case Relation.Join join -> join(join, level, left);
                case Relation.OfMySql other -> throw Refusal.ofMySql(other);
                case Relation.XmlTable table -> List.of(xmlTable(table, level, left));
                case Relation.JsonTable table -> List.of(jsonTable(table, level, left));
            };
        } finally {
            findings.leave();
        }
    }

    private List<String> account(@Nullable Alias alias) {
        if (alias == null) return List.of();
        findings.account(alias.name());
        findings.account(alias.columns());
        return alias.columns().isEmpty()
                ? List.of()
                : alias.columns().stream().map(Identifier::name).toList();
    }

    private static List<Field> rename(List<Field> columns, List<String> renamed) {
        if (renamed.isEmpty()) return columns;
        List<Field> result = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++)
            result.add(
                    i < renamed.size()
                            ? new Field(renamed.get(i), columns.get(i).value())
                            : columns.get(i));
        return result;
    }

    // ---------------------------------------------------------------- tables, CTEs, sub-selects

    private Source table(Relation.Table table, Scope level) {
        List<String> renamed = account(table.alias());
        String last = table.name().last().name();
        String name = table.alias() == null ? last : table.alias().name().name();
        if (table.name().parts().size() == 1) {
            CommonTableState commonTable = level.commonTable(last);
            if (commonTable != null) {
                findings.account(table.name());
                List<Field> columns = queries.columnsOf(commonTable);
                return Source.OfColumns.ofCommonTable(
                        name, rename(columns, renamed), commonTable.behindStar(level));
            }
        }
        Catalog.Relation relation = names.relation(table.name());
        findings.named(relation, table.only());
        if (table.sample() != null) sample(table.sample(), level);
        Referring referring =
                findings.refer(
                        relation,
                        new Referring.Kind.Read(
                                table.reference(),
                                name,
                                table.only(),
                                table.command(),
                                table.alias() != null,
                                renamed.size(),
                                table.sample() != null));
        return relations.read(relation, name, table.alias() != null, renamed, referring, table);
    }

    private void sample(Relation.Sample sample, Scope level) {
        List<Routine> methods = names.routines(sample.method());
        if (methods.isEmpty()) throw names.unknownRoutine("sampling method", sample.method());
        calls.execute(methods);
        Scope noColumns = level.seeing(List.of());
        for (Expression argument : sample.arguments())
            expressions.used(argument, noColumns, Place.PREDICATE);
        expressions.used(sample.repeatable(), noColumns, Place.PREDICATE);
    }

    private Source subquery(Relation.Subquery subquery, Scope level, List<Source> left) {
        List<String> renamed = account(subquery.alias());
        Scope outside = level.seeing(subquery.lateral() ? left : List.of());
        Queries.Result result = queries.resolve(subquery.query(), outside);
        String name = subquery.alias() == null ? "" : subquery.alias().name().name();
        return new Source.OfColumns(name, rename(result.columns(), renamed), result.locked());
    }

    // ---------------------------------------------------------------- joins

    private List<Source> join(Relation.Join join, Scope level, List<Source> left) {
        // A chain of thousands of joins leans left: its arms are walked without recursion.
        List<Relation.Join> spine = new ArrayList<>();
        Relation leftmost = join;
        while (leftmost instanceof Relation.Join next) {
            spine.add(next);
            leftmost = next.left();
        }
        List<Source> visible = new ArrayList<>(resolve(leftmost, level, left));
        for (int i = spine.size() - 1; i >= 0; i--)
            visible = joined(spine.get(i), visible, level, left);
        return visible;
    }

    private List<Source> joined(
            Relation.Join join, List<Source> leftArm, Scope level, List<Source> left) {
        List<Source> lateral = new ArrayList<>(left);
        lateral.addAll(leftArm);
        List<Source> rightArm = resolve(join.right(), level, lateral);
        List<Source> arms = new ArrayList<>(leftArm);
        arms.addAll(rightArm);

        List<String> merged = mergedNames(join, leftArm, rightArm);
        Relation.JoinCondition condition = join.condition();
        if (condition instanceof Relation.JoinCondition.On on)
            expressions.used(on.expression(), level.seeing(arms), Place.JOIN);
        List<String> renamed = account(join.alias());
        Identifier usingAlias =
                condition instanceof Relation.JoinCondition.Using using ? using.alias() : null;
        if (merged.isEmpty() && join.alias() == null && usingAlias == null) return arms;

        List<Field> mergedColumns = new ArrayList<>(merged.size());
        for (String column : merged) mergedColumns.add(merge(column, leftArm, rightArm, join));
        Set<String> hidden = Set.copyOf(merged);
        List<Source> rest = new ArrayList<>(arms.size());
        for (Source arm : arms)
            rest.add(
                    hidden.isEmpty() || !arm.columnsVisible ? arm : new Source.Hiding(arm, hidden));
        List<Source> result = new ArrayList<>();
        if (join.alias() != null) {
            result.add(new Source.Joined(join.alias().name().name(), mergedColumns, rest, renamed));
        } else {
            if (!merged.isEmpty()) result.add(new Source.OfColumns("", mergedColumns, List.of()));
            result.addAll(rest);
        }
        if (usingAlias != null) {
            findings.account(usingAlias);
            Source source = new Source.OfColumns(usingAlias.name(), mergedColumns, List.of());
            source.columnsVisible = false;
            result.add(source);
        }
        return result;
    }

    private List<String> mergedNames(
            Relation.Join join, List<Source> leftArm, List<Source> rightArm) {
        if (join.natural()) {
            Set<String> right = new HashSet<>(visibleNames(rightArm));
            List<String> common = new ArrayList<>();
            for (String name : visibleNames(leftArm))
                if (right.contains(name) && !common.contains(name)) common.add(name);
            return common;
        }
        if (!(join.condition() instanceof Relation.JoinCondition.Using using)) return List.of();
        findings.account(using.columns());
        return using.columns().stream().map(Identifier::name).toList();
    }

    private static List<String> visibleNames(List<Source> arm) {
        List<String> all = new ArrayList<>();
        for (Source source : arm) if (source.columnsVisible) all.addAll(source.unqualifiedNames());
        return all;
    }

    private Field merge(
            String column, List<Source> leftArm, List<Source> rightArm, Relation.Join join) {
        Value left = only(column, leftArm, join);
        Value right = only(column, rightArm, join);
        calls.operator(null, "=", left, right, join);
        boolean quiet = calls.isLeakproof(null, "=", left, right);
        (quiet ? left.flow() : left.flow().telling()).mark(Place.JOIN);
        (quiet ? right.flow() : right.flow().telling()).mark(Place.JOIN);
        return new Field(
                column,
                Value.of(
                        Flow.of(left.flow(), right.flow()),
                        types.common(left.type(), right.type())));
    }

    private static Value only(String column, List<Source> arm, Node where) {
        Value found = null;
        for (Source source : arm) {
            if (!source.columnsVisible) continue;
            Value here;
            try {
                here = source.unqualified(column);
            } catch (Source.Duplicate _) {
                throw Refusal.ambiguous("column " + column + " is ambiguous in USING", where);
            }
            if (here == null) continue;
            if (found != null)
                throw Refusal.ambiguous("column " + column + " is ambiguous in USING", where);
            found = here;
        }
        if (found == null)
            throw Refusal.unknown("column " + column + " of USING is not known", where);
        return found;
    }

    // ---------------------------------------------------------------- functions

    private Source function(Relation.Function function, Scope level, List<Source> left) {
        List<String> renamed = account(function.alias());
        Scope scope = level.seeing(left);
        String alias = function.alias() == null ? "" : function.alias().name().name();
        List<Field> columns = new ArrayList<>();
        long rowType = Types.RECORD;
        for (Relation.FunctionItem item : function.calls()) {
            List<Relation.ColumnDefinition> definitions =
                    item.columns().isEmpty() && !function.rowsFrom()
                            ? function.columns()
                            : item.columns();
            List<Shape> shapes = shapes(item, definitions, scope);
            for (Shape shape : shapes) {
                if (shape.scalar()) {
                    Field only = shape.columns().getFirst();
                    boolean takesAlias = !shape.named() && !alias.isEmpty() && !function.rowsFrom();
                    columns.add(takesAlias ? new Field(alias, only.value()) : only);
                    rowType = only.value().type();
                } else columns.addAll(shape.columns());
            }
            if (shapes.size() != 1 || !shapes.getFirst().scalar()) rowType = Types.RECORD;
        }
        if (function.calls().size() > 1) rowType = Types.RECORD;
        if (function.withOrdinality()) {
            columns.add(new Field("ordinality", Value.of(Flow.NONE, Types.INT8)));
            rowType = Types.RECORD;
        }
        // A printed text names the columns of when the view was made. Where a row type has grown
        // since
        // and more columns follow, the names have slipped: not even the server reads it as it is.
        boolean followed = function.calls().size() > 1 || function.withOrdinality();
        if (findings.isPrinted()
                && followed
                && !renamed.isEmpty()
                && renamed.size() != columns.size())
            throw Refusal.unsupported(
                    "the row type of a function in its FROM has changed since it was made",
                    function);
        String name = alias;
        if (name.isEmpty()) name = ColumnNames.of(function.calls().getFirst().call());
        return new Source.OfColumns(name, rename(columns, renamed), List.of(), rowType);
    }

    /// What one call shows.
    ///
    /// @param scalar one column, named after the alias unless `named`
    private record Shape(boolean scalar, boolean named, List<Field> columns) {}

    private List<Shape> shapes(
            Relation.FunctionItem item, List<Relation.ColumnDefinition> definitions, Scope scope) {
        Expression call = item.call();
        if (!definitions.isEmpty()) {
            Flow flow = expressions.resolve(call, scope).flow();
            return List.of(new Shape(false, false, defined(definitions, flow)));
        }
        if (call instanceof Expression.FunctionCall functionCall) {
            // unnest(a, b) in FROM is ROWS FROM (unnest(a), unnest(b)).
            if (functionCall.arguments().size() > 1
                    && functionCall.name().last().name().equals("unnest")) {
                List<Shape> shapes = new ArrayList<>();
                for (Expression.Argument argument : functionCall.arguments())
                    shapes.add(
                            shape(
                                    new Expression.FunctionCall(
                                            functionCall.name(),
                                            List.of(argument),
                                            false,
                                            false,
                                            List.of(),
                                            List.of(),
                                            null,
                                            null,
                                            functionCall.span()),
                                    scope));
                return shapes;
            }
            return List.of(shape(functionCall, scope));
        }
        Value value = expressions.resolve(call, scope);
        return List.of(shapeOf(value, ColumnNames.of(call), item));
    }

    private Shape shape(Expression.FunctionCall call, Scope scope) {
        Expressions.Resolved resolved = expressions.resolveCall(call, scope);
        String name = call.name().last().name();
        if (resolved.candidates().isEmpty()) return shapeOf(resolved.other(), name, call);
        Shape shape = null;
        for (Routine routine : resolved.candidates()) {
            findings.showsUsersColumns |= !routine.isSystem();
            Shape here = shape(routine, resolved, name, call);
            if (shape != null
                    && (shape.scalar() != here.scalar()
                            || !Expressions.sameNames(shape.columns(), here.columns())))
                throw Refusal.ambiguous(
                        "the columns of function " + call.name() + " depend on which one is meant",
                        call);
            if (shape == null) shape = here;
        }
        if (shape == null) throw new IllegalStateException("no candidate");
        return shape;
    }

    private Shape shape(Routine routine, Expressions.Resolved resolved, String name, Node where) {
        Flow flow = resolved.flow();
        List<Catalog.Column> out = routine.resultColumns();
        if (out.size() == 1) {
            long type = types.resultOf(routine, resolved.arguments());
            return new Shape(
                    true, true, List.of(new Field(out.getFirst().name(), Value.of(flow, type))));
        }
        if (!out.isEmpty()) {
            List<Field> columns = new ArrayList<>(out.size());
            for (Catalog.Column column : out)
                columns.add(
                        new Field(
                                column.name(),
                                Value.of(
                                        flow,
                                        Types.isPolymorphic(column.type())
                                                ? Types.ANY
                                                : column.type())));
            return new Shape(false, false, columns);
        }
        long type = types.resultOf(routine, resolved.arguments());
        return shapeOf(Value.of(flow, type), name, where);
    }

    /// A row shows its fields, anything else is one column.
    private Shape shapeOf(Value value, String name, Node where) {
        List<Field> fields = types.fields(value);
        if (fields != null) return new Shape(false, false, fields);
        if (value.type() == Types.RECORD)
            throw Refusal.ambiguous("the columns of " + name + " are not known here", where);
        if (value.type() != Types.UNKNOWN && !types.isScalar(value.type()))
            throw Refusal.ambiguous(
                    "whether " + name + " yields rows or single values is not known here", where);
        return new Shape(true, false, List.of(new Field(name, value)));
    }

    private List<Field> defined(List<Relation.ColumnDefinition> definitions, Flow flow) {
        List<Field> columns = new ArrayList<>(definitions.size());
        for (Relation.ColumnDefinition definition : definitions) {
            findings.account(definition.name());
            if (definition.collation() != null) findings.account(definition.collation());
            columns.add(
                    new Field(definition.name().name(), Value.of(flow, type(definition.type()))));
        }
        return columns;
    }

    private long type(TypeName typeName) {
        long type = names.type(typeName);
        calls.assignment(type);
        return type;
    }

    // ---------------------------------------------------------------- XMLTABLE, JSON_TABLE

    private Source xmlTable(Relation.XmlTable table, Scope level, List<Source> left) {
        List<String> renamed = account(table.alias());
        Scope scope = level.seeing(left);
        List<Flow> flows = new ArrayList<>();
        for (Expression namespace : table.namespaces())
            flows.add(expressions.resolve(namespace, scope).flow());
        flows.add(expressions.resolve(table.row(), scope).flow());
        flows.add(expressions.resolve(table.document(), scope).flow());
        for (Relation.XmlColumn column : table.columns()) {
            if (column.path() != null) flows.add(expressions.resolve(column.path(), scope).flow());
            if (column.defaultValue() != null)
                flows.add(expressions.resolve(column.defaultValue(), scope).flow());
        }
        Flow flow = Flow.of(flows);
        flow.count();
        List<Field> columns = new ArrayList<>();
        for (Relation.XmlColumn column : table.columns()) {
            findings.account(column.name());
            long type = column.type() == null ? Types.INT4 : type(column.type());
            columns.add(new Field(column.name().name(), Value.of(flow, type)));
        }
        String name = table.alias() == null ? "xmltable" : table.alias().name().name();
        return new Source.OfColumns(name, rename(columns, renamed), List.of());
    }

    private Source jsonTable(Relation.JsonTable table, Scope level, List<Source> left) {
        List<String> renamed = account(table.alias());
        Scope scope = level.seeing(left);
        List<Flow> flows = new ArrayList<>();
        flows.add(expressions.resolve(table.context(), scope).flow());
        flows.add(expressions.resolve(table.path(), scope).flow());
        for (Expression passing : table.passing())
            flows.add(expressions.resolve(passing, scope).flow());
        if (table.onError() != null) flows.add(expressions.resolve(table.onError(), scope).flow());
        List<Field> shapes = new ArrayList<>();
        jsonColumns(table.columns(), scope, flows, shapes);
        Flow flow = Flow.of(flows);
        flow.count();
        List<Field> columns = new ArrayList<>(shapes.size());
        for (Field shape : shapes)
            columns.add(new Field(shape.name(), Value.of(flow, shape.value().type())));
        String name = table.alias() == null ? "json_table" : table.alias().name().name();
        return new Source.OfColumns(name, rename(columns, renamed), List.of());
    }

    private void jsonColumns(
            List<Relation.JsonColumn> columns, Scope scope, List<Flow> flows, List<Field> shapes) {
        for (Relation.JsonColumn column : columns) {
            switch (column) {
                case Relation.JsonColumn.Ordinality ordinality -> {
                    findings.account(ordinality.name());
                    shapes.add(
                            new Field(ordinality.name().name(), Value.of(Flow.NONE, Types.INT4)));
                }
                case Relation.JsonColumn.Value value -> {
                    findings.account(value.name());
                    if (value.path() != null)
                        flows.add(expressions.resolve(value.path(), scope).flow());
                    for (Expression defaultValue : value.defaults())
                        flows.add(expressions.resolve(defaultValue, scope).flow());
                    shapes.add(
                            new Field(
                                    value.name().name(), Value.of(Flow.NONE, type(value.type()))));
                }
                case Relation.JsonColumn.Nested nested -> {
                    flows.add(expressions.resolve(nested.path(), scope).flow());
                    findings.enter();
                    jsonColumns(nested.columns(), scope, flows, shapes);
                    findings.leave();
                }
            }
        }
    }
}
