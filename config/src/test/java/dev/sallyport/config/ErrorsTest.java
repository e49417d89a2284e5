package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every mistake is reported at once, where it is, with what to write instead.
class ErrorsTest {
    private static final String VERIFIER =
            "SCRAM-SHA-256$4096:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA="
                + ":dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4=";

    @TempDir Path dir;

    @BeforeEach
    void copyExamples() throws IOException {
        ExamplesTest.copyExamples(dir);
    }

    @Test
    void allErrorsOfTheMainFileAreReportedAtOnce() throws IOException {
        main(
                """
                gatway: demo
                listeners:
                  - protocol: postgres
                    host: 0.0.0.0
                    port: 65536
                  - protocol: oracle
                    host: 127.0.0.1
                    port: "5432"
                    tls: { certificate: tls/none.crt, key: tls/gateway.key, required: maybe }
                databases:
                  - name: clinic
                    protocol: postgres
                    host: db.example.org
                    port: 5432
                    user: gw
                    password: hunter2
                    tls: { mode: prefer }
                    catalog: { user: cat, password: { file: secrets/none } }
                  - name: clinic
                    protocol: mysql
                    host: 10.0.0.1
                    port: 3306
                    user: 17
                    password: { env: SALLYPORT_TEST_NOT_SET, file: x }
                    tls: { mode: disable }
                    catalog: { user: cat, password: { env: SALLYPORT_TEST_NOT_SET }, refresh: 2h }
                policies: []
                users: users.yaml
                audit: { store: audit, segmentSize: 64MB, reserve: 1KiB }
                sessions: { idle: 30, maxAge: 8d, max: 1.5, maxPerUser: }
                admin: { host: 0.0.0.0 }
                """);

        assertThat(errors())
                .containsExactly(
                        "sallyport.yaml:1:1: the gateway's configuration needs 'gateway'",
                        "sallyport.yaml:1:1: unknown key 'gatway' in the gateway's configuration;"
                                + " did you mean 'gateway'?",
                        "sallyport.yaml:3:5: this listener needs 'tls': only loopback addresses may"
                                + " do without, and 0.0.0.0 is none",
                        "sallyport.yaml:5:11: 'port' is 65536, but must be between 0 and 65535",
                        "sallyport.yaml:6:15: 'protocol' is 'oracle', but must be one of postgres,"
                                + " mysql",
                        "sallyport.yaml:8:11: 'port' must be a number without quotes",
                        "sallyport.yaml:9:25: there is no file DIR/tls/none.crt",
                        "sallyport.yaml:9:71: 'required' must be true or false, but is maybe",
                        "sallyport.yaml:16:15: a password is never written here: put it into a file"
                            + " or an environment variable and write password: { file: secrets/NAME"
                            + " } or { env: NAME }; and change this one, somebody may have read it",
                        "sallyport.yaml:17:18: 'prefer' would fall back to clear text silently: use"
                                + " verify-full, or disable for a database on loopback",
                        "sallyport.yaml:18:39: the password can't be read: there is no file"
                                + " DIR/secrets/none",
                        "sallyport.yaml:19:5: there is a database named clinic already, in line 11",
                        "sallyport.yaml:23:11: 'user' must be text, but 17 is a number: put it in"
                                + " quotes",
                        "sallyport.yaml:24:15: 'password' needs either 'file' or 'env'",
                        "sallyport.yaml:25:18: 'disable' is for loopback addresses only, and"
                                + " 10.0.0.1 is none: use verify-full",
                        "sallyport.yaml:26:39: the password can't be read: environment variable"
                                + " SALLYPORT_TEST_NOT_SET is not set",
                        "sallyport.yaml:26:79: 'refresh' is 2h, but must be between 1s and 1h",
                        "sallyport.yaml:27:11: 'policies' is an empty list",
                        "sallyport.yaml:29:37: 'segmentSize' must be a number with B, KiB, MiB, GiB"
                                + " or TiB, as 64MiB, but is 64MB",
                        "sallyport.yaml:29:52: 'reserve' is 1KiB, but must be between 1MiB and"
                                + " 1TiB",
                        "sallyport.yaml:30:19: 'idle' must be a number with ms, s, m, h or d, as"
                                + " 30s, but is 30",
                        "sallyport.yaml:30:31: 'maxAge' is 8d, but must be between 1s and 7d",
                        "sallyport.yaml:30:40: 'max' must be a whole number, but is 1.5",
                        "sallyport.yaml:30:56: 'maxPerUser' has no value",
                        "sallyport.yaml:31:10: health and metrics are served on loopback only, and"
                                + " 0.0.0.0 is no loopback address");
    }

