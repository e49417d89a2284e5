package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.mysql.resolve.Source.Operand;
import dev.sallyport.sql.resolve.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What names mean in one query of a statement; the query that it stands in is outside.
final class Level {
    /// Where in the query a name stands: aliases of the select list can be named in some places
    /// only.
    enum Clause {
        FROM,
        SELECT_LIST,
        WHERE,
        GROUP,
        HAVING,
        ORDER
    }

    final @Nullable Level outer;
    final @Nullable Ctes ctes;
    final List<Operand> operands;

    /// Of the select list, in order; those without a name left out.
    List<Output> aliases = List.of();

    Clause clause = Clause.FROM;

    /// One column of a result.
    record Output(String name, Flow flow) {}

    Level(@Nullable Level outer, @Nullable Ctes ctes) {
        this(outer, ctes, new ArrayList<>());
    }

    private Level(@Nullable Level outer, @Nullable Ctes ctes, List<Operand> operands) {
        this.outer = outer;
        this.ctes = ctes;
        this.operands = operands;
    }

    /// An ON clause sees the operands of its join only, and what is outside of the query.
    Level seeing(List<Operand> others) {
        return new Level(outer, ctes, others);
    }

    boolean holds(Source source) {
        for (Operand operand : operands)
            for (Source own : operand.sources()) if (own == source) return true;
        return false;
    }

    /// The common table expressions of one WITH clause, those of the clauses outside behind it.
    static final class Ctes {
        final @Nullable Ctes outer;
        final Map<String, Cte> byName = new HashMap<>();

        Ctes(@Nullable Ctes outer) {
            this.outer = outer;
        }
    }

    static final class Cte {
        final With.CommonTable definition;
        final boolean recursive;

        /// Where its query is resolved.
        final @Nullable Level home;

        /// The common table expressions that its query sees; set once all of a clause are known.
        @Nullable Ctes sees;

        @Nullable List<Output> columns;
        boolean started;

        Cte(With.CommonTable definition, boolean recursive, @Nullable Level home) {
            this.definition = definition;
            this.recursive = recursive;
            this.home = home;
        }
    }
}
