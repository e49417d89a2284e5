package dev.sallyport.audit;

import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.format.Leaf;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What belongs to an event and only auditors may read: sealed to them in the entry, or, where the
/// log has no recipients, not kept at all. Empty members are left out.
///
/// Longer ones are cut: the text of a statement, each parameter, all parameters and all messages
/// have their limits. What was cut is told with its length and SHA-256.
///
/// @param sql as it came
/// @param parameters as they came
/// @param messages of the server: error, notices
/// @param names of the client's choice that are no objects': the unknown user, the application
/// @param boundBy number of the statement of the same session that has the parameters; 0 when they
///   are here, or there are none
public record Confidential(
        String sql,
        List<Parameter> parameters,
        List<String> messages,
        Map<String, String> names,
        long boundBy) {
    public static final Confidential NONE = new Confidential("", List.of(), List.of(), Map.of(), 0);

    /// In JSON, quotes included.
    static final int MAX_SQL_BYTES = 16 * 1024;

    /// Of a parameter's text, or of its bytes before base64.
    static final int MAX_PARAMETER_BYTES = 2 * 1024;

    /// Of all parameters together, in JSON.
    static final int MAX_PARAMETERS_BYTES = 10 * 1024;

    static final int MAX_MESSAGES_BYTES = 4 * 1024;
    static final int MAX_NAME_BYTES = 512;

    /// Leaves a third of the entry for what is in clear.
    static final int MAX_BYTES = 33 * 1024;

    public Confidential {
        parameters = List.copyOf(parameters);
        messages = List.copyOf(messages);
        names = Map.copyOf(names);
    }

    public static Confidential sql(String sql) {
        return new Confidential(sql, List.of(), List.of(), Map.of(), 0);
    }

    public static Confidential statement(String sql, List<Parameter> parameters) {
        return new Confidential(sql, parameters, List.of(), Map.of(), 0);
    }

    public static Confidential messages(List<String> messages) {
        return new Confidential("", List.of(), messages, Map.of(), 0);
    }

    public static Confidential names(Map<String, String> names) {
        return new Confidential("", List.of(), List.of(), names, 0);
    }

    public boolean isEmpty() {
        return sql.isEmpty()
                && parameters.isEmpty()
                && messages.isEmpty()
                && names.isEmpty()
                && boundBy == 0;
    }

    /// A parameter's value as the client sent it.
    public sealed interface Parameter {
        record Null() implements Parameter {}

        record Text(String value) implements Parameter {
            @Override
            public String toString() {
                return "Text[" + value.length() + " characters]";
            }
        }

        record Binary(byte[] value) implements Parameter {
            @Override
            public String toString() {
                return "Binary[" + value.length + " bytes]";
            }
        }

        /// Too long for the gateway to have kept it; of the last one that began to come, and those
        /// behind it, the length may be unknown.
        ///
        /// @param bytes -1 when it isn't known
        record Passed(long bytes) implements Parameter {}
    }

    /// Writes the members in their order, at most {@link #MAX_BYTES}.
    void encode(JsonWriter out) {
        out.reset();
        Map<String, Object> members = new HashMap<>();
        Map<String, Object> cuts = new HashMap<>();
        if (boundBy != 0) members.put("boundBy", boundBy);
        names.forEach((name, value) -> text(name, value, MAX_NAME_BYTES, members, cuts));
        if (!messages.isEmpty()) list("messages", messages, MAX_MESSAGES_BYTES, members, cuts);
        if (!parameters.isEmpty()) {
            List<Object> values = new ArrayList<>(parameters.size());
            for (Parameter parameter : parameters) values.add(json(parameter));
            list("parameters", values, MAX_PARAMETERS_BYTES, members, cuts);
        }
        if (!sql.isEmpty()) text("sql", sql, MAX_SQL_BYTES, members, cuts);
        if (!cuts.isEmpty()) members.put("cut", cuts);
        out.value(members);
        if (out.length() > MAX_BYTES)
            throw new IllegalArgumentException("too much to be sealed: " + out.length());
    }

    private static void text(
            String name,
            String value,
            int maxBytes,
            Map<String, Object> members,
            Map<String, Object> cuts) {
        String kept = fits(value, maxBytes) ? value : EventEncoder.prefix(value, maxBytes);
        members.put(name, kept);
        if (kept.length() < value.length()) cuts.put(name, EventEncoder.cut(value));
    }

    /// Without a look at the characters, where that is enough: six bytes each at most.
    private static boolean fits(String value, int maxBytes) {
        return 6L * value.length() + 2 <= maxBytes;
    }

    private static void list(
            String name,
            List<?> values,
            int maxBytes,
            Map<String, Object> members,
            Map<String, Object> cuts) {
        List<Object> kept = new ArrayList<>(values.size());
        JsonWriter measure = new JsonWriter(256);
        int left = maxBytes;
        for (Object value : values) {
            Object shown = value;
            if (value instanceof String text && !fits(text, left))
                shown = EventEncoder.prefix(text, left);
            measure.reset();
            left -= measure.value(shown).length() + 1;
            if (left < 0) break;
            kept.add(shown);
            if (shown instanceof String text && !text.equals(value)) break;
        }
        members.put(name, kept);
        if (!kept.equals(values)) cuts.put(name, EventEncoder.cut(values));
    }

    private static Object json(Parameter parameter) {
        return switch (parameter) {
            case Parameter.Null _ -> Map.of("null", true);
            case Parameter.Passed(long bytes) ->
                    bytes < 0 ? Map.of("passed", true) : Map.of("passed", true, "bytes", bytes);
            case Parameter.Text(String value) -> {
                String kept = EventEncoder.prefix(value, MAX_PARAMETER_BYTES);
                yield kept.length() == value.length()
                        ? value
                        : merged(Map.of("text", kept), EventEncoder.cut(value));
            }
            case Parameter.Binary(byte[] value) -> {
                int kept = Math.min(value.length, MAX_PARAMETER_BYTES);
                Map<String, Object> shown =
                        Map.of(
                                "binary",
                                Base64.getEncoder()
                                        .encodeToString(java.util.Arrays.copyOf(value, kept)));
                yield kept == value.length
                        ? shown
                        : merged(
                                shown,
                                Map.of(
                                        "bytes",
                                        (long) value.length,
                                        "sha256",
                                        Leaf.hex(Leaf.sha256().digest(value))));
            }
        };
    }

    private static Map<String, Object> merged(Map<String, Object> a, Map<String, Object> b) {
        Map<String, Object> all = new HashMap<>(a);
        all.putAll(b);
        return all;
    }

    @Override
    public String toString() {
        return "Confidential["
                + sql.length()
                + " characters, "
                + parameters.size()
                + " parameters]";
    }
}
