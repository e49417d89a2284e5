package dev.sallyport.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.app.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {
    @TempDir Path temporary;

    @Test
    void theMainFileIsTheExampleWithTodaysPorts() throws Exception {
        var example = DemoFolder.example("sallyport.yaml");
        var made = DemoFolder.mainFile(example, "0.0.0.0", 25432, "10.0.0.7", 6543, true);
        assertThat(made)
                .contains(
                        "    host: \"0.0.0.0\"\n    port: 25432 ",
                        "    host: 10.0.0.7\n    port: 6543\n");
        assertThat(made).doesNotContain("15432").contains("mode: verify-full");
        // Comments may tell of other servers.
        assertThat(made.lines().filter(l -> !l.strip().startsWith("#")))
                .noneMatch(l -> l.contains("port: 5432"));
        assertThat(made.lines().count()).isEqualTo(example.lines().count() + 1);
    }

    @Test
    void aServerWithoutAKnownAuthorityIsNotVerified() throws Exception {
        var made =
                DemoFolder.mainFile(
                        DemoFolder.example("sallyport.yaml"), "::1", 1, "db", 5432, false);
        assertThat(made).contains("mode: require").contains("      # ca: tls/ca.crt");
    }

    @Test
    void mySqlIsTheExamplesWithTodaysPorts() throws Exception {
        var example = DemoFolder.example("sallyport.yaml");
        assertThat(DemoFolder.withMySql(example, "0.0.0.0", 23306, "10.0.0.7", 6306, true))
                .contains(
                        "  - protocol: mysql ",
                        "    host: \"0.0.0.0\"\n    port: 23306\n    database: clinic-mysql ",
                        "  - name: clinic-mysql ",
                        "    host: 10.0.0.7\n    port: 6306\n",
                        "    tls: { mode: verify-full, ca: tls/mysql-ca.crt }",
                        "  - policies/clinic-mysql.yaml");
        assertThat(DemoFolder.withMySql(example, "::1", 1, "db", 3306, false))
                .contains("tls: { mode: require }")
                .doesNotContain("mysql-ca.crt");
    }

    @Test
    void linesForMySqlsClientHoldWhateverThePathHolds() {
        var entrance =
                new MySqlEntrance(
                        "127.0.0.1",
                        1,
                        Path.of("/a b/c'd"),
                        java.util.Optional.of(Path.of("/unpacked/bin/mariadb")),
                        Map.of("dana", "pw"));
        assertThat(entrance.line("dana"))
                .startsWith("MYSQL_PWD=pw ")
                .endsWith(
                        "'--ssl-ca=/a b/c'\\''d' --ssl-verify-server-cert -h 127.0.0.1 -P 1 -u dana"
                                + " clinic");
    }

    @Test
    void anExampleThatHasChangedIsNoticed() {
        assertThatThrownBy(() -> DemoFolder.mainFile("gateway: x\n", "::1", 1, "h", 2, true))
                .hasMessageContaining("should hold once");
    }

    @Test
    void everyUserGetsAVerifierOfTheirOwn() throws Exception {
        var made =
                DemoFolder.users(DemoFolder.example("users.yaml"), Map.of("dana", "one password"));
        assertThat(made).doesNotContain("change-me");
        var verifiers = made.lines().filter(l -> l.contains("SCRAM-SHA-256$")).toList();
        assertThat(verifiers).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void passwordsAreInventedOnceAndPrivate() throws Exception {
        var data = temporary.resolve("data");
        String first;
        try (var folder = DemoFolder.open(data)) {
            first = folder.secret("upstream");
            assertThat(first).hasSize(16).isNotEqualTo(folder.secret("catalog"));
            for (var name : List.of("secrets/upstream", "secrets/catalog")) {
                assertThat(
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(data.resolve(name))))
                        .isEqualTo("rw-------");
            }
        }
        try (var folder = DemoFolder.open(data)) {
            assertThat(folder.secret("upstream")).isEqualTo(first);
        }
    }

    @Test
    void editedPoliciesAndUsersStay() throws Exception {
        var data = temporary.resolve("data");
        try (var folder = DemoFolder.open(data)) {
            folder.prepareUsers();
        }
        Files.writeString(data.resolve("policies/clinic.yaml"), "edited");
        Files.writeString(data.resolve("users.yaml"), "edited too");
        try (var folder = DemoFolder.open(data)) {
            assertThat(folder.prepareUsers())
                    .containsOnlyKeys("dana", "pavel", "bea", "sam", "aud");
        }
        assertThat(data.resolve("policies/clinic.yaml")).hasContent("edited");
        assertThat(data.resolve("users.yaml")).hasContent("edited too");
    }

    @Test
    void isForOneDemoAtATime() throws Exception {
        var data = temporary.resolve("data");
        try (var _ = DemoFolder.open(data)) {
            assertThatThrownBy(() -> DemoFolder.open(data))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("another demo is using");
        }
    }

    @Test
    void leavesFoldersWithOtherThingsAlone() throws Exception {
        Files.writeString(temporary.resolve("thesis.tex"), "precious");
        assertThatThrownBy(() -> DemoFolder.open(temporary))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("holds other things");
        Files.writeString(temporary.resolve("file"), "");
        assertThatThrownBy(() -> DemoFolder.open(temporary.resolve("file")))
                .hasMessageContaining("is not a folder");
    }

    @Test
    void aStaleFileOfAKilledRunIsGoneBeforeAnythingStarts() throws Exception {
        var data = temporary.resolve("data");
        DemoFolder.open(data).close();
        Files.writeString(data.resolve("demo.json"), "{}");
        try (var _ = DemoFolder.open(data)) {
            assertThat(data.resolve("demo.json")).doesNotExist();
        }
    }

    @Test
    void linesForAShellHoldWhateverThePathHolds() {
        var passwords = Map.of("dana", "pw");
        var plain = new Entrance("127.0.0.1", 1, "clinic", Path.of("/a/ca.crt"), passwords);
        assertThat(plain.psql("dana"))
                .isEqualTo(
                        "PGPASSWORD=pw psql \"host=127.0.0.1 port=1 user=dana dbname=clinic"
                                + " sslmode=verify-full sslrootcert=/a/ca.crt\"");
        var odd = new Entrance("127.0.0.1", 1, "clinic", Path.of("/a b/$c'd"), passwords);
        assertThat(odd.psql("dana")).endsWith("sslrootcert='/a b/\\$c\\\\'d'\"");
        assertThat(Entrance.shellWord("/a b'c")).isEqualTo("'/a b'\\''c'");
    }
}
