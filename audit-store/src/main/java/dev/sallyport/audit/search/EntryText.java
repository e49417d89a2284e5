package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.util.List;
import java.util.Locale;

/// Words entries for people, one calm line each. Remembers whose session is whose, since outcomes
/// name the session only. Whatever came from a client is shown without control and formatting
/// characters: a statement must not be able to paint over the auditor's screen.
public final class EntryText {
    private static final int STATEMENT_CHARS = 160;

    private final People people = new People();

    /// Learns from the entry; to be called for every entry in order.
    public void follow(Entry entry) {
        people.follow(entry);
    }

    /// Who the entry is about; empty when it says nobody.
    String person(Entry entry) {
        return people.person(entry);
    }

    /// As `2026-11-23 05:17:59.123Z #1042 dora permit SELECT id FROM patients [developers]`.
    public String line(Entry entry) {
        String person = person(entry);
        return time(entry)
                + "  #"
                + entry.sequence()
                + "  "
                + (person.isEmpty() ? "-" : printable(person))
                + "  "
                + what(entry);
    }

    static String time(Entry entry) {
        return entry.time().substring(0, 10) + " " + entry.time().substring(11, 23) + "Z";
    }

    /// What happened, without when and who.
    public static String what(Entry entry) {
        return switch (entry.type()) {
            case "statement-intent" -> intent(entry);
            case "statement-outcome" -> "  " + outcome(entry);
            case "result-counted" ->
                    "  counted: "
                            + plural(entry.number("rows", 0), "row")
                            + ", "
                            + size(entry.number("bytes", 0))
                            + rules(entry);
            case "login-failed" ->
                    "login failed from " + shown(entry, "client") + ": " + shown(entry, "reason");
            case "login-succeeded" ->
                    "logged in from "
                            + shown(entry, "client")
                            + " by "
                            + shown(entry, "method")
                            + roles(entry);
            case "session-started" ->
                    "session started on "
                            + shown(entry, "database")
                            + " from "
                            + shown(entry, "client")
                            + optional(" with ", entry, "applicationName");
            case "session-ended" ->
                    "session ended: "
                            + shown(entry, "cause")
                            + " ("
                            + plural(entry.number("statements", 0), "statement")
                            + ", "
                            + size(entry.number("bytes", 0))
                            + ", "
                            + entry.number("seconds", 0)
                            + " s)";
            case "purpose-declared" ->
                    entry.text("purpose").isEmpty()
                            ? "session for no purpose any more"
                            : "session for "
                                    + shown(entry, "purpose")
                                    + optional(", ticket ", entry, "ticket");
            case "cancel-requested" ->
                    "cancel requested from "
                            + shown(entry, "client")
                            + (Boolean.TRUE.equals(entry.event().get("matched"))
                                    ? ""
                                    : ", no such session");
            case "policy-loaded" ->
                    "policy "
                            + brief(entry.text("version"))
                            + " in force"
                            + signed(entry)
                            + changes(entry.list("changes"));
            case "policy-proposed" ->
                    "policy "
                            + brief(entry.text("version"))
                            + " proposed by "
                            + shown(entry, "author")
                            + optional(" at ", entry, "proposed");
            case "policy-approved" ->
                    "policy "
                            + brief(entry.text("version"))
                            + " approved by "
                            + shown(entry, "approver");
            case "policy-rejected" ->
                    "policy rejected, the old one stays: "
                            + printable(String.join("; ", entry.list("errors")));
            case "gateway-started" ->
                    "gateway "
                            + shown(entry, "gateway")
                            + " started, version "
                            + shown(entry, "softwareVersion");
            case "gateway-stopped" ->
                    "gateway " + shown(entry, "gateway") + " stopped: " + shown(entry, "cause");
            case "account-changed" ->
                    shown(entry, "change")
                            + ", by "
                            + shown(entry, "by")
                            + changes(entry.list("details"));
            case "state-change-refused" ->
                    "refused: " + shown(entry, "change") + ": " + shown(entry, "reason");
            case "state-change-failed" ->
                    "perhaps not done: " + shown(entry, "change") + ": " + shown(entry, "reason");
            case "log-read" ->
                    "read the log: "
                            + shown(entry, "command")
                            + " ("
                            + plural(entry.number("entries", 0), "entry", "entries")
                            + ")";
            case "recovered" ->
                    "log recovered at sequence "
                            + entry.number("lastSequence", 0)
                            + ", "
                            + plural(entry.number("droppedBytes", 0), "torn byte")
                            + " dropped";
            case "log-key" ->
                    (entry.text("previousKey").isEmpty() ? "log key " : "log key changed to ")
                            + shown(entry, "key");
            case "heartbeat" -> "idle for " + entry.number("idleSeconds", 0) + " s";
            // A newer gateway wrote it: show what it is rather than hide that it is there.
            default -> printable(entry.type() + " " + entry.event());
        };
    }

