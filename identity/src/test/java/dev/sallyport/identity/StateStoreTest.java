package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On SQLite; two stores on one file stand for two gateways. PostgreSQL's turn is in `conformance`.
class StateStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final List<Kind<?>> KINDS =
            List.of(Account.KIND, Group.KIND, DatabaseCredential.KIND);
    private static final StateStore.Options QUICK =
            new StateStore.Options(Duration.ofMillis(20), Duration.ofSeconds(1));

    @TempDir Path folder;

    private final List<AuditEvent> records = Collections.synchronizedList(new ArrayList<>());

    private StateStore open() throws StateException {
        return open(records::add);
    }

    private StateStore open(Recorder recorder) throws StateException {
        return StateStore.open(
                StateDatabase.inFolder(folder.resolve("state")), KINDS, recorder, QUICK);
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

    private static Change<String> remove(String login) {
        return _ ->
                new Change.Accept<>(
                        List.of(), List.of(new Edit.Remove(Account.KIND, "id-" + login)), "");
    }

    @Test
    void whatWasChangedIsThereAfterARestart() throws Exception {
        try (var store = open()) {
            assertThat(store.change("test", "add dana", add("dana")))
                    .isInstanceOf(Changed.Done.class);
            store.change("test", "add eve", add("eve"));
            store.change("test", "remove eve", remove("eve"));
        }
        try (var store = open()) {
            assertThat(store.state().version()).isEqualTo(3);
            assertThat(store.state().byLogin("dana")).isNotNull();
            assertThat(store.state().all(Account.KIND)).hasSize(1);
        }
    }

    @Test
    void itsFilesAreTheOwnersOnly() throws Exception {
        try (var store = open()) {
            store.change("test", "add dana", add("dana"));
            try (var files = Files.list(folder.resolve("state"))) {
                assertThat(files.toList())
                        .hasSizeGreaterThanOrEqualTo(2)
                        .allSatisfy(file ->
                                assertThat(
                                                PosixFilePermissions.toString(
                                                        Files.getPosixFilePermissions(file)))
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void aChangeWhoseRecordCannotBeWrittenDoesNotHappen() throws Exception {
        Recorder broken =
                _ -> {
                    throw new AuditException(AuditException.Reason.CLOSED, "no disk");
                };
        try (var store = open(broken)) {
            assertThatThrownBy(() -> store.change("test", "add dana", add("dana")))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("nothing was changed");
            assertThat(store.state().byLogin("dana")).isNull();
        }
        try (var store = open()) {
            assertThat(store.state().all(Account.KIND)).isEmpty();
            assertThat(store.state().version()).isZero();
        }
    }

    @Test
    void theRecordIsThereBeforeTheChange() throws Exception {
        var seen = new ArrayList<Integer>();
        try (var other = open();
                var store =
                        open(event -> {
                            // Whoever reads the store now, past every cache, doesn't see it yet.
                            seen.add(rows());
                            records.add(event);
                        })) {
            store.change("test", "add dana", add("dana"));
            assertThat(other.state()).isNotNull();
        }
        assertThat(seen).containsExactly(0);
        assertThat(rows()).isEqualTo(1);
    }

    private int rows() {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("state/state.db"));
                var statement = connection.createStatement();
                var result = statement.executeQuery("select count(*) from sallyport_state")) {
            result.next();
            return result.getInt(1);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ofTwoThatRaceOneWinsAndTheOtherIsToldAndRecorded() throws Exception {
        try (var here = open();
                var there = open()) {
            var won = new AtomicInteger();
            var lost = new AtomicInteger();
            var failed = new AtomicInteger();
            for (int round = 0; round < 20; round++) {
                var login = "dana" + round;
                var barrier = new CyclicBarrier(2);
                var threads = new ArrayList<Thread>();
                for (var store : List.of(here, there))
                    threads.add(
                            Thread.ofPlatform()
                                    .start(() -> {
                                        try {
                                            barrier.await();
                                            switch (store.change("test", "add", add(login))) {
                                                case Changed.Done<Account> _ ->
                                                        won.incrementAndGet();
                                                case Changed.Refused<Account>(var reason) -> {
                                                    assertThat(reason).contains("taken");
                                                    lost.incrementAndGet();
                                                }
                                            }
                                        } catch (Exception | AssertionError e) {
                                            failed.incrementAndGet();
                                        }
                                    }));
                for (var thread : threads) thread.join();
            }
            assertThat(failed).hasValue(0);
            assertThat(won).hasValue(20);
            assertThat(lost).hasValue(20);
        }
        assertThat(records).filteredOn(AuditEvent.StateChangeRefused.class::isInstance).hasSize(20);
    }

    @Test
    void anotherGatewaysChangeIsSeenWithinASecond() throws Exception {
        try (var here = open();
                var there = open()) {
            var heard = new ArrayList<Long>();
            there.onChange(state -> heard.add(state.version()));
            here.change("test", "add dana", add("dana"));
            long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            while (there.state().byLogin("dana") == null && System.nanoTime() < end)
                Thread.sleep(5);
            assertThat(there.state().byLogin("dana")).isNotNull();
            here.change("test", "remove dana", remove("dana"));
            while (there.state().byLogin("dana") != null && System.nanoTime() < end)
                Thread.sleep(5);
            assertThat(there.state().byLogin("dana")).isNull();
            assertThat(heard).contains(2L);
        }
    }

    @Test
    void whatItDoesNotUnderstandItDoesNotOverlook() throws Exception {
        try (var _ = open()) {
            sql("insert into sallyport_state values ('novelty', 'x', 1, '{}')");
            sql("update sallyport_state_version set version = 1");
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(StateException.class)
                .hasMessageContaining("novelty");
        sql("update sallyport_state set kind = 'account'");
        assertThatThrownBy(this::open)
                .isInstanceOf(StateException.class)
                .hasMessageContaining("malformed");
        sql("delete from sallyport_state");
        sql("update sallyport_state_version set format = 2");
        assertThatThrownBy(this::open)
                .isInstanceOf(StateException.class)
                .hasMessageContaining("newer gateway");
    }

    @Test
    void aStoreThatIsLostTakesWhatWasTemporaryWithIt() throws Exception {
        var temporary =
                new DatabaseCredential(
                        "c1",
                        "id-dana",
                        Account.scram(
                                "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$"
                                        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
                                        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
                        dev.sallyport.config.MySqlVerifiers.NONE,
                        NOW,
                        NOW.plusSeconds(60),
                        java.util.Optional.empty());
        try (var store = open()) {
            store.change("test", "add dana", add("dana"));
            store.change(
                    "test",
                    "credential",
                    _ -> new Change.Accept<>(List.of(), List.of(new Edit.Put(temporary)), "done"));
            assertThat(store.state().find(DatabaseCredential.KIND, "c1")).isEqualTo(temporary);
            // A table that is gone, as a server that is gone, answers nothing of use.
            sql("alter table sallyport_state rename to elsewhere");
            await(() -> store.state().isLost());
            assertThat(store.state().find(DatabaseCredential.KIND, "c1")).isNull();
            assertThat(store.state().byLogin("dana")).isNotNull();
            assertThat(store.problem().orElse("")).contains("can't be reached");
            assertThatThrownBy(() -> store.change("test", "add eve", add("eve")))
                    .isInstanceOf(StateException.class);
            sql("alter table elsewhere rename to sallyport_state");
            await(() -> !store.state().isLost());
            assertThat(store.state().find(DatabaseCredential.KIND, "c1")).isEqualTo(temporary);
            assertThat(store.problem()).isEmpty();
        }
    }

    @Test
    void nothingThatChecksASecretIsPrinted() throws Exception {
        try (var store = open()) {
            store.change("test", "add dana", add("dana"));
            var account = Objects.requireNonNull(store.state().byLogin("dana"));
            var verifier =
                    Account.scram(
                            "SCRAM-SHA-256$4096:c2VjcmV0c2VjcmV0$"
                                    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
                                    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
            var edited =
                    account.edit()
                            .password(verifier, dev.sallyport.config.MySqlVerifiers.NONE, NOW)
                            .secondFactor(
                                    java.util.Optional.of(
                                            new Account.SecondFactor("c2VjcmV0c2VjcmV0", 0, NOW)))
                            .done();
            assertThat(edited + " " + edited.members() + " " + edited.secondFactor())
                    .doesNotContain("c2Vjc");
        }
    }

    private void sql(String text) throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("state/state.db"));
                var statement = connection.createStatement()) {
            statement.execute("pragma busy_timeout = 5000");
            statement.execute(text);
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(10);
        }
    }
}
