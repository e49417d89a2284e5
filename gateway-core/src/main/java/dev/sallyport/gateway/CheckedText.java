package dev.sallyport.gateway;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
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

    static CheckedText of(SqlText sql, Analysis analysis) {
        return switch (analysis) {
            case Analysis.NotUnderstood not -> new NotUnderstood(not);
            case Analysis.Understood(var statements) -> {
                var facts = new ArrayList<StatementFacts>(statements.size());
                long bytes = 200;
                for (var statement : statements) {
                    var fact = new StatementFacts(statement.redacted(), statement.footprint());
                    bytes += fact.bytes();
                    facts.add(fact);
                }
                yield new Understood(List.copyOf(facts), bytes + sql.text().length());
            }
        };
    }
}