    private static String intent(Entry entry) {
        boolean denied = !entry.text("decision").equals("permit");
        return (denied ? "DENY" : "permit")
                + "  "
                + statement(entry)
                + (denied ? optional("  because ", entry, "reason") : "")
                + rules(entry);
    }

    /// The redacted statement, or what else is known of it.
    static String statement(Entry entry) {
        String sql = entry.text("sql");
        if (sql.isEmpty()) {
            String message = entry.text("protocolMessage");
            return "("
                    + (message.isEmpty() ? "statement" : printable(message))
                    + " not understood)";
        }
        return shorten(printable(sql));
    }

    /// As `3 rows, 120 B, 0.9 ms` or `failed 42P01`.
    static String outcome(Entry entry) {
        String status = entry.text("status");
        String sqlState = entry.text("sqlState");
        StringBuilder text = new StringBuilder(printable(status));
        if (!sqlState.isEmpty()) text.append(' ').append(printable(sqlState));
        String limit = entry.text("limit");
        if (!limit.isEmpty()) text.append(" by the limit of ").append(printable(limit));
        if (status.equals("unknown") || status.equals("skipped")) return text.toString();
        long rows = entry.number("rows", -1);
        if (rows >= 0) text.append(", ").append(plural(rows, "row"));
        long bytes = entry.number("bytes", 0);
        if (bytes > 0) text.append(", ").append(size(bytes));
        return text.append(", ")
                .append(String.format(Locale.ROOT, "%.1f ms", entry.number("micros", 0) / 1000.0))
                .toString();
    }

    private static String rules(Entry entry) {
        List<String> rules = entry.list("rules");
        return rules.isEmpty() ? "" : "  [" + printable(String.join(", ", rules)) + "]";
    }

    private static String roles(Entry entry) {
        List<String> roles = entry.list("roles");
        return roles.isEmpty() ? "" : " as " + printable(String.join(", ", roles));
    }

    private static String signed(Entry entry) {
        if (entry.text("set").isEmpty()) return "";
        return ", of "
                + shown(entry, "author")
                + ", approved by "
                + printable(String.join(", ", entry.list("approvers")));
    }

    private static String changes(List<String> changes) {
        return changes.isEmpty() ? "" : ": " + printable(String.join("; ", changes));
    }

    private static String optional(String before, Entry entry, String member) {
        String text = entry.text(member);
        return text.isEmpty() ? "" : before + printable(text);
    }

    private static String shown(Entry entry, String member) {
        String text = entry.text(member);
        return text.isEmpty() ? "?" : printable(text);
    }

    private static String brief(String version) {
        return printable(version.length() > 12 ? version.substring(0, 12) : version);
    }

    private static String plural(long count, String one) {
        return plural(count, one, one + "s");
    }

    private static String plural(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private static String size(long bytes) {
        if (bytes < 1024) return bytes + " B";
        if (bytes < 1024 * 1024) return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024));
    }

    private static String shorten(String text) {
        if (text.length() <= STATEMENT_CHARS) return text;
        int end = Character.isHighSurrogate(text.charAt(STATEMENT_CHARS - 2)) ? 2 : 1;
        return text.substring(0, STATEMENT_CHARS - end) + "…";
    }

    /// White space becomes single blanks; control, formatting (bidirectional overrides among them)
    /// and unassigned characters become `·`.
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .forEach(point -> {
                    if (point == ' ' || point == '\n' || point == '\t' || point == '\r') {
                        if (shown.isEmpty() || shown.charAt(shown.length() - 1) != ' ')
                            shown.append(' ');
                    } else if (isShown(point)) {
                        shown.appendCodePoint(point);
                    } else {
                        shown.append('·');
                    }
                });
        return shown.toString().strip();
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
