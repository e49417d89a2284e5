package dev.sallyport.sql.resolve;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Operator;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is known of the types of expressions: as much as is needed to tell rows from scalars and
/// users' operators from the server's. Where it isn't certain the answer is {@link #ANY}, and
/// whoever asks must take the careful side.
final class Types {
    /// Not known.
    static final long ANY = 0;

    static final long BOOL = 16;
    static final long NAME = 19;
    static final long INT8 = 20;
    static final long INT4 = 23;
    static final long TEXT = 25;
    static final long OID = 26;
    static final long JSON = 114;
    static final long XML = 142;

    /// An untyped literal: takes the type that its surroundings want.
    static final long UNKNOWN = 705;

    static final long JSONB = 3802;
    static final long BPCHAR = 1042;
    static final long VARCHAR = 1043;
    static final long DATE = 1082;
    static final long TIMESTAMP = 1114;
    static final long TIMESTAMPTZ = 1184;
    static final long TIME = 1083;
    static final long TIMETZ = 1266;
    static final long BIT = 1560;
    static final long NUMERIC = 1700;
    static final long RECORD = 2249;
    static final long VOID = 2278;
    private static final long RECORD_ARRAY = 2287;

    private static final long ANYARRAY = 2277;
    private static final long ANYELEMENT = 2283;
    private static final long ANYNONARRAY = 2776;
    private static final long ANYENUM = 3500;
    private static final long ANYRANGE = 3831;
    private static final long ANYMULTIRANGE = 4537;
    private static final long ANYCOMPATIBLE = 5077;
    private static final long ANYCOMPATIBLEARRAY = 5078;
    private static final long ANYCOMPATIBLENONARRAY = 5079;
    private static final long ANYCOMPATIBLERANGE = 5080;
    private static final long ANYCOMPATIBLEMULTIRANGE = 4538;
    private static final long ANY_PSEUDO = 2276;

    private static final Map<String, Catalog.Column> SYSTEM_COLUMNS =
            Map.of(
                    "ctid", new Catalog.Column("ctid", 27),
                    "xmin", new Catalog.Column("xmin", 28),
                    "cmin", new Catalog.Column("cmin", 29),
                    "xmax", new Catalog.Column("xmax", 28),
                    "cmax", new Catalog.Column("cmax", 29),
                    "tableoid", new Catalog.Column("tableoid", OID));

    private final Catalog catalog;

    Types(Catalog catalog) {
        this.catalog = catalog;
    }

    static Catalog.@Nullable Column systemColumn(String name) {
        return SYSTEM_COLUMNS.get(name);
    }

    /// The type behind domains.
    long base(long type) {
        Type found = catalog.type(type);
        for (int depth = 0; found != null && found.isDomain() && depth < 32; depth++) {
            type = found.base();
            found = catalog.type(type);
        }
        return type;
    }

    /// The element type of an array, {@link #ANY} when it isn't one or isn't known.
    long element(long array) {
        if (base(array) == RECORD_ARRAY) return RECORD;
        Type found = catalog.type(base(array));
        return found == null || !found.isArray() ? ANY : found.element();
    }

    /// What `value[i]` is: `name`, `point` and others have elements too, and jsonb yields jsonb.
    long subscripted(long type) {
        long base = base(type);
        Type found = catalog.type(base);
        if (found == null || found.element() == 0) return base == JSONB ? JSONB : ANY;
        return found.element();
    }

    boolean isArray(long type) {
        Type found = catalog.type(base(type));
        return found != null && found.isArray();
    }

    long arrayOf(long element) {
        if (element == ANY || element == UNKNOWN) return ANY;
        return catalog.arrayOf(element);
    }

    /// Whether the type is surely a single value: neither a row, nor something unknown.
    boolean isScalar(long type) {
        if (type == ANY || type == RECORD) return false;
        Type found = catalog.type(base(type));
        return found != null && !found.isComposite() && !isPolymorphic(type);
    }

    /// The relation whose columns are the fields of this composite type.
    Catalog.@Nullable Relation relationOf(long type) {
        Type found = catalog.type(base(type));
        return found == null || found.relation() == 0 ? null : catalog.relation(found.relation());
    }

