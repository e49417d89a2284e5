package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.search.LogReader;
import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.conformance.oidc.TestProvider;
import dev.sallyport.identity.Accounts;
import dev.sallyport.identity.Accounts.NewAccount;
import dev.sallyport.identity.Accounts.Password;
import dev.sallyport.identity.Kinds;
import dev.sallyport.identity.ScramPasswords;
import dev.sallyport.identity.SecretBox;
import dev.sallyport.identity.StateDatabase;
import dev.sallyport.identity.StateStore;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// OAUTHBEARER on the wire, as libpq 18 speaks it: a real gateway, a real provider, a client by
/// hand.
class TokenLoginTest {
    private static final String SCRAM_PASSWORD = "gTq7vVx2LpZ9sRw";

    @TempDir static Path directory;
    private static TestProvider provider;
    private static GatewayUnderTest gateway;
    private static Accounts accounts;
    private static SSLSocketFactory tls;

    @BeforeAll
    static void start() throws Exception {
        provider = new TestProvider();
        gateway =
                GatewayUnderTest.start(
                        directory,
                        GatewayUnderTest.freshClinic("tokens"),
                        Map.of(
                                "state",
                                """
                                state:
                                  dir: state
                                  oidc:
                                    issuer: %s
                                    audience: sallyport
                                    roles: { claim: groups, map: { db-developers: developer } }
                                """
                                        .formatted(provider.issuer())));
        accounts =
                new Accounts(
                        StateStore.open(
                                StateDatabase.inFolder(directory.resolve("state")),
                                Kinds.ALL,
                                _ -> {}),
                        SecretBox.of(directory.resolve("state.key")),
                        InstantSource.system(),
                        _ -> false);
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(directory.resolve("tls/ca.crt"))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        tls = context.getSocketFactory();
    }

    @AfterAll
    static void stop() {
        accounts.store().close();
        gateway.close();
        provider.close();
    }

    private static Wire open(String user) throws IOException {
        var plain = new Socket("127.0.0.1", gateway.port());
        plain.setSoTimeout(30_000);
        plain.getOutputStream().write(new byte[] {0, 0, 0, 8, 4, (byte) 210, 22, 47});
        assertThat(plain.getInputStream().read()).isEqualTo('S');
        var wire = new Wire(tls.createSocket(plain, "127.0.0.1", gateway.port(), true));
        wire.startup(Wire.PROTOCOL_3_0, "user", user, "database", "clinic");
        return wire;
    }

    private static List<String> offered(Wire wire) throws IOException {
        var message = wire.receive();
        assertThat(message.type()).isEqualTo('R');
        var names =
                new String(message.body(), 4, message.body().length - 4, StandardCharsets.UTF_8);
        return List.of(names.split("\0"));
    }

    private static void bring(Wire wire, String auth) throws IOException {
        var first = ("n,,\u0001auth=" + auth + "\u0001\u0001").getBytes(StandardCharsets.UTF_8);
        var name = "OAUTHBEARER\0".getBytes(StandardCharsets.UTF_8);
        var length = java.nio.ByteBuffer.allocate(4).putInt(first.length).array();
        wire.send('p', name, length, first);
    }

    /// @return what the server said until it was ready, or its refusal
    private static List<Wire.Message> loginWith(String user, String token) throws IOException {
        try (var wire = open(user)) {
            assertThat(offered(wire)).contains("OAUTHBEARER");
            bring(wire, "Bearer " + token);
            var said = new ArrayList<Wire.Message>();
            while (true) {
                var message = wire.receive();
                said.add(message);
                if (message.type() == 'E' || message.type() == 'Z') return said;
            }
        }
    }

    private static void welcome(String user, String token) throws IOException {
        var last = loginWith(user, token).getLast();
        assertThat(last.type()).as(last.text()).isEqualTo('Z');
    }

    private static String refusal(String user, String token) throws IOException {
        var last = loginWith(user, token).getLast();
        assertThat(last.type()).as("refused").isEqualTo('E');
        return last.field('M');
    }

    private static String token(String subject, String login, String... groups) {
        return provider.idToken(subject, login, List.of(groups));
    }

    @Test
    void aFirstLoginMakesTheAccountAndTheRolesFollowTheTokens() throws Exception {
        welcome("dana", token("u-1", "dana", "db-developers"));
        try (var wire = open("dana")) {
            assertThat(offered(wire)).first().isEqualTo("OAUTHBEARER");
            bring(wire, "Bearer " + token("u-1", "dana", "db-developers"));
            while (wire.receive().type() != 'Z') {
                // the session's greeting
            }
            wire.send(
                    'Q',
                    "select city from patients where id = 1\0".getBytes(StandardCharsets.UTF_8));
            var row = wire.receive();
            while (row.type() != 'D' && row.type() != 'E') row = wire.receive();
            assertThat(row.type()).isEqualTo('D');
            while (wire.receive().type() != 'Z') {
                // the rest
            }
            // She is no developer any more: her next login says so, and her session hears of it.
            assertThat(refusal("dana", token("u-1", "dana", "canteen"))).contains("no role");
            wire.send(
                    'Q',
                    "select city from patients where id = 1\0".getBytes(StandardCharsets.UTF_8));
            var answer = wire.receive();
            assertThat(answer.type()).isEqualTo('E');
        }
    }

