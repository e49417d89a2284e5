package dev.sallyport.app.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// How wide the terminal is.
final class Screen {
    private Screen() {}

    /// In characters; 0 when the output does not go to a terminal, or nobody knows.
    static int width() {
        var said = Objects.requireNonNullElse(System.getenv("COLUMNS"), "");
        if (said.matches("[1-9][0-9]{1,4}")) return Integer.parseInt(said);
        var console = System.console();
        if (console == null || !console.isTerminal()) return 0;
        try {
            var stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File("/dev/tty"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            var size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!stty.waitFor(1, TimeUnit.SECONDS)) return 0;
            var words = size.strip().split(" ");
            return words.length == 2 && words[1].matches("[0-9]{1,5}")
                    ? Integer.parseInt(words[1])
                    : 0;
        } catch (IOException _) {
            return 0;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
