package dev.sallyport.sql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import dev.sallyport.sql.parser.ParseResult.Code;
import dev.sallyport.sql.parser.ParseResult.Parsed;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import dev.sallyport.sql.parser.ParseResult.Refused;
import java.util.ArrayList;
import java.util.List;

/// PostgreSQL's grammar. Takes what any version from 15 to 18 takes.
public final class PostgresParser {
    private PostgresParser() {}

    /// Parses every statement of `sql`. Never throws for bad SQL; linear in its length.
    public static ParseResult parse(SqlText sql, LexMode mode) {
        return switch (Lexer.lex(sql, mode)) {
            case LexResult.Failed(var failure, String reason, Span span) ->
                    new Refused(code(failure), reason, span);
            case LexResult.Lexed(Tokens tokens) -> parse(tokens);
        };
    }

    private static Code code(LexResult.LexFailure failure) {
        return switch (failure) {
            case SYNTAX -> Code.SYNTAX;
            case ENCODING -> Code.ENCODING;
            case TOO_LONG -> Code.TOO_COMPLEX;
        };
    }

    private static ParseResult parse(Tokens tokens) {
        try {
            return new Parsed(statements(new Grammar(tokens)), tokens);
        } catch (Refusal refusal) {
            return refusal.refused;
        }
    }

    private static List<ParsedStatement> statements(Grammar grammar) {
        Cursor in = grammar.in;
        var parser = new Statements(grammar);
        var statements = new ArrayList<ParsedStatement>(1);
        while (true) {
            while (in.accept(TokenKind.SEMICOLON)) {
                // Empty statements are nothing.
            }
            if (in.at(TokenKind.END)) return statements;
            int first = in.index();
            int start = in.start();
            in.height = 0;
            Statement statement = parser.statement();
            statements.add(new ParsedStatement(in.since(start), statement, first, in.index()));
            if (!in.at(TokenKind.SEMICOLON) && !in.at(TokenKind.END))
                throw in.error("the end of the statement");
        }
    }
}
