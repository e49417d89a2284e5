package dev.sallyport.sql.parser;

import java.util.ArrayList;
import java.util.List;

/// Just enough JSON for the corpora's lines, whose shape is fixed.
public final class Json {
    private Json() {}

    /// The string under `key` at the top level.
    public static String string(String line, String key) {
        int at = line.indexOf("\"" + key + "\":\"");
        if (at < 0) throw new AssertionError("no " + key);
        return read(line, at + key.length() + 4, new StringBuilder());
    }

    /// The whole number under `key` at the top level.
    static int number(String line, String key) {
        int from = line.lastIndexOf("\"" + key + "\":");
        if (from < 0) throw new AssertionError("no " + key);
        from += key.length() + 3;
        int end = from;
        while (Character.isDigit(line.charAt(end))) end++;
        return Integer.parseInt(line, from, end, 10);
    }

    /// The `name` of every object in the array under `key`.
    static List<String> names(String line, String key) {
        var names = new ArrayList<String>();
        String array = array(line, key);
        int at = 0;
        while ((at = array.indexOf("\"name\":\"", at)) >= 0) {
            names.add(read(array, at + 8, new StringBuilder()));
            at += 8;
        }
        return names;
    }

    /// The strings of the array under `key`.
    public static List<String> strings(String line, String key) {
        var strings = new ArrayList<String>();
        String array = array(line, key);
        int at = 0;
        while ((at = array.indexOf('"', at)) >= 0) {
            var value = new StringBuilder();
            read(array, at + 1, value);
            strings.add(value.toString());
            at = skip(array, at + 1);
        }
        return strings;
    }

    private static String array(String line, String key) {
        // The keys behind "sql" come last, and quotes inside strings are escaped.
        int at = line.lastIndexOf("\"" + key + "\":[");
        if (at < 0) throw new AssertionError("no " + key);
        int from = at + key.length() + 4;
        int end = from;
        while (line.charAt(end) != ']')
            end = line.charAt(end) == '"' ? skip(line, end + 1) : end + 1;
        return line.substring(from, end);
    }

    /// Behind the quote that ends the string at `from`.
    private static int skip(String text, int from) {
        int i = from;
        while (text.charAt(i) != '"') i += text.charAt(i) == '\\' ? 2 : 1;
        return i + 1;
    }

    private static String read(String text, int from, StringBuilder value) {
        for (int i = from; text.charAt(i) != '"'; i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                value.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            switch (escape) {
                case 'n' -> value.append('\n');
                case 't' -> value.append('\t');
                case 'r' -> value.append('\r');
                case 'b' -> value.append('\b');
                case 'f' -> value.append('\f');
                case 'u' -> {
                    value.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> value.append(escape);
            }
        }
        return value.toString();
    }
}
