package dev.sallyport.config;

import dev.sallyport.config.YamlNode.Absent;
import dev.sallyport.config.YamlNode.Entry;
import dev.sallyport.config.YamlNode.Mapping;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A mapping being read: each key is asked for by name, and whatever nobody asked for is an error.
///
/// Reading never stops at an error: it is reported, and a stand-in takes the value's place. Nothing
/// that was read is used when there is any error.
final class Fields {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();
    private final Position at;
    private final String what;
    private final Problems problems;

    /// The keys' absence was reported already, since the whole is not a mapping.
    private final boolean silent;

    private Fields(YamlNode node, String what, Problems problems) {
        this.at = node.at();
        this.what = what;
        this.problems = problems;
        this.silent = !(node instanceof Mapping);
        switch (node) {
            case Mapping m -> m.entries().forEach(e -> entries.put(e.key().text(), e));
            case Absent _ -> {}
            case YamlNode.Scalar _, YamlNode.Sequence _ ->
                    problems.report(
                            at, "expected " + what + " with its keys, but this is " + node.word());
        }
    }

    /// @param what for messages, as `a listener`
    static <T> T read(YamlNode node, String what, Problems problems, Function<Fields, T> decode) {
        var fields = new Fields(node, what, problems);
        var result = decode.apply(fields);
        fields.reportUnknown();
        return result;
    }

    Position at() {
        return at;
    }

    Value require(String key) {
        asked.add(key);
        var e = entries.get(key);
        if (e != null) return new Value(key, e.value(), problems);
        if (!silent) problems.report(at, what + " needs '" + key + "'");
        return new Value(key, new Absent(at), problems);
    }

    Optional<Value> optional(String key) {
        asked.add(key);
        return Optional.ofNullable(entries.get(key)).map(e -> new Value(key, e.value(), problems));
    }

    /// Where the key stands, for errors about the pair of them.
    Position keyAt(String key) {
        var e = entries.get(key);
        return e == null ? at : e.key().at();
    }

    /// Which other keys there may be depends on something that was wrong, and reported: none of
    /// them is an error of its own.
    void passOver() {
        asked.addAll(entries.keySet());
    }

    /// Keys of the language that a later version understands. Ignoring one would drop a protection
    /// that its author counts on.
    void notYet(String... keys) {
        for (var key : keys) {
            asked.add(key);
            if (entries.containsKey(key))
                problems.report(
                        keyAt(key),
                        "'"
                                + key
                                + "' is not supported by this version: nothing would enforce it, so"
                                + " the file is refused");
        }
    }

    private void reportUnknown() {
        entries.forEach((key, e) -> {
            if (!asked.contains(key))
                problems.report(
                        e.key().at(),
                        "unknown key '"
                                + YamlReader.shorten(key)
                                + "' in "
                                + what
                                + suggestion(key));
        });
    }

    /// What other products call a key.
    private static final Map<String, List<String>> MEANT =
            Map.ofEntries(
                    Map.entry("allow", List.of("actions")),
                    Map.entry("action", List.of("actions", "allow")),
                    Map.entry("permissions", List.of("allow", "actions")),
                    Map.entry("tables", List.of("on")),
                    Map.entry("table", List.of("on")),
                    Map.entry("resources", List.of("on")),
                    Map.entry("objects", List.of("on")),
                    Map.entry("condition", List.of("when")),
                    Map.entry("if", List.of("when")),
                    Map.entry("filter", List.of("rows")),
                    Map.entry("where", List.of("rows")),
                    Map.entry("fields", List.of("columns")),
                    Map.entry("reason", List.of("because")),
                    Map.entry("message", List.of("because")),
                    Map.entry("description", List.of("because", "purpose")),
                    Map.entry("unless", List.of("except")),
                    Map.entry("exempt", List.of("except")),
                    Map.entry("name", List.of("id")));

    private Optional<String> near(String key) {
        var near = Words.nearest(key, asked);
        if (near.isPresent()) return near;
        return MEANT.getOrDefault(key, List.of()).stream().filter(asked::contains).findFirst();
    }

    private String suggestion(String key) {
        return near(key)
                .map(near -> "; did you mean '" + near + "'?")
                .orElseGet(() ->
                        "; it may have: "
                                + String.join(
                                        ", ",
                                        asked.stream().sorted(Comparator.naturalOrder()).toList()));
    }
}
