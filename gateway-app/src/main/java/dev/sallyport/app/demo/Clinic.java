package dev.sallyport.app.demo;

import dev.sallyport.app.postgres.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/// The sample clinic in a real PostgreSQL: its schema, its rows, and the two roles that the gateway
/// uses. Blocks.
public final class Clinic {
    public static final String DATABASE = "clinic";

    /// The role that clients' sessions use upstream.
    public static final String GATEWAY_ROLE = "sallyport_gateway";

    /// The role that reads the catalog.
    public static final String CATALOG_ROLE = "sallyport_catalog";

    public static final long SEED = 20_261_123;
    public static final int PATIENTS = 10_000;

    // Raised when schema or rows change, so that a data folder of an older build is loaded anew.
    private static final int GENERATION = 1;
    private static final String MARK = "Sallyport sample clinic";
    private static final String ROLE_LIMITS =
            "nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls";

    private final PostgresServer server;
    private final long seed;
    private final int patients;

    public Clinic(PostgresServer server, long seed, int patients) {
        this.server = server;
        this.seed = seed;
        this.patients = patients;
    }

    /// Makes the roles, and the database unless it is there with this seed and size.
    ///
    /// @return true when rows were loaded
    /// @throws SQLException also when a database of that name exists that isn't a sample clinic
    public boolean load(String gatewayPassword, String catalogPassword)
            throws SQLException, IOException {
        server.createRole(GATEWAY_ROLE, gatewayPassword, ROLE_LIMITS);
        server.createRole(CATALOG_ROLE, catalogPassword, ROLE_LIMITS);
        var found = mark();
        if (mine().equals(found)) return false;
        if (found != null && !found.startsWith(MARK)) {
            throw new SQLException(
                    "%s already has a database named %s that is not a sample clinic; it stays as it is"
                            .formatted(server.describe(), DATABASE));
        }
        server.recreateDatabase(DATABASE);
        try (var connection = server.connect(DATABASE)) {
            runScript(connection, "clinic.sql");
            copyRows(connection);
            runScript(connection, "clinic-indexes.sql");
        }
        server.execute(
                "postgres",
                "comment on database " + DATABASE + " is " + PostgresServer.literal(mine()));
        return true;
    }

    /// Makes the next {@link #load} load again.
    void drop() throws SQLException {
        var found = mark();
        if (found == null || !found.startsWith(MARK)) return;
        server.execute("postgres", "drop database " + DATABASE + " with (force)");
    }

    private String mine() {
        return "%s: generation %d, seed %d, %d patients"
                .formatted(MARK, GENERATION, seed, patients);
    }

    /// The comment on the database; null when there is no such database, empty without a comment.
    private @Nullable String mark() throws SQLException {
        var found =
                server.queryColumn(
                        "postgres",
                        "select coalesce(shobj_description(oid, 'pg_database'), '') from"
                                + " pg_database where datname = "
                                + PostgresServer.literal(DATABASE));
        return found.isEmpty() ? null : found.getFirst();
    }

    private void copyRows(Connection connection) throws SQLException, IOException {
        var copies = new CopySink(connection.unwrap(PGConnection.class).getCopyAPI());
        try {
            new ClinicData(seed, patients).writeTo(copies);
            copies.finish();
        } catch (CopyFailed e) {
            throw e.cause;
        }
    }

    private static void runScript(Connection connection, String name)
            throws SQLException, IOException {
        try (var statement = connection.createStatement()) {
            for (var sql : statements(name)) statement.execute(sql);
        }
    }

    static List<String> statements(String name) throws IOException {
        try (var in = Clinic.class.getResourceAsStream(name)) {
            if (in == null) throw new IOException("missing: " + name);
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var statements = new ArrayList<String>();
            for (var part : text.split(";\\R")) if (!part.isBlank()) statements.add(part.strip());
            return statements;
        }
    }

    private static final class CopyFailed extends IOException {
        private static final long serialVersionUID = 1;
        private final SQLException cause;

        CopyFailed(SQLException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    /// Rows in COPY's text format.
    private static final class CopySink implements ClinicData.Sink {
        private static final int FLUSH_CHARS = 1 << 16;

        private final CopyManager copies;
        private final StringBuilder text = new StringBuilder(FLUSH_CHARS + 4096);
        private @Nullable CopyIn current;

        CopySink(CopyManager copies) {
            this.copies = copies;
        }

        @Override
        public void table(String name, String... columns) throws IOException {
            finish();
            try {
                current =
                        copies.copyIn(
                                "copy %s (%s) from stdin"
                                        .formatted(name, String.join(", ", columns)));
            } catch (SQLException e) {
                throw new CopyFailed(e);
            }
        }

        @Override
        public void row(@Nullable Object... values) throws IOException {
            for (var i = 0; i < values.length; i++) {
                if (i > 0) text.append('\t');
                append(values[i]);
            }
            text.append('\n');
            if (text.length() >= FLUSH_CHARS) flush();
        }

        private void append(@Nullable Object value) {
            if (value == null) {
                text.append("\\N");
                return;
            }
            var plain = value.toString();
            for (var i = 0; i < plain.length(); i++) {
                var c = plain.charAt(i);
                switch (c) {
                    case '\\' -> text.append("\\\\");
                    case '\t' -> text.append("\\t");
                    case '\n' -> text.append("\\n");
                    case '\r' -> text.append("\\r");
                    default -> text.append(c);
                }
            }
        }

        private void flush() throws IOException {
            var copy = current;
            if (copy == null || text.isEmpty()) return;
            try {
                var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                copy.writeToCopy(bytes, 0, bytes.length);
            } catch (SQLException e) {
                throw new CopyFailed(e);
            }
            text.setLength(0);
        }

        void finish() throws IOException {
            flush();
            var copy = current;
            if (copy == null) return;
            current = null;
            try {
                copy.endCopy();
            } catch (SQLException e) {
                throw new CopyFailed(e);
            }
        }
    }
}
