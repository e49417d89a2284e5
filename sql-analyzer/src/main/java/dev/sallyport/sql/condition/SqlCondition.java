package dev.sallyport.sql.condition;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One SQL expression over the columns of one relation, in which `subject.name` and
/// `subject.attributes.x` stand for facts about a person.
///
/// What was read is one expression whatever surrounds it in parentheses, and means the same in
/// every lexing mode: it has no backslash in a string, no comment, parameter or semicolon.
/// Functions and operators without a schema are `pg_catalog`'s; whoever sends it writes that out.
///
/// @param parts in order, together the text; not empty
public record SqlCondition(List<Part> parts) {
    public sealed interface Part {}

    public record Text(String text) implements Part {}

    /// @param attribute empty: the subject's name
    public record SubjectFact(String attribute) implements Part {}

    public sealed interface Result {}

    public record Understood(SqlCondition condition) implements Result {}

    /// @param reason for the author, lower case
    /// @param offset into the text, in UTF-16 units
    public record Malformed(String reason, int offset) implements Result {}

    public static final int MAX_LENGTH = 4_000;

    private static final Pattern ATTRIBUTE = Pattern.compile("[a-z][a-z0-9_]{0,62}");

    /// Calls in whose parentheses FROM names no table.
    private static final Set<String> SPECIAL_FORMS =
            Set.of("extract", "substring", "trim", "overlay");

    public SqlCondition {
        parts = List.copyOf(parts);
    }

    /// Never throws for what is in the text.
    public static Result read(String text) {
        if (text.length() > MAX_LENGTH)
            return new Malformed("the condition is longer than " + MAX_LENGTH + " characters", 0);
        if (text.isBlank()) return new Malformed("the condition is empty", 0);
        return switch (Lexer.lex(new SqlText(text), LexMode.STANDARD)) {
            case LexResult.Failed(_, var reason, var span) -> new Malformed(reason, span.start());
            case LexResult.Lexed(var tokens) -> read(text, tokens);
        };
    }

    private static Result read(String text, Tokens tokens) {
        var parts = new ArrayList<Part>();
        var probe = new StringBuilder("SELECT 1 FROM x WHERE (");
        int prefix = probe.length();
        int done = 0;
        // Of each open parenthesis, whether it is one of extract(year FROM day) and its like.
        var open = new ArrayDeque<Boolean>();
        for (int i = 0; i < tokens.size(); i++) {
            var gap = text.substring(i == 0 ? 0 : tokens.end(i - 1), tokens.start(i));
            if (!gap.isBlank())
                return new Malformed(
                        "comments have no place in a condition: write them in YAML, behind '#'",
                        i == 0 ? 0 : tokens.end(i - 1));
            var wrong = unfit(tokens, i, Boolean.TRUE.equals(open.peek()));
            if (wrong != null) return wrong;
            if (tokens.text(i).equals("=="))
                return new Malformed(
                        "SQL writes 'equal' as = ('==' is for conditions in 'when')",
                        tokens.start(i));
            if (tokens.kind(i) == TokenKind.LEFT_PAREN)
                open.push(i > 0 && SPECIAL_FORMS.contains(lowerCase(tokens, i - 1)));
            if (tokens.kind(i) == TokenKind.RIGHT_PAREN && open.poll() == null)
                return new Malformed("this ')' closes nothing", tokens.start(i));
            if (!isSubject(tokens, i)) continue;
            int last = isNamed(tokens, i + 2, "attributes") ? i + 4 : i + 2;
            boolean dotted = tokens.kind(i + 1) == TokenKind.DOT;
            boolean name = dotted && last == i + 2 && isNamed(tokens, last, "name");
            boolean attribute =
                    dotted
                            && last == i + 4
                            && tokens.kind(i + 3) == TokenKind.DOT
                            && tokens.kind(last) == TokenKind.WORD
                            && ATTRIBUTE.matcher(tokens.text(last)).matches();
            if (!name && !attribute)
                return new Malformed(
                        "of the subject a condition has subject.name and subject.attributes.NAME"
                                + meant(tokens, i),
                        tokens.start(i));
            if (tokens.start(i) > done) parts.add(new Text(text.substring(done, tokens.start(i))));
            parts.add(new SubjectFact(name ? "" : tokens.text(last)));
            probe.append(text, done, tokens.start(i));
            int length = tokens.end(last) - tokens.start(i);
            probe.append('\'').repeat('x', length - 2).append('\'');
            done = tokens.end(last);
            i = last;
        }
        if (tokens.size() == 0) return new Malformed("the condition is empty", 0);
        if (!text.substring(tokens.end(tokens.size() - 1)).isBlank())
            return new Malformed(
                    "comments have no place in a condition: write them in YAML, behind '#'",
                    tokens.end(tokens.size() - 1));
        if (!open.isEmpty()) return new Malformed("a '(' is not closed", text.length());
        if (done < text.length()) parts.add(new Text(text.substring(done)));
        probe.append(text.substring(done)).append(')');
        return switch (PostgresParser.parse(new SqlText(probe.toString()), LexMode.STANDARD)) {
            case ParseResult.Refused(_, var reason, var span) ->
                    span.start() - prefix >= text.length()
                            ? new Malformed("the condition ends too early", text.length())
                            : new Malformed(
                                    reason,
                                    Math.clamp((long) span.start() - prefix, 0, text.length()));
            case ParseResult.Parsed _ -> new Understood(new SqlCondition(parts));
        };
    }

