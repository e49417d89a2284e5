package dev.sallyport.identity;

import dev.sallyport.identity.StateDatabase.Password;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Connections with PostgreSQL by the password as it is now.
final class PostgresSource implements DataSource {
    private final String url;
    private final Properties properties;
    private final String user;
    private final Password password;

    PostgresSource(String url, Properties properties, String user, Password password) {
        this.url = url;
        this.properties = properties;
        this.user = user;
        this.password = password;
    }

    @Override
    public Connection getConnection() throws SQLException {
        var all = new Properties();
        for (var name : properties.stringPropertyNames())
            all.setProperty(name, properties.getProperty(name));
        all.setProperty("user", user);
        try {
            all.setProperty("password", password.read());
        } catch (IOException e) {
            throw new SQLException("its password cannot be read: " + e.getMessage(), e);
        }
        var connection = DriverManager.getConnection(url, all);
        try (var statement = connection.createStatement()) {
            // One gateway that hangs must not keep the others from changing anything; and what is
            // answered as done is on the disk.
            statement.execute(
                    "set lock_timeout = '5s'; set statement_timeout = '10s';"
                            + " set idle_in_transaction_session_timeout = '30s';"
                            + " set synchronous_commit = on");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection getConnection(String otherUser, String otherPassword) throws SQLException {
        throw new SQLFeatureNotSupportedException("as its own user only");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // It has nothing to say.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // `connectTimeout` is among the properties.
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("it doesn't log");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
