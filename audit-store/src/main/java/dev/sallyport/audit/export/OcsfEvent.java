package dev.sallyport.audit.export;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.Access;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// An entry as an event of the Open Cybersecurity Schema Framework 1.3: what sessions and
/// statements do is Datastore Activity (6005), what logins do Authentication (3002), and what is
/// neither a Base Event (0). Whatever has no place there is in `unmapped`.
final class OcsfEvent {
    static final String VERSION = "1.3.0";

    private static final int DATASTORE = 6005;
    private static final int AUTHENTICATION = 3002;
    private static final int BASE = 0;
    private static final int OTHER = 99;
    private static final int CATEGORY = 1_000;
    private static final int TYPE = 100;

    private static final int CONNECT = 3;
    private static final int LOGON = 1;
    private static final int LOGOFF = 2;

    private OcsfEvent() {}

    static Map<String, Object> of(Exported exported) {
        Entry entry = exported.entry();
        Map<String, Object> event = new TreeMap<>();
        switch (entry.type()) {
            case "statement-intent", "statement-outcome" -> statement(event, exported);
            case "session-started" -> datastore(event, exported, CONNECT);
            case "session-ended" -> authentication(event, exported, LOGOFF);
            case "login-succeeded", "login-failed" -> authentication(event, exported, LOGON);
            // Also what a newer gateway wrote.
            default -> base(event, exported);
        }
        event.put("time", Instant.parse(entry.time()).toEpochMilli());
        event.put("metadata", metadata(entry));
        event.put("unmapped", unmapped(exported));
        return event;
    }

    private static void classify(Map<String, Object> event, int classUid, int activity) {
        event.put("class_uid", classUid);
        event.put("category_uid", classUid / CATEGORY);
        event.put("activity_id", activity);
        event.put("type_uid", classUid * TYPE + activity);
    }

    private static void statement(Map<String, Object> event, Exported exported) {
        Entry statement = exported.statement();
        boolean outcome = exported.entry().type().equals("statement-outcome");
        boolean denied = statement.text("decision").equals("deny");
        datastore(event, exported, activity(statement.text("kind")));
        if (!statement.text("sql").isEmpty())
            event.put(
                    "query_info",
                    Map.of("query_string", statement.text("sql"), "uid", correlation(statement)));
        var tables = statement.list("accesses").stream().map(Access::parse).toList();
        if (!tables.isEmpty()) put(event, "table", "name", tables.getFirst().relation());
        if (!outcome) {
            // Profile security_control: 1 Allowed, 2 Denied; 1 Allowed, 2 Blocked.
            event.put("action_id", denied ? 2 : 1);
            event.put("disposition_id", denied ? 2 : 1);
            text(event, "status_detail", statement.text("reason"));
        }
        event.put("severity_id", denied ? 3 : 1);
        String status = exported.entry().text("status");
        event.put(
                "status_id",
                denied || status.equals("failed") ? 2 : status.equals("completed") ? 1 : 0);
        text(event, "status_code", exported.entry().text("sqlState"));
        if (outcome) event.put("duration", exported.entry().number("micros", 0) / 1_000);
    }

    private static int activity(String kind) {
        return switch (kind.toUpperCase(Locale.ROOT)) {
            case "SELECT", "TABLE", "VALUES", "FETCH", "EXECUTE" -> 4;
            case "UPDATE" -> 2;
            case "INSERT", "MERGE", "COPY" -> 5;
            case "DELETE", "TRUNCATE", "DROP" -> 7;
            case "" -> 0;
            default -> kind.toUpperCase(Locale.ROOT).startsWith("CREATE") ? 6 : OTHER;
        };
    }

