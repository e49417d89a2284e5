package dev.sallyport.identity;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// Where the rows are: SQLite in a folder of this machine, or PostgreSQL for several gateways. Both
/// understand the same statements but for these few.
public final class StateDatabase implements AutoCloseable {
    private static final String FILE = "state.db";
    private static final int BUSY_MILLIS = 5_000;
    private static final long CONNECT_MILLIS = 10_000;

    /// One changes, one reads.
    private static final int CONNECTIONS = 2;

    private static final List<String> TABLES =
            List.of(
                    """
                    create table if not exists sallyport_state_version (
                      format integer not null,
                      version bigint not null,
                      change_id text not null)\
                    """,
                    """
                    create table if not exists sallyport_state (
                      kind text not null,
                      id text not null,
                      version bigint not null,
                      body text,
                      primary key (kind, id))\
                    """,
                    """
                    create index if not exists sallyport_state_by_version
                      on sallyport_state (version)\
                    """,
                    """
                    insert into sallyport_state_version (format, version, change_id)
                      select 1, 0, '' where not exists (select 1 from sallyport_state_version)\
                    """);

    private final HikariDataSource pool;
    private final List<String> prepare;
    private final String readVersionToChange;
    private final String place;

    private StateDatabase(
            HikariDataSource pool, List<String> prepare, String readVersionToChange, String place) {
        this.pool = pool;
        this.prepare = prepare;
        this.readVersionToChange = readVersionToChange;
        this.place = place;
    }

    /// A password that may change while the gateway runs.
    @FunctionalInterface
    public interface Password {
        String read() throws IOException;
    }

    /// In a file of the folder, which is made when missing, for its owner only.
    ///
    /// @throws StateException the folder can't be made or used
    public static StateDatabase inFolder(Path folder) throws StateException {
        var file = folder.resolve(FILE);
        try {
            if (!Files.isDirectory(folder))
                Files.createDirectories(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            // SQLite gives its other files the rights of this one.
            if (!Files.exists(file))
                Files.createFile(
                        file,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw new StateException("the state's folder " + folder + ": " + e.getMessage(), e);
        }
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        // A commit is on the disk when it returns.
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        // A change holds off the others before it reads anything.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setBusyTimeout(BUSY_MILLIS);
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return new StateDatabase(
                pool(source, "state"),
                List.of(),
                "select version, change_id from sallyport_state_version",
                file.toString());
    }

    /// @param properties of the connection, TLS among them; without the password
    /// @param place as people call it, without secrets
    public static StateDatabase inPostgres(
            String url, Properties properties, String user, Password password, String place) {
        return new StateDatabase(
                pool(new PostgresSource(url, properties, user, password), "state-postgres"),
                // Two gateways that make the tables at once would trip over each other.
                List.of("select pg_advisory_xact_lock(7236828793)"),
                "select version, change_id from sallyport_state_version for update",
                place);
    }

    private static HikariDataSource pool(DataSource source, String name) {
        var config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName(name);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setValidationTimeout(1_000);
        // The first use says what is wrong, in words.
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /// As people call it.
    String place() {
        return place;
    }

    /// The version's row, held against every other change until the transaction ends.
    String readVersionToChange() {
        return readVersionToChange;
    }

    /// With auto-commit on. Waits for one, seconds at most.
    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    /// Makes the tables that are missing.
    void prepare() throws SQLException {
        try (var connection = connect()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                for (var sql : prepare) statement.execute(sql);
                for (var sql : TABLES) statement.execute(sql);
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    @Override
    public String toString() {
        return "StateDatabase[" + place + "]";
    }
}