    /// The fields of a value: the known ones, or those of its type, each computed from the whole.
    @Nullable List<Field> fields(Value value) {
        if (value.fields() != null) return value.fields();
        Catalog.Relation relation = relationOf(value.type());
        if (relation == null) return null;
        List<Field> fields = new ArrayList<>(relation.columns().size());
        for (Catalog.Column column : relation.columns())
            fields.add(new Field(column.name(), Value.of(value.flow(), column.type())));
        return fields;
    }

    /// The common type of CASE branches, set operations, and the like.
    long common(long left, long right) {
        if (left == right) return left;
        if (left == UNKNOWN) return right;
        if (right == UNKNOWN) return left;
        // Of different types the server takes what is behind the domains.
        left = base(left);
        right = base(right);
        if (left == right) return left;
        int wider = Math.max(NUMBERS.indexOf(left), NUMBERS.indexOf(right));
        if (NUMBERS.contains(left) && NUMBERS.contains(right)) return NUMBERS.get(wider);
        if (isText(left) && isText(right) && (left == TEXT || right == TEXT)) return TEXT;
        return ANY;
    }

    /// From narrow to wide.
    private static final List<Long> NUMBERS = List.of(21L, INT4, INT8, NUMERIC);

    static boolean isText(long type) {
        return type == TEXT || type == VARCHAR || type == BPCHAR || type == NAME;
    }

    static boolean isPolymorphic(long type) {
        return type == ANYELEMENT
                || type == ANYARRAY
                || type == ANYNONARRAY
                || type == ANYENUM
                || type == ANYRANGE
                || type == ANYMULTIRANGE
                || type == ANYCOMPATIBLE
                || type == ANYCOMPATIBLEARRAY
                || type == ANYCOMPATIBLENONARRAY
                || type == ANYCOMPATIBLERANGE
                || type == ANYCOMPATIBLEMULTIRANGE
                || type == ANY_PSEUDO;
    }

    // ---------------------------------------------------------------- operators

    /// Whether an operand of that type could be passed where `wanted` is declared.
    boolean couldBe(long operand, long wanted) {
        if (operand == ANY || operand == UNKNOWN || operand == wanted) return true;
        long base = base(operand);
        if (isPolymorphic(wanted)) return matches(base, wanted);
        if (base == wanted) return true;
        // Asked for every operand of every operator of a name: no iterator is made for it.
        List<Catalog.Cast> casts = catalog.castsFrom(base);
        for (int i = 0; i < casts.size(); i++)
            if (casts.get(i).target() == wanted
                    && casts.get(i).context() == Catalog.CastContext.IMPLICIT) return true;
        // Arrays convert as their elements do; rows to the anonymous row.
        if (isArray(base) && isArray(wanted)) return couldBe(element(base), element(wanted));
        if (wanted == RECORD || base == RECORD) return isRow(base) && isRow(wanted);
        // Also a child's row where a parent's is declared.
        return relationOf(base) != null && relationOf(wanted) != null;
    }

    private boolean matches(long operand, long polymorphic) {
        Type type = catalog.type(operand);
        if (type == null) return true;
        if (polymorphic == ANYARRAY || polymorphic == ANYCOMPATIBLEARRAY)
            return type.isArray() || type.category() == 'A';
        if (polymorphic == ANYNONARRAY || polymorphic == ANYCOMPATIBLENONARRAY)
            return !type.isArray();
        if (polymorphic == ANYRANGE || polymorphic == ANYCOMPATIBLERANGE) return type.kind() == 'r';
        if (polymorphic == ANYMULTIRANGE || polymorphic == ANYCOMPATIBLEMULTIRANGE)
            return type.kind() == 'm';
        return polymorphic != ANYENUM || type.kind() == 'e';
    }

    private boolean isRow(long type) {
        return type == RECORD || relationOf(type) != null;
    }

    boolean couldApply(Operator operator, long left, long right) {
        return (operator.left() == 0 ? left == PREFIX : left != PREFIX)
                && (operator.left() == 0 || couldBe(left, operator.left()))
                && couldBe(right, operator.right());
    }

    /// Stands for the absent left operand of a prefix operator.
    static final long PREFIX = -1;

