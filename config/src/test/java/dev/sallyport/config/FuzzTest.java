package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Any text as any of the files: it is a file or there is something to say about it, at a place
/// that the text has, and nothing is thrown. In a normal build the inputs kept under
/// `FuzzTestInputs/` are run; `mvn -Pfuzz -pl config -am test` looks for new ones.
class FuzzTest {
    private static final Path FILE = Path.of("fuzz.yaml");

    /// The first byte says which file, the rest is its text.
    @com.code_intelligence.jazzer.junit.FuzzTest(maxDuration = "10m")
    void anyTextIsAFileOrExplained(byte[] data) {
        if (data.length == 0) return;
        var text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
        var problems = new Problems();
        var read = read(data[0], text, problems);
        var errors = problems.all();
        if (errors.isEmpty()) assertThat(read).isPresent();
        long lines = text.lines().count();
        for (var e : errors) {
            assertThat(e.line()).as("%s", e).isBetween(0, (int) lines + 1);
            assertThat(e.column()).as("%s", e).isBetween(0, text.length() + 1);
            assertThat(e.message()).isNotBlank();
            assertThat(e.message().codePoints().filter(FuzzTest::movesTheCursor)).isEmpty();
        }
        var again = new Problems();
        var same = read(data[0], text, again);
        assertThat(again.all()).isEqualTo(errors);
        assertThat(same.isPresent()).isEqualTo(read.isPresent());
    }

    /// Messages go to terminals and logs.
    private static boolean movesTheCursor(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
    }

    private static Optional<?> read(byte which, String text, Problems problems) {
        var root = YamlReader.parse(FILE, text, problems);
        return switch (which & 3) {
            case 0, 1 -> root.map(r -> new PolicyFileReader(problems).read(FILE, r));
            case 2 -> root.map(r -> new UsersFileReader(problems).read(FILE, r));
            default -> root.map(r -> new PolicyTestFileReader(problems).read(FILE, r));
        };
    }
}
