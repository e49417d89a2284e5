package dev.sallyport.gateway;

import dev.sallyport.policy.HashKey;
import dev.sallyport.policy.Mask;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Condition;
import dev.sallyport.sql.rewrite.Governing;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.rewrite.Rewriter;
import dev.sallyport.sql.rewrite.Sql;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Masks as PostgreSQL expressions of the column's own type, modifiers and collation; of a domain's
/// base type, whose checks a masked value may fail.
///
/// Every expression is total: it raises no error whatever the value, since an error tells of it. It
/// depends on no setting of the session, and every name in it has its schema.
final class MaskSql implements Masks {
    private static final long TEXT = 25;
    private static final long VARCHAR = 1043;
    private static final long BPCHAR = 1042;
    private static final long INT2 = 21;
    private static final long INT4 = 23;
    private static final long INT8 = 20;
    private static final long FLOAT4 = 700;
    private static final long FLOAT8 = 701;
    private static final long NUMERIC = 1700;
    private static final long DATE = 1082;
    private static final long TIMESTAMP = 1114;
    private static final long TIMESTAMPTZ = 1184;

    private static final Pattern LENGTH = Pattern.compile("\\(([0-9]+)\\)");

    private static final Pattern NUMERIC_MODIFIERS =
            Pattern.compile("^numeric\\((-?[0-9]+),(-?[0-9]+)\\)$");

    /// An array's literal.
    private static final String SPARSE =
            Mask.Zip3.SPARSE.stream().sorted().collect(Collectors.joining(",", "'{", "}'"));

    private final Catalog catalog;