    @Test
    void signaturesNeedTwoPeopleAndEverybodyInTheUsersFile() throws IOException {
        var sound = Files.readString(dir.resolve("sallyport.yaml"));
        var ann = "policy-signer:ann:GhyXtdyTDMa8EGz5SjZWMYFMXClE6MlX84oR5VG77BE";
        main(
                sound
                        + """
                        state: { dir: state }
                        signing: { file: policies.signed, signers: ["%s"] }
                        """
                                .formatted(ann));
        assertThat(errors())
                .hasSize(2)
                .anyMatch(e -> e.contains("'signers' needs two people at least"))
                .anyMatch(e -> e.contains("'signing' and 'state' don't go together"));
        main(
                sound
                        + """
                        signing: { file: policies.signed, signers: ["%s", "%1$s", ann] }
                        """
                                .formatted(ann));
        assertThat(errors())
                .hasSize(2)
                .anyMatch(e -> e.contains("there is a signer"))
                .anyMatch(e -> e.contains("as `sallyport policy keygen` prints it"));
    }

    @Test
    void aPasswordWrittenByMistakeIsNotRepeated() throws IOException {
        main(
                Files.readString(dir.resolve("sallyport.yaml"))
                        .replace("password: { file: secrets/upstream }", "password: hunter2"));
        assertThat(errors()).hasSize(1).noneMatch(e -> e.contains("hunter2"));
    }

    @Test
    void theLogsCopyIsReadStrictly() throws IOException {
        var example = Files.readString(dir.resolve("sallyport.yaml"));
        var line = example.substring(0, example.indexOf("\naudit:\n")).split("\n", -1).length + 2;
        main(
                example.replace(
                        "\naudit:\n",
                        """

                        audit:
                          postgres: { host: db.example.org, port: 0, user: w, password: hunter2, tls: { mode: disable }, reader: { user: w, password: { env: SALLYPORT_NO_SUCH } }, tabel: x }
                        """));
        assertThat(errors())
                .allMatch(e -> e.startsWith("sallyport.yaml:" + line + ":"), "names line " + line)
                .noneMatch(e -> e.contains("hunter2"))
                .anyMatch(e -> e.contains("'postgres' needs 'database'"))
                .anyMatch(e -> e.contains("'port' is 0"))
                .anyMatch(e -> e.contains("a password is never written here"))
                .anyMatch(e -> e.contains("'disable' is for loopback addresses only"))
                .anyMatch(e -> e.contains("'reader' must be another role than 'user'"))
                .anyMatch(e -> e.contains("SALLYPORT_NO_SUCH"))
                .anyMatch(e -> e.contains("unknown key 'tabel' in 'postgres'"));
    }

