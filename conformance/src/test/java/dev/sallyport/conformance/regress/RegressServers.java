package dev.sallyport.conformance.regress;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.app.tls.CertificateAuthority;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.conformance.Scram;
import dev.sallyport.conformance.Wire;
import dev.sallyport.gateway.Gateway;
import dev.sallyport.postgres.PostgresProtocol;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Two servers that were made alike: one reached directly, the other through a gateway whose policy
/// permits everything. The user is a superuser, as the suite expects.
final class RegressServers implements AutoCloseable {
    private static final String DATABASE = "regression";

    /// `"*"` leaves out the server's own secrets and what reaches beyond the database; the suite
    /// needs both.
    private static final List<String> KINDS =
            Stream.of(
                            "aggregate",
                            "collation",
                            "conversion",
                            "domain",
                            "operator",
                            "statistics",
                            "text search configuration",
                            "text search dictionary",
                            "text search parser",
                            "text search template",
                            "type",
                            "access method",
                            "cast",
                            "channel",
                            "code block",
                            "constraint",
                            "database",
                            "default privileges",
                            "event trigger",
                            "extension",
                            "foreign data wrapper",
                            "language",
                            "large object",
                            "library",
                            "operator class",
                            "operator family",
                            "parameter",
                            "policy",
                            "prepared transaction",
                            "publication",
                            "role",
                            "rule",
                            "schema",
                            "server",
                            "server file",
                            "server program",
                            "setting",
                            "subscription",
                            "system",
                            "tablespace",
                            "transform",
                            "trigger",
                            "user mapping")
                    .map(kind -> "\"" + kind + ":*\"")
                    .toList();

    private final PostgresServer alone;
    private final PostgresServer guarded;
    private final Gateway gateway;

    /// Built-in functions that do more than compute take a grant that names them.
    private static final List<String> FUNCTIONS =
            Stream.of(
                            "nextval",
                            "setval",
                            "pg_input_is_valid",
                            "pg_input_error_info",
                            "pg_get_sequence_data",
                            "pg_notify",
                            "pg_advisory_lock",
                            "pg_advisory_lock_shared",
                            "pg_advisory_unlock",
                            "pg_advisory_unlock_all",
                            "pg_advisory_unlock_shared",
                            "pg_advisory_xact_lock",
                            "pg_advisory_xact_lock_shared",
                            "pg_try_advisory_lock",
                            "pg_try_advisory_lock_shared",
                            "pg_try_advisory_xact_lock",
                            "pg_try_advisory_xact_lock_shared",
                            "lo_create",
                            "lo_unlink",
                            "lo_open",
                            "lowrite",
                            "loread",
                            "lo_close",
                            "lo_lseek",
                            "lo_tell",
                            "lo_truncate",
                            "lo_put",
                            "lo_get",
                            "lo_from_bytea",
                            "lo_import",
                            "lo_export",
                            "pg_sleep",
                            "query_to_xml",
                            "table_to_xml",
                            "schema_to_xml",
                            "database_to_xml",
                            "cursor_to_xml",
                            "pg_restore_attribute_stats",
                            "pg_restore_relation_stats",
                            "pg_clear_relation_stats",
                            "pg_clear_attribute_stats",
                            "pg_get_indexdef",
                            "set_config")
                    .map(name -> "pg_catalog." + name)
                    .toList();

    private RegressServers(PostgresServer alone, PostgresServer guarded, Gateway gateway) {
        this.alone = alone;
        this.guarded = guarded;
        this.gateway = gateway;
    }

    static RegressServers start(Path directory) throws Exception {
        var alone = server();
        var guarded = server();
        return new RegressServers(alone, guarded, gateway(directory, guarded));
    }

