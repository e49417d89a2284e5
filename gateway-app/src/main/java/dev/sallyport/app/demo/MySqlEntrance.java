package dev.sallyport.app.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// How clients of MySQL come in.
///
/// @param ca the certificate to trust
/// @param client the program that came with the embedded server
/// @param passwords by user name
record MySqlEntrance(
        String host, int port, Path ca, Optional<Path> client, Map<String, String> passwords) {
    private static final int ANSWER_SECONDS = 60;
    private static final int VERSION_SECONDS = 10;
    private static final String VERIFY_IN_MARIADB = "--ssl-verify-server-cert";
    private static final String MARIADB = "mariadb";
    private static final String MYSQL = "mysql";

    /// As clients print it: `ERROR 1143 (42000) at line 1: text`.
    private static final Pattern ERROR =
            Pattern.compile("(?s).*?ERROR (\\d+) \\(([0-9A-Z]{5})\\)[^:]*: (.*)");

    MySqlEntrance {
        passwords = Map.copyOf(passwords);
    }

    /// A program, and how it checks the certificate and the name of the host, and logs in.
    private record Program(String path, List<String> tls) {}

    /// What is installed; else what came along; else what people would install.
    private Program program() {
        var caFile = "--ssl-ca=" + ca;
        if (Installed.MARIADB_CLIENT.isPresent())
            return new Program(MARIADB, List.of(caFile, VERIFY_IN_MARIADB));
        // It came without the plugins that installed ones have beside them.
        if (client.isPresent())
            return new Program(
                    client.get().toString(),
                    List.of("--default-auth=mysql_native_password", caFile, VERIFY_IN_MARIADB));
        // Some systems call MariaDB's client so, too.
        if (Installed.MYSQL_CLIENT.filter(v -> !v.contains("MariaDB")).isPresent())
            return new Program(MYSQL, List.of(caFile, "--ssl-mode=VERIFY_IDENTITY"));
        return new Program(
                Installed.MYSQL_CLIENT.isPresent() ? MYSQL : MARIADB,
                List.of(caFile, VERIFY_IN_MARIADB));
    }

    /// Clients that can be run here, by what they say of their version; looked for once.
    private static final class Installed {
        static final Optional<String> MARIADB_CLIENT = version(MARIADB);
        static final Optional<String> MYSQL_CLIENT = version(MYSQL);

        private static Optional<String> version(String program) {
            try {
                var process =
                        new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
                process.getOutputStream().close();
                if (!process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return Optional.empty();
                }
                var text = process.getInputStream().readAllBytes();
                return process.exitValue() == 0
                        ? Optional.of(new String(text, StandardCharsets.UTF_8))
                        : Optional.empty();
            } catch (IOException _) {
                return Optional.empty();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    /// Whether {@link #ask} has a program to ask with.
    boolean hasClient() {
        return client.isPresent()
                || Installed.MARIADB_CLIENT.isPresent()
                || Installed.MYSQL_CLIENT.isPresent();
    }

    /// A line for a shell.
    String line(String user) {
        var program = program();
        var words = new ArrayList<String>();
        words.add(program.path());
        words.addAll(program.tls());
        words.addAll(login(user));
        return "MYSQL_PWD=%s %s"
                .formatted(
                        password(user),
                        String.join(" ", words.stream().map(Entrance::shellWord).toList()));
    }

    private List<String> login(String user) {
        return List.of("-h", host, "-P", Integer.toString(port), "-u", user, MySqlClinic.DATABASE);
    }

    /// One statement by a process of the real client, certificate and host name checked.
    Tour.Answer ask(String user, String sql) {
        var program = program();
        var command = new ArrayList<>(List.of(program.path(), "--no-defaults", "--batch"));
        command.add("--skip-column-names");
        command.addAll(program.tls());
        command.addAll(List.of("-e", sql));
        command.addAll(login(user));
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("MYSQL_PWD", password(user));
            var process = builder.start();
            process.getOutputStream().close();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Tour.Answer.Refused("", "no answer");
            }
            if (process.exitValue() == 0) return new Tour.Answer.Came((int) text.lines().count());
            var error = ERROR.matcher(text);
            return error.matches()
                    ? new Tour.Answer.Refused(error.group(1), error.group(3).strip())
                    : new Tour.Answer.Refused("", text.strip());
        } catch (IOException e) {
            return new Tour.Answer.Refused("", String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Tour.Answer.Refused("", "interrupted");
        }
    }

    private String password(String user) {
        var password = passwords.get(user);
        if (password == null) throw new IllegalArgumentException("no such person: " + user);
        return password;
    }

    @Override
    public String toString() {
        return "MySqlEntrance[" + host + ":" + port + "]";
    }
}
