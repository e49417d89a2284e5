package dev.sallyport.identity;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the {@link State}: everyone reads it without waiting, one at a time changes it.
///
/// A change is one transaction. It holds the version's row from before its preconditions are looked
/// at until it is committed, so that of two that exclude each other one finds what the other did;
/// and it is in the audit log, durably, before it is made. What another gateway changed is seen
/// within {@link Options#poll}. A store that can't be reached for {@link Options#lostAfter} is
/// lost: {@link State#isLost}, until it can be reached again.
///
/// {@link #state} may be called by any thread. {@link #change} waits for disk and network: not for
/// event loops.
public final class StateStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateStore.class);
    private static final int FORMAT = 1;
    private static final int ID_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @param poll how often it is asked for changes made elsewhere
    /// @param lostAfter so long without an answer, and nobody may rely on what was known
    public record Options(Duration poll, Duration lostAfter) {
        public static final Options DEFAULTS =
                new Options(Duration.ofMillis(250), Duration.ofSeconds(3));
    }

    private final StateDatabase database;
    private final Map<String, Kind<?>> kinds;
    private final Recorder recorder;
    private final Options options;
    private final List<Consumer<State>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock changing = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads;

    private volatile State state = State.EMPTY;
    private volatile @Nullable String problem;

    // Guarded by `changing`: what the store held when it answered last.
    private State known = State.EMPTY;
    private volatile long lastAnswerNanos;

    /// Reads everything. Blocks.
    ///
    /// @param kinds of items that it may hold
    /// @throws StateException it can't be reached, or holds what this gateway doesn't understand
    public static StateStore open(
            StateDatabase database, Collection<Kind<?>> kinds, Recorder recorder)
            throws StateException {
        return open(database, kinds, recorder, Options.DEFAULTS);
    }

    /// {@link #open(StateDatabase, Collection, Recorder)}; closes the database when it fails.
    public static StateStore open(
            StateDatabase database, Collection<Kind<?>> kinds, Recorder recorder, Options options)
            throws StateException {
        try {
            return new StateStore(database, kinds, recorder, options);
        } catch (SQLException e) {
            database.close();
            throw new StateException(
                    "the state's store " + database.place() + ": " + e.getMessage(), e);
        }
    }

    private StateStore(
            StateDatabase database, Collection<Kind<?>> kinds, Recorder recorder, Options options)
            throws SQLException {
        this.database = database;
        this.recorder = recorder;
        this.options = options;
        this.kinds = new HashMap<>();
        for (var kind : kinds)
            if (this.kinds.put(kind.name(), kind) != null)
                throw new IllegalArgumentException("two kinds are called " + kind.name());
        database.prepare();
        try (var connection = database.connect()) {
            known = read(connection, State.EMPTY);
        }
        state = known;
        lastAnswerNanos = System.nanoTime();
        // Two, since a read of a network that swallows everything takes its time.
        threads =
                List.of(
                        thread("state-watch", this::poll),
                        thread(
                                "state-guard",
                                () -> {
                                    if (isOverdue()) lose("it doesn't answer");
                                }));
    }

    /// As it is now, in memory.
    public State state() {
        return state;
    }

    /// Why the store can't be used, for people; empty when it can.
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /// Called after each change, wherever it was made, and when the store is lost or found again.
    /// On the thread that changed or watches: returns soon.
    public void onChange(Consumer<State> listener) {
        listeners.add(listener);
    }

    /// A new id: unique, says nothing, never given again.
    public static String newId() {
        var bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    // --- changes

    /// @param by who wants it, for the log
    /// @param what it is, in words, for the log
    /// @throws StateException it was not made, or nobody knows whether
    public <R> Changed<R> change(String by, String what, Change<R> change) throws StateException {
        changing.lock();
        try {
            return change0(by, what, change);
        } finally {
            changing.unlock();
        }
    }

    private <R> Changed<R> change0(String by, String what, Change<R> change) throws StateException {
        if (closed.getCount() == 0) throw new StateException("the state's store is closed");
        var changeId = newId();
        Change.Accept<R> accepted;
        State changed;
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            try {
                long version = lockVersion(connection);
                known = version == known.version() ? known : read(connection, known);
                answered();
                switch (change.on(known)) {
                    case Change.Refuse<R>(var reason) -> {
                        connection.rollback();
                        return refused(by, what, reason);
                    }
                    case Change.Accept<R> accept -> accepted = accept;
                }
                if (accepted.edits().isEmpty() && accepted.records().isEmpty()) {
                    connection.rollback();
                    return new Changed.Done<>(accepted.result(), known);
                }
                changed = known.with(version + 1, accepted.edits());
                write(connection, accepted.edits(), version + 1, changeId);
                for (var event : accepted.records()) recorder.record(event);
            } catch (AuditException e) {
                connection.rollback();
                throw new StateException(
                        "the audit log doesn't take the record, so nothing was changed: "
                                + e.getMessage(),
                        e);
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
            commit(connection, by, what, accepted, changeId);
        } catch (SQLException e) {
            var message = "the state's store " + database.place() + ": " + e.getMessage();
            LOG.warn("{}; refused: {}", message, what);
            throw new StateException(message, e);
        }
        known = changed;
        answered();
        publish(changed);
        return new Changed.Done<>(accepted.result(), changed);
    }

    /// The record is written: what goes wrong now must be recorded, too.
    private void commit(
            Connection connection,
            String by,
            String what,
            Change.Accept<?> accepted,
            String changeId)
            throws StateException {
        try {
            connection.commit();
        } catch (SQLException e) {
            if (isLast(changeId)) return;
            var reason = "the store was lost while it was made: " + e.getMessage();
            if (!accepted.records().isEmpty()) {
                try {
                    recorder.record(new AuditEvent.StateChangeFailed(by, what, reason));
                } catch (AuditException also) {
                    e.addSuppressed(also);
                }
            }
            throw new StateException(
                    "it is not known whether this was changed: " + reason + "; look and try again",
                    e);
        }
    }

    /// Whether the store's last change is this one.
    private boolean isLast(String changeId) {
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery("select change_id from sallyport_state_version")) {
            return rows.next() && rows.getString(1).equals(changeId);
        } catch (SQLException _) {
            return false;
        }
    }

    private <R> Changed<R> refused(String by, String what, String reason) throws StateException {
        try {
            recorder.record(new AuditEvent.StateChangeRefused(by, what, reason));
            return new Changed.Refused<>(reason);
        } catch (AuditException e) {
            throw new StateException(
                    "the audit log doesn't take the record; nothing was changed: " + e.getMessage(),
                    e);
        }
    }

    private long lockVersion(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(database.readVersionToChange())) {
            if (!rows.next()) throw new SQLException("it has lost its version");
            return rows.getLong(1);
        }
    }

    private static void write(
            Connection connection, List<Edit> edits, long version, String changeId)
            throws SQLException {
        try (var put =
                connection.prepareStatement(
                        """
                        insert into sallyport_state (kind, id, version, body) values (?, ?, ?, ?)
                        on conflict (kind, id)
                        do update set version = excluded.version, body = excluded.body\
                        """)) {
            for (var edit : edits) {
                put.setString(1, edit.kind().name());
                put.setString(2, edit.id());
                put.setLong(3, version);
                // A row without body says, to whoever didn't see it, that it is gone.
                put.setString(
                        4,
                        switch (edit) {
                            case Edit.Put(var item) -> item.members().json();
                            case Edit.Remove _ -> null;
                        });
                put.addBatch();
            }
            int[] _ = put.executeBatch();
        }
        try (var update =
                connection.prepareStatement(
                        "update sallyport_state_version set version = ?, change_id = ?")) {
            update.setLong(1, version);
            update.setString(2, changeId);
            if (update.executeUpdate() != 1) throw new SQLException("it has lost its version");
        }
    }

    // --- reading

    /// What has changed since `before`, all of one moment.
    private State read(Connection connection, State before) throws SQLException {
        var edits = new ArrayList<Edit>();
        long version = before.version();
        // One statement, so that version and rows belong together.
        try (var statement =
                connection.prepareStatement(
                        """
                        select v.format, v.version, s.kind, s.id, s.body
                        from sallyport_state_version v
                        left join sallyport_state s on s.version > ?\
                        """)) {
            statement.setLong(1, before.version());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getInt(1) != FORMAT)
                        throw new SQLException(
                                "its format is "
                                        + rows.getInt(1)
                                        + ", this gateway's is "
                                        + FORMAT
                                        + ": a newer gateway is needed");
                    version = rows.getLong(2);
                    var kind = rows.getString(3);
                    if (kind != null) edits.add(edit(kind, rows.getString(4), rows.getString(5)));
                }
            }
        }
        if (version < before.version())
            throw new SQLException(
                    "it went back from version "
                            + before.version()
                            + " to "
                            + version
                            + ": restored from a backup? Restart the gateways");
        return before.with(version, edits);
    }

    private Edit edit(String kindName, String id, @Nullable String body) throws SQLException {
        var kind = kinds.get(kindName);
        if (kind == null)
            throw new SQLException(
                    "it holds a '" + kindName + "': a newer gateway is needed to understand it");
        if (body == null) return new Edit.Remove(kind, id);
        try {
            var members = Members.Reader.of(body);
            Item item = kind.read().apply(members);
            members.end();
            if (!item.id().equals(id)) throw new IllegalArgumentException("the id differs");
            return new Edit.Put(item);
        } catch (IllegalArgumentException e) {
            // Not the body: it holds verifiers.
            throw new SQLException(
                    "the " + kindName + " " + id + " in it is malformed: " + e.getMessage());
        }
    }

    private Thread thread(String name, Runnable round) {
        return Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> {
                    try {
                        while (!closed.await(options.poll().toMillis(), TimeUnit.MILLISECONDS))
                            round.run();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private void poll() {
        // Who changes something sees what others changed.
        if (!changing.tryLock()) return;
        try (var connection = database.connect()) {
            var fresh = read(connection, known);
            answered();
            known = fresh;
            if (state.isLost() || fresh.version() != state.version()) publish(fresh);
        } catch (SQLException | RuntimeException e) {
            if (isOverdue()) lose(String.valueOf(e.getMessage()));
        } finally {
            changing.unlock();
        }
    }

    private void answered() {
        lastAnswerNanos = System.nanoTime();
        problem = null;
    }

    private boolean isOverdue() {
        return System.nanoTime() - lastAnswerNanos > options.lostAfter().toNanos();
    }

    private synchronized void lose(String why) {
        if (!isOverdue()) return;
        problem =
                "the state's store "
                        + database.place()
                        + " can't be reached, so its people can't log in and temporary grants don't"
                        + " hold: "
                        + why;
        if (state.isLost()) return;
        LOG.error("{}", problem);
        publish(state.lose());
    }

    private synchronized void publish(State fresh) {
        if (state.isLost() && !fresh.isLost())
            LOG.info("the state's store {} is back", database.place());
        state = fresh;
        for (var listener : listeners) {
            try {
                listener.accept(fresh);
            } catch (RuntimeException e) {
                LOG.error("a change of the state was not heard by everyone", e);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            for (var thread : threads)
                if (!thread.join(options.lostAfter()))
                    LOG.warn("{} still waits for the state's store", thread.getName());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        database.close();
    }
}
