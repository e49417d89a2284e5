package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.Window;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.RoutineKind;
import dev.sallyport.sql.catalog.Sought;
import dev.sallyport.sql.functions.FunctionClasses;
import dev.sallyport.sql.mysql.MySqlType;
import dev.sallyport.sql.mysql.resolve.Level.Clause;
import dev.sallyport.sql.mysql.resolve.Level.Output;
import dev.sallyport.sql.mysql.resolve.Source.Column;
import dev.sallyport.sql.mysql.resolve.Source.Operand;
import dev.sallyport.sql.resolve.Accesses;
import dev.sallyport.sql.resolve.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an expression uses, and where its value comes from.
final class Expressions {
    /// The schema under which footprints name the server's own functions.
    static final String SERVERS_FUNCTIONS = "mysql";

    private final Walk walk;

    Expressions(Walk walk) {
        this.walk = walk;
    }

    /// Resolves and uses it there; null is nothing.
    void used(@Nullable Expression expression, Level level, Place place) {
        if (expression != null) resolve(expression, level).mark(place);
    }

    void used(List<Expression> expressions, Level level, Place place) {
        for (Expression expression : expressions) used(expression, level, place);
    }

    Flow resolve(Expression expression, Level level) {
        return switch (expression) {
            case Expression.Literal _, Expression.Parameter _, Expression.Default _ -> Flow.NONE;
            case Expression.ColumnRef column -> column(column, level);
            case Expression.Unary(_, var operand, _) -> resolve(operand, level).telling();
            case Expression.Binary(var left, var operator, var right, _) ->
                    COMPARISONS.contains(operator.symbol())
                            ? comparison(List.of(left, right), level)
                            : Flow.of(resolve(left, level), resolve(right, level)).telling();
            case Expression.Logical(_, var operands, _) -> all(operands, level);
            case Expression.Not(var operand, _) -> resolve(operand, level);
            case Expression.IsTest(var operand, _, _, _) -> resolve(operand, level);
            case Expression.IsDistinctFrom(var left, var right, _, _) ->
                    comparison(List.of(left, right), level);
            case Expression.Between(var operand, var low, var high, _, _, _) ->
                    comparison(List.of(operand, low, high), level);
            case Expression.Like(var operand, _, var pattern, var escape, _, _) -> {
                Flow both = Flow.of(resolve(operand, level), resolve(pattern, level));
                yield escape == null ? both : Flow.of(both, resolve(escape, level)).telling();
            }
            case Expression.InList(var operand, var items, _, _) -> {
                List<Expression> compared = new ArrayList<>(items);
                compared.add(operand);
                yield comparison(compared, level);
            }
            case Expression.InSubquery(var operand, var query, _, _) ->
                    compared(List.of(resolve(operand, level), subquery(query, level)), true);
            case Expression.QuantifiedSubquery(var operand, _, _, var query, _) ->
                    compared(List.of(resolve(operand, level), subquery(query, level)), true);
            case Expression.Case branches -> branches(branches, level);
            case Expression.Cast(var operand, _, _) -> resolve(operand, level).telling();
            case Expression.Collate(var operand, _, _) -> resolve(operand, level);
            case Expression.Row(var items, _) -> all(items, level);
            case Expression.ScalarSubquery(var query, _) -> {
                // More than one row is an error.
                counted(level);
                yield subquery(query, level).telling();
            }
            case Expression.Exists(var query, _) -> subquery(query, level);
            case Expression.FunctionCall call -> call(call, level);
            case Expression.UserVariable _ -> {
                variable();
                yield Flow.NONE;
            }
            case Expression.SystemVariable(_, var name, _) -> {
                walk.accesses.add(Action.SESSION, new Resource.Other("server variable", "", name));
                yield Flow.NONE;
            }
            case Expression.VariableAssignment(_, var value, _) -> {
                variable();
                walk.tells = true;
                walk.effects.add(Effect.SESSION);
                Flow flow = resolve(value, level);
                // Whoever asks for the variable next is shown it.
                flow.mark(Place.OUTPUT);
                yield flow;
            }
            case Expression.SequenceValue sequence -> sequence(sequence, level);
            case Expression.Star star -> throw Refusal.unsupported("* may not stand here", star);
            case Expression.CurrentOf current ->
                    throw Refusal.unsupported("this is PostgreSQL's syntax", current);
            case Expression.FieldSelect other -> throw foreign(other);
            case Expression.FieldStar other -> throw foreign(other);
            case Expression.Subscript other -> throw foreign(other);
            case Expression.QuantifiedArray other -> throw foreign(other);
            case Expression.ArrayConstructor other -> throw foreign(other);
            case Expression.ArraySubquery other -> throw foreign(other);
            case Expression.Special other -> throw foreign(other);
        };
    }

