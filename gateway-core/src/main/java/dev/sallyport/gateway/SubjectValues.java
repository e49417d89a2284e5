package dev.sallyport.gateway;

import dev.sallyport.audit.Confidential.Parameter;
import dev.sallyport.sql.selection.Constant;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// From what a statement says to the value that a column is compared with, in one spelling for each
/// value: 42 for `42`, `'042'`, `$1` in text or binary, where the column is a number; `042` where
/// it is text. What isn't certain has no value.
final class SubjectValues {
    static final String NUMBER = "number";
    static final String TEXT = "text";
    static final String IDENTIFIER = "uuid";

    private static final int INT8 = 20;
    private static final int INT2 = 21;
    private static final int INT4 = 23;
    private static final int TEXT_OID = 25;
    private static final int BPCHAR = 1042;
    private static final int VARCHAR = 1043;
    private static final int NUMERIC = 1700;
    private static final int UUID_OID = 2950;

    private static final Set<Integer> INTEGERS = Set.of(INT2, INT4, INT8);

    /// More digits than any key has; and no value may cost much to spell.
    private static final int MAX_CHARS = 1_000;

    private SubjectValues() {}

    /// @param kind one of {@link #NUMBER}, {@link #TEXT} and {@link #IDENTIFIER}
    record Value(String kind, String text) {
        @Override
        public String toString() {
            return "Value[" + kind + "]";
        }
    }

    /// What a statement's parameters are.
    ///
    /// @param values by number, from 1; null where it isn't known
    /// @param declared type by number, 0 where none was declared
    /// @param utf8 whether text is in UTF-8
    record Bound(
            IntFunction<@Nullable Parameter> values, IntFunction<Integer> declared, boolean utf8) {
        static final Bound NOTHING = new Bound(_ -> null, _ -> 0, true);
    }

    /// Whether the index can tell values of a column of this type (by oid).
    static boolean canTell(long columnType) {
        return columnType == INT2
                || columnType == INT4
                || columnType == INT8
                || columnType == NUMERIC
                || columnType == TEXT_OID
                || columnType == VARCHAR
                || columnType == BPCHAR
                || columnType == UUID_OID;
    }

    /// The values; none for a null, which equals nothing. Empty where they aren't known.
    static Optional<List<Value>> of(Constant constant, long columnType, Bound bound) {
        if (!canTell(columnType)) return Optional.empty();
        return switch (constant) {
            case Constant.Null _ -> Optional.of(List.of());
            case Constant.Text(var text) -> one(value(text, columnType));
            case Constant.Number(var digits) ->
                    isNumber(columnType) ? one(value(digits, columnType)) : Optional.empty();
            case Constant.Parameter(int number, var cast) ->
                    parameter(number, cast, columnType, bound);
            case Constant.Elements(int number, var cast) ->
                    elements(number, cast, columnType, bound);
        };
    }

    private static Optional<List<Value>> one(@Nullable Value value) {
        return value == null ? Optional.empty() : Optional.of(List.of(value));
    }

    private static boolean isNumber(long type) {
        return type == INT2 || type == INT4 || type == INT8 || type == NUMERIC;
    }

    /// As {@link #of} spells what people type, when the column isn't known: under every kind that
    /// it can be of.
    static List<Value> asTyped(String text) {
        var all = new ArrayList<Value>();
        for (long type : new long[] {NUMERIC, TEXT_OID, UUID_OID}) {
            var value = value(text, type);
            if (value != null) all.add(value);
        }
        return all;
    }

    /// The text as the column's input function reads it; null for what it may refuse.
    static @Nullable Value value(String text, long columnType) {
        if (text.length() > MAX_CHARS) return null;
        if (columnType == BPCHAR) return new Value(TEXT, withoutTrailingBlanks(text));
        if (columnType == TEXT_OID || columnType == VARCHAR) return new Value(TEXT, text);
        if (columnType == UUID_OID) return uuid(text);
        var number = number(text);
        if (number == null || columnType != NUMERIC && number.scale() > 0) return null;
        return new Value(NUMBER, number.toPlainString());
    }

    private static String withoutTrailingBlanks(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') end--;
        return text.substring(0, end);
    }

