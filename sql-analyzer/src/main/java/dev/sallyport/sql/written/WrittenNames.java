package dev.sallyport.sql.written;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.Analysis.Code;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.parser.MySqlParseResult;
import dev.sallyport.sql.mysql.parser.MySqlParser;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import dev.sallyport.sql.parser.PostgresParser;
import java.util.List;

/// From a text to the names in it. Stateless; any number of threads; never throws for bad SQL.
public final class WrittenNames {
    private WrittenNames() {}

    public sealed interface Result {
        /// Every statement of the text, in order.
        record Found(List<WrittenStatement> statements) implements Result {
            public Found {
                statements = List.copyOf(statements);
            }
        }

        record Refused(Analysis.NotUnderstood answer) implements Result {}
    }

    /// What every statement of the text names, or why that can't be said.
    public static Result in(SqlText sql, LexMode mode) {
        try {
            return switch (PostgresParser.parse(sql, mode)) {
                case ParseResult.Refused refused -> new Result.Refused(answer(refused));
                case ParseResult.Parsed(var statements, _) ->
                        new Result.Found(
                                statements.stream()
                                        .map(parsed -> statement(parsed, false, true))
                                        .toList());
            };
        } catch (StackOverflowError _) {
            return tooDeep();
        }
    }

    /// The same of a text for MySQL or MariaDB.
    public static Result in(SqlText sql, Dialect dialect) {
        try {
            return switch (MySqlParser.parse(sql, dialect)) {
                case MySqlParseResult.Refused(var refused) -> new Result.Refused(answer(refused));
                case MySqlParseResult.Parsed(var statements, _, _) ->
                        new Result.Found(
                                statements.stream()
                                        .map(parsed -> statement(parsed, true, dialect.isMariaDb()))
                                        .toList());
            };
        } catch (StackOverflowError _) {
            return tooDeep();
        }
    }

    /// Nothing of the text is shown or logged; where the stack ends isn't ours to choose.
    private static Result tooDeep() {
        return new Result.Refused(
                new Analysis.NotUnderstood(
                        Code.TOO_COMPLEX, "the statement is nested too deeply", new Span(0, 0)));
    }

    public static Analysis.NotUnderstood answer(ParseResult.Refused refused) {
        return new Analysis.NotUnderstood(
                switch (refused.code()) {
                    case SYNTAX -> Code.SYNTAX;
                    case ENCODING -> Code.ENCODING;
                    case TOO_COMPLEX -> Code.TOO_COMPLEX;
                },
                refused.reason(),
                refused.span());
    }

    private static WrittenStatement statement(
            ParsedStatement parsed, boolean mySql, boolean forwardReferences) {
        return new NameFinder(mySql, forwardReferences).find(parsed.statement(), parsed.span());
    }
}
