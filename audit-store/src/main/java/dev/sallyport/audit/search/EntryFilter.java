package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What to look for; every condition that is set must hold. Empty strings ask for nothing.
///
/// @param table with or without its schema
/// @param column alone, or behind its table as `patients.ssn`
/// @param verdict `permit` or `deny`
/// @param text a part of the redacted statement, upper and lower case alike
/// @param type as `statement-intent`
/// @param from of the time of writing, inclusive; {@link Instant#MIN} for no bound
/// @param to of the time of writing, exclusive; {@link Instant#MAX} for no bound
/// @param lastSequence inclusive
public record EntryFilter(
        String user,
        String session,
        String database,
        String table,
        String column,
        String verdict,
        String rule,
        String kind,
        String type,
        String text,
        Instant from,
        Instant to,
        long firstSequence,
        long lastSequence) {

    public static final EntryFilter ALL =
            new EntryFilter(
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    Instant.MIN,
                    Instant.MAX,
                    1,
                    Long.MAX_VALUE);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /// Whether the conditions speak of statements, so that only intents can meet them.
    boolean asksForStatements() {
        return !(table + column + verdict + rule + kind + text).isEmpty();
    }

    /// @param person whose session the entry belongs to, where the entry does not say itself
    boolean matches(Entry entry, String person) {
        return entry.sequence() >= firstSequence
                && entry.sequence() <= lastSequence
                && isWithin(entry.time())
                && is(type, entry.type())
                && is(session, entry.text("session"))
                && is(user, entry.text("user").isEmpty() ? person : entry.text("user"))
                && is(database, entry.text("database"))
                && is(verdict, entry.text("decision"))
                && isSame(kind, entry.text("kind"))
                && (rule.isEmpty() || entry.list("rules").contains(rule))
                && (text.isEmpty() || lower(entry.text("sql")).contains(lower(text)))
                && (table.isEmpty() && column.isEmpty()
                        || entry.list("accesses").stream().anyMatch(this::isAccess));
    }

    private boolean isWithin(String time) {
        return (from.equals(Instant.MIN) || time.compareTo(TIME.format(from)) >= 0)
                && (to.equals(Instant.MAX) || time.compareTo(TIME.format(to)) < 0);
    }

    private boolean isAccess(String access) {
        Access parsed = Access.parse(access);
        if (!table.isEmpty() && !parsed.isTable(table)) return false;
        if (column.isEmpty()) return true;
        int dot = column.lastIndexOf('.');
        if (dot > 0 && !parsed.isTable(column.substring(0, dot))) return false;
        return parsed.columns.contains(lower(column.substring(dot + 1)));
    }

    private static boolean is(String wanted, String found) {
        return wanted.isEmpty() || wanted.equals(found);
    }

    private static boolean isSame(String wanted, String found) {
        return wanted.isEmpty() || wanted.equalsIgnoreCase(found);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /// `select public.patients (id, last_name)`, taken apart.
    private record Access(String relation, List<String> columns) {
        static Access parse(String access) {
            String head = access;
            List<String> columns = new ArrayList<>();
            int open = access.indexOf('(');
            if (open >= 0) {
                head = access.substring(0, open);
                String inside = access.substring(open + 1).replaceFirst("\\).*$", "");
                for (String column : inside.split(",")) columns.add(lower(column.strip()));
            }
            String stripped = head.strip();
            int via = stripped.indexOf(" via ");
            if (via > 0) stripped = stripped.substring(0, via);
            return new Access(lower(stripped.substring(stripped.lastIndexOf(' ') + 1)), columns);
        }

        boolean isTable(String wanted) {
            String name = lower(wanted);
            return relation.equals(name) || relation.endsWith("." + name);
        }
    }
}
