package dev.sallyport.gateway.alert;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.Access;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// An entry, with what is known of it from those before.
///
/// @param user whom it is about; empty for nobody or an unknown one
/// @param roles of that person then
/// @param began when the log began
/// @param reads of an outcome: whether its statement read tables
record Happened(
        Entry entry, Instant at, String user, List<String> roles, Instant began, boolean reads) {
    private static final Set<String> ON_ROWS =
            Set.of("select", "insert", "update", "delete", "truncate");
    private static final List<String> SYSTEM =
            List.of(
                    "pg_catalog.",
                    "information_schema.",
                    "pg_toast.",
                    "mysql.",
                    "performance_schema.",
                    "sys.");

    boolean isType(String type) {
        return entry.type().equals(type);
    }

    boolean isDenied() {
        return isType("statement-intent") && entry.text("decision").equals("deny");
    }

    boolean isPermitted() {
        return isType("statement-intent") && entry.text("decision").equals("permit");
    }

    /// The tables and views that a statement works on, without the database's own: `select`,
    /// `insert` and so on; not its functions.
    ///
    /// @param action empty for any
    static Set<String> tables(Entry intent, String action) {
        var tables = new LinkedHashSet<String>();
        for (var words : intent.list("accesses")) {
            var access = Access.parse(words);
            if (!ON_ROWS.contains(access.action())
                    || !action.isEmpty() && !access.action().equals(action)) continue;
            var table = access.relation();
            if (SYSTEM.stream().noneMatch(table::startsWith)) tables.add(table);
        }
        return tables;
    }
}
