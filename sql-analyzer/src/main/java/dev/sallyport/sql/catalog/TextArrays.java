package dev.sallyport.sql.catalog;

import java.util.ArrayList;
import java.util.List;

/// One-dimensional arrays in the server's text form: `{a,"b c",NULL}`.
final class TextArrays {
    private TextArrays() {}

    /// @throws IllegalArgumentException when the text is not such an array
    static List<String> parse(String text) {
        if (!text.startsWith("{") || !text.endsWith("}"))
            throw new IllegalArgumentException("not an array: " + text);
        List<String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        int end = text.length() - 1;
        int i = 1;
        while (i < end) {
            element.setLength(0);
            if (text.charAt(i) == '"') {
                i++;
                while (i < end && text.charAt(i) != '"') {
                    if (text.charAt(i) == '\\') i++;
                    element.append(text.charAt(i++));
                }
                i++;
            } else {
                while (i < end && text.charAt(i) != ',') {
                    if (text.charAt(i) == '\\') i++;
                    element.append(text.charAt(i++));
                }
            }
            elements.add(element.toString());
            if (i < end && text.charAt(i) != ',')
                throw new IllegalArgumentException("not an array: " + text);
            i++;
        }
        return elements;
    }
}