    /// The result of an operator, {@link #ANY} unless it is certain.
    long resultOf(List<Operator> candidates, long left, long right) {
        long l = left == PREFIX ? PREFIX : base(left);
        long r = base(right);
        if (l == UNKNOWN && r != UNKNOWN) l = r;
        else if (r == UNKNOWN && l != UNKNOWN && l != PREFIX) r = l;
        for (Operator operator : candidates)
            if ((operator.left() == 0 ? l == PREFIX : operator.left() == l)
                    && operator.right() == r
                    && l != ANY
                    && r != ANY) return operator.result();
        if (l == VARCHAR || l == BPCHAR) l = TEXT;
        if (r == VARCHAR || r == BPCHAR) r = TEXT;
        long only = -1;
        for (Operator operator : candidates) {
            if (!couldApply(operator, l, r)) continue;
            if (operator.left() == l && operator.right() == r) return operator.result();
            if (only == -1) only = operator.result();
            else if (only != operator.result()) return ANY;
        }
        return only == -1 || isPolymorphic(only) ? ANY : only;
    }

    // ---------------------------------------------------------------- functions

    /// The overloads that a call with these arguments could mean; all when none fits.
    List<Routine> applicable(List<Routine> candidates, List<Long> arguments) {
        List<Routine> fitting = new ArrayList<>();
        for (Routine routine : candidates) {
            if (!routine.accepts(arguments.size())) continue;
            boolean fits = true;
            int declared = routine.argumentTypes().size();
            for (int i = 0; i < Math.min(declared, arguments.size()) && fits; i++)
                fits =
                        routine.variadic() && i == declared - 1
                                || couldBe(arguments.get(i), routine.argumentTypes().get(i));
            if (!fits) continue;
            fitting.add(routine);
        }
        if (fitting.isEmpty()) return candidates;
        for (Routine routine : fitting)
            if (!arguments.contains(ANY) && exact(routine, arguments))
                return exactOr(routine, fitting, arguments.size());
        return fitting;
    }

    /// An overload whose declared types are the arguments' own is the one; except that, where it
    /// stands earlier on the search path, one that becomes so with a variadic spread or defaults
    /// left out hides it (PostgreSQL manual, Function Type Resolution, 1b and 1c).
    private static List<Routine> exactOr(Routine exact, List<Routine> fitting, int arguments) {
        List<Routine> possible = new ArrayList<>(1);
        possible.add(exact);
        for (Routine routine : fitting)
            if (!routine.equals(exact)
                    && !routine.schema().equals(exact.schema())
                    && (routine.variadic() || routine.argumentTypes().size() > arguments))
                possible.add(routine);
        return possible;
    }

    private boolean exact(Routine routine, List<Long> arguments) {
        if (routine.argumentTypes().size() != arguments.size() || routine.variadic()) return false;
        for (int i = 0; i < arguments.size(); i++)
            if (!routine.argumentTypes().get(i).equals(arguments.get(i))) return false;
        return true;
    }

    /// The type of a call's result, {@link #ANY} unless it is certain.
    long resultOf(List<Routine> candidates, List<Long> arguments) {
        long only = -1;
        for (Routine routine : candidates) {
            long result = resultOf(routine, arguments);
            if (only == -1) only = result;
            else if (only != result) return ANY;
        }
        return only == -1 ? ANY : only;
    }

    long resultOf(Routine routine, List<Long> arguments) {
        long result = routine.resultType();
        if (!isPolymorphic(result)) return result;
        long element = ANY;
        for (int i = 0; i < Math.min(arguments.size(), routine.argumentTypes().size()); i++) {
            long declared = routine.argumentTypes().get(i);
            long given = base(arguments.get(i));
            if (given == ANY || given == UNKNOWN) continue;
            if (declared == ANYELEMENT || declared == ANYNONARRAY || declared == ANYENUM)
                element = given;
            else if (declared == ANYARRAY) element = element(given);
            else if (declared == ANYRANGE || declared == ANYMULTIRANGE) {
                Type range = catalog.type(given);
                element = range == null ? ANY : range.subtype();
                if (result == declared) return given;
            } else if (declared == ANYCOMPATIBLE || declared == ANYCOMPATIBLENONARRAY)
                element = element == ANY ? given : common(element, given);
            else if (declared == ANYCOMPATIBLEARRAY)
                element = element == ANY ? element(given) : common(element, element(given));
        }
        if (result == ANYARRAY || result == ANYCOMPATIBLEARRAY) return arrayOf(element);
        if (result == ANYELEMENT
                || result == ANYNONARRAY
                || result == ANYENUM
                || result == ANYCOMPATIBLE
                || result == ANYCOMPATIBLENONARRAY) return element;
        return ANY;
    }
}
