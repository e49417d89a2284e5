package dev.sallyport.sql.lexer;

import static dev.sallyport.sql.lexer.LexResult.LexFailure.ENCODING;
import static dev.sallyport.sql.lexer.LexResult.LexFailure.SYNTAX;
import static dev.sallyport.sql.lexer.LexResult.LexFailure.TOO_LONG;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// PostgreSQL's scanner, versions 15 to 18: cuts a text exactly where the server cuts it. Linear in
/// the text's length. PostgreSQL manual, 4.1 Lexical Structure.
///
/// Where versions differ, what an older server refuses is taken (0x1F, 1_000 in 15, vertical tab as
/// a blank in 15): it refuses them itself and nothing is read differently. Words that only a newer
/// server knows as keywords are keywords for those only.
public final class Lexer {
    private final String text;
    private final int end;
    private final boolean backslashEscapes;
    private final int serverMajor;
    private final boolean utf8Server;

    private byte[] kinds;
    private short[] keywords;
    private int[] starts;
    private int[] ends;
    private int size;
    private Map<Integer, String> decoded = Map.of();

    private int at;

    private Lexer(String text, LexMode mode) {
        this.text = text;
        this.end = text.length();
        this.backslashEscapes = !mode.standardConformingStrings();
        this.serverMajor = mode.serverMajor();
        this.utf8Server = mode.utf8Server();
        int capacity = Math.min(text.length(), text.length() / 4 + 8) + 1;
        kinds = new byte[capacity];
        keywords = new short[capacity];
        starts = new int[capacity];
        ends = new int[capacity];
    }

    /// The tokens of `sql`. Never throws.
    public static LexResult lex(SqlText sql, LexMode mode) {
        String text = sql.text();
        if (text.length() > mode.maxLength())
            return new LexResult.Failed(
                    TOO_LONG,
                    "the text is longer than " + mode.maxLength() + " characters",
                    new Span(0, text.length()));
        try {
            checkCharacters(text);
            return new LexResult.Lexed(new Lexer(text, mode).run());
        } catch (LexException e) {
            return new LexResult.Failed(e.failure, e.reason(), new Span(e.start, e.end));
        }
    }

