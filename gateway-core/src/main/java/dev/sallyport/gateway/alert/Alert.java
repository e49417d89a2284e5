package dev.sallyport.gateway.alert;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.config.AlertsFile.Severity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Something that a rule says. Holds what the log holds in clear, and less: no statement, no
/// literal, no row, no name of somebody unknown.
///
/// @param log its origin
/// @param sequence of the entry that made the rule speak; of something that only the process saw:
///   of the last entry before it
/// @param time of that entry
/// @param user empty for nobody or an unknown one
/// @param client an address without its port; empty when the alert isn't about one
/// @param summary a line for people
/// @param details by name: `String`, `Long`, or a list of strings
public record Alert(
        String log,
        long sequence,
        String time,
        String rule,
        String kind,
        Severity severity,
        String user,
        String client,
        String summary,
        Map<String, Object> details) {
    private static final int ID_BYTES = 16;

    public Alert {
        details = Map.copyOf(details);
    }

    /// The same for the same entry, rule and subject, however often it is sent.
    public String id() {
        try {
            var subject =
                    String.join("\n", log, "" + sequence, rule, user, client)
                            + (details.get("trouble") instanceof String t ? "\n" + t : "");
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(subject.getBytes(StandardCharsets.UTF_8));
            return "alert_" + HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// `{"data":{...},"timestamp":"...","type":"alert.denials"}`, canonical JSON.
    public byte[] json() {
        return new JsonWriter(1_024).value(members()).toByteArray();
    }

    Map<String, Object> members() {
        var data = new TreeMap<String, Object>();
        data.put("id", id());
        data.put("log", log);
        data.put("sequence", sequence);
        data.put("rule", rule);
        data.put("kind", kind);
        data.put("severity", word(severity));
        if (!user.isEmpty()) data.put("user", user);
        if (!client.isEmpty()) data.put("client", client);
        data.put("summary", summary);
        if (!details.isEmpty()) data.put("details", details);
        return Map.of("type", "alert." + kind, "timestamp", time, "data", data);
    }

    static Alert parse(byte[] json) throws FormatException {
        var whole = JsonReader.object(json, 0, json.length);
        if (!(whole.get("data") instanceof Map<?, ?> data)
                || !(data.get("sequence") instanceof Long sequence))
            throw new FormatException("no alert");
        var details = new TreeMap<String, Object>();
        if (data.get("details") instanceof Map<?, ?> map)
            map.forEach((k, v) -> details.put(String.valueOf(k), v));
        return new Alert(
                text(data, "log"),
                sequence,
                whole.get("timestamp") instanceof String time ? time : "",
                text(data, "rule"),
                text(data, "kind"),
                severity(text(data, "severity")),
                text(data, "user"),
                text(data, "client"),
                text(data, "summary"),
                details);
    }

    private static Severity severity(String word) throws FormatException {
        for (var severity : Severity.values()) if (word(severity).equals(word)) return severity;
        throw new FormatException("no severity");
    }

    private static String text(Map<?, ?> data, String member) {
        return data.get(member) instanceof String text ? text : "";
    }

    /// For people: `high denied-in-a-row dana: 5 denied statements within 10m (entry 17 of demo)`.
    public String line() {
        return "%-6s  %s  %s  (entry %d of %s)"
                .formatted(word(severity), rule, summary, sequence, log);
    }

    static String word(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
