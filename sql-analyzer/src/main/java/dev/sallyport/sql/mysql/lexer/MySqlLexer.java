package dev.sallyport.sql.mysql.lexer;

import static dev.sallyport.sql.lexer.LexResult.LexFailure.ENCODING;
import static dev.sallyport.sql.lexer.LexResult.LexFailure.SYNTAX;
import static dev.sallyport.sql.lexer.LexResult.LexFailure.TOO_LONG;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexResult.LexFailure;
import dev.sallyport.sql.mysql.lexer.Dialect.SqlMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/// MySQL's and MariaDB's scanner (MySQL manual, 11 Language Structure; what that leaves open was
/// asked of 9.7 and 11.4). Where the two, or the versions that the dialect leaves open, would cut a
/// text differently and the difference cannot be told, the text is refused. One pass; linear.
public final class MySqlLexer {
    private static final Set<String> CHARACTER_SETS =
            Set.of(
                    "armscii8",
                    "ascii",
                    "big5",
                    "binary",
                    "cp1250",
                    "cp1251",
                    "cp1256",
                    "cp1257",
                    "cp850",
                    "cp852",
                    "cp866",
                    "cp932",
                    "dec8",
                    "eucjpms",
                    "euckr",
                    "filename",
                    "gb18030",
                    "gb2312",
                    "gbk",
                    "geostd8",
                    "greek",
                    "hebrew",
                    "hp8",
                    "keybcs2",
                    "koi8r",
                    "koi8u",
                    "latin1",
                    "latin2",
                    "latin5",
                    "latin7",
                    "macce",
                    "macroman",
                    "sjis",
                    "swe7",
                    "tis620",
                    "ucs2",
                    "ujis",
                    "utf16",
                    "utf16le",
                    "utf32",
                    "utf8",
                    "utf8mb3",
                    "utf8mb4");

    /// Longest first, so that none is cut short.
    private static final String[] OPERATORS = {
        "->>", "<=>", "&&", "||", ":=", "->", "<<", ">>", "<=", ">=", "<>", "!=", "+", "-", "*",
        "/", "%", "=", "<", ">", "&", "|", "^", "~", "!"
    };

    /// Leaves the scanner's loops. Without stack trace: bad SQL is normal.
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        final transient MySqlLexResult.Failed failed;

