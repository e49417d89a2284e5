package dev.sallyport.audit.format;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Writes canonical JSON (RFC 8785) into a growing byte array that is reused. Objects, arrays,
/// strings, booleans and integers are all that entries need. Not for several threads.
public final class JsonWriter {
    /// Largest magnitude of an integer: RFC 8785 numbers are IEEE 754 doubles, which hold every
    /// integer up to 2^53 - 1 exactly.
    public static final long MAX_INTEGER = (1L << 53) - 1;

    private static final byte[] HEX = Leaf.ascii("0123456789abcdef");

    private byte[] bytes;
    private int length;

    public JsonWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /// The array written into, valid up to {@link #length()} and until the next write.
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public void reset() {
        length = 0;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public JsonWriter raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    public JsonWriter raw(byte[] json, int offset, int count) {
        reserve(count);
        System.arraycopy(json, offset, bytes, length, count);
        length += count;
        return this;
    }

    public JsonWriter raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /// @throws IllegalArgumentException beyond {@link #MAX_INTEGER}
    public JsonWriter integer(long value) {
        if (value > MAX_INTEGER || value < -MAX_INTEGER)
            throw new IllegalArgumentException("integer beyond 2^53 - 1: " + value);
        reserve(20);
        if (value < 0) bytes[length++] = '-';
        long rest = Math.abs(value);
        int end = length + digits(rest);
        length = end;
        do {
            bytes[--end] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        return this;
    }

    public JsonWriter bool(boolean value) {
        return raw(value ? TRUE : FALSE);
    }

    private static final byte[] TRUE = Leaf.ascii("true");
    private static final byte[] FALSE = Leaf.ascii("false");

    /// A string with the escapes of RFC 8785 3.2.2.2. An unpaired surrogate, which is no text,
    /// becomes U+FFFD.
    public JsonWriter string(String text) {
        int count = text.length();
        reserve(count + 2);
        bytes[length++] = '"';
        for (int i = plain(text); i < count; i++) {
            char c = text.charAt(i);
            // What is left of the text needs at least a byte each, this character at most six.
            reserve(count - i + 6);
            if (c < 0x80) {
                if (c >= 0x20 && c != '"' && c != '\\') bytes[length++] = (byte) c;
                else escape(c);
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xC0 | c >> 6);
                bytes[length++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < count
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[length++] = (byte) (0xF0 | point >> 18);
                bytes[length++] = (byte) (0x80 | point >> 12 & 0x3F);
                bytes[length++] = (byte) (0x80 | point >> 6 & 0x3F);
                bytes[length++] = (byte) (0x80 | point & 0x3F);
            } else {
                char shown = Character.isSurrogate(c) ? '\uFFFD' : c;
                bytes[length++] = (byte) (0xE0 | shown >> 12);
                bytes[length++] = (byte) (0x80 | shown >> 6 & 0x3F);
                bytes[length++] = (byte) (0x80 | shown & 0x3F);
            }
        }
        return raw('"');
    }

    /// Writes what stands for itself at the text's begin, usually all of it; returns how many
    /// characters. There is room for the whole text.
    private int plain(String text) {
        byte[] to = bytes;
        int begin = length;
        int count = text.length();
        int i = 0;
        for (; i < count; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
            to[begin + i] = (byte) c;
        }
        length = begin + i;
        return i;
    }

    private void escape(char c) {
        bytes[length++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[length++] = (byte) c;
            case '\b' -> bytes[length++] = 'b';
            case '\t' -> bytes[length++] = 't';
            case '\n' -> bytes[length++] = 'n';
            case '\f' -> bytes[length++] = 'f';
            case '\r' -> bytes[length++] = 'r';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[c >> 4];
                bytes[length++] = HEX[c & 0xF];
            }
        }
    }

    /// Bytes that {@link #string} takes for one code point.
    public static int encodedLength(int codePoint) {
        if (codePoint >= 0x10000) return 4;
        if (codePoint >= 0x800) return 3;
        if (codePoint >= 0x80) return 2;
        return switch (codePoint) {
            case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 2;
            default -> codePoint < 0x20 ? 6 : 1;
        };
    }

    /// Any value of the kinds that {@link JsonReader} yields; the members of a map in the order of
    /// RFC 8785 3.2.3 (by UTF-16 code units, which is {@link String#compareTo}).
    public JsonWriter value(Object value) {
        return switch (value) {
            case String text -> string(text);
            case Long number -> integer(number);
            case Integer number -> integer(number);
            case Boolean flag -> bool(flag);
            case List<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            default ->
                    throw new IllegalArgumentException(
                            "no JSON for " + value.getClass().getSimpleName());
        };
    }

    private JsonWriter list(List<?> list) {
        raw('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) raw(',');
            value(list.get(i));
        }
        return raw(']');
    }

    private JsonWriter map(Map<?, ?> map) {
        List<String> keys = new java.util.ArrayList<>(map.size());
        for (Object key : map.keySet()) keys.add((String) key);
        Collections.sort(keys);
        raw('{');
        String separator = "";
        for (String key : keys) {
            if (!separator.isEmpty()) raw(',');
            separator = ",";
            string(key).raw(':').value(java.util.Objects.requireNonNull(map.get(key)));
        }
        return raw('}');
    }

    private static int digits(long value) {
        int count = 1;
        for (long rest = value / 10; rest != 0; rest /= 10) count++;
        return count;
    }

    private void reserve(int count) {
        if (bytes.length - length < count)
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
}
