package dev.sallyport.audit;

import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.format.Leaf;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// From an {@link AuditEvent} to the canonical JSON of an entry's `event` member. Works from the
/// record's components, so a new event needs nothing here.
///
/// An event that would not fit an entry is cut: `sql` first, down to {@link #MIN_SQL_BYTES}, then
/// the longest members, each to the longest prefix (of text, of items) that fits. The member `cut`
/// then holds for each its whole length and hash, so that the whole can still be proven.
final class EventEncoder {
    /// Leaves room for the entry's other members, whose names and values take at most 400 bytes.
    static final int MAX_EVENT_BYTES = 65_000;

    static final int MIN_SQL_BYTES = 4_096;

    /// Room for a `cut` record: name, hash, length and punctuation.
    private static final int CUT_BYTES = 160;

    private EventEncoder() {}

    /// The event's type, as `statement-intent`, in ASCII.
    static byte[] type(AuditEvent event) {
        return Shape.OF.get(event.getClass()).type;
    }

    /// Writes the event's object into `out`, which is reset first.
    ///
    /// @throws AuditException an integer is beyond 2^53 - 1
    static void encode(AuditEvent event, JsonWriter out) throws AuditException {
        Shape shape = Shape.OF.get(event.getClass());
        try {
            out.reset();
            shape.write(event, out);
            if (out.length() > MAX_EVENT_BYTES) writeCut(shape.members(event), out);
        } catch (IllegalArgumentException e) {
            throw new AuditException(
                    AuditException.Reason.NOT_ENCODABLE,
                    "the audit event " + shape + " cannot be written: " + e.getMessage(),
                    e);
        }
    }

    private static void writeCut(Map<String, Object> members, JsonWriter out) {
        Map<String, Integer> sizes = new HashMap<>();
        members.forEach((name, value) -> sizes.put(name, size(value)));
        List<String> longestFirst = new ArrayList<>(members.keySet());
        longestFirst.sort(
                Comparator.comparing((String name) -> !name.equals("sql"))
                        .thenComparing(name -> -sizes.getOrDefault(name, 0))
                        .thenComparing(Comparator.naturalOrder()));
        Map<String, Object> cuts = new TreeMap<>();
        Map<String, Object> kept = new TreeMap<>(members);
        for (String name : longestFirst) {
            int excess = out.length() - MAX_EVENT_BYTES;
            if (excess <= 0) break;
            int floor = name.equals("sql") ? MIN_SQL_BYTES : 0;
            Object whole = members.getOrDefault(name, "");
            int size = sizes.getOrDefault(name, 0);
            if (size <= Math.max(floor, CUT_BYTES)) continue;
            int limit = Math.max(floor, size - excess - CUT_BYTES);
            Object prefix =
                    switch (whole) {
                        case String text -> prefix(text, limit);
                        case List<?> list -> prefix(list, limit);
                        case Map<?, ?> map -> prefix(map, limit);
                        default -> whole;
                    };
            kept.put(name, prefix);
            cuts.put(name, cut(whole));
            kept.put("cut", cuts);
            out.reset();
            out.value(kept);
        }
        if (out.length() > MAX_EVENT_BYTES)
            throw new IllegalArgumentException("too long even when cut: " + out.length());
    }

    /// What a cut member was: its length (UTF-8 bytes of a text, items of a list or map) and the
    /// SHA-256 of its UTF-8 bytes or, for lists and maps, of its canonical JSON.
    private static Map<String, Object> cut(Object whole) {
        byte[] bytes;
        String unit;
        long length;
        switch (whole) {
            case String text -> {
                // As written: unpaired surrogates replaced.
                byte[] json = json(text);
                bytes = utf8(text, json);
                unit = "bytes";
                length = bytes.length;
            }
            case List<?> list -> {
                bytes = json(list);
                unit = "items";
                length = list.size();
            }
            case Map<?, ?> map -> {
                bytes = json(map);
                unit = "items";
                length = map.size();
            }
            default -> throw new IllegalArgumentException("cannot be cut");
        }
        return Map.of(unit, length, "sha256", Leaf.hex(Leaf.sha256().digest(bytes)));
    }