    @Test
    void errorsOfAllFilesAreReportedTogether() throws IOException {
        main(Files.readString(dir.resolve("sallyport.yaml")).replace("port: 15432", "port: x"));
        Files.writeString(
                dir.resolve("users.yaml"),
                """
                users:
                  - { name: "", roles: [], verifier: abc }
                  - { name: Dana, roles: [developer, developer], verifier: "%1$s" }
                  - { name: dana, roles: [developer], verifier: "%1$s" }
                  - { name: bob, roles: developer, password: secret }
                  - { name: "a b", roles: [x], verifier: "%2$s", attributes: { Bad: 1 }, disabled: "no" }
                """
                        .formatted(VERIFIER, VERIFIER.replace("4096", "1000")));
        Files.writeString(
                dir.resolve("policies/clinic.yaml"),
                """
                database: klinic
                approvals: { access-request: { minimum: 1 } }
                roles:
                  developer:
                    breakGlass: { maxDuration: 1h }
                    grants:
                      - { id: a, allow: [select], on: [public.*], mask: safe-harbor, star: granted }
                      - { id: b, alow: [select], on: [public.*] }
                      - { id: c, allow: [update(status, paid_at], on: [billing.claims] }
                deny:
                  - { id: d, actions: [delete], on: ["*"], when: "!statement.has_where" }
                """);

        assertThat(errors())
                .containsExactly(
                        "policies/clinic.yaml:1:11: there is no database 'klinic' in"
                                + " sallyport.yaml; did you mean 'clinic'?",
                        "policies/clinic.yaml:2:1: " + notYet("approvals"),
                        "policies/clinic.yaml:5:5: " + notYet("breakGlass"),
                        "policies/clinic.yaml:7:70: " + notYet("star"),
                        "policies/clinic.yaml:8:9: a grant needs 'allow'",
                        "policies/clinic.yaml:8:18: unknown key 'alow' in a grant; did you mean"
                                + " 'allow'?",
                        "policies/clinic.yaml:9:26: 'update(status' lacks its ')'",
                        "sallyport.yaml:14:11: 'port' must be a whole number, but is x",
                        "users.yaml:2:13: 'name' is empty",
                        "users.yaml:2:38: 'verifier' must be"
                            + " SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey> with at"
                            + " least 4096 iterations, as PostgreSQL's pg_authid.rolpassword holds"
                            + " it",
                        "users.yaml:3:38: role 'developer' is listed twice",
                        "users.yaml:4:13: there is a user 'Dana' already, in line 3",
                        "users.yaml:4:49: 'Dana' has the same verifier: each person needs a"
                                + " password of their own",
                        "users.yaml:5:5: a user needs 'verifier'",
                        "users.yaml:5:25: 'roles' must be a list: write [developer]",
                        "users.yaml:5:36: passwords are never written here: write a SCRAM"
                            + " 'verifier'; and change this password, somebody may have read it",
                        "users.yaml:6:13: 'name' is 'a b', but must be up to 63 letters, digits,"
                                + " '_', '.', '@', '+' and '-'",
                        "users.yaml:6:42: 'verifier' must be"
                            + " SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey> with at"
                            + " least 4096 iterations, as PostgreSQL's pg_authid.rolpassword holds"
                            + " it",
                        "users.yaml:6:193: an attribute's name is lower-case letters, digits and"
                                + " '_', but this is 'Bad'",
                        "users.yaml:6:198: 'Bad' must be text, but 1 is a number: put it in quotes",
                        "users.yaml:6:213: 'disabled' must be true or false, but is no");
    }

    private static String notYet(String key) {
        return "'"
                + key
                + "' is not supported by this version: nothing would enforce it, so the file is"
                + " refused";
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertThat(ConfigLoader.load(dir.resolve("none.yaml")))
                .isEqualTo(
                        new ConfigLoader.Errors(
                                List.of(
                                        new ConfigError(
                                                Position.ofWhole(dir.resolve("none.yaml")),
                                                "there is no such file"))));
        Files.delete(dir.resolve("users.yaml"));
        Files.delete(dir.resolve("policies/clinic.yaml"));
        Files.createDirectory(dir.resolve("policies/clinic.yaml"));
        assertThat(errors())
                .containsExactly(
                        "policies/clinic.yaml: the file can't be read: it is a directory",
                        "users.yaml: there is no such file");
    }

    @Test
    void aDatabaseWithoutPolicyIsAMistake() throws IOException {
        var main = Files.readString(dir.resolve("sallyport.yaml"));
        var second = main.substring(main.indexOf("  - name: clinic"), main.indexOf("policies:"));
        main(
                main.replace(
                        "policies:\n",
                        second.replace("name: clinic", "name: lab") + "policies:\n"));
        assertThat(errors())
                .singleElement()
                .asString()
                .endsWith("no policy file is about database 'lab': nobody could use it");
    }

    @Test
    void aListenerForMySqlNamesItsDatabase() throws IOException {
        var main = Files.readString(dir.resolve("sallyport.yaml"));
        var listener = "  - { protocol: mysql, host: 127.0.0.1, port: 13306 %s}\n\ndatabases:";
        var mysql =
                main.replace(
                        "  - name: clinic\n    protocol: postgres",
                        "  - name: clinic\n    protocol: mysql");

        main(main.replace("\ndatabases:", listener.formatted("")));
        assertThat(errors()).singleElement().asString().endsWith("a listener needs 'database'");

        main(main.replace("\ndatabases:", listener.formatted(", database: klinic ")));
        assertThat(errors())
                .singleElement()
                .asString()
                .endsWith("there is no database 'klinic' under 'databases'");

        main(main.replace("\ndatabases:", listener.formatted(", database: clinic ")));
        assertThat(errors())
                .singleElement()
                .asString()
                .endsWith(
                        "a listener for mysql needs a database with 'protocol: mysql', and 'clinic'"
                                + " speaks postgres");

        main(mysql.replace("\ndatabases:", listener.formatted(", database: clinic ")));
        assertThat(errors()).isEmpty();

        main(
                main.replace(
                        "\ndatabases:",
                        "  - { protocol: postgres, host: 127.0.0.1, port: 1, database: clinic"
                                + " }\n\ndatabases:"));
        assertThat(errors())
                .singleElement()
                .asString()
                .contains("unknown key 'database' in a listener");
    }

