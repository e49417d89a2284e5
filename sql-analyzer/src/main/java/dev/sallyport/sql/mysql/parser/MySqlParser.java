package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.lexer.MySqlLexResult;
import dev.sallyport.sql.mysql.lexer.MySqlLexer;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import dev.sallyport.sql.mysql.lexer.MySqlTokens;
import dev.sallyport.sql.mysql.parser.MySqlParseResult.Parsed;
import dev.sallyport.sql.mysql.parser.MySqlParseResult.Refused;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The grammar of MySQL and MariaDB.
public final class MySqlParser {
    private MySqlParser() {}

    /// Parses every statement of `sql`. Never throws for bad SQL; linear in its length.
    public static MySqlParseResult parse(SqlText sql, Dialect dialect) {
        return switch (MySqlLexer.lex(sql, dialect)) {
            case MySqlLexResult.Failed(var failure, String reason, Span span) ->
                    new Refused(
                            new ParseResult.Refused(
                                    switch (failure) {
                                        case SYNTAX -> ParseResult.Code.SYNTAX;
                                        case ENCODING -> ParseResult.Code.ENCODING;
                                        case TOO_LONG -> ParseResult.Code.TOO_COMPLEX;
                                    },
                                    reason,
                                    span));
            case MySqlLexResult.Lexed(MySqlTokens tokens) -> parse(tokens);
        };
    }

    /// Whether it is a name without quotes: ASCII letters, digits, `_` and `$`, not digits first,
    /// and no reserved word.
    public static boolean isPlainName(String name, Dialect dialect) {
        if (name.isEmpty() || Character.isDigit(name.charAt(0))) return false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 0x80 || !(Character.isLetterOrDigit(c) || c == '_' || c == '$')) return false;
        }
        return !Reserved.of(dialect).contains(name.toUpperCase(Locale.ROOT));
    }

    private static MySqlParseResult parse(MySqlTokens tokens) {
        try {
            var grammar = new Grammar(tokens);
            List<ParsedStatement> statements = statements(grammar);
            return new Parsed(statements, tokens, grammar.prepared);
        } catch (Refusal refusal) {
            return new Refused(refusal.refused);
        }
    }

    private static List<ParsedStatement> statements(Grammar grammar) {
        Cursor in = grammar.in;
        var statements = new ArrayList<ParsedStatement>(1);
        while (true) {
            while (in.accept(MySqlTokenKind.SEMICOLON)) {
                // Empty statements are nothing.
            }
            if (in.at(MySqlTokenKind.END)) return statements;
            if (grammar.lexingChanged)
                throw in.refuse(
                        "an earlier statement of the same text may change how this one is read:"
                                + " send the statements one at a time",
                        in.here());
            int first = in.index();
            int start = in.start();
            in.height = 0;
            Statement statement = grammar.statements.statement();
            // A PREPARE of SET changes nothing yet, EXECUTE IMMEDIATE does: both are refused.
            grammar.checkPrepared();
            grammar.lexingChanged |=
                    statement instanceof Statement.Execute || statement instanceof Statement.Call;
            statements.add(new ParsedStatement(in.since(start), statement, first, in.index()));
            if (!in.at(MySqlTokenKind.SEMICOLON) && !in.at(MySqlTokenKind.END))
                throw in.error("the end of the statement");
        }
    }
}
