package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.search.LogReader;
import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.identity.Accounts;
import dev.sallyport.identity.Accounts.NewAccount;
import dev.sallyport.identity.Accounts.Password;
import dev.sallyport.identity.Kinds;
import dev.sallyport.identity.ScramPasswords;
import dev.sallyport.identity.SecretBox;
import dev.sallyport.identity.StateDatabase;
import dev.sallyport.identity.StateStore;
import dev.sallyport.identity.Totp;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// People of the state's store through a real gateway, by PostgreSQL's driver. They are changed by
/// a second store on the same file, as another gateway would.
class AccountsOnTheWireTest {
    private static final String PASSWORD = "gTq7vVx2LpZ9sRw";

    @TempDir static Path directory;
    private static GatewayUnderTest gateway;
    private static Accounts accounts;

    @BeforeAll
    static void start() throws Exception {
        gateway =
                GatewayUnderTest.start(
                        directory,
                        GatewayUnderTest.freshClinic("accounts"),
                        Map.of(
                                "policy",
                                GatewayUnderTest.resource("policy.yaml")
                                        .replace(
                                                "roles:\n",
                                                "roles:\n"
                                                    + "  physician: { grants: [{ id: fresh, allow:"
                                                    + " [select], on: [public.patients], columns:"
                                                    + " [id, city], when: \"subject.mfa_age <"
                                                    + " duration('1h')\" }] }\n"),
                                "state",
                                "state: { dir: state }",
                                "sessions",
                                "{ idle: 5m, roles: [{ role: billing, maxAge: 2s }] }"));
        accounts =
                new Accounts(
                        StateStore.open(
                                StateDatabase.inFolder(directory.resolve("state")),
                                Kinds.ALL,
                                _ -> {}),
                        SecretBox.of(directory.resolve("state.key")),
                        InstantSource.system(),
                        _ -> false);
    }

    @AfterAll
    static void stop() {
        accounts.store().close();
        gateway.close();
    }

    private static void add(String login, String role) throws Exception {
        var _ =
                accounts.add(
                        "test",
                        new NewAccount(
                                login,
                                "",
                                "",
                                Set.of(role),
                                Map.of(),
                                Optional.of(
                                        new Password(
                                                ScramPasswords.verifier(
                                                        PASSWORD.toCharArray(), 4096),
                                                MySqlVerifiers.NONE))));
    }

    private static Connection connect(String user, String password, String... options)
            throws SQLException {
        var all = new ArrayList<>(List.of(options));
        all.add("password=" + password);
        return gateway.connect(user, all.toArray(String[]::new));
    }

    private static String city(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select city from patients where id = 1")) {
            rows.next();
            return rows.getString(1);
        }
    }

    /// The store's other side hears of it within a moment.
    private static void eventually(Check check) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                check.run();
                return;
            } catch (SQLException | AssertionError e) {
                if (System.nanoTime() > end) throw e;
                Thread.sleep(50);
            }
        }
    }

    private interface Check {
        void run() throws Exception;
    }

    @Test
    void anAccountOfTheStoreLogsInAndIsToldApartFromNobody() throws Exception {
        add("ada", "developer");
        eventually(() -> {
            try (var ada = connect("ada", PASSWORD)) {
                assertThat(city(ada)).isEqualTo("City1");
            }
        });
        var wrong = messageOf("ada", "gTq7vVx2LpZ9sRx");
        assertThat(messageOf("nobody-knows", PASSWORD)).isEqualTo(wrong);
        // People of the file are there as before.
        try (var dev = gateway.connect("dev")) {
            assertThat(city(dev)).isEqualTo("City1");
        }
    }

    private static String messageOf(String user, String password) {
        try (var _ = connect(user, password)) {
            return "logged in";
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }

    @Test
    void aSecondFactorIsTypedBehindThePasswordOnceAndInTlsOnly() throws Exception {
        add("grace", "physician");
        var secret = Totp.newSecret();
        var _ = accounts.enrol("test", "grace", secret, Totp.code(secret, Instant.now()));
        // The code that enrolled it is used up; the next step's is taken ahead of its time.
        var code = Totp.code(secret, Instant.now().plusSeconds(30));
        // Refused from the start; for the code only once the gateway has heard of her.
        eventually(() -> {
            assertThat(messageOf("grace", PASSWORD + "000000")).startsWith("28P01");
            assertThat(failures("grace")).contains("wrong code");
        });
        assertThat(messageOf("grace", PASSWORD)).startsWith("28P01");
        assertThat(messageOf("grace", code)).startsWith("28P01");
        assertThatThrownBy(() -> connect("grace", PASSWORD + code, "sslmode=disable"))
                .hasMessageContaining("needs TLS");
        try (var grace = connect("grace", PASSWORD + code)) {
            assertThat(city(grace)).isEqualTo("City1");
        }
        // The policy asks for a fresh factor: who has the role and no factor gets nothing.
        add("noah", "physician");
        eventually(() -> {
            try (var noah = connect("noah", PASSWORD)) {
                assertThatThrownBy(() -> city(noah))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
        });
        assertThat(messageOf("grace", PASSWORD + code)).startsWith("28P01");
        // A proof of the password alone, by a client that insists on SCRAM, is not asked for.
        assertThatThrownBy(() -> connect("grace", PASSWORD + code, "channelBinding=require"))
                .isInstanceOf(SQLException.class);

        var reasons = failures("grace");
        assertThat(reasons).contains("wrong password", "code was used before");
    }

    private static List<String> failures(String user) throws Exception {
        var reasons = new ArrayList<String>();
        try (var log = LogReader.openSince(gateway.store, "2020-01-01T00:00:00Z")) {
            for (var entry = log.next(); entry != null; entry = log.next())
                if (entry.type().equals("login-failed") && entry.text("user").equals(user))
                    reasons.add(entry.text("reason"));
        }
        return reasons;
    }

    @Test
    void whoIsDisabledIsOutAtOnce() throws Exception {
        add("mallory", "developer");
        eventually(() -> {
            try (var first = connect("mallory", PASSWORD)) {
                assertThat(city(first)).isEqualTo("City1");
            }
        });
        try (var mallory = connect("mallory", PASSWORD)) {
            assertThat(city(mallory)).isEqualTo("City1");
            var _ = accounts.disable("test", "mallory", "left the company");
            eventually(
                    () -> assertThatThrownBy(() -> city(mallory)).isInstanceOf(SQLException.class));
        }
        assertThat(messageOf("mallory", PASSWORD)).contains("disabled");
        var _ = accounts.enable("test", "mallory");
        eventually(() -> assertThat(messageOf("mallory", PASSWORD)).isEqualTo("logged in"));
    }

    @Test
    void aRoleMakesSessionsShorter() throws Exception {
        try (var dev = gateway.connect("dev")) {
            try (var bill = gateway.connect("bill")) {
                eventually(() -> assertThat(bill.isValid(1)).isFalse());
            } catch (SQLException e) {
                // On a busy machine its time is over before the driver has said all it has to say.
                assertThat((Throwable) e).hasMessageContaining("open for longer than 2 seconds");
            }
            assertThat(city(dev)).isEqualTo("City1");
        }
    }
}
