package dev.sallyport.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionRegistryTest {
    @TempDir Path folder;
    private TestLog test;

    @BeforeEach
    void open() throws Exception {
        test = new TestLog(folder);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aSessionIsRecordedFromItsStartToItsEnd() throws Exception {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        var session = sessions.open("dana", new TestSessions.Connection());
        session.addBytesToClient(1234);
        sessions.registry.close(session, "client closed");
        sessions.registry.close(session, "again");
        var started = test.entries("session-started").getFirst();
        assertThat(started.text("user")).isEqualTo("dana");
        assertThat(started.text("upstream")).isEqualTo("app@127.0.0.1:5432/clinic");
        var ended = test.entries("session-ended");
        assertThat(ended).hasSize(1);
        assertThat(ended.getFirst().text("session")).isEqualTo(session.id());
        assertThat(ended.getFirst().text("cause")).isEqualTo("client closed");
        assertThat(sessions.registry.size()).isZero();
    }

    @Test
    void nobodyGetsMoreSessionsThanTheirShareAndTheGatewayNotMoreThanItsLimit() {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 2, 3));
        var first = sessions.open("dana", new TestSessions.Connection());
        sessions.open("dana", new TestSessions.Connection());
        assertThat(sessions.tryOpen("dana", new TestSessions.Connection(), Runnable::run))
                .isInstanceOfSatisfying(
                        SessionRegistry.Refused.class,
                        refused -> assertThat(refused.denial().sqlState()).isEqualTo("53300"));
        sessions.open("pavel", new TestSessions.Connection());
        assertThat(sessions.tryOpen("pavel", new TestSessions.Connection(), Runnable::run))
                .isInstanceOf(SessionRegistry.Refused.class);
        sessions.registry.close(first, "client closed");
        sessions.open("dana", new TestSessions.Connection());
        assertThat(sessions.registry.size()).isEqualTo(3);
    }

    @Test
    void placesForConnectionsThatHaveNotLoggedInAreLimitedAndGivenBackOnce() {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 2, 3));
        var first = requireNonNull(sessions.registry.admit());
        requireNonNull(sessions.registry.admit());
        assertThat(sessions.registry.admit()).isNull();
        first.close();
        first.close();
        assertThat(sessions.registry.admit()).isNotNull();
        assertThat(sessions.registry.admit()).isNull();
    }

    @Test
    void whoHoldsRolesThatARuleKeepsApartGetsNoSessionAndLosesThoseTheyHave() throws Exception {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        var connection = new TestSessions.Connection();
        sessions.open("dana", connection);
        sessions.policies.set(
                TestPolicies.of(
                        TestPolicies.ROLES
                                + "\n"
                                + "separation: [{ id: apart, exclusive: [developer, physician]"
                                + " }]\n",
                        TestUsers.of("dana: developer")));
        sessions.registry.refresh();
        assertThat(connection.told).isEmpty();
        sessions.users.replace(TestUsers.of("dana: developer, physician"));
        sessions.registry.refresh();
        assertThat(connection.told)
                .containsExactly(
                        "end 57P01: you hold the roles developer and physician, which rule apart"
                                + " keeps apart");
        assertThat(sessions.tryOpen("dana", new TestSessions.Connection(), Runnable::run))
                .isInstanceOfSatisfying(
                        SessionRegistry.Refused.class,
                        refused ->
                                assertThat(refused.denial().message())
                                        .contains("developer and physician, which rule apart"));
        assertThat(test.entries("session-ended").getLast().text("cause"))
                .contains("rule apart keeps apart");
    }

    @Test
    void aCancelRequestNeedsBothPartsOfTheKeyAndIsRecordedEitherWay() throws Exception {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        var connection = new TestSessions.Connection();
        var session = sessions.open("dana", connection);
        var other = new TestSessions.Connection();
        sessions.open("pavel", other);
        var secret = session.cancelSecret();
        assertThat(secret).hasSize(4);
        secret[0] ^= 1;
        sessions.registry.cancel(session.processId(), secret, "10.0.0.9:1");
        sessions.registry.cancel(session.processId(), new byte[0], "10.0.0.9:1");
        sessions.registry.cancel(session.processId() + 1, session.cancelSecret(), "10.0.0.9:1");
        assertThat(connection.told).isEmpty();
        sessions.registry.cancel(session.processId(), session.cancelSecret(), "10.0.0.9:1");
        assertThat(connection.told).containsExactly("cancel");
        assertThat(other.told).isEmpty();
        assertThat(test.entries("cancel-requested")).hasSize(4);
    }

    @Test
    void aSessionWithoutAStatementForTooLongEnds() throws Exception {
        var sessions = sessions(limits(Duration.ofMillis(200), Duration.ofHours(1), 5, 5));
        var idle = new TestSessions.Connection();
        var busy = new TestSessions.Connection();
        sessions.open("dana", idle);
        var working = sessions.open("pavel", busy);
        working.running(+1);
        sessions.registry.sweep();
        assertThat(idle.told).isEmpty();
        Thread.sleep(250);
        sessions.registry.sweep();
        assertThat(idle.told).containsExactly("end 57P01: idle too long");
        assertThat(busy.told).isEmpty();
        working.running(-1);
        Thread.sleep(250);
        sessions.registry.sweep();
        assertThat(busy.told).containsExactly("end 57P01: idle too long");
    }

    @Test
    void everySessionEndsWhenItIsTooOldHoweverBusy() throws Exception {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofMillis(100), 5, 5));
        var connection = new TestSessions.Connection();
        sessions.open("dana", connection).running(+1);
        Thread.sleep(150);
        sessions.registry.sweep();
        assertThat(connection.told).containsExactly("end 57P01: too old");
    }

    @Test
    void sessionsFollowTheUsersFileWhileTheyRun() {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        var dana = new TestSessions.Connection();
        var pavel = new TestSessions.Connection();
        var danas = sessions.open("dana", dana);
        sessions.open("pavel", pavel);
        sessions.users.replace(TestUsers.of("dana: developer, billing", "!pavel: physician"));
        sessions.registry.refresh();
        assertThat(dana.told).isEmpty();
        assertThat(danas.subject().roles()).containsExactlyInAnyOrder("developer", "billing");
        assertThat(pavel.told).containsExactly("end 57P01: user disabled or removed");
    }

    @Test
    void whoHasNoRoleOnTheDatabaseGetsNoSessionThere() throws Exception {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        assertThat(sessions.tryOpen("otto", new TestSessions.Connection(), Runnable::run))
                .isInstanceOfSatisfying(
                        SessionRegistry.Refused.class,
                        refused -> {
                            assertThat(refused.denial().sqlState()).isEqualTo("42501");
                            assertThat(refused.ticket()).isPositive();
                        });
        assertThat(sessions.registry.size()).isZero();
    }

    @Test
    void aSessionEndsWhenThePolicyTakesItsPersonsRolesAway() {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        var dana = new TestSessions.Connection();
        var pavel = new TestSessions.Connection();
        sessions.open("dana", dana);
        sessions.open("pavel", pavel);
        sessions.policies.set(
                TestPolicies.of(
                        TestPolicies.ROLES.replace("developer", "engineer"),
                        TestUsers.of("pavel: physician")));
        sessions.registry.refresh();
        assertThat(dana.told).containsExactly("end 57P01: roles taken away");
        assertThat(pavel.told).isEmpty();
    }

    @Test
    void aUserDisabledBetweenLoginAndSessionIsEndedAtOnce() {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        var connection = new TestSessions.Connection();
        var login = sessions.logIn("dana");
        sessions.users.replace(TestUsers.of("pavel: physician"));
        sessions.registry.open(
                new NewSession(
                        login,
                        TestSessions.DATABASE,
                        "",
                        DeclaredPurpose.NONE,
                        4,
                        Runnable::run,
                        connection));
        assertThat(connection.told).containsExactly("end 57P01: user disabled or removed");
    }

    @Test
    void drainWaitsForWhatRunsAndEndsTheRest() throws Exception {
        var sessions = sessions(limits(Duration.ofHours(1), Duration.ofHours(1), 5, 5));
        var polite = new TestSessions.Connection();
        var stubborn = new TestSessions.Connection();
        var leaving = sessions.open("dana", polite);
        var staying = sessions.open("pavel", stubborn);
        var closer =
                Thread.ofVirtual()
                        .start(() -> {
                            while (polite.told.isEmpty()) Thread.onSpinWait();
                            sessions.registry.close(leaving, "gateway stopping");
                            while (stubborn.told.size() < 2) Thread.onSpinWait();
                            sessions.registry.close(staying, "gateway stopping");
                        });
        sessions.registry.drain(Duration.ofMillis(200));
        closer.join();
        assertThat(polite.told.getFirst()).isEqualTo("end when idle 57P01: gateway stopping");
        assertThat(stubborn.told)
                .containsExactly(
                        "end when idle 57P01: gateway stopping", "end 57P01: gateway stopping");
        assertThat(sessions.registry.admit()).isNull();
    }

    private TestSessions sessions(GatewayConfig.Sessions limits) {
        return new TestSessions(
                test,
                limits,
                TestUsers.of("dana: developer", "pavel: physician", "otto: outsider"));
    }

    private static GatewayConfig.Sessions limits(
            Duration idle, Duration maxAge, int maxPerUser, int max) {
        var defaults = GatewayConfig.Sessions.DEFAULTS;
        return new GatewayConfig.Sessions(
                idle,
                maxAge,
                defaults.handshake(),
                defaults.authentication(),
                defaults.connect(),
                maxPerUser,
                max,
                2,
                defaults.drain(),
                defaults.maxStatementBytes(),
                defaults.maxMessageBytes(),
                defaults.maxPreparedStatements());
    }
}