    @Test
    void verifiersForMariaDbAreReadStrictly() throws IOException {
        var users = Files.readString(dir.resolve("users.yaml"));
        for (var wrong :
                List.of(
                        "{ native: 2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19 }",
                        "{ native: \"*2470\" }",
                        "{ ed25519: \"*2470\" }",
                        "{ sha2: x }")) {
            Files.writeString(
                    dir.resolve("users.yaml"),
                    users.replaceFirst("    roles:", "    mysql: " + wrong + "\n    roles:"));
            assertThat(errors()).as(wrong).singleElement().asString().startsWith("users.yaml:");
        }
        Files.writeString(
                dir.resolve("users.yaml"),
                users.replaceFirst(
                        "    roles:",
                        "    mysql:\n"
                                + "      native: \"*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19\"\n"
                                + "      ed25519: \""
                                + "A".repeat(43)
                                + "\"\n"
                                + "    roles:"));
        assertThat(errors()).isEmpty();
    }

    @Test
    void listsOfActionsWithColumnsArePutTogetherAgain() {
        var errors = new ArrayList<ConfigError>();
        var policy =
                ConfigLoader.parsePolicy(
                                Path.of("p.yaml"),
                                """
                                database: clinic
                                roles:
                                  r:
                                    grants:
                                      - { id: g, allow: [select, update(status, paid_at), insert( a )], on: [b.c] }
                                      - id: h
                                        allow:
                                          - update(x, y)
                                          - delete
                                        on: [b.c]
                                """,
                                errors::add)
                        .orElseThrow(() -> new AssertionError(errors.toString()));

        var grants = policy.roles().getFirst().grants();
        assertThat(grants.get(0).allow())
                .extracting(a -> a.action().value())
                .containsExactly("select", "update", "insert");
        assertThat(grants.get(0).allow().get(1).columns().orElseThrow())
                .extracting(c -> c.value() + "@" + c.at().line() + ":" + c.at().column())
                .containsExactly("status@5:41", "paid_at@5:49");
        assertThat(grants.get(0).allow().get(2).columns().orElseThrow())
                .extracting(c -> c.value() + "@" + c.at().column())
                .containsExactly("a@67");
        assertThat(grants.get(1).allow())
                .extracting(a -> a.action().value())
                .containsExactly("update", "delete");
    }

    @Test
    void aWitnessHasAnAddressAndAKey() throws IOException {
        var file = dir.resolve("sallyport.yaml");
        var text = Files.readString(file);
        var line = (int) text.substring(0, text.indexOf("  store: audit")).lines().count() + 1;
        for (var wrong :
                List.of(
                        "{ url: http://witness.example/, key: w+00000000+%s }",
                        "{ url: witness.example, key: w+00000000+%s }",
                        "{ url: https://witness.example/, key: secret%s }",
                        "{ url: https://witness.example/, keys: w+00000000+%s }")) {
            main(
                    text.replace(
                            "  store: audit",
                            "  witness: " + wrong.formatted("A".repeat(44)) + "\n  store: audit"));
            assertThat(errors()).as(wrong).isNotEmpty();
            assertThat(errors())
                    .allSatisfy(e -> assertThat(e).startsWith("sallyport.yaml:" + line + ":"));
        }
        main(
                text.replace(
                        "  store: audit",
                        "  witness: { url: http://127.0.0.1:7000/, key: w+00000000+"
                                + "A".repeat(44)
                                + " }\n  key: other.key\n  store: audit"));
        assertThat(errors()).isEmpty();
    }

    private void main(String yaml) throws IOException {
        Files.writeString(dir.resolve("sallyport.yaml"), yaml);
    }

    /// As shown, without the directory.
    private List<String> errors() {
        return switch (ConfigLoader.load(dir.resolve("sallyport.yaml"))) {
            case ConfigLoader.Loaded _ -> List.of();
            case ConfigLoader.Errors e ->
                    e.errors().stream()
                            .map(ConfigError::toString)
                            .map(s ->
                                    s.replaceFirst("^" + dir + "/", "")
                                            .replace(dir.toString(), "DIR"))
                            .toList();
        };
    }
}
