package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/// How the gateway reads a database's catalog: with which connection, and which rows. Blocks; for
/// threads of their own.
public final class CatalogReading {
    private static final int SOCKET_TIMEOUT_SECONDS = 60;

    /// Rows that are in memory twice at a time, as sent and as understood.
    private static final int PORTION = 5_000;

    private CatalogReading() {}

    /// Takes the rows of {@link CatalogQueries}, query by query.
    interface Sink {
        void begin(CatalogQueries query);

        void row(CatalogQueries query, List<@Nullable String> row);
    }

    /// Every row, read once over a connection that is closed again: one snapshot, read only.
    ///
    /// @throws IOException when the catalog role's password cannot be read
    public static Map<CatalogQueries, List<List<@Nullable String>>> rows(
            GatewayConfig.Database database) throws SQLException, IOException {
        Map<CatalogQueries, List<List<@Nullable String>>> rows =
                new EnumMap<>(CatalogQueries.class);
        var properties = driverProperties(database);
        properties.setProperty("user", database.catalog().user());
        properties.setProperty("password", database.catalog().password().read());
        try (Connection connection = DriverManager.getConnection(url(database), properties)) {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            read(
                    connection,
                    new Sink() {
                        @Override
                        public void begin(CatalogQueries query) {
                            rows.put(query, new ArrayList<>());
                        }

                        @Override
                        public void row(CatalogQueries query, List<@Nullable String> row) {
                            rows.computeIfAbsent(query, _ -> new ArrayList<>()).add(row);
                        }
                    });
            connection.commit();
        }
        return rows;
    }

    static void read(Connection connection, Sink sink) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(PORTION);
            var texts = CatalogQueries.all();
            for (var query : CatalogQueries.values()) {
                sink.begin(query);
                try (ResultSet rows = statement.executeQuery(texts.get(query.ordinal()))) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) sink.row(query, row(rows, columns));
                }
            }
        }
    }

    private static List<@Nullable String> row(ResultSet rows, int columns) throws SQLException {
        var values = new ArrayList<@Nullable String>(columns);
        for (int i = 1; i <= columns; i++) values.add(rows.getString(i));
        return values;
    }

    static String url(GatewayConfig.Database database) {
        return url(database.host(), database.port(), database.database());
    }

    static String url(String host, int port, String database) {
        return "jdbc:postgresql://"
                + (host.contains(":") ? "[" + host + "]" : host)
                + ":"
                + port
                + "/"
                + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static Properties driverProperties(GatewayConfig.Database database) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", "sallyport catalog");
        // Only with the extended protocol do rows come in portions; nothing is kept prepared, so
        // that a pooler between may be one of transactions.
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", String.valueOf(SOCKET_TIMEOUT_SECONDS));
        properties.setProperty("gssEncMode", "disable");
        // Printing a view waits for whoever alters it; the snapshot of before stays meanwhile.
        properties.setProperty("options", "-c lock_timeout=5s -c statement_timeout=30s");
        setTls(properties, database.tls());
        return properties;
    }

    static void setTls(Properties properties, GatewayConfig.UpstreamTls tls) {
        // The driver's words for the modes are libpq's, as are the configuration's.
        properties.setProperty("sslmode", tls.mode().word());
        switch (tls.mode()) {
            case DISABLE, REQUIRE -> {
                // No certificate is judged.
            }
            case VERIFY_CA, VERIFY_FULL ->
                    tls.ca()
                            .ifPresentOrElse(
                                    ca -> properties.setProperty("sslrootcert", ca.toString()),
                                    () ->
                                            properties.setProperty(
                                                    "sslfactory",
                                                    DefaultJavaSSLFactory.class.getName()));
        }
    }

    /// The pool's exception says only that there was no connection, its cause why.
    public static String rootMessage(Throwable e) {
        var cause = e;
        while (cause instanceof SQLException && cause.getCause() instanceof SQLException deeper)
            cause = deeper;
        return String.valueOf(cause.getMessage());
    }
}