    private static void datastore(Map<String, Object> event, Exported exported, int activity) {
        Entry statement = exported.statement();
        classify(event, DATASTORE, activity);
        if (activity == OTHER) event.put("activity_name", statement.text("kind"));
        event.put("severity_id", 1);
        event.put("actor", Map.of("user", user(exported.person()), "session", session(statement)));
        event.put("src_endpoint", endpoint(statement.text("client")));
        String database = statement.text("database");
        event.put(
                "database",
                Map.of(
                        "name",
                        database.isEmpty() ? "unknown" : database,
                        "type",
                        "Relational",
                        "type_id",
                        1));
        event.put("type_id", 1);
    }

    private static void authentication(Map<String, Object> event, Exported exported, int activity) {
        Entry entry = exported.entry();
        classify(event, AUTHENTICATION, activity);
        boolean failed = entry.type().equals("login-failed");
        event.put("severity_id", failed ? 2 : 1);
        event.put("status_id", failed ? 2 : 1);
        text(event, "status_detail", failed ? entry.text("reason") : entry.text("cause"));
        event.put("user", user(exported.person()));
        event.put("session", session(entry));
        event.put("service", Map.of("name", entry.writer()));
        if (!entry.text("client").isEmpty())
            event.put("src_endpoint", endpoint(entry.text("client")));
        text(event, "auth_protocol", entry.text("method"));
        // 99: Other, named by auth_protocol; there is none for SCRAM.
        if (!entry.text("method").isEmpty()) event.put("auth_protocol_id", OTHER);
    }

    private static void base(Map<String, Object> event, Exported exported) {
        classify(event, BASE, OTHER);
        event.put("activity_name", exported.entry().type());
        event.put("severity_id", 1);
    }

    private static Map<String, Object> user(String person) {
        return Map.of(
                "name", person.isEmpty() ? "unknown" : person, "type_id", person.isEmpty() ? 0 : 1);
    }

    private static Map<String, Object> session(Entry entry) {
        String id = entry.text("session");
        return id.isEmpty() ? Map.of() : Map.of("uid", id);
    }

    /// Of `10.0.0.5:4711`.
    private static Map<String, Object> endpoint(String client) {
        int colon = client.lastIndexOf(':');
        if (colon < 0 || !client.substring(colon + 1).matches("[0-9]{1,5}"))
            return Map.of("name", client.isEmpty() ? "unknown" : client);
        String host = client.substring(0, colon).replaceAll("^\\[|]$", "");
        return Map.of("ip", host, "port", Long.parseLong(client.substring(colon + 1)));
    }

    private static Map<String, Object> metadata(Entry entry) {
        Map<String, Object> metadata = new TreeMap<>();
        metadata.put("version", VERSION);
        metadata.put("product", Map.of("name", "Sallyport", "vendor_name", "Sallyport"));
        metadata.put("log_name", "audit");
        metadata.put("log_provider", entry.writer());
        metadata.put("event_code", entry.type());
        metadata.put("sequence", entry.sequence());
        metadata.put("uid", entry.writer() + "#" + entry.sequence());
        if (entry.type().equals("statement-intent"))
            metadata.put("profiles", List.of("security_control"));
        if (!entry.text("session").isEmpty()) metadata.put("correlation_uid", correlation(entry));
        return metadata;
    }

    /// What a statement's intent and outcome have in common.
    private static String correlation(Entry entry) {
        return entry.text("session") + "#" + entry.number("statement", 0);
    }

    private static Map<String, Object> unmapped(Exported exported) {
        Map<String, Object> unmapped = new TreeMap<>(exported.entry().event());
        unmapped.keySet()
                .removeAll(new ArrayList<>(List.of("sql", "session", "database", "client")));
        unmapped.put("leaf_hash", exported.leafHash());
        unmapped.put("prev_leaf_hash", exported.entry().prev());
        return unmapped;
    }

    private static void text(Map<String, Object> into, String name, String value) {
        if (!value.isEmpty()) into.put(name, value);
    }

    private static void put(Map<String, Object> into, String object, String name, String value) {
        if (!value.isEmpty()) into.put(object, Map.of(name, value));
    }
}
