package dev.sallyport.sql.resolve;

import dev.sallyport.sql.ast.With;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What names mean at one level of a statement: its FROM items, the CTEs in force, and the level
/// outside.
final class Scope {
    final @Nullable Scope outer;
    final @Nullable CommonTables ctes;
    final List<Source> sources;

    /// How many queries this one is inside of, itself counted.
    final int depth;

    /// In the select list of `FROM pg_settings WHERE name = '...'`: the only value of `name` there.
    /// Null everywhere else.
    @Nullable String onlySetting;

    private Scope(
            @Nullable Scope outer, @Nullable CommonTables ctes, List<Source> sources, int depth) {
        this.outer = outer;
        this.ctes = ctes;
        this.sources = sources;
        this.depth = depth;
    }

    static Scope empty() {
        return new Scope(null, null, new ArrayList<>(), 0);
    }

    /// A level inside this one, which sees all of it.
    Scope inner() {
        return new Scope(this, ctes, new ArrayList<>(), depth + 1);
    }

    /// This level with other FROM items: an ON clause sees its join's arms only.
    Scope seeing(List<Source> others) {
        return new Scope(outer, ctes, others, depth);
    }

    /// This level with more CTEs.
    Scope with(CommonTables more) {
        return new Scope(outer, more, sources, depth);
    }

    /// The nearest CTE of that name.
    @Nullable CommonTableState commonTable(String name) {
        for (CommonTables frame = ctes; frame != null; frame = frame.outer) {
            CommonTableState found = frame.byName.get(name);
            if (found != null) return found;
        }
        return null;
    }

    /// The CTEs of one WITH clause, those of the clauses outside behind it.
    static final class CommonTables {
        final @Nullable CommonTables outer;
        final Map<String, CommonTableState> byName = new HashMap<>();

        CommonTables(@Nullable CommonTables outer) {
            this.outer = outer;
        }
    }

    /// One CTE: its definition, and its columns once they are known.
    static final class CommonTableState {
        final With.CommonTable definition;

        /// Where its body is resolved: never where it is referred to.
        final Scope home;

        @Nullable List<Value.Field> columns;
        boolean started;

        CommonTableState(With.CommonTable definition, Scope home) {
            this.definition = definition;
            this.home = home;
        }

        /// The last columns that `*` leaves out at that level: those of SEARCH and CYCLE, anywhere
        /// but in the FROM of the query whose WITH this is.
        int behindStar(Scope level) {
            if (level.depth <= home.depth) return 0;
            return (definition.search() == null ? 0 : 1) + (definition.cycle() == null ? 0 : 2);
        }
    }
}
