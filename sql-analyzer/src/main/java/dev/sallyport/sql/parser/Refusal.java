package dev.sallyport.sql.parser;

import dev.sallyport.sql.Span;

/// Leaves the recursive descent; caught in {@link PostgresParser#parse}. Without stack trace: bad
/// SQL is normal.
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    final transient ParseResult.Refused refused;

    Refusal(ParseResult.Code code, String reason, Span span) {
        super(reason, null, false, false);
        this.refused = new ParseResult.Refused(code, reason, span);
    }
}
