package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.ColumnOf;
import dev.sallyport.sql.catalog.Catalog.Operator;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.RoutineKind;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.catalog.Sought;
import dev.sallyport.sql.functions.FunctionClasses;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Functions, and what calls functions without saying so: operators and casts. Every function that
/// may run becomes an access, with the effects of its class.
final class Calls {
    /// Parameters on which the meaning of later text depends.
    private static final Set<String> NAME_RESOLUTION_SETTINGS =
            Set.of(
                    "search_path",
                    "role",
                    "session_authorization",
                    "standard_conforming_strings",
                    "client_encoding",
                    "backslash_quote",
                    "*");

    /// Functions without arguments.
    private static final Set<String> NEVER_FAILS =
            Set.of(
                    "now",
                    "transaction_timestamp",
                    "statement_timestamp",
                    "clock_timestamp",
                    "current_database",
                    "current_user",
                    "session_user",
                    "pg_backend_pid");

    private final Names names;
    private final Types types;
    private final Findings findings;

    Calls(Names names, Types types, Findings findings) {
        this.names = names;
        this.types = types;
        this.findings = findings;
    }

    void execute(List<Routine> candidates) {
        for (Routine routine : candidates) execute(routine);
    }

    void execute(Routine routine) {
        execute(routine, null);
    }

    /// Calls with arguments of these types, as far as they are known. What stands for those that
    /// are left out is computed with the caller's rights, and all of them are checked if they are
    /// of domains.
    void call(List<Routine> candidates, List<Long> arguments) {
        for (Routine routine : candidates) {
            execute(routine);
            if (routine.isSystem()) continue;
            List<Long> parameters = routine.argumentTypes();
            for (int i = 0; i < parameters.size(); i++)
                if (i >= arguments.size() || !arguments.get(i).equals(parameters.get(i)))
                    checks(parameters.get(i));
            if (arguments.size() >= parameters.size()) continue;
            // The printed text leaves out how a default is converted.
            for (long type : parameters.subList(arguments.size(), parameters.size()))
                assignment(type);
            var defaults = ArgumentDefaults.of(names.catalog).by(routine);
            for (Routine called : defaults.routines()) execute(called);
            for (Type type : defaults.types()) cast(Types.ANY, type.oid());
        }
    }

    /// A function that a change to the relation, or a policy on it, runs.
    void setOff(Routine routine, Catalog.Relation by) {
        execute(routine, by.resource());
    }

    private void execute(Routine routine, Resource.@Nullable Relation via) {
        FunctionClass functionClass = FunctionClasses.of(routine);
        findings.accesses.add(
                Action.EXECUTE,
                new Resource.Function(routine.schema(), routine.name(), functionClass),
                via,
                false);
        Set<Effect> effects = effectsOf(functionClass);
        if (effects.contains(Effect.NAME_RESOLUTION)
                && !FreeCode.of(names.catalog).mayUnsettle(routine)) {
            effects = EnumSet.copyOf(effects);
            effects.remove(Effect.NAME_RESOLUTION);
        }
        findings.effects.addAll(effects);
        findings.functionEffects.addAll(effects);
        if (routine.isSystem() && routine.name().contains("json")) toJson();
    }

    /// What makes JSON of values uses the casts to json that users wrote for their types, however
    /// deep in a value they stand (PostgreSQL manual, JSON Creation Functions: `to_json`).
    void toJson() {
        for (long json : new long[] {Types.JSON, Types.JSONB})
            for (Catalog.Cast cast : names.catalog.castsTo(json))
                if (cast.function() != null && !cast.function().isSystem())
                    execute(cast.function());
    }

    /// What calling a function of that class can change.
    static Set<Effect> effectsOf(FunctionClass functionClass) {
        return switch (functionClass) {
            case COMPUTES, READS_CATALOG, READS_DATA, SLEEPS -> Set.of();
            case READS_FILES -> Set.of(Effect.DATA, Effect.OUTSIDE); // lo_import, lo_export
            case CHANGES_SETTINGS -> Set.of(Effect.NAME_RESOLUTION, Effect.SESSION);
            case CHANGES_DATA -> Set.of(Effect.DATA);
            case AFFECTS_OTHER_SESSIONS -> Set.of(Effect.SESSION, Effect.OUTSIDE);
            case NETWORK -> Set.of(Effect.OUTSIDE);
            case RUNS_SQL, USER_DEFINED, UNCLASSIFIED ->
                    Set.of(Effect.DATA, Effect.NAME_RESOLUTION, Effect.SESSION, Effect.OUTSIDE);
        };
    }

    static boolean changesMeaning(String setting) {
        return NAME_RESOLUTION_SETTINGS.contains(setting);
    }

