package dev.sallyport.sql.selection;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Operator;
import dev.sallyport.sql.ast.Parts;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Reference;
import dev.sallyport.sql.rewrite.References;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the {@link RowSelection}s of a statement that was understood: one for each {@link
/// Reference}, so that none is forgotten. What this walk doesn't know limits nothing.
public final class Selections {
    /// Types to which a constant can be cast and stay what it is.
    private static final Set<String> PLAIN_TYPES =
            Set.of("int2", "int4", "int8", "numeric", "text", "varchar", "uuid");

    private final Map<Span, Place> places = new HashMap<>();
    private final List<Place> all = new ArrayList<>();

    private Selections() {}

    /// @param rows one for each reference, in its order
    /// @param arguments of an EXECUTE; empty where one is no constant
    /// @param plainParameters a PREPARE declares no type that could make another value of an
    ///   argument
    public record Result(
            List<RowSelection> rows, List<Optional<Constant>> arguments, boolean plainParameters) {
        public static final Result NONE = new Result(List.of(), List.of(), true);

        public Result {
            rows = List.copyOf(rows);
            arguments = List.copyOf(arguments);
        }
    }

    public static Result of(Statement statement, References references) {
        List<Optional<Constant>> arguments = arguments(statement);
        if (references.all().isEmpty() && arguments.isEmpty()) return Result.NONE;
        boolean plain =
                !(statement instanceof Statement.Prepare prepare)
                        || prepare.types().stream().allMatch(type -> isPlain(type, 0));
        Selections walk = new Selections();
        for (Reference reference : references.all()) walk.place(reference);
        if (statement instanceof Record record) walk.visit(record);
        return new Result(walk.all.stream().map(Place::selection).toList(), arguments, plain);
    }

    private static List<Optional<Constant>> arguments(Statement statement) {
        return switch (statement) {
            case Statement.Execute execute ->
                    execute.arguments().stream()
                            .map(argument -> Optional.ofNullable(constant(argument)))
                            .toList();
            case Statement.Explain explain -> arguments(explain.statement());
            case Statement.CreateTableAs create -> arguments(create.source());
            default -> List.of();
        };
    }

    private void place(Reference reference) {
        Place place = new Place(reference.relation());
        all.add(place);
        switch (reference) {
            case Reference.Read read -> places.put(read.span(), place);
            case Reference.Target target -> places.put(target.span(), place);
            case Reference.CopyOut _, Reference.Unread _, Reference.Fixed _ -> {}
        }
    }

    /// A relation where the text names it.
    private static final class Place {
        private final Catalog.Relation relation;

        /// What qualifies its columns; empty when nothing can.
        private String name = "";

        /// Its own name, with its schema before it, may be used too.
        private boolean ownName;

        /// Its columns go by their own names, and can be named without qualifier.
        private boolean plain;

        private final Set<RowSelection.Compared> compared = new LinkedHashSet<>();
        private final Map<String, Set<Constant>> limits = new LinkedHashMap<>();

        Place(Catalog.Relation relation) {
            this.relation = relation;
        }

        void compare(String column, Set<Constant> constants) {
            for (Constant constant : constants)
                compared.add(new RowSelection.Compared(column, constant));
        }

        RowSelection selection() {
            limits.forEach(this::compare);
            return new RowSelection(relation, List.copyOf(compared), limits.keySet());
        }
    }

    private record Column(Place place, String name) {}

    /// A condition that holds for every row of the places that it limits.
    ///
    /// @param sees the places whose columns can be named in it
    /// @param limited those whose rows are left out where it doesn't hold
    private record Condition(Expression expression, Set<Place> sees, Set<Place> limited) {}

    private record Equality(Column left, Column right, Set<Place> limited) {}

    /// One FROM, with what is written and the conditions on it.
    private static final class Level {
        private final List<Place> visible = new ArrayList<>();
        private final List<Condition> conditions = new ArrayList<>();
        private final List<Equality> equalities = new ArrayList<>();
    }

    // ---------------------------------------------------------------- the walk

    private void visit(Record node) {
        switch (node) {
            case Query.Select select -> {
                Level level = new Level();
                Set<Place> inside = from(select.from(), level);
                if (select.where() != null)
                    level.conditions.add(new Condition(select.where(), inside, inside));
                limit(level);
            }
            case Statement.Update update -> update(update);
            case Statement.Delete delete -> {
                Level level = new Level();
                Set<Place> inside = target(delete.target(), level);
                inside.addAll(from(delete.using(), level));
                if (delete.where() != null)
                    level.conditions.add(new Condition(delete.where(), inside, inside));
                limit(level);
            }
            case Statement.Insert insert -> insert(insert);
            default -> {
                // Nothing else limits what it reads, as far as this walk knows.
            }
        }
        Parts.forEach(node, this::visit);
    }

    private Set<Place> target(Statement.Target target, Level level) {
        Place place = places.get(target.reference());
        if (place == null) return new HashSet<>();
        place.plain = true;
        place.ownName = target.alias() == null;
        place.name = target.alias() == null ? target.name().last().name() : target.alias().name();
        level.visible.add(place);
        return new HashSet<>(Set.of(place));
    }

    private Set<Place> from(List<Relation> items, Level level) {
        Set<Place> inside = new HashSet<>();
        for (Relation item : items) inside.addAll(from(item, level));
        return inside;
    }

    /// @return the places whose rows make up the item's
    private Set<Place> from(Relation item, Level level) {
        return switch (item) {
            case Relation.Table table -> table(table, level);
            case Relation.Join join -> join(join, level);
            // Those inside of a sub-select are limited there or not at all.
            case Relation.Subquery _,
                    Relation.Function _,
                    Relation.XmlTable _,
                    Relation.JsonTable _,
                    Relation.OfMySql _ ->
                    Set.of();
        };
    }

    private Set<Place> table(Relation.Table table, Level level) {
        Place place = places.get(table.reference());
        if (place == null) return Set.of();
        place.plain = table.alias() == null || table.alias().columns().isEmpty();
        place.ownName = table.alias() == null;
        place.name =
                table.alias() == null ? table.name().last().name() : table.alias().name().name();
        level.visible.add(place);
        return Set.of(place);
    }

    private Set<Place> join(Relation.Join join, Level level) {
        int before = level.visible.size();
        Set<Place> left = from(join.left(), level);
        Set<Place> right = from(join.right(), level);
        Set<Place> both = new HashSet<>(left);
        both.addAll(right);
        Set<Place> limited =
                switch (join.type()) {
                    case CROSS, INNER -> both;
                    // A row of the other side comes also where the condition doesn't hold.
                    case LEFT -> right;
                    case RIGHT -> left;
                    case FULL -> Set.of();
                };
        switch (join.condition()) {
            case Relation.JoinCondition.On on ->
                    level.conditions.add(new Condition(on.expression(), both, limited));
            case Relation.JoinCondition.Using using -> {
                for (Identifier column : using.columns()) {
                    Column ofLeft = only(column.name(), left);
                    Column ofRight = only(column.name(), right);
                    if (ofLeft != null && ofRight != null)
                        level.equalities.add(new Equality(ofLeft, ofRight, limited));
                }
            }
            case null -> {}
        }
        // Behind its own name nothing inside can be named.
        if (join.alias() != null)
            for (Place place : level.visible.subList(before, level.visible.size())) {
                place.plain = false;
                place.name = "";
            }
        return both;
    }

    private static @Nullable Column only(String column, Set<Place> places) {
        Column found = null;
        for (Place place : places)
            if (place.plain && place.relation.column(column) != null) {
                if (found != null) return null;
                found = new Column(place, column);
            }
        return found;
    }

    private void update(Statement.Update update) {
        Level level = new Level();
        Set<Place> inside = target(update.target(), level);
        Place target = places.get(update.target().reference());
        inside.addAll(from(update.from(), level));
        if (update.where() != null)
            level.conditions.add(new Condition(update.where(), inside, inside));
        limit(level);
        if (target == null) return;
        for (Statement.Assignment assignment : update.assignments()) {
            Constant constant = assignment.multiple() ? null : constant(assignment.value());
            for (Statement.TargetColumn column : assignment.columns()) {
                String name = column.name().name();
                if (constant == null
                        || !column.fields().isEmpty()
                        || !column.subscripts().isEmpty())
                    target.limits.computeIfPresent(
                            name,
                            (_, constants) -> {
                                // What it becomes isn't known.
                                target.compare(name, constants);
                                return null;
                            });
                else target.compare(name, Set.of(constant));
            }
        }
    }

    private void insert(Statement.Insert insert) {
        Place place = places.get(insert.target().reference());
        if (place == null
                || insert.source() == null
                || insert.source().with() != null
                || !(insert.source().body() instanceof Query.Values values)) return;
        List<String> names = new ArrayList<>();
        for (Statement.TargetColumn column : insert.columns()) {
            if (!column.fields().isEmpty() || !column.subscripts().isEmpty()) return;
            names.add(column.name().name());
        }
        if (insert.columns().isEmpty())
            for (Catalog.Column column : place.relation.columns()) names.add(column.name());
        for (int i = 0; i < names.size(); i++) {
            Set<Constant> constants = new LinkedHashSet<>();
            boolean whole = true;
            for (List<Expression> row : values.rows()) {
                Constant constant = i < row.size() ? constant(row.get(i)) : null;
                if (constant == null) whole = false;
                else constants.add(constant);
            }
            // A row that is there already may be found by another column.
            if (whole && insert.onConflict() == null) place.limits.put(names.get(i), constants);
            else place.compare(names.get(i), constants);
        }
    }

    // ---------------------------------------------------------------- conditions

    private static void limit(Level level) {
        for (Condition condition : level.conditions) {
            for (Expression conjunct : conjuncts(condition.expression, new ArrayList<>())) {
                if (conjunct instanceof Expression.Binary(var left, var operator, var right, _)
                        && isEquals(operator)) {
                    Column a = column(left, condition.sees);
                    Column b = column(right, condition.sees);
                    if (a != null && b != null)
                        level.equalities.add(new Equality(a, b, condition.limited));
                }
                limits(conjunct, condition.sees)
                        .forEach((column, constants) -> {
                            if (condition.limited.contains(column.place))
                                column.place.limits.merge(
                                        column.name, constants, Selections::fewer);
                        });
                mentions(conjunct, condition.sees);
            }
        }
        boolean more = !level.equalities.isEmpty();
        while (more) {
            more = false;
            for (Equality equality : level.equalities) {
                more |= follows(equality.left, equality.right, equality.limited);
                more |= follows(equality.right, equality.left, equality.limited);
            }
        }
    }

    /// Both hold, so either tells all rows. INVARIANT: what is left out here is not lost: {@link
    /// #mentions} has it.
    private static Set<Constant> fewer(Set<Constant> a, Set<Constant> b) {
        return a.size() <= b.size() ? a : b;
    }

    private static boolean follows(Column known, Column equal, Set<Place> limited) {
        Set<Constant> constants = known.place.limits.get(known.name);
        if (constants == null || !limited.contains(equal.place)) return false;
        return equal.place.limits.putIfAbsent(equal.name, constants) == null;
    }

    private static List<Expression> conjuncts(Expression condition, List<Expression> into) {
        if (condition instanceof Expression.Logical(boolean and, var operands, _) && and)
            for (Expression operand : operands) conjuncts(operand, into);
        else into.add(condition);
        return into;
    }

    /// The columns that have one of these constants wherever the condition is true.
    private static Map<Column, Set<Constant>> limits(Expression condition, Set<Place> sees) {
        Map<Column, Set<Constant>> limits = new LinkedHashMap<>();
        switch (condition) {
            case Expression.Logical(boolean and, var operands, _) -> {
                boolean first = true;
                for (Expression operand : operands) {
                    Map<Column, Set<Constant>> here = limits(operand, sees);
                    if (and)
                        here.forEach((column, set) -> limits.merge(column, set, Selections::fewer));
                    else if (first) limits.putAll(here);
                    else {
                        limits.keySet().retainAll(here.keySet());
                        limits.replaceAll((column, set) -> {
                            Set<Constant> either = new LinkedHashSet<>(set);
                            either.addAll(here.getOrDefault(column, Set.of()));
                            return either;
                        });
                    }
                    first = false;
                }
            }
            case Expression.Binary(
                            Expression.Row(var left, _),
                            var operator,
                            Expression.Row(var right, _),
                            _)
                    when isEquals(operator) && left.size() == right.size() -> {
                for (int i = 0; i < left.size(); i++)
                    equal(left.get(i), List.of(right.get(i)), sees, limits);
            }
            case Expression.Binary(var left, var operator, var right, _)
                    when isEquals(operator) -> {
                equal(left, List.of(right), sees, limits);
                equal(right, List.of(left), sees, limits);
            }
            case Expression.IsDistinctFrom(var left, var right, boolean negated, _)
                    when negated -> {
                equal(left, List.of(right), sees, limits);
                equal(right, List.of(left), sees, limits);
            }
            case Expression.InList(var operand, var items, boolean negated, _) when !negated ->
                    equal(operand, items, sees, limits);
            case Expression.QuantifiedArray(var operand, var operator, boolean every, var array, _)
                    when !every && isEquals(operator) -> {
                Column column = column(operand, sees);
                Set<Constant> elements = elements(array);
                if (column != null && elements != null) limits.put(column, elements);
            }
            default -> {
                // Limits nothing that is known here.
            }
        }
        return limits;
    }

    private static void equal(
            Expression side,
            List<Expression> others,
            Set<Place> sees,
            Map<Column, Set<Constant>> limits) {
        Column column = column(side, sees);
        if (column == null) return;
        Set<Constant> constants = new LinkedHashSet<>();
        for (Expression other : others) {
            Constant constant = constant(other);
            if (constant == null) return;
            constants.add(constant);
        }
        limits.put(column, constants);
    }

    /// What is held equal somewhere in a condition, whether or not that limits anything.
    private static void mentions(Expression condition, Set<Place> sees) {
        if (condition instanceof Expression.Logical(_, var operands, _)) {
            for (Expression operand : operands) mentions(operand, sees);
            return;
        }
        limits(condition, sees)
                .forEach((column, constants) -> column.place.compare(column.name, constants));
        if (condition instanceof Expression.InList(var operand, var items, boolean negated, _)
                && !negated) {
            Column column = column(operand, sees);
            if (column == null) return;
            for (Expression item : items) {
                Constant constant = constant(item);
                if (constant != null) column.place.compare(column.name, Set.of(constant));
            }
        }
    }

    private static boolean isEquals(Operator operator) {
        return operator.symbol().equals("=")
                && (operator.schema().isEmpty()
                        || operator.schema().size() == 1
                                && operator.schema().getFirst().name().equals("pg_catalog"));
    }

    /// Null for what is no column among these, or not for certain which.
    private static @Nullable Column column(Expression expression, Set<Place> sees) {
        if (!(expression instanceof Expression.ColumnRef(var parts, _)) || parts.size() > 3)
            return null;
        String name = parts.getLast().name();
        Column found = null;
        for (Place place : sees) {
            boolean meant =
                    place.plain
                            && switch (parts.size()) {
                                case 1 -> true;
                                case 2 -> place.name.equals(parts.getFirst().name());
                                default ->
                                        place.ownName
                                                && place.relation
                                                        .schema()
                                                        .equals(parts.getFirst().name())
                                                && place.name.equals(parts.get(1).name());
                            };
            if (!meant || place.relation.column(name) == null) continue;
            if (found != null) return null;
            found = new Column(place, name);
        }
        return found;
    }

    // ---------------------------------------------------------------- constants

    /// Null for what has to be computed.
    private static @Nullable Constant constant(Expression expression) {
        return switch (expression) {
            case Expression.Literal(var kind, var text, _) ->
                    switch (kind) {
                        case INTEGER, NUMERIC -> new Constant.Number(text);
                        case STRING -> new Constant.Text(text);
                        case NULL -> new Constant.Null();
                        case BIT_STRING, TRUE, FALSE -> null;
                    };
            case Expression.Parameter(int number, _) -> new Constant.Parameter(number, "");
            case Expression.Unary(var operator, var operand, _)
                    when operator.schema().isEmpty()
                            && constant(operand) instanceof Constant.Number(var digits)
                            && !digits.startsWith("-") ->
                    switch (operator.symbol()) {
                        case "-" -> new Constant.Number("-" + digits);
                        case "+" -> new Constant.Number(digits);
                        default -> null;
                    };
            case Expression.Cast(var operand, var type, _) -> cast(constant(operand), type, 0);
            default -> null;
        };
    }

    private static @Nullable Constant cast(
            @Nullable Constant constant, TypeName type, int dimensions) {
        if (constant == null || !isPlain(type, dimensions)) return null;
        String name = type.name().last().name();
        boolean text = name.equals("text") || name.equals("varchar");
        return switch (constant) {
            case Constant.Null _ -> constant;
            // What it is of, says the column.
            case Constant.Text _ -> constant;
            case Constant.Number(var digits) -> {
                BigInteger whole = whole(digits);
                if (text) yield whole == null ? null : new Constant.Text(whole.toString());
                // Fractions are rounded on the way to an integer.
                yield name.equals("numeric") || whole != null ? constant : null;
            }
            case Constant.Parameter(int number, var before) ->
                    before.isEmpty() ? new Constant.Parameter(number, name) : null;
            case Constant.Elements(int number, var before) ->
                    before.isEmpty() ? new Constant.Elements(number, name) : null;
        };
    }

    private static boolean isPlain(TypeName type, int dimensions) {
        List<Identifier> name = type.name().parts();
        return type.modifiers().isEmpty()
                && !type.setOf()
                && !type.columnOfRelation()
                && type.arrayDimensions() == dimensions
                && (name.size() == 1
                        || name.size() == 2 && name.getFirst().name().equals("pg_catalog"))
                && PLAIN_TYPES.contains(name.getLast().name());
    }

    private static @Nullable BigInteger whole(String digits) {
        try {
            return new BigInteger(digits);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    /// What an array has in it; null when that isn't known.
    private static @Nullable Set<Constant> elements(Expression array) {
        return switch (array) {
            case Expression.ArrayConstructor(var items, _) -> {
                Set<Constant> elements = new LinkedHashSet<>();
                for (Expression item : items) {
                    Constant constant = constant(item);
                    if (constant == null) yield null;
                    elements.add(constant);
                }
                yield elements;
            }
            case Expression.Parameter(int number, _) -> Set.of(new Constant.Elements(number, ""));
            case Expression.Cast(Expression.Parameter(int number, _), var type, _) -> {
                Constant cast = cast(new Constant.Elements(number, ""), type, 1);
                yield cast == null ? null : Set.of(cast);
            }
            default -> null;
        };
    }
}
