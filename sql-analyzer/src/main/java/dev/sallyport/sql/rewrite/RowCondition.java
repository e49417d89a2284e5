package dev.sallyport.sql.rewrite;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Which rows of a relation: those for which, of each member of `all`, one condition holds.
///
/// @param all joined by AND; the conditions of a member by OR
public record RowCondition(List<List<Condition>> all) {
    public static final RowCondition ALL_ROWS = new RowCondition(List.of());

    public RowCondition {
        all = all.stream().map(List::copyOf).toList();
    }

    public boolean isAllRows() {
        return all.isEmpty();
    }

    /// Whether it reads other relations, too.
    public boolean readsOthers() {
        return all.stream().flatMap(List::stream).anyMatch(Condition::readsOthers);
    }

    /// The relation's columns that it depends on.
    public Set<String> columns() {
        Set<String> columns = new LinkedHashSet<>();
        for (List<Condition> any : all)
            for (Condition condition : any) columns.addAll(condition.columns());
        return columns;
    }

    /// One expression, in parentheses where it needs them.
    ///
    /// @param qualifier what the relation is called where the condition stands
    public String sql(String qualifier) {
        return sql(condition -> condition.sql(qualifier));
    }

    /// The same where columns have other names.
    ///
    /// @param named each of {@link #columns}
    String sql(String qualifier, Map<String, String> named) {
        return sql(condition -> condition.sql(qualifier, named));
    }

    private String sql(Function<Condition, String> written) {
        return all.stream()
                .map(any -> any.stream().map(written).collect(Collectors.joining(" OR ", "(", ")")))
                .collect(Collectors.joining(" AND "));
    }
}
