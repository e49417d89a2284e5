package dev.sallyport.app.analyze;

import dev.sallyport.sql.Analysis.Code;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is said about one text: everything that it touches, or why that isn't known. Holds names,
/// never literals.
sealed interface Answer {

    /// @param statements none for a text of blanks and comments
    /// @param resolved by a catalog; otherwise names are as written
    record Understood(boolean resolved, List<Touched> statements) implements Answer {
        public Understood {
            statements = List.copyOf(statements);
        }
    }

    /// @param reason lower case, free of literals
    /// @param line from 1
    /// @param column from 1, in characters
    record NotUnderstood(String code, String reason, int line, int column) implements Answer {
        static NotUnderstood of(Code code, String reason, int line, int column) {
            return new NotUnderstood(Words.of(code), reason, line, column);
        }
    }

    /// One statement.
    ///
    /// @param outputs null without a catalog
    /// @param effects null without a catalog
    /// @param everyRow an UPDATE or DELETE without a condition; false without a catalog
    /// @param changesNames what later statements of the same session name may not be what it was
    record Touched(
            String kind,
            List<Relation> relations,
            List<Function> functions,
            List<Other> objects,
            @Nullable List<Output> outputs,
            @Nullable List<String> effects,
            boolean everyRow,
            boolean changesNames) {}

    /// @param kind as `table`; null without a catalog
    /// @param action as `select`; null without a catalog
    /// @param access `read` or `write`
    /// @param via the view through which it is reached
    /// @param columns null without a catalog
    /// @param parents tables that it inherits from or is a partition of: its rows are theirs too
    /// @param children tables whose rows are reached through it, though nothing names them
    record Relation(
            String name,
            @Nullable String kind,
            @Nullable String action,
            String access,
            @Nullable String via,
            @Nullable List<Column> columns,
            List<String> parents,
            List<String> children) {}

    /// @param uses as `output`, `predicate`; in a fixed order
    record Column(String name, List<String> uses) {}

    /// @param action `execute`, or what else is done with it
    /// @param functionClass what calling it can do; null without a catalog
    record Function(
            String name, String action, @Nullable String functionClass, @Nullable String via) {}

    /// @param name `*` for all of them, or one that isn't told apart
    record Other(String type, String name, String action) {}

    /// @param from the base columns, as `public.patients.ssn`
    record Output(String name, List<String> from) {}
}
