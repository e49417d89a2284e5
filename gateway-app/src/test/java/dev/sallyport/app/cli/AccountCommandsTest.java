package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.search.LogReader;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.OfflineAccounts;
import dev.sallyport.identity.Totp;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `user add`, `passwd` and the others, on a store and a log as a gateway has them.
class AccountCommandsTest {
    private static final String PASSWORD = "gTq7vVx2LpZ9sRw\n";

    @TempDir Path folder;
    private Path config;

    private record Run(int exitCode, String out, String err) {}

    @BeforeEach
    void configure() throws IOException {
        Files.writeString(folder.resolve("pw"), "x");
        Files.writeString(
                folder.resolve("policy.yaml"),
                """
                database: clinic
                roles: { developer: { grants: [{ id: all, allow: [select], on: [public.*] }] } }
                """);
        Files.writeString(
                folder.resolve("users.yaml"),
                "users:\n  - { name: frida, roles: [], verifier: \""
                        + Verifiers.make("correct horse".toCharArray(), 4096)
                        + "\" }\n");
        config = folder.resolve("sallyport.yaml");
        Files.writeString(
                config,
                """
                gateway: cli-test
                listeners: [{ protocol: postgres, host: 127.0.0.1, port: 0 }]
                databases:
                  - name: clinic
                    protocol: postgres
                    host: 127.0.0.1
                    port: 5432
                    user: g
                    password: { file: pw }
                    tls: { mode: disable }
                    catalog: { user: c, password: { file: pw } }
                policies: [policy.yaml]
                users: users.yaml
                audit: { store: audit, segmentSize: 1MiB, reserve: 1MiB }
                state: { dir: state }
                """);
    }

    private Run run(InputStream input, StringWriter out, String... args) {
        var before = System.in;
        var err = new StringWriter();
        var commandLine = SallyportCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        System.setIn(input);
        try {
            var all =
                    Stream.concat(Stream.of(args), Stream.of("--config", config.toString()))
                            .toArray(String[]::new);
            int code = commandLine.execute(all);
            return new Run(code, out.toString(), err.toString());
        } finally {
            System.setIn(before);
        }
    }

    private Run run(String input, String... args) {
        return run(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new StringWriter(),
                args);
    }

    private List<String> recorded() throws Exception {
        var lines = new ArrayList<String>();
        try (var log = LogReader.openSince(folder.resolve("audit"), "2020-01-01T00:00:00Z")) {
            for (var entry = log.next(); entry != null; entry = log.next()) {
                if (entry.type().equals("account-changed"))
                    lines.add(entry.text("change") + " " + entry.text("user"));
                if (entry.type().equals("state-change-refused"))
                    lines.add("refused: " + entry.text("reason"));
            }
        }
        return lines;
    }

    @Test
    void theLifeOfAnAccountIsOnRecord() throws Exception {
        assertThat(run("", "user", "list").out()).contains("no accounts");
        var added =
                run(
                        PASSWORD,
                        "user",
                        "add",
                        "dana",
                        "--role",
                        "developer",
                        "--attribute",
                        "unit=icu",
                        "--person",
                        "4711");
        assertThat(added.err()).isEmpty();
        assertThat(added.out()).contains("account dana added: roles developer");
        assertThat(run(PASSWORD, "user", "add", "eve", "--person", "4711").err())
                .contains("dana already");
        assertThat(run("hunter2hunter2\n", "user", "passwd", "dana").err()).contains("15");
        assertThat(run("password12345678\n", "user", "passwd", "dana").err()).contains("guess");
        assertThat(run("dana dana dana 2026\n", "user", "passwd", "dana").err()).contains("guess");
        assertThat(run("a wholly new one, longer\n", "user", "passwd", "dana").exitCode()).isZero();
        assertThat(run("", "user", "disable", "dana").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("", "user", "disable", "dana", "--reason", "on leave").exitCode()).isZero();
        assertThat(run("", "user", "disable", "dana", "--reason", "again").err())
                .contains("on leave");
        assertThat(run("", "user", "list").out())
                .contains("dana")
                .contains("disabled: on leave")
                .contains("{unit=icu}");
        assertThat(run("", "user", "enable", "dana").exitCode()).isZero();
        assertThat(run("", "user", "roles", "dana", "--add", "billing").out())
                .contains("billing, developer");
        assertThat(run(PASSWORD, "user", "add", "Frida").err()).contains("users' file");
        assertThat(run("", "user", "enable", "nobody").err()).contains("no account nobody");

        assertThat(recorded())
                .containsExactly(
                        "account added dana",
                        "refused: that person has the account dana already: a person has one",
                        "password set dana",
                        "account disabled dana",
                        "refused: dana is disabled already: on leave",
                        "account enabled dana",
                        "roles changed dana",
                        "refused: Frida is in the users' file already: remove it there first",
                        "refused: there is no account nobody");
    }

