package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The published JSON Schema, by which editors complete and check policy files, knows the keys that
/// the reader knows. (JSON is YAML: the reader reads it itself.)
class SchemaTest {
    private static final Path SCHEMA = Path.of("schema/policy.schema.json");

    @Test
    void hasTheReadersKeys() throws IOException {
        var schema = new Problems();
        var root = YamlReader.read(SCHEMA, schema).orElseThrow();
        assertThat(schema.all()).isEmpty();
        var unknown =
                """
                database: clinic
                unknownkey: 1
                roles: { r: { unknownkey: 1, grants: [{ unknownkey: 1 }] } }
                force: [{ unknownkey: 1 }]
                deny: [{ unknownkey: 1 }]
                separation: [{ unknownkey: 1 }]
                """;
        var allowed = new TreeMap<String, TreeSet<String>>();
        ConfigLoader.parsePolicy(
                Path.of("p.yaml"),
                unknown,
                e -> {
                    int at = e.message().indexOf("; it may have: ");
                    if (at < 0) return;
                    var what = e.message().substring(e.message().indexOf("' in ") + 5, at);
                    allowed.put(
                            what,
                            new TreeSet<>(
                                    Arrays.asList(e.message().substring(at + 15).split(", "))));
                });
        // Refused, but known: nothing to complete.
        allowed.forEach((_, keys) -> keys.removeAll(List.of("approvals", "breakGlass", "star")));
        assertThat(allowed)
                .isEqualTo(
                        Map.of(
                                "a policy file", properties(root),
                                "role 'r'", properties(root, "$defs", "role"),
                                "a grant", properties(root, "$defs", "grant"),
                                "a force rule", properties(root, "$defs", "force"),
                                "a deny rule", properties(root, "$defs", "deny"),
                                "a separation rule", properties(root, "$defs", "separation")));
    }

    @Test
    void theExamplesNameIt() throws IOException {
        var policies = new ArrayList<Path>();
        try (var files = Files.walk(Path.of("examples"))) {
            files.filter(f -> f.getParent() != null && f.getParent().endsWith("policies"))
                    .filter(f ->
                            f.toString().endsWith(".yaml") && !f.toString().endsWith(".test.yaml"))
                    .forEach(policies::add);
        }
        assertThat(policies).isNotEmpty();
        for (var policy : policies) {
            var first = Files.readAllLines(policy).getFirst();
            assertThat(first).startsWith("# yaml-language-server: $schema=");
            var schema = policy.resolveSibling(first.substring(first.indexOf('=') + 1));
            assertThat(Files.isSameFile(schema, SCHEMA)).isTrue();
        }
    }

    static TreeSet<String> properties(YamlNode at, String... path) {
        var node = at;
        for (var key : path) node = value(node, key);
        var keys = new TreeSet<String>();
        if (value(node, "properties") instanceof YamlNode.Mapping m)
            m.entries().forEach(e -> keys.add(e.key().text()));
        return keys;
    }

    private static YamlNode value(YamlNode node, String key) {
        if (node instanceof YamlNode.Mapping m)
            for (var e : m.entries()) if (e.key().text().equals(key)) return e.value();
        throw new AssertionError("no " + key);
    }
}
