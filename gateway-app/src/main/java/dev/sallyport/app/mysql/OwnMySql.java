package dev.sallyport.app.mysql;

import dev.sallyport.config.GatewayConfig.TlsMode;
import dev.sallyport.config.GatewayConfig.UpstreamTls;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Optional;

/// A server that somebody else runs, reached as a user who may create users and databases.
///
/// @param passwordFile written by {@link #of}, for its owner alone
public record OwnMySql(
        String host, int port, String administrator, Path passwordFile, UpstreamTls tls)
        implements MySqlServer {
    private static final int DEFAULT_PORT = 3306;
    private static final String WANTED =
            "a URL like mysql://user:password@host:3306/?ca=/path/ca.pem";

    /// Reads the URL; nobody is asked yet.
    ///
    /// @param folder where the password is kept while the demo runs
    public static OwnMySql of(String url, Path folder) throws IOException {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException _) {
            // The exception's text would show the password.
            throw new IOException("not " + WANTED);
        }
        var login =
                uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
        if (!"mysql".equals(uri.getScheme()) || uri.getHost() == null || login.length != 2)
            throw new IOException("not " + WANTED);
        var parameters = new HashMap<String, String>();
        for (var pair : (uri.getRawQuery() == null ? "" : uri.getRawQuery()).split("&")) {
            if (pair.isEmpty()) continue;
            var parts = pair.split("=", 2);
            parameters.put(parts[0], parts.length == 2 ? decode(parts[1]) : "");
        }
        var ca = Optional.ofNullable(parameters.remove("ca")).map(Path::of);
        if (!parameters.isEmpty())
            throw new IOException(
                    "unknown in the URL: " + parameters.keySet() + "; wanted " + WANTED);
        Files.createDirectories(folder);
        var file = folder.resolve("administrator");
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, decode(login[1]) + "\n");
        return new OwnMySql(
                uri.getHost(),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                decode(login[0]),
                file,
                new UpstreamTls(
                        ca.isPresent() ? TlsMode.VERIFY_FULL : TlsMode.REQUIRE,
                        ca.map(Path::toAbsolutePath)));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String describe() {
        return "your MySQL at " + host + ":" + port;
    }

    @Override
    public Optional<Path> client() {
        return Optional.empty();
    }

    /// It isn't ours: it goes on running.
    @Override
    public void close() {}
}
