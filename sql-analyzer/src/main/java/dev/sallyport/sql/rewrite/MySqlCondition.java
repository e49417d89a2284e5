package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.functions.FunctionClasses;
import dev.sallyport.sql.mysql.MySqlType;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.parser.MySqlParseResult;
import dev.sallyport.sql.mysql.parser.MySqlParser;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A policy's condition over the rows of one table of MySQL or MariaDB, written out so that it
/// means the same in every session: names in backticks, each column with its table, strings free of
/// the sql_mode, parentheses round everything, no operator that a mode gives another meaning.
///
/// The condition is read in one mode: `"x"` is a name, a backslash nothing special.
public final class MySqlCondition {
    private static final int MAX_DEPTH = 200;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");

    private static final Set<String> OPERATORS =
            Set.of("=", "<=>", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "/", "%");

    private static final Set<String> COMPARISONS =
            Set.of("=", "<=>", "<", ">", "<=", ">=", "<>", "!=");

    private MySqlCondition() {}

    /// @param sql one expression
    public static Condition.Result read(String sql, Catalog.Relation relation, Catalog catalog) {
        return relation.remember(
                "condition " + sql, Condition.Result.class, () -> parse(sql, relation, catalog));
    }

    private static Condition.Result parse(String sql, Catalog.Relation relation, Catalog catalog) {
        if (sql.contains("||"))
            return new Condition.Result.Unfit(
                    "'||' is OR in one sql_mode, not in another: write OR");
        Dialect dialect =
                Objects.requireNonNull(catalog.mySql(), "a catalog of PostgreSQL")
                        .dialect()
                        .withSqlMode("ANSI_QUOTES,NO_BACKSLASH_ESCAPES")
                        .orElseThrow();
        if (!(MySqlParser.parse(new SqlText("SELECT 1 FROM x WHERE (" + sql + "\n)"), dialect)
                        instanceof MySqlParseResult.Parsed(var statements, _, _))
                || statements.size() != 1
                || !(statements.getFirst().statement() instanceof Query query)
                || !isPlain(query)
                || !(query.body() instanceof Query.Select select)
                || !select.groupBy().isEmpty()
                || select.having() != null
                || !select.windows().isEmpty()
                || select.where() == null)
            return new Condition.Result.Unfit("it is not one condition");
        var writer = new Writer(relation, catalog, dialect);
        try {
            String template = writer.write(select.where(), null);
            return new Condition.Result.Fit(
                    new Condition(template, writer.columns, writer.readsOthers, MySqlSql::name));
        } catch (Unfit unfit) {
            return new Condition.Result.Unfit(unfit.reason);
        } catch (IllegalArgumentException _) {
            return new Condition.Result.Unfit("it holds text that the server can't");
        }
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
        private final Dialect dialect;
        private final Set<String> columns = new LinkedHashSet<>();
        private boolean readsOthers;
        private int named;
        private int depth;

        Writer(Catalog.Relation relation, Catalog catalog, Dialect dialect) {
            this.relation = relation;
            this.catalog = catalog;
            this.dialect = dialect;
        }

        String write(Expression expression, @Nullable Level level) throws Unfit {
            if (++depth > MAX_DEPTH) throw new Unfit("it is nested too deeply");
            try {
                return written(expression, level);
            } finally {
                depth--;
            }
        }

        private String written(Expression expression, @Nullable Level level) throws Unfit {
            return switch (expression) {
                case Expression.Literal literal -> literal(literal);
                case Expression.ColumnRef column -> column(column, level).sql;
                case Expression.Unary(var operator, var operand, _) -> {
                    if (!operator.symbol().equals("-"))
                        throw new Unfit("operator " + operator.symbol());
                    yield "(- " + write(operand, level) + ")";
                }
                case Expression.Binary(var left, var operator, var right, _) -> {
                    if (!OPERATORS.contains(operator.symbol()))
                        throw new Unfit("operator " + operator.symbol());
                    yield COMPARISONS.contains(operator.symbol())
                            ? compared(left, operator.symbol(), right, level)
                            : infix(write(left, level), operator.symbol(), write(right, level));
                }
                case Expression.Logical(var and, var operands, _) -> {
                    List<String> all = new ArrayList<>();
                    for (Expression operand : operands) all.add(write(operand, level));
                    yield "(" + String.join(and ? " AND " : " OR ", all) + ")";
                }
                case Expression.Not(var operand, _) -> "(NOT (" + write(operand, level) + "))";
                case Expression.IsTest(var operand, var test, var negated, _) -> {
                    String word =
                            switch (test) {
                                case NULL -> "NULL";
                                case TRUE -> "TRUE";
                                case FALSE -> "FALSE";
                                case UNKNOWN -> "UNKNOWN";
                                case DOCUMENT, JSON -> throw new Unfit("this test");
                            };
                    yield "("
                            + write(operand, level)
                            + (negated ? " IS NOT " : " IS ")
                            + word
                            + ")";
                }
                case Expression.Between(var operand, var low, var high, _, var negated, _) -> {
                    String within =
                            "("
                                    + compared(operand, ">=", low, level)
                                    + " AND "
                                    + compared(operand, "<=", high, level)
                                    + ")";
                    yield negated ? "(NOT " + within + ")" : within;
                }
                case Expression.Like(
                                var operand,
                                var kind,
                                var pattern,
                                var escape,
                                var negated,
                                _) -> {
                    // A backslash escapes in a pattern, but not under NO_BACKSLASH_ESCAPES.
                    if (kind != Expression.LikeKind.LIKE
                            || escape != null
                            || !(pattern instanceof Expression.Literal text)
                            || text.kind() != LiteralKind.STRING
                            || text.text().indexOf('\\') >= 0) throw new Unfit("this LIKE");
                    yield "("
                            + write(operand, level)
                            + (negated ? " NOT LIKE " : " LIKE ")
                            + MySqlSql.literal(text.text())
                            + ")";
                }
                case Expression.InList(var operand, var items, var negated, _) -> {
                    List<String> any = new ArrayList<>();
                    for (Expression item : items) any.add(compared(operand, "=", item, level));
                    String one = "(" + String.join(" OR ", any) + ")";
                    yield negated ? "(NOT " + one + ")" : one;
                }
                case Expression.InSubquery(var operand, var query, var negated, _) ->
                        "("
                                + write(operand, level)
                                + (negated ? " NOT IN (" : " IN (")
                                + query(query, level)
                                + "))";
                case Expression.Exists(var query, _) -> "EXISTS (" + query(query, level) + ")";
                case Expression.Case choice -> choice(choice, level);
                case Expression.FunctionCall call -> call(call, level);
                case Expression.ScalarSubquery _ ->
                        throw new Unfit("a sub-select as a value: use IN or EXISTS");
                case Expression.QuantifiedSubquery _ -> throw new Unfit("ANY or ALL");
                case Expression.IsDistinctFrom _ -> throw new Unfit("IS DISTINCT FROM: use <=>");
                case Expression.Cast _ -> throw new Unfit("a cast");
                case Expression.Collate _ -> throw new Unfit("COLLATE");
                case Expression.Row _ -> throw new Unfit("a row");
                case Expression.Star _ -> throw new Unfit("*");
                case Expression.Parameter _ -> throw new Unfit("a parameter");
                case Expression.Default _ -> throw new Unfit("DEFAULT");
                case Expression.CurrentOf _ -> throw new Unfit("CURRENT OF");
                case Expression.OfMySql _ -> throw new Unfit("a variable or sequence");
                case Expression.FieldSelect _,
                        Expression.FieldStar _,
                        Expression.Subscript _,
                        Expression.QuantifiedArray _,
                        Expression.ArrayConstructor _,
                        Expression.ArraySubquery _,
                        Expression.Special _ ->
                        throw new Unfit("PostgreSQL's syntax");
            };
        }

        private static String infix(String left, String operator, String right) {
            return "(" + left + " " + operator + " " + right + ")";
        }

        /// The server would take 'abc' for 0 beside a number, and '7up' for 7.
        private String compared(
                Expression left, String operator, Expression right, @Nullable Level level)
                throws Unfit {
            return infix(beside(left, right, level), operator, beside(right, left, level));
        }

        private String beside(Expression side, Expression other, @Nullable Level level)
                throws Unfit {
            if (!(side instanceof Expression.Literal literal)
                    || !(other instanceof Expression.ColumnRef ref)) return write(side, level);
            MySqlType type = column(ref, level).type;
            boolean number =
                    literal.kind() == LiteralKind.INTEGER || literal.kind() == LiteralKind.NUMERIC;
            if (literal.kind() == LiteralKind.STRING && type.isNumber()) {
                if (!NUMBER.matcher(literal.text()).matches())
                    throw new Unfit(
                            "column "
                                    + ref.parts().getLast().name()
                                    + " is a number and is compared with a text that isn't one");
                return literal.text();
            }
            if (number
                    && !type.isNumber()
                    && !type.name().equals("year")
                    && !type.name().equals("bit"))
                throw new Unfit(
                        "column "
                                + ref.parts().getLast().name()
                                + " is compared with a number and isn't one: write the number as a"
                                + " string");
            return literal(literal);
        }

        private static String literal(Expression.Literal literal) throws Unfit {
            return switch (literal.kind()) {
                case INTEGER, NUMERIC -> {
                    if (!NUMBER.matcher(literal.text()).matches())
                        throw new Unfit("this way to write a number");
                    yield literal.text();
                }
                case STRING -> MySqlSql.literal(literal.text());
                case TRUE -> "TRUE";
                case FALSE -> "FALSE";
                case NULL -> "NULL";
                case BIT_STRING -> throw new Unfit("a bit string");
            };
        }

        private record Known(String sql, MySqlType type) {}

        private Known column(Expression.ColumnRef ref, @Nullable Level level) throws Unfit {
            List<Identifier> parts = ref.parts();
            String name = parts.getLast().name();
            for (Level at = level; at != null; at = at.outer()) {
                Known found = null;
                for (Item item : at.items()) {
                    Catalog.Column column = column(item.relation(), name);
                    if (column == null || !means(parts, item.name(), item.relation())) continue;
                    if (found != null) throw new Unfit("column " + name + " is ambiguous");
                    found = new Known(MySqlSql.name(item.alias(), column.name()), type(column));
                }
                if (found != null) return found;
            }
            Catalog.Column column = column(relation, name);
            if (column == null || !means(parts, relation.name(), relation))
                throw new Unfit(
                        "column "
                                + name
                                + " of "
                                + relation.resource().describe()
                                + " is not known");
            columns.add(column.name());
            return new Known(
                    Condition.QUALIFIER + "." + MySqlSql.name(column.name()), type(column));
        }

        private static Catalog.@Nullable Column column(Catalog.Relation of, String name) {
            for (Catalog.Column column : of.columns())
                if (column.name().equalsIgnoreCase(name)) return column;
            return null;
        }

        private static MySqlType type(Catalog.Column column) throws Unfit {
            var detail = column.detail();
            if (detail == null || detail.formattedType() == null)
                throw new Unfit("the type of column " + column.name() + " is not known");
            return MySqlType.of(detail.formattedType());
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

        private String choice(Expression.Case choice, @Nullable Level level) throws Unfit {
            StringBuilder sql = new StringBuilder("CASE");
            for (Expression.When when : choice.whens()) {
                String condition =
                        choice.operand() == null
                                ? write(when.condition(), level)
                                : compared(choice.operand(), "=", when.condition(), level);
                sql.append(" WHEN ").append(condition);
                sql.append(" THEN ").append(write(when.result(), level));
            }
            if (choice.otherwise() != null)
                sql.append(" ELSE ").append(write(choice.otherwise(), level));
            return sql.append(" END").toString();
        }

        /// The server's own functions that only compute.
        private String call(Expression.FunctionCall call, @Nullable Level level) throws Unfit {
            if (call.name().parts().size() != 1)
                throw new Unfit("function " + call.name() + " is not the server's own");
            String name = call.name().last().name().toLowerCase(Locale.ROOT);
            if (call.star()
                    || call.distinct()
                    || !call.orderBy().isEmpty()
                    || !call.withinGroup().isEmpty()
                    || call.filter() != null
                    || call.over() != null) throw new Unfit("an aggregate");
            if (FunctionClasses.ofMySql(name, dialect) != FunctionClass.COMPUTES
                    || !name.matches("[a-z_0-9]+"))
                throw new Unfit("function " + name + " does more than compute, or isn't known");
            List<String> arguments = new ArrayList<>();
            for (Expression.Argument argument : call.arguments())
                arguments.add(write(argument.value(), level));
            return name + "(" + String.join(", ", arguments) + ")";
        }

        // ------------------------------------------------------------ sub-selects

        private String query(Query query, @Nullable Level outer) throws Unfit {
            readsOthers = true;
            if (!isPlain(query)
                    || !(query.body() instanceof Query.Select select)
                    || select.distinct()
                    || !select.groupBy().isEmpty()
                    || select.having() != null
                    || !select.windows().isEmpty()
                    || select.from().isEmpty())
                throw new Unfit("a sub-select other than SELECT ... FROM ... WHERE");
            Level level = new Level(new ArrayList<>(), outer);
            List<String> from = new ArrayList<>();
            for (Relation item : select.from()) from.add(from(item, level));
            List<String> items = new ArrayList<>();
            for (Query.SelectItem item : select.items()) items.add(write(item.expression(), level));
            return "SELECT "
                    + String.join(", ", items)
                    + " FROM "
                    + String.join(", ", from)
                    + (select.where() == null ? "" : " WHERE " + write(select.where(), level));
        }

        private String from(Relation item, Level level) throws Unfit {
            return switch (item) {
                case Relation.Table table -> table(table, level);
                case Relation.Join join -> {
                    String left = from(join.left(), level);
                    String right = from(join.right(), level);
                    if (join.natural()
                            || join.type() != Relation.JoinType.INNER
                            || !(join.condition() instanceof Relation.JoinCondition.On on))
                        throw new Unfit("a join other than JOIN ... ON");
                    yield "("
                            + left
                            + " JOIN "
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
                throw new Unfit("table " + name + " needs its database named");
            Catalog.Relation found =
                    catalog.relation(name.parts().getFirst().name(), name.last().name());
            if (found == null) throw new Unfit("table " + name + " is not known");
            if (table.span().end()
                    != (table.alias() == null
                            ? table.reference().end()
                            : table.alias().span().end()))
                throw new Unfit("this reference to " + name);
            String alias = Condition.INNER_NAMES + ++named;
            level.items()
                    .add(
                            new Item(
                                    table.alias() == null
                                            ? found.name()
                                            : table.alias().name().name(),
                                    found,
                                    alias));
            return MySqlSql.name(found.schema(), found.name()) + " AS " + MySqlSql.name(alias);
        }
    }
}
