package dev.sallyport.app.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Asks for what must not stand on a command line: others could read it there.
final class Terminal {
    /// One reader for all lines: another one would miss what this one has read ahead.
    private static @Nullable BufferedReader lines;

    private static @Nullable InputStream linesOf;

    private Terminal() {}

    /// Twice at a terminal, without showing it; otherwise a line of standard input.
    static char[] newPassword(String name) throws CommandFailure, IOException {
        var console = System.console();
        if (console == null || !console.isTerminal()) return line().toCharArray();
        var first = console.readPassword("Password for %s: ", name);
        var second = console.readPassword("Once more: ");
        if (first == null || second == null) throw new CommandFailure("no password given");
        if (!Arrays.equals(first, second)) throw new CommandFailure("the two passwords differ");
        return first;
    }

    /// A code: shown as it is typed, being good for seconds.
    static String code() throws IOException {
        var console = System.console();
        if (console == null || !console.isTerminal()) return line().strip();
        var code = console.readLine("The code that it shows now: ");
        return code == null ? "" : code.strip();
    }

    private static synchronized String line() throws IOException {
        var reader = lines;
        if (reader == null || linesOf != System.in) {
            reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            linesOf = System.in;
            lines = reader;
        }
        var line = reader.readLine();
        return line == null ? "" : line;
    }
}
