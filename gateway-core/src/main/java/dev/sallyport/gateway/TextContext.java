package dev.sallyport.gateway;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.MySqlAnalyzer;
import dev.sallyport.sql.mysql.MySqlContext;
import java.util.List;

/// What a text's meaning depends on besides the text, by dialect; and who understands it. Equal
/// ones give equal analyses; catalogs count by identity.
sealed interface TextContext {
    Catalog catalog();

    /// The schemas that unqualified names are looked up in.
    List<String> searchPath();

    default Analysis analyze(SqlText sql) {
        return analyze(sql, false);
    }

    /// @param selections whether to find the rows that are asked for by value, where that is known
    ///   of the dialect
    Analysis analyze(SqlText sql, boolean selections);

    record Postgres(AnalysisContext context) implements TextContext {
        private static final SqlAnalyzer ANALYZER = new SqlAnalyzer();

        @Override
        public Catalog catalog() {
            return context.catalog();
        }

        @Override
        public List<String> searchPath() {
            return context.searchPath();
        }

        @Override
        public Analysis analyze(SqlText sql, boolean selections) {
            return ANALYZER.analyze(sql, context, selections);
        }
    }

    record MySql(MySqlContext context) implements TextContext {
        private static final MySqlAnalyzer ANALYZER = new MySqlAnalyzer();

        @Override
        public Catalog catalog() {
            return context.catalog();
        }

        @Override
        public List<String> searchPath() {
            return List.of(context.schema());
        }

        @Override
        public Analysis analyze(SqlText sql, boolean selections) {
            return ANALYZER.analyze(sql, context);
        }
    }

    /// How the session's texts are read isn't known: none of them is understood.
    record Unreadable(Catalog catalog, String reason) implements TextContext {
        @Override
        public List<String> searchPath() {
            return List.of();
        }

        @Override
        public Analysis analyze(SqlText sql, boolean selections) {
            return new Analysis.NotUnderstood(Analysis.Code.ENCODING, reason, new Span(0, 0));
        }
    }
}