    private static void checkCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) throw new LexException(ENCODING, "the text holds a NUL", i, i + 1);
            if (!Character.isSurrogate(c)) continue;
            if (Character.isLowSurrogate(c)
                    || i + 1 >= text.length()
                    || !Character.isLowSurrogate(text.charAt(i + 1)))
                throw new LexException(ENCODING, "the text holds half a character", i, i + 1);
            i++;
        }
    }

    private Tokens run() {
        while (true) {
            skipBlanks();
            if (at >= end) return new Tokens(text, kinds, keywords, starts, ends, size, decoded);
            token();
        }
    }

    private void token() {
        char c = text.charAt(at);
        int start = at;
        char next = start + 1 < end ? text.charAt(start + 1) : 0;
        if (isIdentifierStart(c)) {
            switch (c) {
                case 'e', 'E' -> {
                    if (next == '\'') {
                        escapedString(start, start + 2);
                        return;
                    }
                }
                case 'b', 'B', 'x', 'X' -> {
                    if (next == '\'') {
                        quoted(start, start + 2);
                        add(TokenKind.BIT_STRING, start, at);
                        return;
                    }
                }
                case 'n', 'N' -> {
                    // N'...' is the keyword NCHAR and a string.
                    if (next == '\'') {
                        add(TokenKind.WORD, start, start + 1, Keyword.NCHAR.ordinal());
                        plainString(start + 1);
                        return;
                    }
                }
                case 'u', 'U' -> {
                    if (next == '&' && start + 2 < end) {
                        char quote = text.charAt(start + 2);
                        if (quote == '\'' || quote == '"') {
                            unicode(start, quote);
                            return;
                        }
                    }
                }
                default -> {}
            }
            word(start);
        } else if (c == '\'') {
            plainString(start);
        } else if (c == '"') {
            quotedIdentifier(start, start + 1);
            add(TokenKind.QUOTED_IDENTIFIER, start, at);
        } else if (isDigit(c) || (c == '.' && isDigit(next))) {
            number(start);
        } else if (c == '$') {
            dollar(start);
        } else if (isOperator(c)) {
            operator(start);
        } else {
            punctuation(start, c, next);
        }
    }

    // ---------------------------------------------------------------- blanks and comments

    private void skipBlanks() {
        while (at < end) {
            char c = text.charAt(at);
            if (isSpace(c)) {
                at++;
            } else if (c == '-' && startsWith("--")) {
                at = endOfLine(text, at, end);
            } else if (c == '/' && startsWith("/*")) {
                blockComment();
            } else {
                return;
            }
        }
    }

    private boolean startsWith(String prefix) {
        return text.startsWith(prefix, at);
    }

    /// Block comments nest.
    private void blockComment() {
        int start = at;
        int depth = 1;
        int i = at + 2;
        while (i < end) {
            char c = text.charAt(i);
            if (c == '*' && i + 1 < end && text.charAt(i + 1) == '/') {
                i += 2;
                if (--depth == 0) {
                    at = i;
                    return;
                }
            } else if (c == '/' && i + 1 < end && text.charAt(i + 1) == '*') {
                i += 2;
                depth++;
            } else {
                i++;
            }
        }
        throw new LexException(SYNTAX, "unterminated comment", start, end);
    }

    /// The offset of the line break that ends the line at `from`, or `end`. A carriage return alone
    /// is a line break.
    static int endOfLine(String text, int from, int end) {
        int i = from;
        while (i < end && text.charAt(i) != '\n' && text.charAt(i) != '\r') i++;
        return i;
    }

    static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    // ---------------------------------------------------------------- words

    /// Every character beyond ASCII is a letter to PostgreSQL, no-break spaces included.
    static boolean isIdentifierStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    static boolean isIdentifierPart(char c) {
        return isIdentifierStart(c) || isDigit(c) || c == '$';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void word(int start) {
        int i = start + 1;
        int bits = text.charAt(start);
        while (i < end && isIdentifierPart(text.charAt(i))) bits |= text.charAt(i++);
        at = i;
        if (bits >= 0x80) {
            if (!utf8Server) checkCase(start, i);
            checkLength(text.substring(start, i), start, i);
        }
        Keyword keyword = Keyword.at(text, start, i);
        if (keyword != null && keyword.since() > serverMajor) keyword = null;
        if (keyword == Keyword.UESCAPE && unicodeBefore()) uescape(start);
        else add(TokenKind.WORD, start, i, keyword == null ? -1 : keyword.ordinal());
    }

    /// A server with a single-byte encoding folds `É` as its locale says, others don't: the same
    /// text could name a table there and a common table expression here. Under UTF8 nothing but
    /// ASCII is folded.
    private void checkCase(int start, int wordEnd) {
        for (int i = start; i < wordEnd; ) {
            int c = text.codePointAt(i);
            if (c >= 0x80 && Character.toLowerCase(c) != c)
                throw new LexException(
                        ENCODING,
                        "servers fold capital letters beyond ASCII differently: write this name in"
                                + " double quotes",
                        start,
                        wordEnd);
            i += Character.charCount(c);
        }
    }

    /// Names are cut at 63 bytes of the server's encoding, of which only ASCII's share is known.
    private void checkLength(String name, int start, int end) {
        if (!utf8Server && Names.truncate(name).length() < name.length() && !isAscii(name))
            throw new LexException(
                    ENCODING,
                    "servers cut names with letters beyond ASCII differently: write 63 bytes at"
                            + " most",
                    start,
                    end);
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) if (name.charAt(i) >= 0x80) return false;
        return true;
    }

    private void quotedIdentifier(int start, int from) {
        int i = from;
        while (true) {
            i = text.indexOf('"', i);
            if (i < 0) throw new LexException(SYNTAX, "unterminated quoted identifier", start, end);
            if (i + 1 < end && text.charAt(i + 1) == '"') i += 2;
            else break;
        }
        if (i == from) throw new LexException(SYNTAX, "empty quoted identifier", start, i + 1);
        // With its doubled quotes and escapes still in it: no name is longer for them.
        if (i - from > Names.MAX_BYTES / 3)
            checkLength(text.substring(from, i).replace("\"\"", "\""), start, i + 1);
        at = i + 1;
    }

    // ---------------------------------------------------------------- strings

    private void plainString(int start) {
        if (backslashEscapes) {
            escapedString(start, start + 1);
        } else {
            quoted(start, start + 1);
            add(TokenKind.STRING, start, at);
        }
    }

    /// To behind the closing quote of a literal without escapes and of its continuations.
    private void quoted(int start, int from) {
        int i = from;
        while (true) {
            i = text.indexOf('\'', i);
            if (i < 0) throw new LexException(SYNTAX, "unterminated string", start, end);
            if (i + 1 < end && text.charAt(i + 1) == '\'') {
                i += 2;
                continue;
            }
            int next = Continuation.after(text, i + 1, end);
            if (next < 0) break;
            i = next;
        }
        at = i + 1;
    }

    private void escapedString(int start, int from) {
        var value = new StringBuilder();
        int i = from;
        while (i < end) {
            char c = text.charAt(i);
            if (c == '\'') {
                if (i + 1 < end && text.charAt(i + 1) == '\'') {
                    value.append('\'');
                    i += 2;
                    continue;
                }
                int next = Continuation.after(text, i + 1, end);
                if (next < 0) {
                    at = i + 1;
                    Strings.checkSurrogates(value, start, at);
                    add(TokenKind.STRING, start, at);
                    remember(value.toString());
                    return;
                }
                i = next;
            } else if (c == '\\') {
                if (i + 1 >= end) break;
                i = Strings.escape(text, i, end, value);
            } else {
                value.append(c);
                i++;
            }
        }
        throw new LexException(SYNTAX, "unterminated string", start, end);
    }

    /// `U&'...'` or `U&"..."`, with the default escape; UESCAPE may still follow.
    private void unicode(int start, char quote) {
        int from = start + 3;
        if (quote == '"') {
            quotedIdentifier(start, from);
            add(TokenKind.QUOTED_IDENTIFIER, start, at);
        } else {
            if (backslashEscapes)
                throw new LexException(
                        SYNTAX,
                        "a string with Unicode escapes needs standard_conforming_strings",
                        start,
                        start + 3);
            quoted(start, from);
            add(TokenKind.STRING, start, at);
        }
        int token = size - 1;
        int before = at;
        skipBlanks();
        if (at + 7 <= end
                && Keyword.at(text, at, at + 7) == Keyword.UESCAPE
                && (at + 7 == end || !isIdentifierPart(text.charAt(at + 7)))) {
            // The escape is in the next token, and the value is made there.
            return;
        }
        at = before;
        decodeUnicode(token, ends[token], '\\');
    }

    private boolean unicodeBefore() {
        if (size == 0) return false;
        int start = starts[size - 1];
        TokenKind kind = TokenKind.values()[kinds[size - 1]];
        return (kind == TokenKind.STRING || kind == TokenKind.QUOTED_IDENTIFIER)
                && start + 1 < end
                && text.charAt(start + 1) == '&'
                && !decoded.containsKey(size - 1);
    }

    /// `UESCAPE 'c'` becomes part of the token before it.
    private void uescape(int start) {
        int token = size - 1;
        int unescapedEnd = ends[token];
        skipBlanks();
        int from = at;
        if (!stringFollows())
            throw new LexException(SYNTAX, "UESCAPE needs a character", start, at);
        token();
        if (size != token + 2 || kinds[token + 1] != TokenKind.STRING.ordinal())
            throw new LexException(SYNTAX, "UESCAPE needs a character", start, at);
        String known = decoded.get(token + 1);
        String value = known != null ? known : Strings.value(text, from, at);
        if (value.length() != 1 || !isUnicodeEscape(value.charAt(0)))
            throw new LexException(SYNTAX, "invalid UESCAPE character", start, at);
        size--;
        if (known != null) decoded.remove(token + 1);
        decodeUnicode(token, unescapedEnd, value.charAt(0));
        ends[token] = at;
    }

    private boolean stringFollows() {
        return startsWith("'") || startsWith("$") || startsWith("e'") || startsWith("E'");
    }

    private static boolean isUnicodeEscape(char c) {
        return Strings.digit(c, 16) < 0 && c != '+' && c != '\'' && c != '"' && !isSpace(c);
    }

    private void decodeUnicode(int token, int tokenEnd, char escape) {
        int start = starts[token];
        boolean identifier = kinds[token] == TokenKind.QUOTED_IDENTIFIER.ordinal();
        String raw =
                identifier
                        ? text.substring(start + 3, tokenEnd - 1).replace("\"\"", "\"")
                        : Strings.value(text, start, tokenEnd);
        String value = Strings.unicode(raw, escape, start, tokenEnd);
        if (identifier) checkLength(value, start, tokenEnd);
        if (decoded.isEmpty()) decoded = new HashMap<>();
        decoded.put(token, identifier ? Names.truncate(value) : value);
    }

    private void remember(String value) {
        if (decoded.isEmpty()) decoded = new HashMap<>();
        decoded.put(size - 1, value);
    }

    /// `$1`, or `$tag$ ... $tag$`.
    private void dollar(int start) {
        int i = start + 1;
        if (i < end && isDigit(text.charAt(i))) {
            while (i < end && isDigit(text.charAt(i))) i++;
            if (i < end && isIdentifierStart(text.charAt(i)))
                throw new LexException(SYNTAX, "trailing junk after parameter", start, i + 1);
            if (i - start > 10 || Long.parseLong(text, start + 1, i, 10) > Integer.MAX_VALUE)
                throw new LexException(SYNTAX, "parameter number too large", start, i);
            at = i;
            add(TokenKind.PARAMETER, start, i);
            return;
        }
        if (i < end && isIdentifierStart(text.charAt(i)))
            while (i < end && isIdentifierPart(text.charAt(i)) && text.charAt(i) != '$') i++;
        if (i >= end || text.charAt(i) != '$')
            throw new LexException(SYNTAX, "a stray dollar sign", start, start + 1);
        String tag = text.substring(start, i + 1);
        int close = text.indexOf(tag, i + 1);
        if (close < 0)
            throw new LexException(SYNTAX, "unterminated dollar-quoted string", start, end);
        at = close + tag.length();
        add(TokenKind.STRING, start, at);
    }

    // ---------------------------------------------------------------- numbers

    private void number(int start) {
        int i = start;
        TokenKind kind = TokenKind.INTEGER;
        int radix = radixAt(start);
        if (radix != 10) {
            i = digits(start + 2, radix, true);
            if (i == start + 2) throw new LexException(SYNTAX, "invalid number", start, i);
        } else {
            if (text.charAt(i) != '.') i = digits(i, 10, false);
            // 1..10 is 1 and two dots.
            if (i < end && text.charAt(i) == '.' && !(i + 1 < end && text.charAt(i + 1) == '.')) {
                kind = TokenKind.NUMERIC;
                i++;
                if (i < end && isDigit(text.charAt(i))) i = digits(i, 10, false);
            }
            if (i < end && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
                int exponent = i + 1;
                if (exponent < end
                        && (text.charAt(exponent) == '+' || text.charAt(exponent) == '-'))
                    exponent++;
                if (exponent < end && isDigit(text.charAt(exponent))) {
                    kind = TokenKind.NUMERIC;
                    i = digits(exponent, 10, false);
                }
            }
        }
        if (i < end && isIdentifierStart(text.charAt(i)))
            throw new LexException(SYNTAX, "trailing junk after a number", start, i + 1);
        at = i;
        add(kind, start, i);
    }

    private int radixAt(int start) {
        if (text.charAt(start) != '0' || start + 1 >= end) return 10;
        return switch (text.charAt(start + 1)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
        };
    }

    /// Behind the digits at `from`; single underscores may stand between, and before the first
    /// where a prefix precedes.
    private int digits(int from, int radix, boolean prefixed) {
        int i = from;
        while (i < end) {
            char c = text.charAt(i);
            if (Strings.digit(c, radix) >= 0) {
                i++;
            } else if (c == '_'
                    && (i > from || prefixed)
                    && i + 1 < end
                    && Strings.digit(text.charAt(i + 1), radix) >= 0) {
                i += 2;
            } else {
                break;
            }
        }
        return i;
    }

    // ---------------------------------------------------------------- operators and punctuation

    private static boolean isOperator(char c) {
        return switch (c) {
            case '~', '!', '@', '#', '^', '&', '|', '`', '?' -> true;
            case '+', '-', '*', '/', '%', '<', '>', '=' -> true;
            default -> false;
        };
    }

    /// These let an operator of several characters end in `+` or `-`.
    private static boolean allowsTrailingSign(char c) {
        return switch (c) {
            case '~', '!', '@', '#', '^', '&', '|', '`', '?', '%' -> true;
            default -> false;
        };
    }

    private void operator(int start) {
        int i = start;
        boolean trailingSign = false;
        while (i < end && isOperator(text.charAt(i))) {
            // A comment may begin inside what looks like an operator.
            if (i > start && (text.startsWith("--", i) || text.startsWith("/*", i))) break;
            i++;
        }
        for (int j = start; j < i - 1 && !trailingSign; j++)
            trailingSign = allowsTrailingSign(text.charAt(j));
        if (!trailingSign)
            while (i - start > 1 && (text.charAt(i - 1) == '+' || text.charAt(i - 1) == '-')) i--;
        if (i - start > Names.MAX_BYTES)
            throw new LexException(SYNTAX, "operator too long", start, i);
        at = i;
        boolean arrow = i - start == 2 && text.startsWith("=>", start);
        add(arrow ? TokenKind.EQUALS_GREATER : TokenKind.OPERATOR, start, i);
    }

    private void punctuation(int start, char c, char next) {
        TokenKind kind =
                switch (c) {
                    case '(' -> TokenKind.LEFT_PAREN;
                    case ')' -> TokenKind.RIGHT_PAREN;
                    case '[' -> TokenKind.LEFT_BRACKET;
                    case ']' -> TokenKind.RIGHT_BRACKET;
                    case ',' -> TokenKind.COMMA;
                    case ';' -> TokenKind.SEMICOLON;
                    case '.' -> next == '.' ? TokenKind.DOT_DOT : TokenKind.DOT;
                    case ':' ->
                            next == ':'
                                    ? TokenKind.TYPECAST
                                    : next == '=' ? TokenKind.COLON_EQUALS : TokenKind.COLON;
                    default ->
                            throw new LexException(
                                    SYNTAX,
                                    "a character that SQL has no use for",
                                    start,
                                    start + 1);
                };
        boolean two =
                kind == TokenKind.DOT_DOT
                        || kind == TokenKind.TYPECAST
                        || kind == TokenKind.COLON_EQUALS;
        at = start + (two ? 2 : 1);
        add(kind, start, at);
    }

    // ---------------------------------------------------------------- the token list

    private void add(TokenKind kind, int start, int tokenEnd) {
        add(kind, start, tokenEnd, -1);
    }

    private void add(TokenKind kind, int start, int tokenEnd, int keyword) {
        if (size == kinds.length) {
            int capacity = Math.min(end + 1, size + (size >> 1) + 8);
            kinds = Arrays.copyOf(kinds, capacity);
            keywords = Arrays.copyOf(keywords, capacity);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        kinds[size] = (byte) kind.ordinal();
        keywords[size] = (short) keyword;
        starts[size] = start;
        ends[size] = tokenEnd;
        size++;
    }
}