    @Test
    void anAppShowsThatItHasTheSecret() throws Exception {
        run(PASSWORD, "user", "add", "dana");
        var out = new StringWriter();
        // The person's device: reads what is printed, then shows a code.
        var device =
                new InputStream() {
                    private InputStream code = InputStream.nullInputStream();
                    private boolean asked;

                    @Override
                    public int read() throws IOException {
                        if (!asked) {
                            asked = true;
                            var m = Pattern.compile("secret=([A-Z2-7]+)").matcher(out.toString());
                            assertThat(m.find()).isTrue();
                            var shown = Totp.code(base32(m.group(1)), Instant.now()) + "\n";
                            code =
                                    new ByteArrayInputStream(
                                            shown.getBytes(StandardCharsets.US_ASCII));
                        }
                        return code.read();
                    }

                    @Override
                    public int read(byte[] b, int off, int len) throws IOException {
                        int c = read();
                        if (c < 0) return -1;
                        b[off] = (byte) c;
                        return 1;
                    }
                };
        var run = run(device, out, "user", "totp", "dana");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("enrolled");
        assertThat(run("000000\n", "user", "totp", "dana").err()).contains("already");
        assertThat(run("", "user", "list").out()).contains("totp");
        assertThat(run("", "user", "totp", "dana", "--remove").exitCode()).isZero();
        assertThat(run("000000\n", "user", "totp", "dana").err()).contains("code is wrong");
        assertThat(recorded())
                .containsExactly(
                        "account added dana",
                        "second factor enrolled dana",
                        "second factor removed dana",
                        "refused: the code is wrong: look whether the clocks of the device and of"
                                + " this machine are right");
        // What was printed is kept nowhere in clear.
        var secret = Pattern.compile("secret=([A-Z2-7]+)").matcher(run.out());
        assertThat(secret.find()).isTrue();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList())
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret.group(1))
                        .doesNotContain("gTq7vVx2LpZ9sRw");
        }
    }

    @Test
    void whileTheLogIsHeldNothingIsChanged() throws Exception {
        var loaded = (ConfigLoader.Loaded) ConfigLoader.load(config);
        try (var _ = OfflineAccounts.open(loaded)) {
            assertThat(run(PASSWORD, "user", "add", "dana").err()).contains("the gateway runs");
        }
        assertThat(run("", "user", "list").out()).contains("no accounts");
    }

    @Test
    void withoutAPlaceForAccountsItSaysSo() throws Exception {
        Files.writeString(config, Files.readString(config).replace("state: { dir: state }", ""));
        assertThat(run(PASSWORD, "user", "add", "dana").err()).contains("has no 'state'");
    }

    private static byte[] base32(String text) {
        var out = new ByteArrayOutputStream();
        int bits = 0;
        int held = 0;
        for (char c : text.toCharArray()) {
            held = held << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c);
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                out.write(held >> bits & 0xFF);
            }
        }
        return out.toByteArray();
    }
}
