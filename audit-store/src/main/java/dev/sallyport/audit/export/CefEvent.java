package dev.sallyport.audit.export;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.EntryText;
import java.time.Instant;
import java.util.List;

/// An entry in the Common Event Format, version 0:
/// `CEF:0|vendor|product|version|type|name|severity|` and the extension `key=value key=value`.
///
/// In the header `\` and `|` are escaped, in values of the extension `\`, `=` and line ends; other
/// control characters become `·`, since no escape is defined for them.
final class CefEvent {
    /// What receivers take at least, as ArcSight's connectors do; longer text is shortened.
    private static final int MAX_TEXT_CHARS = 1_023;

    private static final int LOW = 3;
    private static final int HIGH = 7;

    private final StringBuilder out = new StringBuilder(1_024);

    private CefEvent() {}

    static String of(Exported exported) {
        CefEvent event = new CefEvent();
        event.write(exported);
        return event.out.toString();
    }

    private void write(Exported exported) {
        Entry entry = exported.entry();
        Entry statement = exported.statement();
        boolean bad = entry.text("decision").equals("deny") || entry.type().equals("login-failed");
        out.append("CEF:0");
        for (String field :
                List.of(
                        "Sallyport",
                        "Sallyport",
                        "1",
                        entry.type(),
                        entry.type().replace('-', ' '),
                        Integer.toString(bad ? HIGH : LOW))) out.append('|').append(header(field));
        out.append('|');
        add("rt", Long.toString(Instant.parse(entry.time()).toEpochMilli()));
        add("externalId", Long.toString(entry.sequence()));
        add("dvchost", entry.writer());
        add("suser", exported.person());
        String client = statement.text("client");
        int colon = client.lastIndexOf(':');
        if (colon > 0) {
            String host = client.substring(0, colon).replaceAll("^\\[|]$", "");
            add(host.indexOf(':') < 0 ? "src" : "c6a2", host);
            if (host.indexOf(':') >= 0) add("c6a2Label", "Source IPv6 Address");
            add("spt", client.substring(colon + 1));
        }
        add("act", entry.text("decision"));
        add("outcome", entry.text("status"));
        add(
                "reason",
                entry.text("reason").isEmpty() ? entry.text("sqlState") : entry.text("reason"));
        if (entry.number("rows", -1) >= 0) add("cnt", Long.toString(entry.number("rows", 0)));
        custom(1, "leafHash", exported.leafHash());
        custom(2, "session", entry.text("session"));
        custom(3, "rules", String.join(",", entry.list("rules")));
        custom(4, "database", statement.text("database"));
        custom(5, "accesses", String.join("; ", entry.list("accesses")));
        custom(
                6,
                "statement",
                entry.number("statement", 0) == 0 ? "" : "" + entry.number("statement", 0));
        String sql = entry.text("sql");
        add("msg", sql.isEmpty() ? EntryText.what(entry).strip() : sql);
    }

    private void custom(int number, String label, String value) {
        if (value.isEmpty()) return;
        add("cs" + number + "Label", label);
        add("cs" + number, value);
    }

    private void add(String key, String value) {
        if (value.isEmpty()) return;
        if (out.charAt(out.length() - 1) != '|') out.append(' ');
        out.append(key).append('=').append(extension(value));
    }

    /// Line ends cannot be told in the header: a blank stands for them.
    static String header(String value) {
        return clean(value.replaceAll("[\\r\\n]+", " ")).replace("\\", "\\\\").replace("|", "\\|");
    }

    static String extension(String value) {
        String cut = value;
        if (value.length() > MAX_TEXT_CHARS) {
            int end = MAX_TEXT_CHARS - 1;
            if (Character.isHighSurrogate(value.charAt(end - 1))) end--;
            cut = value.substring(0, end) + "…";
        }
        return clean(
                cut.replace("\\", "\\\\")
                        .replace("=", "\\=")
                        .replace("\r", "\\r")
                        .replace("\n", "\\n"));
    }

    private static String clean(String value) {
        StringBuilder clean = new StringBuilder(value.length());
        value.codePoints()
                .forEach(c ->
                        clean.appendCodePoint(
                                Character.isISOControl(c)
                                                || c == '\u2028'
                                                || c == '\u2029'
                                                || Character.getType(c) == Character.SURROGATE
                                        ? '·'
                                        : c));
        return clean.toString();
    }
}
