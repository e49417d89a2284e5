package dev.sallyport.app.postgres;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.app.embedded.FileTrees;
import dev.sallyport.app.postgres.PostgresServer.Options;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real servers: each start takes about a second.
class EmbeddedPostgresTest {
    @TempDir Path folder;

    /// JUnit makes it private; as root the server runs under another account.
    @BeforeEach
    void letTheServersAccountThrough() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /// As root, where nobody else may pass: the data go elsewhere, and are found again.
    @Test
    void runsFromAPrivateFolderToo() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        var options = Options.embedded().withDirectory(folder.resolve("p g"));
        try (var server = PostgresServer.start(options)) {
            server.execute("postgres", "create table kept (n int)", "insert into kept values (7)");
        }
        try (var server = PostgresServer.start(options)) {
            assertThat(server.queryColumn("postgres", "select n from kept")).containsExactly("7");
        } finally {
            var location = folder.resolve("p g/data.location");
            if (Files.exists(location)) {
                FileTrees.delete(
                        requireNonNull(Path.of(Files.readString(location).strip()).getParent()));
            }
        }
    }

    @Test
    void speaksTlsWithScramAndNothingElse() throws Exception {
        try (var server = PostgresServer.start(Options.embedded())) {
            server.createRole("app", "se'cret", "nosuperuser");
            try (var connection = server.connect("postgres", "app", "se'cret");
                    var rows =
                            connection
                                    .createStatement()
                                    .executeQuery(
                                            "select ssl, version from pg_stat_ssl where pid ="
                                                    + " pg_backend_pid()")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getBoolean(1)).isTrue();
                assertThat(rows.getString(2)).startsWith("TLSv1.");
            }
            assertThat(
                            server.queryColumn(
                                    "postgres",
                                    "select left(rolpassword, 13) from pg_authid where rolname ="
                                            + " 'app'"))
                    .containsExactly("SCRAM-SHA-256");

            var clear = new Properties();
            clear.setProperty("user", "app");
            clear.setProperty("password", "se'cret");
            clear.setProperty("sslmode", "disable");
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl("postgres"), clear))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("no encryption");
            assertThatThrownBy(() -> server.connect("postgres", "app", "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void keepsItsDataAndPasswordInItsFolderAndSurvivesACrash() throws Exception {
        var options = Options.embedded().withDirectory(folder.resolve("pg"));
        String password;
        try (var server = (EmbeddedPostgres) PostgresServer.start(options)) {
            password = server.superuserPassword();
            server.execute("postgres", "create table kept (n int)", "insert into kept values (7)");
            server.kill();
            assertThat(server.isRunning()).isFalse();
            server.startAgain();
            assertThat(server.queryColumn("postgres", "select n from kept")).containsExactly("7");
        }
        try (var server = PostgresServer.start(options)) {
            assertThat(server.superuserPassword()).isEqualTo(password);
            assertThat(server.queryColumn("postgres", "select n from kept")).containsExactly("7");
        }
    }

    @Test
    void twoCannotUseOneFolder() throws Exception {
        var options = Options.embedded().withDirectory(folder.resolve("pg"));
        try (var _ = PostgresServer.start(options)) {
            assertThatThrownBy(() -> PostgresServer.start(options))
                    .hasMessageContaining("another process is using");
        }
    }

    @Test
    void saysThatThePortIsInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var options =
                    Options.embedded()
                            .withDirectory(folder.resolve("pg"))
                            .withPort(taken.getLocalPort());
            assertThatThrownBy(() -> PostgresServer.start(options))
                    .hasMessage("port " + taken.getLocalPort() + " is in use");
        }
    }

    @Test
    void showsTheServersOwnWordsWhenItDoesNotStart() {
        var options = Options.embedded().withSetting("shared_buffers", "much");
        assertThatThrownBy(() -> PostgresServer.start(options))
                .hasMessageContaining("did not start")
                .hasMessageContaining("invalid value for parameter \"shared_buffers\"");
    }

    /// The parent is another JVM, killed without a chance to clean up.
    @Test
    void nothingIsLeftRunningWhenItsParentIsKilled() throws Exception {
        var directory = folder.resolve("pg");
        var parent = startInAnotherJvm(directory);
        var server = ProcessHandle.of(postmasterPid(directory)).orElseThrow();
        assertThat(server.isAlive()).isTrue();

        parent.destroyForcibly();

        server.onExit().get(20, TimeUnit.SECONDS);
        assertThat(server.isAlive()).isFalse();
    }

    private static Process startInAnotherJvm(Path directory) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Parent.class.getName());
        command.add(directory.toString());
        var parent =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var line = parent.inputReader().readLine();
        assertThat(line).isEqualTo("ready");
        return parent;
    }

    private static long postmasterPid(Path directory) throws Exception {
        var location = directory.resolve("data.location");
        var data =
                Files.exists(location)
                        ? Path.of(Files.readString(location).strip())
                        : directory.resolve("data");
        return Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
    }

    static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws Exception {
            PostgresServer.start(Options.embedded().withDirectory(Path.of(args[0])));
            System.out.println("ready");
            Thread.sleep(Duration.ofMinutes(1));
        }
    }
}
