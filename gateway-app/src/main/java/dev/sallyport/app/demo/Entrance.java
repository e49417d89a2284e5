package dev.sallyport.app.demo;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/// How clients come in: where the gateway listens, whom to trust, and everybody's password.
///
/// @param ca the certificate to trust
/// @param passwords by user name
record Entrance(String host, int port, String database, Path ca, Map<String, String> passwords) {
    private static final int CONNECT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 60;

    Entrance {
        passwords = Map.copyOf(passwords);
    }

    /// To another of the gateway's databases.
    Entrance to(String other) {
        return new Entrance(host, port, other, ca, passwords);
    }

    /// A line for a shell.
    String psql(String user) {
        return "PGPASSWORD=%s psql \"host=%s port=%d user=%s dbname=%s sslmode=verify-full sslrootcert=%s\""
                .formatted(password(user), host, port, user, database, inDoubleQuotes(ca));
    }

    /// As an ordinary application would, certificate and host name checked.
    Connection connect(String user) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password(user));
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("sslrootcert", ca.toString());
        properties.setProperty("ApplicationName", "sallyport tour");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", Integer.toString(ANSWER_SECONDS));
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(host, port, database), properties);
    }

    private String password(String user) {
        var password = passwords.get(user);
        if (password == null) throw new IllegalArgumentException("no such person: " + user);
        return password;
    }

    /// A value of a connection string (libpq manual, Keyword/Value Connection Strings) that itself
    /// stands between a shell's double quotes.
    private static String inDoubleQuotes(Path path) {
        var text = path.toString();
        if (text.matches("[A-Za-z0-9_./+-]+")) return text;
        var value = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
        return value.replaceAll("([\\\\\"$`])", "\\\\$1");
    }

    /// Quoted for a shell where needed.
    static String shellWord(String text) {
        if (text.matches("[A-Za-z0-9_./:=@+-]+")) return text;
        return "'" + text.replace("'", "'\\''") + "'";
    }

    @Override
    public String toString() {
        return "Entrance[" + host + ":" + port + "/" + database + "]";
    }
}
