package dev.sallyport.app.demo;

import dev.sallyport.app.cli.CommandFailure;
import dev.sallyport.app.cli.Verifiers;
import dev.sallyport.app.mysql.MySqlServer;
import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.app.tls.CertificateAuthority;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.config.ScramVerifier;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The demo's folder: what is made once and kept (certificates, passwords, users, policies), and
/// what is written at each start (the main file, with the ports of the day).
///
/// The layout is that of the example configuration: `sallyport.yaml`, `users.yaml`, `policies/`,
/// `tls/`, `secrets/`, `audit/`; beside them `postgres/`, `mariadb/`, `lock` and, while the demo
/// runs, `demo.json`.
final class DemoFolder implements AutoCloseable {
    /// The private key of the demo's auditor, who in earnest would keep it elsewhere.
    static final String AUDITOR_KEY = "secrets/auditor.seal-key";

    private static final Duration CERTIFICATE_MARGIN = Duration.ofDays(30);
    private static final int PASSWORD_CHARS = 16;
    private static final int DEFAULT_PORT = 5432;
    // Without those that people mix up; none that a shell or psql reads specially.
    private static final String PASSWORD_ALPHABET =
            "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXYZ234679";
    private static final Pattern USER_NAME = Pattern.compile("\\s*- name: (\\S+)\\s*");
    private static final Pattern VERIFIER = Pattern.compile("(\\s*verifier: ).*");

    private final Path folder;
    private final FileChannel lock;

    private DemoFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /// Makes the folder if it isn't there and keeps others out until closed.
    static DemoFolder open(Path wanted) throws CommandFailure {
        var folder = wanted.toAbsolutePath().normalize();
        try {
            var ours = PosixFilePermissions.fromString("rwx--x--x");
            if (folder.getParent() != null) Files.createDirectories(folder.getParent());
            try {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(ours));
            } catch (FileAlreadyExistsException _) {
                if (!Files.isDirectory(folder)) {
                    throw new CommandFailure(
                            folder + " is not a folder; choose another with --data");
                }
                checkIsOurs(folder);
            }
            var lock =
                    FileChannel.open(
                            folder.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (!isLocked(lock)) {
                lock.close();
                throw new CommandFailure(
                        "another demo is using %s; stop it or choose another folder with --data"
                                .formatted(folder));
            }
            var demo = new DemoFolder(folder, lock);
            // Of a run that was killed.
            Files.deleteIfExists(demo.resolve(DemoFile.NAME));
            return demo;
        } catch (IOException e) {
            throw new CommandFailure(
                    "cannot use the folder %s (%s); choose another with --data"
                            .formatted(folder, e),
                    e);
        }
    }

