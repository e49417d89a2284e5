package dev.sallyport.sql.mysql.lexer;

import dev.sallyport.sql.lexer.StatementSplitter.Piece;
import dev.sallyport.sql.lexer.StatementSplitter.PieceKind;
import dev.sallyport.sql.mysql.lexer.Dialect.SqlMode;
import java.util.ArrayList;
import java.util.List;

/// Cuts a script into statements as the `mysql` and `mariadb` clients do: at `;`, or at what a line
/// `DELIMITER x` says, outside literals, quoted names and comments. For people's scripts only: what
/// a session sends arrives as one text.
public final class ScriptSplitter {
    private static final String DELIMITER = "delimiter";

    private final String text;
    private final boolean backslashes;
    private final boolean quotedNames;
    private final List<Piece> pieces = new ArrayList<>();
    private String delimiter = ";";
    private int line = 1;
    private int lineStart;
    private int counted;

    private ScriptSplitter(String text, Dialect dialect) {
        this.text = text;
        this.backslashes = !dialect.is(SqlMode.NO_BACKSLASH_ESCAPES);
        this.quotedNames = dialect.is(SqlMode.ANSI_QUOTES);
    }

    /// The statements, without their delimiters; blanks and comments alone are none.
    public static List<Piece> split(String text, Dialect dialect) {
        var splitter = new ScriptSplitter(text, dialect);
        splitter.run();
        return splitter.pieces;
    }

    private void run() {
        int start = 0;
        boolean content = false;
        boolean lineBegins = true;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (lineBegins
                    && !content
                    && text.regionMatches(true, i, DELIMITER, 0, 9)
                    && i + 9 < text.length()
                    && isBlank(text.charAt(i + 9))) {
                i = delimiterLine(i + 9);
                start = i;
                continue;
            }
            if (c != ' ' && c != '\t') lineBegins = c == '\n';
            if (text.startsWith(delimiter, i)) {
                if (content) add(start, i);
                i += delimiter.length();
                start = i;
                content = false;
                continue;
            }
            int end = comment(i);
            if (end > i) {
                boolean runs = text.startsWith("/*!", i) || text.startsWith("/*M!", i);
                if (!content && !runs) start = end;
                content |= runs;
                lineBegins = text.charAt(end - 1) == '\n';
                i = end;
            } else if (c == '\'' || c == '"' || c == '`') {
                if (!content) start = i;
                content = true;
                i = quoted(i, c);
            } else {
                if (!content && !isBlank(c)) {
                    start = i;
                    content = true;
                }
                i++;
            }
        }
        if (content) add(start, text.length());
    }

    private static boolean isBlank(char c) {
        return c <= ' ';
    }

    private int delimiterLine(int from) {
        int end = text.indexOf('\n', from);
        if (end < 0) end = text.length();
        String[] words = text.substring(from, end).strip().split("\\s+");
        if (!words[0].isEmpty()) delimiter = words[0];
        return end;
    }

    /// @return behind the comment that begins here; `at` when none does
    private int comment(int at) {
        char c = text.charAt(at);
        boolean line =
                c == '#'
                        || (text.startsWith("--", at)
                                && (at + 2 >= text.length() || isBlank(text.charAt(at + 2))));
        if (line) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end + 1;
        }
        if (!text.startsWith("/*", at)) return at;
        int end = text.indexOf("*/", at + 2);
        return end < 0 ? text.length() : end + 2;
    }

    private int quoted(int at, char quote) {
        boolean escapes = backslashes && quote != '`' && !(quote == '"' && quotedNames);
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && escapes) i++;
            else if (c == quote) return i + 1;
        }
        return text.length();
    }

    private void add(int start, int end) {
        while (counted < start) {
            if (text.charAt(counted) == '\n') {
                line++;
                lineStart = counted + 1;
            }
            counted++;
        }
        pieces.add(
                new Piece(
                        PieceKind.STATEMENT,
                        text.substring(start, end).stripTrailing(),
                        line,
                        text.codePointCount(lineStart, start) + 1));
    }
}
