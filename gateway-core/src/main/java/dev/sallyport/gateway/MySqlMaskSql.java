package dev.sallyport.gateway;

import dev.sallyport.policy.Mask;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.MySqlType;
import dev.sallyport.sql.rewrite.Condition;
import dev.sallyport.sql.rewrite.Governing;
import dev.sallyport.sql.rewrite.MySqlCondition;
import dev.sallyport.sql.rewrite.MySqlRewriter;
import dev.sallyport.sql.rewrite.MySqlSql;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.rewrite.Rewriter;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Masks as expressions of MySQL and MariaDB, of the column's own type as far as these languages
/// have a way to say it: characters with their length and collation, decimals, dates. Whole numbers
/// become `bigint`, `timestamp` becomes `datetime`.
///
/// Every expression is total: it raises neither error nor warning whatever the value. It depends on
/// no sql_mode, and not on the session's time zone. Characters get their collation from the column
/// itself, which stands in a branch that is taken only for nulls.
final class MySqlMaskSql implements Masks {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");

    private static final Pattern DATE =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?");

    /// A bucket's arithmetic stays within the 65 digits that a decimal has.
    private static final int MAX_DIGITS = 45;

    private static final String SPARSE =
            Mask.Zip3.SPARSE.stream()
                    .sorted()
                    .map(digits -> "'" + digits + "'")
                    .collect(Collectors.joining(", ", "(", ")"));

    private final Catalog catalog;

    MySqlMaskSql(Catalog catalog) {
        this.catalog = catalog;
    }

    private static MySqlType type(Catalog.Column column) {
        var detail = column.detail();
        return MySqlType.of(
                detail == null || detail.formattedType() == null ? "" : detail.formattedType());
    }

    @Override
    public String name(Catalog.Relation relation, Catalog.Column column) {
        return MySqlSql.name(relation.name(), column.name());
    }

    /// In the mode in which {@link MySqlCondition} reads.
    @Override
    public String literal(String value) {
        if (value.indexOf('\0') >= 0) throw new IllegalArgumentException("no text of a condition");
        return "'" + value.replace("'", "''") + "'";
    }

    @Override
    public Condition.Result condition(String text, Catalog.Relation relation) {
        return MySqlCondition.read(text, relation, catalog);
    }

    @Override
    public Rewriter.Result rewrite(References references, Governing governing) {
        return MySqlRewriter.rewrite(references, governing, catalog);
    }

    @Override
    public String nullOf(Catalog.Column column) {
        return typed("NULL", column);
    }

    @Override
    public String typed(String expression, Catalog.Column column) {
        var type = type(column);
        return switch (type.name()) {
            case "char", "varchar" ->
                    type.first() > 0
                            ? "LEFT(" + expression + ", " + type.first() + ")"
                            : expression;
            case "decimal", "numeric" ->
                    "CAST("
                            + expression
                            + " AS DECIMAL("
                            + Math.max(type.first(), 1)
                            + ", "
                            + Math.max(type.second(), 0)
                            + "))";
            case "tinyint", "smallint", "mediumint", "int", "integer", "bigint" ->
                    "CAST(" + expression + (type.unsigned() ? " AS UNSIGNED)" : " AS SIGNED)");
            case "date" -> "CAST(" + expression + " AS DATE)";
            case "datetime", "timestamp" ->
                    "CAST(" + expression + " AS DATETIME(" + Math.max(type.first(), 0) + "))";
            case "time" -> "CAST(" + expression + " AS TIME(" + Math.max(type.first(), 0) + "))";
            case String _ -> expression;
        };
    }

    @Override
    public Optional<String> masked(Mask mask, Catalog.Column column, String value) {
        var type = type(column);
        boolean characters = type.isCharacters();
        return switch (mask) {
            case Mask.Null() -> Optional.of(nothing(value));
            case Mask.Redact() ->
                    Optional.of(
                            characters
                                    ? unlessNull(value, literalOf(Mask.Redact.TEXT))
                                    : nothing(value));
            case Mask.Partial(int first, int last) ->
                    characters ? Optional.of(partial(value, first, last)) : Optional.empty();
            // Its key would have to be in the session, where statements and logs show it.
            case Mask.Hash() -> Optional.empty();
            case Mask.Year() -> Optional.ofNullable(year(type, value));
            case Mask.Zip3() -> characters ? Optional.of(zip3(value)) : Optional.empty();
            case Mask.AgeBand(int years) ->
                    type.isWholeNumber() ? Optional.of(ageBand(value, years)) : Optional.empty();
            case Mask.Bucket(long size) -> Optional.ofNullable(bucket(type, value, size));
            case Mask.Constant(var constant) -> constant(type, value, constant);
        };
    }

    private static String literalOf(String text) {
        return MySqlSql.literal(text);
    }

    /// A null of the column's type and collation.
    private static String nothing(String value) {
        return "IF(FALSE, " + value + ", NULL)";
    }

    /// With the column's collation.
    private static String unlessNull(String value, String shown) {
        return "IF(" + value + " IS NULL, " + value + ", " + shown + ")";
    }

