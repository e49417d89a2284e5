package dev.sallyport.identity;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The parts of an {@link Item} by name, as the store keeps them: canonical JSON. What is empty is
/// left out. May hold verifiers, so it doesn't print itself.
public final class Members {
    private static final int CAPACITY = 512;

    private final TreeMap<String, Object> values = new TreeMap<>();

    public Members text(String name, String value) {
        if (!value.isEmpty()) values.put(name, value);
        return this;
    }

    public Members texts(String name, Collection<String> value) {
        if (!value.isEmpty()) values.put(name, List.copyOf(value));
        return this;
    }

    /// In the order of the texts.
    public Members set(String name, Collection<String> value) {
        return texts(name, value.stream().sorted().toList());
    }

    public Members map(String name, Map<String, String> value) {
        if (!value.isEmpty()) values.put(name, new TreeMap<>(value));
        return this;
    }

    public Members flag(String name, boolean value) {
        if (value) values.put(name, true);
        return this;
    }

    public Members number(String name, long value) {
        values.put(name, value);
        return this;
    }

    public Members time(String name, Instant value) {
        values.put(name, value.toString());
        return this;
    }

    public Members time(String name, Optional<Instant> value) {
        value.ifPresent(v -> time(name, v));
        return this;
    }

    String json() {
        return new String(
                new JsonWriter(CAPACITY).value(values).toByteArray(), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "Members" + values.keySet();
    }

    /// Takes members out again, each once, and doesn't let one be forgotten.
    public static final class Reader {
        private final TreeMap<String, Object> values;

        private Reader(Map<String, Object> values) {
            this.values = new TreeMap<>(values);
        }

        static Reader of(String json) {
            var bytes = json.getBytes(StandardCharsets.UTF_8);
            try {
                return new Reader(JsonReader.object(bytes, 0, bytes.length));
            } catch (FormatException _) {
                throw new IllegalArgumentException("not canonical JSON");
            }
        }

        /// Not empty.
        public String text(String name) {
            var text = optionalText(name);
            if (text.isEmpty()) throw wrong(name);
            return text;
        }

        /// Empty when it isn't there.
        public String optionalText(String name) {
            var value = values.remove(name);
            if (value == null) return "";
            if (!(value instanceof String text)) throw wrong(name);
            return text;
        }

        public List<String> texts(String name) {
            var value = values.remove(name);
            if (value == null) return List.of();
            if (!(value instanceof List<?> list)) throw wrong(name);
            return list.stream()
                    .map(item -> {
                        if (!(item instanceof String text)) throw wrong(name);
                        return text;
                    })
                    .toList();
        }

        public Map<String, String> map(String name) {
            var value = values.remove(name);
            if (value == null) return Map.of();
            if (!(value instanceof Map<?, ?> map)) throw wrong(name);
            var result = new TreeMap<String, String>();
            map.forEach((key, item) -> {
                if (!(key instanceof String k) || !(item instanceof String v)) throw wrong(name);
                result.put(k, v);
            });
            return result;
        }

        public boolean flag(String name) {
            var value = values.remove(name);
            if (value == null) return false;
            if (!(value instanceof Boolean flag)) throw wrong(name);
            return flag;
        }

        public long number(String name) {
            if (!(values.remove(name) instanceof Long number)) throw wrong(name);
            return number;
        }

        public Instant time(String name) {
            return optionalTime(name).orElseThrow(() -> wrong(name));
        }

        public Optional<Instant> optionalTime(String name) {
            var text = optionalText(name);
            if (text.isEmpty()) return Optional.empty();
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeParseException _) {
                throw wrong(name);
            }
        }

        /// Everything was taken.
        void end() {
            if (!values.isEmpty())
                throw new IllegalArgumentException("unknown members " + values.keySet());
        }

        private static IllegalArgumentException wrong(String name) {
            return new IllegalArgumentException("the member '" + name + "' is missing or wrong");
        }

        @Override
        public String toString() {
            return "Members" + values.keySet();
        }
    }
}
