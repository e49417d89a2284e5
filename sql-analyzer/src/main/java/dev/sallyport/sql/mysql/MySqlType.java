package dev.sallyport.sql.mysql;

import java.util.Locale;
import java.util.regex.Pattern;

/// A column's type as information_schema writes it, taken apart: `decimal(10,2) unsigned`.
///
/// @param name lower case, as `varchar`, `int`, `datetime`
/// @param first what stands in the parentheses, -1 for nothing: length, precision, digits of a
///   second
/// @param second behind a comma; -1 for nothing
public record MySqlType(String name, int first, int second, boolean unsigned) {
    private static final Pattern PARTS =
            Pattern.compile(
                    "([a-z_0-9]+)(?:\\s*\\(\\s*([0-9]{1,9})(?:\\s*,\\s*([0-9]{1,9}))?\\s*\\))?(.*)");

    /// Never fails: what isn't understood has the whole text for its name, and is nothing.
    public static MySqlType of(String written) {
        String text = written.strip().toLowerCase(Locale.ROOT);
        var matcher = PARTS.matcher(text);
        if (!matcher.matches()) return new MySqlType(text, -1, -1, false);
        return new MySqlType(
                matcher.group(1),
                number(matcher.group(2)),
                number(matcher.group(3)),
                matcher.group(4).contains("unsigned"));
    }

    private static int number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? -1 : Integer.parseInt(digits);
    }

    /// Characters of any length, not bytes.
    public boolean isCharacters() {
        return switch (name) {
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> true;
            default -> false;
        };
    }

    public boolean isWholeNumber() {
        return switch (name) {
            case "tinyint", "smallint", "mediumint", "int", "integer", "bigint" -> true;
            default -> false;
        };
    }

    public boolean isNumber() {
        return isWholeNumber()
                || switch (name) {
                    case "decimal", "numeric", "float", "double", "real" -> true;
                    default -> false;
                };
    }
}
