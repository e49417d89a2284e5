package dev.sallyport.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.TestLog;
import dev.sallyport.gateway.TestUsers;
import dev.sallyport.gateway.admin.GatewayMetrics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticatorTest {
    private static final String LISTENER = "postgres 127.0.0.1:15432";

    @TempDir Path folder;
    private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    private final Users users =
            new Users(TestUsers.of("dana: developer", "pavel: physician", "!erin: developer"));
    private TestLog test;
    private Authenticator authenticator;

    @BeforeEach
    void open() throws Exception {
        test = new TestLog(folder);
        authenticator =
                new Authenticator(
                        users,
                        new GatewayConfig.Login(3, Duration.ofMinutes(1), Duration.ofMinutes(15)),
                        test.log,
                        new GatewayMetrics(),
                        nanos::get);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aRightProofLogsInAndIsRecorded() throws Exception {
        var result = attempt("dana", "10.0.0.1").succeeded("scram-sha-256", "TLSv1.3");
        assertThat(result)
                .isInstanceOfSatisfying(
                        Authenticator.Accepted.class,
                        accepted -> {
                            assertThat(accepted.ticket()).isPositive();
                            assertThat(accepted.login().subject().roles())
                                    .containsExactly("developer");
                            assertThat(accepted.login().client()).isEqualTo("10.0.0.1:4711");
                        });
        var entry = test.entries("login-succeeded").getFirst();
        assertThat(entry.text("user")).isEqualTo("dana");
        assertThat(entry.text("tls")).isEqualTo("TLSv1.3");
    }

    @Test
    void anUnknownUserGetsTheSameVerifierEachTimeAndNoPasswordFits() throws Exception {
        var first = attempt("nobody", "10.0.0.1").verifier();
        var second = attempt("nobody", "10.0.0.2");
        assertThat(second.verifier()).isEqualTo(first);
        assertThat(attempt("somebody", "10.0.0.3").verifier()).isNotEqualTo(first);
        assertThat(first.iterations()).isEqualTo(4096);
        assertThat(first.salt()).hasSize(attempt("dana", "10.0.0.4").verifier().salt().length);
        // Even if a protocol said that the proof was right.
        assertThat(second.succeeded("scram-sha-256", ""))
                .isInstanceOf(Authenticator.Rejected.class);
    }

    @Test
    void anUnknownNameIsNotRecordedInClearSinceItMayBeAPassword() throws Exception {
        attempt("hunter2", "10.0.0.1").failed("wrong password");
        attempt("dana", "10.0.0.1").failed("wrong password");
        assertThat(test.entries("login-failed"))
                .extracting(entry -> entry.text("user"))
                .containsExactly("", "dana");
    }

    @Test
    void unknownUserAndWrongPasswordAreAnsweredAlike() {
        var unknown = attempt("nobody", "10.0.0.1").failed("wrong password").denial();
        var known = attempt("dana", "10.0.0.2").failed("wrong password").denial();
        assertThat(unknown).isEqualTo(known);
        assertThat(known.sqlState()).isEqualTo("28P01");
    }

    @Test
    void aDisabledUserIsToldOnlyAfterProvingThePassword() throws Exception {
        assertThat(attempt("erin", "10.0.0.1").failed("wrong password").denial().sqlState())
                .isEqualTo("28P01");
        assertThat(attempt("erin", "10.0.0.1").succeeded("scram-sha-256", ""))
                .isInstanceOfSatisfying(
                        Authenticator.Rejected.class,
                        rejected -> {
                            assertThat(rejected.denial().sqlState()).isEqualTo("28000");
                            assertThat(rejected.denial().message()).contains("disabled");
                        });
    }

    @Test
    void guessingOnePersonsPasswordIsSlowedDownWhereverItComesFrom() throws Exception {
        for (int i = 1; i <= 3; i++) attempt("dana", "10.0.1." + i).failed("wrong password");
        var start = begin("dana", "10.0.1.9");
        assertThat(start)
                .isInstanceOfSatisfying(
                        Authenticator.Throttled.class,
                        throttled -> {
                            assertThat(throttled.denial().message()).contains("60 seconds");
                            assertThat(throttled.ticket()).isPositive();
                        });
        // Others aren't concerned.
        attempt("pavel", "10.0.1.9");
        // One record per lock, not per attempt.
        begin("dana", "10.0.1.9");
        assertThat(test.entries("login-failed")).hasSize(4);

        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        assertThat(attempt("dana", "10.0.1.9").succeeded("scram-sha-256", ""))
                .isInstanceOf(Authenticator.Accepted.class);
        // A success starts the name's count again.
        attempt("dana", "10.0.1.8").failed("wrong password");
        attempt("dana", "10.0.1.7");
    }

    @Test
    void guessingFromOneAddressIsSlowedDownWhateverTheName() {
        for (var name : new String[] {"a", "b", "c"}) attempt(name, "10.0.0.1").failed("wrong");
        assertThat(begin("dana", "10.0.0.1")).isInstanceOf(Authenticator.Throttled.class);
        attempt("dana", "10.0.0.2");
    }

    @Test
    void anIPv6ClientCannotEscapeWithinItsNetwork() {
        for (int i = 1; i <= 3; i++) attempt("name" + i, "2001:db8::" + i).failed("wrong");
        assertThat(begin("dana", "2001:db8::ffff")).isInstanceOf(Authenticator.Throttled.class);
        attempt("dana", "2001:db8:0:1::1");
    }

    @Test
    void guessesThatWereBegunBeforeTheLockDoNotGetRoundIt() throws Exception {
        var wrong = attempt("dana", "10.0.3.8");
        var right = attempt("dana", "10.0.3.9");
        for (int i = 1; i <= 3; i++) attempt("dana", "10.0.3." + i).failed("wrong password");
        var lateWrong = wrong.failed("wrong password").denial();
        assertThat(right.succeeded("scram-sha-256", ""))
                .isInstanceOfSatisfying(
                        Authenticator.Rejected.class,
                        late -> assertThat(late.denial()).isEqualTo(lateWrong));
        assertThat(test.entries("login-succeeded")).isEmpty();
    }

    @Test
    void unknownNamesAreLockedLikeKnownOnes() {
        for (int i = 1; i <= 3; i++) attempt("nobody", "10.0.2." + i).failed("wrong password");
        assertThat(begin("nobody", "10.0.2.9")).isInstanceOf(Authenticator.Throttled.class);
    }

    @Test
    void oldFailuresDoNotCount() {
        for (int i = 1; i <= 2; i++) attempt("dana", "10.0.1." + i).failed("wrong password");
        nanos.addAndGet(Duration.ofMinutes(16).toNanos());
        for (int i = 3; i <= 4; i++) attempt("dana", "10.0.1." + i).failed("wrong password");
        attempt("dana", "10.0.1.5");
    }

    @Test
    void whatCountsIsTheFileOfNow() {
        var before = attempt("dana", "10.0.0.1");
        users.replace(TestUsers.of("pavel: physician"));
        assertThat(before.succeeded("scram-sha-256", ""))
                .isInstanceOf(Authenticator.Rejected.class);
        assertThat(users.subject("dana")).isNull();
        assertThat(users.subject("pavel")).isNotNull();
    }

    private Authenticator.Attempt attempt(String user, String address) {
        return ((Authenticator.Challenge) begin(user, address)).attempt();
    }

    private Authenticator.Start begin(String user, String address) {
        try {
            var client = new InetSocketAddress(InetAddress.getByName(address), 4711);
            return authenticator.begin("session", user, client, LISTENER);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
