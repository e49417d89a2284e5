package dev.sallyport.sql.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Pieces of MySQL's and MariaDB's SQL that mean the same in every sql_mode and character set.
public final class MySqlSql {
    private MySqlSql() {}

    /// An identifier: backticks quote under ANSI_QUOTES, too.
    ///
    /// @throws IllegalArgumentException for a name that can't stand in every text: one with `*/` in
    ///   it would end the comment that it may be put into
    public static String name(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0 || name.contains("*/"))
            throw new IllegalArgumentException("no identifier");
        return '`' + name.replace("`", "``") + '`';
    }

    public static String name(String schema, String name) {
        return name(schema) + '.' + name(name);
    }

    /// A string: letters, digits and what nothing gives another meaning as they are, all else as
    /// bytes. Backslashes escape in one sql_mode and not in another.
    public static String literal(String value) {
        boolean plain = true;
        for (int i = 0; i < value.length() && plain; i++) {
            char c = value.charAt(i);
            plain = c >= ' ' && c < 0x7F && "'\"\\`*/".indexOf(c) < 0;
        }
        if (plain) return '\'' + value + '\'';
        return "_utf8mb4 X'"
                + HexFormat.of().withUpperCase().formatHex(value.getBytes(StandardCharsets.UTF_8))
                + '\'';
    }
}
