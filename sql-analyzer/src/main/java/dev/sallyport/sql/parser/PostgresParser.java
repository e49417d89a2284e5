package dev.sallyport.sql.parser;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;

/// PostgreSQL's grammar.
public final class PostgresParser {
    private PostgresParser() {}

    /// Parses every statement of `sql`. Never throws for bad SQL; linear in its length.
    public static ParseResult parse(SqlText sql, LexMode mode) {
        throw new UnsupportedOperationException("being built: " + sql + mode);
    }
}
