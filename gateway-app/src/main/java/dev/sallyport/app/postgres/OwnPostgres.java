package dev.sallyport.app.postgres;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Optional;

/// A server that somebody else runs, reached as a role that may create roles and databases.
final class OwnPostgres implements PostgresServer {
    private static final int DEFAULT_PORT = 5432;

    private final String host;
    private final int port;
    private final String user;
    private final String password;
    private final Optional<Path> caFile;

    private OwnPostgres(
            String host, int port, String user, String password, Optional<Path> caFile) {
        this.host = host;
        this.port = port;
        this.user = user;
        this.password = password;
        this.caFile = caFile;
    }

    /// Reads the URL and tries it out.
    static OwnPostgres connect(Options options) throws IOException {
        var server = parse(options.url().orElseThrow(() -> new IOException("no URL was given")));
        try (var _ = server.connect("postgres")) {
            return server;
        } catch (SQLException e) {
            throw new IOException(
                    "cannot log in to %s:%d as %s: %s"
                            .formatted(server.host, server.port, server.user, e.getMessage()),
                    e);
        }
    }

    private static OwnPostgres parse(String url) throws IOException {
        var wanted = "a URL like postgresql://user:password@host:5432/?sslrootcert=/path/ca.pem";
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException _) {
            // The exception's text would show the password.
            throw new IOException("not " + wanted);
        }
        var login =
                uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
        if (!"postgresql".equals(uri.getScheme()) || uri.getHost() == null || login.length != 2) {
            throw new IOException("not " + wanted);
        }
        var parameters = new HashMap<String, String>();
        for (var pair : (uri.getRawQuery() == null ? "" : uri.getRawQuery()).split("&")) {
            if (pair.isEmpty()) continue;
            var parts = pair.split("=", 2);
            parameters.put(parts[0], parts.length == 2 ? decode(parts[1]) : "");
        }
        var ca = Optional.ofNullable(parameters.remove("sslrootcert")).map(Path::of);
        if (!parameters.isEmpty()) {
            throw new IOException(
                    "unknown in the URL: " + parameters.keySet() + "; wanted " + wanted);
        }
        return new OwnPostgres(
                uri.getHost(),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                decode(login[0]),
                decode(login[1]),
                ca.map(Path::toAbsolutePath));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String describe() {
        return "your PostgreSQL at " + host + ":" + port;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Optional<Path> caFile() {
        return caFile;
    }

    @Override
    public String superuser() {
        return user;
    }

    @Override
    public String superuserPassword() {
        return password;
    }

    /// It isn't ours: it goes on running.
    @Override
    public void close() {}
}
