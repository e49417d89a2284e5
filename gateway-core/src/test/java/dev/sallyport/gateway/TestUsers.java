package dev.sallyport.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.UsersFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;

/// A users' file in a line. Nobody knows the passwords: the tests say themselves whether a proof
/// was right.
public final class TestUsers {
    private TestUsers() {}

    /// @param users as `dana: developer`, with a `!` before somebody who is disabled
    public static UsersFile of(String... users) {
        var errors = new ArrayList<>();
        return ConfigLoader.parseUsers(Path.of("users.yaml"), text(users), errors::add)
                .orElseThrow(() -> new AssertionError(errors));
    }

    static void write(Path file, String... users) throws IOException {
        Files.writeString(file, text(users));
    }

    private static String text(String... users) {
        var text = new StringBuilder("users:\n");
        for (var user : users) {
            boolean disabled = user.startsWith("!");
            var parts = user.substring(disabled ? 1 : 0).split(": ");
            text.append("  - name: ").append(parts[0]).append('\n');
            text.append("    roles: [").append(parts[1]).append("]\n");
            text.append("    verifier: \"").append(verifier(parts[0])).append("\"\n");
            if (disabled) text.append("    disabled: true\n");
        }
        return text.toString();
    }

    private static String verifier(String name) {
        return "SCRAM-SHA-256$4096:"
                + hash("salt " + name, 16)
                + "$"
                + hash("stored " + name, 32)
                + ":"
                + hash("server " + name, 32);
    }

    private static String hash(String text, int bytes) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(Arrays.copyOf(hash, bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
