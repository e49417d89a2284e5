package dev.sallyport.app.mysql;

import dev.sallyport.config.GatewayConfig.UpstreamTls;
import java.nio.file.Path;
import java.util.Optional;

/// A running MySQL or MariaDB server and an account that may do everything there. It stops when
/// closed, unless somebody else runs it.
public sealed interface MySqlServer extends AutoCloseable permits EmbeddedMariaDb, OwnMySql {

    /// For messages, as `MariaDB 11.4.5 (embedded)`.
    String describe();

    String host();

    int port();

    /// How clients judge its certificate.
    UpstreamTls tls();

    /// Who may do everything.
    String administrator();

    /// The file that holds the administrator's password.
    Path passwordFile();

    /// The client program that came with the server; empty when there is none.
    Optional<Path> client();

    @Override
    void close();
}
