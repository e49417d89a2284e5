package dev.sallyport.sql.lexer;

import static dev.sallyport.sql.lexer.LexResult.LexFailure.ENCODING;
import static dev.sallyport.sql.lexer.LexResult.LexFailure.SYNTAX;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The values of string literals. PostgreSQL manual, 4.1.2 Constants.
final class Strings {
    private Strings() {}

    /// Of a literal without escapes, with or without prefix and continuations, or dollar-quoted.
    static String value(String text, int start, int end) {
        if (text.charAt(start) == '$') {
            int tag = text.indexOf('$', start + 1) + 1 - start;
            return text.substring(start + tag, end - tag);
        }
        int open = text.indexOf('\'', start);
        int quote = text.indexOf('\'', open + 1);
        if (quote == end - 1) return text.substring(open + 1, quote);
        var value = new StringBuilder(end - open);
        int from = open + 1;
        while (true) {
            value.append(text, from, quote);
            if (quote + 1 < end && text.charAt(quote + 1) == '\'') {
                value.append('\'');
                from = quote + 2;
            } else {
                int next = Continuation.after(text, quote + 1, end);
                if (next < 0) return value.toString();
                from = next;
            }
            quote = text.indexOf('\'', from);
        }
    }

    /// Appends the meaning of the backslash escape at `at` (the backslash) to `value`; returns the
    /// offset behind it. Runs of escaped bytes must be UTF-8 together.
    static int escape(String text, int at, int end, StringBuilder value) {
        char c = text.charAt(at + 1);
        switch (c) {
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'u', 'U' -> {
                int digits = c == 'u' ? 4 : 8;
                int code = hex(text, at + 2, at + 2 + digits, end);
                if (code < 0) throw new LexException(SYNTAX, "invalid Unicode escape", at, at + 2);
                appendCodePoint(value, code, at, at + 2 + digits);
                return at + 2 + digits;
            }
            default -> {
                return isByteEscape(text, at, end)
                        ? bytes(text, at, end, value)
                        : other(c, at, value);
            }
        }
        return at + 2;
    }

    private static int other(char c, int at, StringBuilder value) {
        value.append(c);
        return at + 2;
    }

    private static boolean isByteEscape(String text, int at, int end) {
        if (at + 1 >= end || text.charAt(at) != '\\') return false;
        char c = text.charAt(at + 1);
        return (c >= '0' && c <= '7')
                || (c == 'x' && at + 2 < end && Character.digit(text.charAt(at + 2), 16) >= 0);
    }

    private static int bytes(String text, int start, int end, StringBuilder value) {
        var bytes = new java.io.ByteArrayOutputStream(8);
        int at = start;
        while (isByteEscape(text, at, end)) {
            boolean hex = text.charAt(at + 1) == 'x';
            int radix = hex ? 16 : 8;
            int from = hex ? at + 2 : at + 1;
            int limit = Math.min(end, from + (hex ? 2 : 3));
            int b = 0;
            int i = from;
            while (i < limit && digit(text.charAt(i), radix) >= 0)
                b = b * radix + digit(text.charAt(i++), radix);
            if ((b & 0xff) == 0)
                throw new LexException(ENCODING, "an escape stands for a NUL byte", at, i);
            bytes.write(b);
            at = i;
        }
        try {
            value.append(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes.toByteArray())));
        } catch (CharacterCodingException _) {
            throw new LexException(ENCODING, "escaped bytes are no valid UTF-8", start, at);
        }
        return at;
    }

    /// The escapes of `U&`: `\0061`, `\+000061`, `\\`.
    static String unicode(String raw, char escape, int start, int end) {
        if (raw.indexOf(escape) < 0) return raw;
        var value = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); ) {
            char c = raw.charAt(i);
            if (c != escape) {
                value.append(c);
                i++;
            } else if (i + 1 < raw.length() && raw.charAt(i + 1) == escape) {
                value.append(escape);
                i += 2;
            } else {
                boolean long6 = i + 1 < raw.length() && raw.charAt(i + 1) == '+';
                int from = long6 ? i + 2 : i + 1;
                int to = from + (long6 ? 6 : 4);
                int code = hex(raw, from, to, raw.length());
                if (code < 0) throw new LexException(SYNTAX, "invalid Unicode escape", start, end);
                appendCodePoint(value, code, start, end);
                i = to;
            }
        }
        checkSurrogates(value, start, end);
        return value.toString();
    }

    private static void appendCodePoint(StringBuilder value, int code, int start, int end) {
        if (code == 0 || code > Character.MAX_CODE_POINT)
            throw new LexException(ENCODING, "an escape stands for no character", start, end);
        value.appendCodePoint(code);
    }

    /// Refuses a lone surrogate, as an escape may have made one.
    static void checkSurrogates(CharSequence value, int start, int end) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!Character.isSurrogate(c)) continue;
            if (Character.isLowSurrogate(c)
                    || i + 1 >= value.length()
                    || !Character.isLowSurrogate(value.charAt(i + 1)))
                throw new LexException(
                        ENCODING, "an escape stands for half a character", start, end);
            i++;
        }
    }

    private static int hex(String text, int from, int to, int end) {
        if (to > end) return -1;
        long code = 0;
        for (int i = from; i < to; i++) {
            int digit = digit(text.charAt(i), 16);
            if (digit < 0) return -1;
            code = code * 16 + digit;
        }
        return (int) Math.min(code, Integer.MAX_VALUE);
    }

    /// ASCII digits only, unlike {@link Character#digit}.
    static int digit(char c, int radix) {
        return c < 0x80 ? Character.digit(c, radix) : -1;
    }
}