    private static PostgresServer server() throws IOException, SQLException {
        var server =
                PostgresServer.start(
                        PostgresServer.Options.embedded()
                                .withHba("hostnossl all all 127.0.0.1/32 scram-sha-256")
                                // What happens in the background would make two runs differ.
                                .withSetting("autovacuum", "off")
                                .withSetting("max_prepared_transactions", "2")
                                .withSetting("timezone", "America/Los_Angeles")
                                .withSetting("datestyle", "Postgres, MDY")
                                .withSetting("intervalstyle", "postgres_verbose")
                                .withSetting("lc_messages", "C"));
        server.execute(
                "postgres",
                "create database " + DATABASE + " template template0 encoding 'UTF8' locale 'C'",
                "alter database " + DATABASE + " set bytea_output to 'hex'");
        return server;
    }

    private static Gateway gateway(Path directory, PostgresServer upstream) throws Exception {
        Files.createDirectories(directory.resolve("tls"));
        Files.writeString(directory.resolve("upstream"), upstream.superuserPassword());
        Files.copy(upstream.caFile().orElseThrow(), directory.resolve("tls/upstream-ca.crt"));
        CertificateAuthority.create("Test CA")
                .issueServer(List.of("localhost", "127.0.0.1"))
                .write(directory.resolve("tls/gateway.crt"), directory.resolve("tls/gateway.key"));
        Files.writeString(
                directory.resolve("users.yaml"),
                "users:\n  - { name: everyman, roles: [everything], verifier: \"%s\" }\n"
                        .formatted(Scram.verifier("everyman-pw")));
        Files.writeString(
                directory.resolve("policy.yaml"),
                """
                database: regression
                roles:
                  everything:
                    purpose: Shows what the gateway itself changes, apart from any policy
                    grants:
                      - id: all
                        allow: [select, insert, update, delete, truncate, execute, ddl, copy-in, copy-out, session, admin]
                        on: ["*", pg_catalog.*, information_schema.*, %s, %s]
                """
                        .formatted(String.join(", ", KINDS), String.join(", ", FUNCTIONS)));
        var main = directory.resolve("sallyport.yaml");
        Files.writeString(
                main,
                """
                gateway: regress
                listeners:
                  - protocol: postgres
                    host: 127.0.0.1
                    port: 0
                    tls: { certificate: tls/gateway.crt, key: tls/gateway.key, required: false }
                databases:
                  - name: regression
                    protocol: postgres
                    host: 127.0.0.1
                    port: %d
                    user: %s
                    password: { file: upstream }
                    tls: { mode: verify-full, ca: tls/upstream-ca.crt }
                    catalog: { user: %s, password: { file: upstream }, refresh: 10m }
                policies: [policy.yaml]
                users: users.yaml
                audit: { store: audit, segmentSize: 16MiB, reserve: 16MiB }
                sessions: { idle: 5m }
                login: { failuresBeforeDelay: 1000 }
                admin: { host: 127.0.0.1, port: 0 }
                """
                        .formatted(upstream.port(), upstream.superuser(), upstream.superuser()));
        var loaded =
                switch (ConfigLoader.load(main)) {
                    case ConfigLoader.Loaded l -> l;
                    case ConfigLoader.Errors e -> throw new AssertionError(e.errors().toString());
                };
        var gateway =
                Gateway.start(
                        loaded,
                        List.of(new PostgresProtocol()),
                        e -> {
                            throw new AssertionError(e);
                        });
        if (!gateway.awaitReady(Duration.ofSeconds(30)))
            throw new AssertionError("the gateway did not get ready");
        return gateway;
    }

    RegressSide direct() throws IOException {
        return new RegressSide(
                () -> login(alone.port(), alone.superuser(), alone.superuserPassword()));
    }

    RegressSide throughGateway() throws IOException {
        int port = gateway.listeners().getFirst().port();
        return new RegressSide(() -> login(port, "everyman", "everyman-pw"));
    }

    private static Wire login(int port, String user, String password) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        var wire = new Wire(socket);
        wire.startup(Wire.PROTOCOL_3_0, "user", user, "database", DATABASE);
        wire.authenticate(password);
        return wire;
    }

    @Override
    public void close() {
        gateway.stop(Duration.ofSeconds(5));
        alone.close();
        guarded.close();
    }
}
