package dev.sallyport.postgres.startup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The startup parameter `options`: command-line arguments for the server process, of which only
/// `-c name=value`, `-cname=value` and `--name=value` are understood. Split at white space, a
/// backslash takes the next character as it is (PostgreSQL's pg_split_opts).
final class StartupOptions {
    record Option(String name, String value) {}

    private StartupOptions() {}

    /// Empty if anything else stands in it.
    static Optional<List<Option>> parse(String text) {
        List<Option> options = new ArrayList<>();
        List<String> arguments = split(text);
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String assignment;
            if (argument.equals("-c")) {
                if (++i == arguments.size()) return Optional.empty();
                assignment = arguments.get(i);
            } else if (argument.startsWith("-c") || argument.startsWith("--")) {
                assignment = argument.substring(2);
            } else {
                return Optional.empty();
            }
            int equals = assignment.indexOf('=');
            if (equals <= 0) return Optional.empty();
            // The server reads a dash in a name as an underscore.
            options.add(
                    new Option(
                            assignment.substring(0, equals).replace('-', '_'),
                            assignment.substring(equals + 1)));
        }
        return Optional.of(options);
    }

    private static List<String> split(String text) {
        List<String> arguments = new ArrayList<>();
        int i = 0;
        while (true) {
            while (i < text.length() && isSpace(text.charAt(i))) i++;
            if (i == text.length()) return arguments;
            StringBuilder argument = new StringBuilder();
            while (i < text.length() && !isSpace(text.charAt(i))) {
                if (text.charAt(i) == '\\') {
                    i++;
                    if (i == text.length()) break;
                }
                argument.append(text.charAt(i++));
            }
            arguments.add(argument.toString());
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
