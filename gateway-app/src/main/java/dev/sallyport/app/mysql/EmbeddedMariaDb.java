package dev.sallyport.app.mysql;

import dev.sallyport.app.embedded.FileTrees;
import dev.sallyport.app.embedded.ServerAccount;
import dev.sallyport.app.embedded.ServerFolder;
import dev.sallyport.app.embedded.ServerProcess;
import dev.sallyport.app.tls.CertificateAuthority;
import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.config.GatewayConfig.UpstreamTls;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// MariaDB as a child process, listening on 127.0.0.1 only, with TLS only.
///
/// In its folder: `data` (the server's), `server.log`, `ca.pem` (what issued its certificate),
/// `superuser` (the administrator's password), `lock`; `data.location` as {@link ServerFolder} has
/// it.
///
/// Safe for any thread, but starting and stopping wait for each other.
public final class EmbeddedMariaDb implements MySqlServer {
    private static final String HOST = "127.0.0.1";
    private static final String ADMINISTRATOR = "sallyport_admin";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration CERTIFICATE_MARGIN = Duration.ofDays(30);
    private static final int LOG_LINES_SHOWN = 12;

    /// What mariadb-install-db gives to `mariadbd --bootstrap`, in its order.
    private static final List<String> SYSTEM_TABLES =
            List.of(
                    "mariadb_system_tables.sql",
                    "mariadb_performance_tables.sql",
                    "mariadb_system_tables_data.sql",
                    "maria_add_gis_sp_bootstrap.sql",
                    "mariadb_sys_schema.sql");

    private final Path home;
    private final Path folder;
    private final Path data;
    private final int port;
    private final ServerAccount account;
    private final FileChannel lock;
    private @Nullable Process process;

    private EmbeddedMariaDb(
            Path home, Path folder, Path data, int port, ServerAccount account, FileChannel lock) {
        this.home = home;
        this.folder = folder;
        this.data = data;
        this.port = port;
        this.account = account;
        this.lock = lock;
    }

    /// Whether there are programs to start; unpacks nothing.
    public static boolean isThere() {
        try {
            return MariaDbBinaries.isThere();
        } catch (IOException _) {
            return false;
        }
    }

