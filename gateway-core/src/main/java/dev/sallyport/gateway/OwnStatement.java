package dev.sallyport.gateway;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A statement for the gateway itself, which no server sees: `SALLYPORT` and a word. No statement
/// of SQL begins with a name, so it can't be mistaken for one, nor an object of that name for it.
sealed interface OwnStatement {
    String KEYWORD = "sallyport";

    /// What there is, for a hint.
    String ALL = "SALLYPORT WHOAMI, SALLYPORT GRANTS, SALLYPORT EXPLAIN <statement>";

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
        if (!(Lexer.lex(sql, LexMode.STANDARD) instanceof LexResult.Lexed(var tokens))) return null;
        if (!isWord(tokens, 0, KEYWORD)) return null;
        var word = tokens.kind(1) == TokenKind.WORD ? tokens.name(1).toLowerCase(Locale.ROOT) : "";
        return switch (word) {
            case "whoami" -> alone(tokens, new WhoAmI());
            case "grants" -> alone(tokens, new Grants());
            case "explain" ->
                    tokens.kind(2) == TokenKind.END
                            ? new Malformed("SALLYPORT EXPLAIN needs a statement")
                            : new Explain(new SqlText(text.substring(tokens.end(1)).strip()));
            case "" -> new Malformed("SALLYPORT needs a word");
            default -> new Malformed("there is no such SALLYPORT statement");
        };
    }

    private static OwnStatement alone(Tokens tokens, OwnStatement statement) {
        int i = 2;
        while (tokens.is(i, ";")) i++;
        return tokens.kind(i) == TokenKind.END
                ? statement
                : new Malformed(statement.kind() + " takes nothing behind it: send it by itself");
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
