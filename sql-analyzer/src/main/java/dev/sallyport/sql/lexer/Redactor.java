package dev.sallyport.sql.lexer;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.SettingNames;
import java.util.function.Function;

/// Texts that may be logged in clear: without literals, comments and superfluous blanks.
///
/// Every string, number and bit string becomes `?`; parameters stay. So become the words that a SET
/// gives to a parameter, and the names of things that live in a session only: savepoints, cursors,
/// prepared statements, channels, and of settings that PostgreSQL doesn't have. Such a name may be
/// anything that somebody types, and names no object. Other identifiers stay, quoted ones too: they
/// name objects, or columns of a result.
public final class Redactor {
    private Redactor() {}

    /// The redacted text of the tokens from `first` to before `end`: one statement that parses.
    public static String redact(Tokens tokens, int first, int end) {
        return redact(tokens, first, end, _ -> "?");
    }

    /// As {@link #redact(Tokens, int, int)} with something else in the place of each literal.
    ///
    /// @param placeholder by the kind of what it stands for
    public static String redact(
            Tokens tokens, int first, int end, Function<TokenKind, String> placeholder) {
        var redacted = new StringBuilder();
        int valueFrom = end;
        boolean mayAssign = mayAssignParameters(tokens.keyword(first));
        int sessionName = sessionName(tokens, first, end);
        int hiddenFrom = end;
        int hiddenTo = end;
        int depth = 0;
        for (int i = first; i < end; i++) {
            blank(tokens, i, first, redacted);
            if (mayAssign && tokens.keyword(i) == Keyword.SET)
                valueFrom = parameterValue(tokens, i);
            boolean value = i >= valueFrom;
            if (value && !continuesValue(tokens, i)) {
                valueFrom = end;
                value = false;
            }
            if (tokens.kind(i) == TokenKind.LEFT_PAREN) depth++;
            if (tokens.kind(i) == TokenKind.RIGHT_PAREN) depth--;
            // Within parentheses it is the name of an argument, say.
            int setting = depth == 0 ? setting(tokens, i, first, end) : -1;
            if (setting > 0 && !SettingNames.areOwn(settingName(tokens, setting, end))) {
                hiddenFrom = setting;
                hiddenTo = nameEnd(tokens, setting, end);
            }
            value |= i >= hiddenFrom && i < hiddenTo;
            value |= i == sessionName || isName(tokens, i) && followsCurrentOf(tokens, i, first);
            TokenKind kind = tokens.kind(i);
            switch (kind) {
                case STRING, BIT_STRING, INTEGER, NUMERIC ->
                        redacted.append(placeholder.apply(kind));
                case WORD -> {
                    if (value) redacted.append(placeholder.apply(kind));
                    else tokens.appendTo(redacted, i);
                }
                case QUOTED_IDENTIFIER -> {
                    if (value) redacted.append(placeholder.apply(kind));
                    else redacted.append('"').append(doubled(tokens.name(i))).append('"');
                }
                case PARAMETER,
                        OPERATOR,
                        LEFT_PAREN,
                        RIGHT_PAREN,
                        LEFT_BRACKET,
                        RIGHT_BRACKET,
                        COMMA,
                        SEMICOLON,
                        DOT,
                        COLON,
                        TYPECAST,
                        DOT_DOT,
                        COLON_EQUALS,
                        EQUALS_GREATER,
                        END ->
                        redacted.append(tokens.text(i));
            }
        }
        return redacted.toString();
    }

    /// For a text that does not parse: its keywords only. A stray quote turns the inside of a
    /// literal into words, so none of them is shown. Empty for a text that has no tokens.
    public static String keywordsOnly(SqlText sql, LexMode mode) {
        if (!(Lexer.lex(sql, mode) instanceof LexResult.Lexed(Tokens tokens))) return "?";
        var redacted = new StringBuilder();
        boolean hidden = false;
        for (int i = 0; i < tokens.size(); i++) {
            Keyword keyword = tokens.keyword(i);
            if (keyword == null && hidden) continue;
            if (!redacted.isEmpty()) redacted.append(' ');
            redacted.append(keyword == null ? "?" : tokens.text(i));
            hidden = keyword == null;
        }
        return redacted.toString();
    }

    /// Where the name of the setting begins that the word at `i` is about; -1 when it is about
    /// none.
    private static int setting(Tokens tokens, int i, int first, int end) {
        Keyword word = tokens.keyword(i);
        if (word == null) return -1;
        int name =
                switch (word) {
                    case SHOW -> i == first && nameEnd(tokens, i + 1, end) == end ? i + 1 : -1;
                    case RESET ->
                            i == first && nameEnd(tokens, i + 1, end) == end
                                            || tokens.keyword(first) == Keyword.ALTER
                                    ? i + 1
                                    : -1;
                    case SET ->
                            mayAssignParameters(tokens.keyword(first)) ? assigned(tokens, i) : -1;
                    default -> -1;
                };
        return name < 0 || name >= end || !isName(tokens, name) ? -1 : name;
    }

    /// `SET [SESSION | LOCAL] name TO | =`, and a function's `SET name FROM CURRENT`.
    private static int assigned(Tokens tokens, int set) {
        int name = behindScope(tokens, set);
        int behind = nameEnd(tokens, name, tokens.size());
        if (behind == name) return -1;
        boolean assigned =
                tokens.keyword(behind) == Keyword.TO
                        || tokens.is(behind, "=")
                        || tokens.keyword(behind) == Keyword.FROM
                                && tokens.keyword(behind + 1) == Keyword.CURRENT;
        return assigned ? name : -1;
    }