    @Test
    void tokensOfOthersAndForgedOnesAreWrongPasswords() throws Exception {
        welcome("eve", token("u-2", "eve", "db-developers"));
        var wrong = refusal("eve", "eyJ.not.one");
        assertThat(refusal("eve", token("u-3", "frank"))).as("frank's").isEqualTo(wrong);
        assertThat(refusal("frank", token("u-2", "eve"))).as("for frank").isEqualTo(wrong);
        assertThat(refusal("eve", token("u-9", "eve")))
                .as("somebody who got her name later")
                .isEqualTo(wrong);
        assertThat(refusal("dev", token("u-4", "dev")))
                .as("a name of the users' file")
                .isEqualTo(wrong);
        var forged =
                TestProvider.signed(
                        provider.claims(TestProvider.person("u-2", "eve", List.of())).build(),
                        TestProvider.newKey("key-1"));
        assertThat(refusal("eve", forged)).isEqualTo(wrong);
        assertThat(reasons()).contains("token of somebody else", "the token is malformed");
    }

    @Test
    void anAccountMadeHereIsNotTheProvidersToGive() throws Exception {
        var _ =
                accounts.add(
                        "test",
                        new NewAccount(
                                "root",
                                "",
                                "",
                                Set.of("owner"),
                                Map.of(),
                                Optional.of(
                                        new Password(
                                                ScramPasswords.verifier(
                                                        SCRAM_PASSWORD.toCharArray(), 4096),
                                                MySqlVerifiers.NONE))));
        // The gateway hears of it within a moment.
        var first = "";
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!first.equals("SCRAM-SHA-256-PLUS") && System.nanoTime() < end)
            try (var wire = open("root")) {
                first = offered(wire).getFirst();
            }
        assertThat(first).isEqualTo("SCRAM-SHA-256-PLUS");
        assertThat(refusal("root", token("u-5", "root", "db-developers"))).contains("failed");
    }

    @Test
    void whoAsksForAProviderIsTold() throws Exception {
        try (var wire = open("gina")) {
            assertThat(offered(wire)).contains("OAUTHBEARER");
            bring(wire, "");
            var told = wire.receive();
            assertThat(told.type()).isEqualTo('R');
            assertThat(told.text())
                    .contains(provider.issuer() + "/.well-known/openid-configuration");
            wire.send('p', new byte[] {1});
            var refusal = wire.receive();
            assertThat(refusal.type()).isEqualTo('E');
            assertThat(refusal.field('H')).contains("oauth_issuer");
        }
    }

    @Test
    void aDisabledAccountsTokenIsRefusedAndItsSessionEnds() throws Exception {
        try (var wire = open("hana")) {
            var _ = offered(wire);
            bring(wire, "Bearer " + token("u-6", "hana", "db-developers"));
            while (wire.receive().type() != 'Z') {
                // the session's greeting
            }
            long begin = System.nanoTime();
            var _ = accounts.disable("test", "hana", "left");
            var last = wire.receive();
            assertThat(last.field('C')).isEqualTo("57P01");
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(10));
        }
        assertThat(refusal("hana", token("u-6", "hana", "db-developers"))).contains("failed");
    }

    @Test
    void noTokenIsTakenInClear() throws Exception {
        try (var wire = new Wire(gateway.socket())) {
            wire.startup(Wire.PROTOCOL_3_0, "user", "ina", "database", "clinic");
            assertThat(offered(wire)).doesNotContain("OAUTHBEARER");
            bring(wire, "Bearer " + token("u-7", "ina"));
            assertThat(wire.receive().type()).isEqualTo('E');
        }
    }

    @Test
    void malformedMessagesEndTheLogin() throws Exception {
        for (var auth : List.of("Basic abc", "Bearer ", "Bearer a b", "Bearer x\u0001auth=y"))
            try (var wire = open("jo")) {
                var _ = offered(wire);
                bring(wire, auth);
                assertThat(wire.receive().type()).as(auth).isEqualTo('E');
                assertThatThrownBy(wire::receive).isInstanceOf(IOException.class);
            }
    }

    private static List<String> reasons() throws Exception {
        try (var log = LogReader.openSince(gateway.store, "2020-01-01T00:00:00Z")) {
            var reasons = new ArrayList<String>();
            for (var entry = log.next(); entry != null; entry = log.next())
                if (entry.type().equals("login-failed")) reasons.add(entry.text("reason"));
            return reasons;
        }
    }
}
