package dev.sallyport.gateway;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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

    /// @param facts of a statement, made or remembered
    static CheckedText of(
            SqlText sql, Analysis analysis, Function<Analysis.Statement, StatementFacts> facts) {
        return switch (analysis) {
            case Analysis.NotUnderstood not -> new NotUnderstood(not);
            case Analysis.Understood(var statements) -> {
                var all = new ArrayList<StatementFacts>(statements.size());
                long bytes = 200;
                for (var statement : statements) {
                    var one = facts.apply(statement);
                    bytes += one.bytes();
                    all.add(one);
                }
                yield new Understood(List.copyOf(all), bytes + sql.text().length());
            }
        };
    }
}