        Failure(LexFailure failure, String reason, int start, int end) {
            super(reason, null, false, false);
            failed = new MySqlLexResult.Failed(failure, reason, new Span(start, end));
        }
    }

    private final String text;
    private final Dialect dialect;
    private final int length;
    private int at;

    /// Where the version comment that is being run began; -1 outside.
    private int running = -1;

    private byte[] kinds = new byte[32];
    private int[] starts = new int[32];
    private int[] ends = new int[32];
    private int size;

    private MySqlLexer(String text, Dialect dialect) {
        this.text = text;
        this.dialect = dialect;
        this.length = text.length();
    }

    public static MySqlLexResult lex(SqlText sql, Dialect dialect) {
        String text = sql.text();
        if (text.length() > dialect.maxLength())
            return new MySqlLexResult.Failed(
                    TOO_LONG,
                    "the text is longer than " + dialect.maxLength() + " characters",
                    new Span(0, 0));
        var lexer = new MySqlLexer(text, dialect);
        try {
            lexer.scan();
        } catch (Failure failure) {
            return failure.failed;
        }
        return new MySqlLexResult.Lexed(
                new MySqlTokens(text, dialect, lexer.kinds, lexer.starts, lexer.ends, lexer.size));
    }

    // ---------------------------------------------------------------- characters

    /// The character there; 0 behind the end, which is no character of a text outside literals.
    private char peek(int index) {
        return index < length ? text.charAt(index) : 0;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHexDigit(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    /// Whether an unquoted name may hold it.
    private static boolean isName(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || isDigit(c)
                || c == '_'
                || c == '$'
                || c >= 0x80;
    }

    // ---------------------------------------------------------------- the loop

    private void scan() {
        while (true) {
            blanksAndComments();
            if (at >= length) break;
            token(text.charAt(at));
        }
        if (running >= 0)
            throw new Failure(SYNTAX, "a version comment has no end", running, running + 3);
    }

    private void add(MySqlTokenKind kind, int start, int end) {
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, size * 2);
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
        }
        kinds[size] = (byte) kind.ordinal();
        starts[size] = start;
        ends[size] = end;
        size++;
        at = end;
    }

    private Failure failure(String reason, int start) {
        return new Failure(SYNTAX, reason, start, Math.min(length, start + 1));
    }

    private void token(char c) {
        switch (c) {
            case '(' -> add(MySqlTokenKind.LEFT_PAREN, at, at + 1);
            case ')' -> add(MySqlTokenKind.RIGHT_PAREN, at, at + 1);
            case '{' -> add(MySqlTokenKind.LEFT_BRACE, at, at + 1);
            case '}' -> add(MySqlTokenKind.RIGHT_BRACE, at, at + 1);
            case ',' -> add(MySqlTokenKind.COMMA, at, at + 1);
            case ';' -> add(MySqlTokenKind.SEMICOLON, at, at + 1);
            case '?' -> add(MySqlTokenKind.PARAMETER, at, at + 1);
            case '\'' -> add(MySqlTokenKind.STRING, at, quoted(at, '\''));
            case '"' -> {
                boolean name = dialect.is(SqlMode.ANSI_QUOTES);
                int end = name ? quotedName(at, '"') : quoted(at, '"');
                add(name ? MySqlTokenKind.QUOTED_IDENTIFIER : MySqlTokenKind.STRING, at, end);
            }
            case '`' -> add(MySqlTokenKind.QUOTED_IDENTIFIER, at, quotedName(at, '`'));
            case '@' -> variable();
            case '.' -> dot();
            case '\\' -> {
                if (!dialect.isMariaDb() || peek(at + 1) != 'N')
                    throw failure("a backslash outside a literal", at);
                if (isName(peek(at + 2))) throw failure("a word directly behind \\N", at);
                add(MySqlTokenKind.NULL, at, at + 2);
            }
            default -> {
                if (isDigit(c)) number();
                else if (isName(c)) word();
                else operator();
            }
        }
    }

    private void operator() {
        for (String operator : OPERATORS) {
            if (!text.startsWith(operator, at)) continue;
            add(MySqlTokenKind.OPERATOR, at, at + operator.length());
            return;
        }
        if (text.charAt(at) == ':') add(MySqlTokenKind.COLON, at, at + 1);
        else if (text.charAt(at) == 0)
            throw new Failure(ENCODING, "a NUL character outside a literal", at, at + 1);
        else throw failure("a character that begins nothing", at);
    }

    // ---------------------------------------------------------------- blanks and comments

    private void blanksAndComments() {
        while (at < length) {
            char c = text.charAt(at);
            if (isSpace(c)) {
                at++;
            } else if (c == '#') {
                lineComment();
            } else if (c == '-' && peek(at + 1) == '-' && endsDashes(at + 2)) {
                lineComment();
            } else if (c == '/' && peek(at + 1) == '*') {
                blockComment();
            } else if (c == '*' && peek(at + 1) == '/' && running >= 0) {
                running = -1;
                at += 2;
            } else {
                return;
            }
        }
    }

    /// `--` is two minus signs unless a blank or control character follows, or nothing.
    private boolean endsDashes(int index) {
        if (index >= length) return true;
        char c = text.charAt(index);
        return c <= ' ' || c == 0x7f;
    }

    /// Only a line feed ends it.
    private void lineComment() {
        int end = text.indexOf('\n', at);
        if (end < 0) end = length;
        noNul(at, end);
        at = end;
    }

    private void noNul(int from, int to) {
        int nul = text.indexOf('\0', from, to);
        if (nul >= 0) throw new Failure(ENCODING, "a NUL character in a comment", nul, nul + 1);
    }

    private void blockComment() {
        char third = peek(at + 2);
        if (third == '!') versionComment(at + 3);
        else if (dialect.isMariaDb() && third == 'M' && peek(at + 3) == '!') versionComment(at + 4);
        else plainComment(third == '+');
    }

    private void plainComment(boolean hint) {
        int start = at;
        int end = text.indexOf("*/", start + 2);
        if (end < 0) throw failure("a comment has no end", start);
        noNul(start, end);
        if (hint) checkHint(start + 3, end);
        at = end + 2;
    }

    /// A hint may set variables for its statement, and cut its own text differently where it
    /// quotes.
    private void checkHint(int from, int to) {
        String hint = text.substring(from, to).toUpperCase(Locale.ROOT);
        if (hint.contains("SET_VAR") || hint.contains("RESOURCE_GROUP"))
            throw new Failure(
                    SYNTAX,
                    "optimizer hints that change settings (SET_VAR, RESOURCE_GROUP) are not taken",
                    from,
                    to);
        if (hint.indexOf('`') >= 0 || hint.indexOf('"') >= 0 || hint.indexOf('\'') >= 0)
            throw new Failure(SYNTAX, "quotes inside an optimizer hint are not taken", from, to);
    }

    /// @param digits where the version begins, if one is written
    private void versionComment(int digits) {
        int start = at;
        if (running >= 0) throw failure("a version comment inside another", start);
        int count = 0;
        while (isDigit(peek(digits + count))) count++;
        boolean six = count == 6 && (dialect.isMariaDb() || isSpace(peek(digits + 6)));
        if (count != 0 && count != 5 && !six)
            throw failure("a version comment's number needs five digits", start);
        // Servers before 8.4 take five of six digits, and the sixth for SQL.
        if (six && !dialect.isMariaDb() && dialect.lowestVersion() < 80400)
            throw failure("a version comment's number has six digits", start);
        if (count == 0 || runs(Integer.parseInt(text, digits, digits + count, 10), start)) {
            running = start;
            at = digits + count;
            return;
        }
        int end = text.indexOf("*/", digits);
        if (end < 0) throw failure("a comment has no end", start);
        if (text.indexOf("/*", digits, end) >= 0)
            throw failure("a comment inside a version comment that does not run", start);
        noNul(start, end);
        at = end + 2;
    }

    private boolean runs(int version, int start) {
        // MariaDB passes by what was written for MySQL 5.7 and later, unless /*M! says otherwise.
        if (dialect.isMariaDb()
                && version >= 50700
                && version <= 99999
                && text.charAt(start + 2) == '!') return false;
        if (version <= dialect.lowestVersion()) return true;
        if (version > dialect.highestVersion()) return false;
        throw failure(
                "whether a version comment runs depends on the server's exact version, which is not"
                        + " known",
                start);
    }

    // ---------------------------------------------------------------- quotes

    /// @return behind the closing quote
    private int quoted(int start, char quote) {
        boolean backslashes = !dialect.is(SqlMode.NO_BACKSLASH_ESCAPES);
        for (int i = start + 1; i < length; i++) {
            char c = text.charAt(i);
            if (c == quote) {
                if (peek(i + 1) != quote) return i + 1;
                i++;
            } else if (c == '\\' && backslashes) {
                i++;
            } else if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || !Character.isLowSurrogate(peek(i + 1)))
                    throw new Failure(ENCODING, "half a character in a string", i, i + 1);
                i++;
            }
        }
        throw failure("a string has no end", start);
    }

    private int quotedName(int start, char quote) {
        for (int i = start + 1; i < length; i++) {
            char c = text.charAt(i);
            if (c == quote) {
                if (peek(i + 1) != quote) {
                    checkQuotedName(start, i);
                    return i + 1;
                }
                i++;
            }
        }
        throw failure("a quoted identifier has no end", start);
    }

    private void checkQuotedName(int start, int end) {
        for (int i = start + 1; i < end; i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c) || (c >= 0x80 && !dialect.utf8()))
                throw new Failure(
                        ENCODING, "an identifier holds a character it must not", i, i + 1);
        }
    }

    // ---------------------------------------------------------------- words and numbers

    private int nameEnd(int from) {
        int i = from;
        while (i < length && isName(text.charAt(i))) {
            char c = text.charAt(i);
            if (c >= 0x80 && (!dialect.utf8() || Character.isSurrogate(c)))
                throw new Failure(
                        ENCODING, "this character is only taken inside a literal", i, i + 1);
            i++;
        }
        return i;
    }

    private void word() {
        int start = at;
        char c = text.charAt(start);
        char next = peek(start + 1);
        if (next == '\'') {
            switch (c) {
                case 'x', 'X' -> {
                    digits(start, MySqlTokenKind.HEX);
                    return;
                }
                case 'b', 'B' -> {
                    digits(start, MySqlTokenKind.BIT);
                    return;
                }
                case 'n', 'N' -> {
                    add(MySqlTokenKind.STRING, start, quoted(start + 1, '\''));
                    return;
                }
                default -> {}
            }
        }
        int end = nameEnd(start);
        if (directDot(end)) {
            add(MySqlTokenKind.NAME, start, end);
            qualified();
        } else if (c == '_'
                && CHARACTER_SETS.contains(
                        text.substring(start + 1, end).toLowerCase(Locale.ROOT))) {
            add(MySqlTokenKind.INTRODUCER, start, end);
        } else {
            add(MySqlTokenKind.WORD, start, end);
        }
    }

    /// A dot directly behind a name, and a name's character directly behind the dot.
    private boolean directDot(int end) {
        return peek(end) == '.' && isName(peek(end + 1));
    }

    /// `.name` directly behind a name: what follows the dot is a name, were it all digits.
    private void qualified() {
        while (directDot(at)) {
            add(MySqlTokenKind.DOT, at, at + 1);
            add(MySqlTokenKind.NAME, at, nameEnd(at));
        }
    }

    private void digits(int start, MySqlTokenKind kind) {
        int i = start + 2;
        while (kind == MySqlTokenKind.HEX ? isHexDigit(peek(i)) : peek(i) == '0' || peek(i) == '1')
            i++;
        if (peek(i) != '\'' || (kind == MySqlTokenKind.HEX && (i - start) % 2 != 0))
            throw failure("a malformed hexadecimal or bit literal", start);
        add(kind, start, i + 1);
    }

    /// A number, or a name that begins with digits.
    private void number() {
        int start = at;
        if (peek(start) == '0' && (peek(start + 1) == 'x' || peek(start + 1) == 'b')) {
            boolean hex = peek(start + 1) == 'x';
            int i = start + 2;
            while (hex ? isHexDigit(peek(i)) : peek(i) == '0' || peek(i) == '1') i++;
            if (i > start + 2 && !isName(peek(i)))
                add(hex ? MySqlTokenKind.HEX : MySqlTokenKind.BIT, start, i);
            else nameFromDigits(start);
            return;
        }
        int i = start;
        while (isDigit(peek(i))) i++;
        char c = peek(i);
        if (c == '.' && peek(i + 1) == '.') {
            // FOR i IN 1..10.
            add(MySqlTokenKind.INTEGER, start, i);
        } else if (c == '.') {
            real(start, i + 1);
        } else if (!isName(c)) {
            add(MySqlTokenKind.INTEGER, start, i);
        } else if ((c == 'e' || c == 'E')
                && (isDigit(peek(i + 1))
                        || ((peek(i + 1) == '+' || peek(i + 1) == '-') && isDigit(peek(i + 2))))) {
            i += 2;
            while (isDigit(peek(i))) i++;
            checkNumberEnd(start, i);
            add(MySqlTokenKind.NUMERIC, start, i);
        } else {
            nameFromDigits(start);
        }
    }

    private void nameFromDigits(int start) {
        int end = nameEnd(start);
        if (directDot(end)) {
            add(MySqlTokenKind.NAME, start, end);
            qualified();
        } else {
            add(MySqlTokenKind.NAME, start, end);
        }
    }

    /// @param i behind the point
    private void real(int start, int i) {
        int end = i;
        while (isDigit(peek(end))) end++;
        if (peek(end) == 'e' || peek(end) == 'E') {
            end++;
            if (peek(end) == '+' || peek(end) == '-') end++;
            if (!isDigit(peek(end))) throw failure("a malformed number", start);
            while (isDigit(peek(end))) end++;
        }
        checkNumberEnd(start, end);
        add(MySqlTokenKind.NUMERIC, start, end);
    }

    /// The servers take `1.5abc` for a number and a name. Nobody writes that who means well.
    private void checkNumberEnd(int start, int end) {
        if (isName(peek(end)) || peek(end) == '.')
            throw failure("a word or point directly behind a number", start);
    }

    private void dot() {
        if (isDigit(peek(at + 1))) {
            real(at, at + 1);
            return;
        }
        add(MySqlTokenKind.DOT, at, at + 1);
        if (peek(at) == '.') {
            add(MySqlTokenKind.DOT, at, at + 1);
            return;
        }
        if (!isName(peek(at))) return;
        add(MySqlTokenKind.NAME, at, nameEnd(at));
        qualified();
    }

    /// `@name`, `@'name'`, `@@`.
    private void variable() {
        int start = at;
        char next = peek(start + 1);
        switch (next) {
            case '@' -> {
                if (!isName(peek(start + 2)) && peek(start + 2) != '`')
                    throw failure("@@ without a name", start);
                add(MySqlTokenKind.AT_AT, start, start + 2);
            }
            case '`' -> add(MySqlTokenKind.USER_VARIABLE, start, quotedName(start + 1, '`'));
            case '\'', '"' -> add(MySqlTokenKind.USER_VARIABLE, start, quoted(start + 1, next));
            default -> {
                int end = start + 1;
                while (isName(peek(end)) || peek(end) == '.') {
                    if (peek(end) >= 0x80)
                        throw new Failure(ENCODING, "a variable's name needs quotes", end, end + 1);
                    end++;
                }
                if (end == start + 1) throw failure("@ without a name", start);
                add(MySqlTokenKind.USER_VARIABLE, start, end);
            }
        }
    }
}
