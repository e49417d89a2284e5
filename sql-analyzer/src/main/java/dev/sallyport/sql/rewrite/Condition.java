package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.SpecialKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Operator;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A policy's condition over the rows of one relation, written out so that it means the same in
/// every session: each name with its schema, each operator as `OPERATOR(pg_catalog.=)`, each column
/// with its relation, each string free of the lexing mode. A search path with a hostile operator in
/// it changes nothing.
///
/// What can't be written so (`LIKE`, `IN`, `BETWEEN`, `IS DISTINCT FROM`, which look an operator up
/// by name) becomes an expression that can; what is left is {@link Result.Unfit}.
public final class Condition {
    private static final String PG_CATALOG = "pg_catalog";
    private static final int MAX_CHARS = 1 << 20;
    private static final int MAX_DEPTH = 200;

    /// What relations of sub-selects are called.
    static final String INNER_NAMES = "sallyport_";

    /// Stands for the relation's name until it is known where the condition stands. No quoted name
    /// and no literal holds it.
    static final char QUALIFIER = '\0';

    private final String template;
    private final Set<String> columns;
    private final boolean readsOthers;
    private final UnaryOperator<String> quoted;

    public sealed interface Result {
        record Fit(Condition condition) implements Result {}

        /// @param reason lower case, free of literals
        record Unfit(String reason) implements Result {}
    }

    /// @param quoted an identifier as the server's language writes it
    Condition(
            String template,
            Set<String> columns,
            boolean readsOthers,
            UnaryOperator<String> quoted) {
        this.template = template;
        this.columns = Set.copyOf(columns);
        this.readsOthers = readsOthers;
        this.quoted = quoted;
    }

    /// @param sql one expression, in the lexing mode of `standard_conforming_strings`
    public static Result read(String sql, Catalog.Relation relation, Catalog catalog) {
        return relation.remember(
                "condition " + sql, Result.class, () -> parse(sql, relation, catalog));
    }

    private static Result parse(String sql, Catalog.Relation relation, Catalog catalog) {
        ParseResult parsed =
                PostgresParser.parse(
                        new SqlText("SELECT 1 FROM x WHERE (" + sql + "\n)"),
                        catalog.lexMode(true, MAX_CHARS));
        if (!(parsed instanceof ParseResult.Parsed(var statements, _))
                || statements.size() != 1
                || !(statements.getFirst().statement() instanceof Query query)
                || !isPlain(query)
                || !(query.body() instanceof Query.Select select)
                || !select.groupBy().isEmpty()
                || select.having() != null
                || !select.windows().isEmpty()
                || select.where() == null) return new Result.Unfit("it is not one condition");
        Writer writer = new Writer(relation, catalog);
        try {
            String template = writer.write(select.where(), null);
            return new Result.Fit(
                    new Condition(template, writer.columns, writer.readsOthers, Sql::name));
        } catch (Unfit unfit) {
            return new Result.Unfit(unfit.reason);
        } catch (IllegalArgumentException _) {
            return new Result.Unfit("it holds text that the server can't");
        }
    }

    /// In parentheses where it needs them.
    public String sql(String qualifier) {
        return template.replace(String.valueOf(QUALIFIER), quoted.apply(qualifier));
    }

    /// The same where columns have other names, as in a view over the relation, in PostgreSQL's
    /// language.
    ///
    /// @param named each of the relation's columns that the condition depends on
    public String sql(String qualifier, Map<String, String> named) {
        StringBuilder sql = new StringBuilder(template.length() + 32);
        int at = 0;
        for (int next; (next = template.indexOf(QUALIFIER, at)) >= 0; ) {
            sql.append(template, at, next).append(Sql.name(qualifier)).append('.');
            int begin = next + 3;
            at = template.indexOf('"', begin);
            while (template.startsWith("\"\"", at)) at = template.indexOf('"', at + 2);
            String column = template.substring(begin, at++).replace("\"\"", "\"");
            sql.append(Sql.name(Objects.requireNonNull(named.get(column))));
        }
        return sql.append(template, at, template.length()).toString();
    }

