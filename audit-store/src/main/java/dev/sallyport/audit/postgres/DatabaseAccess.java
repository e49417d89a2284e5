package dev.sallyport.audit.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// How to reach the database, and as whom.
///
/// @param url of pgJDBC, without credentials
/// @param properties of pgJDBC, TLS among them
public record DatabaseAccess(String url, Properties properties, String user, Password password) {
    /// Read anew for each connection, so that a rotated one needs no restart.
    public interface Password {
        String read() throws IOException;
    }

    /// One connection, outside of any pool.
    public Connection connect() throws SQLException, IOException {
        Properties all = new Properties();
        all.putAll(properties);
        all.setProperty("user", user);
        all.setProperty("password", password.read());
        return DriverManager.getConnection(url, all);
    }

    @Override
    public String toString() {
        return "DatabaseAccess[" + user + "]";
    }
}
