package dev.sallyport.gateway.alert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is known by name, of so many names at most: of those beyond, the one that was heard of
/// longest ago is forgotten.
final class Remembered<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    Remembered(int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > most;
    }

    /// As a list of `{"name":...,"value":...}`, so that the order is kept.
    List<Object> state(Function<V, Object> value) {
        var all = new ArrayList<>();
        for (var e : entrySet()) {
            var item = new TreeMap<String, Object>();
            item.put("name", e.getKey());
            item.put("value", value.apply(e.getValue()));
            all.add(item);
        }
        return all;
    }

    /// @param state as {@link #state} gave it; whatever else it is leaves nothing known
    void restore(@Nullable Object state, Function<Object, V> value) {
        clear();
        if (!(state instanceof List<?> list)) return;
        for (var item : list)
            if (item instanceof Map<?, ?> m
                    && m.get("name") instanceof String name
                    && m.get("value") instanceof Object known) put(name, value.apply(known));
    }

    static List<Long> longs(Object value) {
        return value instanceof List<?> list
                ? list.stream().filter(Long.class::isInstance).map(Long.class::cast).toList()
                : List.of();
    }
}
