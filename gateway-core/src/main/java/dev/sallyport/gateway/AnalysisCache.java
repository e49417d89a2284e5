package dev.sallyport.gateway;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.selection.Selections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Remembers the analysis of texts that come again and again, and the facts of statements that are
/// alike, within a budget in bytes. Any thread.
///
/// A text is found only under an equal context, and a context holds the catalog by identity, so
/// nothing outlives its catalog; what is left of replaced catalogs goes with {@link #clear}.
///
/// A text with other literals in it is another text, and is analysed: what a literal means is for
/// the analyzer to say. Where it then comes to exactly the same as for a text before, the facts of
/// that one are taken, and with them the decisions about it.
final class AnalysisCache {
    /// Longer texts are mostly data, and different each time.
    static final int MAX_TEXT_CHARS = 32 * 1024;

    private static final int MAX_CONTEXTS = 4096;

    private static final ThreadLocal<Key> PROBE = ThreadLocal.withInitial(() -> new Key("", null));

    private final Map<TextContext, TextContext> contexts = new ConcurrentHashMap<>();
    private final Generations<Key, CheckedText> texts;
    private final Generations<Shape, StatementFacts> shapes;
    private final AtomicLong misses = new AtomicLong();
    private volatile boolean wantsSelections;

    AnalysisCache(long budgetBytes) {
        texts = new Generations<>(budgetBytes / 4 * 3);
        shapes = new Generations<>(budgetBytes / 4);
    }

    /// Contexts are interned, so that comparing keys compares one reference.
    private static final class Key {
        private String text;
        private @Nullable TextContext context;

        Key(String text, @Nullable TextContext context) {
            this.text = text;
            this.context = context;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Key key && key.context == context && key.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode() * 31 + System.identityHashCode(context);
        }
    }

    /// All that {@link StatementFacts} are made of. INVARIANT: nothing of the text besides; two
    /// statements of one shape differ in nothing that a decision or an edit depends on. Catalogs
    /// and their relations compare by identity.
    private record Shape(
            String redacted,
            Footprint footprint,
            References references,
            Selections.Result selections,
            Catalog catalog) {
        @Override
        public String toString() {
            return "Shape[" + redacted + "]";
        }
    }

    /// The one instance for all sessions with an equal context on a shared catalog.
    TextContext intern(TextContext context) {
        if (contexts.size() > MAX_CONTEXTS) contexts.clear();
        var known = contexts.putIfAbsent(context, context);
        return known == null ? context : known;
    }

    /// @param context as {@link #intern} returned it
    CheckedText check(SqlText sql, TextContext context) {
        if (sql.text().length() > MAX_TEXT_CHARS) return checkUncached(sql, context);
        // Most are found at once: nothing is made for them.
        var probe = PROBE.get();
        probe.text = sql.text();
        probe.context = context;
        var found = texts.young(probe);
        probe.text = "";
        probe.context = null;
        if (found != null) return found;
        var key = new Key(sql.text(), context);
        found = texts.old(key);
        if (found == null) {
            var catalog = context.catalog();
            found = CheckedText.of(sql, analyze(sql, context), made -> facts(made, catalog));
            if (texts.comesFirst(key)) return found;
        }
        texts.keep(key, found, 2L * key.text.length() + found.bytes());
        return found;
    }

    /// For contexts that no other session shares.
    CheckedText checkUncached(SqlText sql, TextContext context) {
        var catalog = context.catalog();
        return CheckedText.of(
                sql,
                analyze(sql, context),
                made ->
                        new StatementFacts(
                                made.redacted(),
                                made.footprint(),
                                made.references(),
                                made.selections(),
                                catalog));
    }

    private Analysis analyze(SqlText sql, TextContext context) {
        misses.incrementAndGet();
        return context.analyze(sql, wantsSelections);
    }

    private StatementFacts facts(Analysis.Statement made, Catalog catalog) {
        // INVARIANT: constants belong to the shape, or one text would be recorded with another's.
        var shape =
                new Shape(
                        made.redacted(),
                        made.footprint(),
                        made.references(),
                        made.selections(),
                        catalog);
        var known = shapes.young(shape);
        if (known != null) return known;
        known = shapes.old(shape);
        if (known == null) {
            known =
                    new StatementFacts(
                            shape.redacted,
                            shape.footprint,
                            shape.references,
                            shape.selections,
                            catalog);
            if (shapes.comesFirst(shape)) return known;
        }
        shapes.keep(shape, known, known.bytes());
        return known;
    }

    /// Whether the rows are wanted that statements ask for by value. With them, texts with other
    /// values are hardly ever alike: so only where something depends on it. What was analysed
    /// without says of no row that it is the only one.
    void wantSelections(boolean wanted) {
        if (wantsSelections == wanted) return;
        wantsSelections = wanted;
        clear();
    }

    /// Texts that had to be analysed since the start.
    long misses() {
        return misses.get();
    }

    /// A catalog was replaced: what was analysed against it will not be found again.
    void clear() {
        texts.clear();
        shapes.clear();
        contexts.clear();
    }
}
