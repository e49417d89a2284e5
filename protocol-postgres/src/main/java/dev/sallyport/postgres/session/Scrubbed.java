package dev.sallyport.postgres.session;

import dev.sallyport.postgres.message.Diagnostic;
import dev.sallyport.sql.rewrite.RewrittenText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is left of an error or notice of the server's that may quote what the person may not see:
/// severity and SQLSTATE, where it happened in the server's own code, the names of the constraint
/// that failed, and a position in the client's text. Everything else is a fixed text by SQLSTATE.
///
/// Errors of understanding the text (class 42, with a position) are raised before a row is read,
/// and keep their words.
final class Scrubbed {
    private static final char SCHEMA = 's';
    private static final char TABLE = 't';
    private static final char COLUMN = 'c';
    private static final char DATA_TYPE = 'd';
    private static final char CONSTRAINT = 'n';
    private static final char FILE = 'F';
    private static final char LINE = 'L';
    private static final char ROUTINE = 'R';
    private static final char CONTEXT = 'W';
    private static final char INTERNAL_QUERY = 'q';

    private static final String NO_RIGHT = "42501";
    private static final String UNGROUPED = "42803";

    private static final Map<String, String> TEXTS =
            Map.ofEntries(
                    Map.entry("22001", "value too long for its type"),
                    Map.entry("22003", "numeric value out of range"),
                    Map.entry("22007", "invalid date or time format"),
                    Map.entry("22008", "date or time out of range"),
                    Map.entry("22012", "division by zero"),
                    Map.entry("22023", "invalid parameter value"),
                    Map.entry("22P02", "invalid input syntax"),
                    Map.entry("22P03", "invalid binary representation"),
                    Map.entry("21000", "a subquery used as an expression returned several rows"),
                    Map.entry("23502", "null value violates a not-null constraint"),
                    Map.entry("23503", "foreign key constraint violated"),
                    Map.entry("23505", "duplicate key value violates a unique constraint"),
                    Map.entry("23514", "check constraint violated"),
                    Map.entry("23P01", "exclusion constraint violated"),
                    Map.entry("25006", "cannot be executed in a read-only transaction"),
                    Map.entry("25P01", "there is no transaction in progress"),
                    Map.entry(
                            "25P02",
                            "current transaction is aborted, commands ignored until end of"
                                    + " transaction block"),
                    Map.entry("26000", "prepared statement does not exist"),
                    Map.entry("34000", "cursor or portal does not exist"),
                    Map.entry("40001", "could not serialize access: try again"),
                    Map.entry("40P01", "deadlock detected"),
                    Map.entry("42501", "permission denied"),
                    Map.entry("53100", "disk full"),
                    Map.entry("53200", "out of memory"),
                    Map.entry("53300", "too many connections"),
                    Map.entry("54001", "statement too complex"),
                    Map.entry("55P03", "lock not available"),
                    Map.entry("57014", "canceling statement due to user request or timeout"),
                    Map.entry("57P01", "terminating connection due to administrator command"),
                    Map.entry("57P02", "terminating connection because of a crash"),
                    Map.entry("57P05", "terminating connection due to idle-session timeout"));

    private Scrubbed() {}

    /// @param text what the server was given in place of the client's text; null: the client's own
    static Diagnostic of(Diagnostic diagnostic, @Nullable RewrittenText text) {
        Map<Character, String> fields = diagnostic.fields();
        Map<Character, String> kept = new LinkedHashMap<>();
        keep(fields, kept, Diagnostic.SEVERITY);
        keep(fields, kept, Diagnostic.SEVERITY_NOT_LOCALIZED);
        keep(fields, kept, Diagnostic.SQL_STATE);
        if (isOfTheTextAlone(diagnostic)) {
            keep(fields, kept, Diagnostic.MESSAGE);
            keep(fields, kept, Diagnostic.DETAIL);
            keep(fields, kept, Diagnostic.HINT);
            if (diagnostic.sqlState().equals(UNGROUPED))
                kept.put(
                        Diagnostic.HINT,
                        "Masked or filtered tables have no primary key here: name every column in"
                                + " GROUP BY, also in a view's query.");
        } else if (isOfARight(diagnostic)) {
            keep(fields, kept, Diagnostic.MESSAGE);
            kept.put(
                    Diagnostic.HINT,
                    "Masked or filtered tables are read with the gateway's own role, through views,"
                            + " too: grant it SELECT on the table.");
        } else {
            kept.put(Diagnostic.MESSAGE, message(diagnostic));
            kept.put(
                    Diagnostic.DETAIL,
                    "The server's message is withheld: it can quote what is masked or filtered for"
                            + " you.");
        }
        position(fields, kept, text);
        // Whoever writes a function can raise any of these; the server itself means names by them.
        if (diagnostic.sqlState().startsWith("23") && !fields.containsKey(CONTEXT)) {
            keep(fields, kept, SCHEMA);
            keep(fields, kept, TABLE);
            keep(fields, kept, COLUMN);
            keep(fields, kept, DATA_TYPE);
            keep(fields, kept, CONSTRAINT);
        }
        keep(fields, kept, FILE);
        keep(fields, kept, LINE);
        keep(fields, kept, ROUTINE);
        return new Diagnostic(kept);
    }

    private static boolean isOfTheTextAlone(Diagnostic diagnostic) {
        Map<Character, String> fields = diagnostic.fields();
        return diagnostic.sqlState().startsWith("42")
                && fields.containsKey(Diagnostic.POSITION)
                && !fields.containsKey(CONTEXT)
                && !fields.containsKey(INTERNAL_QUERY);
    }

    /// The server itself names an object that the gateway's role may not use. What functions of
    /// users' raise comes from another place in the server.
    private static boolean isOfARight(Diagnostic diagnostic) {
        Map<Character, String> fields = diagnostic.fields();
        return diagnostic.sqlState().equals(NO_RIGHT)
                && "aclcheck_error".equals(fields.get(ROUTINE))
                && !fields.containsKey(CONTEXT)
                && !fields.containsKey(INTERNAL_QUERY);
    }

    private static String message(Diagnostic diagnostic) {
        String text = TEXTS.get(diagnostic.sqlState());
        if (text != null) return text;
        return switch (diagnostic.severity()) {
            case "ERROR", "FATAL", "PANIC" -> "the statement failed";
            default -> "a message of the server's";
        };
    }

    private static void position(
            Map<Character, String> fields,
            Map<Character, String> kept,
            @Nullable RewrittenText text) {
        String position = fields.get(Diagnostic.POSITION);
        if (position == null) return;
        if (text == null) {
            kept.put(Diagnostic.POSITION, position);
            return;
        }
        int original;
        try {
            original = text.originalPosition(Integer.parseInt(position));
        } catch (NumberFormatException _) {
            return;
        }
        if (original > 0) kept.put(Diagnostic.POSITION, Integer.toString(original));
    }

    private static void keep(Map<Character, String> from, Map<Character, String> to, char letter) {
        String text = from.get(letter);
        if (text != null) to.put(letter, text);
    }
}