    private static Refusal foreign(Expression expression) {
        return Refusal.unsupported("this is PostgreSQL's syntax", expression);
    }

    private Flow all(List<Expression> expressions, Level level) {
        List<Flow> flows = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) flows.add(resolve(expression, level));
        return Flow.of(flows);
    }

    private Flow branches(Expression.Case branches, Level level) {
        List<Flow> flows = new ArrayList<>();
        if (branches.operand() != null) flows.add(resolve(branches.operand(), level));
        for (Expression.When when : branches.whens()) {
            flows.add(resolve(when.condition(), level));
            flows.add(resolve(when.result(), level));
        }
        if (branches.otherwise() != null) flows.add(resolve(branches.otherwise(), level));
        return Flow.of(flows).telling();
    }

    private static final Set<String> COMPARISONS =
            Set.of("=", "<=>", "<", ">", "<=", ">=", "<>", "!=");

    private Flow comparison(List<Expression> operands, Level level) {
        List<Flow> flows = new ArrayList<>(operands.size());
        boolean texts = true;
        for (Expression operand : operands) {
            Flow flow = resolve(operand, level);
            flows.add(flow);
            texts &=
                    flow != Flow.NONE
                            || operand instanceof Expression.Literal literal
                                    && literal.kind() == Expression.LiteralKind.STRING;
        }
        return compared(flows, texts);
    }

    /// A comparison raises no error, whatever it is about, but for texts that are converted: one
    /// that is compared with a number and isn't one is quoted in a warning, or is an error where
    /// rows are changed.
    ///
    /// @param texts the constants among them are texts
    Flow compared(List<Flow> flows, boolean texts) {
        boolean converts = false;
        boolean all = texts;
        for (Flow flow : flows) {
            if (flow == Flow.NONE) continue;
            Kind kind = kind(flow);
            all &= kind == Kind.TEXT;
            converts |= kind != Kind.OTHER;
        }
        Flow joined = Flow.of(flows);
        return converts && !all ? joined.telling() : joined;
    }

    private enum Kind {
        TEXT,
        /// Of which a comparison converts nothing that could fail.
        OTHER,
        UNKNOWN
    }

    private Kind kind(Flow flow) {
        if (!(flow instanceof Accesses.ColumnFlow column)
                || !(column.entry.resource instanceof Resource.Relation of)) return Kind.UNKNOWN;
        Catalog.Relation relation = walk.context.catalog().relation(of.schema(), of.name());
        Catalog.Column known = relation == null ? null : relation.column(column.name);
        String type =
                known == null || known.detail() == null ? null : known.detail().formattedType();
        if (type == null) return Kind.UNKNOWN;
        return MySqlType.of(type).isCharacters() ? Kind.TEXT : Kind.OTHER;
    }

    /// Whether it fails, or how often it was evaluated, could be told from outside: for rows of the
    /// result only it may be.
    private void counted(Level level) {
        if (!walk.isOutermost() || level.clause != Clause.SELECT_LIST) walk.tells = true;
    }

    /// Each evaluation is another one: what rows come to it can be counted.
    private static final Set<String> COUNTING = Set.of("rand", "uuid_short", "rownum");

    /// Computed from all rows of a group, and of those only that a condition let through.
    private static final Set<String> AGGREGATES =
            Set.of("count", "sum", "min", "max", "avg", "group_concat");

    private Flow subquery(Query query, Level level) {
        boolean before = walk.relations.changes;
        walk.relations.changes = false;
        List<Flow> flows = new ArrayList<>();
        for (Output output : walk.queries.resolve(query, level, level.ctes))
            flows.add(output.flow());
        walk.relations.changes = before;
        return Flow.of(flows);
    }

    /// Their names are the client's own: whatever somebody types there stays out of the log.
    void variable() {
        walk.accesses.add(Action.SESSION, new Resource.Other("user variable", "", "*"));
    }

    private Flow sequence(Expression.SequenceValue value, Level level) {
        walk.tells = true;
        walk.account(value.sequence());
        Catalog.Relation relation = walk.names.known(value.sequence(), walk.context.schema());
        walk.accesses.add(Action.SELECT, relation.resource());
        if (value.changes()) {
            walk.accesses.add(Action.INSERT, relation.resource());
            walk.effects.add(Effect.DATA);
            walk.functionEffects.add(Effect.DATA);
        }
        return all(value.arguments(), level);
    }

    // ---------------------------------------------------------------- columns

    /// The column that a name means, or everything that it may mean: where the server's rule for
    /// aliases of the select list isn't the same everywhere, all candidates count.
    Flow column(Expression.ColumnRef reference, Level level) {
        walk.account(reference.parts());
        List<Identifier> parts = reference.parts();
        String name = parts.getLast().name();
        // Another name of a primary key, wherever no column is called so.
        if (Folding.same(name, "_rowid"))
            throw Refusal.unsupported(
                    "_rowid is not understood: write the column's name", reference);
        List<Flow> found = new ArrayList<>(1);
        boolean certain = false;
        for (Level at = level; at != null && !certain; at = outside(at)) {
            Flow alias = parts.size() == 1 && showsAliases(at, level) ? alias(at, name) : null;
            Flow direct = null;
            try {
                direct = direct(parts, at, reference);
            } catch (Refusal refusal) {
                // ORDER BY and the like prefer the alias where the column is ambiguous.
                if (alias == null) throw refusal;
            }
            if (alias != null) found.add(alias);
            if (direct != null) found.add(direct);
            // HAVING sees the groups and the select list, and then what is outside: whether the
            // column is one of the groups isn't looked at here.
            certain = direct != null && !(at == level && at.clause == Clause.HAVING);
        }
        if (!found.isEmpty()) return Flow.of(found);
        String first = parts.getFirst().name();
        for (Identifier variable : walk.variables)
            if (Folding.same(variable.name(), first)) return Flow.NONE;
        throw Refusal.unknown(
                "column "
                        + String.join(".", parts.stream().map(Identifier::name).toList())
                        + " is not known",
                reference);
    }

    private @Nullable Level outside(Level level) {
        if (level.outer != null) return level.outer;
        return level == walk.outside ? null : walk.outside;
    }

    /// Whether a name at `from` sees the aliases of the select list at `level`, itself or outside.
    private static boolean showsAliases(Level level, Level from) {
        return switch (level.clause) {
            case GROUP, HAVING, ORDER -> true;
            case SELECT_LIST -> level != from;
            case FROM, WHERE -> false;
        };
    }

    private static @Nullable Flow alias(Level level, String name) {
        List<Flow> found = new ArrayList<>(1);
        for (Output output : level.aliases)
            if (Folding.same(output.name(), name) || Folding.confusable(output.name(), name))
                found.add(output.flow());
        if (found.isEmpty()) return null;
        return Flow.of(found);
    }

    private @Nullable Flow direct(List<Identifier> parts, Level level, Expression where) {
        String name = parts.getLast().name();
        if (parts.size() == 1) {
            Column found = null;
            for (Operand operand : level.operands) {
                Column column = Source.named(operand.columns(), name, where);
                if (column == null) continue;
                if (found != null)
                    throw Refusal.ambiguous("column " + name + " is ambiguous", where);
                found = column;
            }
            return found == null ? null : found.flow();
        }
        String table = parts.get(parts.size() - 2).name();
        String schema = parts.size() == 3 ? parts.getFirst().name() : null;
        Column found = null;
        for (Operand operand : level.operands)
            for (Source source : operand.sources()) {
                if (!mayBe(source, schema, table, where)) continue;
                Column column = Source.named(source.columns(), name, where);
                if (column == null) continue;
                if (found != null)
                    throw Refusal.ambiguous("column " + name + " is ambiguous", where);
                found = column;
                qualified(parts, schema != null, source);
            }
        return found == null ? null : found.flow();
    }

    /// `db.table.column`: the database means nothing where something else takes the table's place.
    void qualified(List<Identifier> parts, boolean withDatabase, Source source) {
        Named place = walk.named(source);
        if (withDatabase && place != null)
            place.qualifiedBy(
                    new Span(parts.getFirst().span().start(), parts.get(1).span().start()));
    }

    /// Whether `schema.table` names that part of FROM.
    boolean mayBe(Source source, @Nullable String schema, String table, Expression where) {
        // OLD and NEW of a trigger are words, not names of tables.
        boolean word = walk.outside != null && walk.outside.holds(source);
        if (word ? !Folding.same(source.alias(), table) : !isCalled(source.alias(), table, where))
            return false;
        if (schema == null) return true;
        if (source.schema() == null)
            throw Refusal.ambiguous(
                    "a database's name before " + table + ", which is no table here", where);
        Catalog.Schema meant = walk.names.schema(schema);
        return meant != null && meant.name().equals(source.schema());
    }

    private boolean isCalled(String alias, String name, Expression where) {
        if (walk.names.sameTable(alias, name)) return true;
        if (walk.names.confusableTables(alias, name))
            throw Refusal.ambiguous("table " + name + " might be taken for another one", where);
        return false;
    }

    // ---------------------------------------------------------------- calls

    private Flow call(Expression.FunctionCall call, Level level) {
        called(call);
        List<Flow> flows = new ArrayList<>();
        String name = call.name().last().name();
        // VALUES(c) behind ON DUPLICATE KEY UPDATE means the column of the table that is written.
        Level inside =
                walk.dml.inserted != null
                                && (Folding.same(name, "values") || Folding.same(name, "value"))
                        ? walk.dml.inserted
                        : level;
        for (Expression.Argument argument : call.arguments())
            flows.add(resolve(argument.value(), inside));
        flows.add(sorted(call.orderBy(), level));
        flows.add(sorted(call.withinGroup(), level));
        if (call.filter() != null) flows.add(resolve(call.filter(), level));
        Flow arguments = Flow.of(flows);
        if (call.distinct()) arguments.mark(Place.GROUP);
        String lower = Folding.lower(name);
        if (COUNTING.contains(lower)) counted(level);
        if (!AGGREGATES.contains(lower)) arguments = arguments.telling();
        return call.over() == null ? arguments : Flow.of(arguments, window(call.over(), level));
    }

    private Flow sorted(List<SortKey> keys, Level level) {
        List<Flow> flows = new ArrayList<>(keys.size());
        for (SortKey key : keys) {
            Flow flow = resolve(key.expression(), level);
            flow.mark(Place.SORT);
            flows.add(flow);
        }
        return Flow.of(flows);
    }

    Flow window(Window window, Level level) {
        return switch (window) {
            // Its definition stands in the same query, and is used there.
            case Window.Named named -> {
                walk.account(named.name());
                yield Flow.NONE;
            }
            case Window.Specification specification -> {
                if (specification.base() != null) walk.account(specification.base());
                List<Flow> flows = new ArrayList<>();
                for (Expression expression : specification.partitionBy()) {
                    Flow flow = resolve(expression, level);
                    flow.mark(Place.GROUP);
                    flows.add(flow);
                }
                flows.add(sorted(specification.orderBy(), level));
                Window.Frame frame = specification.frame();
                if (frame != null) {
                    bound(frame.start(), level);
                    if (frame.end() != null) bound(frame.end(), level);
                }
                yield Flow.of(flows);
            }
        };
    }

    private void bound(Window.Bound bound, Level level) {
        used(bound.offset(), level, Place.PREDICATE);
    }

    /// What the name may call: the server's own function comes first, then those that an
    /// administrator loaded, then a stored one of the current schema. All that exist count.
    void called(Expression.FunctionCall call) {
        walk.account(call.name());
        List<Identifier> parts = call.name().parts();
        String name = parts.getLast().name();
        if (parts.size() > 2)
            throw Refusal.unsupported("a function's name of more than two parts", call);
        boolean known = false;
        String schema = walk.context.schema();
        if (parts.size() == 2) {
            schema = parts.getFirst().name();
        } else {
            FunctionClass own = FunctionClasses.ofMySql(name, walk.context.dialect());
            if (own != FunctionClass.UNCLASSIFIED) {
                calls(new Resource.Function(SERVERS_FUNCTIONS, Folding.lower(name), own));
                known = true;
            }
        }
        for (Catalog.Routine routine : walk.names.routines(schema, name)) {
            if (routine.kind() == RoutineKind.PROCEDURE) continue;
            calls(stored(routine));
            known = true;
        }
        if (!known)
            throw Refusal.unknown(
                    "function "
                            + String.join(".", parts.stream().map(Identifier::name).toList())
                            + " is not known",
                    call,
                    Set.of(new Sought.Routine(schema, Folding.lower(name))));
    }

    static Resource.Function stored(Catalog.Routine routine) {
        return new Resource.Function(routine.schema(), routine.name(), FunctionClass.USER_DEFINED);
    }

    void calls(Resource.Function function) {
        walk.accesses.add(Action.EXECUTE, function);
        if (function.functionClass() != FunctionClass.COMPUTES
                && function.functionClass() != FunctionClass.READS_CATALOG) walk.tells = true;
        Set<Effect> effects = effects(function.functionClass());
        walk.effects.addAll(effects);
        walk.functionEffects.addAll(effects);
    }

    private static Set<Effect> effects(FunctionClass functionClass) {
        return switch (functionClass) {
            case COMPUTES, READS_CATALOG, READS_DATA, SLEEPS -> Set.of();
            case READS_FILES, NETWORK -> Set.of(Effect.OUTSIDE);
            case CHANGES_SETTINGS -> Set.of(Effect.NAME_RESOLUTION, Effect.SESSION);
            case CHANGES_DATA -> Set.of(Effect.DATA);
            case AFFECTS_OTHER_SESSIONS -> Set.of(Effect.SESSION, Effect.OUTSIDE);
            case RUNS_SQL, USER_DEFINED, UNCLASSIFIED ->
                    Set.of(Effect.DATA, Effect.NAME_RESOLUTION, Effect.SESSION, Effect.OUTSIDE);
        };
    }
}
