package dev.sallyport.audit.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.tree.LeafReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Streams one journal into PostgreSQL, every entry exactly once, in order.
///
/// One thread reads what is durable from the journal's files and adds it in batches. Where to go on
/// it asks the database, on every new connection: a batch whose commit was never answered is either
/// there or not, and a database restored from a backup says by itself what it lacks. Nothing is
/// kept in memory for a database that is away, and nobody waits for this thread.
///
/// A database that holds what the journal doesn't (more entries, or others) is not written to: that
/// is said in {@link #status} until somebody has found out why.
public final class LogCopy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogCopy.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);
    private static final int CONNECT_MILLIS = 5_000;
    private static final long WAIT_MILLIS = 10;
    private static final Duration SLOW = Duration.ofMinutes(1);
    private static final String NO_SUCH_SCHEMA = "3F000";
    private static final String NO_SUCH_FUNCTION = "42883";

    /// How much and how often; {@link #DEFAULTS} suit a gateway, tests make them small.
    ///
    /// @param batchEntries most that one transaction adds
    /// @param batchBytes that one transaction adds, and hardly more; the most that is in memory
    /// @param poll the journal is looked at this often when all of it was copied
    /// @param checkpoints a new one is copied this often
    /// @param finish how long {@link LogCopy#close} goes on with what is left
    public record Options(
            int batchEntries,
            int batchBytes,
            Duration poll,
            Duration checkpoints,
            Duration finish) {
        public static final Options DEFAULTS =
                new Options(
                        2_000,
                        1 << 20,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3));
    }

    /// How far the copy is.
    ///
    /// @param copied sequence of the last entry that is there; -1 as long as that is unknown
    /// @param lagEntries durable in the journal and not yet there; -1 as long as that is unknown
    /// @param lag for how long the copy has lacked something that was durable; zero when it doesn't
    /// @param problem why it doesn't go on; empty when it does
    public record Status(long copied, long lagEntries, Duration lag, Optional<String> problem) {
        /// A line for people, when somebody should look; also for a database that is too slow.
        public Optional<String> warning() {
            if (problem.isEmpty() && lag.compareTo(SLOW) < 0) return Optional.empty();
            return Optional.of(
                    problem.orElse("the audit log's copy in PostgreSQL is behind")
                            + (lagEntries < 0
                                    ? "; how much it lacks is not known"
                                    : "; it lacks " + lagEntries + " entries")
                            + ", for "
                            + lag.toSeconds()
                            + " s; the journal has them");
        }
    }

    /// How far the database says it is.
    private record Position(int version, long sequence, byte[] leafHash, long checkpointSize) {}

    /// The database's copy and the journal are not the same log, or the schema is another one.
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private final Path store;
    private final String origin;
    private final LongSupplier durable;
    private final DatabaseAccess access;
    private final Options options;
    private final EntryRows rows;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    private volatile long copied = -1;
    private volatile @Nullable String problem;

    /// Everything that was durable at this time is there.
    private volatile long completeNanos = System.nanoTime();

    // The thread's own.
    private Duration retry = FIRST_RETRY;
    private long checkpointSize;
    private long nextCheckpointNanos = System.nanoTime();
    private final Set<YearMonth> months = new HashSet<>();

    private volatile @Nullable HikariDataSource pool;

    /// @param store the journal's folder
    /// @param durable the sequence up to which the journal is on the disk
    public static LogCopy start(
            Path store, String origin, LongSupplier durable, DatabaseAccess access) {
        return start(store, origin, durable, access, Options.DEFAULTS);
    }

    public static LogCopy start(
            Path store,
            String origin,
            LongSupplier durable,
            DatabaseAccess access,
            Options options) {
        LogCopy copy = new LogCopy(store, origin, durable, access, options);
        copy.thread.start();
        return copy;
    }

    private LogCopy(
            Path store,
            String origin,
            LongSupplier durable,
            DatabaseAccess access,
            Options options) {
        this.store = store;
        this.origin = origin;
        this.durable = durable;
        this.access = access;
        this.options = options;
        this.rows = new EntryRows(origin);
        this.thread = Thread.ofPlatform().name("audit-copy").daemon().unstarted(this::run);
    }

    public Status status() {
        long there = copied;
        long behind = there < 0 ? -1 : Math.max(0, durable.getAsLong() - there);
        Duration lag =
                behind == 0
                        ? Duration.ZERO
                        : Duration.ofNanos(Math.max(0, System.nanoTime() - completeNanos));
        return new Status(there, behind, lag, Optional.ofNullable(problem));
    }

    /// Waits until that entry is there, or the time is over.
    public boolean await(long sequence, Duration atMost) throws InterruptedException {
        long begin = System.nanoTime();
        while (copied < sequence) {
            if (System.nanoTime() - begin > atMost.toNanos()) return false;
            Thread.sleep(WAIT_MILLIS);
        }
        return true;
    }

    /// Copies what is left, the last checkpoint included, if that takes no longer than {@link
    /// Options#finish}; then ends. What was not copied follows at the next start. To be called when
    /// the journal was closed.
    @Override
    public void close() {
        end.countDown();
        boolean interrupted = false;
        try {
            thread.join(options.finish);
        } catch (InterruptedException _) {
            interrupted = true;
        }
        HikariDataSource open = pool;
        // Cuts off what the thread may be waiting for.
        if (open != null) open.close();
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void run() {
        try {
            while (true) {
                try {
                    follow();
                    return;
                } catch (SQLException | IOException | FormatException | RuntimeException e) {
                    fail("the audit log's copy in PostgreSQL: " + rootMessage(e));
                } catch (Refused e) {
                    fail("the audit log's copy in PostgreSQL is not written to: " + e.getMessage());
                }
                if (end.await(retry.toMillis(), TimeUnit.MILLISECONDS)) return;
                retry = min(retry.multipliedBy(2), LAST_RETRY);
            }
        } catch (InterruptedException _) {
            // Nobody does that; then it is the end as well.
        }
    }

    private void fail(String why) {
        if (end.getCount() == 0) return;
        if (!why.equals(problem)) LOG.error(why);
        problem = why;
    }

    private boolean isEnding() {
        return end.getCount() == 0;
    }

    /// On one connection, until the end.
    private void follow()
            throws SQLException, IOException, FormatException, Refused, InterruptedException {
        try (Connection connection = pool().getConnection()) {
            Position there = position(connection);
            try (LeafReader journal = open(there)) {
                // What was not answered had been done.
                if (there.sequence > copied) retry = FIRST_RETRY;
                copied = there.sequence;
                checkpointSize = there.checkpointSize;
                months.clear();
                while (true) {
                    boolean ending = isEnding();
                    long nanos = System.nanoTime();
                    long wanted = durable.getAsLong();
                    while (copied < wanted) copyBatch(connection, journal, wanted);
                    completeNanos = nanos;
                    recovered();
                    copyCheckpoint(connection, ending);
                    if (ending) return;
                    boolean _ = end.await(options.poll.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    private void recovered() {
        retry = FIRST_RETRY;
        if (problem != null) LOG.info("the audit log is being copied to PostgreSQL again");
        problem = null;
    }

    private Position position(Connection connection) throws SQLException, Refused {
        try (Statement settings = connection.createStatement()) {
            settings.execute("SET statement_timeout = '60s'; SET lock_timeout = '20s'");
        }
        Position there;
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT version, sequence, leaf_hash, checkpoint_size FROM"
                                + " log.position(?)")) {
            query.setString(1, origin);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) throw new SQLException("log.position answered nothing");
                there =
                        new Position(
                                row.getInt(1), row.getLong(2), row.getBytes(3), row.getLong(4));
            }
        } catch (SQLException e) {
            if (NO_SUCH_SCHEMA.equals(e.getSQLState()) || NO_SUCH_FUNCTION.equals(e.getSQLState()))
                throw new Refused(
                        "the database has no schema for it yet: its owner runs `sallyport audit"
                                + " postgres init`");
            throw e;
        }
        connection.commit();
        if (there.version != CopySchema.VERSION)
            throw new Refused(
                    "its schema has version "
                            + there.version
                            + ", this gateway needs "
                            + CopySchema.VERSION
                            + ": run `sallyport audit postgres init`");
        return there;
    }

    /// The journal behind the last entry that is there, which has to be the journal's own.
    private LeafReader open(Position there) throws IOException, FormatException, Refused {
        long here = durable.getAsLong();
        if (there.sequence > here)
            throw new Refused(
                    "it holds "
                            + there.sequence
                            + " entries of the log "
                            + origin
                            + ", which has only "
                            + here
                            + ": the journal was rolled back, or two gateways have this name");
        LeafReader journal = new LeafReader(store, there.sequence + 1);
        if (Arrays.equals(journal.hash(), there.leafHash)) return journal;
        journal.close();
        throw new Refused(
                "its entry "
                        + there.sequence
                        + " of the log "
                        + origin
                        + " is not the journal's ("
                        + Leaf.hex(there.leafHash)
                        + "): one of them was changed, or two gateways have this name;"
                        + " `sallyport audit verify` says which");
    }

    private void copyBatch(Connection connection, LeafReader journal, long wanted)
            throws SQLException, IOException, FormatException {
        rows.clear();
        while (journal.sequence() < wanted
                && rows.count() < options.batchEntries
                && rows.size() < options.batchBytes) {
            journal.next();
            rows.add(journal.sequence(), journal.entry().time(), journal.bytes());
        }
        for (YearMonth month : rows.months()) prepare(connection, month);
        rows.send(connection.unwrap(PGConnection.class).getCopyAPI());
        connection.commit();
        copied = journal.sequence();
        retry = FIRST_RETRY;
    }

    /// The month's partition, and the next one's before that begins.
    private void prepare(Connection connection, YearMonth month) throws SQLException {
        if (months.contains(month)) return;
        makeMonth(connection, month);
        if (month.equals(YearMonth.now(ZoneOffset.UTC))) makeMonth(connection, month.plusMonths(1));
        connection.commit();
        months.add(month);
    }

    private static void makeMonth(Connection connection, YearMonth month) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT log.prepare_month(?)")) {
            query.setObject(1, begin(month));
            query.execute();
        }
    }

    private static OffsetDateTime begin(YearMonth month) {
        return month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC);
    }

    /// The newest, when it covers nothing that is not there yet.
    private void copyCheckpoint(Connection connection, boolean now)
            throws SQLException, IOException, FormatException {
        if (!now && System.nanoTime() - nextCheckpointNanos < 0) return;
        byte[] note;
        try {
            note = Files.readAllBytes(store.resolve(Checkpoint.FILE_NAME));
        } catch (NoSuchFileException _) {
            return;
        }
        Checkpoint newest = Checkpoint.parse(note);
        if (newest.size() <= checkpointSize || newest.size() > copied) return;
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO log.checkpoint (origin, size, note) VALUES (?, ?, ?)")) {
            insert.setString(1, origin);
            insert.setLong(2, newest.size());
            insert.setBytes(3, note);
            insert.executeUpdate();
        }
        connection.commit();
        checkpointSize = newest.size();
        nextCheckpointNanos = System.nanoTime() + options.checkpoints.toNanos();
    }

    private HikariDataSource pool() throws IOException {
        String password = access.password().read();
        HikariDataSource open = pool;
        if (open != null) {
            open.getHikariConfigMXBean().setPassword(password);
            return open;
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("audit-copy");
        config.setJdbcUrl(access.url());
        config.setDataSourceProperties(access.properties());
        config.setUsername(access.user());
        config.setPassword(password);
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        open = new HikariDataSource(config);
        pool = open;
        return open;
    }

    /// The pool's exception says only that there was no connection, its cause why.
    private static String rootMessage(Exception e) {
        Throwable cause = e;
        while (cause instanceof SQLException && cause.getCause() instanceof SQLException deeper)
            cause = deeper;
        // Without the server's DETAIL, which may show a row.
        String hint =
                cause instanceof PSQLException refused && refused.getServerErrorMessage() != null
                        ? refused.getServerErrorMessage().getHint()
                        : null;
        return cause.getMessage() + (hint == null ? "" : " (" + hint + ")");
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