    /// Starts the server and waits until it answers.
    ///
    /// @param directory where it keeps its files, also after it has stopped
    /// @throws IOException with a message for people: what failed, the last lines of the server's
    ///   log, what to do
    public static EmbeddedMariaDb start(Path directory) throws IOException {
        var account = ServerAccount.current();
        var home = MariaDbBinaries.home();
        var folder = Files.createDirectories(directory.toAbsolutePath());
        var lock = ServerFolder.lock(folder);
        try {
            var data = ServerFolder.data(folder, account, "MariaDB", "sallyport-mariadb-");
            stopLeftOver(data);
            var port = ServerFolder.choosePort(0);
            var password = ServerFolder.password(folder);
            var server = new EmbeddedMariaDb(home, folder, data, port, account, lock);
            server.install();
            server.writeCertificate();
            server.run(password);
            return server;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public String describe() {
        var name = String.valueOf(home.getFileName());
        var version = name.replaceFirst("^mariadb-([0-9.]+)-[0-9a-f]+$", "$1");
        return "MariaDB " + (version.equals(name) ? "" : version + " ") + "(embedded)";
    }

    @Override
    public String host() {
        return HOST;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public UpstreamTls tls() {
        return new UpstreamTls(TlsMode.VERIFY_FULL, Optional.of(folder.resolve("ca.pem")));
    }

    @Override
    public String administrator() {
        return ADMINISTRATOR;
    }

    @Override
    public Path passwordFile() {
        return folder.resolve("superuser");
    }

    @Override
    public Optional<Path> client() {
        return Optional.of(home.resolve("bin/mariadb")).filter(Files::isExecutable);
    }

    public Path logFile() {
        return folder.resolve("server.log");
    }

    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public synchronized void close() {
        var running = process;
        process = null;
        try {
            if (running != null) end(running);
            lock.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot stop MariaDB", e);
        }
    }

    private static void end(Process running) throws IOException {
        try {
            ServerProcess.signal(running.pid(), "TERM");
            if (running.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) return;
            running.destroyForcibly().waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> program(String... more) {
        var command = new ArrayList<String>();
        command.add(home.resolve("bin/mariadbd").toString());
        command.addAll(
                List.of(
                        "--no-defaults",
                        "--basedir=" + home,
                        "--datadir=" + data.resolve("db"),
                        "--tmpdir=" + data.resolve("tmp"),
                        "--lc-messages-dir=" + home.resolve("share"),
                        "--character-sets-dir=" + home.resolve("share/charsets"),
                        "--innodb-log-file-size=32M",
                        "--innodb-buffer-pool-size=64M"));
        command.addAll(List.of(more));
        return command;
    }

    /// The system's tables, made once. What is there half after a crash is made anew: the folder is
    /// moved to its place when it is whole.
    private void install() throws IOException {
        var whole = data.resolve("installed");
        if (Files.exists(whole)) return;
        FileTrees.delete(data);
        makeFolder(data);
        makeFolder(data.resolve("db"));
        makeFolder(data.resolve("tmp"));
        var sql =
                new StringBuilder(
                        "create database mysql;\nuse mysql;\nset @auth_root_socket=NULL;\n");
        for (var name : SYSTEM_TABLES)
            sql.append(
                    Files.readString(home.resolve("share").resolve(name), StandardCharsets.UTF_8));
        var input = writeInto(data.resolve("install.sql"), sql.toString());
        var builder =
                new ProcessBuilder(
                                account.command(
                                        program(
                                                "--bootstrap",
                                                "--log-warnings=0",
                                                "--enforce-storage-engine=",
                                                "--innodb-flush-log-at-trx-commit=0")))
                        .directory(new java.io.File("/"))
                        .redirectInput(input.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(logFile().toFile());
        var started = builder.start();
        try {
            if (!started.waitFor(INSTALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                started.destroyForcibly();
                throw new IOException("MariaDB did not make its tables in " + INSTALL_TIMEOUT);
            }
        } catch (InterruptedException _) {
            started.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while MariaDB was being installed");
        }
        if (started.exitValue() != 0)
            throw new IOException("MariaDB cannot make its tables; it says:\n" + logTail());
        Files.delete(input);
        Files.createFile(whole);
    }

    private void makeFolder(Path path) throws IOException {
        Files.createDirectory(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        account.own(path);
    }

    /// A file that only the server's account reads.
    private Path writeInto(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
        account.own(file);
        return file;
    }

    private void writeCertificate() throws IOException {
        var ca = folder.resolve("ca.pem");
        var certificate = data.resolve("server.crt");
        var key = data.resolve("server.key");
        var present = Files.exists(key) && Files.exists(certificate);
        if (present && CertificateAuthority.isValidFor(ca, CERTIFICATE_MARGIN, Clock.systemUTC()))
            return;
        var authority = CertificateAuthority.create("Sallyport upstream CA (MariaDB)");
        authority.issueServer(List.of("localhost", HOST, "::1")).write(certificate, key);
        authority.write(ca);
        account.own(certificate);
        account.own(key);
    }

    private synchronized void run(String password) throws IOException {
        // Before anybody can connect: the accounts without a password that come with the tables go.
        var accounts =
                writeInto(
                        data.resolve("accounts.sql"),
                        """
                        DELETE FROM mysql.global_priv WHERE User IN ('root', '');
                        DELETE FROM mysql.proxies_priv;
                        FLUSH PRIVILEGES;
                        CREATE OR REPLACE USER %1$s@'127.0.0.1' IDENTIFIED BY '%2$s' REQUIRE SSL;
                        GRANT ALL ON *.* TO %1$s@'127.0.0.1' WITH GRANT OPTION;
                        """
                                .formatted(ADMINISTRATOR, password));
        var command =
                account.longRunningCommand(
                        "TERM",
                        program(
                                "--port=" + port,
                                "--bind-address=" + HOST,
                                "--socket=",
                                "--skip-name-resolve",
                                "--pid-file=" + data.resolve("mariadbd.pid"),
                                "--init-file=" + accounts,
                                "--ssl-cert=" + data.resolve("server.crt"),
                                "--ssl-key=" + data.resolve("server.key"),
                                "--require-secure-transport=ON",
                                "--tls-version=TLSv1.2,TLSv1.3",
                                "--character-set-server=utf8mb4",
                                "--default-time-zone=+00:00",
                                "--max-connections=300",
                                "--max-allowed-packet=64M",
                                "--local-infile=OFF",
                                "--innodb-flush-log-at-trx-commit=2",
                                // A crash of the machine may lose what was dirtied last; the demo
                                // needs no more.
                                "--log-warnings=1"));
        process = ServerProcess.start("MariaDB", command, logFile());
        waitUntilReady(process);
        Files.delete(accounts);
    }

    /// It greets when everything is up.
    private void waitUntilReady(Process started) throws IOException {
        var deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!started.isAlive())
                throw new IOException("MariaDB did not start; its log says:\n" + logTail());
            try (var socket = new Socket(HOST, port)) {
                socket.setSoTimeout((int) START_TIMEOUT.toMillis());
                if (socket.getInputStream().read() >= 0) return;
            } catch (IOException _) {
                // Not listening yet.
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                end(started);
                throw new IOException("interrupted while MariaDB was starting");
            }
        }
        end(started);
        throw new IOException(
                "MariaDB was not ready after %d s; its log says:%n%s"
                        .formatted(START_TIMEOUT.toSeconds(), logTail()));
    }

    private String logTail() throws IOException {
        var lines = Files.readAllLines(logFile(), StandardCharsets.UTF_8);
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }

    /// A server of ours that outlived its parent. We hold the folder's lock, so nobody else is
    /// using it.
    private static void stopLeftOver(Path data) throws IOException {
        String written;
        try {
            written = Files.readString(data.resolve("mariadbd.pid")).strip();
        } catch (NoSuchFileException _) {
            return;
        }
        if (!written.matches("[0-9]{1,10}")) return;
        var found = ProcessHandle.of(Long.parseLong(written));
        // The number may belong to a stranger by now.
        if (found.isEmpty()
                || !found.get().info().commandLine().orElse("").contains(data.toString())) return;
        ServerProcess.signal(found.get().pid(), "TERM");
        try {
            found.get().onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a left-over MariaDB was stopping");
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException _) {
            throw new IOException(
                    "a MariaDB left over from an earlier run (process %d) does not stop"
                            .formatted(found.get().pid()));
        }
    }
}