    /// `SET SESSION name`, but not `SET session.name` and `SET local TO`: there it is the name.
    private static int behindScope(Tokens tokens, int set) {
        Keyword scope = tokens.keyword(set + 1);
        return (scope == Keyword.SESSION || scope == Keyword.LOCAL)
                        && isName(tokens, set + 2)
                        && tokens.keyword(set + 2) != Keyword.TO
                ? set + 2
                : set + 1;
    }

    private static String settingName(Tokens tokens, int from, int end) {
        var name = new StringBuilder();
        for (int i = from; i < nameEnd(tokens, from, end); i++)
            name.append(isName(tokens, i) ? tokens.name(i) : ".");
        return name.toString();
    }

    /// Behind `name [. name]` at this place; the place itself where none is.
    private static int nameEnd(Tokens tokens, int at, int end) {
        if (at >= end || !isName(tokens, at)) return at;
        int i = at + 1;
        while (i + 1 < end && tokens.kind(i) == TokenKind.DOT && isName(tokens, i + 1)) i += 2;
        return i;
    }

    /// The index of the savepoint, cursor, prepared statement or channel that the statement names;
    /// -1 when it names none.
    private static int sessionName(Tokens tokens, int first, int end) {
        Keyword verb = tokens.keyword(first);
        if (verb == null) return -1;
        int at =
                switch (verb) {
                    case SAVEPOINT, LISTEN, UNLISTEN, NOTIFY, CLOSE, DECLARE, EXECUTE -> first + 1;
                    case PREPARE ->
                            tokens.keyword(first + 1) == Keyword.TRANSACTION ? -1 : first + 1;
                    case DEALLOCATE ->
                            tokens.keyword(first + 1) == Keyword.PREPARE && first + 2 < end
                                    ? first + 2
                                    : first + 1;
                    case RELEASE, ROLLBACK -> last(tokens, first, end);
                    case FETCH, MOVE -> last(tokens, first, end);
                    case EXPLAIN, CREATE -> afterExecute(tokens, first, end);
                    default -> -1;
                };
        // Words of the grammar stay: CLOSE ALL, ROLLBACK AND CHAIN.
        if (at <= first || at >= end || !isName(tokens, at)) return -1;
        Keyword word = tokens.keyword(at);
        boolean ofTheGrammar =
                switch (verb) {
                    case ROLLBACK ->
                            tokens.keyword(at - 1) != Keyword.TO
                                    && tokens.keyword(at - 1) != Keyword.SAVEPOINT;
                    case CLOSE, DEALLOCATE -> word == Keyword.ALL;
                    default -> false;
                };
        return ofTheGrammar ? -1 : at;
    }

    private static int last(Tokens tokens, int first, int end) {
        int last = end - 1;
        while (last > first && !isName(tokens, last)) last--;
        return last;
    }

    /// `EXPLAIN EXECUTE name`, `CREATE TABLE t AS EXECUTE name`; not a trigger's EXECUTE FUNCTION.
    private static int afterExecute(Tokens tokens, int first, int end) {
        for (int i = first + 1; i < end - 1; i++)
            if (tokens.keyword(i) == Keyword.EXECUTE
                    && tokens.keyword(i + 1) != Keyword.FUNCTION
                    && tokens.keyword(i + 1) != Keyword.PROCEDURE) return i + 1;
        return -1;
    }

    /// WHERE CURRENT OF cursor.
    private static boolean followsCurrentOf(Tokens tokens, int i, int first) {
        return i > first + 2
                && tokens.keyword(i - 1) == Keyword.OF
                && tokens.keyword(i - 2) == Keyword.CURRENT;
    }

    private static boolean mayAssignParameters(@org.jspecify.annotations.Nullable Keyword first) {
        return first == Keyword.SET || first == Keyword.ALTER || first == Keyword.CREATE;
    }

    /// For `SET [SESSION | LOCAL] name [. name] TO | = value, ...` the index of the first value;
    /// for `SET TIME ZONE value` as well; else an index that no token has.
    private static int parameterValue(Tokens tokens, int set) {
        int i = behindScope(tokens, set);
        if (tokens.keyword(i) == Keyword.TIME && tokens.keyword(i + 1) == Keyword.ZONE)
            return i + 2;
        while (isName(tokens, i) && tokens.kind(i + 1) == TokenKind.DOT) i += 2;
        boolean assigned =
                isName(tokens, i) && (tokens.keyword(i + 1) == Keyword.TO || tokens.is(i + 1, "="));
        return assigned ? i + 2 : Integer.MAX_VALUE;
    }

    private static boolean isName(Tokens tokens, int i) {
        return tokens.kind(i) == TokenKind.WORD || tokens.kind(i) == TokenKind.QUOTED_IDENTIFIER;
    }

    /// A value list is values (with a sign, perhaps) with commas between; what stands behind a
    /// value without a comma is no value.
    private static boolean continuesValue(Tokens tokens, int i) {
        if (tokens.kind(i) == TokenKind.COMMA) return true;
        TokenKind before = tokens.kind(i - 1);
        Keyword keyword = tokens.keyword(i - 1);
        return before == TokenKind.COMMA
                || before == TokenKind.OPERATOR
                || tokens.kind(i) == TokenKind.OPERATOR
                || keyword == Keyword.TO
                || keyword == Keyword.ZONE
                || keyword == Keyword.INTERVAL;
    }

    private static void blank(Tokens tokens, int i, int first, StringBuilder redacted) {
        if (i > first && tokens.start(i) > tokens.end(i - 1)) redacted.append(' ');
    }

    private static String doubled(String name) {
        return name.replace("\"", "\"\"");
    }
}
