package dev.sallyport.config;

import dev.sallyport.config.PolicyTestFile.Case;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decodes `*.test.yaml`.
final class PolicyTestFileReader {
    private enum Expected {
        PERMIT,
        DENY
    }

    private final Problems problems;
    private final Map<String, Position> names = new HashMap<>();

    PolicyTestFileReader(Problems problems) {
        this.problems = problems;
    }

    PolicyTestFile read(Path file, YamlNode root) {
        return Fields.read(
                root,
                "a file of policy tests",
                problems,
                f ->
                        new PolicyTestFile(
                                file,
                                f.require("database").located(Value::text),
                                f.require("catalog").located(Value::text),
                                f.optional("searchPath")
                                        .map(v -> v.list(Value::text))
                                        .orElse(List.of("public")),
                                f.require("tests").list(this::test)));
    }

    private Case test(Value v) {
        return v.fields(
                "a test",
                f -> {
                    var name = f.require("name").located(Value::text);
                    var before = names.putIfAbsent(name.value(), name.at());
                    if (before != null && !name.value().isEmpty())
                        problems.report(
                                name.at(),
                                "there is a test of this name already, in line " + before.line());
                    var user = f.optional("as").map(u -> u.located(Value::text));
                    var roles = f.optional("roles");
                    if (v.node() instanceof YamlNode.Mapping
                            && user.isPresent() == roles.isPresent())
                        v.wrong("a test needs either 'as', a user's name, or 'roles'");
                    var attributes = f.optional("attributes");
                    if (user.isPresent() && attributes.isPresent())
                        problems.report(
                                f.keyAt("attributes"),
                                "'attributes' go with 'roles': a user has those of the users'"
                                        + " file");
                    return new Case(
                            name,
                            user,
                            roles.map(this::words).orElse(Set.of()),
                            attributes.map(this::attributes).orElse(Map.of()),
                            f.require("run").sourceText().text(),
                            f.optional("purpose").map(Value::text).orElse(""),
                            f.optional("ticket").map(Value::text).orElse(""),
                            f.optional("at").flatMap(this::instant),
                            f.require("expect")
                                            .oneOf(
                                                    Expected.class,
                                                    e -> e.name().toLowerCase(Locale.ROOT))
                                    == Expected.PERMIT,
                            f.optional("rules").map(this::words),
                            f.optional("masked").map(this::wordsOrNone),
                            f.optional("restricted").map(this::wordsOrNone),
                            f.optional("limited").map(this::wordsOrNone));
                });
    }

    private Optional<Instant> instant(Value v) {
        var text = v.text();
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException _) {
            v.wrong("'at' must be a time in UTC, as 2026-11-23T15:00:00Z");
            return Optional.empty();
        }
    }

    private Set<String> words(Value v) {
        return new HashSet<>(v.list(Value::text));
    }

    private Set<String> wordsOrNone(Value v) {
        var words = new HashSet<String>();
        for (var item : v.items()) words.add(item.text());
        return words;
    }

    private Map<String, String> attributes(Value v) {
        var attributes = new LinkedHashMap<String, String>();
        for (var e : v.mapping("names to text"))
            attributes.put(e.key().text(), new Value(e.key().text(), e.value(), problems).text());
        return attributes;
    }
}