    /// Why the token can't stand in a condition, or null.
    private static @Nullable Malformed unfit(Tokens tokens, int i, boolean inSpecialForm) {
        int at = tokens.start(i);
        return switch (tokens.kind(i)) {
            case SEMICOLON -> new Malformed("a condition is one expression, without ';'", at);
            case PARAMETER ->
                    new Malformed("a condition has no parameters: use subject.attributes.NAME", at);
            case STRING ->
                    tokens.firstChar(i) != '\'' || tokens.text(i).indexOf('\\') >= 0
                            ? new Malformed(
                                    "strings are written '...', without prefix and backslash:"
                                            + " those mean different things in different sessions",
                                    at)
                            : null;
            case QUOTED_IDENTIFIER ->
                    tokens.firstChar(i) != '"'
                            ? new Malformed("write the name as \"...\", without prefix", at)
                            : null;
            case WORD ->
                    !inSpecialForm && isUnqualifiedTable(tokens, i)
                            ? new Malformed(
                                    "name the schema of "
                                            + tokens.name(i + 1)
                                            + ": without it a session's search_path says which one"
                                            + " is read",
                                    tokens.start(i + 1))
                            : null;
            case BIT_STRING,
                    INTEGER,
                    NUMERIC,
                    OPERATOR,
                    LEFT_PAREN,
                    RIGHT_PAREN,
                    LEFT_BRACKET,
                    RIGHT_BRACKET,
                    COMMA,
                    DOT,
                    COLON,
                    TYPECAST,
                    DOT_DOT,
                    COLON_EQUALS,
                    EQUALS_GREATER,
                    END ->
                    null;
        };
    }

    private static boolean isUnqualifiedTable(Tokens tokens, int i) {
        if (!isNamed(tokens, i, "from") && !isNamed(tokens, i, "join")) return false;
        // IS DISTINCT FROM compares.
        if (i > 0 && isNamed(tokens, i - 1, "distinct")) return false;
        var next = tokens.kind(i + 1);
        return (next == TokenKind.WORD || next == TokenKind.QUOTED_IDENTIFIER)
                && tokens.kind(i + 2) != TokenKind.DOT
                && !isNamed(tokens, i + 1, "lateral")
                && !isNamed(tokens, i + 1, "only");
    }

    private static boolean isSubject(Tokens tokens, int i) {
        return isNamed(tokens, i, "subject")
                && (i == 0 || tokens.kind(i - 1) != TokenKind.DOT)
                && tokens.kind(i + 1) == TokenKind.DOT;
    }

    /// `subject.unit` is most likely an attribute.
    private static String meant(Tokens tokens, int i) {
        var word = lowerCase(tokens, i + 2);
        if (tokens.kind(i + 1) != TokenKind.DOT || tokens.kind(i + 3) == TokenKind.DOT) return "";
        if (word.startsWith("nam") || word.equals("user")) return "; did you mean subject.name?";
        if (!ATTRIBUTE.matcher(word).matches() || word.equals("roles")) return "";
        return "; did you mean subject.attributes." + tokens.text(i + 2) + "?";
    }

    private static boolean isNamed(Tokens tokens, int i, String word) {
        return lowerCase(tokens, i).equals(word);
    }

    /// Empty for what is no word.
    private static String lowerCase(Tokens tokens, int i) {
        return tokens.kind(i) == TokenKind.WORD ? tokens.text(i).toLowerCase(Locale.ROOT) : "";
    }
}
