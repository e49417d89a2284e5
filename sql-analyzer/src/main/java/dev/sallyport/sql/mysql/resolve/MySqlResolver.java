package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.Analysis.Code;
import dev.sallyport.sql.Analysis.NotUnderstood;
import dev.sallyport.sql.Analysis.Understood;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.mysql.MySqlContext;
import dev.sallyport.sql.mysql.lexer.MySqlRedactor;
import dev.sallyport.sql.mysql.lexer.MySqlTokens;
import dev.sallyport.sql.mysql.parser.MySqlParseResult;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.selection.Selections;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Resolves the statements of one parsed text of MySQL or MariaDB.
public final class MySqlResolver {
    private MySqlResolver() {}

    /// Every statement, or why not: one that isn't understood makes the whole text so.
    public static Analysis resolve(
            SqlText sql, MySqlParseResult.Parsed parsed, MySqlContext context) {
        List<Analysis.Statement> statements = new ArrayList<>(parsed.statements().size());
        var accounted = new BitSet();
        List<BitSet> prepared = new ArrayList<>();
        boolean stale = false;
        boolean ended = false;
        for (ParsedStatement statement : parsed.statements()) {
            if (ended)
                return new NotUnderstood(
                        Code.UNSUPPORTED,
                        "a statement that may give several results stands before others: send it"
                                + " by itself",
                        statement.span());
            Footprint footprint;
            References references;
            try {
                var walk = new Walk(context, sql.text(), accounted, prepared);
                footprint = new Statements(walk).footprint(statement.statement());
                if (!walk.named.isEmpty()) beside(statement, parsed.tokens(), sql.text(), walk);
                references = walk.references();
            } catch (Refusal refusal) {
                return stale ? staleContext(statement.span()) : refusal.answer();
            }
            if (stale && !needsNoNames(statement.statement()))
                return staleContext(statement.span());
            stale |=
                    footprint.effects().contains(Effect.SCHEMA)
                            || footprint.effects().contains(Effect.NAME_RESOLUTION);
            ended =
                    footprint.kind() == StatementKind.CALL
                            || footprint.kind() == StatementKind.EXECUTE;
            statements.add(
                    new Analysis.Statement(
                            statement.span(),
                            MySqlRedactor.redact(
                                    parsed.tokens(), statement.firstToken(), statement.endToken()),
                            footprint,
                            references,
                            Selections.Result.NONE));
        }
        Optional<Span> missed =
                SecondNet.unaccounted(parsed.tokens(), context.catalog(), accounted);
        if (missed.isPresent()) return unaccounted(missed.get());
        List<MySqlTokens> inside = parsed.prepared();
        // Each text inside the text was walked once, in the parser's order.
        if (inside.size() != prepared.size()) return unaccounted(new Span(0, 0));
        for (int i = 0; i < inside.size(); i++)
            if (SecondNet.unaccounted(inside.get(i), context.catalog(), prepared.get(i))
                    .isPresent()) return unaccounted(new Span(0, 0));
        return new Understood(statements);
    }

    /// What the tree doesn't hold, and what would see round a mask or a filter.
    private static void beside(
            ParsedStatement statement, MySqlTokens tokens, String text, Walk walk) {
        for (int i = statement.firstToken(); i + 1 < statement.endToken(); i++)
            if (tokens.isWord(i, "ROWS") && tokens.isWord(i + 1, "EXAMINED"))
                walk.fixAll("a statement with ROWS EXAMINED, which counts hidden rows, too");
        // `timestamp` among other settings: a mask of dates goes by today.
        String hints = text.substring(statement.span().start(), statement.span().end());
        if (hints.contains("/*+") && hints.toLowerCase(Locale.ROOT).contains("set_var"))
            walk.fixAll("a statement with SET_VAR");
    }

    /// Whether the statement means the same whatever names mean.
    private static boolean needsNoNames(Statement statement) {
        return statement instanceof Statement.Transaction
                || statement instanceof Statement.Deallocate
                || statement instanceof MySqlStatement.Use;
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