    /// `set_config(name, ...)` sets a parameter as SET does.
    ///
    /// @param onlySetting see {@link Scope#onlySetting}
    void setConfig(
            List<Routine> candidates, List<Expression> arguments, @Nullable String onlySetting) {
        boolean sets = false;
        for (Routine routine : candidates)
            sets |=
                    routine.isSystem()
                            && FunctionClasses.of(routine) == FunctionClass.CHANGES_SETTINGS;
        if (!sets) return;
        String setting = settingNamed(arguments, onlySetting);
        // Which one it sets is known too late.
        if (setting.equals("*")) findings.accesses.add(Action.ADMIN, new Resource.Setting("*"));
        findings.accesses.add(Action.SESSION, new Resource.Setting(setting));
        // To set one of these by a function is to become another role, as SET ROLE does.
        if (setting.equals("role") || setting.equals("session_authorization"))
            findings.accesses.add(Action.ADMIN, new Resource.Other("role", "", "*"));
    }

    static boolean returnRows(List<Routine> routines) {
        for (Routine routine : routines) if (routine.returnsSet()) return true;
        return false;
    }

    static boolean showsSetting(List<Routine> candidates) {
        for (Routine routine : candidates)
            if (routine.isSystem() && routine.name().equals("current_setting")) return true;
        return false;
    }

    /// The names that the server lists: of parameters without secrets, each beside its value.
    /// Parameters that nobody defined, as the gateway's own and applications' are, are not among
    /// them (PostgreSQL manual, `pg_settings`).
    @Nullable ColumnOf listedSettings() {
        Catalog.Relation settings = names.catalog.relation("pg_catalog", "pg_settings");
        return settings == null ? null : new ColumnOf(settings, "name");
    }

    /// `current_setting(name)` shows a parameter as SHOW does. The server's own are open to all;
    /// one with a dot is an application's, and may hold what not everybody shall know. Which one a
    /// computed name means is known too late.
    ///
    /// @param onlySetting see {@link Scope#onlySetting}
    void currentSetting(List<Expression> arguments, @Nullable String onlySetting) {
        String setting = settingNamed(arguments, onlySetting);
        if (setting.equals("*")) findings.accesses.add(Action.ADMIN, new Resource.Setting("*"));
        if (setting.equals("*") || setting.contains("."))
            findings.accesses.add(Action.SESSION, new Resource.Setting(setting));
    }

    /// The parameter that the first argument names, or `*`.
    private static String settingNamed(List<Expression> arguments, @Nullable String onlySetting) {
        String setting = "*";
        if (!arguments.isEmpty()) {
            Expression first = arguments.getFirst();
            if (first instanceof Literal literal && literal.kind() == LiteralKind.STRING)
                setting = literal.text().toLowerCase(Locale.ROOT);
            else if (onlySetting != null
                    && first instanceof Expression.ColumnRef column
                    && isSettingName(column)) setting = onlySetting.toLowerCase(Locale.ROOT);
        }
        // A literal is shown only where it is a parameter's name.
        return setting.matches("[a-z_][a-z0-9_.$]{0,62}") ? setting : "*";
    }

    /// pg_dump sets a parameter if the server has it: `SELECT set_config(name, ...) FROM
    /// pg_settings WHERE name = '...'`. The select list is evaluated for rows that passed the
    /// condition only.
    @Nullable String onlySetting(Query.Select select, Scope scope) {
        Catalog.Relation settings = names.catalog.relation("pg_catalog", "pg_settings");
        boolean alone =
                settings != null
                        && scope.sources.size() == 1
                        && scope.sources.getFirst().isRelation(settings);
        return alone
                        && select.where() instanceof Expression.Binary equal
                        && equal.operator().schema().isEmpty()
                        && equal.operator().symbol().equals("=")
                        && equal.left() instanceof Expression.ColumnRef column
                        && isSettingName(column)
                        && equal.right() instanceof Literal literal
                        && literal.kind() == LiteralKind.STRING
                ? literal.text()
                : null;
    }

    private static boolean isSettingName(Expression.ColumnRef column) {
        return column.parts().size() == 1 && column.parts().getFirst().name().equals("name");
    }

    /// The type of `left symbol right`; `left` null for a prefix operator.
    long operator(
            @Nullable String schema, String symbol, @Nullable Value left, Value right, Node where) {
        List<Operator> candidates = names.operators(schema, symbol);
        if (candidates.isEmpty())
            throw Refusal.unknown(
                    "operator " + symbol + " is not known",
                    where,
                    Set.of(new Sought.Operator(schema, symbol)));
        long leftType = left == null ? Types.PREFIX : left.type();
        for (Operator operator : candidates) {
            Routine function = operator.function();
            if (function != null && function.isSystem()) continue;
            if (!types.couldApply(operator, leftType, right.type())) continue;
            if (function == null)
                throw Refusal.unknown(
                        "the function of operator " + symbol + " is not known", where);
            execute(function);
            if (leftType != operator.left()) checks(operator.left());
            if (right.type() != operator.right()) checks(operator.right());
        }
        return types.resultOf(candidates, leftType, right.type());
    }

