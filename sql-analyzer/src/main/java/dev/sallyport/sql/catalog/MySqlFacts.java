package dev.sallyport.sql.catalog;

import dev.sallyport.sql.mysql.lexer.Dialect;
import java.util.Map;
import java.util.Set;

/// What a MySQL or MariaDB server's {@link Catalog} holds besides.
///
/// @param dialect vendor and exact version of the server that was read; plain sql_mode
/// @param lowerCaseTableNames the server's setting: 0 where the case of schemas' and tables' names
///   counts, 1 where it keeps them in lower case, 2 where it keeps them as written and ignores case
/// @param invisible columns that `*` leaves out, by relation
/// @param untold relations of which the catalog's account was not told all: whether they have
///   triggers isn't known
/// @param triggers the table of each trigger, by `schema.name`, lower case
/// @param events by `schema.name`, lower case
/// @param partitions by table
public record MySqlFacts(
        Dialect dialect,
        int lowerCaseTableNames,
        Map<Catalog.Relation, Set<String>> invisible,
        Set<Catalog.Relation> untold,
        Map<String, Catalog.Relation> triggers,
        Set<String> events,
        Map<Catalog.Relation, Set<String>> partitions) {
    public MySqlFacts {
        if (lowerCaseTableNames < 0 || lowerCaseTableNames > 2)
            throw new IllegalArgumentException("lower_case_table_names " + lowerCaseTableNames);
        invisible = Map.copyOf(invisible);
        untold = Set.copyOf(untold);
        triggers = Map.copyOf(triggers);
        events = Set.copyOf(events);
        partitions = Map.copyOf(partitions);
    }

    /// Whether the case of a schema's or table's name counts.
    public boolean tableCaseCounts() {
        return lowerCaseTableNames == 0;
    }

    public boolean isInvisible(Catalog.Relation relation, String column) {
        return invisible.getOrDefault(relation, Set.of()).contains(column);
    }
}
