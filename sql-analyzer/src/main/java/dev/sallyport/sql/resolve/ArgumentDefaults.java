package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Operator;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What users' functions call in the defaults of their arguments, which the server computes where a
/// call leaves them out.
///
/// Under which search path the text was printed isn't known, so each of its words counts for every
/// function of that name, and every type's checks and casts, in whatever schema; an operator for
/// each of that symbol. The expressions can hold no sub-selects, and name no relations.
///
/// Made once for a snapshot of the catalog; safe for any number of threads.
final class ArgumentDefaults {
    private final Catalog catalog;
    private final Map<String, List<Routine>> routines = new HashMap<>();
    private final Map<String, List<Type>> types = new HashMap<>();
    private final Map<Routine, Called> answers = new ConcurrentHashMap<>();

    /// @param types that are converted to
    record Called(Set<Routine> routines, Set<Type> types) {
        static final Called NOTHING = new Called(Set.of(), Set.of());

        Called {
            routines = Set.copyOf(routines);
            types = Set.copyOf(types);
        }
    }

    static ArgumentDefaults of(Catalog catalog) {
        return catalog.derived(ArgumentDefaults.class, () -> new ArgumentDefaults(catalog));
    }

    private ArgumentDefaults(Catalog catalog) {
        this.catalog = catalog;
        for (Routine routine : catalog.routines())
            if (!routine.isSystem())
                routines.computeIfAbsent(routine.name(), _ -> new ArrayList<>(1)).add(routine);
        for (Type type : catalog.types())
            if (!type.isSystem())
                types.computeIfAbsent(type.name(), _ -> new ArrayList<>(1)).add(type);
    }

    Called by(Routine routine) {
        if (routine.isSystem() || routine.body().defaults().isEmpty()) return Called.NOTHING;
        return answers.computeIfAbsent(routine, this::search);
    }

    private Called search(Routine routine) {
        LexResult lexed = Lexer.lex(new SqlText(routine.body().defaults()), LexMode.STANDARD);
        if (!(lexed instanceof LexResult.Lexed(Tokens tokens)))
            throw new Refusal(
                    Analysis.Code.UNSUPPORTED,
                    "the defaults of function " + routine.name() + " are not understood",
                    new Span(0, 0));
        Set<Routine> called = new LinkedHashSet<>();
        Set<Type> converted = new LinkedHashSet<>();
        for (int i = 0; i < tokens.size(); i++)
            if (tokens.kind(i) == TokenKind.WORD || tokens.kind(i) == TokenKind.QUOTED_IDENTIFIER) {
                if (tokens.kind(i + 1) == TokenKind.LEFT_PAREN)
                    called.addAll(routines.getOrDefault(tokens.name(i), List.of()));
                converted.addAll(types.getOrDefault(tokens.name(i), List.of()));
            } else if (tokens.kind(i) == TokenKind.OPERATOR) {
                for (Operator operator : catalog.operators(tokens.text(i))) {
                    Routine function = operator.function();
                    if (function != null && !function.isSystem()) called.add(function);
                }
            }
        return new Called(called, converted);
    }
}