    /// A folder with other things in it is left alone.
    private static void checkIsOurs(Path folder) throws IOException, CommandFailure {
        try (var entries = Files.list(folder)) {
            if (entries.findAny().isEmpty() || Files.exists(folder.resolve("lock"))) return;
        }
        throw new CommandFailure(
                folder + " holds other things than a demo; choose another with --data");
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    Path path() {
        return folder;
    }

    /// What clients must trust.
    Path clientsCa() {
        return folder.resolve("tls/clients-ca.crt");
    }

    /// The gateway's certificate and the authority behind it: another one than the database's.
    void prepareCertificate() throws IOException {
        var tls = Files.createDirectories(folder.resolve("tls"));
        var certificate = tls.resolve("gateway.crt");
        var key = tls.resolve("gateway.key");
        if (Files.exists(key)
                && Files.exists(clientsCa())
                && CertificateAuthority.isValidFor(
                        certificate, CERTIFICATE_MARGIN, Clock.systemUTC())) {
            return;
        }
        var authority = CertificateAuthority.create("Sallyport demo CA");
        authority.issueServer(List.of("localhost", "127.0.0.1", "::1")).write(certificate, key);
        authority.write(clientsCa());
    }

    /// The password in a file of `secrets/`, invented when it isn't there.
    String secret(String name) throws IOException {
        var secrets = folder.resolve("secrets");
        if (!Files.isDirectory(secrets)) {
            Files.createDirectory(
                    secrets,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        var file = secrets.resolve(name);
        if (!Files.exists(file)) writePrivately(file, newPassword() + "\n");
        return Files.readString(file).strip();
    }

    private static String newPassword() {
        var random = new SecureRandom();
        var text = new StringBuilder(PASSWORD_CHARS);
        for (var i = 0; i < PASSWORD_CHARS; i++) {
            text.append(PASSWORD_ALPHABET.charAt(random.nextInt(PASSWORD_ALPHABET.length())));
        }
        return text.toString();
    }

    /// Everybody's password, by name.
    Map<String, String> prepareUsers() throws IOException {
        var passwords = new LinkedHashMap<String, String>();
        for (var persona : Persona.ALL) {
            passwords.put(persona.name(), secret("user-" + persona.name()));
        }
        var file = folder.resolve("users.yaml");
        if (!Files.exists(file)) writePrivately(file, users(example("users.yaml"), passwords));
        var policies = Files.createDirectories(folder.resolve("policies"));
        for (var name : List.of("clinic.yaml", "clinic-mysql.yaml", "audit.yaml")) {
            if (!Files.exists(policies.resolve(name)))
                Files.writeString(policies.resolve(name), example("policies/" + name));
        }
        var alerts = folder.resolve("alerts.yaml");
        if (!Files.exists(alerts)) Files.writeString(alerts, example("alerts.yaml"));
        return passwords;
    }

    /// The example users with verifiers of these passwords. Who isn't in the map keeps a verifier
    /// of a password that nobody knows.
    static String users(String example, Map<String, String> passwords) throws IOException {
        var lines = new ArrayList<String>();
        lines.add(
                "# Made by `sallyport demo` from config/examples/users.yaml, once: edit it as you"
                        + " like.");
        lines.add("# The passwords are in secrets/.");
        var name = "";
        var body = false;
        for (var line : example.lines().toList()) {
            body |= line.startsWith("users:");
            if (!body) continue;
            var user = USER_NAME.matcher(line);
            if (user.matches()) name = user.group(1);
            var verifier = VERIFIER.matcher(line);
            if (verifier.matches()) {
                var password = passwords.getOrDefault(name, newPassword()).toCharArray();
                var made = Verifiers.make(password, ScramVerifier.MIN_ITERATIONS);
                lines.add(verifier.group(1) + '"' + made + '"');
                // MariaDB's own client knows caching_sha2_password only with a plugin beside it.
                if (passwords.containsKey(name))
                    lines.add(
                            "    mysql: { native: \"%s\", ed25519: \"%s\" }"
                                    .formatted(
                                            Verifiers.nativePassword(passwords.get(name)),
                                            Verifiers.ed25519(passwords.get(name))));
            } else {
                lines.add(line);
            }
        }
        for (var persona : Persona.ALL) {
            if (!lines.contains("  - name: " + persona.name())) {
                throw new IOException("the example users lack " + persona.name());
            }
        }
        return String.join("\n", lines) + "\n";
    }

    /// Writes the main file: the example with today's ports, and the database's authority.
    ///
    /// @param mySqlPort the gateway's, for MySQL
    /// @param mySql empty: without MySQL
    Path writeMainFile(
            String host,
            int port,
            PostgresServer upstream,
            int mySqlPort,
            Optional<MySqlServer> mySql)
            throws IOException {
        var ca = upstream.caFile();
        if (ca.isPresent()) {
            Files.copy(ca.get(), folder.resolve("tls/ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        }
        var file = folder.resolve("sallyport.yaml");
        var text =
                mainFile(
                        example("sallyport.yaml"),
                        host,
                        port,
                        upstream.host(),
                        upstream.port(),
                        ca.isPresent());
        text =
                replaceOnce(
                        text,
                        "  # seal:",
                        "  seal: { recipients: [" + recipient() + "] }\n  # seal:");
        if (mySql.isPresent()) text = withMySql(text, host, mySqlPort, mySql.get());
        Files.writeString(file, text);
        return file;
    }

    private String withMySql(String text, String host, int port, MySqlServer upstream)
            throws IOException {
        var ca = upstream.tls().ca();
        if (ca.isPresent())
            Files.copy(
                    ca.get(),
                    folder.resolve("tls/mysql-ca.crt"),
                    StandardCopyOption.REPLACE_EXISTING);
        return withMySql(text, host, port, upstream.host(), upstream.port(), ca.isPresent());
    }

    /// The main file with the listener for MySQL and what is behind it.
    static String withMySql(
            String mainFile,
            String host,
            int port,
            String upstreamHost,
            int upstreamPort,
            boolean verified)
            throws IOException {
        var text = withoutComment(mainFile, "  # - protocol: mysql ");
        text = withoutComment(text, "  # - name: clinic-mysql ");
        text = withoutComment(text, "  # - policies/clinic-mysql.yaml");
        text =
                replaceOnce(
                        text,
                        "    host: 127.0.0.1\n    port: 13306\n",
                        "    host: \"%s\"\n    port: %d\n".formatted(host, port));
        text =
                replaceOnce(
                        text,
                        "    host: 127.0.0.1\n    port: 3306\n",
                        "    host: %s\n    port: %d\n".formatted(upstreamHost, upstreamPort));
        return verified
                ? text
                : replaceOnce(
                        text, "{ mode: verify-full, ca: tls/mysql-ca.crt }", "{ mode: require }");
    }

    /// To whom the demo's log seals raw texts and values; the key is made when it isn't there.
    private String recipient() throws IOException {
        try {
            var file = folder.resolve(AUDITOR_KEY);
            var key =
                    Files.exists(file) ? AuditorKey.read(file) : AuditorKey.create(file, "auditor");
            return key.recipient().toString();
        } catch (FormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    static String mainFile(
            String example,
            String host,
            int port,
            String upstreamHost,
            int upstreamPort,
            boolean verified)
            throws IOException {
        var text =
                "# Made by `sallyport demo` at each start from config/examples/sallyport.yaml.\n"
                        + example;
        text =
                replaceOnce(
                        text,
                        "    host: 127.0.0.1\n    port: 15432",
                        "    host: \"%s\"\n    port: %d".formatted(host, port));
        text = withoutComment(text, "  # - name: audit ");
        text = withoutComment(text, "  # - policies/audit.yaml");
        text = withoutComment(text, "  # postgres:");
        text = replaceOnce(text, "# alerts: alerts.yaml", "alerts: alerts.yaml");
        text =
                text.replace(
                        "    host: 127.0.0.1\n    port: 5432\n",
                        "    host: %s\n    port: %d\n".formatted(upstreamHost, upstreamPort));
        if (text.contains("5432\n") && upstreamPort != DEFAULT_PORT)
            throw new IOException("the example sallyport.yaml has a port in an unknown place");
        if (verified) return text;
        text = text.replace("{ mode: verify-full, ca: tls/ca.crt }", "{ mode: require }");
        text = replaceOnce(text, "      mode: verify-full", "      mode: require");
        return replaceOnce(text, "      ca: tls/ca.crt", "      # ca: tls/ca.crt");
    }

    /// Brings to life the commented lines from that one on, to the next that isn't indented as they
    /// are.
    private static String withoutComment(String text, String first) throws IOException {
        var lines = new ArrayList<String>();
        var found = 0;
        var within = false;
        var indent = first.substring(0, first.indexOf('#'));
        for (var line : text.split("\n", -1)) {
            if (line.startsWith(first)) {
                within = true;
                found++;
            } else {
                within = within && line.startsWith(indent + "#   ");
            }
            lines.add(within ? indent + line.substring(indent.length() + 2) : line);
        }
        if (found != 1)
            throw new IOException("the example sallyport.yaml should hold once: " + first.strip());
        return String.join("\n", lines);
    }

    private static String replaceOnce(String text, String old, String replacement)
            throws IOException {
        var at = text.indexOf(old);
        if (at < 0 || text.indexOf(old, at + 1) >= 0) {
            throw new IOException("the example sallyport.yaml should hold once: " + old.strip());
        }
        return text.substring(0, at) + replacement + text.substring(at + old.length());
    }

    static String example(String name) throws IOException {
        try (var in = DemoFolder.class.getResourceAsStream("examples/" + name)) {
            if (in == null) throw new IOException("the build lacks config/examples/" + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// Replaces the file in one step; it is readable by the owner alone from its first moment.
    static void writePrivately(Path file, String text) throws IOException {
        // The JDK makes temporary files private.
        var temporary = Files.createTempFile(file.getParent(), ".new-", "");
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
