package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From keys to an active set by the commands alone, as three people would.
class PolicySigningCommandTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer: { grants: [{ id: dev, allow: [select], on: [public.codes] }] }
              approver: { duty: true, purpose: Approves policies }
            """;

    @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String config = "";

    @BeforeEach
    void configuration() throws IOException {
        var signers = new StringBuilder();
        for (var name : new String[] {"ann", "ben", "dana"}) {
            out.getBuffer().setLength(0);
            assertThat(run("policy", "keygen", "--name", name, "--key", file(name + ".key")))
                    .isEqualTo(ExitCode.OK);
            signers.append(signers.isEmpty() ? "" : ", ")
                    .append('"')
                    .append(out.toString().strip())
                    .append('"');
        }
        Files.writeString(folder.resolve("secret"), "nothing\n");
        Files.writeString(folder.resolve("clinic.yaml"), POLICY);
        Files.writeString(
                folder.resolve("users.yaml"),
                """
                users:
                  - name: dana
                    roles: [developer]
                    verifier: "SCRAM-SHA-256$4096:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA=:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4="
                """);
        config = file("sallyport.yaml");
        Files.writeString(
                Path.of(config),
                """
                gateway: test
                listeners: [{ protocol: postgres, host: 127.0.0.1, port: 0 }]
                databases:
                  - name: clinic
                    protocol: postgres
                    host: 127.0.0.1
                    port: 1
                    user: app
                    password: { file: secret }
                    tls: { mode: disable }
                    catalog: { user: reader, password: { file: secret } }
                policies: [clinic.yaml]
                users: users.yaml
                audit: { store: store }
                signing: { file: policies.signed, signers: [%s] }
                """
                        .formatted(signers));
    }

    @Test
    void aKeyIsItsOwnersAndIsNotReplaced() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path("ann.key"))))
                .isEqualTo("rw-------");
        var before = Files.readString(path("ann.key"));
        assertThat(run("policy", "keygen", "--name", "ann", "--key", file("ann.key")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(Files.readString(path("ann.key"))).isEqualTo(before);
        assertThat(run("policy", "keygen", "--name", "a b", "--key", file("x.key")))
                .isEqualTo(ExitCode.FAILED);
    }

    @Test
    void proposedSignedActivated() throws IOException {
        assertThat(propose("ann")).isEqualTo(ExitCode.OK);
        assertThat(activate()).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("nobody approved it who may");
        assertThat(sign("ben")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("proposed by ann, approved by ben");
        assertThat(path("policies.signed")).doesNotExist();
        assertThat(activate()).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("activated, of ann, approved by ben");
        assertThat(Files.readString(path("policies.signed")))
                .isEqualTo(Files.readString(path("set")));
        try (var left = Files.list(folder)) {
            assertThat(left.filter(f -> f.toString().endsWith(".draft"))).isEmpty();
        }
    }

    @Test
    void whoMayNotSignIsToldSoAndSignsNothing() throws IOException {
        assertThat(sign("ben")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("there is no " + file("set"));
        assertThat(propose("ann")).isEqualTo(ExitCode.OK);
        var before = Files.readString(path("set"));
        assertThat(sign("ann")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("an author can't approve their own policies");
        assertThat(sign("dana")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("dana has role developer");
        Files.writeString(path("clinic.yaml"), POLICY.replace("codes", "patients"));
        assertThat(sign("ben")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("it is about policy version");
        assertThat(Files.readString(path("set"))).isEqualTo(before);
    }

    @Test
    void errorsOfTheFilesAreShownWithTheirPlaces() throws IOException {
        Files.writeString(path("clinic.yaml"), POLICY.replace("select", "selekt"));
        assertThat(propose("ann")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("clinic.yaml:3:", "there is no action 'selekt'");
    }

    private int propose(String who) {
        return run(
                "policy", "propose", "--config", config, "--key", file(who + ".key"), file("set"));
    }

    private int sign(String who) {
        return run("policy", "sign", "--config", config, "--key", file(who + ".key"), file("set"));
    }

    private int activate() {
        return run("policy", "activate", "--config", config, file("set"));
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private String file(String name) {
        return path(name).toString();
    }

    private int run(String... arguments) {
        return SallyportCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
