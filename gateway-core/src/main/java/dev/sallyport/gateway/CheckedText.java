package dev.sallyport.gateway;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;

/// An analysed text, as the cache keeps it: no syntax trees, only what decisions need.
sealed interface CheckedText {

    /// A rough figure for the cache.
    long bytes();

    record Understood(List<StatementFacts> statements, long bytes) implements CheckedText {}

    record NotUnderstood(Analysis.NotUnderstood analysis) implements CheckedText {
        @Override
        public long bytes() {
            return 200 + analysis.reason().length();
        }
    }

    /// @param catalog that it was analysed against
    static CheckedText of(SqlText sql, Analysis analysis, Catalog catalog) {
        return switch (analysis) {
            case Analysis.NotUnderstood not -> new NotUnderstood(not);
            case Analysis.Understood(var statements) -> {
                var facts = new ArrayList<StatementFacts>(statements.size());
                long bytes = 200;
                for (var statement : statements) {
                    var fact =
                            new StatementFacts(
                                    statement.redacted(),
                                    statement.footprint(),
                                    statement.references(),
                                    catalog);
                    bytes += fact.bytes();
                    facts.add(fact);
                }
                yield new Understood(List.copyOf(facts), bytes + sql.text().length());
            }
        };
    }
}
