package dev.sallyport.app.analyze;

import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.parser.MySqlParser;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// How answers write names and constants.
final class Words {
    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The parts with dots between, each as SQL writes it: in double quotes where it needs them.
    static String name(List<String> parts) {
        return parts.stream().map(Words::quoted).collect(Collectors.joining("."));
    }

    /// The same for MySQL and MariaDB: in backticks where it needs them.
    static String mySqlName(List<String> parts, Dialect dialect) {
        return parts.stream()
                .map(part ->
                        MySqlParser.isPlainName(part, dialect)
                                ? part
                                : '`' + part.replace("`", "``") + '`')
                .collect(Collectors.joining("."));
    }

    static String name(String... parts) {
        return name(List.of(parts));
    }

    private static String quoted(String part) {
        return isPlain(part) ? part : '"' + part.replace("\"", "\"\"") + '"';
    }

    private static boolean isPlain(String part) {
        if (part.isEmpty()) return false;
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c == '_';
            boolean later = i > 0 && (c >= '0' && c <= '9' || c == '$');
            if (!letter && !later) return false;
        }
        return !Keyword.isReserved(part);
    }
}
