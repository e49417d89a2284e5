package dev.sallyport.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.app.Main;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole product as people start it: `sallyport demo` in a process of its own.
class DemoTest {
    private static final Duration START = Duration.ofSeconds(180);

    @TempDir Path temporary;
    private Path data;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void letTheServersAccountThrough() throws Exception {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
        data = temporary.resolve("the data");
    }

    @AfterEach
    void stopWhatWasStarted() throws Exception {
        for (var process : started) {
            process.destroyForcibly().waitFor();
            // The server follows its parent.
            Thread.sleep(200);
        }
    }

    @Test
    void tourGoesAsItShould() throws Exception {
        // Found, but of no use, as where a package lacks a library: what came along is taken.
        var broken =
                Files.writeString(
                        Files.createDirectory(programs()).resolve("mariadb"),
                        "#!/bin/sh\nexit 127\n");
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));
        var demo = start("--tour");
        assertThat(demo.waitFor(START.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(output())
                .contains("The tour went as it should.", "dana, developer, in MySQL")
                .doesNotContain("WRONG", "Without MySQL");
        assertThat(demo.exitValue()).isZero();
        assertThat(data.resolve("demo.json")).doesNotExist();
    }

    @Test
    void servesUntilItIsToldToStopAndStartsAgainWithTheSameData() throws Exception {
        var demo = start();
        var json = awaitReady(demo);
        assertThat(fieldNames(json))
                .containsExactly("listeners", "users", "upstreams", "store", "config", "ca");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve("demo.json"))))
                .isEqualTo("rw-------");

        try (var dana = connect(json, "dana")) {
            assertThat(count(dana, "select id from patients")).isEqualTo(10_000);
            assertThatThrownBy(() -> count(dana, "select ssn from patients"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("ssn");
        }
        try (var dana = connectToMySql(json, "dana")) {
            assertThat(count(dana, "select id from patients")).isEqualTo(10_000);
            assertThatThrownBy(() -> count(dana, "select ssn from patients"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("ssn");
        }
        assertThat(json.get("upstreams"))
                .extracting(u -> u.get("protocol").asText() + " " + u.get("database").asText())
                .containsExactly("postgres clinic", "postgres audit", "mysql clinic");
        assertThat(output())
                .contains("PGPASSWORD=", "MYSQL_PWD=")
                .containsPattern("dana +permit +SELECT +select public.patients \\(id\\)")
                .containsPattern("dana +deny +SELECT");

        demo.destroy();
        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isZero();
        assertThat(data.resolve("demo.json")).doesNotExist();
        var log = LogVerifier.verify(Path.of(json.get("store").asText()));
        assertThat(log.outcome()).isEqualTo(VerifyResult.Outcome.SOUND);
        assertThat(log.closed()).isTrue();

        var again = start();
        var later = awaitReady(again);
        assertThat(later.get("users")).isEqualTo(json.get("users"));
        try (var dana = connect(later, "dana");
                var danaInMySql = connectToMySql(later, "dana")) {
            assertThat(count(dana, "select id from patients")).isEqualTo(10_000);
            assertThat(count(danaInMySql, "select id from patients")).isEqualTo(10_000);
        }
    }

    @Test
    void recoversFromBeingKilledAndGoesOnWithoutMySqlWhereItsProgramsAreNot() throws Exception {
        var demo = start();
        awaitReady(demo);
        demo.destroyForcibly().waitFor();
        assertThat(data.resolve("demo.json")).exists();

        var json =
                awaitReady(
                        startWith(List.of("-Dsallyport.mariadb=" + temporary.resolve("nowhere"))));
        assertThat(output()).contains("Without MySQL: no MariaDB in").doesNotContain("MYSQL_PWD");
        assertThat(json.get("listeners"))
                .allSatisfy(l -> assertThat(l.get("protocol").asText()).isEqualTo("postgres"));
        try (var dana = connect(json, "dana")) {
            assertThat(count(dana, "select id from patients")).isEqualTo(10_000);
        }
        assertThat(LogVerifier.verify(Path.of(json.get("store").asText())).outcome())
                .isEqualTo(VerifyResult.Outcome.SOUND);
    }

    @Test
    void saysThatThePortIsInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var demo = start("--postgres-port", Integer.toString(taken.getLocalPort()));
            assertThat(demo.waitFor(START.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(demo.exitValue()).isEqualTo(1);
            assertThat(output())
                    .startsWith("sallyport: port " + taken.getLocalPort() + " is in use")
                    .contains("--postgres-port")
                    .hasLineCount(1);
        }
    }

    /// Where the demo finds programs first.
    private Path programs() {
        return temporary.resolve("programs");
    }

    private Process start(String... more) throws Exception {
        return startWith(List.of(), more);
    }

    private Process startWith(List<String> jvm, String... more) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(
                List.of(
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "demo",
                        "--data",
                        data.toString()));
        command.addAll(List.of(more));
        if (!command.contains("--postgres-port")) command.addAll(List.of("--postgres-port", "0"));
        command.addAll(List.of("--mysql-port", "0"));
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(temporary.resolve("output").toFile());
        builder.environment().merge("PATH", "/usr/bin:/bin", (path, _) -> programs() + ":" + path);
        var process = builder.start();
        started.add(process);
        return process;
    }

    private JsonNode awaitReady(Process demo) throws Exception {
        var file = data.resolve("demo.json");
        var before = Files.exists(file) ? Files.getLastModifiedTime(file) : null;
        var deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline && demo.isAlive()) {
            if (Files.exists(file) && !Files.getLastModifiedTime(file).equals(before)) {
                return new ObjectMapper().readTree(file.toFile());
            }
            Thread.sleep(20);
        }
        throw new AssertionError("the demo was not ready; it said:\n" + output());
    }

    private String output() throws Exception {
        return Files.readString(temporary.resolve("output"));
    }

    private static List<String> fieldNames(JsonNode json) {
        var names = new ArrayList<String>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Connection connect(JsonNode json, String name) throws SQLException {
        var properties = new Properties();
        for (var user : json.get("users")) {
            if (user.get("name").asText().equals(name)) {
                properties.setProperty("password", user.get("password").asText());
            }
        }
        properties.setProperty("user", name);
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("sslrootcert", json.get("ca").asText());
        var listener = json.get("listeners").get(0);
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s"
                        .formatted(
                                listener.get("host").asText(),
                                listener.get("port").asInt(),
                                listener.get("database").asText()),
                properties);
    }

    private static Connection connectToMySql(JsonNode json, String name) throws SQLException {
        var properties = new Properties();
        for (var user : json.get("users"))
            if (user.get("name").asText().equals(name))
                properties.setProperty("password", user.get("password").asText());
        properties.setProperty("user", name);
        // Its trust stores are files of Java's kind; the tour's clients check who answers.
        properties.setProperty("sslMode", "REQUIRED");
        for (var listener : json.get("listeners"))
            if (listener.get("protocol").asText().equals("mysql"))
                return DriverManager.getConnection(
                        "jdbc:mysql://%s:%d/%s"
                                .formatted(
                                        listener.get("host").asText(),
                                        listener.get("port").asInt(),
                                        listener.get("database").asText()),
                        properties);
        throw new AssertionError("demo.json names no listener for MySQL");
    }

    private static int count(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var count = 0;
            while (rows.next()) count++;
            return count;
        }
    }
}
