package dev.sallyport.audit.search;

import java.util.ArrayList;
import java.util.List;

/// `select public.patients (id, last_name)` of an intent's accesses, taken apart; in lower case.
///
/// @param columns empty when the access is of the whole relation
public record Access(String action, String relation, List<String> columns) {
    public static Access parse(String access) {
        String head = access;
        List<String> columns = new ArrayList<>();
        int open = access.indexOf('(');
        if (open >= 0) {
            head = access.substring(0, open);
            String inside = access.substring(open + 1).replaceFirst("\\).*$", "");
            for (String column : inside.split(",")) columns.add(Criterion.lower(column.strip()));
        }
        String stripped = head.strip();
        int via = stripped.indexOf(" via ");
        if (via > 0) stripped = stripped.substring(0, via);
        int blank = stripped.lastIndexOf(' ');
        return new Access(
                Criterion.lower(stripped.substring(0, Math.max(blank, 0)).strip()),
                Criterion.lower(stripped.substring(blank + 1)),
                columns);
    }

    /// @param wanted with or without its schema
    boolean isTable(String wanted) {
        String name = Criterion.lower(wanted);
        return relation.equals(name) || relation.endsWith("." + name);
    }

    /// @param table with or without its schema; empty for any, as the others
    /// @param column alone, or behind its table as `patients.ssn`
    boolean is(String action, String table, String column) {
        if (!action.isEmpty() && !this.action.equals(Criterion.lower(action))) return false;
        if (!table.isEmpty() && !isTable(table)) return false;
        if (column.isEmpty()) return true;
        int dot = column.lastIndexOf('.');
        if (dot > 0 && !isTable(column.substring(0, dot))) return false;
        return columns.contains(Criterion.lower(column.substring(dot + 1)));
    }
}