    /// Whether the server vouches that the operator, whichever it turns out to be, tells nothing of
    /// its operands but by its result. Certain only where the types are.
    boolean isLeakproof(@Nullable String schema, String symbol, Value left, Value right) {
        long l = compared(left, right);
        long r = compared(right, left);
        if (l == Types.ANY || r == Types.ANY) return false;
        boolean found = false;
        for (Operator operator : names.operators(schema, symbol)) {
            Routine function = operator.function();
            if (function == null) return false;
            if (operator.left() == l
                    && operator.right() == r
                    && function.isSystem()
                    && names.catalog.isLeakproof(function)) found = true;
            // Somebody's own operator may be meant as well.
            else if (!function.isSystem() && types.couldApply(operator, l, r)) return false;
        }
        return found;
    }

    /// A literal or a parameter takes the other side's type.
    private long compared(Value value, Value other) {
        long type = isOpen(value) ? other.type() : value.type();
        if (isOpen(value) && isOpen(other)) return Types.ANY;
        long base = types.base(type);
        return base == Types.VARCHAR ? Types.TEXT : base;
    }

    private static boolean isOpen(Value value) {
        return value == Value.CONSTANT || value.type() == Types.UNKNOWN;
    }

    /// Whether calling any of these tells nothing of the arguments but by its result.
    boolean isLeakproof(List<Routine> candidates) {
        for (Routine routine : candidates) {
            boolean quiet =
                    routine.isSystem()
                            && (names.catalog.isLeakproof(routine)
                                    || NEVER_FAILS.contains(routine.name())
                                            && routine.argumentTypes().isEmpty());
            // An aggregate sees rows that all conditions have passed, unless it is computed for
            // each
            // row of a query outside.
            boolean late =
                    routine.isSystem()
                            && findings.expressionQueries == 0
                            && (routine.kind() == RoutineKind.AGGREGATE
                                    || routine.kind() == RoutineKind.WINDOW);
            if (!quiet && !late) return false;
        }
        return true;
    }

    /// Whether the conversion keeps the value as it is.
    boolean isRelabelling(long from, long to) {
        long source = types.base(from);
        return source != Types.ANY
                && (source == to && source < 16384 || source == Types.VARCHAR && to == Types.TEXT);
    }

    /// An explicit conversion.
    void cast(long from, long to) {
        long source = types.base(from);
        for (Catalog.Cast cast : names.catalog.castsTo(types.base(to)))
            if (cast.function() != null
                    && !cast.function().isSystem()
                    && (source == Types.ANY || cast.source() == source)) execute(cast.function());
        // An array is converted element by element.
        if (types.isArray(to) && source != Types.UNKNOWN)
            cast(types.isArray(source) ? types.element(source) : Types.ANY, types.element(to));
        checks(to);
    }

    /// Values of this type are sorted, grouped or told apart.
    void compared(long type) {
        for (Routine routine : names.catalog.comparisonsOf(type)) execute(routine);
    }

    /// What stands in a column of this type may be converted where it is used, and compared.
    void implicitCastsFrom(long type) {
        if (type < 16384) return;
        compared(type);
        for (Catalog.Cast cast : names.catalog.castsFrom(type))
            if (cast.function() != null
                    && !cast.function().isSystem()
                    && cast.context() == Catalog.CastContext.IMPLICIT) execute(cast.function());
    }

    /// What is written into a column of this type may be converted, and checked.
    void assignment(long type) {
        if (type < 16384) return;
        for (Catalog.Cast cast : names.catalog.castsTo(types.base(type)))
            if (cast.function() != null
                    && !cast.function().isSystem()
                    && cast.context() != Catalog.CastContext.EXPLICIT) execute(cast.function());
        checks(type);
    }

    /// The functions that check a value of this type: its domain's, those of what it consists of.
    void checks(long type) {
        for (Routine routine : names.catalog.checksOf(type)) execute(routine);
    }

    /// A new row has a value in every column, named or not.
    void checksOfNewRow(Catalog.Relation relation) {
        for (Catalog.Column column : relation.columns())
            if (column.type() >= 16384)
                for (Routine routine : names.catalog.checksOf(column.type()))
                    setOff(routine, relation);
    }
}