    private static @Nullable Value uuid(String text) {
        var digits = text.replace("{", "").replace("}", "").replace("-", "");
        if (!digits.matches("[0-9a-fA-F]{32}")) return null;
        return new Value(IDENTIFIER, digits.toLowerCase(Locale.ROOT));
    }

    /// Decimal, or an integer in another base; `_` between digits as from PostgreSQL 16 on.
    private static @Nullable BigDecimal number(String written) {
        var text = written.strip();
        boolean negative = text.startsWith("-");
        if (negative || text.startsWith("+")) text = text.substring(1);
        text = text.toLowerCase(Locale.ROOT);
        if (text.contains("_")) {
            if (!text.matches("(0[xob])?_?[0-9a-f]+(_[0-9a-f]+)*(\\.[0-9_]*)?")) return null;
            text = text.replace("_", "");
        }
        try {
            BigDecimal number;
            if (text.matches("0x[0-9a-f]+"))
                number = new BigDecimal(new java.math.BigInteger(text.substring(2), 16));
            else if (text.matches("0o[0-7]+"))
                number = new BigDecimal(new java.math.BigInteger(text.substring(2), 8));
            else if (text.matches("0b[01]+"))
                number = new BigDecimal(new java.math.BigInteger(text.substring(2), 2));
            else if (text.matches("([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]{1,3})?"))
                number = new BigDecimal(text);
            else return null;
            if (negative) number = number.negate();
            return plain(number);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private static BigDecimal plain(BigDecimal number) {
        var stripped = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    // --- parameters

    private static Optional<List<Value>> parameter(
            int number, String cast, long columnType, Bound bound) {
        var value = bound.values.apply(number);
        int type = type(number, cast, columnType, bound);
        if (value == null || !fits(type, cast, columnType)) return Optional.empty();
        return switch (value) {
            case Parameter.Null _ -> Optional.of(List.of());
            case Parameter.Text(var text) -> one(read(text, type, columnType));
            case Parameter.Binary(byte[] bytes) -> {
                var text = text(bytes, type, bound);
                yield text == null ? Optional.empty() : one(read(text, type, columnType));
            }
            case Parameter.Passed _ -> Optional.empty();
        };
    }

    private static @Nullable Value read(String text, int type, long columnType) {
        // A fraction is rounded where the parameter is an integer, or is cast to one.
        if (INTEGERS.contains(type) && value(text, INT8) == null) return null;
        return value(type == BPCHAR ? withoutTrailingBlanks(text) : text, columnType);
    }

    /// The type that the server takes the parameter for; -1 where it isn't certain.
    private static int type(int number, String cast, long columnType, Bound bound) {
        int declared = bound.declared.apply(number);
        if (declared != 0) return declared;
        return cast.isEmpty() ? Math.toIntExact(columnType) : oid(cast);
    }

    private static int oid(String type) {
        return switch (type) {
            case "int2" -> INT2;
            case "int4" -> INT4;
            case "int8" -> INT8;
            case "numeric" -> NUMERIC;
            case "text" -> TEXT_OID;
            case "varchar" -> VARCHAR;
            case "uuid" -> UUID_OID;
            default -> -1;
        };
    }

    /// Of other types the comparison may see another value than the one sent.
    private static boolean fits(int type, String cast, long columnType) {
        if (!canTell(type)) return false;
        boolean sameKind =
                isNumber(columnType)
                        ? isNumber(type)
                        : columnType == UUID_OID
                                ? type == UUID_OID
                                : type == TEXT_OID || type == VARCHAR || type == BPCHAR;
        // `$1::int8` of a text has the text's number; of a numeric a rounded one.
        return cast.isEmpty()
                ? sameKind
                : sameKind && (type == oid(cast) || INTEGERS.contains(type))
                        || type == TEXT_OID && canTell(oid(cast));
    }

    /// A binary value as the text that has the same meaning; null for what is malformed.
    private static @Nullable String text(byte[] bytes, int type, Bound bound) {
        var in = ByteBuffer.wrap(bytes);
        return switch (type) {
            case INT2 -> bytes.length == 2 ? Short.toString(in.getShort()) : null;
            case INT4 -> bytes.length == 4 ? Integer.toString(in.getInt()) : null;
            case INT8 -> bytes.length == 8 ? Long.toString(in.getLong()) : null;
            case UUID_OID ->
                    bytes.length == 16 ? new UUID(in.getLong(), in.getLong()).toString() : null;
            case TEXT_OID, VARCHAR, BPCHAR -> decoded(bytes, bound);
            case NUMERIC -> numeric(in);
            default -> null;
        };
    }

    private static @Nullable String decoded(byte[] bytes, Bound bound) {
        boolean ascii = true;
        for (byte b : bytes) ascii &= b > 0;
        return ascii || bound.utf8 ? new String(bytes, StandardCharsets.UTF_8) : null;
    }

    /// Digits to the base of 10,000, as `numeric_send` writes them.
    private static @Nullable String numeric(ByteBuffer in) {
        if (in.remaining() < 8) return null;
        int digits = in.getShort();
        int weight = in.getShort();
        int sign = in.getShort() & 0xFFFF;
        in.getShort();
        if (digits < 0 || digits > 250 || Math.abs(weight) > 250 || in.remaining() != 2 * digits)
            return null;
        if (sign != 0 && sign != 0x4000) return null;
        var number = BigDecimal.ZERO;
        for (int i = 0; i < digits; i++) {
            int digit = in.getShort();
            if (digit < 0 || digit > 9999) return null;
            number = number.add(BigDecimal.valueOf(digit).scaleByPowerOfTen(4 * (weight - i)));
        }
        return (sign == 0 ? number : number.negate()).toPlainString();
    }

    // --- arrays

    private static final java.util.Map<Integer, Integer> ELEMENT_OF =
            java.util.Map.of(
                    1005, INT2, 1007, INT4, 1016, INT8, 1009, TEXT_OID, 1015, VARCHAR, 1014, BPCHAR,
                    1231, NUMERIC, 2951, UUID_OID);

    private static Optional<List<Value>> elements(
            int number, String cast, long columnType, Bound bound) {
        var value = bound.values.apply(number);
        int declared = bound.declared.apply(number);
        int type =
                declared != 0
                        ? ELEMENT_OF.getOrDefault(declared, -1)
                        : cast.isEmpty() ? Math.toIntExact(columnType) : oid(cast);
        if (value == null || !fits(type, cast, columnType)) return Optional.empty();
        return switch (value) {
            case Parameter.Null _ -> Optional.of(List.of());
            case Parameter.Text(var text) -> listed(text, type, columnType);
            case Parameter.Binary(byte[] bytes) -> binary(bytes, type, columnType, bound);
            case Parameter.Passed _ -> Optional.empty();
        };
    }

    /// `{1,2}` without quotes, escapes, and further dimensions.
    private static Optional<List<Value>> listed(String text, int type, long columnType) {
        if (text.equals("{}")) return Optional.of(List.of());
        if (!text.startsWith("{")
                || !text.endsWith("}")
                || text.substring(1, text.length() - 1).matches("(?s).*[{}\"\\\\].*"))
            return Optional.empty();
        var values = new ArrayList<Value>();
        for (var item : text.substring(1, text.length() - 1).split(",", -1)) {
            if (item.strip().equalsIgnoreCase("null")) continue;
            var value = read(item.strip(), type, columnType);
            if (value == null) return Optional.empty();
            values.add(value);
        }
        return Optional.of(values);
    }

    private static Optional<List<Value>> binary(
            byte[] bytes, int type, long columnType, Bound bound) {
        var in = ByteBuffer.wrap(bytes);
        if (bytes.length < 12) return Optional.empty();
        int dimensions = in.getInt();
        in.getInt();
        if (in.getInt() != type || dimensions > 1) return Optional.empty();
        if (dimensions == 0) return Optional.of(List.of());
        if (in.remaining() < 8) return Optional.empty();
        int count = in.getInt();
        in.getInt();
        var values = new ArrayList<Value>();
        for (int i = 0; i < count; i++) {
            if (in.remaining() < 4) return Optional.empty();
            int length = in.getInt();
            if (length == -1) continue;
            if (length < 0 || length > in.remaining()) return Optional.empty();
            var item = new byte[length];
            in.get(item);
            var text = text(item, type, bound);
            var value = text == null ? null : read(text, type, columnType);
            if (value == null) return Optional.empty();
            values.add(value);
        }
        return Optional.of(values);
    }
}