    private static byte[] utf8(String text, byte[] json) {
        StringBuilder clean = new StringBuilder(json.length);
        text.codePoints()
                .forEach(c -> clean.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
        return clean.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String prefix(String text, int maxBytes) {
        int size = 2;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            size += JsonWriter.encodedLength(point);
            if (size > maxBytes) break;
            end += Character.charCount(point);
        }
        return text.substring(0, end);
    }

    private static List<?> prefix(List<?> items, int maxBytes) {
        int size = 2;
        int end = 0;
        while (end < items.size()) {
            size += size(items.get(end)) + 1;
            if (size > maxBytes) break;
            end++;
        }
        return items.subList(0, end);
    }

    private static Map<?, ?> prefix(Map<?, ?> members, int maxBytes) {
        Map<Object, Object> kept = new TreeMap<>();
        int size = 2;
        for (Map.Entry<?, ?> member : new TreeMap<>(members).entrySet()) {
            size += size(member.getKey()) + size(member.getValue()) + 2;
            if (size > maxBytes) break;
            kept.put(member.getKey(), member.getValue());
        }
        return kept;
    }

    private static int size(Object value) {
        return json(value).length;
    }

    private static byte[] json(Object value) {
        return new JsonWriter(1024).value(value).toByteArray();
    }

    /// A record class as JSON: its type and its members in canonical order.
    private static final class Shape {
        static final ClassValue<Shape> OF =
                new ClassValue<>() {
                    @Override
                    protected Shape computeValue(Class<?> type) {
                        return new Shape(type);
                    }
                };

        final byte[] type;
        private final Member[] members;

        Shape(Class<?> record) {
            type = kebab(record.getSimpleName()).getBytes(StandardCharsets.US_ASCII);
            members =
                    Arrays.stream(record.getRecordComponents())
                            .sorted(Comparator.comparing(RecordComponent::getName))
                            .map(Member::of)
                            .toArray(Member[]::new);
        }

        void write(AuditEvent event, JsonWriter out) {
            out.raw('{');
            boolean first = true;
            for (Member member : members) first = member.write(event, out, first);
            out.raw('}');
        }

        Map<String, Object> members(AuditEvent event) {
            Map<String, Object> values = new TreeMap<>();
            for (Member member : members)
                if (!member.isEmpty(event)) values.put(member.name, member.get(event));
            return values;
        }

        @Override
        public String toString() {
            return new String(type, StandardCharsets.US_ASCII);
        }

        private static String kebab(String camel) {
            return camel.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        }
    }

    private enum Kind {
        TEXT,
        INTEGER,
        FLAG,
        COLLECTION
    }

    private record Member(String name, byte[] key, Kind kind, MethodHandle get) {
        static Member of(RecordComponent component) {
            Class<?> type = component.getType();
            Kind kind;
            if (type == String.class) kind = Kind.TEXT;
            else if (type == long.class || type == int.class) kind = Kind.INTEGER;
            else if (type == boolean.class) kind = Kind.FLAG;
            else if (type == List.class || type == Map.class) kind = Kind.COLLECTION;
            else
                throw new IllegalStateException(
                        "audit events hold no " + type + ": " + component.getName());
            Class<?> read =
                    switch (kind) {
                        case INTEGER -> long.class;
                        case FLAG -> boolean.class;
                        case TEXT, COLLECTION -> Object.class;
                    };
            try {
                MethodHandle accessor = MethodHandles.lookup().unreflect(component.getAccessor());
                return new Member(
                        component.getName(),
                        ("\"" + component.getName() + "\":").getBytes(StandardCharsets.US_ASCII),
                        kind,
                        accessor.asType(MethodType.methodType(read, AuditEvent.class)));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        /// Returns whether the next member would still be the first.
        boolean write(AuditEvent event, JsonWriter out, boolean first) {
            switch (kind) {
                case TEXT -> {
                    String text = (String) get(event);
                    if (text.isEmpty()) return first;
                    name(out, first);
                    out.string(text);
                }
                case INTEGER -> {
                    name(out, first);
                    out.integer(getLong(event));
                }
                case FLAG -> {
                    name(out, first);
                    out.bool((Boolean) get(event));
                }
                case COLLECTION -> {
                    if (isEmpty(event)) return first;
                    name(out, first);
                    out.value(get(event));
                }
            }
            return false;
        }

        private void name(JsonWriter out, boolean first) {
            if (!first) out.raw(',');
            out.raw(key);
        }

        boolean isEmpty(AuditEvent event) {
            return switch (get(event)) {
                case String text -> text.isEmpty();
                case List<?> list -> list.isEmpty();
                case Map<?, ?> map -> map.isEmpty();
                default -> false;
            };
        }

        Object get(AuditEvent event) {
            try {
                return switch (kind) {
                    case INTEGER -> (long) get.invokeExact(event);
                    case FLAG -> (boolean) get.invokeExact(event);
                    case TEXT, COLLECTION -> (Object) get.invokeExact(event);
                };
            } catch (Throwable e) {
                throw new IllegalStateException("record accessor failed: " + name, e);
            }
        }

        private long getLong(AuditEvent event) {
            try {
                return (long) get.invokeExact(event);
            } catch (Throwable e) {
                throw new IllegalStateException("record accessor failed: " + name, e);
            }
        }
    }
}
