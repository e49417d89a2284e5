package dev.sallyport.sql;

/// From text to footprints. Stateless; safe for any number of threads; never throws for bad SQL.
public final class SqlAnalyzer {
    public Analysis analyze(SqlText sql, AnalysisContext context) {
        throw new UnsupportedOperationException("being built: " + sql + context);
    }
}
