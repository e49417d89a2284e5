package dev.sallyport.sql;

import dev.sallyport.sql.Analysis.Code;
import dev.sallyport.sql.Analysis.NotUnderstood;
import dev.sallyport.sql.Analysis.Understood;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.Redactor;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import dev.sallyport.sql.parser.PostgresParser;
import dev.sallyport.sql.resolve.SecondNet;
import dev.sallyport.sql.resolve.StatementResolver;
import dev.sallyport.sql.selection.Selections;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From text to footprints. Stateless; safe for any number of threads; never throws for bad SQL.
public final class SqlAnalyzer {
    private static final Logger log = LoggerFactory.getLogger(SqlAnalyzer.class);
    private static final Span START = new Span(0, 0);

    /// Texts longer than this many UTF-16 units are refused.
    public static final int MAX_STATEMENT_CHARS = 64 * 1024 * 1024;

    /// Encodings in which a byte below 0x80 is always that ASCII character, so that no quote or
    /// backslash hides in another character. By the server's names.
    private static final Set<String> SAFE_ENCODINGS =
            Set.of(
                    "UTF8",
                    "SQL_ASCII",
                    "LATIN1",
                    "LATIN2",
                    "LATIN3",
                    "LATIN4",
                    "LATIN5",
                    "LATIN6",
                    "LATIN7",
                    "LATIN8",
                    "LATIN9",
                    "LATIN10",
                    "WIN1250",
                    "WIN1251",
                    "WIN1252",
                    "WIN1253",
                    "WIN1254",
                    "WIN1255",
                    "WIN1256",
                    "WIN1257",
                    "WIN1258",
                    "WIN866",
                    "WIN874",
                    "ISO_8859_5",
                    "ISO_8859_6",
                    "ISO_8859_7",
                    "ISO_8859_8",
                    "KOI8R",
                    "KOI8U");

    /// Every statement of the text, or why not: one that isn't understood makes the whole text so.
    public Analysis analyze(SqlText sql, AnalysisContext context) {
        return analyze(sql, context, false);
    }

    /// @param selections whether to find the rows that are asked for by value, too
    public Analysis analyze(SqlText sql, AnalysisContext context, boolean selections) {
        try {
            Optional<NotUnderstood> unfit = unfit(context);
            if (unfit.isPresent()) return unfit.get();
            LexMode mode =
                    context.catalog()
                            .lexMode(context.standardConformingStrings(), MAX_STATEMENT_CHARS);
            return switch (PostgresParser.parse(sql, mode)) {
                case ParseResult.Refused(var code, var reason, var span) ->
                        new NotUnderstood(
                                switch (code) {
                                    case SYNTAX -> Code.SYNTAX;
                                    case ENCODING -> Code.ENCODING;
                                    case TOO_COMPLEX -> Code.TOO_COMPLEX;
                                },
                                reason,
                                span);
                case ParseResult.Parsed parsed -> resolve(parsed, context, selections);
            };
        } catch (RuntimeException | StackOverflowError e) {
            // A defect of ours. The one answer is no; the log gets no SQL, only where it happened.
            log.error("the analyzer failed: {} at {}", e.getClass().getName(), frames(e));
            return new NotUnderstood(
                    Code.UNSUPPORTED, "the analyzer could not handle this statement", START);
        }
    }

    private static String frames(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return String.join(
                " < ",
                List.of(trace).subList(0, Math.min(6, trace.length)).stream()
                        .map(StackTraceElement::toString)
                        .toList());
    }

    private static Optional<NotUnderstood> unfit(AnalysisContext context) {
        String encoding = context.clientEncoding().toUpperCase(Locale.ROOT);
        if (!SAFE_ENCODINGS.contains(encoding))
            return Optional.of(
                    new NotUnderstood(
                            Code.ENCODING,
                            "client_encoding "
                                    + encoding
                                    + " cannot be read safely: set client_encoding to UTF8",
                            START));
        // A schema that the snapshot doesn't hold may hide a relation in front of the one it does.
        for (String schema : context.searchPath())
            if (context.catalog().schema(schema) == null)
                return Optional.of(
                        new NotUnderstood(
                                Code.UNKNOWN_OBJECT,
                                "schema " + schema + " of the search path is not known",
                                START));
        return Optional.empty();
    }

    private static Analysis resolve(
            ParseResult.Parsed parsed, AnalysisContext context, boolean selections) {
        List<Analysis.Statement> statements = new ArrayList<>(parsed.statements().size());
        BitSet accounted = new BitSet();
        boolean stale = false;
        for (ParsedStatement statement : parsed.statements()) {
            StatementResolver.Result result =
                    StatementResolver.resolve(statement.statement(), context, accounted);
            switch (result) {
                case StatementResolver.Result.Refused(var answer) -> {
                    return stale ? staleContext(statement.span()) : answer;
                }
                case StatementResolver.Result.Resolved(var footprint, var references) -> {
                    if (stale && !StatementResolver.needsNoNames(statement.statement()))
                        return staleContext(statement.span());
                    stale |= changesNames(footprint);
                    statements.add(
                            new Analysis.Statement(
                                    statement.span(),
                                    Redactor.redact(
                                            parsed.tokens(),
                                            statement.firstToken(),
                                            statement.endToken()),
                                    footprint,
                                    references,
                                    selections
                                            ? Selections.of(statement.statement(), references)
                                            : Selections.Result.NONE));
                }
            }
        }
        Optional<Span> missed =
                SecondNet.unaccounted(parsed.tokens(), context.catalog(), accounted);
        return missed.<Analysis>map(SqlAnalyzer::unaccounted)
                .orElseGet(() -> new Understood(statements));
    }

    private static boolean changesNames(Footprint footprint) {
        return footprint.effects().contains(Effect.SCHEMA)
                || footprint.effects().contains(Effect.NAME_RESOLUTION);
    }

    private static NotUnderstood staleContext(Span span) {
        return new NotUnderstood(
                Code.STALE_CONTEXT,
                "an earlier statement of the same message may change what names mean here: send the"
                        + " statements one at a time",
                span);
    }

    private static NotUnderstood unaccounted(Span span) {
        return new NotUnderstood(
                Code.UNACCOUNTED,
                "a table has this name, and what it means here is not understood",
                span);
    }
}
