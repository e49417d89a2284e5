package dev.sallyport.app.demo;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.audit.postgres.CopySchema;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The database for the log's copy, in the demo's own PostgreSQL: what an administrator does, and
/// then what `sallyport audit postgres init` does.
final class AuditCopy {
    static final String DATABASE = "audit";
    static final String READER = "sallyport_audit_reader";
    private static final String OWNER = "sallyport_audit_owner";
    private static final String WRITER = "sallyport_audit_writer";
    private static final String LIMITS =
            "nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls";

    private AuditCopy() {}

    /// Run again it changes nothing.
    static void prepare(PostgresServer server, DemoFolder folder) throws SQLException, IOException {
        var owner = folder.secret("audit-owner");
        server.createRole(OWNER, owner, LIMITS);
        server.createRole(WRITER, folder.secret("audit-writer"), LIMITS);
        server.createRole(READER, folder.secret("audit-reader"), LIMITS);
        var found =
                server.queryColumn(
                        "postgres",
                        "select pg_get_userbyid(datdba) from pg_database where datname = "
                                + PostgresServer.literal(DATABASE));
        if (!found.isEmpty() && !found.getFirst().equals(OWNER))
            throw new SQLException(
                    "%s already has a database named %s that is not the demo's; it stays as it is"
                            .formatted(server.describe(), DATABASE));
        // A log that begins anew is none that the copy of an earlier one could go on with.
        var isLeftOver = !found.isEmpty() && !Files.exists(folder.resolve("audit/head"));
        if (isLeftOver)
            server.execute(
                    "postgres",
                    "alter database "
                            + DATABASE
                            + " rename to "
                            + PostgresServer.identifier(
                                    DATABASE + "_until_" + Instant.now().getEpochSecond()));
        if (found.isEmpty() || isLeftOver)
            server.execute(
                    "postgres",
                    "create database "
                            + DATABASE
                            + " encoding 'UTF8' template template0 owner "
                            + OWNER);
        try (var connection = server.connect(DATABASE, OWNER, owner)) {
            CopySchema.init(
                    connection,
                    new CopySchema.Roles(
                            "demo",
                            WRITER,
                            List.of(READER),
                            List.of(Clinic.CATALOG_ROLE),
                            DATABASE));
        }
    }
}
