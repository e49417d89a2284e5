package dev.sallyport.sql.mysql;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.Analysis.Code;
import dev.sallyport.sql.Analysis.NotUnderstood;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.parser.MySqlParseResult;
import dev.sallyport.sql.mysql.parser.MySqlParser;
import dev.sallyport.sql.mysql.resolve.MySqlResolver;
import dev.sallyport.sql.written.WrittenNames;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From text to footprints, for MySQL and MariaDB. Stateless; safe for any number of threads; never
/// throws for bad SQL.
public final class MySqlAnalyzer {
    private static final Logger log = LoggerFactory.getLogger(MySqlAnalyzer.class);
    private static final Span START = new Span(0, 0);

    /// Every statement of the text, or why not: one that isn't understood makes the whole text so.
    public Analysis analyze(SqlText sql, MySqlContext context) {
        try {
            Dialect dialect = context.dialect();
            if (dialect.vendor() != server(context).vendor())
                return new NotUnderstood(
                        Code.UNSUPPORTED,
                        "the session's server is not the one whose catalog was read",
                        START);
            return switch (MySqlParser.parse(
                    sql, dialect.withMaxLength(SqlAnalyzer.MAX_STATEMENT_CHARS))) {
                case MySqlParseResult.Refused(var why) -> WrittenNames.answer(why);
                case MySqlParseResult.Parsed parsed -> MySqlResolver.resolve(sql, parsed, context);
            };
        } catch (RuntimeException | StackOverflowError e) {
            // A defect of ours. The one answer is no; the log gets no SQL, only where it happened.
            log.error("the analyzer failed: {} at {}", e.getClass().getName(), frames(e));
            return new NotUnderstood(
                    Code.UNSUPPORTED, "the analyzer could not handle this statement", START);
        }
    }

    private static Dialect server(MySqlContext context) {
        var facts = context.catalog().mySql();
        if (facts == null) throw new IllegalStateException("not a catalog of MySQL or MariaDB");
        return facts.dialect();
    }

    private static String frames(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return String.join(
                " < ",
                List.of(trace).subList(0, Math.min(6, trace.length)).stream()
                        .map(StackTraceElement::toString)
                        .toList());
    }
}
