package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files made to harm, and files made by careless hands: a precise error, quickly, and nothing
/// else.
class HostileYamlTest {
    @TempDir Path dir;

    @Test
    void aliasesCannotMultiply() {
        var laughs = new StringBuilder("a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (char c = 'b'; c <= 'z'; c++)
            laughs.append(
                    "%1$s: &%1$s [*%2$s, *%2$s, *%2$s, *%2$s, *%2$s, *%2$s]\n"
                            .formatted(c, (char) (c - 1)));
        assertThat(errors(laughs.toString()))
                .contains("p.yaml:1:4: YAML anchors are not supported: write the value out")
                .anyMatch(e -> e.startsWith("p.yaml:2:8: YAML aliases are not supported"))
                .hasSizeLessThan(250);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database: !!java.net.URL [\"http://127.0.0.1:1/\"]",
                "database: !!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[]]]",
                "database: !<tag:yaml.org,2002:str> x",
                "database: !!str x",
                "database: !local x",
                "!!map {database: x}"
            })
    void tagsConstructNothing(String yaml) {
        assertThat(errors(yaml)).anyMatch(e -> e.contains("YAML tags are not supported"));
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 1_000, 100_000})
    void deepNestingIsRefused(int depth) {
        assertThat(errors("a: " + "[".repeat(depth) + "]".repeat(depth)))
                .singleElement()
                .asString()
                .contains("nested more than 20 deep");
        assertThat(errors("a: " + "{a: ".repeat(depth) + "}".repeat(depth))).isNotEmpty();
    }

    @Test
    void aFileIsReadUpToALimit() throws IOException {
        var file = dir.resolve("huge.yaml");
        try (var out = Files.newOutputStream(file)) {
            var line = "# filler\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 2_000; i++) out.write(line);
        }
        var problems = new Problems();
        assertThat(YamlReader.read(file, problems)).isEmpty();
        assertThat(problems.all())
                .singleElement()
                .extracting(ConfigError::message)
                .isEqualTo("the file is longer than 16MiB, the most that is read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    database: clinic\\n\\troles: {}            | p.yaml:2:1: a tab can't be used here: indent with spaces
                    database: clinic\\ndatabase: lab           | p.yaml:2:1: duplicate key 'database', already given in line 1
                    <<: {a: b}\\ndatabase: clinic              | p.yaml:1:1: YAML merge keys are not supported: write the values out
                    [a]: b\\ndatabase: clinic                  | p.yaml:1:1: a key must be plain text, but this is a list
                    %YAML 1.2\\n---\\ndatabase: clinic         | p.yaml:1:1: YAML directives (%...) are not supported: remove them
                    database: clinic\\n---\\ndatabase: lab     | p.yaml:2:1: a second document begins here: one file holds one document
                    database: [clinic                          | p.yaml:1:18: not valid YAML: expected ',' or ']', but got <stream end> (while parsing a flow sequence)
                    database: clinic\\nroles: {r: {grants: [{id: a, allow: [select], on: [*]}]}} | p.yaml:2:53: '*' begins a YAML alias: put it in quotes, "*"
                    database: @clinic                          | p.yaml:1:11: '@' can't begin a value: put it in quotes
                    just text                                  | p.yaml:1:1: expected a policy file with its keys, but this is text
                    database: [a, b]                           | p.yaml:1:11: 'database' must be text, but this is a list
                    database: yes                              | p.yaml:1:11: 'database' must be text, but yes is a yes or no: put it in quotes
                    database: clin<U+202E>ic                 | p.yaml:1:15: the invisible or control character U+202E is not allowed: remove it
                    database: clin<U+200B>ic                 | p.yaml:1:15: the invisible or control character U+200B is not allowed: remove it
                    database: clin<U+0000>ic                 | p.yaml:1:15: the invisible or control character U+0000 is not allowed: remove it
                    """)
    void carelessHandsGetAPreciseError(String yaml, String expected) {
        assertThat(
                        errors(
                                yaml.translateEscapes()
                                        .replace("<U+202E>", "\u202E")
                                        .replace("<U+200B>", "\u200B")
                                        .replace("<U+0000>", "\0")))
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n", "---\n"})
    void nothingIsNotAPolicy(String yaml) {
        assertThat(errors(yaml)).isNotEmpty();
    }

    @Test
    void aByteOrderMarkIsNoMatter() {
        assertThat(
                        errors(
                                "\uFEFFdatabase: clinic\n"
                                        + "roles: {r: {grants: [{id: a, allow: [select], on:"
                                        + " [a.b]}]}}"))
                .isEmpty();
    }

    @Test
    void otherEncodingsAreRefused() throws IOException {
        var file = dir.resolve("latin1.yaml");
        Files.write(file, "database: cl\u00EDnica".getBytes(StandardCharsets.ISO_8859_1));
        var problems = new Problems();
        assertThat(YamlReader.read(file, problems)).isEmpty();
        assertThat(problems.all())
                .singleElement()
                .asString()
                .endsWith("latin1.yaml: the file is not UTF-8 text");
        Files.write(file, "database: clinic".getBytes(StandardCharsets.UTF_16));
        assertThat(YamlReader.read(file, new Problems())).isEmpty();
    }

    @Test
    void halfACharacterIsRefused() {
        for (int length : new int[] {0, 1, 1_023, 1_024, 1_025})
            assertThat(errors("#" + "x".repeat(length) + "\uD800"))
                    .singleElement()
                    .asString()
                    .endsWith(
                            "the invisible or control character U+D800 is not allowed: remove it");
    }

    @Test
    void oneMistakeRepeatedAThousandTimesDoesNotFloodTheReader() {
        var yaml = new StringBuilder("database: clinic\nroles:\n  r:\n    grants:\n");
        for (int i = 0; i < 1_000; i++) yaml.append("      - { idd: a }\n");
        var errors = errors(yaml.toString());
        assertThat(errors).hasSize(201);
        assertThat(errors.getLast()).matches("p\\.yaml: and \\d+ more");
    }

    @Test
    void damagedFilesNeverThrow() throws IOException {
        long seed = Long.getLong("sallyport.seed", 20261123);
        var random = new Random(seed);
        var good = Files.readString(Path.of("examples/policies/clinic.yaml"));
        var salt =
                List.of(
                        "\t", ":", "- ", "{", "}", "[", "]", "*", "&", "!", "\"", "'", "\n", "#",
                        "|", ">", "%", "@", "\u0000", "\uD800");
        var start = System.nanoTime();
        for (int i = 0; i < 2_000; i++) {
            var text = new StringBuilder(good);
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, salt.get(random.nextInt(salt.size())));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(1, 40)));
                    default -> text.setCharAt(at, salt.get(random.nextInt(salt.size())).charAt(0));
                }
            }
            assertThatCode(() -> errors(text.toString()))
                    .as("-Dsallyport.seed=%s, round %s", seed, i)
                    .doesNotThrowAnyException();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }

    private static List<String> errors(String yaml) {
        var errors = new ArrayList<ConfigError>();
        ConfigLoader.parsePolicy(Path.of("p.yaml"), yaml, errors::add);
        return errors.stream().map(ConfigError::toString).toList();
    }
}
