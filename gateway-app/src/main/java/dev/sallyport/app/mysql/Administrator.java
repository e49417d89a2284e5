package dev.sallyport.app.mysql;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamQueries;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.mysql.MySqlProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statements of a server's administrator, by the gateway's own client: a driver for MySQL that
/// could be shipped with it does not exist (ADR 15).
public final class Administrator implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Database database;
    private final Network network;
    private final UpstreamQueries queries;

    public Administrator(MySqlServer server) throws IOException {
        var password = new Secret.InFile(server.passwordFile());
        database =
                new Database(
                        "administration",
                        Protocol.MYSQL,
                        server.host(),
                        server.port(),
                        "mysql",
                        server.administrator(),
                        password,
                        server.tls(),
                        new GatewayConfig.CatalogReader(
                                server.administrator(), password, Duration.ofMinutes(1)));
        network = new Network(List.of(database), CONNECT);
        queries =
                new MySqlProtocol()
                        .upstreamQueries(network, CONNECT)
                        .orElseThrow(() -> new IllegalStateException("MySQL has a client"));
    }

    /// Runs them in one session of its own, one after the other, and returns the rows of the last.
    ///
    /// @throws IOException one failed; those after it were not tried
    public List<List<@Nullable String>> run(List<String> statements) throws IOException {
        var rows = new ArrayList<List<@Nullable String>>();
        var last = statements.size() - 1;
        queries.run(
                database,
                database.user(),
                database.password(),
                statements,
                (statement, row) -> {
                    if (statement == last) rows.add(row);
                });
        return rows;
    }

    /// The last one's rows.
    public List<List<@Nullable String>> run(String... statements) throws IOException {
        return run(List.of(statements));
    }

    /// Quoted for SQL, whatever the session's `sql_mode`.
    public static String literal(String text) {
        if (text.indexOf('\\') >= 0)
            throw new IllegalArgumentException("a backslash is read differently by sql_mode");
        return "'" + text.replace("'", "''") + "'";
    }

    @Override
    public void close() {
        network.close();
    }
}