    private static String partial(String value, int first, int last) {
        var length = "CHAR_LENGTH(" + value + ")";
        int kept = first + last;
        var stars = "REPEAT('*', " + length + " - " + kept + ")";
        var shown =
                "CONCAT("
                        + (first > 0 ? "LEFT(" + value + ", " + first + "), " : "")
                        + stars
                        + (last > 0 ? ", RIGHT(" + value + ", " + last + ")" : "")
                        + ")";
        return "IF("
                + value
                + " IS NULL, "
                + value
                + ", IF("
                + length
                + " > "
                + kept
                + ", "
                + shown
                + ", REPEAT('*', "
                + length
                + ")))";
    }

    /// Days are cut as they are written; moments of `timestamp` as UTC has them, whatever zone the
    /// client chooses.
    private static @Nullable String year(MySqlType type, String value) {
        String day =
                switch (type.name()) {
                    case "date", "datetime" -> value;
                    case "timestamp" ->
                            "('1970-01-01 00:00:00' + INTERVAL FLOOR(UNIX_TIMESTAMP("
                                    + value
                                    + ")) SECOND)";
                    case String _ -> null;
                };
        if (day == null) return null;
        var oldest = "(UTC_DATE() - INTERVAL " + Mask.Year.OLDEST_AGE + " YEAR)";
        return "IF("
                + value
                + " IS NULL, NULL, IF(DATE("
                + day
                + ") <= "
                + oldest
                + ", MAKEDATE(YEAR("
                + oldest
                + "), 1), MAKEDATE(YEAR("
                + day
                + "), 1)))";
    }

    private static String zip3(String value) {
        var digits = "LEFT(" + value + ", 3)";
        return "IF("
                + value
                + " IS NULL, "
                + value
                + ", IF("
                + value
                + " REGEXP '^[0-9]{5}(-?[0-9]{4})?$' AND "
                + digits
                + " NOT IN "
                + SPARSE
                + ", "
                + digits
                + ", '"
                + Mask.Zip3.BLANK
                + "'))";
    }

    private static String ageBand(String value, int years) {
        int oldest = Mask.AgeBand.OLDEST_AGE;
        return "CASE WHEN "
                + value
                + " >= "
                + oldest
                + " THEN "
                + oldest
                + " WHEN "
                + value
                + " < 0 THEN 0 ELSE "
                + value
                + " DIV "
                + years
                + " * "
                + years
                + " END";
    }

    /// By MOD of decimals, which is exact: how many digits a division has is the client's to set.
    private static @Nullable String bucket(MySqlType type, String value, long size) {
        if (type.isWholeNumber()) {
            var lowest =
                    switch (type.name()) {
                        case "tinyint" -> "-128";
                        case "smallint" -> "-32768";
                        case "mediumint" -> "-8388608";
                        case "bigint" -> "-9223372036854775808";
                        case String _ -> "-2147483648";
                    };
            return unlessNull(value, "GREATEST(" + down(value, 21, 0, size) + ", " + lowest + ")");
        }
        if (type.name().equals("decimal") || type.name().equals("numeric")) {
            int digits = Math.max(type.first(), 1);
            int scale = Math.max(type.second(), 0);
            if (digits > MAX_DIGITS) return null;
            var exact = down(value, digits, scale, size);
            // Rounded down, the value may have a digit more than the column has room for.
            return "IF(ABS("
                    + exact
                    + ") < 1"
                    + "0".repeat(digits - scale)
                    + ", "
                    + exact
                    + ", NULL)";
        }
        if (type.name().equals("float") || type.name().equals("double")) {
            var within = type.name().equals("float") ? "1e30" : "1e100";
            return "IF(ABS("
                    + value
                    + ") < "
                    + within
                    + ", FLOOR("
                    + value
                    + " / "
                    + size
                    + "e0) * "
                    + size
                    + "e0, NULL)";
        }
        return null;
    }

    private static String down(String value, int digits, int scale, long size) {
        var exact = "CAST(" + value + " AS DECIMAL(" + digits + ", " + scale + "))";
        var rest = "MOD(" + exact + ", " + size + ")";
        return "(" + exact + " - " + rest + " - IF(" + rest + " < 0, " + size + ", 0))";
    }

    private Optional<String> constant(MySqlType type, String value, String constant) {
        if (type.isCharacters()) return Optional.of(unlessNull(value, literalOf(constant)));
        if (type.isWholeNumber()) {
            boolean fits =
                    WHOLE.matcher(constant).matches()
                            && !(type.unsigned() && constant.startsWith("-"));
            return fits ? Optional.of(ifThere(value, constant)) : Optional.empty();
        }
        if (type.isNumber()) {
            if (!NUMBER.matcher(constant).matches()) return Optional.empty();
            int whole = Math.max(type.first(), 1) - Math.max(type.second(), 0);
            boolean exact = type.name().equals("decimal") || type.name().equals("numeric");
            if (exact && new BigDecimal(constant).abs().compareTo(BigDecimal.TEN.pow(whole)) >= 0)
                return Optional.empty();
            return Optional.of(ifThere(value, constant));
        }
        boolean date =
                switch (type.name()) {
                    case "date", "datetime", "timestamp" -> DATE.matcher(constant).matches();
                    case String _ -> false;
                };
        return date ? Optional.of(ifThere(value, literalOf(constant))) : Optional.empty();
    }

    private static String ifThere(String value, String shown) {
        return "IF(" + value + " IS NULL, NULL, " + shown + ")";
    }
}
