package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Policies that are refused, each with all that is said about it:
/// `src/test/resources/bad-policies` holds them, with the messages in the file beside.
class BadPoliciesTest {
    private static final Path FOLDER = Path.of("src/test/resources/bad-policies");

    static Stream<Path> policies() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void isRefusedWithTheseMessages(Path policy) throws IOException {
        var file = policy.getFileName();
        var messages = new ArrayList<String>();
        var parsed =
                ConfigLoader.parsePolicy(
                        file, Files.readString(policy), e -> messages.add(e.toString()));
        if (parsed.isPresent())
            switch (PolicyCompiler.compile(List.of(parsed.get()), Fixtures.NOBODY)) {
                case PolicyCompiler.Compiled _ -> messages.add("nothing is wrong with it");
                case PolicyCompiler.Rejected(var errors) ->
                        errors.stream().map(ConfigError::toString).forEach(messages::add);
            }
        var expected = policy.resolveSibling(file.toString().replace(".yaml", ".txt"));
        if (Boolean.getBoolean("sallyport.rewriteExpected"))
            Files.writeString(expected, String.join("\n", messages) + "\n");
        assertThat(String.join("\n", messages) + "\n").isEqualTo(Files.readString(expected));
    }
}
