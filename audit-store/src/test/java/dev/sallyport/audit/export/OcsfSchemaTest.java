package dev.sallyport.audit.export;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is exported, against the published schema of OCSF 1.3.0: every attribute is one of its
/// class, of its type, with a value that there is; nothing that is required is missing.
class OcsfSchemaTest {
    private static final Map<Long, String> CLASSES =
            Map.of(6005L, "datastore_activity", 3002L, "authentication", 0L, "base_event");

    private final Map<String, Object> schema = schema();

    private static Map<String, Object> schema() {
        try (var in = OcsfSchemaTest.class.getResourceAsStream("ocsf-1.3.0.json")) {
            String lines = new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            byte[] text = lines.replace("\n", "").getBytes(StandardCharsets.UTF_8);
            return JsonReader.object(text, 0, text.length);
        } catch (java.io.IOException | dev.sallyport.audit.format.FormatException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everythingExportedIsAsTheSchemaSays() throws Exception {
        Entry permitted = statement("SELECT", "permit");
        List<String> flaws = new ArrayList<>();
        for (String kind :
                List.of("SELECT", "UPDATE", "INSERT", "DELETE", "CREATE TABLE", "GRANT", ""))
            for (String decision : List.of("permit", "deny"))
                check(exported(statement(kind, decision), null), flaws);
        for (String status : List.of("completed", "failed", "cancelled", "unknown"))
            check(
                    exported(
                            entry(
                                    "statement-outcome",
                                    Map.of(
                                            "session", "s1",
                                            "statement", 3L,
                                            "status", status,
                                            "sqlState", "42501",
                                            "micros", 5_000L,
                                            "rows", 2L,
                                            "bytes", 10L)),
                            permitted),
                    flaws);
        for (String type :
                List.of(
                        "session-started",
                        "session-ended",
                        "login-failed",
                        "login-succeeded",
                        "policy-loaded",
                        "log-pruned",
                        "of-a-later-version")) {
            check(exported(entry(type, Map.of()), null), flaws);
            check(
                    exported(
                            entry(
                                    type,
                                    Map.of(
                                            "client", "[::1]:5",
                                            "method", "SCRAM-SHA-256",
                                            "reason", "refused",
                                            "session", "s2",
                                            "user", "dana")),
                            null),
                    flaws);
        }
        assertThat(flaws).isEmpty();
    }

    private static Entry statement(String kind, String decision) {
        return entry(
                "statement-intent",
                Map.of(
                        "session",
                        "s1",
                        "user",
                        "dana",
                        "client",
                        "10.0.0.5:4711",
                        "database",
                        "clinic",
                        "statement",
                        3L,
                        "sql",
                        "SELECT city FROM patients WHERE id = ?",
                        "kind",
                        kind,
                        "accesses",
                        List.of("select public.patients (city, id)"),
                        "decision",
                        decision,
                        "reason",
                        decision.equals("deny") ? "not granted" : ""));
    }

    private static Entry entry(String type, Map<String, Object> event) {
        return new Entry(
                1,
                new TreeMap<>(event),
                Entry.FIRST_PREV,
                7,
                "2026-11-23T05:00:00.000000Z",
                type,
                "gw-1");
    }

    private static Exported exported(Entry entry, @Nullable Entry intent) {
        return Exported.of(entry, entry.encode(), intent, "dana");
    }

    private void check(Exported exported, List<String> flaws) throws Exception {
        byte[] line = new JsonWriter(1_024).value(OcsfEvent.of(exported)).toByteArray();
        Map<String, Object> event = JsonReader.object(line, 0, line.length);
        String name = CLASSES.get((Long) requireNonNull(event.get("class_uid")));
        assertThat(name).isNotNull();
        var profiles =
                event.get("metadata") instanceof Map<?, ?> metadata
                                && metadata.get("profiles") instanceof List<?> list
                        ? list
                        : List.of();
        check(requireNonNull(name), name + ": ", event, profiles, flaws);
    }

    private void check(
            String type, String at, Map<?, ?> value, List<?> profiles, List<String> flaws) {
        Map<?, ?> shape = (Map<?, ?>) requireNonNull(schema.get(type), type);
        Map<?, ?> attributes = (Map<?, ?>) requireNonNull(shape.get("attributes"));
        attributes.forEach((name, facts) -> {
            Map<?, ?> attribute = (Map<?, ?>) facts;
            boolean applies =
                    attribute.get("profile") == null || profiles.contains(attribute.get("profile"));
            boolean required = Boolean.TRUE.equals(attribute.get("required"));
            if (required && applies && !value.containsKey(name))
                flaws.add(at + name + " is missing");
            if (!applies && value.containsKey(name))
                flaws.add(at + name + " is of a profile that is not named");
        });
        if (shape.get("atLeastOne") instanceof List<?> one
                && one.stream().noneMatch(value::containsKey))
            flaws.add(at + "needs one of " + one);
        value.forEach((name, each) -> {
            if (!(attributes.get(name) instanceof Map<?, ?> attribute))
                flaws.add(at + name + " is no attribute");
            else check(attribute, at + name, each, profiles, flaws);
        });
    }

    private void check(
            Map<?, ?> attribute,
            String at,
            @Nullable Object value,
            List<?> profiles,
            List<String> flaws) {
        String type = String.valueOf(attribute.get("type"));
        boolean isOf =
                switch (type) {
                    case "integer_t", "long_t", "timestamp_t", "port_t" -> value instanceof Long;
                    case "string_t", "ip_t", "hostname_t", "username_t", "uuid_t" ->
                            Boolean.TRUE.equals(attribute.get("array"))
                                    ? value instanceof List<?>
                                    : value instanceof String;
                    case "boolean_t" -> value instanceof Boolean;
                    default -> value instanceof Map<?, ?>;
                };
        if (!isOf) flaws.add(at + " is not of the type " + type);
        if (attribute.get("enum") instanceof List<?> values && !values.contains(value))
            flaws.add(at + " may not be " + value);
        // `unmapped` takes anything.
        if (value instanceof Map<?, ?> object && schema.containsKey(type) && !type.equals("object"))
            check(type, at + ".", object, profiles, flaws);
    }
}
