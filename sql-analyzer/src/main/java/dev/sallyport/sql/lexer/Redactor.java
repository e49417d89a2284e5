package dev.sallyport.sql.lexer;

import dev.sallyport.sql.SqlText;
import java.util.function.Function;

/// Texts that may be logged in clear: without literals, comments and superfluous blanks.
///
/// Every string, number and bit string becomes `?`; parameters stay. So do the words that a SET
/// gives to a parameter. Quoted identifiers stay: they are names.
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
        var redacted = new StringBuilder(tokens.end(end - 1) - tokens.start(first) + 16);
        int valueFrom = end;
        boolean mayAssign = mayAssignParameters(tokens.keyword(first));
        for (int i = first; i < end; i++) {
            blank(tokens, i, first, redacted);
            if (mayAssign && tokens.keyword(i) == Keyword.SET)
                valueFrom = parameterValue(tokens, i);
            boolean value = i >= valueFrom;
            if (value && !continuesValue(tokens, i)) {
                valueFrom = end;
                value = false;
            }
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
                        tokens.appendTo(redacted, i);
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

    private static boolean mayAssignParameters(@org.jspecify.annotations.Nullable Keyword first) {
        return first == Keyword.SET || first == Keyword.ALTER || first == Keyword.CREATE;
    }

    /// For `SET [SESSION | LOCAL] name [. name] TO | = value, ...` the index of the first value;
    /// for `SET TIME ZONE value` as well; else an index that no token has.
    private static int parameterValue(Tokens tokens, int set) {
        int i = set + 1;
        Keyword scope = tokens.keyword(i);
        if (scope == Keyword.SESSION || scope == Keyword.LOCAL) i++;
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
