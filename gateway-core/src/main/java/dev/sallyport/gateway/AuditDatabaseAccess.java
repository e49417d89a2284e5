package dev.sallyport.gateway;

import dev.sallyport.audit.postgres.DatabaseAccess;
import dev.sallyport.config.GatewayConfig;
import java.util.Properties;

/// From the configuration to connections with the database that holds the log's copy.
public final class AuditDatabaseAccess {
    private static final int CONNECT_SECONDS = 5;

    /// Longer than any statement may take there.
    private static final int SOCKET_SECONDS = 90;

    private AuditDatabaseAccess() {}

    /// As the role that adds to it.
    static DatabaseAccess writer(GatewayConfig.AuditDatabase database) {
        var properties = properties(database, "sallyport audit copy");
        properties.setProperty("socketTimeout", String.valueOf(SOCKET_SECONDS));
        return new DatabaseAccess(
                url(database), properties, database.user(), database.password()::read);
    }

    /// As somebody else: its owner, or who verifies it.
    public static DatabaseAccess as(
            GatewayConfig.AuditDatabase database, String user, DatabaseAccess.Password password) {
        return new DatabaseAccess(
                url(database), properties(database, "sallyport audit"), user, password);
    }

    private static String url(GatewayConfig.AuditDatabase database) {
        return CatalogReading.url(database.host(), database.port(), database.database());
    }

    private static Properties properties(GatewayConfig.AuditDatabase database, String application) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", application);
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        // The server's DETAIL shows rows.
        properties.setProperty("logServerErrorDetail", "false");
        CatalogReading.setTls(properties, database.tls());
        return properties;
    }
}
