package dev.sallyport.app.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/// A running PostgreSQL server and its superuser. It stops when closed, unless somebody else runs
/// it.
///
/// Clients reach it over TLS with scram-sha-256 only, unless {@link Options#hba} says otherwise.
public sealed interface PostgresServer extends AutoCloseable
        permits EmbeddedPostgres, ContainerPostgres, OwnPostgres {

    /// Starts the kind of server that the options name and waits until it accepts connections.
    ///
    /// @throws IOException with a message for people: what failed, the last lines of the server's
    ///   log, what to do
    static PostgresServer start(Options options) throws IOException {
        return switch (options.provider()) {
            case EMBEDDED -> EmbeddedPostgres.start(options);
            case DOCKER -> ContainerPostgres.start(options);
            case OWN -> OwnPostgres.connect(options);
        };
    }

    /// For messages, as `PostgreSQL 18.6 (embedded)`.
    String describe();

    String host();

    int port();

    /// What must have issued the server's certificate for `verify-full`; empty when the server has
    /// no TLS or the JDK's authorities issued it.
    Optional<Path> caFile();

    String superuser();

    String superuserPassword();

    /// Without credentials and without TLS options: add {@link #properties}.
    default String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /// pgJDBC's properties for that role: `verify-full` where {@link #caFile} is known.
    default Properties properties(String user, String password) {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        caFile().ifPresentOrElse(
                        ca -> {
                            properties.setProperty("sslmode", "verify-full");
                            properties.setProperty("sslrootcert", ca.toString());
                        },
                        () -> properties.setProperty("sslmode", "prefer"));
        return properties;
    }

    default Connection connect(String database, String user, String password) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), properties(user, password));
    }

    /// As the superuser.
    default Connection connect(String database) throws SQLException {
        return connect(database, superuser(), superuserPassword());
    }

    /// Runs each statement on its own, as the superuser.
    default void execute(String database, String... statements) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement()) {
            for (var sql : statements) statement.execute(sql);
        }
    }

    /// Rows of one column as text, for tests and messages.
    default List<String> queryColumn(String database, String sql) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) values.add(rows.getString(1));
            return values;
        }
    }

    /// A role that can log in; an existing one gets the password and the attributes.
    ///
    /// @param attributes as `nosuperuser nocreatedb connection limit 20`; may be empty
    default void createRole(String name, String password, String attributes) throws SQLException {
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            boolean exists;
            try (var found =
                    statement.executeQuery(
                            "select 1 from pg_roles where rolname = " + literal(name))) {
                exists = found.next();
            }
            statement.execute(
                    (exists ? "alter role " : "create role ")
                            + identifier(name)
                            + " login password "
                            + literal(password)
                            + " "
                            + attributes);
        }
    }

    /// Empty; dropped first when it exists, together with the sessions that use it.
    default void recreateDatabase(String name) throws SQLException {
        execute(
                "postgres",
                "drop database if exists " + identifier(name) + " with (force)",
                "create database " + identifier(name));
    }

    /// Everything stops and what was temporary is deleted.
    @Override
    void close();

    /// Where the server comes from.
    enum Provider {
        EMBEDDED,
        DOCKER,
        OWN
    }

    /// What to start. Immutable; {@link #embedded} and the `with...` methods make variants.
    ///
    /// @param directory where an embedded server keeps its files, kept at close; empty: a temporary
    ///   one, deleted at close
    /// @param port 0 takes any free one
    /// @param settings for `postgresql.conf`
    /// @param hba lines for `pg_hba.conf`, before the last, which lets everyone in over TLS with
    ///   scram-sha-256
    /// @param tls false: the server has no certificate; clients then need an `hba` line
    /// @param binaries which PostgreSQL: a folder that holds `bin`, as `/usr/lib/postgresql/15`, or
    ///   a jar of `io.zonky.test.postgres`; empty: the one that was built in (Maven's
    ///   `-Dembedded-postgres-binaries.version=15.19.0` builds in another) or the system property
    ///   `sallyport.postgres.home`
    /// @param url of an own server, as
    ///   `postgresql://user:password@host:5432/postgres?sslrootcert=...`
    /// @param image of a container
    record Options(
            Provider provider,
            Optional<Path> directory,
            int port,
            Map<String, String> settings,
            List<String> hba,
            boolean tls,
            Optional<Path> binaries,
            Optional<String> url,
            String image) {
        public Options {
            settings = Map.copyOf(settings);
            hba = List.copyOf(hba);
        }

        /// A temporary embedded server on any free port, tuned for tests: a crash of the machine
        /// may lose its data.
        public static Options embedded() {
            return new Options(
                    Provider.EMBEDDED,
                    Optional.empty(),
                    0,
                    Map.of("fsync", "off"),
                    List.of(),
                    true,
                    Optional.ofNullable(System.getProperty("sallyport.postgres.home"))
                            .map(Path::of),
                    Optional.empty(),
                    "postgres:18");
        }

        public Options withProvider(Provider provider) {
            return new Options(provider, directory, port, settings, hba, tls, binaries, url, image);
        }

        public Options withDirectory(Path directory) {
            return new Options(
                    provider,
                    Optional.of(directory),
                    port,
                    settings,
                    hba,
                    tls,
                    binaries,
                    url,
                    image);
        }

        public Options withPort(int port) {
            return new Options(provider, directory, port, settings, hba, tls, binaries, url, image);
        }

        public Options withSetting(String name, String value) {
            var more = new TreeMap<>(settings);
            more.put(name, value);
            return new Options(provider, directory, port, more, hba, tls, binaries, url, image);
        }

        /// @param line as `host all legacy 127.0.0.1/32 md5`
        public Options withHba(String line) {
            var more = new ArrayList<>(hba);
            more.add(line);
            return new Options(
                    provider, directory, port, settings, more, tls, binaries, url, image);
        }

        public Options withoutTls() {
            return new Options(
                    provider, directory, port, settings, hba, false, binaries, url, image);
        }

        public Options withBinaries(Path home) {
            return new Options(
                    provider, directory, port, settings, hba, tls, Optional.of(home), url, image);
        }

        public Options withUrl(String url) {
            return new Options(
                    provider,
                    directory,
                    port,
                    settings,
                    hba,
                    tls,
                    binaries,
                    Optional.of(url),
                    image);
        }

        /// Without the URL, which may hold a password.
        @Override
        public String toString() {
            return "Options[" + provider + ", port " + port + "]";
        }
    }

    /// Quoted for SQL, whatever it holds.
    static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /// Quoted for SQL with standard_conforming_strings on.
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