    MaskSql(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public String nullOf(Catalog.Column column) {
        return typed("NULL", column);
    }

    @Override
    public String name(Catalog.Relation relation, Catalog.Column column) {
        return Sql.name(relation.name(), column.name());
    }

    @Override
    public String literal(String value) {
        return Sql.literal(value);
    }

    @Override
    public Condition.Result condition(String text, Catalog.Relation relation) {
        return Condition.read(text, relation, catalog);
    }

    @Override
    public Rewriter.Result rewrite(References references, Governing governing) {
        return Rewriter.rewrite(references, governing);
    }

    @Override
    public String typed(String expression, Catalog.Column column) {
        var sql = "(" + expression + ")::" + type(column, true);
        var detail = column.detail();
        return detail == null || detail.collation() == null || detail.collationSchema() == null
                ? sql
                : sql + " COLLATE " + Sql.name(detail.collationSchema(), detail.collation());
    }

    @Override
    public Optional<String> masked(Mask mask, Catalog.Column column, String value) {
        long type = base(column.type());
        boolean characters = type == TEXT || type == VARCHAR || type == BPCHAR;
        var text = value + "::pg_catalog.text";
        return switch (mask) {
            case Mask.Null() -> Optional.of("NULL");
            case Mask.Redact() ->
                    Optional.of(
                            characters ? unlessNull(value, Sql.literal(Mask.Redact.TEXT)) : "NULL");
            case Mask.Partial(int first, int last) ->
                    characters ? Optional.of(partial(text, first, last)) : Optional.empty();
            case Mask.Hash() ->
                    characters && holds(column, Mask.Hash.MIN_CHARACTERS)
                            ? Optional.of(hash(text))
                            : Optional.empty();
            case Mask.Year() -> Optional.ofNullable(year(type, value));
            case Mask.Zip3() -> characters ? Optional.of(zip3(text)) : Optional.empty();
            case Mask.AgeBand(int years) ->
                    type == INT2 || type == INT4 || type == INT8
                            ? Optional.of(ageBand(value, years))
                            : Optional.empty();
            case Mask.Bucket(long size) -> Optional.ofNullable(bucket(column, type, value, size));
            case Mask.Constant(var constant) ->
                    Optional.of(unlessNull(value, typed(Sql.literal(constant), column)));
        };
    }

    private static String unlessNull(String value, String shown) {
        return "CASE WHEN " + value + " IS NOT NULL THEN " + shown + " END";
    }

    private static String op(String left, String symbol, String right) {
        return "(" + left + " OPERATOR(pg_catalog." + symbol + ") " + right + ")";
    }

    private static String partial(String text, int first, int last) {
        var length = "pg_catalog.length(" + text + ")";
        int kept = first + last;
        var shown = "pg_catalog.repeat('*', " + op(length, "-", String.valueOf(kept)) + ")";
        if (first > 0) shown = op("pg_catalog.\"left\"(" + text + ", " + first + ")", "||", shown);
        if (last > 0) shown = op(shown, "||", "pg_catalog.\"right\"(" + text + ", " + last + ")");
        return "CASE WHEN "
                + op(length, ">", String.valueOf(kept))
                + " THEN "
                + shown
                + " ELSE pg_catalog.repeat('*', "
                + length
                + ") END";
    }

    /// HMAC by its definition (RFC 2104), with keys that only the server's session holds.
    private static String hash(String text) {
        var inner =
                op(key(HashKey.INNER_SETTING), "||", "pg_catalog.convert_to(" + text + ", 'UTF8')");
        var outer = op(key(HashKey.OUTER_SETTING), "||", "pg_catalog.sha256(" + inner + ")");
        return "pg_catalog.encode(pg_catalog.sha256(" + outer + "), 'hex')";
    }

    private static String key(String setting) {
        return "pg_catalog.decode(pg_catalog.current_setting(" + Sql.literal(setting) + "), 'hex')";
    }

    /// Today is UTC's: the session's time zone is the client's to set, and a boundary that it could
    /// move would tell the day.
    private static @Nullable String year(long type, String value) {
        var utc = "pg_catalog.timezone('UTC', pg_catalog.now())";
        var oldest = op(utc, "-", "'" + Mask.Year.OLDEST_AGE + " years'::pg_catalog.interval");
        if (type == DATE) {
            var first = "pg_catalog.make_date(%s::pg_catalog.int4, 1, 1)";
            return "CASE WHEN pg_catalog.isfinite("
                    + value
                    + ") THEN CASE WHEN "
                    + op(value, "<=", oldest + "::pg_catalog.date")
                    + " THEN "
                    + first.formatted("pg_catalog.\"extract\"('year', " + oldest + ")")
                    + " ELSE "
                    + first.formatted("pg_catalog.\"extract\"('year', " + value + ")")
                    + " END END";
        }
        if (type != TIMESTAMP && type != TIMESTAMPTZ) return null;
        var local = type == TIMESTAMP ? value : "pg_catalog.timezone('UTC', " + value + ")";
        var shown =
                "CASE WHEN "
                        + op(local + "::pg_catalog.date", "<=", oldest + "::pg_catalog.date")
                        + " THEN pg_catalog.date_trunc('year', "
                        + oldest
                        + ") ELSE pg_catalog.date_trunc('year', "
                        + local
                        + ") END";
        if (type == TIMESTAMPTZ) shown = "pg_catalog.timezone('UTC', " + shown + ")";
        return "CASE WHEN pg_catalog.isfinite(" + value + ") THEN " + shown + " END";
    }

    private static String zip3(String text) {
        var digits = "pg_catalog.\"left\"(" + text + ", 3)";
        return "CASE WHEN "
                + op(text, "~", "'^[0-9]{5}(-?[0-9]{4})?$'")
                + " AND "
                + op(digits, "<>", "ALL (" + SPARSE + "::pg_catalog._text)")
                + " THEN "
                + digits
                + " WHEN "
                + text
                + " IS NOT NULL THEN '"
                + Mask.Zip3.BLANK
                + "' END";
    }

    private static String ageBand(String value, int years) {
        int oldest = Mask.AgeBand.OLDEST_AGE;
        return "CASE WHEN "
                + op(value, ">=", String.valueOf(oldest))
                + " THEN "
                + oldest
                + " WHEN "
                + op(value, "<", "0")
                + " THEN 0 ELSE "
                + op(op(value, "/", String.valueOf(years)), "*", String.valueOf(years))
                + " END";
    }

    private @Nullable String bucket(Catalog.Column column, long type, String value, long size) {
        var number = value + "::pg_catalog.numeric";
        var exact =
                op(
                        "pg_catalog.floor(" + op(number, "/", String.valueOf(size)) + ")",
                        "*",
                        String.valueOf(size));
        var lowest =
                switch ((int) type) {
                    case (int) INT2 -> String.valueOf(Short.MIN_VALUE);
                    case (int) INT4 -> String.valueOf(Integer.MIN_VALUE);
                    case (int) INT8 -> String.valueOf(Long.MIN_VALUE);
                    default -> "";
                };
        if (!lowest.isEmpty())
            return unlessNull(
                    value, "GREATEST(" + exact + ", '" + lowest + "'::pg_catalog.numeric)");
        if (type == NUMERIC) {
            var digits = NUMERIC_MODIFIERS.matcher(type(column, true));
            if (!digits.find()) return exact;
            // Rounded down, the value may have a digit more than the column has room for.
            int whole = Integer.parseInt(digits.group(1)) - Integer.parseInt(digits.group(2));
            return "CASE WHEN "
                    + op(
                            "pg_catalog.abs(" + exact + ")",
                            "<",
                            "'1e" + whole + "'::pg_catalog.numeric")
                    + " THEN "
                    + exact
                    + " END";
        }
        if (type != FLOAT4 && type != FLOAT8) return null;
        // Far from where rounding down would leave the type's range, or numeric's.
        var within = type == FLOAT4 ? "'1e30'" : "'1e100'";
        var wide = value + "::pg_catalog.float8";
        return "CASE WHEN "
                + op("pg_catalog.abs(" + wide + ")", "<", within + "::pg_catalog.float8")
                + " THEN "
                + op(
                        "pg_catalog.floor(" + op(wide, "/", size + "::pg_catalog.float8") + ")",
                        "*",
                        size + "::pg_catalog.float8")
                + " END";
    }

    /// Whether the column has room for that many characters.
    private boolean holds(Catalog.Column column, int characters) {
        var matcher = LENGTH.matcher(type(column, true));
        if (matcher.find()) return Integer.parseInt(matcher.group(1)) >= characters;
        // `char` without a length has room for one.
        return base(column.type()) != BPCHAR;
    }

    private long base(long oid) {
        var type = catalog.type(oid);
        for (int i = 0; type != null && type.isDomain() && i < 32; i++) {
            oid = type.base();
            type = catalog.type(oid);
        }
        return oid;
    }

    /// The column's type as a cast names it; a domain's as the type below it.
    private String type(Catalog.Column column, boolean modifiers) {
        var detail = column.detail();
        if (modifiers && detail != null && detail.formattedType() != null)
            return detail.formattedType();
        var type = catalog.type(column.type());
        String formatted = null;
        for (int i = 0; type != null && type.isDomain() && i < 32; i++) {
            formatted = catalog.formattedBase(type.oid());
            type = catalog.type(type.base());
        }
        if (formatted != null) return formatted;
        if (type == null) throw new IllegalStateException("a column without a type");
        return Sql.name(type.schema(), type.name());
    }
}