    /// The relation's columns that it depends on.
    public Set<String> columns() {
        return columns;
    }

    public boolean readsOthers() {
        return readsOthers;
    }

    /// It may hold facts about a person.
    @Override
    public String toString() {
        return "Condition[" + columns + "]";
    }

    private static boolean isPlain(Query query) {
        return query.with() == null
                && query.orderBy().isEmpty()
                && query.limit() == null
                && query.offset() == null
                && query.locking().isEmpty();
    }

    private static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;

        Unfit(String reason) {
            super(null, null, false, false);
            this.reason = reason;
        }
    }

    /// The relations of a sub-select, under names of ours.
    private record Level(List<Item> items, @Nullable Level outer) {}

    private record Item(String name, Catalog.Relation relation, String alias) {}

    private static final class Writer {
        private final Catalog.Relation relation;
        private final Catalog catalog;
        private final Set<String> columns = new LinkedHashSet<>();
        private boolean readsOthers;
        private int depth;
        private int named;

        Writer(Catalog.Relation relation, Catalog catalog) {
            this.relation = relation;
            this.catalog = catalog;
        }

        String write(Expression expression, @Nullable Level level) throws Unfit {
            if (++depth > MAX_DEPTH) throw new Unfit("it is nested too deep");
            try {
                return written(expression, level);
            } finally {
                depth--;
            }
        }

        private String written(Expression expression, @Nullable Level level) throws Unfit {
            return switch (expression) {
                case Expression.Literal literal -> literal(literal);
                case Expression.ColumnRef ref -> column(ref, level);
                case Expression.Unary unary ->
                        "("
                                + operator(unary.operator())
                                + " "
                                + write(unary.operand(), level)
                                + ")";
                case Expression.Binary binary ->
                        infix(
                                write(binary.left(), level),
                                operator(binary.operator()),
                                write(binary.right(), level));
                case Expression.Logical logical -> {
                    List<String> operands = new ArrayList<>();
                    for (Expression operand : logical.operands())
                        operands.add(write(operand, level));
                    yield "(" + String.join(logical.and() ? " AND " : " OR ", operands) + ")";
                }
                case Expression.Not not -> "(NOT " + write(not.operand(), level) + ")";
                case Expression.IsTest test ->
                        "("
                                + write(test.operand(), level)
                                + " IS "
                                + (test.negated() ? "NOT " : "")
                                + switch (test.test()) {
                                    case NULL -> "NULL";
                                    case TRUE -> "TRUE";
                                    case FALSE -> "FALSE";
                                    case UNKNOWN -> "UNKNOWN";
                                    case DOCUMENT, JSON -> throw new Unfit("IS DOCUMENT or JSON");
                                }
                                + ")";
                case Expression.IsDistinctFrom is -> {
                    String left = write(is.left(), level);
                    String right = write(is.right(), level);
                    String same =
                            "("
                                    + infix(left, operator("="), right)
                                    + " IS TRUE OR ("
                                    + left
                                    + " IS NULL AND "
                                    + right
                                    + " IS NULL))";
                    yield is.negated() ? same : "(NOT " + same + ")";
                }
                case Expression.Between between -> {
                    if (between.symmetric()) throw new Unfit("BETWEEN SYMMETRIC");
                    String operand = write(between.operand(), level);
                    String within =
                            "("
                                    + infix(operand, operator(">="), write(between.low(), level))
                                    + " AND "
                                    + infix(operand, operator("<="), write(between.high(), level))
                                    + ")";
                    yield between.negated() ? "(NOT " + within + ")" : within;
                }
                case Expression.Like like -> {
                    String symbol =
                            switch (like.kind()) {
                                case LIKE -> like.negated() ? "!~~" : "~~";
                                case ILIKE -> like.negated() ? "!~~*" : "~~*";
                                case SIMILAR_TO -> throw new Unfit("SIMILAR TO");
                            };
                    if (like.escape() != null) throw new Unfit("LIKE with ESCAPE");
                    yield infix(
                            write(like.operand(), level),
                            operator(symbol),
                            write(like.pattern(), level));
                }
                case Expression.InList in -> {
                    String operand = write(in.operand(), level);
                    List<String> items = new ArrayList<>();
                    for (Expression item : in.items())
                        items.add(infix(operand, operator("="), write(item, level)));
                    String any = "(" + String.join(" OR ", items) + ")";
                    yield in.negated() ? "(NOT " + any + ")" : any;
                }
                case Expression.InSubquery in -> {
                    String any =
                            infix(
                                    write(in.operand(), level),
                                    operator("="),
                                    "ANY (" + query(in.query(), level) + ")");
                    yield in.negated() ? "(NOT " + any + ")" : any;
                }
                case Expression.QuantifiedArray any ->
                        infix(
                                write(any.operand(), level),
                                operator(any.operator()),
                                (any.all() ? "ALL (" : "ANY (") + write(any.array(), level) + ")");
                case Expression.QuantifiedSubquery any ->
                        infix(
                                write(any.operand(), level),
                                operator(any.operator()),
                                (any.all() ? "ALL (" : "ANY (") + query(any.query(), level) + ")");
                case Expression.Exists exists -> "EXISTS (" + query(exists.query(), level) + ")";
                case Expression.ScalarSubquery scalar -> "(" + query(scalar.query(), level) + ")";
                case Expression.ArraySubquery array -> "ARRAY(" + query(array.query(), level) + ")";
                case Expression.Case choice -> choice(choice, level);
                case Expression.Cast cast ->
                        "(" + write(cast.operand(), level) + ")::" + type(cast.type());
                case Expression.ArrayConstructor array -> {
                    List<String> items = new ArrayList<>();
                    for (Expression item : array.items()) items.add(write(item, level));
                    yield "ARRAY[" + String.join(", ", items) + "]";
                }
                case Expression.FunctionCall call -> call(call, level);
                case Expression.Special special -> special(special, level);
                case Expression.Subscript _ -> throw new Unfit("a subscript");
                case Expression.Collate _ -> throw new Unfit("COLLATE");
                case Expression.Row _ -> throw new Unfit("a row");
                case Expression.Star _, Expression.FieldStar _ -> throw new Unfit("*");
                case Expression.FieldSelect _ -> throw new Unfit("a field of a row");
                case Expression.Parameter _ -> throw new Unfit("a parameter");
                case Expression.Default _ -> throw new Unfit("DEFAULT");
                case Expression.CurrentOf _ -> throw new Unfit("CURRENT OF");
                case Expression.OfMySql _ -> throw new Unfit("MySQL's syntax");
            };
        }

        private static String infix(String left, String operator, String right) {
            return "(" + left + " " + operator + " " + right + ")";
        }

        private String operator(Operator operator) throws Unfit {
            if (!operator.schema().isEmpty()
                    && !operator.schema().getLast().name().equals(PG_CATALOG))
                throw new Unfit("an operator that is not the server's own");
            return operator(operator.symbol());
        }

        private String operator(String symbol) throws Unfit {
            for (Catalog.Operator known : catalog.operators(symbol))
                if (known.schema().equals(PG_CATALOG)) return "OPERATOR(pg_catalog." + symbol + ")";
            throw new Unfit("operator " + symbol + " is not the server's own");
        }

        private static String literal(Expression.Literal literal) throws Unfit {
            return switch (literal.kind()) {
                case INTEGER, NUMERIC -> literal.text();
                case STRING -> Sql.literal(literal.text());
                case TRUE -> "TRUE";
                case FALSE -> "FALSE";
                case NULL -> "NULL";
                case BIT_STRING -> throw new Unfit("a bit string");
            };
        }

        private String column(Expression.ColumnRef ref, @Nullable Level level) throws Unfit {
            List<Identifier> parts = ref.parts();
            String column = parts.getLast().name();
            for (Level at = level; at != null; at = at.outer()) {
                Item found = null;
                for (Item item : at.items())
                    if (means(parts, item.name(), item.relation())
                            && item.relation().column(column) != null) {
                        if (found != null) throw new Unfit("column " + column + " is ambiguous");
                        found = item;
                    }
                if (found != null) {
                    checkType(Objects.requireNonNull(found.relation().column(column)));
                    return Sql.name(found.alias(), column);
                }
            }
            if (!means(parts, relation.name(), relation) || relation.column(column) == null)
                throw new Unfit(
                        "column "
                                + column
                                + " of "
                                + relation.resource().describe()
                                + " is not known");
            checkType(Objects.requireNonNull(relation.column(column)));
            columns.add(column);
            return QUALIFIER + "." + Sql.name(column);
        }

        private static boolean means(
                List<Identifier> parts, String name, Catalog.Relation relation) {
            return switch (parts.size()) {
                case 1 -> true;
                case 2 -> parts.getFirst().name().equals(name);
                case 3 ->
                        parts.get(0).name().equals(relation.schema())
                                && parts.get(1).name().equals(relation.name())
                                && name.equals(relation.name());
                default -> false;
            };
        }

        /// With the operators of an extension's type the server's own would mean something else.
        private void checkType(Catalog.Column column) throws Unfit {
            Catalog.Type type = catalog.type(column.type());
            for (int i = 0; type != null && type.isDomain() && i < 32; i++)
                type = catalog.type(type.base());
            if (type == null || !type.isSystem() && type.kind() != 'e')
                throw new Unfit(
                        "column " + column.name() + " is of a type that is not the server's own");
        }

        private String choice(Expression.Case choice, @Nullable Level level) throws Unfit {
            StringBuilder sql = new StringBuilder("CASE");
            String operand = choice.operand() == null ? null : write(choice.operand(), level);
            for (Expression.When when : choice.whens()) {
                String condition = write(when.condition(), level);
                sql.append(" WHEN ")
                        .append(
                                operand == null
                                        ? condition
                                        : infix(operand, operator("="), condition))
                        .append(" THEN ")
                        .append(write(when.result(), level));
            }
            if (choice.otherwise() != null)
                sql.append(" ELSE ").append(write(choice.otherwise(), level));
            return sql.append(" END").toString();
        }

        private String type(TypeName name) throws Unfit {
            if (name.setOf() || name.columnOfRelation()) throw new Unfit("this type");
            List<Identifier> parts = name.name().parts();
            String schema = parts.size() == 2 ? parts.getFirst().name() : PG_CATALOG;
            Catalog.Type type =
                    parts.size() > 2 ? null : catalog.type(schema, parts.getLast().name());
            if (type == null)
                throw new Unfit("type " + name.name() + " is not known: name its schema");
            StringBuilder sql = new StringBuilder(Sql.name(schema, type.name()));
            String separator = "(";
            for (Expression modifier : name.modifiers()) {
                if (!(modifier instanceof Expression.Literal literal))
                    throw new Unfit("this type's modifiers");
                sql.append(separator).append(literal(literal));
                separator = ", ";
            }
            if (!name.modifiers().isEmpty()) sql.append(')');
            return sql.repeat("[]", name.arrayDimensions()).toString();
        }

        private String call(Expression.FunctionCall call, @Nullable Level level) throws Unfit {
            List<Identifier> parts = call.name().parts();
            if (parts.size() != 2)
                throw new Unfit("function " + call.name() + " needs its schema named");
            if (call.star()
                    || call.distinct()
                    || !call.orderBy().isEmpty()
                    || !call.withinGroup().isEmpty()
                    || call.filter() != null
                    || call.over() != null) throw new Unfit("an aggregate");
            if (catalog.routines(parts.get(0).name(), parts.get(1).name()).isEmpty())
                throw new Unfit("function " + call.name() + " is not known");
            List<String> arguments = new ArrayList<>();
            for (Expression.Argument argument : call.arguments()) {
                if (argument.name() != null || argument.variadic())
                    throw new Unfit("named arguments");
                arguments.add(write(argument.value(), level));
            }
            return Sql.name(parts.get(0).name(), parts.get(1).name())
                    + "("
                    + String.join(", ", arguments)
                    + ")";
        }

        private String special(Expression.Special special, @Nullable Level level) throws Unfit {
            List<String> operands = new ArrayList<>();
            for (Expression operand : special.operands()) operands.add(write(operand, level));
            if (special.kind() == SpecialKind.COALESCE)
                return "COALESCE(" + String.join(", ", operands) + ")";
            if (special.kind() == SpecialKind.CURRENT_DATE) return "CURRENT_DATE";
            if (special.kind() == SpecialKind.CURRENT_TIMESTAMP && operands.isEmpty())
                return "CURRENT_TIMESTAMP";
            if (special.kind() == SpecialKind.LOCALTIMESTAMP && operands.isEmpty())
                return "LOCALTIMESTAMP";
            throw new Unfit(special.kind().name());
        }

        // ------------------------------------------------------------ sub-selects

        private String query(Query query, @Nullable Level outer) throws Unfit {
            readsOthers = true;
            if (!isPlain(query)
                    || !(query.body() instanceof Query.Select select)
                    || select.distinct()
                    || !select.distinctOn().isEmpty()
                    || select.into() != null
                    || !select.groupBy().isEmpty()
                    || select.having() != null
                    || !select.windows().isEmpty())
                throw new Unfit("a sub-select other than SELECT ... FROM ... WHERE");
            Level level = new Level(new ArrayList<>(), outer);
            List<String> from = new ArrayList<>();
            for (Relation item : select.from()) from.add(from(item, level));
            List<String> items = new ArrayList<>();
            for (Query.SelectItem item : select.items()) items.add(write(item.expression(), level));
            return "SELECT "
                    + String.join(", ", items)
                    + (from.isEmpty() ? "" : " FROM " + String.join(", ", from))
                    + (select.where() == null ? "" : " WHERE " + write(select.where(), level));
        }

        private String from(Relation item, Level level) throws Unfit {
            return switch (item) {
                case Relation.Table table -> table(table, level);
                case Relation.Join join -> {
                    String left = from(join.left(), level);
                    String right = from(join.right(), level);
                    if (join.natural()
                            || join.alias() != null
                            || !(join.condition() instanceof Relation.JoinCondition.On on))
                        throw new Unfit("a join without ON");
                    String word =
                            switch (join.type()) {
                                case INNER -> "JOIN";
                                case LEFT -> "LEFT JOIN";
                                case RIGHT -> "RIGHT JOIN";
                                case FULL -> "FULL JOIN";
                                case CROSS -> throw new Unfit("CROSS JOIN");
                            };
                    yield "("
                            + left
                            + " "
                            + word
                            + " "
                            + right
                            + " ON "
                            + write(on.expression(), level)
                            + ")";
                }
                case Relation.Subquery _,
                        Relation.Function _,
                        Relation.XmlTable _,
                        Relation.OfMySql _,
                        Relation.JsonTable _ ->
                        throw new Unfit("FROM something other than tables");
            };
        }

        private String table(Relation.Table table, Level level) throws Unfit {
            QualifiedName name = table.name();
            if (name.parts().size() != 2)
                throw new Unfit("table " + name + " needs its schema named");
            if (table.sample() != null
                    || table.alias() != null && !table.alias().columns().isEmpty())
                throw new Unfit("this reference to " + name);
            Catalog.Relation found =
                    catalog.relation(name.parts().getFirst().name(), name.last().name());
            if (found == null) throw new Unfit("relation " + name + " is not known");
            String alias = INNER_NAMES + ++named;
            level.items()
                    .add(
                            new Item(
                                    table.alias() == null
                                            ? found.name()
                                            : table.alias().name().name(),
                                    found,
                                    alias));
            return (table.only() ? "ONLY " : "")
                    + Sql.name(found.schema(), found.name())
                    + " AS "
                    + Sql.name(alias);
        }
    }
}
