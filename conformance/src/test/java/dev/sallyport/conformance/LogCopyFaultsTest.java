package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.ClockedLog;
import dev.sallyport.audit.postgres.CopyVerifier;
import dev.sallyport.audit.postgres.DatabaseAccess;
import dev.sallyport.audit.postgres.LogCopy;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that dies, hangs, comes back older, or is another one: nothing is lost, nothing is
/// there twice, the journal goes on meanwhile, and what nobody can mend by itself is said.
class LogCopyFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private @TempDir Path folder;

    private static void awaitCopied(LogCopy copy, AuditLog log) throws Exception {
        assertThat(copy.await(log.durableSequence(), SOON)).as(copy.status().toString()).isTrue();
    }

    private static void isWhole(CopyDatabase database, AuditLog log) throws Exception {
        assertThat(database.sequences("gw-1")).isEqualTo("1.." + log.durableSequence());
        assertThat(database.one("select problem from log.verify_chain('gw-1')")).isNull();
    }

    private static LogCopy start(Path store, AuditLog log, DatabaseAccess access) {
        return LogCopy.start(store, "gw-1", log::durableSequence, access, LogCopyTest.QUICK);
    }

    @Test
    void aServerKilledAtWorkAndStartedAgain() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        var data = folder.resolve("postgres");
        var options =
                PostgresServer.Options.embedded().withDirectory(data).withSetting("fsync", "on");
        var store = folder.resolve("store");
        var log = LogCopyTest.log(store, "gw-1");
        var server = PostgresServer.start(options);
        var database = CopyDatabase.ready(server, "copies", "gw-1");
        var port = server.port();
        var copy = start(store, log, database.as(CopyDatabase.WRITER));
        try {
            LogCopyTest.append(log, 1);
            awaitCopied(copy, log);
            LogCopyTest.append(log, 500);
            var pid = Files.readString(findPid(data)).lines().findFirst().orElseThrow();
            ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
            // Nobody waits for the database.
            for (int i = 0; i < 5; i++) LogCopyTest.append(log, 100);
            await().atMost(SOON).until(() -> copy.status().problem().isPresent());
            assertThat(copy.status().warning().orElseThrow()).contains("the journal has them");
            assertThat(copy.status().lagEntries()).isPositive();
            assertThat(copy.status().lag()).isPositive();
        } finally {
            server.close();
        }
        try (var again = PostgresServer.start(options.withPort(port))) {
            var same = new CopyDatabase(again, "copies");
            awaitCopied(copy, log);
            await().atMost(SOON).until(() -> copy.status().problem().isEmpty());
            log.close();
            copy.close();
            isWhole(same, log);
            // The gateway itself starts again, without closing the copy in time.
            var reopened = LogCopyTest.log(store, "gw-1");
            LogCopyTest.append(reopened, 50);
            var next = start(store, reopened, same.as(CopyDatabase.WRITER));
            awaitCopied(next, reopened);
            reopened.close();
            next.close();
            isWhole(same, reopened);
            try (var reader = same.as(CopyDatabase.READER).connect()) {
                var findings = CopyVerifier.verify(reader, Evidence.NONE, "");
                assertThat(CopyVerifier.worst(findings))
                        .as(findings.toString())
                        .isEqualTo(Outcome.SOUND);
            }
        }
    }

    private static Path findPid(Path data) throws IOException {
        try (var files = Files.walk(data)) {
            return files.filter(f -> f.endsWith("postmaster.pid")).findFirst().orElseThrow();
        }
    }

    @Test
    void connectionsCutAfterTheCommitAndBeforeItsAnswerAndWithinBatches() throws Exception {
        var options =
                PostgresServer.Options.embedded()
                        .withHba("host all all 127.0.0.1/32 scram-sha-256");
        try (var server = PostgresServer.start(options);
                var log = LogCopyTest.log(folder.resolve("store"), "gw-1");
                var proxy = new CuttingProxy(server.port())) {
            var database = CopyDatabase.ready(server, "copies", "gw-1");
            LogCopyTest.append(log, 300);
            var access = database.as(CopyDatabase.WRITER, proxy.port());
            access.properties().setProperty("sslmode", "disable");
            proxy.commits.set(4);
            proxy.pieces.set(2);
            var copy = start(folder.resolve("store"), log, access);
            awaitCopied(copy, log);
            assertThat(proxy.commits.get()).isLessThanOrEqualTo(0);
            assertThat(proxy.pieces.get()).isLessThanOrEqualTo(0);
            log.close();
            copy.close();
            isWhole(database, log);
        }
    }

    @Test
    void anOlderBackupIsFilledUpAndOneThatIsAheadOrAnotherLogIsNotTouched() throws Exception {
        var server = GatewayUnderTest.postgres();
        var database = CopyDatabase.ready(server, "copy_backup", "gw-1");
        var store = folder.resolve("store");
        var log = LogCopyTest.log(store, "gw-1");
        var copy = start(store, log, database.as(CopyDatabase.WRITER));
        LogCopyTest.append(log, 100);
        log.close();
        copy.close();
        copyFolder(store, folder.resolve("old"));
        server.execute(
                "postgres",
                "drop database if exists copy_older",
                "create database copy_older template copy_backup owner " + CopyDatabase.OWNER);

        log = LogCopyTest.log(store, "gw-1");
        LogCopyTest.append(log, 100);
        copy = start(store, log, database.as(CopyDatabase.WRITER));
        awaitCopied(copy, log);
        log.close();
        copy.close();
        isWhole(database, log);

        // The database is the older one again.
        server.execute(
                "postgres",
                "alter database copy_backup rename to copy_newer",
                "alter database copy_older rename to copy_backup",
                "grant connect on database copy_backup to " + CopyDatabase.WRITER);
        log = LogCopyTest.log(store, "gw-1");
        copy = start(store, log, database.as(CopyDatabase.WRITER));
        awaitCopied(copy, log);
        isWhole(database, log);
        log.close();
        copy.close();

        // The journal is the older one: the database knows more.
        var before = database.sequences("gw-1");
        Files.copy(folder.resolve("store.key"), folder.resolve("old.key"));
        refuses(database, folder.resolve("old"), "the journal was rolled back");
        // Another journal of that name.
        refuses(database, folder.resolve("other"), "is not the journal's", 300);
        assertThat(database.sequences("gw-1")).isEqualTo(before);
        server.execute("postgres", "drop database copy_newer");
    }

    private void refuses(CopyDatabase database, Path store, String why, int... pairs)
            throws Exception {
        try (var log = LogCopyTest.log(store, "gw-1")) {
            for (int n : pairs) LogCopyTest.append(log, n);
            try (var copy = start(store, log, database.as(CopyDatabase.WRITER))) {
                await().atMost(SOON).until(() -> copy.status().problem().isPresent());
                assertThat(copy.status().problem().orElseThrow())
                        .contains("is not written to", why);
                // The journal takes entries all the same.
                LogCopyTest.append(log, 3);
                assertThat(copy.status().copied()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aDatabaseThatHangsKeepsNobodyWaiting() throws Exception {
        var database = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_slow", "gw-1");
        var store = folder.resolve("store");
        try (var log = LogCopyTest.log(store, "gw-1")) {
            var copy = start(store, log, database.as(CopyDatabase.WRITER));
            LogCopyTest.append(log, 5);
            awaitCopied(copy, log);
            try (var blocker = database.server().connect(database.name());
                    var statement = blocker.createStatement()) {
                blocker.setAutoCommit(false);
                statement.execute("lock table log.entry in access exclusive mode");
                for (int i = 0; i < 5; i++) LogCopyTest.append(log, 100);
                Thread.sleep(300);
                assertThat(copy.status().lagEntries()).isGreaterThan(900);
                assertThat(copy.status().lag()).isGreaterThan(Duration.ofMillis(100));
                blocker.rollback();
            }
            awaitCopied(copy, log);
            isWhole(database, log);
            copy.close();
        }
    }

    @Test
    void everyMonthHasItsPartitionWhateverTheClockDoes() throws Exception {
        var database = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_months", "gw-1");
        var now = new AtomicReference<>(Instant.parse("2024-12-31T23:59:59.999999Z"));
        var store = folder.resolve("store");
        try (var log = ClockedLog.open(store, "gw-1", now::get)) {
            for (var time :
                    new String[] {
                        "2024-12-31T23:59:59.999999Z",
                        "2025-01-01T00:00:00Z",
                        "2024-12-31T23:59:59Z",
                        "2026-02-28T23:59:59.999999Z",
                        "2026-03-01T00:00:00Z"
                    }) {
                now.set(Instant.parse(time));
                LogCopyTest.append(log, 2);
            }
            var copy = start(store, log, database.as(CopyDatabase.WRITER));
            awaitCopied(copy, log);
            isWhole(database, log);
            assertThat(
                            database.column(
                                    "select tableoid::regclass || ' ' || count(*) from log.entry"
                                            + " group by tableoid order by 1"))
                    .containsExactly(
                            "log.entry_2024_12 10",
                            "log.entry_2025_01 5",
                            "log.entry_2026_02 5",
                            "log.entry_2026_03 5");
            // A clock in another age stops the copy, and says how it goes on.
            now.set(Instant.parse("2199-01-01T00:00:00Z"));
            LogCopyTest.append(log, 1);
            await().atMost(SOON).until(() -> copy.status().problem().isPresent());
            assertThat(copy.status().problem().orElseThrow())
                    .contains("another age", "log.make_month");
            database.execute("select log.make_month('2199-01-01')");
            awaitCopied(copy, log);
            isWhole(database, log);
            copy.close();
        }
    }

    private static void copyFolder(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList())
                Files.copy(file, to.resolve(from.relativize(file).toString()));
        }
    }

    /// Passes bytes on and cuts connections: with the answer to a COMMIT, and within entries.
    private static final class CuttingProxy implements AutoCloseable {
        private static final byte[] COMMIT = "COMMIT".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] ENTRIES =
                "\"writer\":\"gw-1\"".getBytes(StandardCharsets.US_ASCII);

        private final ServerSocket listener =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int target;
        final AtomicInteger commits = new AtomicInteger();
        final AtomicInteger pieces = new AtomicInteger();

        CuttingProxy(int target) throws IOException {
            this.target = target;
            Thread.ofPlatform().daemon().start(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    var client = listener.accept();
                    var server = new Socket(InetAddress.getLoopbackAddress(), target);
                    var entries = new AtomicBoolean();
                    Thread.ofPlatform().daemon().start(() -> toServer(client, server, entries));
                    Thread.ofPlatform().daemon().start(() -> toClient(server, client, entries));
                }
            } catch (IOException _) {
                // Closed.
            }
        }

        private void toServer(Socket from, Socket to, AtomicBoolean entriesSeen) {
            try (from;
                    to) {
                var out = to.getOutputStream();
                var bytes = new byte[16_384];
                for (int n = from.getInputStream().read(bytes);
                        n > 0;
                        n = from.getInputStream().read(bytes)) {
                    if (contains(bytes, n, ENTRIES)) entriesSeen.set(true);
                    if (entriesSeen.get() && n > 1_000 && pieces.getAndDecrement() > 0) {
                        out.write(bytes, 0, n / 2);
                        return;
                    }
                    out.write(bytes, 0, n);
                }
            } catch (IOException _) {
                // Both ends are closed.
            }
        }

        private void toClient(Socket from, Socket to, AtomicBoolean entriesSeen) {
            try (from;
                    to) {
                var bytes = new byte[16_384];
                for (int n = from.getInputStream().read(bytes);
                        n > 0;
                        n = from.getInputStream().read(bytes)) {
                    if (entriesSeen.get()
                            && contains(bytes, n, COMMIT)
                            && commits.getAndDecrement() > 0) return;
                    to.getOutputStream().write(bytes, 0, n);
                }
            } catch (IOException _) {
                // Both ends are closed.
            }
        }

        private static boolean contains(byte[] bytes, int length, byte[] wanted) {
            for (int i = 0; i <= length - wanted.length; i++)
                if (java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length))
                    return true;
            return false;
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
