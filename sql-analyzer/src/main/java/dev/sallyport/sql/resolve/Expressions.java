package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Argument;
import dev.sallyport.sql.ast.Expression.FunctionCall;
import dev.sallyport.sql.ast.Expression.Special;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Operator;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.SortKey;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.ast.Window;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.catalog.Sought;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From expressions to {@link Value}s. What an expression reads is accounted for by resolving it;
/// who resolves it marks where the result is used.
final class Expressions {
    private final Names names;
    private final Types types;
    private final Findings findings;
    private final Calls calls;
    private final Columns columns;
    private final Queries queries;

    Expressions(
            Names names,
            Types types,
            Findings findings,
            Calls calls,
            Columns columns,
            Queries queries) {
        this.names = names;
        this.types = types;
        this.findings = findings;
        this.calls = calls;
        this.columns = columns;
        this.queries = queries;
    }

    /// Resolves an expression whose value is used right here.
    Value used(@Nullable Expression expression, Scope scope, Place place) {
        if (expression == null) return Value.CONSTANT;
        Value value = resolve(expression, scope);
        value.flow().mark(place);
        return value;
    }

    Value resolve(Expression expression, Scope scope) {
        findings.enter();
        int before = findings.tellings;
        try {
            Value value = meaning(expression, scope);
            return findings.tellings == before || passesOn(expression) ? value : told(value);
        } finally {
            findings.leave();
        }
    }

    /// Whether what is computed here tells no more than the operands' own computations do.
    private static boolean passesOn(Expression expression) {
        return switch (expression) {
            case Expression.Logical _, Expression.Not _, Expression.IsTest _, Expression.Row _ ->
                    true;
            case Expression.Literal _,
                    Expression.Parameter _,
                    Expression.Default _,
                    Expression.ColumnRef _,
                    Expression.Star _,
                    Expression.FieldSelect _,
                    Expression.FieldStar _,
                    Expression.Subscript _,
                    Expression.Unary _,
                    Expression.Binary _,
                    Expression.IsDistinctFrom _,
                    Expression.Between _,
                    Expression.Like _,
                    Expression.InList _,
                    Expression.InSubquery _,
                    Expression.QuantifiedArray _,
                    Expression.QuantifiedSubquery _,
                    Expression.Case _,
                    Expression.Cast _,
                    Expression.Collate _,
                    Expression.ArrayConstructor _,
                    Expression.ArraySubquery _,
                    Expression.ScalarSubquery _,
                    Expression.Exists _,
                    FunctionCall _,
                    Special _,
                    Expression.OfMySql _,
                    Expression.CurrentOf _ ->
                    false;
        };
    }

    private Value told(Value value) {
        Flow flow = value.flow() == Flow.NONE ? findings.varying() : value.flow();
        if (findings.expressionQueries > 0) flow.tell();
        List<Field> fields = value.fields();
        if (fields != null) fields = fields.stream().map(Expressions::toldField).toList();
        return new Value(flow.telling(), value.type(), fields);
    }

    private static Field toldField(Field field) {
        Value value = field.value();
        return new Field(
                field.name(), new Value(value.flow().telling(), value.type(), value.fields()));
    }

