package dev.sallyport.gateway;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.MySqlCatalogBuilder;
import dev.sallyport.sql.catalog.MySqlCatalogQueries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The shared catalog of one database: read at the start, then on a timer and whenever something is
/// known to have changed, over the gateway's own least-privileged connection.
///
/// One thread reads; reading the snapshot and asking for a refresh never block. As long as nothing
/// could be read there is no snapshot, and statements are refused; a snapshot that could not be
/// renewed stays, and health says so.
public final class CatalogService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogService.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);

    /// However often sessions ask, the upstream isn't asked more often than this.
    private static final Duration BETWEEN_LOADS = Duration.ofMillis(100);

    /// Within it the pool tries again and again.
    private static final int CONNECT_MILLIS = 3_000;

    private final GatewayConfig.Database database;
    private final Optional<UpstreamQueries> questions;
    private final Runnable onChange;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    private final Condition loaded = lock.newCondition();

    private volatile @Nullable Catalog current;
    private volatile @Nullable String problem;
    private volatile long loads;

    // Guarded by the lock.
    private long loadsBegun;
    private long loadsWanted = 1;
    private boolean closed;

    // The reader thread's own.
    private @Nullable HikariDataSource pool;
    private byte[] contentHash = {};
    private long epoch;

    /// @param onChange called on the reader's thread after a snapshot that differs was installed
    CatalogService(GatewayConfig.Database database, Runnable onChange) {
        this(database, Optional.empty(), onChange);
    }

    /// @param questions how an upstream is asked for which there is no driver here
    CatalogService(
            GatewayConfig.Database database,
            Optional<UpstreamQueries> questions,
            Runnable onChange) {
        this.database = database;
        this.questions = questions;
        this.onChange = onChange;
        this.problem = "catalog of " + database.name() + " has not been read yet";
        this.reader =
                Thread.ofPlatform()
                        .daemon()
                        .name("catalog-" + database.name())
                        .unstarted(this::run);
    }

    void start() {
        reader.start();
    }

    /// The newest snapshot; null before the first.
    public @Nullable Catalog current() {
        return current;
    }

    /// Why the catalog could not be read the last time; null when it could.
    public @Nullable String problem() {
        return problem;
    }

    /// Asks for a load that begins after now. Returns its number: when {@link #loads} has reached
    /// it, the snapshot shows everything committed before this call.
    long refreshSoon() {
        lock.lock();
        try {
            loadsWanted = Math.max(loadsWanted, loadsBegun + 1);
            asked.signalAll();
            return loadsBegun + 1;
        } finally {
            lock.unlock();
        }
    }

    /// Loads that succeeded or were made superfluous by a later one.
    long loads() {
        return loads;
    }

    /// Waits for the first snapshot.
    boolean await(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (current == null && nanos > 0 && !closed) nanos = loaded.awaitNanos(nanos);
            return current != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            asked.signalAll();
            loaded.signalAll();
            reader.interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        var retry = FIRST_RETRY;
        try {
            while (true) {
                long number = begin(problem == null);
                if (number < 0) return;
                if (load(number)) {
                    retry = FIRST_RETRY;
                    pause(BETWEEN_LOADS);
                } else {
                    pause(retry);
                    retry = min(retry.multipliedBy(2), LAST_RETRY);
                }
            }
        } catch (InterruptedException _) {
            // Closed.
        } finally {
            // The wake-up is over; the pool's closing must not take it for its own.
            Thread.interrupted();
            if (pool != null) pool.close();
        }
    }

    /// Waits until a load is due; its number, or -1 when closed.
    private long begin(boolean sound) throws InterruptedException {
        lock.lock();
        try {
            long nanos = sound ? database.catalog().refresh().toNanos() : 0;
            while (!closed && loadsBegun >= loadsWanted && nanos > 0)
                nanos = asked.awaitNanos(nanos);
            return closed ? -1 : ++loadsBegun;
        } finally {
            lock.unlock();
        }
    }

    private void pause(Duration time) throws InterruptedException {
        long nanos = time.toNanos();
        lock.lock();
        try {
            while (!closed && nanos > 0) nanos = asked.awaitNanos(nanos);
        } finally {
            lock.unlock();
        }
    }

    private boolean load(long number) {
        try {
            read();
        } catch (SQLException | IOException | RuntimeException e) {
            var reason =
                    "catalog of "
                            + database.name()
                            + " cannot be read: "
                            + CatalogReading.rootMessage(e);
            if (!reason.equals(problem)) LOG.warn("{}", reason);
            problem = reason;
            return false;
        }
        if (problem != null) LOG.info("catalog of {} read, epoch {}", database.name(), epoch);
        problem = null;
        lock.lock();
        try {
            loads = number;
            loaded.signalAll();
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void read() throws SQLException, IOException {
        switch (database.protocol()) {
            case POSTGRES -> readPostgres();
            case MYSQL -> readMySql();
        }
    }

    private void readMySql() throws IOException {
        var asking =
                questions.orElseThrow(
                        () -> new IOException("this gateway has nothing to ask MySQL with"));
        var builder = new MySqlCatalogBuilder();
        var content = new ContentHash();
        var queries = MySqlCatalogQueries.values();
        int[] last = {-1};
        asking.run(
                database,
                database.catalog().user(),
                database.catalog().password(),
                MySqlCatalogQueries.all(),
                (index, row) -> {
                    while (last[0] < index)
                        content.next(queries[++last[0]].sql().contains("ORDER BY"));
                    content.add(row);
                    builder.add(index, row);
                });
        install(content.hash(), builder::build);
    }

    private void readPostgres() throws SQLException, IOException {
        var builder = new CatalogBuilder();
        var content = new ContentHash();
        try (Connection connection = pool().getConnection()) {
            CatalogReading.read(
                    connection,
                    new CatalogReading.Sink() {
                        @Override
                        public void begin(CatalogQueries query) {
                            content.next(query.sql().contains("ORDER BY"));
                        }

                        @Override
                        public void row(CatalogQueries query, List<@Nullable String> row) {
                            content.add(row);
                            builder.add(query, row);
                        }
                    });
            connection.commit();
        }
        install(content.hash(), builder::build);
    }

    private void install(byte[] hash, LongFunction<Catalog> build) {
        if (Arrays.equals(hash, contentHash) && current != null) return;
        publish(build.apply(epoch + 1));
        contentHash = hash;
    }

    /// A snapshot that differs from the one before.
    void publish(Catalog snapshot) {
        current = snapshot;
        epoch = snapshot.epoch();
        onChange.run();
    }

    /// Tells whether two loads gave the same rows. Where a query doesn't order them, the server may
    /// send them in any order (an ANALYZE moves rows of `pg_class`), so their hashes are added.
    private static final class ContentHash {
        private final MessageDigest all = sha256();
        private final MessageDigest one = sha256();
        private final long[] sum = new long[4];
        private boolean ordered;

        void next(boolean rowsAreOrdered) {
            flush();
            ordered = rowsAreOrdered;
        }

        void add(List<@Nullable String> row) {
            var digest = ordered ? all : one;
            for (var value : row) {
                if (value == null) digest.update((byte) 1);
                else digest.update(value.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            if (ordered) return;
            var hash = ByteBuffer.wrap(one.digest());
            for (int i = 0; i < sum.length; i++) sum[i] += hash.getLong();
        }

        byte[] hash() {
            flush();
            return all.digest();
        }

        private void flush() {
            var bytes = ByteBuffer.allocate(1 + 8 * sum.length).put((byte) 2);
            for (long part : sum) bytes.putLong(part);
            all.update(bytes.array());
            Arrays.fill(sum, 0);
        }
    }

    private HikariDataSource pool() throws IOException {
        var password = database.catalog().password().read();
        if (pool != null) {
            // A rotated password is picked up by the next connection.
            pool.getHikariConfigMXBean().setPassword(password);
            return pool;
        }
        var config = new HikariConfig();
        config.setPoolName("catalog-" + database.name());
        config.setJdbcUrl(CatalogReading.url(database));
        config.setUsername(database.catalog().user());
        config.setPassword(password);
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        config.setAutoCommit(false);
        config.setReadOnly(true);
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setDataSourceProperties(CatalogReading.driverProperties(database));
        pool = new HikariDataSource(config);
        return pool;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public String toString() {
        return "CatalogService[" + database.name() + ", epoch " + epoch + "]";
    }
}
