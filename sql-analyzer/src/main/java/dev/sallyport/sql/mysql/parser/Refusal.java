package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.parser.ParseResult;

/// Leaves the recursive descent; caught in {@link MySqlParser#parse}. Without stack trace: bad SQL
/// is normal.
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    final transient ParseResult.Refused refused;

    Refusal(ParseResult.Code code, String reason, Span span) {
        super(reason, null, false, false);
        this.refused = new ParseResult.Refused(code, reason, span);
    }
}