    private Value meaning(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal(literal);
            case Expression.Parameter _ -> Value.CONSTANT;
            case Expression.Default _ -> Value.CONSTANT;
            case Expression.OfMySql other -> throw Refusal.ofMySql(other);
            case Expression.ColumnRef ref -> column(ref, scope);
            case Expression.Star star -> {
                findings.account(star.qualifier());
                yield columns.wholeRow(star.qualifier(), star, scope);
            }
            case Expression.FieldSelect select -> field(select, scope);
            case Expression.FieldStar star -> resolve(star.base(), scope);
            case Expression.Subscript subscript -> {
                Value value = subscript(subscript, scope);
                findings.tellings++;
                yield value;
            }
            case Expression.Unary unary -> {
                Value operand = resolve(unary.operand(), scope);
                int before = findings.tellings;
                Value result = operator(unary.operator(), null, operand, unary);
                // `-5` is worked out before anything runs.
                if (unary.operand() instanceof Expression.Literal) findings.tellings = before;
                yield result;
            }
            case Expression.Binary binary -> binary(binary, scope);
            case Expression.Logical logical ->
                    Value.of(flow(logical.operands(), scope), Types.BOOL);
            case Expression.Not not -> Value.of(resolve(not.operand(), scope).flow(), Types.BOOL);
            case Expression.IsTest test -> {
                Flow operand = resolve(test.operand(), scope).flow();
                boolean quiet =
                        switch (test.test()) {
                            case NULL, TRUE, FALSE, UNKNOWN -> true;
                            case DOCUMENT, JSON -> false;
                        };
                if (!quiet) findings.tellings++;
                yield Value.of(quiet ? operand : operand.telling(), Types.BOOL);
            }
            case Expression.IsDistinctFrom is -> {
                Value left = resolve(is.left(), scope);
                yield compare("=", left, resolve(is.right(), scope), is);
            }
            case Expression.Between between -> {
                Value operand = resolve(between.operand(), scope);
                Value low = compare(">=", operand, resolve(between.low(), scope), between);
                Value high = compare("<=", operand, resolve(between.high(), scope), between);
                yield Value.of(Flow.of(low.flow(), high.flow()), Types.BOOL);
            }
            case Expression.Like like -> like(like, scope);
            case Expression.InList in -> inList(in, scope);
            case Expression.InSubquery in -> {
                Value operand = resolve(in.operand(), scope);
                yield compare("=", operand, subquery(in.query(), scope), in);
            }
            case Expression.QuantifiedArray any -> {
                Value operand = resolve(any.operand(), scope);
                Value array = resolve(any.array(), scope);
                Value element =
                        array == Value.CONSTANT || array.type() == Types.UNKNOWN
                                ? array
                                : Value.of(array.flow(), types.element(array.type()));
                yield Value.of(operator(any.operator(), operand, element, any).flow(), Types.BOOL);
            }
            case Expression.QuantifiedSubquery any -> {
                Value operand = resolve(any.operand(), scope);
                yield Value.of(
                        operator(any.operator(), operand, subquery(any.query(), scope), any).flow(),
                        Types.BOOL);
            }
            case Expression.Case choice -> choice(choice, scope);
            case Expression.Cast cast -> {
                Value operand = resolve(cast.operand(), scope);
                Value result = cast(operand, cast.type(), scope);
                boolean constant =
                        cast.operand() instanceof Expression.Literal
                                || cast.operand() instanceof Expression.Parameter;
                boolean plain =
                        cast.type().modifiers().isEmpty()
                                && calls.isRelabelling(operand.type(), result.type());
                if (!constant && !plain) findings.tellings++;
                findings.castsParameters |= cast.operand() instanceof Expression.Parameter;
                yield result;
            }
            case Expression.Collate collate -> {
                findings.account(collate.collation());
                Value operand = resolve(collate.operand(), scope);
                yield Value.of(operand.flow(), operand.type());
            }
            case Expression.Row row -> row(row.items(), scope);
            case Expression.ArrayConstructor array -> array(array, scope);
            case Expression.ArraySubquery array -> {
                Value element = subquery(array.query(), scope);
                yield Value.of(element.flow(), types.arrayOf(element.type()));
            }
            case Expression.ScalarSubquery scalar -> {
                findings.outsideScalars.add(scope);
                Value value = subquery(scalar.query(), scope);
                findings.outsideScalars.removeLast();
                yield value;
            }
            case Expression.Exists exists -> {
                findings.expressionQueries++;
                queries.resolve(exists.query(), scope);
                findings.expressionQueries--;
                yield Value.of(Flow.NONE, Types.BOOL);
            }
            case FunctionCall call -> call(call, scope);
            case Special special -> special(special, scope);
            case Expression.CurrentOf current -> {
                findings.account(current.cursor());
                findings.sessionChanges.add(new SessionChange.UsesCursor(current.cursor().name()));
                yield Value.of(Flow.NONE, Types.BOOL);
            }
        };
    }

    private Flow flow(List<Expression> expressions, Scope scope) {
        List<Flow> flows = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) flows.add(resolve(expression, scope).flow());
        return Flow.of(flows);
    }

    private static Value literal(Expression.Literal literal) {
        long type =
                switch (literal.kind()) {
                    case INTEGER -> integer(literal.text());
                    case NUMERIC -> Types.NUMERIC;
                    case STRING, NULL -> Types.UNKNOWN;
                    case BIT_STRING -> Types.BIT;
                    case TRUE, FALSE -> Types.BOOL;
                };
        return Value.of(Flow.NONE, type);
    }

    private static long integer(String text) {
        try {
            long value = Long.decode(text.replace("_", ""));
            return value == (int) value ? Types.INT4 : Types.INT8;
        } catch (NumberFormatException _) {
            return text.length() > 18 && text.chars().allMatch(Character::isDigit)
                    ? Types.NUMERIC
                    : Types.ANY;
        }
    }

    // ---------------------------------------------------------------- columns and fields

    private Value column(Expression.ColumnRef ref, Scope scope) {
        findings.account(ref.parts());
        Value found = columns.find(ref, scope);
        if (found == null) {
            // `row.f` may be the call `f(row)`.
            List<Identifier> parts = ref.parts();
            if (parts.size() == 1) throw names.unknownColumn(parts.getFirst().name(), ref);
            Identifier last = parts.getLast();
            Value row = columns.wholeRow(parts.subList(0, parts.size() - 1), ref, scope);
            return callOn(row, last)
                    .orElseThrow(() ->
                            names.unknownColumn(
                                    last.name(),
                                    ref,
                                    Set.of(new Sought.Routine(null, last.name()))));
        }
        calls.implicitCastsFrom(found.type());
        return found;
    }

    private Value field(Expression.FieldSelect select, Scope scope) {
        Value base = resolve(select.base(), scope);
        findings.account(select.field());
        List<Field> fields = types.fields(base);
        if (fields != null)
            for (Field field : fields)
                if (field.name().equals(select.field().name())) {
                    calls.implicitCastsFrom(field.value().type());
                    return field.value();
                }
        return callOn(base, select.field())
                .orElseThrow(() ->
                        // Of some composite type.
                        Refusal.unknown(
                                "column " + select.field().name() + " is not known", select));
    }

    /// `row.name`, where `name` is no column of it: the call `name(row)`, if there is such a
    /// function.
    private Optional<Value> callOn(Value row, Identifier name) {
        List<Routine> candidates = names.routines(new QualifiedName(List.of(name), name.span()));
        if (candidates.isEmpty()) {
            // The fields of an anonymous record can't be told: they come from the whole.
            if (types.fields(row) == null
                    && (row.type() == Types.ANY || row.type() == Types.RECORD))
                return Optional.of(Value.of(row.flow(), Types.ANY));
            return Optional.empty();
        }
        List<Long> arguments = List.of(row.type());
        List<Routine> applicable = types.applicable(candidates, arguments);
        calls.call(applicable, arguments);
        calls.setConfig(applicable, List.of(), null);
        if (Calls.showsSetting(applicable)) calls.currentSetting(List.of(), null);
        findings.tellings++;
        return Optional.of(Value.of(row.flow(), types.resultOf(applicable, arguments)));
    }

    private Value subscript(Expression.Subscript subscript, Scope scope) {
        Value base = resolve(subscript.base(), scope);
        Flow flow = base.flow();
        if (subscript.lower() != null)
            flow = Flow.of(flow, resolve(subscript.lower(), scope).flow());
        if (subscript.upper() != null)
            flow = Flow.of(flow, resolve(subscript.upper(), scope).flow());
        long type =
                subscript.slice()
                        ? base.type()
                        // a[1][2] of a two-dimensional array is an element as well
                        : subscript.base() instanceof Expression.Subscript inner
                                        && !inner.slice()
                                        && !types.isArray(base.type())
                                ? base.type()
                                : types.subscripted(base.type());
        return Value.of(flow, type);
    }

    /// The items of a row constructor or a select list, stars expanded.
    List<Field> expand(Expression item, String name, Scope scope) {
        if (item instanceof Expression.Star star) {
            findings.account(star.qualifier());
            return columns.star(star, scope);
        }
        if (item instanceof Expression.FieldStar star) {
            Value base = resolve(star.base(), scope);
            List<Field> fields = types.fields(base);
            if (fields == null)
                throw Refusal.ambiguous("the columns of this row's * are not known", star);
            return fields;
        }
        return List.of(new Field(name, resolve(item, scope)));
    }

    private Value row(List<Expression> items, Scope scope) {
        List<Field> fields = new ArrayList<>(items.size());
        for (Expression item : items)
            for (Field field : expand(item, "", scope))
                fields.add(new Field("f" + (fields.size() + 1), field.value()));
        return new Value(Flow.of(fields.stream().map(Field::flow).toList()), Types.RECORD, fields);
    }

    private Value array(Expression.ArrayConstructor array, Scope scope) {
        List<Flow> flows = new ArrayList<>(array.items().size());
        long common = Types.UNKNOWN;
        for (Expression item : array.items()) {
            Value value = resolve(item, scope);
            flows.add(value.flow());
            common = types.common(common, value.type());
        }
        long type =
                types.isArray(common)
                        ? common
                        : types.arrayOf(common == Types.UNKNOWN ? Types.TEXT : common);
        return Value.of(Flow.of(flows), type);
    }

    // ---------------------------------------------------------------- operators

    private Value binary(Expression.Binary binary, Scope scope) {
        // `a + b + c + ...` leans left as far as it is long: walked without recursion.
        List<Expression.Binary> spine = new ArrayList<>();
        Expression leftmost = binary;
        while (leftmost instanceof Expression.Binary next) {
            spine.add(next);
            leftmost = next.left();
        }
        Value left = resolve(leftmost, scope);
        for (int i = spine.size() - 1; i >= 0; i--) {
            Expression.Binary next = spine.get(i);
            left = operator(next.operator(), left, resolve(next.right(), scope), next);
        }
        return left;
    }

    private Value operator(Operator operator, @Nullable Value left, Value right, Node where) {
        findings.account(operator.schema());
        String schema = operator.schema().isEmpty() ? null : operator.schema().getLast().name();
        return operator(schema, operator.symbol(), left, right, where);
    }

    private Value compare(String symbol, Value left, Value right, Node where) {
        return Value.of(operator(null, symbol, left, right, where).flow(), Types.BOOL);
    }

    private Value operator(
            @Nullable String schema, String symbol, @Nullable Value left, Value right, Node where) {
        // Rows are compared column by column, each with the operator of its types.
        if (left != null
                && left.fields() != null
                && right.fields() != null
                && left.fields().size() == right.fields().size()) {
            for (int i = 0; i < left.fields().size(); i++)
                operator(
                        schema,
                        symbol,
                        left.fields().get(i).value(),
                        right.fields().get(i).value(),
                        where);
            return Value.of(Flow.of(left.flow(), right.flow()), Types.BOOL);
        }
        long type = calls.operator(schema, symbol, left, right, where);
        if (left == null || !calls.isLeakproof(schema, symbol, left, right)) findings.tellings++;
        return Value.of(left == null ? right.flow() : Flow.of(left.flow(), right.flow()), type);
    }

    private Value like(Expression.Like like, Scope scope) {
        Value operand = resolve(like.operand(), scope);
        Value pattern = resolve(like.pattern(), scope);
        String symbol =
                switch (like.kind()) {
                    case LIKE -> like.negated() ? "!~~" : "~~";
                    case ILIKE -> like.negated() ? "!~~*" : "~~*";
                    case SIMILAR_TO -> like.negated() ? "!~" : "~";
                };
        Flow flow = compare(symbol, operand, pattern, like).flow();
        if (like.escape() != null) flow = Flow.of(flow, resolve(like.escape(), scope).flow());
        return Value.of(flow, Types.BOOL);
    }

    private Value inList(Expression.InList in, Scope scope) {
        Value operand = resolve(in.operand(), scope);
        List<Flow> flows = new ArrayList<>(in.items().size() + 1);
        flows.add(operand.flow());
        Set<Long> compared = new HashSet<>();
        for (Expression item : in.items()) {
            Value value = resolve(item, scope);
            flows.add(value.flow());
            if (value.fields() != null || compared.add(value.type()))
                compare("=", operand, value, in);
        }
        return Value.of(Flow.of(flows), Types.BOOL);
    }

    private Value choice(Expression.Case choice, Scope scope) {
        List<Flow> flows = new ArrayList<>();
        Value operand = null;
        if (choice.operand() != null) {
            operand = resolve(choice.operand(), scope);
            flows.add(operand.flow());
        }
        long type = Types.UNKNOWN;
        for (Expression.When when : choice.whens()) {
            Value condition = resolve(when.condition(), scope);
            if (operand != null) compare("=", operand, condition, choice);
            flows.add(condition.flow());
            Value result = resolve(when.result(), scope);
            flows.add(result.flow());
            type = types.common(type, result.type());
        }
        if (choice.otherwise() != null) {
            Value result = resolve(choice.otherwise(), scope);
            flows.add(result.flow());
            type = types.common(type, result.type());
        }
        return Value.of(Flow.of(flows), type);
    }

    // ---------------------------------------------------------------- sub-selects

    /// The row of a sub-select; a single column as itself.
    private Value subquery(dev.sallyport.sql.ast.Query query, Scope scope) {
        findings.expressionQueries++;
        List<Field> result = queries.resolve(query, scope).columns();
        findings.expressionQueries--;
        if (result.size() == 1) return result.getFirst().value();
        return new Value(Flow.of(result.stream().map(Field::flow).toList()), Types.RECORD, result);
    }

    // ---------------------------------------------------------------- casts and calls

    private Value cast(Value operand, TypeName typeName, Scope scope) {
        for (Expression modifier : typeName.modifiers())
            if (!(modifier instanceof Expression.ColumnRef)) resolve(modifier, scope);
        long type = names.type(typeName);
        calls.cast(operand.type(), type);
        return Value.of(operand.flow(), type);
    }

    private Value call(FunctionCall call, Scope scope) {
        Resolved resolved = resolveCall(call, scope);
        if (resolved.candidates.isEmpty()) return resolved.other;
        return new Value(
                resolved.flow,
                types.resultOf(resolved.candidates, resolved.arguments),
                outColumns(resolved));
    }

    /// A call with what it may mean. No candidates: a conversion or projection written as a call.
    record Resolved(List<Routine> candidates, List<Long> arguments, Flow flow, Value other) {}

    Resolved resolveCall(FunctionCall call, Scope scope) {
        List<Flow> flows = new ArrayList<>();
        List<Long> argumentTypes = new ArrayList<>();
        List<Expression> argumentValues = new ArrayList<>();
        Value first = Value.CONSTANT;
        for (Argument argument : call.arguments()) {
            if (argument.name() != null) findings.account(argument.name());
            Value value = resolve(argument.value(), scope);
            if (flows.isEmpty()) first = value;
            flows.add(value.flow());
            argumentTypes.add(
                    argument.variadic() || argument.name() != null ? Types.ANY : value.type());
            argumentValues.add(argument.value());
        }
        for (SortKey key : call.withinGroup()) {
            Value value = sortKey(key, scope);
            flows.add(value.flow());
            argumentTypes.add(Types.ANY);
        }
        for (SortKey key : call.orderBy()) sortKey(key, scope);
        used(call.filter(), scope, Place.PREDICATE);
        if (call.over() != null) window(call.over(), scope);
        Flow flow = Flow.of(flows);
        if (call.distinct()) flow.mark(Place.GROUP);

        List<Routine> candidates = names.routines(call.name());
        if (candidates.isEmpty()) {
            Value other = conversionOrProjection(call, first, scope);
            return new Resolved(List.of(), argumentTypes, flow, other);
        }
        boolean plain = call.withinGroup().isEmpty() && !call.star();
        for (Argument argument : call.arguments()) plain &= !argument.variadic();
        List<Routine> applicable = plain ? types.applicable(candidates, argumentTypes) : candidates;
        calls.call(applicable, argumentTypes);
        if (Calls.returnRows(applicable)) flow.count();
        if (!calls.isLeakproof(applicable)) findings.tellings++;
        else if (flow == Flow.NONE && call.arguments().isEmpty() && !call.star())
            flow = findings.varying();
        // Named arguments may stand in any order.
        boolean ordered = call.arguments().stream().allMatch(a -> a.name() == null);
        List<Expression> values = ordered ? argumentValues : List.of();
        calls.setConfig(applicable, values, scope.onlySetting);
        if (Calls.showsSetting(applicable)) flow = setting(values, flow, scope);
        return new Resolved(applicable, argumentTypes, flow, Value.of(flow, Types.ANY));
    }

    /// `current_setting(s.name) FROM pg_settings s`, which psql's `\dconfig` asks, shows what
    /// `s.setting` does.
    private Flow setting(List<Expression> arguments, Flow flow, Scope scope) {
        Catalog.ColumnOf listed = calls.listedSettings();
        if (listed != null
                && !arguments.isEmpty()
                && arguments.getFirst() instanceof Expression.ColumnRef name) {
            Flow shown = columns.beside(name, scope, listed, "setting");
            if (shown != null) return Flow.of(flow, shown);
        }
        calls.currentSetting(arguments, scope.onlySetting);
        return flow;
    }

    /// `type(x)` converts, `column(row)` projects: both only with one argument.
    private Value conversionOrProjection(FunctionCall call, Value argument, Scope scope) {
        if (call.arguments().size() == 1 && !call.star()) {
            if (call.name().parts().size() == 1) {
                List<Field> fields = types.fields(argument);
                if (fields != null)
                    for (Field field : fields)
                        if (field.name().equals(call.name().last().name())) return field.value();
            }
            Type type = names.findType(call.name());
            if (type != null) {
                findings.tellings++;
                calls.cast(argument.type(), type.oid());
                return Value.of(argument.flow(), type.oid());
            }
        }
        if (call.arguments().size() != 1 || call.star())
            throw names.unknownRoutine("function", call.name());
        String reason = "function " + call.name() + " is not known";
        // Its argument may have a column of that name by now.
        if (call.name().parts().size() == 1 && types.fields(argument) != null)
            throw Refusal.unknown(reason, call.name());
        String schema = names.schemaOf(call.name());
        String name = call.name().last().name();
        throw Refusal.unknown(
                reason,
                call.name(),
                Set.of(new Sought.Routine(schema, name), new Sought.Type(schema, name)));
    }

    private @Nullable List<Field> outColumns(Resolved resolved) {
        if (resolved.candidates.isEmpty()) return null;
        List<Field> shape = null;
        for (Routine routine : resolved.candidates) {
            if (routine.resultColumns().size() < 2) return null;
            List<Field> fields = new ArrayList<>();
            for (Catalog.Column column : routine.resultColumns())
                fields.add(new Field(column.name(), Value.of(resolved.flow, column.type())));
            if (shape != null && !sameNames(shape, fields)) return null;
            shape = fields;
        }
        return shape;
    }

    static boolean sameNames(List<Field> left, List<Field> right) {
        if (left.size() != right.size()) return false;
        for (int i = 0; i < left.size(); i++)
            if (!left.get(i).name().equals(right.get(i).name())) return false;
        return true;
    }

    Value sortKey(SortKey key, Scope scope) {
        Value value = used(key.expression(), scope, Place.SORT);
        if (key.using() != null) operator(key.using(), value, value, key);
        calls.compared(value.type());
        return value;
    }

    void window(Window window, Scope scope) {
        switch (window) {
            case Window.Named named -> findings.account(named.name());
            case Window.Specification specification -> {
                if (specification.base() != null) findings.account(specification.base());
                for (Expression partition : specification.partitionBy())
                    calls.compared(used(partition, scope, Place.GROUP).type());
                for (SortKey key : specification.orderBy()) sortKey(key, scope);
                Window.Frame frame = specification.frame();
                if (frame != null) {
                    used(frame.start().offset(), scope, Place.PREDICATE);
                    if (frame.end() != null) used(frame.end().offset(), scope, Place.PREDICATE);
                }
            }
        }
    }

    private static boolean isQuiet(Expression.SpecialKind kind) {
        return switch (kind) {
            case COALESCE,
                    GROUPING,
                    CURRENT_DATE,
                    CURRENT_TIME,
                    CURRENT_TIMESTAMP,
                    LOCALTIME,
                    LOCALTIMESTAMP,
                    CURRENT_ROLE,
                    CURRENT_USER,
                    SESSION_USER,
                    USER,
                    CURRENT_CATALOG,
                    CURRENT_SCHEMA,
                    MERGE_ACTION ->
                    true;
            case GREATEST,
                    LEAST,
                    NULLIF,
                    XMLCONCAT,
                    XMLELEMENT,
                    XMLFOREST,
                    XMLPARSE,
                    XMLPI,
                    XMLROOT,
                    XMLSERIALIZE,
                    JSON,
                    JSON_SCALAR,
                    JSON_SERIALIZE,
                    JSON_OBJECT,
                    JSON_ARRAY,
                    JSON_OBJECTAGG,
                    JSON_ARRAYAGG,
                    JSON_EXISTS,
                    JSON_VALUE,
                    JSON_QUERY ->
                    false;
        };
    }

    private Value special(Special special, Scope scope) {
        List<Flow> flows = new ArrayList<>(special.operands().size());
        List<Value> values = new ArrayList<>(special.operands().size());
        long common = Types.UNKNOWN;
        for (Expression operand : special.operands()) {
            Value value = resolve(operand, scope);
            values.add(value);
            flows.add(value.flow());
            common = types.common(common, value.type());
        }
        for (SortKey key : special.orderBy()) sortKey(key, scope);
        used(special.filter(), scope, Place.PREDICATE);
        if (special.over() != null) window(special.over(), scope);
        Flow flow = Flow.of(flows);
        if (special.kind().name().startsWith("JSON")) calls.toJson();
        if (!isQuiet(special.kind())) findings.tellings++;
        else if (special.operands().isEmpty()) flow = findings.varying();
        if (special.type() != null) return cast(Value.of(flow, Types.ANY), special.type(), scope);
        long type =
                switch (special.kind()) {
                    case COALESCE, GREATEST, LEAST -> common;
                    case NULLIF -> {
                        if (values.size() == 2) compare("=", values.get(0), values.get(1), special);
                        yield common;
                    }
                    case GROUPING -> Types.INT4;
                    case CURRENT_DATE -> Types.DATE;
                    case CURRENT_TIME -> Types.TIMETZ;
                    case CURRENT_TIMESTAMP -> Types.TIMESTAMPTZ;
                    case LOCALTIME -> Types.TIME;
                    case LOCALTIMESTAMP -> Types.TIMESTAMP;
                    case CURRENT_ROLE,
                            CURRENT_USER,
                            SESSION_USER,
                            USER,
                            CURRENT_CATALOG,
                            CURRENT_SCHEMA ->
                            Types.NAME;
                    case MERGE_ACTION -> Types.TEXT;
                    case XMLCONCAT, XMLELEMENT, XMLFOREST, XMLPARSE, XMLPI, XMLROOT -> Types.XML;
                    case XMLSERIALIZE -> Types.TEXT;
                    case JSON_SERIALIZE, JSON_VALUE -> Types.TEXT;
                    case JSON_EXISTS -> Types.BOOL;
                    case JSON,
                            JSON_SCALAR,
                            JSON_OBJECT,
                            JSON_ARRAY,
                            JSON_OBJECTAGG,
                            JSON_ARRAYAGG ->
                            Types.JSON;
                    case JSON_QUERY -> Types.ANY;
                };
        return Value.of(flow, type);
    }
}
