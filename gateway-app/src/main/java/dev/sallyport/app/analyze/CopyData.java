package dev.sallyport.app.analyze;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.written.WrittenNames;
import dev.sallyport.sql.written.WrittenStatement;

/// Tells by the text alone whether rows follow a statement in a script.
final class CopyData {
    private static final String COPY = "copy";

    private CopyData() {}

    static boolean follows(String sql, LexMode mode) {
        // A piece begins with its first token.
        return sql.regionMatches(true, 0, COPY, 0, COPY.length())
                && WrittenNames.in(new SqlText(sql), mode)
                        instanceof WrittenNames.Result.Found(var statements)
                && statements.stream().anyMatch(WrittenStatement::copiesIn);
    }
}
