package dev.sallyport.postgres.startup;

import dev.sallyport.postgres.TestCertificates;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A PostgreSQL server that is installed on this machine, started on a free port of 127.0.0.1 with
/// TLS and one role for each method of authentication, all with the password `geheim`.
final class RealPostgres implements AutoCloseable {
    private static final String HBA =
            """
            local   all all                       trust
            hostssl all plain      127.0.0.1/32   password
            hostssl all scram      127.0.0.1/32   scram-sha-256
            hostnossl all scram    127.0.0.1/32   scram-sha-256
            host    all md5        127.0.0.1/32   md5
            host    all trusted    127.0.0.1/32   trust
            host    all rejected   127.0.0.1/32   reject
            """;

    private final Path folder;
    private final Process process;
    private final int port;

    /// The folder with `postgres`, `initdb` and the rest; empty if none is installed.
    static Optional<Path> binaries() {
        Path root = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(root)) return Optional.empty();
        try (Stream<Path> versions = Files.list(root)) {
            return versions.filter(version -> Files.isExecutable(version.resolve("bin/postgres")))
                    .max(Comparator.comparing(Path::toString))
                    .map(version -> version.resolve("bin"));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    RealPostgres(TestCertificates.Identity identity, boolean tls)
            throws IOException, InterruptedException {
        Path bin = binaries().orElseThrow();
        folder = Files.createTempDirectory(Path.of("/tmp"), "sallyport-pg");
        Path data = folder.resolve("data");
        if (isRoot()) run(List.of("chown", "nobody", folder.toString()));
        run(
                asServer(
                        List.of(
                                bin.resolve("initdb").toString(),
                                "-D",
                                data.toString(),
                                "-U",
                                "postgres",
                                "-A",
                                "trust",
                                "-E",
                                "UTF8",
                                "--locale=C",
                                "-N")));
        Files.writeString(data.resolve("pg_hba.conf"), HBA);
        Files.writeString(data.resolve("server.crt"), pem("CERTIFICATE", encoded(identity)));
        Path key = data.resolve("server.key");
        Files.writeString(key, pem("PRIVATE KEY", identity.key().getEncoded()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        if (isRoot()) run(List.of("chown", "-R", "nobody", data.toString()));
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                bin.resolve("postgres").toString(),
                                "-D",
                                data.toString(),
                                "-p",
                                String.valueOf(port)));
        Map.of(
                        "listen_addresses", "127.0.0.1",
                        "unix_socket_directories", folder.toString(),
                        "ssl", tls ? "on" : "off",
                        "fsync", "off",
                        "client_min_messages", "debug5",
                        "max_connections", "20")
                .forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        process =
                new ProcessBuilder(asServer(command))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        awaitStarted();
        sql(
                "set client_min_messages=warning; set password_encryption='scram-sha-256';create"
                        + " role scram login password 'geheim'; create role plain login password"
                        + " 'geheim';create role trusted login; create role rejected login;set"
                        + " password_encryption='md5'; create role md5 login password 'geheim'");
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        // The leader's children end with it.
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(path);
        }
    }

    private void sql(String text) throws IOException, InterruptedException {
        run(
                List.of(
                        "psql",
                        "-X",
                        "-q",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-h",
                        folder.toString(),
                        "-p",
                        String.valueOf(port),
                        "-U",
                        "postgres",
                        "-d",
                        "postgres",
                        "-c",
                        text));
    }

    private void awaitStarted() throws InterruptedException, IOException {
        for (int i = 0; i < 600; i++) {
            if (!process.isAlive())
                throw new IOException(
                        "postgres ended:\n" + Files.readString(folder.resolve("log")));
            try (Socket _ = new Socket("127.0.0.1", port)) {
                if (Files.readString(folder.resolve("log")).contains("ready to accept connections"))
                    return;
            } catch (IOException _) {
                // Not yet.
            }
            Thread.sleep(50);
        }
        throw new IOException("postgres does not start");
    }

    private static List<String> asServer(List<String> command) {
        if (!isRoot()) return command;
        List<String> whole =
                new ArrayList<>(
                        List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        whole.addAll(command);
        return whole;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(command + " failed:\n" + output);
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + label
                + "-----\n";
    }

    static byte[] encoded(TestCertificates.Identity identity) {
        try {
            return identity.certificate().getEncoded();
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
