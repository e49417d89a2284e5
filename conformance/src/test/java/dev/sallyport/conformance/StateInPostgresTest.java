package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.identity.Account;
import dev.sallyport.identity.Change;
import dev.sallyport.identity.Changed;
import dev.sallyport.identity.DatabaseCredential;
import dev.sallyport.identity.Edit;
import dev.sallyport.identity.Kinds;
import dev.sallyport.identity.ScramPasswords;
import dev.sallyport.identity.StateDatabase;
import dev.sallyport.identity.StateException;
import dev.sallyport.identity.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CyclicBarrier;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two gateways' stores on one PostgreSQL.
class StateInPostgresTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private final List<AuditEvent> records = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void database() throws Exception {
        var server = GatewayUnderTest.postgres();
        try {
            server.createRole("sallyport_state", "st4te", "nosuperuser");
        } catch (java.sql.SQLException e) {
            if (!"42710".equals(e.getSQLState())) throw e;
        }
        server.recreateDatabase("state");
        server.execute("state", "grant create on schema public to sallyport_state");
    }

    private StateStore open() throws StateException {
        var properties = new Properties();
        properties.setProperty("sslmode", "require");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "15");
        return StateStore.open(
                StateDatabase.inPostgres(
                        "jdbc:postgresql://127.0.0.1:"
                                + GatewayUnderTest.postgres().port()
                                + "/state",
                        properties,
                        "sallyport_state",
                        () -> "st4te",
                        "the test's database"),
                Kinds.ALL,
                records::add,
                new StateStore.Options(Duration.ofMillis(50), Duration.ofSeconds(2)));
    }

    private static Change<Account> add(String login) {
        return state -> {
            if (state.byLogin(login) != null) return new Change.Refuse<>(login + " is taken");
            var account = Account.create("id-" + login, login, "", NOW);
            return new Change.Accept<>(
                    List.of(
                            new AuditEvent.AccountChanged(
                                    account.id(), login, "test", "account added", List.of())),
                    List.of(new Edit.Put(account)),
                    account);
        };
    }

    @Test
    void racesAreDecidedAndSeenAndALostDatabaseTakesWhatWasTemporary() throws Exception {
        try (var here = open();
                var there = open()) {
            var answers = Collections.synchronizedList(new ArrayList<String>());
            for (int round = 0; round < 10; round++) {
                var login = "dana" + round;
                var barrier = new CyclicBarrier(2);
                var threads = new ArrayList<Thread>();
                for (var store : List.of(here, there))
                    threads.add(
                            Thread.ofPlatform()
                                    .start(() -> {
                                        try {
                                            barrier.await();
                                            answers.add(
                                                    switch (store.change(
                                                            "test", "add", add(login))) {
                                                        case Changed.Done<Account> _ -> "won";
                                                        case Changed.Refused<Account> _ ->
                                                                "refused";
                                                    });
                                        } catch (Exception e) {
                                            answers.add(e.toString());
                                        }
                                    }));
                for (var thread : threads) thread.join();
            }
            assertThat(answers).filteredOn("won"::equals).hasSize(10);
            assertThat(answers).filteredOn("refused"::equals).hasSize(10);
            assertThat(records)
                    .filteredOn(AuditEvent.StateChangeRefused.class::isInstance)
                    .hasSize(10);

            var credential =
                    new DatabaseCredential(
                            "c1",
                            "id-dana0",
                            ScramPasswords.verifier("x".toCharArray(), 4096),
                            MySqlVerifiers.NONE,
                            NOW,
                            NOW.plusSeconds(60),
                            Optional.empty());
            here.change(
                    "test",
                    "credential",
                    _ -> new Change.Accept<>(List.of(), List.of(new Edit.Put(credential)), ""));
            await(() -> there.state().find(DatabaseCredential.KIND, "c1") != null);
            assertThat(there.state().all(Account.KIND)).hasSize(10);

            var server = GatewayUnderTest.postgres();
            server.execute(
                    "postgres",
                    "alter database state allow_connections false",
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                            + " 'state'");
            await(() -> here.state().isLost() && there.state().isLost());
            assertThat(there.state().find(DatabaseCredential.KIND, "c1")).isNull();
            assertThat(there.state().byLogin("dana0")).isNotNull();
            assertThat(there.problem().orElse("")).contains("the test's database");
            assertThatThrownBy(() -> here.change("test", "add", add("eve")))
                    .isInstanceOf(StateException.class);

            server.execute("postgres", "alter database state allow_connections true");
            await(() -> !here.state().isLost() && !there.state().isLost());
            assertThat(there.state().find(DatabaseCredential.KIND, "c1")).isEqualTo(credential);
            assertThat(there.change("test", "add", add("eve"))).isInstanceOf(Changed.Done.class);
        }
    }

    private static void await(BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(20);
        }
    }
}
