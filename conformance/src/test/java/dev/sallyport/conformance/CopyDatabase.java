package dev.sallyport.conformance;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.audit.postgres.CopySchema;
import dev.sallyport.audit.postgres.DatabaseAccess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A database for copies of logs in a real PostgreSQL, made as its owner would make it.
record CopyDatabase(PostgresServer server, String name) {
    static final String OWNER = "copy_owner";
    static final String WRITER = "copy_writer";
    static final String READER = "copy_reader";
    static final String PASSWORD = "copy-secret-93d1";
    private static final String LIMITS =
            "nosuperuser nocreatedb nocreaterole noreplication nobypassrls";

    /// Empty, with roles, without schema.
    static CopyDatabase create(PostgresServer server, String name) throws SQLException {
        for (var role : List.of(OWNER, WRITER, READER)) server.createRole(role, PASSWORD, LIMITS);
        server.recreateDatabase(name);
        server.execute("postgres", "alter database " + name + " owner to " + OWNER);
        return new CopyDatabase(server, name);
    }

    /// With schema, and these logs registered.
    static CopyDatabase ready(PostgresServer server, String name, String... origins)
            throws SQLException, IOException {
        var database = create(server, name);
        for (var origin : origins) database.init(origin);
        return database;
    }

    List<String> init(String origin) throws SQLException, IOException {
        try (var owner = as(OWNER).connect()) {
            return CopySchema.init(
                    owner,
                    new CopySchema.Roles(origin, WRITER, List.of(READER), List.of(), "audit"));
        }
    }

    DatabaseAccess as(String role) {
        return as(role, server.port());
    }

    /// @param port of the server or of something before it
    DatabaseAccess as(String role, int port) {
        var properties = server.properties(role, PASSWORD);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "10");
        properties.setProperty("logServerErrorDetail", "false");
        return new DatabaseAccess(
                "jdbc:postgresql://" + server.host() + ":" + port + "/" + name,
                properties,
                role,
                () -> PASSWORD);
    }

    /// As the superuser: the attacker, too.
    void execute(String... statements) throws SQLException {
        server.execute(name, statements);
    }

    List<String> column(String sql) throws SQLException {
        return server.queryColumn(name, sql);
    }

    @Nullable String one(String sql) throws SQLException {
        return column(sql).getFirst();
    }

    /// What the role gets for it: `ok`, or SQLSTATE and message.
    String attempt(String role, String sql) throws SQLException, IOException {
        try (Connection connection = as(role).connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
            return "ok";
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }

    /// Sequence numbers that are there, in order, as `1..n` when there is no gap.
    String sequences(String origin) throws SQLException {
        var found = new ArrayList<Long>();
        for (var text :
                column(
                        "select sequence from log.entry where origin = '"
                                + origin
                                + "' order by sequence")) found.add(Long.parseLong(text));
        for (int i = 0; i < found.size(); i++) if (found.get(i) != i + 1) return found.toString();
        return "1.." + found.size();
    }
}
