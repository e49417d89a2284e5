package dev.sallyport.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/postgres-corner-cases.md` names no test that isn't there.
class CornerCasesTest {
    private static final List<String> PACKAGES =
            List.of("auth", "codec", "message", "session", "startup");

    @Test
    void everyTestNamedExists() throws IOException {
        Path page = Path.of("../docs/postgres-corner-cases.md");
        var names = Pattern.compile("`([A-Z]\\w+Test)#(\\w+)`").matcher(Files.readString(page));
        int found = 0;
        while (names.find()) {
            String name = names.group(1);
            String method = names.group(2);
            assertThat(
                            PACKAGES.stream()
                                    .anyMatch(folder ->
                                            has(
                                                    "dev.sallyport.postgres." + folder + "." + name,
                                                    method)))
                    .as("%s#%s", name, method)
                    .isTrue();
            found++;
        }
        assertThat(found).isGreaterThan(50);
    }

    private static boolean has(String className, String method) {
        try {
            for (var declared : Class.forName(className).getDeclaredMethods()) {
                if (declared.getName().equals(method)) return true;
            }
            return false;
        } catch (ClassNotFoundException _) {
            return false;
        }
    }
}
