package dev.sallyport.sql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.Redactor;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.List;

/// What holds for the lexer's and the parser's answer to any text whatever. Used by the seeded
/// mutations and by the fuzzer.
final class Properties {
    private Properties() {}

    /// Returns whether the text was parsed.
    ///
    /// @throws AssertionError when one does not hold, without the text (the caller has it)
    static boolean check(String sql, LexMode mode) {
        var text = new SqlText(sql);
        check(isHarmless(Redactor.keywordsOnly(text, mode), mode), "keywords show a literal");
        if (Lexer.lex(text, mode) instanceof LexResult.Lexed(Tokens tokens)) tokens(tokens, sql);
        switch (PostgresParser.parse(text, mode)) {
            case ParseResult.Refused(_, String reason, Span span) -> {
                check(span.end() <= sql.length(), "a refusal beyond the text");
                check(!reason.isBlank(), "no reason");
                return false;
            }
            case ParseResult.Parsed(var statements, Tokens tokens) -> {
                int behind = 0;
                for (var statement : statements) {
                    Span span = statement.span();
                    check(span.start() >= behind, "statements overlap");
                    check(span.end() <= sql.length(), "a statement beyond the text");
                    behind = span.end();
                    redacted(statement, tokens, mode);
                }
                return true;
            }
        }
    }

    private static void tokens(Tokens tokens, String sql) {
        int behind = 0;
        for (int i = 0; i < tokens.size(); i++) {
            check(tokens.start(i) >= behind, "tokens overlap");
            check(tokens.end(i) > tokens.start(i), "an empty token");
            behind = tokens.end(i);
            switch (tokens.kind(i)) {
                case WORD, QUOTED_IDENTIFIER -> check(!tokens.name(i).isEmpty(), "an empty name");
                case STRING, BIT_STRING -> tokens.value(i);
                case INTEGER,
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
                        END -> {}
            }
        }
        check(behind <= sql.length(), "a token beyond the text");
    }

    private static void redacted(
            ParseResult.ParsedStatement statement, Tokens tokens, LexMode mode) {
        String shown = Redactor.redact(tokens, statement.firstToken(), statement.endToken());
        check(isHarmless(shown, mode), "a literal is shown");
        boolean[] wordsHidden = {false};
        String blanked =
                Redactor.redact(
                        tokens,
                        statement.firstToken(),
                        statement.endToken(),
                        kind -> {
                            wordsHidden[0] |= kind == TokenKind.WORD;
                            return placeholder(kind);
                        });
        if (!(PostgresParser.parse(new SqlText(blanked), mode)
                instanceof ParseResult.Parsed again)) {
            // Of `SET TIME ZONE INTERVAL '1' HOUR` the syntax's own words are hidden, too.
            check(wordsHidden[0], "redacted: no SQL");
            return;
        }
        var before = Mentioned.in(List.of(statement.statement()));
        var after = Mentioned.in(FixturesTest.statements(again));
        check(before.relations.equals(after.relations), "redacted: other relations");
    }

    private static String placeholder(TokenKind kind) {
        return switch (kind) {
            case INTEGER -> " 1 ";
            case NUMERIC -> " 1.5 ";
            case BIT_STRING -> " B'1' ";
            case WORD, QUOTED_IDENTIFIER -> " x ";
            default -> " 'x' ";
        };
    }

    /// Whether no token of a redacted text is a literal. Question marks are left out: they grow
    /// together with the operators beside them, even to one that is too long.
    private static boolean isHarmless(String redacted, LexMode mode) {
        var text = new SqlText(redacted.replace('?', ' '));
        if (!(Lexer.lex(text, mode) instanceof LexResult.Lexed(Tokens tokens))) return false;
        for (int i = 0; i < tokens.size(); i++)
            switch (tokens.kind(i)) {
                case STRING, BIT_STRING, INTEGER, NUMERIC -> {
                    return false;
                }
                default -> {}
            }
        return true;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) throw new AssertionError(otherwise);
    }
}
