package dev.sallyport.audit.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads canonical JSON and nothing else: whatever {@link JsonWriter} would have written
/// differently (a blank, an unsorted or repeated member, a needless escape, `1.0`, invalid UTF-8)
/// is an error. So equal values have equal bytes.
///
/// Objects become maps in the order written, arrays lists, strings `String`, integers `Long`,
/// booleans `Boolean`.
public final class JsonReader {
    /// Entries are flat; deeper nesting than this is no entry of ours.
    private static final int MAX_DEPTH = 16;

    private static final Map<String, Object> NO_MEMBERS = Map.of();
    private static final List<Object> NO_ITEMS = List.of();

    private final byte[] bytes;
    private final int end;

    /// False to check only: values then come back as something, whatever it is.
    private final boolean build;

    private int at;

    private JsonReader(byte[] bytes, int offset, int length, boolean build) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
        this.build = build;
    }

    /// @throws FormatException not one canonical JSON object from the first byte to the last
    public static Map<String, Object> object(byte[] bytes, int offset, int length)
            throws FormatException {
        JsonReader reader = new JsonReader(bytes, offset, length, true);
        Map<String, Object> object = reader.object(0);
        if (reader.at != reader.end) throw reader.error("bytes after the object");
        return object;
    }

    /// {@link #object} for whoever wants to know only that it is one.
    ///
    /// @param depth how deep within an entry the object lies
    static void check(byte[] bytes, int offset, int length, int depth) throws FormatException {
        JsonReader reader = new JsonReader(bytes, offset, length, false);
        Map<String, Object> _ = reader.object(depth);
        if (reader.at != reader.end) throw reader.error("bytes after the object");
    }

    /// The string that begins with the quote at `offset` and ends within `length` bytes.
    static String text(byte[] bytes, int offset, int length) throws FormatException {
        return new JsonReader(bytes, offset, length, true).string(true);
    }

    private Map<String, Object> object(int depth) throws FormatException {
        if (depth > MAX_DEPTH) throw error("nested too deeply");
        expect('{');
        Map<String, Object> members = build ? new LinkedHashMap<>() : NO_MEMBERS;
        if (peek() == '}') {
            at++;
            return members;
        }
        String previous = null;
        while (true) {
            String key = string(true);
            if (previous != null && key.compareTo(previous) <= 0)
                throw error("members not sorted or repeated");
            previous = key;
            expect(':');
            Object value = value(depth);
            if (build) members.put(key, value);
            if (peek() == '}') {
                at++;
                return members;
            }
            expect(',');
        }
    }

    private Object value(int depth) throws FormatException {
        return switch (peek()) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> string(build);
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            default -> integer();
        };
    }

    private List<Object> array(int depth) throws FormatException {
        if (depth > MAX_DEPTH) throw error("nested too deeply");
        expect('[');
        List<Object> items = build ? new ArrayList<>() : NO_ITEMS;
        if (peek() == ']') {
            at++;
            return items;
        }
        while (true) {
            Object value = value(depth);
            if (build) items.add(value);
            if (peek() == ']') {
                at++;
                return items;
            }
            expect(',');
        }
    }

    private Boolean word(String word, boolean value) throws FormatException {
        for (int i = 0; i < word.length(); i++) expect(word.charAt(i));
        return value;
    }

    private Long integer() throws FormatException {
        int start = at;
        if (peek() == '-') at++;
        long value = 0;
        int first = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + bytes[at++] - '0';
            if (value > JsonWriter.MAX_INTEGER) throw error("integer beyond 2^53 - 1");
        }
        int count = at - first;
        if (count == 0) throw error("no value");
        boolean negative = first > start;
        if (bytes[first] == '0' && (count > 1 || negative)) throw error("needless zero");
        return negative ? -value : value;
    }

    private String string(boolean wanted) throws FormatException {
        expect('"');
        int start = at;
        if (!wanted) {
            while (at < end && bytes[at] >= 0x20 && bytes[at] != '"' && bytes[at] != '\\') at++;
            if (peek() == '"') {
                at++;
                return "";
            }
        }
        while (at < end && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] & 0xFF) >= 0x20) {
            at++;
        }
        StringBuilder text = null;
        while (peek() != '"') {
            if (text == null) text = new StringBuilder();
            text.append(utf8(start, at));
            text.append(escape());
            start = at;
            while (at < end
                    && bytes[at] != '"'
                    && bytes[at] != '\\'
                    && (bytes[at] & 0xFF) >= 0x20) {
                at++;
            }
        }
        String tail = utf8(start, at);
        at++;
        return text == null ? tail : text.append(tail).toString();
    }

    private char escape() throws FormatException {
        expect('\\');
        int c = peek();
        at++;
        return switch (c) {
            case '"', '\\' -> (char) c;
            case 'b' -> '\b';
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'f' -> '\f';
            case 'r' -> '\r';
            case 'u' -> unicodeEscape();
            default -> throw error("bad escape");
        };
    }

    /// Only control characters without an escape of their own are written so.
    private char unicodeEscape() throws FormatException {
        expect('0');
        expect('0');
        int high = peek() - '0';
        at++;
        int digit = peek();
        at++;
        int low = digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : digit - '0';
        if (high < 0 || high > 1 || low < 0 || low > 15 || (digit > '9' && digit < 'a'))
            throw error("bad escape");
        int c = high << 4 | low;
        if (c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r')
            throw error("needless escape");
        return (char) c;
    }

    private String utf8(int from, int to) throws FormatException {
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        // Malformed input decodes to U+FFFD, whose own encoding is looked for instead.
        if (text.indexOf('\uFFFD') >= 0
                && !java.util.Arrays.equals(
                        text.getBytes(StandardCharsets.UTF_8),
                        java.util.Arrays.copyOfRange(bytes, from, to)))
            throw error("invalid UTF-8");
        return text;
    }

    private int peek() throws FormatException {
        if (at >= end) throw error("ends too early");
        return bytes[at];
    }

    private void expect(char c) throws FormatException {
        if (peek() != c) throw error("expected " + c);
        at++;
    }

    private FormatException error(String what) {
        return new FormatException("not canonical JSON: " + what);
    }
}
