package dev.sallyport.gateway;

import dev.sallyport.policy.Purpose;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A statement for the gateway itself, which no server sees: `SALLYPORT` and a word. No statement
/// of SQL begins with a name, so it can't be mistaken for one, nor an object of that name for it.
sealed interface OwnStatement {
    String KEYWORD = "sallyport";

    /// What there is, for a hint.
    String ALL =
            "SALLYPORT WHOAMI, SALLYPORT GRANTS, SALLYPORT EXPLAIN <statement>, SALLYPORT SET"
                    + " PURPOSE '<word>' [TICKET '<number>'], SALLYPORT RESET PURPOSE";

    Pattern EXPLAIN =
            Pattern.compile(
                    "\\s*" + KEYWORD + "\\s+explain\\s+([^\\s;].*)",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /// As the audit log names it.
    String kind();

    /// `SALLYPORT WHOAMI`: who the session is.
    record WhoAmI() implements OwnStatement {
        @Override
        public String kind() {
            return "SALLYPORT WHOAMI";
        }
    }

    /// `SALLYPORT GRANTS`: what the person may do, by relation.
    record Grants() implements OwnStatement {
        @Override
        public String kind() {
            return "SALLYPORT GRANTS";
        }
    }

    /// `SALLYPORT EXPLAIN ...`: what the policy says of that text, all of it. Nothing of it runs.
    record Explain(SqlText sql) implements OwnStatement {
        @Override
        public String kind() {
            return "SALLYPORT EXPLAIN";
        }
    }

    /// `SALLYPORT SET PURPOSE 'treatment' TICKET 'INC-1'`: what the session is for from now on.
    ///
    /// @param purpose none for `SALLYPORT RESET PURPOSE`
    record SetPurpose(Purpose purpose) implements OwnStatement {
        @Override
        public String kind() {
            return purpose.isNone() ? "SALLYPORT RESET PURPOSE" : "SALLYPORT SET PURPOSE";
        }
    }

    /// @param problem lower case, free of literals
    record Malformed(String problem) implements OwnStatement {
        @Override
        public String kind() {
            return "SALLYPORT";
        }
    }

    /// @return null: it is a statement for the server
    static @Nullable OwnStatement of(SqlText sql) {
        var text = sql.text();
        if (!mayBeOne(text)) return null;
        if (!(Lexer.lex(sql, LexMode.STANDARD) instanceof LexResult.Lexed(var tokens))) {
            // The statement behind it may be of another dialect, where other things end a literal.
            var explain = EXPLAIN.matcher(text);
            return explain.matches() ? new Explain(new SqlText(explain.group(1).strip())) : null;
        }
        if (!isWord(tokens, 0, KEYWORD)) return null;
        var word = tokens.kind(1) == TokenKind.WORD ? tokens.name(1).toLowerCase(Locale.ROOT) : "";
        return switch (word) {
            case "whoami" -> alone(tokens, new WhoAmI());
            case "grants" -> alone(tokens, new Grants());
            case "explain" ->
                    tokens.kind(2) == TokenKind.END
                            ? new Malformed("SALLYPORT EXPLAIN needs a statement")
                            : new Explain(new SqlText(text.substring(tokens.end(1)).strip()));
            case "set" -> setPurpose(tokens);
            case "reset" ->
                    isWord(tokens, 2, "purpose") && ends(tokens, 3)
                            ? new SetPurpose(Purpose.NONE)
                            : new Malformed("it is SALLYPORT RESET PURPOSE");
            case "" -> new Malformed("SALLYPORT needs a word");
            default -> new Malformed("there is no such SALLYPORT statement");
        };
    }

    private static OwnStatement alone(Tokens tokens, OwnStatement statement) {
        return ends(tokens, 2)
                ? statement
                : new Malformed(statement.kind() + " takes nothing behind it: send it by itself");
    }

    private static boolean ends(Tokens tokens, int from) {
        int i = from;
        while (tokens.is(i, ";")) i++;
        return tokens.kind(i) == TokenKind.END;
    }

    private static OwnStatement setPurpose(Tokens tokens) {
        if (!isWord(tokens, 2, "purpose"))
            return new Malformed("SALLYPORT can set PURPOSE and nothing else");
        var word = text(tokens, 3);
        boolean ticketed = isWord(tokens, 4, "ticket");
        var ticket = ticketed ? text(tokens, 5) : "";
        if (word == null || ticket == null || !ends(tokens, ticketed ? 6 : 4))
            return new Malformed(
                    "it is SALLYPORT SET PURPOSE 'treatment' TICKET 'INC-1', by itself");
        if (word.isEmpty()) return new Malformed("to take it back, say SALLYPORT RESET PURPOSE");
        var problem = Purpose.problem(word, ticket);
        return problem.isPresent()
                ? new Malformed(problem.get())
                : new SetPurpose(new Purpose(word, ticket));
    }

    /// In quotes; in double ones, too, which are text to MySQL's clients.
    private static @Nullable String text(Tokens tokens, int index) {
        return switch (tokens.kind(index)) {
            case STRING -> tokens.value(index);
            case QUOTED_IDENTIFIER -> tokens.name(index);
            case WORD,
                    BIT_STRING,
                    INTEGER,
                    NUMERIC,
                    PARAMETER,
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
                    null;
        };
    }

    private static boolean isWord(Tokens tokens, int index, String word) {
        return tokens.kind(index) == TokenKind.WORD && tokens.text(index).equalsIgnoreCase(word);
    }

    /// Without reading the text of statements that aren't: it begins with the word, or with a
    /// comment.
    private static boolean mayBeOne(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) <= ' ') i++;
        return text.regionMatches(true, i, KEYWORD, 0, KEYWORD.length())
                || text.startsWith("--", i)
                || text.startsWith("/*", i);
    }
}
